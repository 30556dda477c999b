"""Bessel functions I, K and Y of whole orders, by their series at the origin.

Imports nothing of ours; the context arrives as an argument. A whole order is a limit to
mpmath, up to a second at 110 digits. The ascending series with logarithms and digamma
functions (DLMF 10.8.1, 10.31.1) has no limits, only cancellation: as many bits are added as
were seen to cancel. The witnesses may not share a method, so an integral or a recurrence has
no place in this room.
"""

from __future__ import annotations

from typing import Any

# Beyond, mpmath's asymptotic series has the digits of this witness.
MAX_ARGUMENT = 200
MAX_ORDER = 100
# Bits kept beyond what cancels.
GUARD_BITS = 40
# Bits that K loses for every unit of x, rounded up: its series have terms of the size of
# exp(x), and it is of the size of exp(-x).
_LOST_A_UNIT = 3
# mpmath would compute the complex value first.
_NOT_REAL = "not real left of 0"


def besseli(context: Any, order: Any, x: Any) -> Any:
    """Return I of a real order at x; parameters as of `bessely`."""
    if order >= 0 or not context.isint(order):
        return context.besseli(order, x)
    # mpmath's series of a negative whole order begins with zeros, which it sums for ever.
    # DLMF 10.27.1 and 10.39.9.
    return (x / 2) ** -order / context.fac(-order) * context.hyp0f1(1 - order, x**2 / 4)


def bessely(context: Any, order: Any, x: Any) -> Any:
    """Return Y of a real order at x.

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    order, x
        Real numbers of that context.

    Raises
    ------
    ValueError
        Left of 0.
    """
    value = _second_kind(context, order, x, -1)
    return context.bessely(order, x) if value is None else value


def besselk(context: Any, order: Any, x: Any) -> Any:
    """Return K of a real order at x; parameters and errors as of `bessely`."""
    value = _second_kind(context, order, x, 1)
    return context.besselk(order, x) if value is None else value


def _second_kind(context: Any, order: Any, x: Any, sign: int) -> Any:
    """Return K (`sign` 1) or Y (-1); ``None`` where the series is not the way."""
    if x < 0:
        raise ValueError(_NOT_REAL)
    if not (0 < x <= MAX_ARGUMENT and context.isint(order) and abs(order) <= MAX_ORDER):
        return None
    n = int(abs(order))
    before, extra = context.prec, GUARD_BITS + _LOST_A_UNIT * int(x)
    while True:
        context.prec = before + extra
        try:
            value, largest = _combined(context, n, x, sign)
        finally:
            context.prec = before
        if largest - context.mag(value) + GUARD_BITS <= extra:
            # DLMF 10.4.1 and 10.27.3.
            return -value if sign < 0 and order < 0 and n % 2 else +value
        extra *= 2


def _combined(context: Any, n: int, x: Any, sign: int) -> tuple[Any, int]:
    """Return the value, and log2 of the largest number that was added up for it."""
    half, lift = x / 2, (x / 2) ** n
    finite, most = _finite_sum(context, n, -sign * half**2)
    first, second, more = _series(context, n, sign * half**2)
    pole, regular = finite / lift, lift * (2 * context.ln(half) * first - second)
    largest = max(
        context.mag(most / lift), context.mag(more * lift * (2 * abs(context.ln(half)) + 1))
    )
    if sign < 0:
        return (regular - pole) / context.pi, largest
    return (pole - (-1) ** n * regular) / 2, largest


def _finite_sum(context: Any, n: int, q: Any) -> tuple[Any, Any]:
    """Return the sum of (n-k-1)!/k!·q^k over k < n, and its largest term."""
    total = most = context.zero
    term = context.fac(n - 1) if n else context.zero
    for k in range(1, n + 1):
        total += term
        most = max(most, abs(term))
        term *= q / (k * max(n - k, 1))
    return total, most


def _series(context: Any, n: int, q: Any) -> tuple[Any, Any, Any]:
    """Return the sums of t and of (ψ(k+1) + ψ(n+k+1))·t, and the largest term of both.

    Here t = q^k/(k!(n+k)!).
    """
    term = 1 / context.fac(n)
    slopes = context.harmonic(n) - 2 * context.euler
    first, second, most, k = term, slopes * term, abs(slopes * term) + term, 0
    while True:
        k += 1
        term *= q / (k * (n + k))
        slopes += (context.one / k) + (context.one / (n + k))
        size = abs(slopes * term) + abs(term)
        first += term
        second += slopes * term
        most = max(most, size)
        # Beyond the largest term the series falls faster than a geometric one.
        if k * (n + k) > abs(q) and context.mag(size) < context.mag(most) - context.prec:
            return first, second, most
