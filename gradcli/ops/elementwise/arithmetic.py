"""Arithmetic: add, subtract, multiply, divide, power, negation, squares, roots.

May import `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Domain, Kink, Op, call
from gradcli.ops.rule import Elementwise

add = Op(
    "add",
    np.add,
    Elementwise((1.0, 1.0), singular=False),
    arrays=2,
    numpy=(np.add,),
    mp=lambda m, a, b: a + b,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Sum of two arrays.",
)
subtract = Op(
    "subtract",
    np.subtract,
    Elementwise((1.0, -1.0), singular=False),
    arrays=2,
    numpy=(np.subtract,),
    mp=lambda m, a, b: a - b,
    samples=(call(1.5, -2.25), call(0.0, 3.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
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
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Elementwise product.",
)
divide = Op(
    "divide",
    np.true_divide,
    # -y/b rounds twice, as a/b² would, but neither overflows nor underflows early.
    Elementwise((lambda y, a, b: 1.0 / b, lambda y, a, b: -y / b)),
    arrays=2,
    numpy=(np.true_divide,),
    mp=lambda m, a, b: m.fdiv(a, b),
    domain=Domain("a nonzero divisor", lambda a, b: (b != 0)),
    samples=(call(1.5, -2.25), call(0.0, 3.0), call(1e-3, 7.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Elementwise quotient.",
)
negative = Op(
    "negative",
    np.negative,
    Elementwise((-1.0,), singular=False),
    numpy=(np.negative,),
    mp=lambda m, x: -x,
    samples=(call(1.5), call(-2.0)),
    doc="Negation.",
)
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
    Elementwise((lambda y, x: 0.5 / y,)),
    numpy=(np.sqrt,),
    mp=lambda m, x: m.sqrt(x),
    domain=Domain("x >= 0", lambda x: x >= 0),
    samples=(call(1.5), call(1e-4), call(9.0)),
    doc="Square root; its derivative at 0 is inf.",
)
absolute = Op(
    "abs",
    np.absolute,
    Elementwise((lambda y, x: np.sign(x),), singular=False),
    numpy=(np.absolute, np.fabs),
    aliases=("absolute",),
    mp=lambda m, x: m.where(m.lt(x, 0), -x, x),
    kink=Kink("0", lambda x: x, used="0", convention="the middle of [-1, 1]"),
    samples=(call(1.5), call(-2.0)),
    doc="Absolute value.",
)


def _power_base(y: Any, x: Any, n: Any) -> Any:
    """Return n·x^(n-1), where x^0 has slope 0 everywhere, 0 included."""
    return np.where(n == 0.0, 0.0, n * np.power(x, np.where(n == 0.0, 1.0, n - 1.0)))


def _power_exponent(y: Any, x: Any, n: Any) -> Any:
    """Return y·log(x); 0 where x = 0 and the power vanishes."""
    zero = x == 0.0
    return np.where(zero, np.where(n > 0.0, 0.0, np.nan), y * np.log(np.where(zero, 1.0, x)))


power = Op(
    "power",
    np.power,
    Elementwise((_power_base, _power_exponent)),
    arrays=2,
    numpy=(np.power, np.float_power),
    aliases=("pow",),
    mp=lambda m, a, b: m.power(a, b),
    domain=Domain("x > 0, or an integer power", lambda x, n: (x > 0) | (n == np.round(n))),
    samples=(call(1.5, -2.25), call(2.0, 3.0), call(0.3, 0.5), call(-2.0, 3.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Elementwise power; x**0 has slope 0, also at 0.",
)

TABLE = (add, subtract, multiply, divide, negative, square, sqrt, absolute, power)
