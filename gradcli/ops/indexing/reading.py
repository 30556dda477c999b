"""Reading elements of an array, and its transpose, adding into zeros.

May import `axes`, `op`, `rule`, `duck` and NumPy. An index is plain data (integers,
slices, masks, integer arrays): the tracer looks at traced ones and notes a guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axis, shape_of
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rows import as_places
from gradcli.ops.rule import Linear

_ONE_PLACE = frozenset({int, slice, type(None), type(Ellipsis), np.int64})

# From how many gathered elements on, and with at least one of so many of the array's, one
# pass over the whole array (`bincount`: 10 µs and 2 ns an element) beats `np.add.at`
# (3 µs and 20 to 100 ns a gathered element).
_MANY = 256
_DENSE = 8


def is_basic(index: Any) -> bool:
    """Return whether an index names every place at most once: no integer array in it."""
    if type(index) is tuple:
        return all(type(i) in _ONE_PLACE for i in index)
    return type(index) in _ONE_PLACE


def _is_mask(index: Any) -> bool:
    return type(index) is np.ndarray and index.dtype == np.bool_


def add_at(buffer: Any, index: Any, g: Any) -> None:
    """Add `g` into a plain buffer at `index`; repeated places add up."""
    if is_basic(index) or _is_mask(index):
        buffer[index] += g
        return
    count = np.size(g)
    if count < _MANY or count * _DENSE < buffer.size or buffer.dtype != np.float64:
        np.add.at(buffer, index, g)
        return
    places = np.arange(buffer.size).reshape(buffer.shape)[index]
    weights = np.broadcast_to(g, places.shape).ravel()
    total = np.bincount(places.ravel(), weights=weights, minlength=buffer.size)
    buffer += total.reshape(buffer.shape)


def unboxed(v: Any) -> Any:
    """Return the element of an array without dimensions: NumPy would store an object's box."""
    return v[()] if type(v) is np.ndarray and not v.shape else v


def _put_zero(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros of `shape` with `g` added at `index` (repeated places add up)."""
    out = np.zeros(shape, dtype=getattr(g, "dtype", np.float64))
    g = unboxed(g)
    if is_basic(index):
        out[index] = g
    else:
        add_at(out, index, g)
    return out


getitem = Op(
    "getitem",
    lambda x, index: x[index],
    Linear((lambda g, y, x, index: put_zero.apply((g,), {"index": index, "shape": x.shape}),)),
    params={"index": None},
    accumulate=lambda buffer, g, x, index: add_at(buffer, index, g),
    samples=(
        call([1.0, 2.0, 3.0], index=1),
        call([1.0, 2.0, 3.0], index=-1),
        call([1.0, 2.0, 3.0], index=slice(None, None, 2)),
        call([1.0, 2.0, 3.0], index=slice(None, None, -1)),
        call([1.0, 2.0, 3.0], index=np.array([0, 0, 2, -1])),
        call([1.0, 2.0, 3.0], index=np.array([True, False, True])),
        call([[1.0, 2.0], [3.0, 4.0]], index=(slice(None), 1)),
        call([[1.0, 2.0], [3.0, 4.0]], index=(Ellipsis, None, 0)),
        call([[1.0, 2.0], [3.0, 4.0]], index=(np.array([0, 1, 1]), np.array([1, 0, 0]))),
        call([[1.0, 2.0], [3.0, 4.0]], index=np.array([[1, 1], [0, 1]])),
    ),
    bad=(
        call([1.0, 2.0, 3.0], index=5),
        call([1.0, 2.0, 3.0], index=(0, 0)),
        call([1.0, 2.0, 3.0], index=np.array([0, 7])),
        call([1.0, 2.0, 3.0], index=0.5),
    ),
    doc="Elements at an index, as NumPy reads them.",
)
put_zero: Op = Op(
    "put_zero",
    _put_zero,
    Linear((lambda g, y, x, index, shape: g[index],)),
    params={"index": None, "shape": None},
    samples=(
        call([1.0, 2.0], index=slice(0, 2), shape=(4,)),
        call([1.0, 2.0, 5.0], index=np.array([3, 0, 3]), shape=(4,)),
        call(2.0, index=(1, 0), shape=(2, 2)),
    ),
    bad=(call([1.0, 2.0], index=7, shape=(4,)),),
    doc="Zeros with the given elements added at an index: the transpose of reading.",
)
SURFACE["getitem"] = getitem


def _take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    shape = shape_of(a)
    axis = normal_axis(axis, len(shape))
    places = np.asarray(as_places(indices))
    if mode == "wrap":
        places = places % shape[axis]
    elif mode == "clip":
        places = np.clip(places, 0, shape[axis] - 1)
    index = places if places.ndim else int(places)
    return a[(slice(None),) * axis + (index,)]


def _along(shape: tuple[int, ...], indices: Any, axis: int) -> tuple[Any, ...]:
    """Return the full index that picks `indices` along `axis` in every row."""
    index: list[Any] = []
    for i in range(len(shape)):
        form = [1] * len(shape)
        form[i] = -1
        index.append(indices if i == axis else np.arange(indices.shape[i]).reshape(form))
    return tuple(index)


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    shape = shape_of(arr)
    indices = np.asarray(as_places(indices))
    if indices.ndim != len(shape):
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = normal_axis(axis, len(shape))
    wide = [n if i != axis else indices.shape[axis] for i, n in enumerate(shape)]
    return arr[_along(shape, np.broadcast_to(indices, wide), axis)]


def _select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0.0) -> Any:
    """Return the first choice whose condition holds, as a chain of `where`."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(condition, choice, y)
    return y


def _compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    return _take(a, np.flatnonzero(condition), axis)


def _extract(condition: Any, arr: Any) -> Any:
    return _take(arr, np.flatnonzero(condition))


def _choose(a: Any, choices: Sequence[Any], out: Any = None, mode: str = "raise") -> Any:
    """Return, place by place, the choice that an integer array names."""
    parts = np.broadcast_arrays(np.asarray(a), *choices)
    which = parts[0]
    if mode != "raise" or (which.size and not (0 <= which.min() <= which.max() < len(choices))):
        raise ValueError("invalid entry in choice array")
    y = parts[1]
    for k, choice in enumerate(parts[2:], start=1):
        y = np.where(which == k, choice, y)
    return y


_FACE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
take = Composite(
    "take",
    _take,
    params={"indices": None, "axis": None, "mode": "raise"},
    numpy=(np.take,),
    samples=(
        call(_FACE, indices=[0, 4, 4]),
        call(_FACE, indices=[2, 0], axis=1),
        call(_FACE, indices=1, axis=0),
        call(_FACE, indices=[7], axis=1, mode="wrap"),
    ),
    bad=(call([1.0, 2.0], indices=[5]),),
    doc="Elements at integer positions along an axis.",
)
take_along_axis = Composite(
    "take_along_axis",
    _take_along_axis,
    params={"indices": None, "axis": -1},
    numpy=(np.take_along_axis,),
    samples=(
        call(_FACE, indices=np.array([[2, 0], [1, 1]]), axis=1),
        call(_FACE, indices=np.array([0, 3]), axis=None),
    ),
    bad=(call(_FACE, indices=[0], axis=1),),
    doc="Elements at positions that differ from row to row.",
)
select = Composite(
    "select",
    _select,
    arrays=0,
    params={"choicelist": None, "default": 0.0},
    numpy=(np.select,),
    samples=(call([[True, False], [True, True]], [[1.0, 2.0], [3.0, 4.0]], default=9.0),),
    doc="The first choice whose condition holds.",
)
compress = Composite(
    "compress",
    _compress,
    arrays=0,
    params={"axis": None},
    numpy=(np.compress,),
    samples=(call([True, False, True], [1.0, 2.0, 3.0]),),
    doc="Elements where a condition holds, along an axis.",
)
extract = Composite(
    "extract",
    _extract,
    arrays=0,
    numpy=(np.extract,),
    samples=(call([True, False, True], [1.0, 2.0, 3.0]),),
    doc="Elements where a condition holds.",
)
choose = Composite(
    "choose",
    _choose,
    arrays=0,
    params={"choices": None, "mode": "raise"},
    numpy=(np.choose,),
    samples=(call([0, 1], [[1.0, 2.0], [3.0, 4.0]]),),
    doc="Place by place, the array that an integer names.",
)

TABLE = (getitem, put_zero, take, take_along_axis, select, compress, extract, choose)
