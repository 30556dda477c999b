"""The slopes of a power in its base and in its exponent.

May import `rule`, `constants`, `compensation` and NumPy. ``x**n`` is where textbook
formulas fail most: ``0*0**-1`` at ``x**0``, ``log`` of a negative base, ``n-1`` rounded
(times the logarithm: hundreds of ULP), powers that leave the range although the slope
does not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import LARGE, SMALL, in_range, two_sum
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.pythonic import FLOAT
from gradcli.ops.rule import PLAIN, SCALARS, is_finite, is_plain

_NUMBERS = PLAIN - {np.ndarray}
# Exponents up to here amplify the rounding of a subnormal power by less than 4, and n-1 is
# exact above 1.
_FEW = 7.0


def base_slope(y: Any, x: Any, n: Any) -> Any:
    """Return n·x^(n-1); x^0 has slope 0 everywhere, 0 included."""
    if type(n) in _NUMBERS:
        return 2.0 * x if n == 2.0 else _fixed_exponent(x, n)
    if is_plain(x) and is_plain(n):
        return _base_slope(x, n)
    zero = n == 0.0
    return np.where(zero, 0.0, n * np.power(x, np.where(zero, 1.0, n - 1.0)))


def _fixed_exponent(x: Any, n: Any) -> Any:
    """Return n·x^(n-1) for an exponent that is one plain number, and not 2."""
    if n == 1.0:
        return 1.0
    if n == 0.0:
        return 0.0
    less, lost = two_sum(n, -1.0)
    if not is_plain(x):
        return n * np.power(x, less if lost == 0.0 else constant_like(x, n) - 1.0)
    if n == 0.5 or 1.0 < n <= _FEW or (-_FEW <= n <= -1.0 and lost == 0.0):
        if type(x) is FLOAT:
            x = np.float64(x)
        return n * x**less
    if type(x) in SCALARS and SMALL < x < LARGE:
        direct = np.float64(x) ** less
        if SMALL < direct < LARGE and SMALL < abs(n) < LARGE:
            return n * (direct + direct * (lost * math.log(x)))
    return _base_slope(x, n)


def _base_slope(x: Any, n: Any) -> Any:
    """Return n·x^(n-1) with the rounding of n-1 put back, in range or not."""
    x, n = np.asarray(x)[()], np.asarray(n, dtype=float)[()]
    less, lost = two_sum(n, -1.0)
    size = np.abs(x)
    direct = np.power(x, less)
    log = np.log(np.where((size == 0.0) | np.isinf(size), 1.0, size))
    with_lost = lost * log
    if in_range(direct) and in_range(n):
        return n * (direct + direct * with_lost)
    half = np.power(size, 0.5 * less)
    sign = np.where((x < 0.0) & (np.fmod(less, 2.0) != 0.0), -1.0, 1.0)
    repaired = np.where(with_lost == 0.0, half, half + half * with_lost)
    scaled = sign * ((n * repaired) * half)
    scaled = np.where(np.isnan(direct), np.nan, scaled)
    return np.where(n == 0.0, 0.0, scaled)


def exponent_slope(y: Any, x: Any, n: Any) -> Any:
    """Return y·log(x): 0 where x = 0 and the power vanishes, NaN for a negative base."""
    if type(y) in SCALARS and in_range(y) and x > 0.0:
        return y * math.log(x)
    if is_plain(y) and is_plain(x):
        return _exponent_slope(y, np.asarray(x, dtype=float)[()], n)
    zero = x == 0.0
    at_zero = np.where(n > 0.0, 0.0, np.nan)
    return np.where(zero, at_zero, y * np.log(np.where(zero, 1.0, x)))


def _exponent_slope(y: Any, x: Any, n: Any) -> Any:
    """Return the same for plain arrays, also where the power is subnormal."""
    log = np.log(x)
    if is_finite(log) and in_range(y):
        return y * log
    half = np.power(x, 0.5 * np.asarray(n))
    slope = np.where(x == 1.0, 0.0, (half * log) * half)
    return np.where(x == 0.0, np.where(n > 0.0, 0.0, np.nan), slope)
