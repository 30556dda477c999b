"""Methods of NumPy's ufuncs that mean a reduction, a scan, an outer product.

May import `reductions`, `axes`, `duck` and NumPy. They differ from the functions in their
default axis (0), so they get forms of their own; being spellings and not functions, they
have no names in the expression language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.axes import shape_of
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


def _outer(ufunc: Any) -> Callable[..., Any]:
    def outer(a: Any, b: Any) -> Any:
        apart = np.reshape(a, (*shape_of(a), *(1,) * len(shape_of(b))))
        return ufunc(apart, b)

    return outer


_REDUCE = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_or: np.any,
    np.logical_and: np.all,
}
_SCAN = {np.add: np.cumsum, np.multiply: np.cumprod}
_OUTER = (
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
_AXIS = {"axis": 0, "keepdims": False}

for _ufunc, _function in _REDUCE.items():
    _name = f"{_ufunc.__name__}.reduce"
    SURFACE[_ufunc, "reduce"] = Composite(_name, _reducer(_function), params=_AXIS)
for _ufunc, _function in _SCAN.items():
    _name = f"{_ufunc.__name__}.accumulate"
    SURFACE[_ufunc, "accumulate"] = Composite(_name, _scanner(_function), params={"axis": 0})
for _ufunc in _OUTER:
    SURFACE[_ufunc, "outer"] = Composite(f"{_ufunc.__name__}.outer", _outer(_ufunc), arrays=2)

TABLE: tuple[Composite, ...] = ()
