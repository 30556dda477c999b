"""What would take for ever is refused: the size of arguments each function may be given.

May import mpmath's number formats. mpmath's exponents are unbounded, so ``exp(1000)`` is
fine; but an argument of 10**9 bits is not a number to wait for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mpmath.libmp import finf, fnan, fninf

# verdict.md section 4: arguments of exp beyond this are refused, not waited for.
EXP_LIMIT = 10**8
# Reducing an argument of 2**k modulo pi needs k bits of pi: beyond this it takes seconds.
TRIG_BITS = 20_000
# Series of special functions walk through their argument; beyond this they take seconds.
SERIES_LIMIT = 10**6

_EXPONENTIAL = ("exp", "expm1", "sinh", "cosh", "sech", "csch", "coth")
_CIRCULAR = (
    *("sin", "cos", "tan", "cot", "sec", "csc", "sinpi", "cospi", "sinc", "sincpi", "fmod", "mod"),
    *("tanh", "gamma", "rgamma", "loggamma", "factorial", "fac", "erf", "erfc"),
)
# Functions that are cheap for arguments of any size.
_CHEAP = (
    *("fabs", "sqrt", "cbrt", "root", "nthroot", "square", "hypot", "ln", "log", "log2", "log10"),
    *("log1p", "atan", "atan2", "asin", "acos", "asinh", "acosh", "atanh", "floor", "ceil"),
    *("nint", "frac", "sign", "fsum", "fprod", "fdot", "ldexp", "frexp", "isint", "mag", "conj"),
)
_NAN, _INFINITIES = fnan, (finf, fninf)


def is_nan(a: Any) -> bool:
    """Return whether a scalar is NaN."""
    raw = getattr(a, "_mpf_", None)
    return math.isnan(a) if raw is None else bool(raw == _NAN)


def is_infinite(a: Any) -> bool:
    """Return whether a scalar is infinite."""
    raw = getattr(a, "_mpf_", None)
    return math.isinf(a) if raw is None else raw in _INFINITIES


class ReferenceFailed(Exception):
    """The exact witness gives up: the work or a number is too large."""


def bits(a: Any) -> int:
    """Return the size of a number in bits before the point; 0 for zero and infinities."""
    _sign, mantissa, exponent, count = a._mpf_ if hasattr(a, "_mpf_") else (0, 0, 0, 0)
    return int(exponent + count) if mantissa else 0


def refuse(too_big: bool, name: str) -> None:
    """Raise `ReferenceFailed` for an argument that is too big."""
    if too_big:
        raise ReferenceFailed(f"the argument of {name} is too large")


def gate(name: str) -> Callable[[Any], None] | None:
    """Return the check of an argument's size that a function of mpmath needs."""
    if name in _EXPONENTIAL:
        return lambda a: refuse(abs(a) > EXP_LIMIT and not is_infinite(a), name)
    if name in _CIRCULAR:
        return lambda a: refuse(bits(a) > TRIG_BITS, name)
    if name in _CHEAP:
        return None
    return lambda a: refuse(abs(a) > SERIES_LIMIT and not is_infinite(a), name)
