"""Slopes of the exponentially scaled Bessel functions for large arguments.

May import `rule` and NumPy. The scaling takes the exponential out of I and K; what is left
changes slowly, so that the textbook slope is a difference of nearly equal numbers. Far
out, Hankel's expansion (DLMF 10.40.1, 10.40.2) is differentiated term by term instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.rule import is_plain

# From here on, so many terms settle 17 digits for the orders 0 and 1.
_FAR = 20.0
_TERMS = 24


def scaled_slope(x: Any, slope: Any, order: int, growing: bool) -> Any:
    """Return the slope of a scaled Bessel function.

    Parameters
    ----------
    x
        The argument.
    slope
        The slope by the recurrence, right but for cancellation.
    order
        0 or 1.
    growing
        Whether the function is I, which grows, or K.
    """
    if not is_plain(x):
        return slope
    far = np.abs(x) > _FAR
    size = np.where(far, np.abs(x), _FAR)
    total = np.zeros_like(size)
    coefficients = _hankel(order)
    for k in range(_TERMS, -1, -1):
        signed = -coefficients[k] if growing and k % 2 else coefficients[k]
        total = total / size - (k + 0.5) * signed
    lead = np.sqrt(0.5 / math.pi / size) if growing else np.sqrt(0.5 * math.pi / size)
    # Scaled I of order 0 is even, of order 1 odd; the slope has the other parity.
    mirrored = np.where(np.asarray(x) < 0.0, -1.0 if order == 0 and growing else 1.0, 1.0)
    return np.where(far, mirrored * lead * total / size, slope)[()]


def _hankel(order: int) -> list[float]:
    """Return the coefficients a_k(order) of Hankel's expansion (DLMF 10.17.1)."""
    out = [1.0]
    for k in range(1, _TERMS + 1):
        out.append(out[-1] * (4 * order * order - (2 * k - 1) ** 2) / (8 * k))
    return out
