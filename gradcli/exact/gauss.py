"""Gauss's hypergeometric function over mpmath numbers, left of 0 and not far from 1.

Imports nothing of ours; the context arrives as an argument. Where parameters differ by a
whole number mpmath takes a limit, up to a second at 200 digits. Pfaff's transformation turns
the left half-line into (0, 1), and there the series itself takes some thousand terms.
"""

from __future__ import annotations

from typing import Any

# Beyond, the series has tens of thousands of terms; below, mpmath sums it as quickly.
FARTHEST = 0.95
NEAREST = 0.5
# Bits kept beyond the working precision.
GUARD_BITS = 20


def hyp2f1(context: Any, a: Any, b: Any, c: Any, x: Any) -> Any:
    """Return 2F1(a, b; c; x).

    Parameters
    ----------
    context
        An mpmath context, at its working precision.
    a, b, c, x
        Real numbers of that context.
    """
    before = context.prec
    context.prec += GUARD_BITS
    try:
        # DLMF 15.8.1.
        z = x / (x - 1) if x < 0 else x
        value = _series(context, a, c - b if x < 0 else b, c, z) if _is_near(z, c) else None
        if value is not None and x < 0:
            value = value * (1 - x) ** -a
    finally:
        context.prec = before
    return context.hyp2f1(a, b, c, x) if value is None else +value


def _is_near(z: Any, c: Any) -> bool:
    return bool(NEAREST < z <= FARTHEST and c > 0)


def _series(context: Any, a: Any, b: Any, c: Any, z: Any) -> Any:
    """Return the sum of the series at 0 < z < 1; mpmath adds the digits that cancel."""
    numbers, kinds = zip(*(context._convert_param(p) for p in (a, b, c)), strict=True)
    return context.hypsum(2, 1, kinds, list(numbers), z)
