"""Comparing exact numbers: decimal strings with more digits than a double.

May import the standard library only. Witnesses hand over exact numbers as decimal strings,
so that neither a process boundary nor a double between them can round a difference away.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal

# Enough digits for 60-digit witnesses, and exponents without practical bounds, so that
# numbers far below the smallest double still compare.
_EXACT = Context(prec=160, Emax=10**15, Emin=-(10**15), traps=[])

# verdict.md: right rules agree with the truth to this relative difference; sums that
# cancel are compared on the scale of their terms.
RULE_TOLERANCE = Decimal("1e-20")


def number(text: str | float) -> Decimal:
    """Return a decimal string, or a double exactly, as a Decimal."""
    if isinstance(text, str):
        return _EXACT.create_decimal(text)
    return Decimal(text)


def is_finite(x: Decimal) -> bool:
    """Whether a number is neither infinite nor NaN."""
    return x.is_finite()


def distance(a: Decimal, b: Decimal) -> Decimal:
    """Return |a − b|; NaN where either is."""
    return _EXACT.abs(_EXACT.subtract(a, b))


def agree(a: Decimal, b: Decimal, weight: Decimal = Decimal(0)) -> bool:
    """Whether two exact numbers are the same up to the tolerance of the rule check.

    Parameters
    ----------
    a, b
        The numbers; anything but two finite numbers never agrees.
    weight
        The sum of the magnitudes of what was added up to reach them.
    """
    if not (a.is_finite() and b.is_finite()):
        return False
    scale = max(_EXACT.abs(a), _EXACT.abs(b), _EXACT.abs(weight))
    return distance(a, b) <= _EXACT.multiply(RULE_TOLERANCE, scale)


def digits(value: float, truth: Decimal) -> float:
    """Return how many decimal digits of a double are right, at most 17."""
    if not math.isfinite(value) or not truth.is_finite():
        return 0.0
    error = distance(number(value), truth)
    if error == 0:
        return 17.0
    if truth == 0:
        return 0.0
    ratio = _EXACT.divide(error, _EXACT.abs(truth))
    return float(min(17.0, max(0.0, -float(ratio.log10(_EXACT)))))
