"""Functions defined as integrals: exponential, Fresnel, Dawson, dilogarithm.

May import `op`, `rule`, `domains`, `elliptic`, `constants`, `compensation`, `fallback` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import half_turns, two_square
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Composite, Domain, Op, call
from gradcli.ops.rule import NONDIFF, Elementwise, is_plain, quotient
from gradcli.ops.special.domains import within
from gradcli.ops.special.elliptic import hyp2f1

_POSITIVE = Domain("x > 0", lambda x: x > 0.0, outside=(call(-2.0),))
_SOURCE = "DLMF 6.2"

expi = Op(
    "expi",
    SpecialValue("expi", lambda m, x: m.ei(x)),
    Elementwise((lambda y, x: quotient(np.exp(x), x),)),
    numpy=("scipy.special.expi",),
    mp=lambda m, x: m.ei(x),
    domain=Domain("x != 0", lambda x: x != 0.0),
    samples=(call(0.5), call(-2.0), call(12.0)),
    doc="Exponential integral Ei.",
    source=_SOURCE,
)


def _continued_exp1(m: Any, x: Any) -> Any:
    return -m.ei(-x)


def _exp1_form(m: Any, x: Any) -> Any:
    return within(m, m.ge(x, 0), _continued_exp1, x)


exp1 = Op(
    "exp1",
    SpecialValue("exp1", _exp1_form),
    Elementwise((lambda y, x: -quotient(np.exp(-x), x),), valid=lambda x: x >= 0.0),
    numpy=("scipy.special.exp1",),
    mp=_exp1_form,
    domain=_POSITIVE,
    samples=(call(0.5), call(2.0), call(12.0)),
    doc="Exponential integral E1.",
    source=_SOURCE,
)


def _expn_slope(y: Any, n: Any, x: Any) -> Any:
    """Return -E(n-1); the order -1 is elementary, and unknown to SciPy."""
    is_zero = n == 0
    lowest = np.exp(-x) * (1.0 + x) / (x * x)
    return -np.where(is_zero, lowest, expn(np.where(is_zero, 1, n - 1), x))


def _continued_expn(m: Any, n: Any, x: Any) -> Any:
    return m.expint(n, x)


def _expn_form(m: Any, n: Any, x: Any) -> Any:
    # Orders are whole numbers; at n >= 0 a symbol of value 0 would be at a tie.
    return within(m, m.land(m.gt(n, -0.5), m.ge(x, 0)), _continued_expn, n, x)


expn = Op(
    "expn",
    SpecialValue("expn", _expn_form),
    Elementwise((NONDIFF, _expn_slope), valid=lambda n, x: (n >= 0) & (x >= 0.0)),
    arrays=2,
    numpy=("scipy.special.expn",),
    mp=_expn_form,
    domain=Domain(
        "n = 0, 1, 2, … and x > 0",
        lambda n, x: (n >= 0) & (x > 0.0),
        outside=(call(2, -1.0), call(0, -1.0), call(-1, 2.0)),
    ),
    samples=(call(1, 0.5), call(2, 2.0), call(3, 12.0), call(0, 1.5)),
    bad=(call([1, 2], [1.0, 2.0, 3.0]),),
    doc="Generalised exponential integral of order n, called as expn(n, x).",
    source="DLMF 8.19.13",
)

# So many levels of the continued fraction settle the slope of Dawson's integral anywhere,
# and from here on its first asymptotic term is all there is.
_DAWSN_LEVELS = 80
_DAWSN_FAR = 1e9


def _dawsn_form(m: Any, x: Any) -> Any:
    return m.fdiv(m.sqrt(m.pi), 2) * m.exp(-x * x) * m.erfi(x)


def _dawsn_slope(y: Any, x: Any) -> Any:
    """Return 1 - 2x·y, on plain arrays by a continued fraction, where nothing cancels.

    y = x/(1 + t - r), r = 2t/(3 + t - 4t/(5 + t - 6t/(7 + t - …))), t = 2x² (W. Gautschi,
    SIAM J. Numer. Anal. 7, 1970); the slope is (1 - r)/(1 + t - r).
    """
    if not is_plain(x):
        return 1.0 - 2.0 * x * y
    far = np.abs(x) > _DAWSN_FAR
    near_x = np.where(far, 1.0, x)
    t = 2.0 * near_x * near_x
    r = np.zeros_like(t)
    for k in range(_DAWSN_LEVELS, 0, -1):
        r = 2 * k * t / ((2 * k + 1) + t - r)
    inverse = 1.0 / np.where(far, x, 1.0)
    return np.where(far, -0.5 * inverse * inverse, (1.0 - r) / (1.0 + t - r))[()]


dawsn = Op(
    "dawsn",
    SpecialValue("dawsn", _dawsn_form),
    Elementwise((_dawsn_slope,)),
    numpy=("scipy.special.dawsn",),
    mp=_dawsn_form,
    samples=(call(0.5), call(-2.0), call(5.0)),
    doc="Dawson's integral.",
    source="DLMF 7.2.5, 7.10.3",
)


def _waves(x: Any) -> tuple[Any, Any]:
    """Return sine and cosine of pi/2·x²; on plain arrays the square is not rounded."""
    half_pi = 0.5 * constant_like(x, "pi")
    if not is_plain(x):
        return np.sin(half_pi * (x * x)), np.cos(half_pi * (x * x))
    square, error = two_square(x)
    sine, cosine = half_turns(0.5 * square)
    turned = half_pi * error
    return sine + cosine * turned, cosine - sine * turned


fresnels = Op(
    "fresnels",
    SpecialValue("fresnel", lambda m, x: m.fresnels(x), lambda f, x: f(x)[0]),
    Elementwise((lambda y, x: _waves(x)[0],)),
    mp=lambda m, x: m.fresnels(x),
    samples=(call(0.5), call(-1.75), call(0.0)),
    doc="Fresnel's sine integral.",
    source="DLMF 7.2.8",
)
fresnelc = Op(
    "fresnelc",
    SpecialValue("fresnel", lambda m, x: m.fresnelc(x), lambda f, x: f(x)[1]),
    Elementwise((lambda y, x: _waves(x)[1],)),
    mp=lambda m, x: m.fresnelc(x),
    samples=(call(0.5), call(-1.75), call(0.0)),
    doc="Fresnel's cosine integral.",
    source="DLMF 7.2.7",
)
fresnel = Composite(
    "fresnel",
    lambda x: (fresnels(x), fresnelc(x)),
    numpy=("scipy.special.fresnel",),
    samples=(call(0.5),),
    doc="Fresnel's sine and cosine integrals together.",
)


def _continued_spence(m: Any, x: Any) -> Any:
    return m.polylog(2, 1 - x)


def _spence_form(m: Any, x: Any) -> Any:
    return within(m, m.ge(x, 0), _continued_spence, x)


def _spence_slope(y: Any, x: Any) -> Any:
    """Return log(x)/(1-x), whose hole at 1 the hypergeometric form does not have."""
    if not is_plain(x):
        return -hyp2f1(1.0, 1.0, 2.0, 1.0 - x)
    one = np.asarray(x) == 1.0
    return np.where(one, -1.0, np.log(x) / np.where(one, 1.0, 1.0 - x))[()]


spence = Op(
    "spence",
    SpecialValue("spence", _spence_form),
    Elementwise((_spence_slope,)),
    numpy=("scipy.special.spence",),
    mp=_spence_form,
    domain=Domain("x >= 0", lambda x: x >= 0.0, outside=(call(-0.5), call(-5e-155))),
    samples=(call(0.5), call(1.0), call(4.0)),
    doc="Spence's function, the dilogarithm of 1 - x.",
    source="DLMF 25.12.2",
)

TABLE = (expi, exp1, expn, dawsn, fresnels, fresnelc, fresnel, spence)
