"""The logistic family: sigmoid, logit, softplus, logaddexp and their kin.

May import `op`, `rule`, `constants`, `compensation` and NumPy. Everything here is written
in ``exp(-|x|)``, which neither overflows nor cancels. In rules the size is chosen by
`where`, never by `abs`: both branches are the same smooth function, so that a rule that
is differentiated again has no false kink at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import two_sum
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import SCALARS, Elementwise, is_plain, quotient

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)


def minus_size(x: Any) -> Any:
    """Return -|x|, smooth where the sign of x does not matter to the caller."""
    return -np.abs(x) if is_plain(x) else np.where(x > 0.0, -x, x)


def over_square(top: Any, e: Any) -> Any:
    """Return top/(1+e)² for 0 <= e <= 1; on plain arrays the rounding of 1+e is put back.

    Without that the quotient is off by more than 4 ULP at one point in a million.
    """
    sum_ = 1.0 + e
    ratio = top / (sum_ * sum_)
    if not is_plain(e):
        return ratio
    return ratio - 2.0 * ratio * ((e - (sum_ - 1.0)) / sum_)


def _sigmoid(x: Any) -> Any:
    """Return 1/(1+exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    if type(x) in SCALARS:
        return (e if x < 0.0 else 1.0) / (1.0 + e)
    return np.where(np.asarray(x) < 0.0, e, 1.0)[()] / (1.0 + e)


def _sigmoid_slope(y: Any, x: Any) -> Any:
    """Return e/(1+e)² with e = exp(-|x|): right in both tails, where y(1-y) is not."""
    e = np.exp(minus_size(x))
    return over_square(e, e)


sigmoid = Op(
    "sigmoid",
    _sigmoid,
    Elementwise((_sigmoid_slope,)),
    numpy=("scipy.special.expit",),
    aliases=("expit",),
    mp=lambda m, x: m.fdiv(1, 1 + m.exp(-x)),
    samples=(call(1.5), call(-2.0), call(0.0), call(40.0)),
    doc="1/(1 + exp(-x)).",
)


def _logit_slope(y: Any, x: Any) -> Any:
    """Return 1/(x(1-x)); the difference is exact where it cancels."""
    return quotient(1.0, x * (1.0 - x))


logit = Op(
    "logit",
    lambda x: np.where(np.abs(x - 0.5) < _MIDDLE, _middle_logit(x), np.log(x) - np.log1p(-x))[()],
    Elementwise((_logit_slope,), valid=lambda x: (x >= 0.0) & (x <= 1.0)),
    numpy=("scipy.special.logit",),
    mp=lambda m, x: m.log(m.fdiv(x, 1 - x)),
    domain=Domain("0 < x < 1", lambda x: (x > 0.0) & (x < 1.0), outside=(call(1.5), call(-0.5))),
    samples=(call(0.5), call(0.9), call(1e-9)),
    doc="log(x/(1-x)), the inverse of sigmoid.",
)
# Near 1/2 the two logarithms cancel, and 2·atanh(2x-1) does not.
_MIDDLE = 0.25


def _middle_logit(x: Any) -> Any:
    return 2.0 * np.arctanh(2.0 * np.clip(x, 0.5 - _MIDDLE, 0.5 + _MIDDLE) - 1.0)


softplus = Op(
    "softplus",
    lambda x: np.logaddexp(0.0, x),
    Elementwise((lambda y, x: sigmoid(x),)),
    mp=lambda m, x: m.where(m.lt(x, 0), m.log1p(m.exp(x)), x + m.log1p(m.exp(-x))),
    sym=lambda m, x: m.log(1 + m.exp(x)),
    samples=(call(1.5), call(-2.0), call(0.0), call(-40.0)),
    doc="log(1 + exp(x)) without overflow.",
)
logsigmoid = Op(
    "logsigmoid",
    lambda x: -np.logaddexp(0.0, -x),
    Elementwise((lambda y, x: sigmoid(-x),)),
    numpy=("scipy.special.log_expit",),
    aliases=("log_expit",),
    mp=lambda m, x: -m.where(m.gt(x, 0), m.log1p(m.exp(-x)), m.log1p(m.exp(x)) - x),
    sym=lambda m, x: -m.log(1 + m.exp(-x)),
    samples=(call(1.5), call(-2.0), call(0.0), call(40.0)),
    doc="log(sigmoid(x)) without overflow.",
)


def _share(a: Any, b: Any) -> Any:
    """Return sigmoid(a - b)."""
    if is_plain(a) and is_plain(b):
        return _plain_share(a, b, np.exp, 1.0)
    return sigmoid(a - b)


def _share2(a: Any, b: Any) -> Any:
    """Return sigmoid(ln2·(a - b)); on plain arrays by powers of two, ln2 being inexact."""
    if is_plain(a) and is_plain(b):
        return _plain_share(a, b, np.exp2, constant_like(a, "ln2"))
    return sigmoid(constant_like(a, "ln2") * (a - b))


def _plain_share(a: Any, b: Any, power: Any, log: float) -> Any:
    """Return 1/(1 + power(b - a)) with the rounding error of the difference put back."""
    difference, lost = two_sum(a, -b)
    e = power(-np.abs(difference))
    share = np.where(difference < 0.0, e, 1.0) / (1.0 + e)
    rest = np.where(difference < 0.0, 1.0, e) / (1.0 + e)
    return share + share * rest * (log * np.where(np.isfinite(lost), lost, 0.0))


logaddexp = Op(
    "logaddexp",
    np.logaddexp,
    Elementwise((lambda y, a, b: _share(a, b), lambda y, a, b: _share(b, a))),
    arrays=2,
    numpy=(np.logaddexp,),
    mp=lambda m, a, b: m.log(m.exp(a) + m.exp(b)),
    samples=(call(1.5, -2.0), call(0.0, 0.0), call(3.0, 30.0)),
    bad=_MISFIT,
    doc="log(exp(a) + exp(b)) without overflow.",
)
logaddexp2 = Op(
    "logaddexp2",
    np.logaddexp2,
    Elementwise((lambda y, a, b: _share2(a, b), lambda y, a, b: _share2(b, a))),
    arrays=2,
    numpy=(np.logaddexp2,),
    mp=lambda m, a, b: m.fdiv(m.log(m.power(2, a) + m.power(2, b)), m.log(2)),
    samples=(call(1.5, -2.0), call(0.0, 0.0), call(3.0, 30.0)),
    bad=_MISFIT,
    doc="log2(2**a + 2**b) without overflow.",
)


# exp of less is close to the subnormal numbers.
_SUBNORMAL = -700.0


def _silu_slope(y: Any, x: Any) -> Any:
    """Return s(x)·(1 + x·s(-x)), s the sigmoid; the second factor crosses 0 near -1.28."""
    if not is_plain(x):
        return sigmoid(x) * (1.0 + x * sigmoid(-x))
    size = minus_size(x)
    e = np.exp(size)
    left = np.asarray(x) < 0.0
    # Far left exp(x) is subnormal before the slope is: it is taken in two halves.
    low = size < _SUBNORMAL
    head, tail = np.where(low, np.exp(0.5 * size), e), np.where(low, np.exp(0.5 * size), 1.0)
    inner = np.where(left, (1.0 + x + e) * head, 1.0 + e + np.where(left, 0.0, x) * e)
    return over_square(inner, e) * np.where(left, tail, 1.0)


def _silu(x: Any) -> Any:
    """Return x·sigmoid(x), far left in two halves: there the sigmoid is subnormal too early."""
    low = np.asarray(x) < _SUBNORMAL
    half = np.exp(0.5 * np.where(low, x, 0.0))
    return np.where(low, x * half * half, x * _sigmoid(x))[()]


silu = Op(
    "silu",
    _silu,
    Elementwise((_silu_slope,)),
    aliases=("swish",),
    mp=lambda m, x: m.fdiv(x, 1 + m.exp(-x)),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="x*sigmoid(x).",
)

TABLE = (sigmoid, logit, softplus, logsigmoid, logaddexp, logaddexp2, silu)
