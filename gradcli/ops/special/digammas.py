"""Digamma, polygamma, and the difference of two digammas without cancellation.

May import `op`, `rule`, `domains`, `fallback`, `errors` and NumPy.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.ops.fallback import SpecialValue, scipy_special
from gradcli.ops.op import Composite, Domain, Op, call
from gradcli.ops.rule import NONDIFF, Elementwise, is_plain
from gradcli.ops.special.domains import within

digamma: Op = Op(
    "digamma",
    SpecialValue("psi", lambda m, x: m.psi(0, x)),
    Elementwise((lambda y, x: polygamma(1, x),)),
    numpy=("scipy.special.psi",),
    aliases=("psi",),
    mp=lambda m, x: m.psi(0, x),
    domain=Domain("x not 0, -1, -2, …", lambda x: (x > 0.0) | (x != np.floor(x))),
    samples=(call(2.5), call(0.3), call(-1.6)),
    doc="Derivative of the logarithm of gamma.",
    source="DLMF 5.2.2",
)

# Orders beyond are not reflected to negative arguments: the polynomial overflows.
_MAX_REFLECTED = 40


@lru_cache(maxsize=64)
def _cotangent_polynomial(n: int) -> tuple[float, ...]:
    """Return the coefficients of d^n cot(z)/dz^n as a polynomial in cot(z)."""
    p = [0, 1]
    for _ in range(n):
        slope = [k * c for k, c in enumerate(p)][1:]
        p = [
            -(slope[k] if k < len(slope) else 0) - (slope[k - 2] if k >= 2 else 0)
            for k in range(len(slope) + 2)
        ]
    return tuple(float(c) for c in p)


def _reflection(n: int, x: Any) -> Any:
    """Return pi·d^n cot(pi x)/dx^n; the reduction by whole periods is exact."""
    z = math.pi * (x - np.round(x))
    cotangent = np.cos(z) / np.sin(z)
    total = np.zeros_like(cotangent)
    for c in reversed(_cotangent_polynomial(n)):
        total = total * cotangent + c
    return math.pi ** (n + 1) * total


def _one_order(zeta: Any, n: int, x: Any) -> Any:
    """Return the polygamma function of an order >= 1 for all real x (DLMF 5.15.6)."""
    sign, size = (-1.0) ** (n + 1), math.gamma(n + 1.0)
    left = x <= 0.0
    direct = sign * size * zeta(n + 1.0, np.where(left, 1.0, x))
    if not left.any():
        return direct
    mirror = np.where(left, 1.0 - x, 1.0)
    mirrored = (-1.0) ** n * (sign * size * zeta(n + 1.0, mirror))
    return np.where(left, mirrored - _reflection(n, np.where(left, x, 0.5)), direct)


# gamma(n + 1) overflows beyond.
_MAX_ORDER = 170


def _check_order(order: float, x: Any) -> None:
    """Refuse an order that has no float form."""
    limit = _MAX_REFLECTED if np.any(x <= 0.0) else _MAX_ORDER
    if order > limit:
        where = f" left of 0, {_MAX_ORDER} right of it" if limit == _MAX_REFLECTED else ""
        raise LimitError(
            "E019",
            f"polygamma of order {order:g} is beyond float64's range of factorials; "
            f"the limit is {limit}{where}",
            hint="a gradient needs the next order too; choose a lower one",
        )


def _polygamma(psi: Any, n: Any, x: Any) -> Any:
    """Return SciPy's polygamma, reflected to negative x; NaN for an order that is none."""
    zeta = scipy_special().zeta  # type: ignore[union-attr]
    n, x = np.broadcast_arrays(np.asarray(n), np.asarray(x, dtype=float))
    out = np.full(x.shape, np.nan)
    for order in np.unique(n):
        here = n == order
        if order == 0:
            out[here] = psi(x[here])
        elif order > 0 and order == np.floor(order):
            _check_order(order, x[here])
            out[here] = _one_order(zeta, int(order), x[here])
    return out[()]


def _continued_polygamma(m: Any, n: Any, x: Any) -> Any:
    return m.psi(n, x)


def _polygamma_form(m: Any, n: Any, x: Any) -> Any:
    # Orders are whole numbers; at n >= 0 a symbol of value 0 would be at a tie.
    inside = m.gt(n, -0.5)
    whole = inside if m.symbolic else m.land(inside, m.eq(n, m.floor(n)))
    return within(m, whole, _continued_polygamma, n, x)


polygamma: Op = Op(
    "polygamma",
    SpecialValue("psi", _polygamma_form, _polygamma),
    Elementwise((NONDIFF, lambda y, n, x: polygamma(n + 1, x)), valid=lambda n, x: n >= 0),
    arrays=2,
    mp=_polygamma_form,
    domain=Domain(
        "n = 0, 1, 2, … and x not 0, -1, -2, …",
        lambda n, x: (n >= 0) & (n == np.floor(n)) & ((x > 0.0) | (x != np.floor(x))),
        outside=(call(-1, 2.0),),
    ),
    samples=(call(1, 2.5), call(2, 0.3), call(1, -1.6), call(3, -0.7)),
    bad=(call([1, 2], [1.0, 2.0, 3.0]),),
    doc="n-th derivative of digamma, called as polygamma(n, x).",
    source="DLMF 5.15",
)
trigamma = Composite(
    "trigamma",
    lambda x: polygamma(1, x),
    samples=(call(2.5), call(0.3)),
    doc="Derivative of digamma.",
)

# From here on, so many terms of the asymptotic series (DLMF 5.11.2) give 17 digits.
_SHIFT = 12
# B(2k)/(2k) for k = 1, 2, …
_STIRLING = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def digamma_gap(a: Any, b: Any) -> Any:
    """Return digamma(a) - digamma(a+b), for positive numbers with nothing cancelling."""
    if not (is_plain(a) and is_plain(b)):
        return digamma(a) - digamma(a + b)
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    easy = (a > 0.0) & (b > 0.0)
    gap = _positive_gap(np.where(easy, a, 1.0), np.where(easy, b, 1.0))
    return np.where(easy, gap, digamma(a) - digamma(a + b))[()]


def _positive_gap(a: Any, b: Any) -> Any:
    """Return the difference by recurrence to large arguments; every term has one sign."""
    total = np.zeros_like(a + b)
    for k in range(_SHIFT):
        total += b / (a + k) / (a + b + k)
    low, high = a + _SHIFT, a + b + _SHIFT
    total += np.log1p(b / low) + 0.5 * (b / low / high)
    u, v = 1.0 / low**2, 1.0 / high**2
    # u^k - v^k = (u - v)·(u^(k-1) + … + v^(k-1)), with u - v factored.
    difference = b * (low + high) / low**2 / high**2
    ladder = np.ones_like(total)
    top = np.ones_like(total)
    for c in _STIRLING:
        total += c * (difference * ladder)
        top = top * u
        ladder = ladder * v + top
    return -total


TABLE = (digamma, polygamma, trigamma)
