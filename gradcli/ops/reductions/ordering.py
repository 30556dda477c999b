"""Sorting, medians and quantiles.

May import `axes`, `rows`, `op`, `rule` and NumPy. A sorted array is a permutation of its
input; the derivative is that permutation. At a tie the stable order is used.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

import numpy as np

from gradcli.ops.axes import count, fold, kept_shape, shape_of
from gradcli.ops.entries import needs_numbers
from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rows import as_places, is_nan, map_rows
from gradcli.ops.rule import Custom


def _laid(x: Any, axis: int | None) -> tuple[Any, int]:
    """Return the array and axis that are sorted: flattened where no axis is given."""
    return (np.ravel(x), 0) if axis is None else (x, axis)


def _sort(x: Any, axis: int | None = -1) -> Any:
    return np.sort(x, axis=axis)


def _sort_pull(g: Any, y: Any, x: Any, axis: int | None = -1) -> Any:
    z, along = _laid(x, axis)
    place = np.argsort(as_places(np.argsort(z, axis=along, kind="stable")), axis=along)
    return np.reshape(np.take_along_axis(g, place, axis=along), shape_of(x))


def _sort_push(ts: Any, y: Any, x: Any, axis: int | None = -1) -> Any:
    z, along = _laid(x, axis)
    order = as_places(np.argsort(z, axis=along, kind="stable"))
    return np.take_along_axis(_laid(ts[0], axis)[0], order, axis=along)


def _before(a: Any, b: Any) -> int:
    """Order two exact numbers, NaN last."""
    if is_nan(a) or is_nan(b):
        return int(is_nan(a)) - int(is_nan(b))
    return -1 if a < b else int(b < a)


def _before_at_point(a: Any, b: Any) -> int:
    """Order two expressions by their values at the point."""
    return -1 if a < b else 1


SORT_KEY = cmp_to_key(_before)
_SYMBOL_KEY = cmp_to_key(_before_at_point)


def _sort_form(m: Any, x: Any, axis: int | None = -1) -> Any:
    z, along = _laid(x, axis)
    key = _SYMBOL_KEY if m.symbolic else SORT_KEY
    return map_rows(lambda row: sorted(row, key=key), z, along)


def _gaps(x: Any, axis: int | None = -1) -> Any:
    """Return the differences of neighbours in sorted order."""
    return np.diff(np.sort(x, axis=axis), axis=0 if axis is None else axis)


sort = Op(
    "sort",
    _sort,
    Custom((_sort_pull,), _sort_push),
    params={"axis": -1},
    positions=("axis", "kind", "order"),
    numpy=(np.sort,),
    form=_sort_form,
    kink=Kink(
        "a tie",
        _gaps,
        used="the stable order",
        convention="NumPy's stable sort",
        samples=(call([2.0, 1.0, 2.0]), call([[1.0, 1.0], [3.0, 2.0]], axis=1)),
    ),
    samples=(
        call([1.0, 2.5, -3.0]),
        call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]]),
        call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], axis=0),
        call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], axis=None),
    ),
    bad=(call([1.0, 2.0], axis=1), call(1.0)),
    doc="Elements in ascending order along an axis.",
)


def _partition_form(m: Any, x: Any, kth: Any = 0, axis: int | None = -1) -> Any:
    """Return the elements in the order NumPy's selection leaves them at this point."""
    needs_numbers(m, "partition")
    z, along = _laid(x, axis)
    order = np.argpartition(z.astype(np.float64), kth, axis=along)
    return np.take_along_axis(z, order, axis=along)


def _partition_pull(g: Any, y: Any, x: Any, kth: Any = 0, axis: int | None = -1) -> Any:
    z, along = _laid(x, axis)
    place = np.argsort(as_places(np.argpartition(z, kth, axis=along)), axis=along)
    return np.reshape(np.take_along_axis(g, place, axis=along), shape_of(x))


def _partition_push(ts: Any, y: Any, x: Any, kth: Any = 0, axis: int | None = -1) -> Any:
    z, along = _laid(x, axis)
    order = as_places(np.argpartition(z, kth, axis=along))
    return np.take_along_axis(_laid(ts[0], axis)[0], order, axis=along)


def _partition_gaps(x: Any, kth: Any = 0, axis: int | None = -1) -> Any:
    """Return the gaps of the sorted array, of which those around `kth` matter."""
    return _gaps(x, axis)


partition = Op(
    "partition",
    lambda x, kth=0, axis=-1: np.partition(x, kth, axis=axis),
    Custom((_partition_pull,), _partition_push),
    params={"kth": 0, "axis": -1},
    positions=("kth", "axis", "kind", "order"),
    numpy=(np.partition,),
    form=_partition_form,
    kink=Kink("a tie", _partition_gaps, used="NumPy's selection", convention="NumPy"),
    samples=(call([1.0, 2.5, -3.0, 0.0], kth=1), call([[1.0, 2.0, 0.5]], kth=(0, 2), axis=1)),
    bad=(call([1.0, 2.0], kth=5),),
    doc="The k-th smallest element in its place, smaller ones before it.",
)


def _rows_sorted(x: Any, axis: Any) -> Any:
    return np.sort(fold(x, axis), axis=-1)


def _finished(y: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    return np.reshape(y, kept_shape(shape, axis)) if keepdims else y


def _median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    if not count(shape_of(a), axis):
        raise ValueError("median of no elements")
    ordered = _rows_sorted(a, axis)
    half, odd = divmod(shape_of(ordered)[-1], 2)
    middle = ordered[..., half]
    y = middle if odd else (ordered[..., half - 1] + middle) / 2
    return _finished(y, shape_of(a), axis, bool(keepdims))


median = Composite(
    "median",
    _median,
    params={"axis": None, "keepdims": False},
    numpy=(np.median,),
    samples=(
        call([1.0, 2.5, -3.0]),
        call([[1.0, 2.0, 0.5, 7.0], [3.0, -4.0, 2.25, 1.5]], axis=1),
        call([[1.0, 2.0, 0.5, 7.0], [3.0, -4.0, 2.25, 1.5]], axis=0, keepdims=True),
    ),
    bad=(call([]),),
    doc="The middle element; the mean of the two middle ones of an even count.",
)


def _between(low: Any, high: Any, t: Any) -> Any:
    """Interpolate as NumPy does: from the nearer end."""
    step = high - low
    return np.where(t >= 0.5, high - step * (1 - t), low + step * t)


def _quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
    interpolation: Any = None,
) -> Any:
    if method != "linear" or weights is not None or interpolation is not None:
        raise TypeError("only quantiles with method='linear' are followed")
    q = np.asarray(q, dtype=np.float64)
    if q.size and not (q.min() >= 0 and q.max() <= 1):
        raise ValueError("Quantiles must be in the range [0, 1]")
    ordered = _rows_sorted(a, axis)
    last = shape_of(ordered)[-1] - 1
    if last < 0:
        raise ValueError("quantile of no elements")
    position = last * q
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, last)
    y = _between(ordered[..., below], ordered[..., above], position - below)
    if keepdims:
        y = np.reshape(y, (*kept_shape(shape_of(a), axis), *q.shape))
    return np.moveaxis(y, tuple(range(-q.ndim, 0)), tuple(range(q.ndim))) if q.ndim else y


def _percentile(a: Any, q: Any, *args: Any, **kwargs: Any) -> Any:
    return _quantile(a, np.true_divide(q, 100), *args, **kwargs)


_QUANTILE = {"q": 0.5, "axis": None, "keepdims": False, "method": "linear"}
quantile = Composite(
    "quantile",
    _quantile,
    params=_QUANTILE,
    numpy=(np.quantile,),
    samples=(
        call([1.0, 2.5, -3.0, 0.5], q=0.3),
        call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], q=[0.25, 0.8], axis=1),
    ),
    bad=(call([1.0, 2.0], q=1.5),),
    doc="Quantile with linear interpolation.",
)
percentile = Composite(
    "percentile",
    _percentile,
    params=_QUANTILE,
    numpy=(np.percentile,),
    samples=(call([1.0, 2.5, -3.0, 0.5], q=30),),
    bad=(call([1.0, 2.0], q=150),),
    doc="Percentile with linear interpolation.",
)

TABLE = (sort, partition, median, quantile, percentile)
