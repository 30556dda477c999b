"""Exponentials and logarithms.

May import `op`, `rule`, `constants`, `sigmoids`, `compensation` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.duck import Duck
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import Elementwise, quotient

_POSITIVE = Domain("x > 0", lambda x: x > 0.0, outside=(call(-1.0), call(-1e-300)))


def _is_not_negative(x: Any) -> Any:
    """Where a logarithm has a slope: inf at 0, NaN left of it."""
    return x >= 0.0


def _with_base(x: Any, base: Any) -> Any:
    """Return the logarithm to any base, or ``None`` where none is given."""
    if base is None:
        return None
    return log(x) / log(base if issubclass(type(base), Duck) else constant_like(x, base))


exp = Op(
    "exp",
    np.exp,
    Elementwise((lambda y, x: y,)),
    numpy=(np.exp, math.exp),
    mp=lambda m, x: m.exp(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="e**x.",
)
exp2 = Op(
    "exp2",
    np.exp2,
    Elementwise((lambda y, x: y * constant_like(x, "ln2"),)),
    numpy=(np.exp2, getattr(math, "exp2", np.exp2), "scipy.special.exp2"),
    mp=lambda m, x: m.power(2, x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="2**x.",
)
expm1 = Op(
    "expm1",
    np.expm1,
    # y + 1 would lose the digits of e**x where x is very negative.
    Elementwise((lambda y, x: np.exp(x),)),
    numpy=(np.expm1, math.expm1, "scipy.special.expm1"),
    mp=lambda m, x: m.expm1(x),
    sym=lambda m, x: m.exp(x) - 1,
    samples=(call(1.5), call(-2.0), call(1e-8)),
    doc="e**x - 1, accurate near 0.",
)
log = Op(
    "log",
    np.log,
    Elementwise((lambda y, x: quotient(1.0, x),), valid=_is_not_negative),
    params={"base": None},
    numpy=(np.log, math.log),
    aliases=("ln",),
    mp=lambda m, x: m.log(x),
    domain=_POSITIVE,
    expand=_with_base,
    samples=(call(1.5), call(1e-12), call(40.0), call(8.0, base=2.0)),
    doc="Natural logarithm, or to the base `base`.",
)
log2 = Op(
    "log2",
    np.log2,
    # One rounded division: x·ln2 would be subnormal before x is.
    Elementwise((lambda y, x: constant_like(x, "1/ln2") / x,), valid=_is_not_negative),
    numpy=(np.log2, math.log2),
    mp=lambda m, x: m.fdiv(m.log(x), m.log(2)),
    domain=_POSITIVE,
    samples=(call(1.5), call(1e-12), call(40.0)),
    doc="Logarithm to the base 2.",
)
log10 = Op(
    "log10",
    np.log10,
    Elementwise((lambda y, x: constant_like(x, "1/ln10") / x,), valid=_is_not_negative),
    numpy=(np.log10, math.log10),
    mp=lambda m, x: m.fdiv(m.log(x), m.log(10)),
    domain=_POSITIVE,
    samples=(call(1.5), call(1e-12), call(40.0)),
    doc="Logarithm to the base 10.",
)
log1p = Op(
    "log1p",
    np.log1p,
    Elementwise((lambda y, x: quotient(1.0, 1.0 + x),), valid=lambda x: x >= -1.0),
    numpy=(np.log1p, math.log1p, "scipy.special.log1p"),
    mp=lambda m, x: m.log1p(x),
    sym=lambda m, x: m.log(1 + x),
    domain=Domain("x > -1", lambda x: x > -1.0, outside=(call(-1.5),)),
    samples=(call(1.5), call(-0.75), call(1e-8)),
    doc="log(1 + x), accurate near 0.",
)

TABLE = (exp, exp2, expm1, log, log2, log10, log1p)
