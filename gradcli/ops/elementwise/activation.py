"""Activation functions: relu and its variants, gelu.

May import `op`, `rule`, `duck`, `special.error` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.duck import Duck
from gradcli.ops.op import Kink, Op, call
from gradcli.ops.rule import Elementwise

_TORCH = "PyTorch's convention"

relu = Op(
    "relu",
    lambda x: np.maximum(x, 0.0),
    Elementwise((lambda y, x: np.heaviside(x, 0.0),)),
    mp=lambda m, x: m.where(m.gt(x, 0), x, 0),
    kink=Kink("0", lambda x: x, used="0", convention=_TORCH, samples=(call(0.0),)),
    samples=(call(1.5), call(-2.0)),
    doc="x where positive, else 0.",
)


def _leaky_with_slope(x: Any, negative_slope: Any) -> Any:
    """Return leaky_relu with a given slope, which may itself be differentiated."""
    if issubclass(type(negative_slope), Duck):
        return np.where(x > 0.0, x, negative_slope * x)
    return leaky_relu.apply((x,), {"negative_slope": negative_slope})


leaky_relu: Op = Op(
    "leaky_relu",
    lambda x, negative_slope=0.01: np.where(np.asarray(x) > 0.0, x, negative_slope * x)[()],
    Elementwise((lambda y, x, negative_slope=0.01: np.where(x > 0.0, 1.0, negative_slope),)),
    params={"negative_slope": 0.01},
    mp=lambda m, x, negative_slope=0.01: m.where(m.gt(x, 0), x, m.convert(negative_slope) * x),
    kink=Kink(
        "0", lambda x, **_: x, used="negative_slope", convention=_TORCH, samples=(call(0.0),)
    ),
    expand=_leaky_with_slope,
    samples=(call(1.5), call(-2.0), call(-2.0, negative_slope=0.25)),
    doc="x where positive, else negative_slope*x.",
)


def _elu_with_alpha(x: Any, alpha: Any) -> Any:
    """Return elu with a given alpha, which may itself be differentiated."""
    if issubclass(type(alpha), Duck):
        return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))
    return elu.apply((x,), {"alpha": alpha})


def _elu_slope(y: Any, x: Any, alpha: float = 1.0) -> Any:
    """Return alpha·exp(x) left of 0 and at 0, PyTorch's side."""
    left = x <= 0.0
    return np.where(left, alpha * np.exp(np.where(left, x, 0.0)), 1.0)


elu: Op = Op(
    "elu",
    lambda x, alpha=1.0: np.where(np.asarray(x) > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))[()],
    Elementwise((_elu_slope,)),
    params={"alpha": 1.0},
    mp=lambda m, x, alpha=1.0: m.where(
        m.gt(x, 0), x, m.convert(alpha) * m.expm1(m.where(m.gt(x, 0), 0 * x, x))
    ),
    sym=lambda m, x, alpha=1.0: m.where(m.gt(x, 0), x, m.convert(alpha) * (m.exp(x) - 1)),
    kink=Kink(
        "0, unless alpha = 1",
        lambda x, alpha=1.0: x if alpha != 1.0 else 1.0 + 0.0 * x,
        used="alpha",
        convention=_TORCH,
        samples=(call(0.0, alpha=0.5),),
    ),
    expand=_elu_with_alpha,
    samples=(call(1.5), call(-2.0), call(-2.0, alpha=0.5)),
    doc="x where positive, else alpha*(exp(x) - 1).",
)

TABLE = (relu, leaky_relu, elu)
