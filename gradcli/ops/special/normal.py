"""The normal distribution (ndtr, log_ndtr, ndtri), and gelu, which is built on it.

May import `op`, `rule`, `error`, `fallback`, `constants` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import exp_minus_square
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import Elementwise, is_plain
from gradcli.ops.special.error import density, erfcinv_form, erfcx

_ROOT_HALF = math.sqrt(0.5)


def _ndtr_form(m: Any, x: Any) -> Any:
    return m.fdiv(m.erfc(m.fdiv(-x, m.sqrt(2))), 2)


ndtr = Op(
    "ndtr",
    SpecialValue("ndtr", _ndtr_form),
    Elementwise((lambda y, x: density(x),)),
    numpy=("scipy.special.ndtr",),
    mp=_ndtr_form,
    samples=(call(0.5), call(-2.0), call(0.0)),
    doc="Distribution function of the normal distribution.",
    source="DLMF 7.18.1",
)


def _mills(t: Any) -> Any:
    """Return ndtr(-t)/density(t), Mills' ratio, smooth and without underflow."""
    return constant_like(t, "sqrt(2pi)") * (0.5 * erfcx(t * _ROOT_HALF))


def _log_ndtr_slope(y: Any, x: Any) -> Any:
    """Return density(x)/ndtr(x); left of 0 as the reciprocal of Mills' ratio."""
    if not is_plain(x):
        return density(x) / ndtr(x)
    left = np.asarray(x) < 0.0
    return np.where(
        left, 1.0 / _mills(-np.where(left, x, 0.0)), density(x) / ndtr(np.where(left, 0.0, x))
    )[()]


def _log_ndtr_form(m: Any, x: Any) -> Any:
    return m.where(m.gt(x, 0), m.log1p(-_ndtr_form(m, -x)), m.log(_ndtr_form(m, x)))


log_ndtr = Op(
    "log_ndtr",
    SpecialValue("log_ndtr", _log_ndtr_form),
    Elementwise((_log_ndtr_slope,)),
    numpy=("scipy.special.log_ndtr",),
    mp=_log_ndtr_form,
    sym=lambda m, x: m.log(_ndtr_form(m, x)),
    samples=(call(0.5), call(-2.0), call(-20.0)),
    doc="Logarithm of the normal distribution function.",
    source="DLMF 7.18.1",
)


def _ndtri_form(m: Any, p: Any) -> Any:
    return -m.sqrt(2) * erfcinv_form(m, 2 * p)


def _ndtri_slope(y: Any, p: Any) -> Any:
    """Return 1/density(y), in float64 as Mills' ratio over the smaller tail."""
    if not is_plain(p):
        return constant_like(p, "sqrt(2pi)") * np.exp(0.5 * (y * y))
    return _mills(np.abs(y)) / np.minimum(p, 1.0 - p)


ndtri = Op(
    "ndtri",
    SpecialValue("ndtri", _ndtri_form),
    Elementwise((_ndtri_slope,)),
    numpy=("scipy.special.ndtri",),
    mp=_ndtri_form,
    sym=lambda m, p: -m.sqrt(2) * m.erfcinv(2 * p),
    domain=Domain("0 < p < 1", lambda p: (p > 0.0) & (p < 1.0), outside=(call(-0.5), call(1.5))),
    samples=(call(0.5), call(0.975), call(1e-5)),
    doc="Quantile of the normal distribution.",
    source="DLMF 7.17",
)


def _gelu(x: Any, approximate: str = "none") -> Any:
    """Return x·ndtr(x), with all digits in the left tail."""
    x = np.asarray(x, dtype=float)[()]
    left = x < 0.0
    tail = 0.5 * exp_minus_square(x, halved=True) * erfcx(np.where(left, -x, 0.0) * _ROOT_HALF)
    return x * np.where(left, tail, ndtr(np.where(left, 0.0, x)))


def _gelu_slope(y: Any, x: Any, approximate: str = "none") -> Any:
    """Return ndtr(x) + x·density(x); left of 0 as density(x)·(x + Mills' ratio)."""
    if not is_plain(x):
        return ndtr(x) + x * density(x)
    left = np.asarray(x) < 0.0
    ratio = np.where(left, x + _mills(-np.where(left, x, 0.0)), x)
    # The density underflows before the product with a large negative x can matter.
    return np.where(left, 0.0, ndtr(np.where(left, 0.0, x))) + ratio * density(x)


def _tanh_gelu(x: Any, approximate: Any) -> Any:
    """Return the approximation by tanh where it is asked for (Hendrycks & Gimpel, 2016)."""
    if approximate != "tanh":
        return None
    return 0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


gelu = Op(
    "gelu",
    _gelu,
    Elementwise((_gelu_slope,)),
    params={"approximate": "none"},
    mp=lambda m, x, approximate="none": x * _ndtr_form(m, x),
    expand=_tanh_gelu,
    samples=(call(0.5), call(-2.0), call(0.0), call(-8.0), call(0.5, approximate="tanh")),
    doc='x*ndtr(x); approximate="tanh" gives the approximation by tanh.',
    source="D. Hendrycks, K. Gimpel, arXiv:1606.08415",
)

TABLE = (ndtr, log_ndtr, ndtri, gelu)
