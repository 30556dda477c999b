"""Reductions that leave NaN out.

May import `axes`, `op` and NumPy. Composites: NaN is replaced by what does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.op import Composite, call


def _filled(x: Any, value: float) -> Any:
    """Return `x` with `value` in the place of NaN."""
    return np.where(np.isnan(x), value, x)


def _present(x: Any, axis: Any, keepdims: bool) -> Any:
    """Return how many elements are not NaN."""
    return np.sum(np.where(np.isnan(x), 0.0, 1.0), axis=axis, keepdims=keepdims)


def _reducer(function: Any, value: float) -> Callable[..., Any]:
    """Return a reduction for which an element of the given value does not count."""

    def reduce(
        x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        return function(_filled(x, value), axis=axis, keepdims=bool(keepdims))

    return reduce


def _extreme(function: Any, value: float) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return function(_filled(x, value), axis=axis, keepdims=bool(keepdims))

    return reduce


def _nanmean(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
) -> Any:
    total = np.sum(_filled(x, 0.0), axis=axis, keepdims=bool(keepdims))
    return total / _present(x, axis, bool(keepdims))


def _nanvar(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
) -> Any:
    missing = np.isnan(x)
    middle = _nanmean(x, axis, keepdims=True)
    apart = np.where(missing, 0.0, _filled(x, 0.0) - middle)
    total = np.sum(apart * apart, axis=axis, keepdims=bool(keepdims))
    return total / (_present(x, axis, bool(keepdims)) - ddof)


def _nanstd(x: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the root of the variance, with slope 0 at a constant as `std` has it."""
    variance = _nanvar(x, *args, **kwargs)
    return np.where(variance == 0.0, 0.0, np.sqrt(np.where(variance == 0.0, 1.0, variance)))[()]


_SAMPLES = (
    call([1.0, 2.0, -3.0]),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=0),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=1, keepdims=True),
)


def _row(name: str, function: Any, numpy: Any, doc: str, **params: Any) -> Composite:
    return Composite(
        name,
        function,
        params={"axis": None, **params, "keepdims": False},
        numpy=(numpy,),
        samples=_SAMPLES,
        bad=(call([1.0, 2.0], axis=1),),
        doc=f"{doc} that leaves NaN out.",
    )


TABLE = (
    _row("nansum", _reducer(np.sum, 0.0), np.nansum, "Sum"),
    _row("nanprod", _reducer(np.prod, 1.0), np.nanprod, "Product"),
    _row("nanmean", _nanmean, np.nanmean, "Mean"),
    _row("nanvar", _nanvar, np.nanvar, "Variance", ddof=0),
    _row("nanstd", _nanstd, np.nanstd, "Standard deviation", ddof=0),
    _row("nanmax", _extreme(np.max, -np.inf), np.nanmax, "Largest element"),
    _row("nanmin", _extreme(np.min, np.inf), np.nanmin, "Smallest element"),
)
