"""Float64 values of special functions: SciPy's where it is installed, else mpmath's.

May import `errors`, `steps` and NumPy; the one file that may import SciPy or mpmath for
float64 values, and only when a special function is first computed: start-up pays for neither.
With SciPy the value is bit for bit that of `scipy.special`; without it the operation's own
mpmath form is evaluated with guard digits and rounded once: slower, not less accurate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from importlib import import_module
from time import thread_time
from typing import Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.ops.steps import MAX_STEPS, TooManySteps, counted, is_ordinary

# Decimal digits at which a form is evaluated without SciPy; float64 has 16.
_DIGITS = 30
# Lines of Python that one array may take, some seconds (see `steps`): as estimated from one
# of its values, and as counted, which takes longer, where values are not ordinary.
_ARRAY_STEPS = 60_000_000
_COUNTED_STEPS = 20_000_000
_COUNTED_SECONDS = 4.0
# Up to so many values an array is computed without asking what it will take.
_FEW = 64
# Turns of a loop in SciPy that one array may take: a tenth of a second.
_TURNS = 1e7


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

        symbolic = False

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


class _Form:
    """A scalar form with its parameters, and what is left of the work it may do."""

    __slots__ = ("deadline", "form", "params", "steps")

    def __init__(self, form: Callable[..., Any], params: Mapping[str, Any]) -> None:
        self.form = partial(form, mpmath_numbers())
        self.params = params
        self.steps = _COUNTED_STEPS
        self.deadline = thread_time() + _COUNTED_SECONDS

    def __call__(self, *xs: float) -> float:
        """Return the value at floats; NaN where it has no real one."""
        m = mpmath_numbers()
        if any(map(math.isnan, xs)):
            return np.nan
        try:
            value = m.convert(self._value([m.mpf(x) for x in xs]))
            return float(value) if isinstance(value, m.mpf) else np.nan
        except (ValueError, TypeError, ZeroDivisionError, OverflowError, m.NoConvergence):
            return np.nan

    def _value(self, xs: Sequence[Any]) -> Any:
        """Return the value at mpmath numbers; away from ordinary ones the work is counted."""
        if is_ordinary(xs, self.params):
            return self.form(*xs, **self.params)
        limit = min(MAX_STEPS, self.steps)
        try:
            value, steps = counted(self.form, xs, self.params, limit)
        except TooManySteps as problem:
            raise self._refusal(str(problem), xs) from None
        self.steps -= steps
        if thread_time() > self.deadline:
            raise self._refusal(f"more than {_COUNTED_SECONDS:g} s", xs)
        return value

    def _refusal(self, what: str, xs: Sequence[Any]) -> LimitError:
        at = ", ".join(f"{float(x):.6g}" for x in xs)
        return LimitError(
            "E019",
            f"a special function takes {what} at {at}, which is the limit",
            hint="choose a point nearer to 0, a lower order, or fewer values",
        )

    def check_size(self, arrays: Sequence[Any]) -> None:
        """Refuse arrays that would take too long, judging by one value."""
        size = np.broadcast(*arrays).size
        if size <= _FEW:
            return
        # The first evaluation fills mpmath's tables, the second is like those that follow.
        self(*[float(a.flat[0]) for a in arrays])
        _, steps = counted(self, [float(a.flat[-1]) for a in arrays])
        if steps * size > _ARRAY_STEPS:
            raise LimitError(
                "E019",
                f"{size} values of a special function take about {steps * size:.2g} steps; "
                f"the limit is {_ARRAY_STEPS:.0e}",
                hint="give fewer values"
                if scipy_special()
                else "give fewer values, or install SciPy, which is faster",
            )


def evaluate_form(form: Callable[..., Any], *xs: Any, **params: Any) -> Any:
    """Return the values of a scalar form at plain arrays, by mpmath, rounded to float64.

    Raises
    ------
    LimitError
        Where it would take too long.
    """
    arrays = [np.asarray(x, dtype=np.float64) for x in xs]
    one = _Form(form, params)
    with np.errstate(all="ignore"):
        one.check_size(arrays)
        values = np.frompyfunc(one, len(arrays), 1)(*arrays)
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


def check_turns(turns: Any) -> None:
    """Refuse what would keep a loop of SciPy's busy, which nothing can interrupt.

    Parameters
    ----------
    turns
        About how often the loop turns for each element.

    Raises
    ------
    LimitError
        Where it is too often in all.
    """
    total = float(np.sum(turns))
    if total > _TURNS:
        raise LimitError(
            "E019",
            f"a special function takes about {total:.2g} steps; the limit is {_TURNS:.0e}",
            hint="choose a point nearer to 0, a lower order, or fewer values",
        )
