"""The error function and the normal distribution; gelu.

May import `op`, `rule`, `fallback`, `constants`, `compensation` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import exp_minus_square, two_square
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import Elementwise, is_plain

_SOURCE = "DLMF 7.2, 7.10.1"


def gauss(x: Any) -> Any:
    """Return 2/sqrt(pi)·exp(-x²)."""
    bell = exp_minus_square(x) if is_plain(x) else np.exp(-(x * x))
    return constant_like(x, "2/sqrt(pi)") * bell


def density(x: Any) -> Any:
    """Return the density of the normal distribution."""
    bell = exp_minus_square(x, halved=True) if is_plain(x) else np.exp(-0.5 * (x * x))
    return constant_like(x, "1/sqrt(2pi)") * bell


erf = Op(
    "erf",
    SpecialValue("erf", lambda m, x: m.erf(x)),
    Elementwise((lambda y, x: gauss(x),)),
    numpy=("scipy.special.erf", math.erf),
    mp=lambda m, x: m.erf(x),
    samples=(call(0.5), call(-2.0), call(0.0)),
    doc="Error function.",
    source=_SOURCE,
)
erfc = Op(
    "erfc",
    SpecialValue("erfc", lambda m, x: m.erfc(x)),
    Elementwise((lambda y, x: -gauss(x),)),
    numpy=("scipy.special.erfc", math.erfc),
    mp=lambda m, x: m.erfc(x),
    samples=(call(0.5), call(-2.0), call(6.0)),
    doc="Complementary error function, 1 - erf(x).",
    source=_SOURCE,
)


def exp_square(x: Any) -> Any:
    """Return exp(x²), on plain arrays without the loss from rounding the square."""
    if not is_plain(x):
        return np.exp(x * x)
    square, error = two_square(x)
    main = np.exp(square)
    return main + main * np.where(np.isfinite(error), error, 0.0)


erfi = Op(
    "erfi",
    SpecialValue("erfi", lambda m, x: m.erfi(x)),
    Elementwise((lambda y, x: constant_like(x, "2/sqrt(pi)") * exp_square(x),)),
    numpy=("scipy.special.erfi",),
    mp=lambda m, x: m.erfi(x),
    samples=(call(0.5), call(-2.0)),
    doc="Imaginary error function, -i*erf(i*x).",
    source=_SOURCE,
)

# Beyond, the slope of erfcx is a continued fraction, which so many levels settle.
_ERFCX_NEAR = 1.5
_ERFCX_LEVELS = 120


def _erfcx_form(m: Any, x: Any) -> Any:
    return m.exp(x * x) * m.erfc(x)


def _erfcx_slope(y: Any, x: Any) -> Any:
    """Return 2x·y - 2/sqrt(pi), whose terms cancel for large x."""
    if not is_plain(x):
        return 2.0 * x * y - constant_like(x, "2/sqrt(pi)")
    # Left of 0 the value is 2exp(x²) less a small number, and SciPy rounds the square.
    left = np.asarray(x) < 0.0
    mirror = np.where(left, -x, 0.0)
    y = np.where(left, 2.0 * exp_square(mirror) - erfcx(mirror), y)
    slope = 2.0 * x * y - constant_like(x, "2/sqrt(pi)")
    # y·sqrt(pi) = 1/(x + r), r = (1/2)/(x + 1/(x + (3/2)/(x + …))), DLMF 7.9.2; so the
    # slope is -2/sqrt(pi)·r/(x + r), where nothing cancels.
    far = np.where(np.asarray(x) > _ERFCX_NEAR, x, np.inf)
    r = np.zeros_like(far)
    for k in range(_ERFCX_LEVELS, 0, -1):
        r = 0.5 * k / (far + r)
    tail = -constant_like(x, "2/sqrt(pi)") * (r / (far + r))
    return np.where(np.asarray(x) > _ERFCX_NEAR, tail, slope)[()]


erfcx: Op = Op(
    "erfcx",
    SpecialValue("erfcx", _erfcx_form),
    Elementwise((_erfcx_slope,)),
    numpy=("scipy.special.erfcx",),
    mp=_erfcx_form,
    samples=(call(0.5), call(-2.0), call(3.0), call(30.0)),
    doc="Scaled complementary error function, exp(x**2)*erfc(x).",
    source=_SOURCE,
)
_OPEN_UNIT = Domain("-1 < x < 1", lambda x: (x > -1.0) & (x < 1.0), outside=(call(1.5), call(-2.0)))


def _inverse_slope(y: Any, tail: Any) -> Any:
    """Return sqrt(pi)/2·exp(y²), given the tail probability ``erfc(|y|)``.

    With exp(y²) = erfcx(|y|)/erfc(|y|) an error of y counts once, not 2y² times.
    """
    root = constant_like(y, "sqrt(pi)/2")
    return root * erfcx(np.abs(y)) / tail if is_plain(y) else root * np.exp(y * y)


erfinv = Op(
    "erfinv",
    SpecialValue("erfinv", lambda m, x: m.erfinv(x)),
    Elementwise((lambda y, x: _inverse_slope(y, 1.0 - np.abs(x)),)),
    numpy=("scipy.special.erfinv",),
    mp=lambda m, x: m.erfinv(x),
    domain=_OPEN_UNIT,
    samples=(call(0.5), call(-0.9), call(1e-5)),
    doc="Inverse of erf.",
    source="DLMF 7.17",
)


# Below, 1 - x has lost digits of x; the inverse is found from the tail itself.
_TAIL = 100


def erfcinv_form(m: Any, x: Any) -> Any:
    """Return the root of erfc(y) = x, in the tail by Newton's iteration on log erfc."""
    if x < 0 or x > 2:
        # 1 - x would round to an edge of erfinv's domain.
        return m.nan
    if x <= 0 or x >= m.fdiv(1, _TAIL):
        return m.erfinv(1 - x)
    goal, y = m.log(x), m.sqrt(-m.log(x))
    step = y
    # log erfc is concave and the start lies above the root: convergence is monotone.
    while abs(step) > 4 * m.eps * y:
        tail = m.erfc(y)
        step = (m.log(tail) - goal) * tail * m.sqrt(m.pi) * m.exp(y * y) / 2
        y = y + step
    return y


erfcinv = Op(
    "erfcinv",
    SpecialValue("erfcinv", erfcinv_form),
    Elementwise((lambda y, x: -_inverse_slope(y, np.minimum(x, 2.0 - x)),)),
    numpy=("scipy.special.erfcinv",),
    mp=erfcinv_form,
    sym=lambda m, x: m.erfcinv(x),
    domain=Domain(
        "0 < x < 2", lambda x: (x > 0.0) & (x < 2.0), outside=(call(-0.5), call(2.5), call(-5e-155))
    ),
    samples=(call(0.5), call(1.9), call(1e-5)),
    doc="Inverse of erfc.",
    source="DLMF 7.17",
)

TABLE = (erf, erfc, erfi, erfcx, erfinv, erfcinv)
