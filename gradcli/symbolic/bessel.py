"""K, the one Bessel function that mpmath evaluates slowly where it is used most.

Imports nothing of ours. At arguments between 5 and 100 mpmath's limit process takes up to a second
at 100 digits, more than a whole check may cost. The integral of DLMF 10.32.9,
``K_ν(x) = ∫ exp(-x·cosh t)·cosh(ν·t) dt`` over t ≥ 0, converges double exponentially under
the trapezoidal rule: some hundred points give all digits.
"""

from __future__ import annotations

import math
from typing import Any

# Outside, mpmath is quick: a power series below 1, an asymptotic one above.
MAX_ARGUMENT = 1000
MAX_ORDER = 10
# Bits kept beyond the working precision, and how much finer than the bound the step is, so
# that neither the sum's rounding nor the order (which the bound leaves out) shows.
GUARD_BITS = 30
FINER = 0.8


def besselk(context: Any, order: Any, x: Any) -> Any:
    """Return K of a real order at x.

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    order, x
        Real numbers of that context.
    """
    if not 1 <= x <= MAX_ARGUMENT or abs(order) > MAX_ORDER:
        return context.besselk(order, x)
    before = context.prec
    context.prec += GUARD_BITS
    try:
        total = _trapezoid(context, order, x)
    finally:
        context.prec = before
    return +total


def _trapezoid(context: Any, order: Any, x: Any) -> Any:
    """Return the trapezoidal sum; stops where terms no longer reach the last bit."""
    lost = context.prec * math.log(2)
    # Poles of the rounding error: the integrand is analytic up to |Im t| = π/2, and for
    # large x a saddle at Im t = 2π/(h·x) comes first.
    widest = min(math.pi**2 / lost, math.sqrt(2 / (float(x) * lost)) * math.pi)
    h = context.mpf(FINER * widest)
    total = context.exp(-x) / 2
    # exp(±t) by one multiplication a step instead of a cosh each.
    growth, wave = context.exp(h), context.exp(order * h)
    up, phase = growth, wave
    while True:
        term = context.exp(-x * (up + 1 / up) / 2) * (phase + 1 / phase) / 2
        total += term
        if context.mag(term) < context.mag(total) - context.prec:
            return total * h
        up *= growth
        phase *= wave
