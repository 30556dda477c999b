"""Arithmetic: add, subtract, multiply, divide, power and their one-input kin.

May import `op`, `rule`, `powers`, `compensation` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import LARGE, SMALL
from gradcli.ops.elementwise.powers import base_slope, exponent_slope
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import SCALARS, Elementwise, is_finite, is_plain, quotient

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)

add = Op(
    "add",
    np.add,
    Elementwise((1.0, 1.0)),
    arrays=2,
    numpy=(np.add,),
    mp=lambda m, a, b: a + b,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=_MISFIT,
    doc="Sum of two arrays.",
)
subtract = Op(
    "subtract",
    np.subtract,
    Elementwise((1.0, -1.0)),
    arrays=2,
    numpy=(np.subtract,),
    mp=lambda m, a, b: a - b,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=_MISFIT,
    doc="Difference of two arrays.",
)
multiply = Op(
    "multiply",
    np.multiply,
    Elementwise((lambda y, a, b: b, lambda y, a, b: a)),
    arrays=2,
    numpy=(np.multiply,),
    mp=lambda m, a, b: a * b,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=_MISFIT,
    doc="Elementwise product.",
)


def _mask(g: Any, p: Any) -> Any:
    """Return p, 0 where g is 0 and p is infinite or NaN: nothing there matters."""
    return np.where((g == 0.0) & np.logical_not(np.isfinite(p)), 0.0, p)


masked_multiply = Op(
    "masked_multiply",
    lambda g, p: g * _mask(np.asarray(g), p),
    # Where g is 0 and p a number, the slope in g is p: a mask of every 0 would lose it.
    Elementwise((lambda y, g, p: _mask(g, p), lambda y, g, p: g)),
    arrays=2,
    mp=lambda m, g, p: m.where(m.land(m.eq(g, 0), m.lnot(m.isfinite(p))), 0 * g, g * p),
    sym=lambda m, g, p: g * p,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=_MISFIT,
    doc="Product in which a zero first factor wins over an infinite or NaN second one.",
)


def _divisor_slope(y: Any, a: Any, b: Any) -> Any:
    """Return -a/b², which neither a small quotient nor a large square may spoil."""
    if not is_plain(b):
        return -y / b
    square = b * b
    if type(square) in SCALARS:
        if SMALL < square < LARGE:
            return -a / square
    elif is_finite(square):
        inverse = 1.0 / square
        if is_finite(inverse):
            return -a * inverse
    a_part, a_exponent = np.frexp(a)
    b_part, b_exponent = np.frexp(b)
    return np.ldexp(-(a_part / b_part) / b_part, a_exponent - 2 * b_exponent)


divide = Op(
    "divide",
    np.true_divide,
    Elementwise((lambda y, a, b: quotient(1.0, b), _divisor_slope)),
    arrays=2,
    numpy=(np.true_divide,),
    mp=lambda m, a, b: m.fdiv(a, b),
    domain=Domain("a nonzero divisor", lambda a, b: b != 0.0, outside=(call(0.0, 0.0),)),
    samples=(call(1.5, -2.25), call(0.0, 3.0), call(1e-3, 7.0)),
    bad=_MISFIT,
    doc="Elementwise quotient.",
)
power = Op(
    "power",
    np.power,
    Elementwise((base_slope, exponent_slope)),
    arrays=2,
    numpy=(np.power, np.float_power, math.pow),
    aliases=("pow", "float_power"),
    mp=lambda m, a, b: m.power(a, b),
    domain=Domain(
        "x > 0, or an integer exponent",
        lambda x, n: (x > 0.0) | (n == np.floor(n)),
        outside=(call(-2.0, 0.5),),
    ),
    samples=(call(1.5, -2.25), call(2.0, 3.0), call(0.3, 0.5), call(2.5, 0.1)),
    bad=_MISFIT,
    doc="Elementwise power; x**0 has slope 0, also at 0.",
)
negative = Op(
    "negative",
    np.negative,
    Elementwise((-1.0,)),
    numpy=(np.negative,),
    mp=lambda m, x: -x,
    samples=(call(1.5), call(-2.0)),
    doc="Negation.",
)
positive = Op(
    "positive",
    np.positive,
    Elementwise((1.0,)),
    numpy=(np.positive,),
    mp=lambda m, x: x + 0,
    samples=(call(1.5), call(-2.0)),
    doc="The number itself.",
)
reciprocal = Op(
    "reciprocal",
    np.reciprocal,
    Elementwise((lambda y, x: -y * y,)),
    numpy=(np.reciprocal,),
    mp=lambda m, x: m.fdiv(1, x),
    domain=Domain("x != 0", lambda x: x != 0.0),
    samples=(call(1.5), call(-0.3)),
    doc="1/x.",
)

TABLE = (add, subtract, multiply, masked_multiply, divide, power, negative, positive, reciprocal)
