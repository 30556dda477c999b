"""Memory that traced values are written into: what stands at every position, by whom.

May import `tracer`. NumPy code writes into arrays; a program only has values. A `Storage`
keeps, for every position of an array, which *part* (a value that was written) stands there
and which element of it. A write therefore records nothing, and overwrites in place; a read
of one element returns the very value that was written; a read of many gathers the parts
with `concatenate` and one index. A loop of n scalar writes costs n small steps and one
record, not n copies of the array.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ir.tracer import Tracer, fresh, primal, settled
from gradcli.ir.views import Array, Layout

# Arrays joined by one operation; the cotangent rule of an operation of k inputs looks at
# all of them for each of them, so that joining in groups keeps the sweep linear.
_JOINED = 64


class Storage:
    """The contents of one array that is written into.

    Parameters
    ----------
    root
        What stood there before the first write: a tracer or a plain array.
    layout
        The numbers of its elements, which are the positions here.
    """

    __slots__ = ("dtype", "layout", "offset", "part", "parts", "shape", "version")

    def __init__(self, root: Any, layout: Layout) -> None:
        self.layout = layout
        self.shape: tuple[int, ...] = np.shape(root)
        self.dtype: np.dtype[Any] = root.dtype
        self.version = 0
        size = int(np.prod(self.shape, dtype=np.int64))
        self.parts: list[Any] = [_kept(root)]
        self.part: Array = np.zeros(size, dtype=np.int64)
        self.offset: Array = _count(size)

    def write(self, positions: Any, value: Any) -> None:
        """Put a value at positions (flat, of any shape it broadcasts to)."""
        value = converted(settled(value), self.dtype)
        shape = np.shape(value)
        self.version += 1
        if np.size(positions) >= self.offset.size and self._is_covered_by(positions):
            self.parts.clear()
        self.parts.append(_kept(value))
        self.part[positions] = len(self.parts) - 1
        if shape == ():
            self.offset[positions] = 0
        else:
            elements = _count(np.size(value)).reshape(shape)
            self.offset[positions] = _fitted(elements, np.shape(positions))

    def _is_covered_by(self, positions: Any) -> bool:
        """Whether positions, which may repeat, are all there are."""
        seen = np.zeros(self.offset.size, dtype=bool)
        seen[positions] = True
        return bool(seen.all())

    def element(self, position: int) -> Any:
        """Return what stands at one position, as a scalar."""
        part = self.parts[self.part[position]]
        shape = np.shape(part)
        if shape == ():
            return part[()] if type(primal(part)) is np.ndarray else part
        return part[_index(int(self.offset[position]), shape)]

    def read(self, positions: Array) -> Any:
        """Return what stands at positions, as one value."""
        holders = self.part[positions]
        elements = self.offset[positions]
        used = np.unique(holders)
        if len(used) == 0:
            return np.zeros(positions.shape, dtype=self.dtype)
        if len(used) == 1 and np.shape(self.parts[used[0]]) != ():
            return _picked(self.parts[used[0]], elements)
        joined, starts = self._joined(used.tolist())
        return _picked(joined, starts[holders] + elements)

    def numbers(self) -> Array:
        """Return the plain numbers of the whole array, recording nothing."""
        used, inverse = np.unique(self.part, return_inverse=True)
        pieces = [np.ravel(primal(self.parts[k])) for k in used]
        starts = np.cumsum([0, *(p.size for p in pieces)])
        flat = np.concatenate([*pieces, np.empty(0, dtype=self.dtype)])
        found: Array = flat[starts[inverse] + self.offset].reshape(self.shape)
        return found

    def _joined(self, used: Sequence[int]) -> tuple[Any, Array]:
        """Return the used parts end to end in one vector, and where each part starts."""
        starts = np.zeros(len(self.parts), dtype=np.int64)
        scalars = [k for k in used if np.shape(self.parts[k]) == ()]
        arrays = [k for k in used if np.shape(self.parts[k]) != ()]
        starts[scalars] = np.arange(len(scalars))
        pieces = joined_scalars([self.parts[k] for k in scalars], self.dtype)
        start = len(scalars)
        for k in arrays:
            starts[k] = start
            start += np.size(self.parts[k])
            pieces.append(_vector(self.parts[k]))
        return joined_vectors(pieces), starts

    def is_traced(self, positions: Array) -> Array:
        """Return where a traced value stands, not a constant."""
        used, inverse = np.unique(self.part[positions], return_inverse=True)
        traced = np.array([type(self.parts[k]) is Tracer for k in used], dtype=bool)
        return traced[inverse].reshape(positions.shape)

    def rebase(self, whole: Any) -> None:
        """Take a value of the whole array as its only part; the contents stay the same."""
        self.parts = [_kept(whole)]
        self.part.fill(0)
        self.offset = _count(self.offset.size)


def _count(size: int) -> Array:
    return np.arange(size, dtype=np.int64)


def _kept(value: Any) -> Any:
    """Return a part that later in-place code cannot change."""
    if type(value) is Tracer:
        return sealed(fresh(value)) if value.shape else value
    return np.array(value) if type(value) is np.ndarray else np.asarray(value)[()]


def sealed(value: Any) -> Any:
    """Return a value whose memory refuses writes: views of it that escape are read-only."""
    array = primal(value)
    if type(array) is np.ndarray:
        array.flags.writeable = False
    return value


def converted(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a value in the dtype of the array it is written into."""
    if type(value) is Tracer:
        return value if value.dtype == dtype else value.astype(dtype)  # type: ignore[attr-defined]
    return np.asarray(value).astype(dtype, copy=False)[()]


def _fitted(elements: Array, shape: tuple[int, ...]) -> Array:
    """Broadcast as an assignment does, which drops leading axes of length 1."""
    while elements.ndim > len(shape) and elements.shape[0] == 1:
        elements = elements[0]
    return np.broadcast_to(elements, shape)


def _index(element: int, shape: tuple[int, ...]) -> Any:
    """Return the index of a flat element: a number for vectors, else a tuple."""
    if len(shape) == 1:
        return element
    return tuple(int(i) for i in np.unravel_index(element, shape))


def _vector(value: Any) -> Any:
    return value if len(np.shape(value)) == 1 else np.reshape(value, (-1,))


def _picked(value: Any, elements: Array) -> Any:
    """Return chosen elements of a value; the value itself where it is all of them in order."""
    shape = np.shape(value)
    if elements.size == np.size(value) and bool((elements.ravel() == _count(elements.size)).all()):
        return value if shape == elements.shape else np.reshape(value, elements.shape)
    if len(shape) == 1:
        return value[elements]
    return value[np.unravel_index(elements, shape)]


def joined_scalars(scalars: Sequence[Any], dtype: np.dtype[Any]) -> list[Any]:
    """Return scalars as a list of vectors of at most `_JOINED` elements."""
    if not any(type(s) is Tracer for s in scalars):
        return [np.array(scalars, dtype=dtype)] if scalars else []
    return [np.stack(scalars[i : i + _JOINED]) for i in range(0, len(scalars), _JOINED)]


def joined_vectors(pieces: Sequence[Any]) -> Any:
    """Return vectors end to end, joined in groups."""
    while len(pieces) > 1:
        pieces = [np.concatenate(pieces[i : i + _JOINED]) for i in range(0, len(pieces), _JOINED)]
    return pieces[0]
