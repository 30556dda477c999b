"""Which calls give a view of memory, and where a view's elements lie.

May import NumPy only. A view is found by its address: the elements of an array that is
written get numbers, laid out in a memory of the same form, so that whatever NumPy does to
the array (slice, transpose, reshape, copy) can be done to the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# Functions whose result is a view of their first argument where NumPy can make one. The
# result of every other function is memory of its own.
VIEWS = frozenset(
    {np.reshape, np.transpose, np.ravel, np.swapaxes, np.squeeze, np.moveaxis, np.rollaxis}
    | {np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.real, np.diagonal}
    | {np.flip, np.flipud, np.fliplr, np.rot90, np.broadcast_to, np.broadcast_arrays}
    | {np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit}
    | {getattr(np, name) for name in ("matrix_transpose", "unstack") if hasattr(np, name)}
)


class Layout:
    """The numbers of an array's elements, in memory laid out as the array is.

    Parameters
    ----------
    root
        The array; its elements are numbered in C order.
    """

    __slots__ = ("_itemsize", "_numbers", "_start", "whole")

    def __init__(self, root: Array) -> None:
        self._itemsize = root.itemsize
        reach = [(n - 1) * s for n, s in zip(root.shape, root.strides, strict=True) if n > 1]
        self._start = _address(root) + sum(r for r in reach if r < 0)
        extent = sum(map(abs, reach)) // root.itemsize + 1
        self._numbers = np.full(extent, -1, dtype=np.int64)
        self.whole = self.of(root)
        self.whole[...] = np.arange(root.size).reshape(root.shape)

    def of(self, view: Array) -> Array:
        """Return the numbers of the elements of an array in the same memory."""
        if view.size == 0:
            return np.empty(view.shape, dtype=np.int64)
        first = (_address(view) - self._start) // self._itemsize
        width = self._numbers.itemsize
        return np.ndarray(
            view.shape,
            dtype=np.int64,
            buffer=self._numbers,
            offset=first * width,
            strides=tuple(s // self._itemsize * width for s in view.strides),
        )


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])
