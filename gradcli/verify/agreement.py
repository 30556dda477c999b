"""Comparing exact numbers: decimal strings with more digits than a double.

May import the standard library only. Witnesses hand over exact numbers as decimal strings,
so that neither a process boundary nor a double between them can round a difference away.
"""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

# Enough digits for 60-digit witnesses, and exponents without practical bounds, so that
# numbers far below the smallest double still compare.
_EXACT = Context(prec=160, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])

# verdict.md: right rules agree with the truth to this relative difference; sums that
# cancel are compared on the scale of their terms.
RULE_TOLERANCE = Decimal("1e-20")
# The digits that a double can have right.
_ALL_DIGITS = Decimal(17)


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


def within(a: Decimal, b: Decimal, *bars: Decimal) -> bool:
    """Whether two numbers are no farther apart than error bars; never where one is NaN."""
    spare = _EXACT.minus(distance(a, b))
    for bar in bars:
        spare = _EXACT.add(spare, bar)
    return not spare.is_nan() and spare >= 0


def relative(a: Decimal, b: Decimal) -> float:
    """Return how far two numbers are apart, as a share of the larger; infinite for no numbers."""
    gap = distance(a, b)
    if gap == 0:
        return 0.0
    share = _EXACT.divide(gap, _EXACT.max(_EXACT.abs(a), _EXACT.abs(b)))
    return math.inf if share.is_nan() else float(share)


def digits(value: float, truth: Decimal) -> float:
    """Return how many decimal digits of a double are right, at most 17."""
    error = distance(number(value), truth)
    if error == 0:
        return float(_ALL_DIGITS)
    # Infinite where the truth is zero, NaN where either number is not finite: no digit then.
    lost = _EXACT.log10(_EXACT.divide(error, _EXACT.abs(truth)))
    return float(_EXACT.min(_ALL_DIGITS, _EXACT.max(0, _EXACT.minus(lost))))
