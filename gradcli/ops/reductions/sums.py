"""Sums, means and cumulative sums.

May import `axes`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import add_reduce, count, shape_of, spread
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Linear


def _sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return add_reduce(x, axis, None, None, keepdims)


def _sum_pull(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return spread(g, shape_of(x), axis, keepdims)


def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum divided by the count, in NumPy's order of operations."""
    return add_reduce(x, axis, None, None, keepdims) / count(shape_of(x), axis)


def _mean_pull(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    shape = shape_of(x)
    return spread(g / count(shape, axis), shape, axis, keepdims)


def _cumsum(x: Any, axis: int | None = None) -> Any:
    return np.add.accumulate(np.ravel(x) if axis is None else x, axis=axis or 0)


def _cumsum_pull(g: Any, y: Any, x: Any, axis: int | None = None) -> Any:
    along = 0 if axis is None else axis
    back = np.flip(np.cumsum(np.flip(g, along), axis=along), along)
    return np.reshape(back, shape_of(x))


_REDUCTION = {"axis": None, "keepdims": False}
_POSITIONS = ("axis", "dtype", "out", "keepdims")
_SAMPLES = (
    call([1.0, 2.0, -3.0]),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=0),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=-1, keepdims=True),
    call([[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]], axis=(0, -1)),
    call(1.5),
)
_BAD = (call([1.0, 2.0], axis=1),)

sum_ = Op(
    "sum",
    _sum,
    Linear((_sum_pull,)),
    params=_REDUCTION,
    positions=_POSITIONS,
    numpy=(np.sum,),
    samples=_SAMPLES,
    bad=_BAD,
    doc="Sum over all elements or along axes.",
)
mean = Op(
    "mean",
    _mean,
    Linear((_mean_pull,)),
    params=_REDUCTION,
    positions=_POSITIONS,
    numpy=(np.mean,),
    samples=_SAMPLES,
    bad=_BAD,
    doc="Arithmetic mean over all elements or along axes.",
)
cumsum = Op(
    "cumsum",
    _cumsum,
    Linear((_cumsum_pull,)),
    params={"axis": None},
    positions=("axis", "dtype", "out"),
    numpy=(np.cumsum,),
    samples=(
        call([1.0, 2.0, -3.0]),
        call([[1.0, 2.0], [3.0, 4.0]]),
        call([[1.0, 2.0], [3.0, 4.0]], axis=-1),
    ),
    bad=_BAD,
    doc="Running sums along an axis (of the flattened array if no axis is given).",
)


def _nan_to_zero(x: Any) -> Any:
    return np.where(np.isnan(x), 0.0, x)


def _nansum(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
) -> Any:
    return np.sum(_nan_to_zero(x), axis=axis, keepdims=bool(keepdims))


def _nanmean(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
) -> Any:
    present = np.where(np.isnan(x), 0.0, 1.0)
    total = np.sum(_nan_to_zero(x), axis=axis, keepdims=bool(keepdims))
    return total / np.sum(present, axis=axis, keepdims=bool(keepdims))


_NAN_SAMPLES = (call([1.0, 2.0, -3.0]), call([[1.0, 2.0], [3.0, 4.0]], axis=0))
nansum = Composite(
    "nansum",
    _nansum,
    params=_REDUCTION,
    numpy=(np.nansum,),
    samples=_NAN_SAMPLES,
    doc="Sum that leaves NaN out.",
)
nanmean = Composite(
    "nanmean",
    _nanmean,
    params=_REDUCTION,
    numpy=(np.nanmean,),
    samples=_NAN_SAMPLES,
    doc="Mean that leaves NaN out.",
)

TABLE = (sum_, mean, cumsum, nansum, nanmean)
