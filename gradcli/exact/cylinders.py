"""Bessel functions over mpmath numbers, where mpmath is slow or does not end.

Imports nothing of ours, and belongs to this witness alone. Y of a whole order is a limit to
mpmath, up to a second at 200 digits; a recurrence and Neumann's expansion are some hundred
multiplications. K is slow between 5 and 100; the integral of DLMF 10.32.9,
``K_ν(x) = ∫ exp(-x·cosh t)·cosh(ν·t) dt`` over t ≥ 0, converges double exponentially under
the trapezoidal rule. I: the series of a negative whole order begins with zeros, which mpmath
sums for ever.
"""

from __future__ import annotations

import math
from typing import Any

# Outside, mpmath is quick: a power series below, an asymptotic one above.
MIN_ARGUMENT = 2**-20
MAX_ARGUMENT = 1000
MAX_ORDER = 100
TINY = 1e-300
# mpmath would compute the complex value first.
NOT_REAL = "not real left of 0"
# Bits kept beyond the working precision, and how much finer than the bound the step is, so
# that neither the sum's rounding nor the order (which the bound leaves out) shows.
GUARD_BITS = 30
FINER = 0.8


def bessely(context: Any, order: Any, x: Any) -> Any:
    """Return Y of a real order at x.

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    order, x
        Real numbers of that context.
    """
    if x < 0:
        raise ValueError(NOT_REAL)
    if not (0 < x <= MAX_ARGUMENT and context.isint(order) and abs(order) <= MAX_ORDER):
        return context.bessely(order, x)
    n = int(abs(order))
    before = context.prec
    # Forward recurrence and a small x multiply what the expansions are off by.
    context.prec += GUARD_BITS + 2 * n
    try:
        below, value = _neumann(context, x)
        for k in range(1, n):
            below, value = value, 2 * k / x * value - below
        value = value if n else below
    finally:
        context.prec = before
    return -value if order < 0 and n % 2 else +value


def _neumann(context: Any, x: Any) -> tuple[Any, Any]:
    """Return Y0 by Neumann's expansion (DLMF 10.23.16), and Y1 = -Y0' from the same."""
    js = _first_kind(context, x)
    log = context.ln(x / 2) + context.euler
    zeroth, first = log * js[0], log * js[1] - js[0] / x
    for k in range(1, (len(js) - 1) // 2):
        sign = -1 if k % 2 else 1
        zeroth -= sign * 2 * js[2 * k] / k
        first += sign * (js[2 * k - 1] - js[2 * k + 1]) / k
    return 2 * zeroth / context.pi, 2 * first / context.pi


def _first_kind(context: Any, x: Any) -> list[Any]:
    """Return J of the orders 0, 1, …, until they vanish, by Miller's backward recurrence."""
    top = _vanishing_order(float(x), context.prec)
    js = [context.zero] * (top + 2)
    js[top] = context.one
    for k in range(top, 0, -1):
        js[k - 1] = 2 * k / x * js[k] - js[k + 1]
    # J0 + 2·(J2 + J4 + …) = 1, DLMF 10.12.4.
    norm = js[0] + 2 * context.fsum(js[2::2])
    return [j / norm for j in js]


def _vanishing_order(x: float, bits: int) -> int:
    """Return an order from which on (x/2)^n/n!, a bound of J, is below 2^-bits."""
    n = max(2, math.ceil(x))
    half = math.log2(max(x, TINY)) - 1
    while n * half - math.lgamma(n + 1) / math.log(2) > -bits:
        n += 1 + n // 16
    return n + n % 2


def besseli(context: Any, order: Any, x: Any) -> Any:
    """Return I of a real order at x; whole orders come in equal pairs (DLMF 10.27.1).

    Parameters
    ----------
    context
        An mpmath context.
    order, x
        Real numbers of that context.
    """
    return context.besseli(abs(order) if context.isint(order) else order, x)


def besselk(context: Any, order: Any, x: Any) -> Any:
    """Return K of a real order at x.

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    order, x
        Real numbers of that context.
    """
    if x < 0:
        raise ValueError(NOT_REAL)
    if not MIN_ARGUMENT <= x <= MAX_ARGUMENT or abs(order) > MAX_ORDER:
        return context.besselk(order, x)
    whole = int(abs(order))
    part = abs(order) - whole
    before = context.prec
    context.prec += GUARD_BITS
    try:
        below, value = _trapezoid(context, 1 - part, x), _trapezoid(context, part, x)
        # DLMF 10.29.1; K grows with its order, so that going up nothing cancels.
        for k in range(whole):
            below, value = value, below + 2 * (part + k) / x * value
    finally:
        context.prec = before
    return +value


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
