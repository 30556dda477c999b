"""Functional writes: the array that ``x[index] = v`` and ``np.add.at(x, index, v)`` leave.

May import `axes`, `reading`, `op`, `rule` and NumPy. The tracer records these for in-place
forms; the input is never changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import shape_of
from gradcli.ops.indexing.reading import add_at, is_basic, unboxed
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Linear


def _copied(x: Any, v: Any) -> Any:
    """Return a fresh array of `x` that can hold `v`."""
    return np.array(x, dtype=np.result_type(x, v))


def _put_set(x: Any, v: Any, index: Any) -> Any:
    out = _copied(x, v)
    out[index] = unboxed(v)
    return out


def _put_add(x: Any, v: Any, index: Any) -> Any:
    out = _copied(x, v)
    if out.dtype == object:
        np.add.at(out, index, unboxed(v))
    else:
        add_at(out, index, v)
    return out


def _last_write(shape: tuple[int, ...], index: Any) -> Any:
    """Return where a write stays: of repeated places only the last written value does."""
    order = np.full(shape, -1, dtype=np.int64)
    written = order[index]
    number = np.arange(written.size).reshape(written.shape)
    order[index] = number
    return order[index] == number


def _pull_written(g: Any, y: Any, x: Any, v: Any, index: Any) -> Any:
    """Return the cotangent at the written places, 0 for values that were overwritten."""
    read = g[index]
    if is_basic(index):
        return read
    return np.where(_last_write(shape_of(x), index), read, 0.0)


put_set: Op = Op(
    "put_set",
    _put_set,
    Linear((lambda g, y, x, v, index: put_set.apply((g, 0.0), {"index": index}), _pull_written)),
    arrays=2,
    params={"index": None},
    samples=(
        call([1.0, 2.0, 3.0], 7.0, index=1),
        call([1.0, 2.0, 3.0], [7.0, 8.0], index=slice(0, 2)),
        call([1.0, 2.0, 3.0], 7.0, index=slice(None)),
        call([[1.0, 2.0], [3.0, 4.0]], [7.0, 8.0], index=(slice(None), 0)),
        call([1.0, 2.0, 3.0], [7.0, 8.0, 9.0], index=np.array([0, 2, 0])),
        call([1.0, 2.0, 3.0], [7.0, 8.0], index=np.array([True, False, True])),
        call([[1.0, 2.0], [3.0, 4.0]], 5.0, index=np.array([[True, False], [False, True]])),
    ),
    bad=(
        call([1.0, 2.0, 3.0], 7.0, index=5),
        call([1.0, 2.0, 3.0], [7.0, 8.0], index=slice(0, 3)),
    ),
    doc="The array with values written at an index.",
)
put_add = Op(
    "put_add",
    _put_add,
    Linear((lambda g, y, x, v, index: g, lambda g, y, x, v, index: g[index])),
    arrays=2,
    params={"index": None},
    samples=(
        call([1.0, 2.0, 3.0], 7.0, index=1),
        call([1.0, 2.0, 3.0], [7.0, 8.0, 9.0], index=np.array([0, 2, 0])),
        call([[1.0, 2.0], [3.0, 4.0]], [7.0, 8.0], index=(slice(None), 0)),
    ),
    bad=(call([1.0, 2.0, 3.0], 7.0, index=5),),
    doc="The array with values added at an index; repeated places add up.",
)


def _fill_diagonal(a: Any, value: Any) -> Any:
    """Return a matrix with `value` on its diagonal (NumPy's own form works in place)."""
    n = min(shape_of(a))
    i = np.arange(n)
    return put_set.apply((a, value), {"index": (i,) * len(shape_of(a))})


with_diagonal = Composite(
    "with_diagonal",
    _fill_diagonal,
    arrays=2,
    samples=(call([[1.0, 2.0], [3.0, 4.0]], [7.0, 8.0]), call([[1.0, 2.0], [3.0, 4.0]], 0.5)),
    doc="A matrix with other values on its diagonal.",
)

TABLE = (put_set, put_add, with_diagonal)
