"""The gamma function and what is defined by it.

May import `op`, `rule`, `digammas`, `domains`, `information`, `constants`, `fallback` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Composite, Domain, Kink, Op, call
from gradcli.ops.rule import MISSING, ZERO, Elementwise, Flat, is_plain
from gradcli.ops.special.digammas import digamma, digamma_gap
from gradcli.ops.special.domains import within
from gradcli.ops.special.information import xlog1py, xlogy

_NO_POLE = "x not 0, -1, -2, …"
_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)


def _is_no_pole(x: Any) -> Any:
    return (x > 0.0) | (x != np.floor(x))


def turned(x: Any) -> Any:
    """Return pi·x less whole turns; the reduction is exact in float64."""
    return constant_like(x, "pi") * (x - 2.0 * np.round(0.5 * x))


gamma = Op(
    "gamma",
    SpecialValue("gamma", lambda m, x: m.gamma(x)),
    Elementwise((lambda y, x: y * digamma(x),)),
    numpy=("scipy.special.gamma", math.gamma),
    mp=lambda m, x: m.gamma(x),
    domain=Domain(_NO_POLE, _is_no_pole),
    samples=(call(2.5), call(0.3), call(-1.6)),
    doc="Gamma function.",
    source="DLMF 5.2.2",
)


def _gammaln_form(m: Any, x: Any) -> Any:
    return m.where(m.gt(x, 0), m.loggamma(x), m.log(abs(m.gamma(x))))


gammaln = Op(
    "gammaln",
    SpecialValue("gammaln", _gammaln_form),
    Elementwise((lambda y, x: digamma(x),)),
    numpy=("scipy.special.gammaln", math.lgamma),
    aliases=("lgamma", "loggamma"),
    mp=_gammaln_form,
    domain=Domain(_NO_POLE, _is_no_pole),
    samples=(call(2.5), call(0.3), call(-1.6), call(40.0)),
    doc="Logarithm of |gamma(x)|.",
    source="DLMF 5.2.2",
)


def _rgamma_slope(y: Any, x: Any) -> Any:
    """Return -digamma(x)/gamma(x); left of 1/2 reflected, so that the poles are no holes."""
    left = x < 0.5
    right_x = np.where(left, 1.0, x)
    mirror = 1.0 - np.where(left, x, 0.0)
    angle = turned(np.where(left, x, 0.0))
    reflected = np.cos(angle) - np.sin(angle) * digamma(mirror) / constant_like(x, "pi")
    return np.where(left, gamma(mirror) * reflected, -rgamma(right_x) * digamma(right_x))


rgamma = Op(
    "rgamma",
    SpecialValue("rgamma", lambda m, x: m.rgamma(x)),
    Elementwise((_rgamma_slope,)),
    numpy=("scipy.special.rgamma",),
    mp=lambda m, x: m.rgamma(x),
    sym=lambda m, x: m.fdiv(1, m.gamma(x)),
    samples=(call(2.5), call(0.3), call(-1.6), call(-2.0)),
    doc="1/gamma(x), 0 at the poles.",
    source="DLMF 5.5.3",
)
gammasgn = Op(
    "gammasgn",
    SpecialValue("gammasgn", lambda m, x: m.sign(m.rgamma(x))),
    Flat(ZERO),
    numpy=("scipy.special.gammasgn",),
    mp=lambda m, x: m.sign(m.rgamma(x)),
    sym=False,
    kink=Kink(
        "0, -1, -2, …",
        lambda x: np.where(x > 0.5, 1.0, x - np.round(x)),
        convention="the slope on either side",
        jump=True,
        samples=(call(-1.0),),
    ),
    samples=(call(2.5), call(-1.6)),
    doc="Sign of gamma(x).",
)
factorial = Composite(
    "factorial",
    lambda x, exact=False: gamma(x + 1.0),
    params={"exact": False},
    samples=(call(2.5), call(0.3)),
    doc="gamma(x + 1).",
)
beta = Op(
    "beta",
    SpecialValue("beta", lambda m, a, b: m.beta(a, b)),
    Elementwise(
        (lambda y, a, b: y * digamma_gap(a, b), lambda y, a, b: y * digamma_gap(b, a)),
    ),
    arrays=2,
    numpy=("scipy.special.beta",),
    mp=lambda m, a, b: m.beta(a, b),
    samples=(call(2.5, 1.5), call(0.3, 4.0)),
    bad=_MISFIT,
    doc="Beta function.",
    source="DLMF 5.12.1",
)


def _betaln_form(m: Any, a: Any, b: Any) -> Any:
    return _gammaln_form(m, a) + _gammaln_form(m, b) - _gammaln_form(m, a + b)


betaln = Op(
    "betaln",
    SpecialValue("betaln", _betaln_form),
    Elementwise((lambda y, a, b: digamma_gap(a, b), lambda y, a, b: digamma_gap(b, a))),
    arrays=2,
    numpy=("scipy.special.betaln",),
    mp=_betaln_form,
    samples=(call(2.5, 1.5), call(0.3, 4.0)),
    bad=_MISFIT,
    doc="Logarithm of |beta(a, b)|.",
    source="DLMF 5.12.1",
)


def _multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the d-dimensional gamma function."""
    total = gammaln(a)
    for j in range(1, int(d)):
        total = total + gammaln(a - 0.5 * j)
    return total + d * (d - 1) * 0.25 * math.log(math.pi)


multigammaln = Composite(
    "multigammaln",
    _multigammaln,
    params={"d": 1},
    domain=Domain("a > (d - 1)/2", lambda a, d: a > 0.5 * (d - 1)),
    samples=(call(3.5, d=2), call(4.5, d=3)),
    doc="Logarithm of the multivariate gamma function.",
    source="DLMF 35.3.4",
)
# A plain path of the slope of gammainc starts here: below, powers do not leave the range.
_LARGE_ORDER = 20.0


def _gamma_density(a: Any, x: Any) -> Any:
    """Return x^(a-1)·exp(-x)/gamma(a)."""
    plain = is_plain(a) and is_plain(x)
    if not plain:
        return np.exp(xlogy(a - 1.0, x) - x - gammaln(a))
    a, x = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(x, dtype=float))
    large = a > _LARGE_ORDER
    small_a = np.where(large, 1.0, a)
    small = np.power(x, small_a - 1.0) * np.exp(-x) * rgamma(small_a)
    return np.where(large, _saddle_density(np.where(large, a, 30.0), x), small)[()]


def _saddle_density(a: Any, x: Any) -> Any:
    """Return the same for a large order, by Stirling's series (DLMF 5.11.1) around x = a."""
    mu = (x - a) / a
    near = np.abs(mu) < 0.5
    excess = np.where(near, mu - np.log1p(np.where(near, mu, 0.0)), mu - np.log(x / a))
    w = 1.0 / (a * a)
    series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / a
    return np.sqrt(a / (2.0 * math.pi)) / x * np.exp(-a * excess - series)


def _not_negative(a: Any, x: Any) -> Any:
    return (a > 0.0) & (x >= 0.0)


def _whole_gammainc(m: Any, a: Any, x: Any) -> Any:
    return m.gammainc(a, 0, x, regularized=True)


def _gammainc_form(m: Any, a: Any, x: Any) -> Any:
    form = _lower_share if m.symbolic else _whole_gammainc
    return within(m, m.land(m.ge(a, 0), m.ge(x, 0)), form, a, x)


def _lower_share(m: Any, a: Any, x: Any) -> Any:
    return m.fdiv(m.lowergamma(a, x), m.gamma(a))


def _whole_gammaincc(m: Any, a: Any, x: Any) -> Any:
    return m.gammainc(a, x, regularized=True)


def _gammaincc_form(m: Any, a: Any, x: Any) -> Any:
    form = _upper_share if m.symbolic else _whole_gammaincc
    return within(m, m.land(m.ge(a, 0), m.ge(x, 0)), form, a, x)


def _upper_share(m: Any, a: Any, x: Any) -> Any:
    return m.fdiv(m.uppergamma(a, x), m.gamma(a))


_INCOMPLETE = Domain("a > 0, x >= 0", _not_negative, outside=(call(1.5, -1.0), call(-1.5, 1.0)))
gammainc = Op(
    "gammainc",
    SpecialValue("gammainc", _gammainc_form),
    Elementwise(
        (MISSING, lambda y, a, x: _gamma_density(a, x)),
        valid=_not_negative,
    ),
    arrays=2,
    numpy=("scipy.special.gammainc",),
    mp=_gammainc_form,
    domain=_INCOMPLETE,
    samples=(call(2.5, 1.5), call(0.5, 0.3), call(30.0, 28.0)),
    bad=_MISFIT,
    doc="Regularised lower incomplete gamma function.",
    source="DLMF 8.8.13",
)
gammaincc = Op(
    "gammaincc",
    SpecialValue("gammaincc", _gammaincc_form),
    Elementwise(
        (MISSING, lambda y, a, x: -_gamma_density(a, x)),
        valid=_not_negative,
    ),
    arrays=2,
    numpy=("scipy.special.gammaincc",),
    mp=_gammaincc_form,
    domain=_INCOMPLETE,
    samples=(call(2.5, 1.5), call(0.5, 0.3), call(30.0, 28.0)),
    bad=_MISFIT,
    doc="Regularised upper incomplete gamma function.",
    source="DLMF 8.8.14",
)


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return x^(a-1)·(1-x)^(b-1)/beta(a, b)."""
    return np.exp(xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) - betaln(a, b))


betainc = Op(
    "betainc",
    SpecialValue("betainc", lambda m, a, b, x: m.betainc(a, b, 0, x, regularized=True)),
    Elementwise((MISSING, MISSING, lambda y, a, b, x: _beta_density(a, b, x))),
    arrays=3,
    numpy=("scipy.special.betainc",),
    mp=lambda m, a, b, x: m.betainc(a, b, 0, x, regularized=True),
    sym=lambda m, a, b, x: m.fdiv(m.betainc(a, b, 0, x), m.beta(a, b)),
    domain=Domain("a, b > 0, 0 <= x <= 1", lambda a, b, x: (x >= 0.0) & (x <= 1.0)),
    samples=(call(2.5, 1.5, 0.4), call(0.5, 3.0, 0.1)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0], 0.5),),
    doc="Regularised incomplete beta function.",
    source="DLMF 8.17.1",
)

TABLE = (
    *(gamma, gammaln, rgamma, gammasgn, factorial, beta, betaln, multigammaln),
    *(gammainc, gammaincc, betainc),
)
