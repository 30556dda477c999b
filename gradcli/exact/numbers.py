"""Real numbers of a chosen number of digits: the scalars of the exact witness.

May import `ops` and mpmath (its own context, never the global one). The scalar forms of
the table run on them unchanged. Whatever leaves the reals is NaN, whatever would take for
ever raises `ReferenceFailed`, and every operation is counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import mpmath
import numpy as np

from gradcli.exact.budget import weight
from gradcli.exact.cylinders import besseli, besselk, bessely
from gradcli.exact.exponentials import expint
from gradcli.exact.gates import EXP_LIMIT, ReferenceFailed, bits, gate, is_infinite, is_nan, refuse
from gradcli.exact.gauss import hyp2f1
from gradcli.exact.hurwitz import zeta
from gradcli.ops.entries import Unavailable
from gradcli.ops.op import Op
from gradcli.ops.pythonic import FLOAT
from gradcli.ops.steps import TooManySteps, counted, is_ordinary

# An operation of this many units (see `budget`) calls a function that walks through a
# series; lighter ones are quick wherever `gates` lets them be called.
_SERIES_UNITS = 600
# Counted lines that take about as long as a unit of work.
_STEPS_A_UNIT = 4
# Values that a float operation has at infinity without rounding.
_EXACT_LIMITS = frozenset({0.0, 1.0, -1.0, math.inf, -math.inf})


class Unknown:
    """The truth value of an order between numbers of which one is NaN."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


class NoSuchFunction(Unavailable, AttributeError):
    """mpmath has no function of this name."""


@lru_cache(maxsize=8)
def _context(digits: int) -> Any:
    """Return a context of its own for a number of digits."""
    ctx = mpmath.MPContext()
    ctx.dps = digits
    return ctx


class MpNumbers:
    """The number system of `digits` decimal digits.

    Parameters
    ----------
    digits
        Working precision in decimal digits.
    limit
        Units of work after which `ReferenceFailed` is raised; ``None``: never.
    """

    symbolic = False

    def __init__(self, digits: int, limit: int | None = None) -> None:
        self.digits = digits
        self.limit = limit
        self.work = 0
        self.ctx = _context(digits)
        self.mpf = self.ctx.mpf
        self.nan = self.ctx.mpf("nan")
        self.inf = self.ctx.inf
        self.zero = self.ctx.mpf(0)
        self.one = self.ctx.mpf(1)

    def __repr__(self) -> str:
        return f"MpNumbers({self.digits})"

    # Conversion.

    def convert(self, value: Any) -> Any:
        """Return the exact scalar of a Python or NumPy number (or truth value)."""
        if isinstance(value, bool | np.bool_):
            return bool(value)
        if type(value) is FLOAT:
            return self.mpf(value)
        if isinstance(value, int | np.integer):
            return self.mpf(int(value))
        if hasattr(value, "_mpf_"):
            return self.mpf(value)
        if isinstance(value, np.floating):
            return self._wide(value)
        if isinstance(value, Unknown):
            return value
        raise Unavailable(f"a value of type {type(value).__name__}")

    def _wide(self, value: Any) -> Any:
        """Return a NumPy float of any width, exactly."""
        if not np.isfinite(value):
            return self.mpf(float(value))
        top, bottom = value.as_integer_ratio()
        return self.mpf(top) / bottom

    def finish(self, op: Op, value: Any) -> Any:
        """Return a result of `op` as a scalar: what is not real is NaN.

        An undecided comparison of the user's own program is what IEEE 754 says it is,
        because the user's program is a float program; inside the form of an operation it
        stays undecided, so that ``max(nan, 1)`` is NaN.
        """
        if type(value) is self.mpf or type(value) is bool:
            return value
        if value is UNKNOWN:
            return op.name == "not_equal"
        return self._real(value)

    def _real(self, value: Any) -> Any:
        """Return what mpmath returned as a real number; NaN where it is not real."""
        if isinstance(value, self.ctx.mpc):
            return value.real if value.imag == 0 else self.nan
        return self.convert(value)

    # Evaluation of the forms.

    def spend(self, amount: int) -> None:
        """Count work.

        Raises
        ------
        ReferenceFailed
            Where the limit is passed.
        """
        self.work += amount
        if self.limit is not None and self.work > self.limit:
            raise ReferenceFailed(f"more than {self.limit} units of work")

    def call(self, op: Op, form: Any, params: Mapping[str, Any], *xs: Any) -> Any:
        """Return the scalar form of an operation at scalars."""
        units = weight(op)
        self.spend(units)
        try:
            if units < _SERIES_UNITS or is_ordinary(xs, params):
                value = form(self, *xs, **params)
            else:
                value, steps = counted(partial(form, self), xs, params)
                self.spend(steps // _STEPS_A_UNIT)
            value = self.finish(op, value)
            return self._limit(op, xs, params) if is_nan(value) else value
        except TooManySteps as problem:
            raise ReferenceFailed(f"{op.name} takes {problem} here") from problem
        except TypeError as problem:
            # mpmath does not expect infinities, or a complex number between real ones.
            raise Unavailable(op.name) from problem
        except ZeroDivisionError:
            return self._pole(op, xs, params)
        except OverflowError as problem:
            raise ReferenceFailed(f"a number of {op.name} is too large") from problem
        except (ValueError, ArithmeticError) as problem:
            # So mpmath says it of gamma, psi and zeta.
            at = self._pole if "pole" in str(problem) else self._limit
            return at(op, xs, params)
        except mpmath.libmp.NoConvergence as problem:
            raise Unavailable(op.name) from problem

    def _pole(self, op: Op, xs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Return what the float operation says at a pole: infinite or undefined."""
        with np.errstate(all="ignore"):
            value = float(op.fn(*[np.float64(float(x)) for x in xs], **params))
        return self.nan if math.isfinite(value) else self.mpf(value)

    def _limit(self, op: Op, xs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Return what the float operation says at infinity, where that is exact; else NaN.

        Forms and mpmath know few limits: K0 at infinity is NaN to them.
        """
        if not any(is_infinite(x) for x in xs) or any(is_nan(x) for x in xs):
            return self.nan
        if op.domain is not None and not op.domain.holds(*map(float, xs), **params):
            return self.nan
        with np.errstate(all="ignore"):
            value = float(op.fn(*[np.float64(float(x)) for x in xs], **params))
        if value in _EXACT_LIMITS:
            return self.mpf(value)
        # copysign(a, inf), mod(a, inf)
        return next((x for x in xs if float(x) == value), self.nan)

    def __getattr__(self, name: str) -> Any:
        """Return a function or constant of mpmath, made safe, and remember it."""
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self.ctx, name, None)
        if found is None:
            raise NoSuchFunction(name)
        if isinstance(found, self.ctx.constant):
            found = +found
        elif callable(found):
            found = self._guarded(name, found)
        setattr(self, name, found)
        return found

    def _guarded(self, name: str, function: Any) -> Any:
        """Return a function of mpmath that refuses what would hang and keeps to the reals."""
        too_big = gate(name)

        def guarded(*args: Any, **kwargs: Any) -> Any:
            for a in args:
                if is_nan(a):
                    return self.nan
                if too_big is not None:
                    too_big(a)
            value = function(*args, **kwargs)
            return self._real(value) if isinstance(value, self.ctx.mpc) else value

        return guarded

    # Functions that mpmath evaluates slowly, wrongly or not at all.

    def besseli(self, order: Any, x: Any) -> Any:
        """Return the modified Bessel function of the first kind."""
        return self._guarded("besseli", partial(besseli, self.ctx))(order, x)

    def besselk(self, order: Any, x: Any) -> Any:
        """Return the modified Bessel function of the second kind."""
        return self._guarded("besselk", partial(besselk, self.ctx))(order, x)

    def bessely(self, order: Any, x: Any) -> Any:
        """Return the Bessel function of the second kind."""
        return self._guarded("bessely", partial(bessely, self.ctx))(order, x)

    def hyp2f1(self, a: Any, b: Any, c: Any, x: Any) -> Any:
        """Return Gauss's hypergeometric function."""
        return self._guarded("hyp2f1", partial(hyp2f1, self.ctx))(a, b, c, x)

    def expint(self, order: Any, x: Any) -> Any:
        """Return the generalised exponential integral."""
        return self._guarded("expint", partial(expint, self.ctx))(order, x)

    def zeta(self, s: Any, a: Any = 1, n: int = 0) -> Any:
        """Return the zeta function of Riemann or Hurwitz, or a derivative of it."""
        if a < 0:
            # Here the size of the second argument costs nothing.
            return self._guarded("zeta", partial(zeta, self.ctx, a=a, n=n))(s)
        return self._guarded("zeta", partial(zeta, self.ctx))(s, a, n)

    # Arithmetic that mpmath leaves to exceptions.

    def fdiv(self, a: Any, b: Any) -> Any:
        """Return a/b, with a pole where b is zero, as IEEE 754 has it."""
        if b == 0:
            return self.nan if a == 0 or is_nan(a) else (self.inf if a > 0 else -self.inf)
        return self.mpf(a) / b

    def power(self, a: Any, b: Any) -> Any:
        """Return a**b over the reals."""
        a, b = self.mpf(a), self.mpf(b)
        if b == 0 or a == 1:
            return self.one
        if a == 0:
            return self.zero if b > 0 else (self.inf if b < 0 else self.nan)
        if is_nan(a) or is_nan(b):
            return self.nan
        if a < 0 and not self.ctx.isint(b):
            return self.nan
        finite = not (is_infinite(a) or is_infinite(b))
        refuse(finite and abs(b) * (abs(bits(a)) + 1) > EXP_LIMIT, "power")
        return self.ctx.power(a, b)

    # Order and truth.

    def where(self, c: Any, a: Any, b: Any) -> Any:
        """Return `a` where `c` holds, else `b`; NaN where `c` is undecided."""
        if c is UNKNOWN:
            return self.nan
        return a if c else b

    def _decided(self, a: Any, b: Any) -> Any:
        """Return what a comparison that came out false is: false, or unknown."""
        return UNKNOWN if is_nan(a) or is_nan(b) else False

    def lt(self, a: Any, b: Any) -> Any:
        """Return whether a < b."""
        return True if a < b else self._decided(a, b)

    def le(self, a: Any, b: Any) -> Any:
        """Return whether a <= b."""
        return True if a <= b else self._decided(a, b)

    def gt(self, a: Any, b: Any) -> Any:
        """Return whether a > b."""
        return True if a > b else self._decided(a, b)

    def ge(self, a: Any, b: Any) -> Any:
        """Return whether a >= b."""
        return True if a >= b else self._decided(a, b)

    def eq(self, a: Any, b: Any) -> Any:
        """Return whether a == b."""
        return True if a == b else self._decided(a, b)

    def ne(self, a: Any, b: Any) -> Any:
        """Return whether a != b."""
        return False if a == b else (True if self._decided(a, b) is False else UNKNOWN)

    def land(self, a: Any, b: Any) -> Any:
        """Return whether both hold."""
        return UNKNOWN if a is UNKNOWN or b is UNKNOWN else bool(a) and bool(b)

    def lor(self, a: Any, b: Any) -> Any:
        """Return whether one holds."""
        return UNKNOWN if a is UNKNOWN or b is UNKNOWN else bool(a) or bool(b)

    def lnot(self, a: Any) -> Any:
        """Return whether it does not hold."""
        return UNKNOWN if a is UNKNOWN else not a

    def isnan(self, a: Any) -> bool:
        """Return whether a number is NaN."""
        return is_nan(a)

    def isinf(self, a: Any) -> bool:
        """Return whether a number is infinite."""
        return is_infinite(a)

    def isfinite(self, a: Any) -> bool:
        """Return whether a number is neither infinite nor NaN."""
        return not is_nan(a) and not is_infinite(a)
