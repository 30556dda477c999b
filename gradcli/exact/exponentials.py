"""Exponential integrals of whole orders over mpmath numbers, next to 0.

Imports nothing of ours, and belongs to this witness alone. A whole order is a limit to mpmath,
for which it computes a table of numbers first: most of a second at 200 digits. The series
at the origin (DLMF 8.19.8) is some hundred multiplications.
"""

from __future__ import annotations

from typing import Any

# Beyond, terms of the series cancel, and mpmath is quick.
MAX_ARGUMENT = 1
MAX_ORDER = 1000
GUARD_BITS = 20


def expint(context: Any, order: Any, x: Any) -> Any:
    """Return the generalised exponential integral E of a real order at x.

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    order, x
        Real numbers of that context.
    """
    is_whole = context.isint(order) and 1 <= order <= MAX_ORDER
    if not (is_whole and 0 < x <= MAX_ARGUMENT):
        return context.expint(order, x)
    before = context.prec
    context.prec += GUARD_BITS
    try:
        value = _series(context, int(order), x)
    finally:
        context.prec = before
    return +value


def _series(context: Any, n: int, x: Any) -> Any:
    """Return the sum; the term that would divide by 0 is a logarithm instead."""
    harmonic = context.fsum([context.one / k for k in range(1, n)])
    logarithm = harmonic - context.euler - context.ln(x)
    total, power, k = context.zero, context.one, 0
    while k < n or context.mag(power) > context.mag(total) - context.prec:
        total += power * logarithm if k == n - 1 else power / (n - 1 - k)
        k += 1
        power *= -x / k
    return total
