"""Elements taken out, put in, laid on a grid; functions applied piece by piece.

May import `axes`, `indexing`, `op` and NumPy. Composites over reading and writing by index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axis, shape_of
from gradcli.ops.indexing.reading import put_zero
from gradcli.ops.indexing.writing import put_set
from gradcli.ops.op import Composite, call
from gradcli.ops.rows import as_places

_FACE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def _laid(arr: Any, axis: int | None) -> tuple[Any, int]:
    if axis is None:
        return np.ravel(arr), 0
    return arr, normal_axis(axis, len(shape_of(arr)))


def _delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    arr, axis = _laid(arr, axis)
    kept = np.delete(np.arange(shape_of(arr)[axis]), obj)
    return arr[(slice(None),) * axis + (kept,)]


def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Return the array with values put in before a position (one, or one for each value)."""
    arr, axis = _laid(arr, axis)
    n = shape_of(arr)[axis]
    order = np.insert(np.arange(n), obj, -1)
    new = np.flatnonzero(order < 0)
    lead = (slice(None),) * axis
    wide = arr[(*lead, np.where(order < 0, 0, order))]
    if np.ndim(obj) == 0 and len(shape_of(values)) > 1:
        values = np.moveaxis(values, 0, axis)
    return put_set.apply((wide, values), {"index": (*lead, new)})


def _resize(a: Any, new_shape: Any) -> Any:
    shape = (new_shape,) if np.ndim(new_shape) == 0 else tuple(new_shape)
    flat = np.ravel(a)
    size = int(np.prod(shape))
    return np.reshape(flat[np.arange(size) % shape_of(flat)[0]], shape)


def _unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    axis = normal_axis(axis, len(shape_of(x)))
    return tuple(x[(slice(None),) * axis + (k,)] for k in range(shape_of(x)[axis]))


def _meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Any, ...]:
    if indexing not in {"xy", "ij"}:
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[0], places[1] = 1, 0
    open_ = [
        np.reshape(x, tuple(-1 if a == place else 1 for a in range(len(xi))))
        for x, place in zip(xi, places, strict=True)
    ]
    return (
        tuple(x * 1.0 for x in open_)
        if sparse
        else tuple(x * 1.0 for x in np.broadcast_arrays(*open_))
    )


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Return sums of weights by place, through the transpose of reading."""
    places = np.asarray(as_places(x))
    if weights is None:
        return np.bincount(places, minlength=minlength)
    if shape_of(weights) != places.shape:
        raise ValueError("The weights and list don't have the same length.")
    size = max(int(places.max(initial=-1)) + 1, minlength)
    return put_zero.apply((weights,), {"index": places, "shape": (size,)})


def _piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Return each function's values where its condition holds; the last one else."""
    if not isinstance(condlist, list | tuple):
        condlist = [condlist]
    conditions = [np.asarray(c, dtype=bool) for c in condlist]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.logical_or.reduce(conditions))
    if len(funclist) != len(conditions):
        raise ValueError("piecewise needs as many functions as conditions, or one more")
    y: Any = np.zeros(shape_of(x))
    for where, function in zip(conditions, funclist, strict=True):
        if where.any():
            values = function(x[where], *args, **kw) if callable(function) else function
            y = put_set.apply((y, values), {"index": where})
    return y


def _apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    axis = normal_axis(axis, len(shape_of(arr)))
    rows = np.moveaxis(arr, axis, -1)
    lead = shape_of(rows)[:-1]
    results = [func1d(rows[i], *args, **kwargs) for i in np.ndindex(lead)]
    tail = shape_of(results[0])
    y = np.reshape(np.stack(results), (*lead, *tail))
    if not tail:
        return y
    ends = tuple(range(len(lead), len(lead) + len(tail)))
    return np.moveaxis(y, ends, tuple(range(axis, axis + len(tail))))


delete = Composite(
    "delete",
    _delete,
    params={"obj": 0, "axis": None},
    numpy=(np.delete,),
    samples=(call(_FACE, obj=1, axis=1), call(_FACE, obj=[0, 5])),
    bad=(call([1.0], obj=4),),
    doc="The array without some elements.",
)
insert = Composite(
    "insert",
    _insert,
    arrays=0,
    params={"axis": None},
    numpy=(np.insert,),
    samples=(call([1.0, 2.0], 1, 9.0),),
    doc="The array with values put in before a position.",
)
resize = Composite(
    "resize",
    _resize,
    params={"new_shape": None},
    numpy=(np.resize,),
    samples=(call(_FACE, new_shape=(2, 4)), call(_FACE, new_shape=3)),
    doc="The elements in another shape, repeated or cut to fit.",
)
meshgrid = Composite(
    "meshgrid",
    _meshgrid,
    arrays=2,
    params={"copy": True, "sparse": False, "indexing": "xy"},
    numpy=(np.meshgrid,),
    samples=(
        call([1.0, 2.0, 3.0], [4.0, 5.0]),
        call([1.0, 2.0, 3.0], [4.0, 5.0], indexing="ij", sparse=True),
    ),
    bad=(call([1.0], [2.0], indexing="yx"),),
    doc="Coordinates of a grid from those of its axes.",
)
bincount = Composite(
    "bincount",
    _bincount,
    arrays=0,
    params={"weights": None, "minlength": 0},
    numpy=(np.bincount,),
    samples=(call([0, 2, 0], weights=np.array([1.0, 2.0, 3.0])),),
    doc="Sums of weights by integer place.",
)
piecewise = Composite(
    "piecewise",
    _piecewise,
    arrays=0,
    numpy=(np.piecewise,),
    samples=(call(np.array([1.0, -2.0]), [np.array([True, False])], [3.0, 4.0]),),
    doc="Functions applied where their conditions hold.",
)
apply_along_axis = Composite(
    "apply_along_axis",
    _apply_along_axis,
    arrays=0,
    numpy=(np.apply_along_axis,),
    samples=(call(np.sum, 0, np.array(_FACE)),),
    doc="A function of one-dimensional arrays applied along an axis.",
)


def _numpy_2_only() -> tuple[Composite, ...]:
    if not hasattr(np, "unstack"):
        return ()
    unstack = Composite(
        "unstack",
        _unstack,
        params={"axis": 0},
        numpy=(np.unstack,),
        samples=(call(_FACE), call(_FACE, axis=1)),
        doc="The slices along an axis.",
    )
    return (unstack,)


TABLE = (
    delete,
    insert,
    resize,
    meshgrid,
    bincount,
    piecewise,
    apply_along_axis,
    *_numpy_2_only(),
)
