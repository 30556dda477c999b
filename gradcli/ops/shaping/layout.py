"""The same elements in another shape or order of axes, and broadcasting.

May import `axes`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ops.axes import normal_axes, normal_axis, shape_of, sum_to
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Linear

_FACE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
_CUBE = [[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]]


def checked_order(order: str | None) -> str:
    """Return a memory order that does not depend on how an array happens to lie in memory.

    Raises
    ------
    UsageError
        For the orders that do (``A``, ``K``).
    """
    if order in {None, "C", "F"}:
        return order or "C"
    raise UsageError("E018", f"the element order {order!r} is not followed; say 'C' or 'F'")


def _reshape(x: Any, shape: Any, order: str = "C") -> Any:
    return np.reshape(x, shape, order=checked_order(order))  # type: ignore[call-overload]


def _reshape_pull(g: Any, y: Any, x: Any, shape: Any, order: str = "C") -> Any:
    return np.reshape(g, shape_of(x), order=order)  # type: ignore[call-overload]


reshape = Op(
    "reshape",
    _reshape,
    Linear((_reshape_pull,)),
    params={"shape": None, "order": "C"},
    numpy=(np.reshape,),
    samples=(
        call([1.0, 2.0, 3.0, 4.0], shape=(2, 2)),
        call(_FACE, shape=(3, -1)),
        call(_FACE, shape=(3, 2), order="F"),
        call(_FACE, shape=-1),
    ),
    bad=(call([1.0, 2.0, 3.0], shape=(2, 2)), call([1.0], shape=(1,), order="A")),
    doc="The same elements in another shape.",
)


def _inverse_axes(axes: Any) -> tuple[int, ...] | None:
    if axes is None:
        return None
    order = [int(a) % len(axes) for a in axes]
    return tuple(order.index(i) for i in range(len(order)))


def _transpose_pull(g: Any, y: Any, x: Any, axes: Any = None) -> Any:
    return np.transpose(g, _inverse_axes(axes))


transpose = Op(
    "transpose",
    lambda x, axes=None: np.transpose(x, axes),
    Linear((_transpose_pull,)),
    params={"axes": None},
    numpy=(np.transpose,),
    samples=(call(_FACE), call(_CUBE, axes=(1, 2, 0)), call(_CUBE, axes=(-1, 0, 1)), call([1.0])),
    bad=(call(_FACE, axes=(0, 0)),),
    doc="Axes in reverse, or in the given, order.",
)
broadcast_to = Op(
    "broadcast_to",
    np.broadcast_to,
    Linear((lambda g, y, x, shape: sum_to(g, shape_of(x)),)),
    params={"shape": None},
    positions=("shape", "subok"),
    numpy=(np.broadcast_to,),
    samples=(
        call([1.0, 2.0], shape=(3, 2)),
        call([[1.0], [2.0]], shape=(2, 3)),
        call(1.5, shape=2),
    ),
    bad=(call([1.0, 2.0], shape=(3, 3)),),
    doc="Repeat along new or length-1 axes.",
)


def _ravel(a: Any, order: str | None = "C") -> Any:
    return np.reshape(a, -1, order=checked_order(order))  # type: ignore[call-overload]


def _moved(ndim: int, source: Any, destination: Any) -> tuple[int, ...]:
    """Return the order of axes that puts `source` axes at `destination`."""
    froms = [source] if np.ndim(source) == 0 else list(source)
    tos = [destination] if np.ndim(destination) == 0 else list(destination)
    if len(froms) != len(tos):
        raise ValueError("moveaxis needs as many destinations as sources")
    froms = [normal_axis(int(a), ndim) for a in froms]
    tos = [normal_axis(int(a), ndim) for a in tos]
    if len(set(froms)) != len(froms) or len(set(tos)) != len(tos):
        raise ValueError("repeated axis in moveaxis")
    order = [a for a in range(ndim) if a not in froms]
    for to, a in sorted(zip(tos, froms, strict=True)):
        order.insert(to, a)
    return tuple(order)


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return np.transpose(a, _moved(len(shape_of(a)), source, destination))


def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    ndim = len(shape_of(a))
    axis = normal_axis(axis, ndim)
    start = start + ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(len(shape_of(a))))
    i, j = normal_axis(axis1, len(order)), normal_axis(axis2, len(order))
    order[i], order[j] = order[j], order[i]
    return np.transpose(a, tuple(order))


def _squeeze(a: Any, axis: Any = None) -> Any:
    shape = shape_of(a)
    if axis is None:
        return np.reshape(a, tuple(n for n in shape if n != 1))
    axes = normal_axes(axis, len(shape))
    if any(shape[i] != 1 for i in axes):
        raise ValueError(f"cannot squeeze axes {axes} of shape {shape}: not of length 1")
    return np.reshape(a, tuple(n for i, n in enumerate(shape) if i not in axes))


def _expand_dims(a: Any, axis: Any) -> Any:
    shape = shape_of(a)
    new = axis if isinstance(axis, tuple | list) else (axis,)
    places = normal_axes(tuple(new), len(shape) + len(new))
    if len(set(places)) != len(places):
        raise ValueError("repeated axis")
    rest = iter(shape)
    return np.reshape(
        a, tuple(1 if i in places else next(rest) for i in range(len(shape) + len(new)))
    )


def _atleast(arrays: tuple[Any, ...], shape: Any) -> Any:
    """Return arrays in the shape that `shape` gives; one array alone, as NumPy does."""
    out = tuple(np.reshape(a, shape(shape_of(a))) for a in arrays)
    return out[0] if len(out) == 1 else out


def _shape_3d(s: tuple[int, ...]) -> tuple[int, ...]:
    if len(s) >= 3:
        return s
    return {0: (1, 1, 1), 1: (1, *s, 1), 2: (*s, 1)}[len(s)]


def _atleast_1d(*arys: Any) -> Any:
    return _atleast(arys, lambda s: s or (1,))


def _atleast_2d(*arys: Any) -> Any:
    return _atleast(arys, lambda s: s if len(s) >= 2 else (1, *s) if s else (1, 1))


def _atleast_3d(*arys: Any) -> Any:
    return _atleast(arys, _shape_3d)


def _broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    shape = np.broadcast_shapes(*[shape_of(a) for a in args])
    return tuple(np.broadcast_to(a, shape) for a in args)


ravel = Composite(
    "ravel",
    _ravel,
    params={"order": "C"},
    numpy=(np.ravel,),
    aliases=("flatten",),
    samples=(call(_FACE), call(_FACE, order="F")),
    doc="All elements in one dimension.",
)
moveaxis = Composite(
    "moveaxis",
    _moveaxis,
    params={"source": 0, "destination": -1},
    numpy=(np.moveaxis,),
    samples=(call(_CUBE, source=0, destination=-1), call(_CUBE, source=(0, 1), destination=(2, 0))),
    bad=(call(_FACE, source=2, destination=0),),
    doc="Axes moved to other places.",
)
rollaxis = Composite(
    "rollaxis",
    _rollaxis,
    params={"axis": 0, "start": 0},
    numpy=(np.rollaxis,),
    samples=(call(_CUBE, axis=2), call(_CUBE, axis=0, start=2)),
    doc="One axis moved before another.",
)
swapaxes = Composite(
    "swapaxes",
    _swapaxes,
    params={"axis1": 0, "axis2": 1},
    numpy=(np.swapaxes,),
    samples=(call(_CUBE, axis1=0, axis2=-1),),
    bad=(call(_FACE, axis1=0, axis2=2),),
    doc="Two axes interchanged.",
)
squeeze = Composite(
    "squeeze",
    _squeeze,
    params={"axis": None},
    numpy=(np.squeeze,),
    samples=(call([[1.0, 2.0]]), call([[[1.0], [2.0]]], axis=-1)),
    bad=(call(_FACE, axis=0),),
    doc="Axes of length 1 removed.",
)
expand_dims = Composite(
    "expand_dims",
    _expand_dims,
    params={"axis": 0},
    numpy=(np.expand_dims,),
    samples=(call([1.0, 2.0], axis=0), call(_FACE, axis=(0, -1))),
    bad=(call([1.0], axis=5),),
    doc="New axes of length 1.",
)
atleast_1d = Composite(
    "atleast_1d",
    _atleast_1d,
    numpy=(np.atleast_1d,),
    samples=(call(1.5), call(_FACE)),
    doc="At least one dimension.",
)
atleast_2d = Composite(
    "atleast_2d",
    _atleast_2d,
    numpy=(np.atleast_2d,),
    samples=(call(1.5), call([1.0, 2.0])),
    doc="At least two dimensions.",
)
atleast_3d = Composite(
    "atleast_3d",
    _atleast_3d,
    numpy=(np.atleast_3d,),
    samples=(call(1.5), call(_FACE)),
    doc="At least three dimensions.",
)
broadcast_arrays = Composite(
    "broadcast_arrays",
    _broadcast_arrays,
    arrays=2,
    numpy=(np.broadcast_arrays,),
    samples=(call([1.0, 2.0], [[1.0], [3.0]]),),
    doc="Arrays broadcast against each other.",
)

TABLE = (
    reshape,
    transpose,
    broadcast_to,
    ravel,
    moveaxis,
    rollaxis,
    swapaxes,
    squeeze,
    expand_dims,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_arrays,
)
