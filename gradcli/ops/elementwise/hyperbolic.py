"""Hyperbolic functions and their inverses.

May import `op`, `rule`, `sigmoids` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.sigmoids import minus_size, over_square
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import Elementwise, quotient

sinh = Op(
    "sinh",
    np.sinh,
    Elementwise((lambda y, x: np.cosh(x),)),
    numpy=(np.sinh, math.sinh),
    mp=lambda m, x: m.sinh(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Hyperbolic sine.",
)
cosh = Op(
    "cosh",
    np.cosh,
    Elementwise((lambda y, x: np.sinh(x),)),
    numpy=(np.cosh, math.cosh),
    mp=lambda m, x: m.cosh(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Hyperbolic cosine.",
)


def _tanh_slope(y: Any, x: Any) -> Any:
    """Return 1/cosh(x)² as 4e/(1+e)² with e = exp(-2|x|): no overflow, no 1 - y²."""
    e = np.exp(2.0 * minus_size(x))
    return over_square(4.0 * e, e)


tanh = Op(
    "tanh",
    np.tanh,
    Elementwise((_tanh_slope,)),
    numpy=(np.tanh, math.tanh),
    mp=lambda m, x: m.tanh(x),
    samples=(call(1.5), call(-2.0), call(0.0), call(20.0)),
    doc="Hyperbolic tangent.",
)


def _length(x: Any) -> Any:
    """Return sqrt(1 + x²) without overflow."""
    return np.hypot(1.0, x)


asinh = Op(
    "asinh",
    np.arcsinh,
    Elementwise((lambda y, x: 1.0 / _length(x),)),
    numpy=(np.arcsinh, math.asinh),
    aliases=("arcsinh",),
    mp=lambda m, x: m.asinh(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Inverse hyperbolic sine.",
)
acosh = Op(
    "acosh",
    np.arccosh,
    # Two roots: the product of the factors overflows for x > 1e154.
    Elementwise((lambda y, x: quotient(1.0, np.sqrt(x - 1.0) * np.sqrt(x + 1.0)),)),
    numpy=(np.arccosh, math.acosh),
    aliases=("arccosh",),
    mp=lambda m, x: m.acosh(x),
    domain=Domain("x >= 1", lambda x: x >= 1.0, outside=(call(0.5), call(-2.0))),
    samples=(call(1.5), call(20.0)),
    doc="Inverse hyperbolic cosine; its slope at 1 is inf.",
)
atanh = Op(
    "atanh",
    np.arctanh,
    Elementwise(
        (lambda y, x: quotient(1.0, (1.0 - x) * (1.0 + x)),),
        valid=lambda x: (x >= -1.0) & (x <= 1.0),
    ),
    numpy=(np.arctanh, math.atanh),
    aliases=("arctanh",),
    mp=lambda m, x: m.atanh(x),
    domain=Domain("-1 < x < 1", lambda x: (x > -1.0) & (x < 1.0), outside=(call(1.5), call(-2.0))),
    samples=(call(0.5), call(-0.9), call(0.0)),
    doc="Inverse hyperbolic tangent.",
)

TABLE = (sinh, cosh, tanh, asinh, acosh, atanh)
