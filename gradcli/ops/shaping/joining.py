"""Arrays joined along an axis, and split again.

May import `axes`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gradcli.ops.axes import SCALARS, normal_axis, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Linear


def _concatenate(*arrays: Any, axis: int | None = 0) -> Any:
    return np.concatenate(arrays, axis=axis)


def _concatenate_pull(k: int, g: Any, y: Any, *arrays: Any, axis: int | None = 0) -> Any:
    """Return the part of the cotangent where the k-th array went."""
    shape = shape_of(arrays[k])
    if axis is None:
        start = sum(int(np.prod(shape_of(a))) for a in arrays[:k])
        return np.reshape(g[start : start + int(np.prod(shape))], shape)
    axis = normal_axis(axis, len(shape))
    start = sum([shape_of(a)[axis] for a in arrays[:k]])
    return g[(slice(None),) * axis + (slice(start, start + shape[axis]),)]


concatenate = Op(
    "concatenate",
    _concatenate,
    Linear(_concatenate_pull),
    arrays=None,
    params={"axis": 0},
    positions=("axis", "out"),
    numpy=(np.concatenate,),
    aliases=("concat",),
    samples=(
        call([1.0, 2.0], [3.0]),
        call([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]),
        call([[1.0], [2.0]], [[3.0, 4.0], [5.0, 6.0]], axis=-1),
        call([[1.0], [2.0]], [3.0, 4.0], axis=None),
    ),
    bad=(call([[1.0, 2.0]], [[3.0]]), call([1.0], 2.0)),
    doc="Arrays joined along an existing axis.",
)


def _stack(*arrays: Any, axis: int = 0) -> Any:
    if axis == 0 and all(type(a) in SCALARS for a in arrays):
        return np.array(arrays)
    return np.stack(arrays, axis=axis)


def _stack_pull(k: int, g: Any, y: Any, *arrays: Any, axis: int = 0) -> Any:
    if axis == 0:
        return g[k]
    axis = normal_axis(axis, len(shape_of(g)))
    return g[(slice(None),) * axis + (k,)]


stack = Op(
    "stack",
    _stack,
    Linear(_stack_pull),
    arrays=None,
    params={"axis": 0},
    positions=("axis", "out"),
    numpy=(np.stack,),
    samples=(
        call([1.0, 2.0], [3.0, 4.0]),
        call([1.0, 2.0], [3.0, 4.0], axis=-1),
        call(1.0, 2.0, 3.0),
    ),
    bad=(call([1.0, 2.0], [3.0]),),
    doc="Arrays of one shape joined along a new axis.",
)


def _vstack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_2d(a) for a in tup], axis=0)


def _hstack(tup: Sequence[Any]) -> Any:
    parts = [np.atleast_1d(a) for a in tup]
    return np.concatenate(parts, axis=0 if parts and len(shape_of(parts[0])) == 1 else 1)


def _dstack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_3d(a) for a in tup], axis=2)


def _column_stack(tup: Sequence[Any]) -> Any:
    columns = [a if len(shape_of(a)) >= 2 else np.reshape(a, (-1, 1)) for a in tup]
    return np.concatenate(columns, axis=1)


def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis=axis)


def _block(arrays: Any) -> Any:
    """Join nested lists, the innermost along the last axis.

    Raises
    ------
    TypeError
        For nesting deeper than a list of lists.
    """
    if not isinstance(arrays, list):
        return np.atleast_1d(arrays)
    rows = [row if isinstance(row, list) else None for row in arrays]
    if not any(row is not None for row in rows):
        return np.concatenate([np.atleast_1d(a) for a in arrays], axis=-1)
    if any(row is None or any(isinstance(a, list) for a in row) for row in rows):
        raise TypeError("block is followed for one list, or a list of lists")
    lines = [np.concatenate([np.atleast_2d(a) for a in row or ()], axis=-1) for row in rows]
    return np.concatenate(lines, axis=-2)


def _edges(n: int, indices_or_sections: Any, even: bool) -> list[int]:
    """Return the borders of the pieces into which an axis of length `n` is split."""
    if np.ndim(indices_or_sections) > 0:
        return [0, *(int(i) for i in indices_or_sections), n]
    parts = int(indices_or_sections)
    if parts <= 0:
        raise ValueError("number sections must be larger than 0.")
    size, rest = divmod(n, parts)
    if even and rest:
        raise ValueError("array split does not result in an equal division")
    sizes = [size + 1] * rest + [size] * (parts - rest)
    return [0, *np.cumsum(sizes).tolist()]


def _pieces(ary: Any, indices_or_sections: Any, axis: int, even: bool) -> list[Any]:
    shape = shape_of(ary)
    axis = normal_axis(axis, len(shape))
    edges = _edges(shape[axis], indices_or_sections, even)
    lead = (slice(None),) * axis
    return [ary[(*lead, slice(a, b))] for a, b in pairwise(edges)]


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return _pieces(ary, indices_or_sections, axis, even=True)


def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return _pieces(ary, indices_or_sections, axis, even=False)


def _hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return _split(ary, indices_or_sections, axis=0 if len(shape_of(ary)) == 1 else 1)


_PAIR = ([[1.0, 2.0]], [[3.0, 4.0]])


def _joiner(name: str, fn: Any, numpy: tuple[Any, ...], doc: str) -> Composite:
    return Composite(
        name,
        fn,
        arrays=None,
        numpy=numpy,
        samples=(call(*_PAIR), call([1.0, 2.0], [3.0, 4.0])),
        doc=doc,
    )


def _splitter(name: str, fn: Any, numpy: Any, rows: Any, doc: str) -> Composite:
    return Composite(
        name,
        fn,
        params={"indices_or_sections": 2},
        numpy=(numpy,),
        samples=(call(rows, indices_or_sections=2),),
        bad=(call(rows, indices_or_sections=0),),
        doc=doc,
    )


_ROWS = [[1.0, 2.0], [3.0, 4.0]]
vstack = _joiner("vstack", _vstack, (np.vstack,), "Arrays on top of each other.")
hstack = _joiner("hstack", _hstack, (np.hstack,), "Arrays side by side.")
dstack = _joiner("dstack", _dstack, (np.dstack,), "Arrays behind each other.")
column_stack = _joiner(
    "column_stack", _column_stack, (np.column_stack,), "Vectors as columns of a matrix."
)
append = Composite(
    "append",
    _append,
    arrays=2,
    params={"axis": None},
    numpy=(np.append,),
    samples=(call([1.0, 2.0], [3.0]), call(*_PAIR, axis=0)),
    doc="Values behind an array.",
)
block = Composite(
    "block",
    _block,
    arrays=None,
    numpy=(np.block,),
    samples=(call([1.0, 2.0], [3.0]),),
    doc="A matrix put together from blocks.",
)
split = _splitter("split", _split, np.split, _ROWS, "Equal pieces along an axis.")
array_split = _splitter(
    "array_split", _array_split, np.array_split, _ROWS, "Nearly equal pieces along an axis."
)
vsplit = _splitter("vsplit", _split, np.vsplit, _ROWS, "Equal pieces along the first axis.")
hsplit = _splitter("hsplit", _hsplit, np.hsplit, _ROWS, "Equal pieces along the second axis.")
dsplit = _splitter(
    "dsplit",
    lambda ary, indices_or_sections: _split(ary, indices_or_sections, axis=2),
    np.dsplit,
    [_ROWS, _ROWS],
    "Equal pieces along the third axis.",
)

TABLE = (
    concatenate,
    stack,
    vstack,
    hstack,
    dstack,
    column_stack,
    append,
    block,
    split,
    array_split,
    vsplit,
    hsplit,
    dsplit,
)
