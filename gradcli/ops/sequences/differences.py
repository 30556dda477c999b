"""Differences of neighbours, and the trapezoidal rule.

May import `axes`, `op` and NumPy. All are composites over reading by slices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axis, shape_of
from gradcli.ops.op import Composite, call

_FACE = [[1.0, 2.0, 0.5, 3.0], [3.0, 4.0, -2.0, 0.25]]


def _cut(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    """Return a slice along one axis."""
    return x[(slice(None),) * axis + (slice(start, stop),)]


def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    axis = normal_axis(axis, len(shape_of(a)))
    ends = [_border(v, a, axis) for v in (prepend, append)]
    parts = [v for v in (ends[0], a, ends[1]) if v is not None]
    if len(parts) > 1:
        a = np.concatenate(parts, axis=axis)
    for _ in range(n):
        a = _cut(a, axis, 1, None) - _cut(a, axis, None, -1)
    return a


def _border(v: Any, a: Any, axis: int) -> Any:
    """Return what is put before or behind an array; a number is spread over its side."""
    if v is None or v is getattr(np, "_NoValue", None):
        return None
    if shape_of(v):
        return v
    shape = list(shape_of(a))
    shape[axis] = 1
    return np.broadcast_to(v, tuple(shape))


def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    parts = [None if to_begin is None else np.ravel(to_begin), flat[1:] - flat[:-1]]
    parts.append(None if to_end is None else np.ravel(to_end))
    return np.concatenate([p for p in parts if p is not None])


def _trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    axis = normal_axis(axis, len(shape_of(y)))
    d: Any = dx
    if x is not None:
        d = np.diff(x, axis=axis if len(shape_of(x)) > 1 else 0)
        if len(shape_of(x)) == 1:
            form = [1] * len(shape_of(y))
            form[axis] = shape_of(d)[0]
            d = np.reshape(d, tuple(form))
    return np.sum(d * (_cut(y, axis, 1, None) + _cut(y, axis, None, -1)) / 2.0, axis=axis)


def _gradient(f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Return central differences inside and one-sided ones at the ends, for even spacing.

    Raises
    ------
    TypeError
        For uneven spacing or second-order ends.
    """
    ndim = len(shape_of(f))
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    along = [normal_axis(a, ndim) for a in axes]
    steps = spacing * len(along) if len(spacing) == 1 else spacing or (1.0,) * len(along)
    if edge_order != 1 or len(steps) != len(along) or any(shape_of(h) for h in steps):
        raise TypeError("gradient is followed for even spacing and edge_order=1")
    parts = [_slopes(f, h, a) for h, a in zip(steps, along, strict=True)]
    return parts[0] if len(parts) == 1 else tuple(parts)


def _slopes(f: Any, h: Any, axis: int) -> Any:
    if shape_of(f)[axis] < 2:
        raise ValueError("gradient needs at least two elements along an axis")
    first = (_cut(f, axis, 1, 2) - _cut(f, axis, 0, 1)) / h
    inner = (_cut(f, axis, 2, None) - _cut(f, axis, None, -2)) / (2.0 * h)
    last = (_cut(f, axis, -1, None) - _cut(f, axis, -2, -1)) / h
    return np.concatenate([first, inner, last], axis=axis)


diff = Composite(
    "diff",
    _diff,
    params={"n": 1, "axis": -1, "prepend": None, "append": None},
    numpy=(np.diff,),
    samples=(
        call([1.0, 2.0, 4.0]),
        call(_FACE, n=2),
        call(_FACE, axis=0),
        call([1.0, 2.0, 4.0], append=0.0),
    ),
    bad=(call([1.0], axis=1), call([1.0, 2.0], n=-1)),
    doc="Differences of neighbours along an axis.",
)
ediff1d = Composite(
    "ediff1d",
    _ediff1d,
    params={"to_end": None, "to_begin": None},
    numpy=(np.ediff1d,),
    samples=(call(_FACE), call([1.0, 2.0], to_end=9.0)),
    doc="Differences of neighbours of the flattened array.",
)
trapezoid = Composite(
    "trapezoid",
    _trapezoid,
    params={"x": None, "dx": 1.0, "axis": -1},
    # NumPy 2 renamed `trapz`; newest versions have dropped the old name.
    numpy=tuple({f for f in (getattr(np, n, None) for n in ("trapezoid", "trapz")) if f}),
    aliases=("trapz",),
    samples=(
        call([1.0, 2.0, 4.0]),
        call(_FACE, x=[0.0, 0.5, 2.0, 3.0]),
        call(_FACE, dx=0.5, axis=0),
    ),
    doc="Integral of samples by the trapezoidal rule.",
)
gradient = Composite(
    "gradient",
    _gradient,
    params={"axis": None, "edge_order": 1},
    numpy=(np.gradient,),
    samples=(call([1.0, 2.0, 4.0, 7.0]), call(_FACE, axis=1), call(_FACE)),
    bad=(call([1.0]),),
    doc="Central differences of samples.",
)

TABLE = (diff, ediff1d, trapezoid, gradient)
