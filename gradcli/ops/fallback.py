"""Float64 values of special functions: SciPy's where it is installed, else mpmath's.

May import `entries` and NumPy; the one file that may import SciPy or mpmath for float64
values, and only when a special function is first computed: start-up pays for neither.
With SciPy the value is bit for bit that of `scipy.special`; without it the operation's own
mpmath form is evaluated with guard digits and rounded once: slower, not less accurate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

import numpy as np

# Decimal digits at which a form is evaluated without SciPy; float64 has 16.
_DIGITS = 30


@lru_cache(maxsize=1)
def scipy_special() -> Any | None:
    """Return the module `scipy.special`, or ``None`` where SciPy is not installed."""
    try:
        return import_module("scipy.special")
    except ImportError:
        return None


@lru_cache(maxsize=1)
def mpmath_numbers() -> Any:
    """Return an mpmath context with the few names that the forms use beyond mpmath's."""
    from mpmath import MPContext

    class Numbers(MPContext):  # type: ignore[misc]
        """Scalar numbers; see `entries.Numbers`."""

        def __init__(self) -> None:
            super().__init__()
            self.dps = _DIGITS
            self.where = lambda c, a, b: a if c else b
            self.lt = lambda a, b: a < b
            self.le = lambda a, b: a <= b
            self.gt = lambda a, b: a > b
            self.ge = lambda a, b: a >= b
            self.eq = lambda a, b: a == b
            self.ne = lambda a, b: a != b
            self.land = lambda a, b: a and b
            self.lor = lambda a, b: a or b
            self.lnot = lambda a: not a

    return Numbers()


def _scalar_value(form: Callable[..., Any], params: dict[str, Any], *xs: float) -> float:
    """Return a form's value at floats; NaN where it has no real one."""
    m = mpmath_numbers()
    if any(map(math.isnan, xs)):
        return np.nan
    try:
        value = m.convert(form(m, *(m.mpf(x) for x in xs), **params))
        return float(value) if isinstance(value, m.mpf) else np.nan
    except (ValueError, ZeroDivisionError, OverflowError, m.NoConvergence):
        return np.nan


def evaluate_form(form: Callable[..., Any], *xs: Any, **params: Any) -> Any:
    """Return the values of a scalar form at plain arrays, by mpmath, rounded to float64."""
    arrays = [np.asarray(x, dtype=np.float64) for x in xs]
    values = np.frompyfunc(partial(_scalar_value, form, params), len(arrays), 1)(*arrays)
    return np.asarray(values, dtype=np.float64)[()]


class SpecialValue:
    """The float64 forward of a special function; decides at its first call who computes.

    Parameters
    ----------
    name
        Name of the function in `scipy.special`.
    form
        The operation's mpmath form.
    adapt
        What to make of SciPy's function, where its signature or result differs.
    """

    __slots__ = ("adapt", "form", "name")

    def __init__(
        self, name: str, form: Callable[..., Any], adapt: Callable[..., Any] | None = None
    ) -> None:
        self.name = name
        self.form = form
        self.adapt = adapt

    def __repr__(self) -> str:
        return f"SpecialValue({self.name!r})"

    def __call__(self, *xs: Any, **params: Any) -> Any:
        """Return the values at plain arrays."""
        module = scipy_special()
        if module is None:
            return evaluate_form(self.form, *xs, **params)
        function = getattr(module, self.name)
        return function(*xs) if self.adapt is None else self.adapt(function, *xs, **params)
