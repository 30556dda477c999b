"""Squares, roots, lengths and size: square, sqrt, cbrt, hypot, abs.

May import `op`, `rule`, `compensation` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import in_range, unit_scale
from gradcli.ops.op import Domain, Kink, Op, call
from gradcli.ops.rule import Elementwise, is_plain, quotient

square = Op(
    "square",
    np.square,
    Elementwise((lambda y, x: 2.0 * x,)),
    numpy=(np.square,),
    mp=lambda m, x: x * x,
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="x².",
)
sqrt = Op(
    "sqrt",
    np.sqrt,
    # Adding 0.0 turns the root of -0.0, which is -0.0, round: the slope at 0 is +inf.
    Elementwise((lambda y, x: quotient(0.5, y + 0.0),)),
    numpy=(np.sqrt, math.sqrt),
    mp=lambda m, x: m.sqrt(x),
    domain=Domain("x >= 0", lambda x: x >= 0.0, outside=(call(-1.0),)),
    samples=(call(1.5), call(1e-4), call(9.0)),
    doc="Square root; its slope at 0 is inf.",
)


def _cube_root_slope(y: Any, x: Any) -> Any:
    """Return 1/(3y²), inf at 0; on plain arrays y/(3x), which rounds less often.

    The C library's cube root may be off by 4 ULP: one step of Newton's iteration repairs it.
    """
    if not is_plain(x):
        return 1.0 / (3.0 * (y * y))
    zero = x == 0.0
    refined = y - (y - x / np.where(zero, 1.0, y * y)) / 3.0
    return np.where(zero, np.inf, refined / np.where(zero, 1.0, x) / 3.0)[()]


cbrt = Op(
    "cbrt",
    np.cbrt,
    Elementwise((_cube_root_slope,)),
    numpy=(np.cbrt, getattr(math, "cbrt", np.cbrt)),
    mp=lambda m, x: m.where(m.lt(x, 0), -m.cbrt(abs(x)), m.cbrt(abs(x))),
    sym=lambda m, x: m.where(m.lt(x, 0), -((-x) ** m.fdiv(1, 3)), x ** m.fdiv(1, 3)),
    samples=(call(1.5), call(-8.0), call(1e-6)),
    doc="Real cube root; its slope at 0 is inf.",
)


def _leg_slope(y: Any, leg: Any, other: Any) -> Any:
    """Return leg/hypot(leg, other), 0 where both are 0."""
    if is_plain(y):
        if in_range(y):
            return leg / y
        scale = unit_scale(leg, other)
        leg, y = leg * scale, np.hypot(leg * scale, other * scale)
    return leg / np.where(y == 0.0, 1.0, y)


hypot = Op(
    "hypot",
    np.hypot,
    Elementwise(
        (_leg_slope, lambda y, a, b: _leg_slope(y, b, a)),
    ),
    arrays=2,
    numpy=(np.hypot, math.hypot),
    mp=lambda m, a, b: m.sqrt(a * a + b * b),
    kink=Kink(
        "(0, 0)",
        lambda a, b: np.abs(a) + np.abs(b),
        used="0",
        convention="the centre of the unit disc",
        samples=(call(0.0, 0.0),),
    ),
    samples=(call(3.0, 4.0), call(-1.5, 0.25), call(2.0, 0.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Length of the hypotenuse over two legs, without overflow.",
)
absolute = Op(
    "abs",
    np.absolute,
    Elementwise((lambda y, x: np.sign(x),)),
    numpy=(np.absolute, np.fabs, math.fabs),
    aliases=("absolute", "fabs"),
    mp=lambda m, x: m.where(m.lt(x, 0), -x, x),
    kink=Kink("0", lambda x: x, used="0", convention="the middle of [-1, 1]", samples=(call(0.0),)),
    samples=(call(1.5), call(-2.0)),
    doc="Absolute value.",
)

TABLE = (square, sqrt, cbrt, hypot, absolute)
