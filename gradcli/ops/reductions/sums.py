"""Sums, means and cumulative sums.

May import `axes`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import add_reduce, count, normal_axis, shape_of, spread
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


def _cumulative(function: Any, first: float) -> Any:
    """Return NumPy 2's array-API form of a running sum or product."""

    def running(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        shape = shape_of(x)
        if axis is None and len(shape) != 1:
            raise ValueError("an array of several dimensions needs an axis")
        axis = normal_axis(axis or 0, len(shape))
        y = function(x, axis=axis)
        if not include_initial:
            return y
        start = np.full((*shape[:axis], 1, *shape[axis + 1 :]), first)
        return np.concatenate([start, y], axis=axis)

    return running


_FIRST: dict[str, tuple[Any, float]] = {
    "cumulative_sum": (np.cumsum, 0.0),
    "cumulative_prod": (np.cumprod, 1.0),
}
_RUNNING = tuple(
    Composite(
        name,
        _cumulative(function, first),
        params={"axis": None, "include_initial": False},
        numpy=(getattr(np, name),),
        samples=(
            call([1.0, 2.0, -3.0]),
            call([[1.0, 2.0], [3.0, 4.0]], axis=1, include_initial=True),
        ),
        bad=(call([[1.0, 2.0], [3.0, 4.0]]),),
        doc="Running values along an axis, by NumPy 2's name.",
    )
    for name, (function, first) in _FIRST.items()
    if hasattr(np, name)
)

TABLE = (sum_, mean, cumsum, *_RUNNING)
