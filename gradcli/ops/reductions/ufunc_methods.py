"""Methods of NumPy's ufuncs that mean a reduction, a scan, an outer product.

May import `reductions`, `axes`, `duck` and NumPy. They differ from the functions in their
default axis (0), so they get forms of their own; being spellings and not functions, they
have no names in the expression language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axis, shape_of
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Composite


def _reducer(function: Any) -> Callable[..., Any]:
    def reduce(
        array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        return function(array, axis=axis, keepdims=bool(keepdims))

    return reduce


def _scanner(function: Any) -> Callable[..., Any]:
    def accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        return function(array, axis=axis)

    return accumulate


def _slices(x: Any, axis: int) -> list[Any]:
    """Return the slices of an array along an axis."""
    axis = normal_axis(axis, len(shape_of(x)))
    return [x[(slice(None),) * axis + (k,)] for k in range(shape_of(x)[axis])]


def _folded(ufunc: Any) -> Callable[..., Any]:
    """Return a reduction that applies a binary function from left to right, as NumPy does."""

    def reduce(
        array: Any, axis: int = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        parts = _slices(array, axis)
        if not parts:
            raise ValueError(f"{ufunc.__name__}.reduce of no elements is not followed")
        y = parts[0]
        for part in parts[1:]:
            y = ufunc(y, part)
        return np.expand_dims(y, axis) if keepdims else y

    return reduce


def _followed(ufunc: Any) -> Callable[..., Any]:
    """Return a scan that applies a binary function from left to right."""

    def accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        parts = _slices(array, axis)
        for k in range(1, len(parts)):
            parts[k] = ufunc(parts[k - 1], parts[k])
        return np.stack(parts, axis=axis) if parts else array

    return accumulate


def _outer(ufunc: Any) -> Callable[..., Any]:
    def outer(a: Any, b: Any) -> Any:
        apart = np.reshape(a, (*shape_of(a), *(1,) * len(shape_of(b))))
        return ufunc(apart, b)

    return outer


_REDUCE: dict[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_or: np.any,
    np.logical_and: np.all,
}
_SCAN: dict[Any, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}
_OUTER: tuple[Any, ...] = (
    np.add,
    np.subtract,
    np.multiply,
    np.true_divide,
    np.power,
    np.maximum,
    np.minimum,
    np.hypot,
    np.arctan2,
)
# Binary functions without a reduction of their own in the table.
_FOLDED: tuple[Any, ...] = (
    np.logaddexp,
    np.logaddexp2,
    np.hypot,
    np.fmax,
    np.fmin,
    np.subtract,
    np.true_divide,
    np.power,
)
_AXIS = {"axis": 0, "keepdims": False}

for _ufunc, _function in _REDUCE.items():
    _name = f"{_ufunc.__name__}.reduce"
    SURFACE[_ufunc, "reduce"] = Composite(_name, _reducer(_function), params=_AXIS)
for _ufunc, _function in _SCAN.items():
    _name = f"{_ufunc.__name__}.accumulate"
    SURFACE[_ufunc, "accumulate"] = Composite(_name, _scanner(_function), params={"axis": 0})
for _ufunc in _FOLDED:
    _name = f"{_ufunc.__name__}.reduce"
    SURFACE[_ufunc, "reduce"] = Composite(_name, _folded(_ufunc), params=_AXIS)
for _ufunc in (*_FOLDED, np.maximum, np.minimum):
    _name = f"{_ufunc.__name__}.accumulate"
    SURFACE[_ufunc, "accumulate"] = Composite(_name, _followed(_ufunc), params={"axis": 0})
for _ufunc in _OUTER:
    SURFACE[_ufunc, "outer"] = Composite(f"{_ufunc.__name__}.outer", _outer(_ufunc), arrays=2)

TABLE: tuple[Composite, ...] = ()
