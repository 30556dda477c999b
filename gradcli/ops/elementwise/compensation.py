"""Float64 tricks for plain arrays: exact sums and products, safe ranges, scaling.

May import NumPy. A rule written as one formula can lose digits where an intermediate is
rounded at a bad place (``n-1`` in an exponent), leaves the range, or is subnormal. These
are the classical repairs; they look at the bits of floats, so they serve plain arrays
only. On tracers and exact numbers the formula itself is evaluated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# 2**27 + 1 cuts a float64 into two halves of at most 26 bits (T. J. Dekker, 1971).
_SPLITTER = 134217729.0
# Between these, products of two numbers and their reciprocals keep all their digits.
SMALL = 1e-290
LARGE = 1e290
# Exponents of two whose power, and its reciprocal, are normal numbers.
_WIDEST = 1000


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Return ``(s, e)`` with ``s = fl(a+b)`` and ``s + e = a + b`` exactly (Knuth)."""
    s = a + b
    bb = s - a
    return s, (a - (s - bb)) + (b - bb)


def two_square(a: Any) -> tuple[Any, Any]:
    """Return ``(p, e)`` with ``p = fl(a*a)`` and ``p + e = a*a`` exactly, for |a| < 1e150."""
    p = a * a
    c = a * _SPLITTER
    high = c - (c - a)
    low = a - high
    return p, ((high * high - p) + 2.0 * high * low) + low * low


def in_range(x: Any) -> bool:
    """Whether every element is between `SMALL` and `LARGE` in size (NaN is not)."""
    if type(x) is not np.ndarray:
        return bool(SMALL < abs(x) < LARGE)
    size = np.abs(x)
    small, large = size.min(initial=1.0), size.max(initial=1.0)
    return bool(small > SMALL and large < LARGE)


def unit_scale(*xs: Any) -> Any:
    """Return a power of two that brings the largest of `xs`, elementwise, near 1."""
    largest = np.abs(xs[0])
    for x in xs[1:]:
        largest = np.fmax(largest, np.abs(x))
    exponent = np.frexp(largest)[1]
    return np.ldexp(1.0, -np.clip(exponent, -_WIDEST, _WIDEST))


def exp_minus_square(x: Any, halved: bool = False) -> Any:
    """Return ``exp(-x*x)``, or ``exp(-x*x/2)``, without the loss from rounding the square.

    The rounding error of the square, times its size, would be the relative error of the
    result: 300 ULP at x = 26. Its exact error is put back to first order.
    """
    if type(x) is np.ndarray or not -_GAUSS_EDGE < x < _GAUSS_EDGE:
        x = np.clip(x, -_GAUSS_EDGE, _GAUSS_EDGE)
    square, error = two_square(x)
    factor = 0.5 if halved else 1.0
    main = np.exp(-factor * square)
    return main - main * (factor * error)


# exp(-x²/2) is 0 in float64 beyond; clipping there keeps inf - inf out of the error term.
_GAUSS_EDGE = 40.0


def half_turns(x: Any) -> tuple[Any, Any]:
    """Return ``(sin(pi x), cos(pi x))``: the reduction by quarter turns is exact."""
    reduced = np.fmod(x, 2.0)
    quarters = np.round(2.0 * reduced)
    angle = np.pi * (reduced - 0.5 * quarters)
    sine, cosine = np.sin(angle), np.cos(angle)
    is_odd = np.fmod(quarters, 2.0) != 0.0
    first, second = np.where(is_odd, cosine, sine), np.where(is_odd, -sine, cosine)
    sign = np.where(np.floor(0.5 * quarters) % 2.0 == 0.0, 1.0, -1.0)
    return sign * first, sign * second
