"""Hurwitz's zeta function over mpmath numbers, left of 0.

Imports nothing of ours, and belongs to this witness alone. Far left of 0 mpmath 1.3 leaves out
terms: its ``zeta(2, -100.5)`` is negative. There the terms of a whole order are those of
two functions right of 0, as many as there are.
"""

from __future__ import annotations

from typing import Any

# Bits kept beyond what cancels.
_GUARD_BITS = 20
_NOT_REAL = "a power of a negative number"


def zeta(context: Any, s: Any, a: Any = 1, n: int = 0) -> Any:
    """Return the n-th derivative in s of ζ(s, a).

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    s, a
        Real numbers of that context.
    n
        How often it is differentiated.

    Raises
    ------
    ValueError
        Where a < 0 and the order is not a whole number: the value is complex.
    """
    if a >= 0 or n:
        return context.zeta(s, a, n)
    if not context.isint(s):
        raise ValueError(_NOT_REAL)
    before, extra = context.prec, _GUARD_BITS
    while True:
        context.prec = before + extra
        try:
            value, largest = _left(context, s, a)
        finally:
            context.prec = before
        lost = int(context.mag(largest) - context.mag(value)) if value else extra
        if lost + _GUARD_BITS // 2 <= extra:
            return +value
        extra = max(2 * extra, lost + _GUARD_BITS)


def _left(context: Any, s: Any, a: Any) -> tuple[Any, Any]:
    """Return ζ(s, a) for a < 0, and the largest of the numbers it is the sum of."""
    part = a - context.floor(a)
    terms = [context.zeta(s, part), context.zeta(s, 1 - part), -context.zeta(s, 1 - a)]
    sign = -1 if int(s) % 2 else 1
    return terms[0] + sign * (terms[1] + terms[2]), max(map(abs, terms))
