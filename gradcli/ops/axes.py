"""Arithmetic of shapes and axes that the rules share.

May import NumPy only. Everything here works on any number type of the table: where plain
arrays allow a shortcut it is taken by type, never by value.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

PLAIN = frozenset({np.ndarray, np.float64, float, np.float32})
_FLOAT64 = np.dtype(np.float64)
SCALARS = frozenset({np.float64, float})

# The methods themselves: `np.sum` costs 3 µs more on a small array. The stubs know their
# arguments by keyword only, the fast call is by position.
add_reduce: Any = np.add.reduce
multiply_reduce: Any = np.multiply.reduce

# Up to this many elements a filled copy is quicker than a zero-stride view (measured:
# `np.broadcast_to` costs 3 µs, `empty` and `fill` 0.3 µs and 0.1 ns an element).
FILL_LIMIT = 16_384


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an array of any kind or of a Python number."""
    shape = getattr(x, "shape", None)
    return np.shape(x) if shape is None else shape


def here(module: Any, name: str) -> tuple[Any, ...]:
    """Return a callable of NumPy as a tuple; empty in versions that do not have it."""
    return (getattr(module, name),) if hasattr(module, name) else ()


def dtype_of(x: Any) -> np.dtype[Any]:
    """Return the dtype of an array of any kind; float64 for a Python number."""
    return getattr(x, "dtype", _FLOAT64)


def matrix_transpose(x: Any) -> Any:
    """Return the transpose of the last two axes."""
    return x.T if len(x.shape) == 2 else np.swapaxes(x, -1, -2)


def normal_axis(axis: int, ndim: int) -> int:
    """Return one axis as a non-negative number.

    Raises
    ------
    numpy.exceptions.AxisError
        If the array has no such axis.
    """
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def normal_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes of a reduction as sorted non-negative numbers."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(sorted(normal_axis(int(a), ndim) for a in axes))


def count(shape: tuple[int, ...], axis: Any) -> int:
    """Return how many elements a reduction puts into one."""
    if axis is None:
        return prod(shape)
    return prod(shape[a] for a in normal_axes(axis, len(shape)))


def kept_shape(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    """Return the shape of a reduction with ``keepdims=True``."""
    axes = normal_axes(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def kept(g: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    """Return a reduced array with its reduced axes back at length 1."""
    if keepdims or (axis is None and not shape_of(g)):
        return g
    return np.reshape(g, kept_shape(shape, axis))


def spread(g: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    """Return a reduced array (a cotangent, a maximum) broadcast back to `shape`."""
    if not shape:
        return g if not shape_of(g) else np.reshape(g, ())
    g = kept(g, shape, axis, keepdims)
    if type(g) in PLAIN and prod(shape) <= FILL_LIMIT:
        out = np.empty(shape, dtype=g.dtype if hasattr(g, "dtype") else np.float64)
        out[...] = g
        return out
    return np.broadcast_to(g, shape)


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Return a cotangent summed over the axes along which an input was broadcast."""
    have = shape_of(g)
    if have == shape:
        return g
    if not shape:
        return add_reduce(g, None) if type(g) is np.ndarray else np.sum(g)
    lead = len(have) - len(shape)
    axes = tuple(range(lead)) + tuple(
        lead + i for i, n in enumerate(shape) if n == 1 and have[lead + i] != 1
    )
    if axes:
        g = np.sum(g, axis=axes, keepdims=True)
    return np.reshape(g, shape)


def fold(x: Any, axis: Any) -> Any:
    """Return `x` with the reduced axes moved to the end and made one."""
    shape = shape_of(x)
    if len(shape) == 1:
        return x
    axes = normal_axes(axis, len(shape))
    rest = tuple(i for i in range(len(shape)) if i not in axes)
    if rest + axes != tuple(range(len(shape))):
        x = np.transpose(x, rest + axes)
    if len(axes) == 1:
        return x
    return np.reshape(x, (*(shape[i] for i in rest), prod(shape[i] for i in axes)))


def unfold(z: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Undo `fold` for an array of `shape`."""
    if len(shape) == 1:
        return z
    axes = normal_axes(axis, len(shape))
    rest = tuple(i for i in range(len(shape)) if i not in axes)
    order = rest + axes
    if len(axes) != 1:
        z = np.reshape(z, tuple(shape[i] for i in order))
    if order == tuple(range(len(shape))):
        return z
    return np.transpose(z, tuple(order.index(i) for i in range(len(shape))))
