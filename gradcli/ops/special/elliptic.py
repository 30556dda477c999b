"""Complete elliptic integrals of the parameter m, and the hypergeometric function.

May import `op`, `rule`, `constants`, `fallback` and NumPy. The textbook derivatives divide
by m, a removable hole at 0. On tracers and exact numbers the derivative is therefore a
hypergeometric function, which is its own derivative with raised parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import MISSING, Elementwise, is_plain

_BELOW_ONE = Domain("m < 1", lambda m: m < 1.0, outside=(call(1.5),))
_SOURCE = "DLMF 19.4.1, 19.5.1"
# Where |m| is below, the textbook form cancels and the series converges fast.
_SMALL = 0.75

hyp2f1: Op = Op(
    "hyp2f1",
    SpecialValue("hyp2f1", lambda m, a, b, c, x: m.hyp2f1(a, b, c, x)),
    Elementwise(
        (
            MISSING,
            MISSING,
            MISSING,
            lambda y, a, b, c, x: a * b / c * hyp2f1(a + 1.0, b + 1.0, c + 1.0, x),
        )
    ),
    arrays=4,
    numpy=("scipy.special.hyp2f1",),
    mp=lambda m, a, b, c, x: m.hyp2f1(a, b, c, x),
    domain=Domain("x < 1", lambda a, b, c, x: x < 1.0),
    samples=(call(0.5, 1.5, 2.0, 0.3), call(1.0, 1.0, 2.0, -0.7)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0], 1.0, 0.5),),
    doc="Gauss's hypergeometric function, called as hyp2f1(a, b, c, x).",
    source="DLMF 15.5.1",
)


def _eighth_of_pi(m: Any) -> Any:
    return 0.125 * constant_like(m, "pi")


def _ellipk_slope(y: Any, m: Any) -> Any:
    """Return (E - (1-m)K)/(2m(1-m))."""
    if not is_plain(m):
        return _eighth_of_pi(m) * hyp2f1(1.5, 1.5, 2.0, m)
    small = np.abs(m) < _SMALL
    near = _eighth_of_pi(m) * hyp2f1(1.5, 1.5, 2.0, np.where(small, m, 0.0))
    rest = 1.0 - m
    away = (ellipe(m) - rest * y) / (2.0 * np.where(small, 1.0, m) * rest)
    return np.where(small, near, away)[()]


def _ellipe_slope(y: Any, m: Any) -> Any:
    """Return (E - K)/(2m)."""
    if not is_plain(m):
        return -_eighth_of_pi(m) * hyp2f1(0.5, 1.5, 2.0, m)
    small = np.abs(m) < _SMALL
    near = -_eighth_of_pi(m) * hyp2f1(0.5, 1.5, 2.0, np.where(small, m, 0.0))
    away = (y - ellipk(m)) / (2.0 * np.where(small, 1.0, m))
    return np.where(small, near, away)[()]


ellipk: Op = Op(
    "ellipk",
    SpecialValue("ellipk", lambda m, x: m.ellipk(x)),
    Elementwise((_ellipk_slope,), valid=lambda m: m <= 1.0),
    numpy=("scipy.special.ellipk",),
    mp=lambda m, x: m.ellipk(x),
    domain=_BELOW_ONE,
    samples=(call(0.5), call(-2.0), call(0.0), call(0.9)),
    doc="Complete elliptic integral of the first kind, of the parameter m.",
    source=_SOURCE,
)
ellipe: Op = Op(
    "ellipe",
    SpecialValue("ellipe", lambda m, x: m.ellipe(x)),
    Elementwise((_ellipe_slope,), valid=lambda m: m <= 1.0),
    numpy=("scipy.special.ellipe",),
    mp=lambda m, x: m.ellipe(x),
    domain=Domain("m <= 1", lambda m: m <= 1.0, outside=(call(1.5),)),
    samples=(call(0.5), call(-2.0), call(0.0), call(0.9)),
    doc="Complete elliptic integral of the second kind, of the parameter m.",
    source=_SOURCE,
)


def _ellipkm1_form(m: Any, p: Any) -> Any:
    """Return K(1-p) by the arithmetic-geometric mean (DLMF 19.8.5): 1-p would round."""
    return m.fdiv(m.pi, 2 * m.agm(1, m.sqrt(p)))


def _ellipkm1_slope(y: Any, p: Any) -> Any:
    """Return -(E - pK)/(2p(1-p)) at the complementary parameter."""
    rest = 1.0 - p
    small = np.abs(rest) < _SMALL
    near = -_eighth_of_pi(p) * hyp2f1(1.5, 1.5, 2.0, np.where(small, rest, 0.0))
    second = ellipe(rest) if is_plain(p) else _complementary_second(y, p)
    away = (p * y - second) / (2.0 * p * np.where(small, 1.0, rest))
    return np.where(small, near, away)


def _complementary_second(y: Any, p: Any) -> Any:
    """Return E(1-p), for small p from K(p), E(p) and Legendre's relation (DLMF 19.7.1).

    There 1-p rounds, and mpmath's E near 1 keeps only half of its digits.
    """
    low = p < _SMALL
    inner = np.where(low, p, 0.0)
    first = ellipk(inner)
    legendre = (0.5 * constant_like(p, "pi") + y * (first - ellipe(inner))) / first
    return np.where(low, legendre, ellipe(np.where(low, 0.5, 1.0 - p)))


ellipkm1 = Op(
    "ellipkm1",
    SpecialValue("ellipkm1", _ellipkm1_form),
    Elementwise((_ellipkm1_slope,), valid=lambda p: p >= 0.0),
    numpy=("scipy.special.ellipkm1",),
    mp=_ellipkm1_form,
    sym=lambda m, p: m.ellipk(1 - p),
    domain=Domain("p > 0", lambda p: p > 0.0, outside=(call(-0.5),)),
    samples=(call(0.5), call(1e-3), call(1.0), call(3.0)),
    doc="ellipk(1 - p), accurate for small p.",
    source=_SOURCE,
)

TABLE = (hyp2f1, ellipk, ellipe, ellipkm1)
