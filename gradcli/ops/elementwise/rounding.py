"""Steps: sign, floor, ceil, round, trunc, floor_divide, mod, fmod, heaviside, copysign.

May import `op`, `rule`, `duck` and NumPy. The slope of a step is zero; at the jump there
is none. A margin is the distance to the nearest jump.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.op import Composite, Domain, Kink, Op, call
from gradcli.ops.rule import ZERO, Elementwise, Flat

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)


def _to_integer(x: Any) -> Any:
    """Return the signed distance to the nearest integer."""
    return x - np.round(x)


def _has_divisor(a: Any, b: Any) -> Any:
    return b != 0.0


def _jump(at: str, margin: Any, *samples: Any) -> Kink:
    return Kink(
        at, margin, used="0", convention="the slope on either side", jump=True, samples=samples
    )


def _nint(m: Any, x: Any) -> Any:
    """Return the nearest integer, ties to even, in any number system that has a floor."""
    up = m.floor(x + m.fdiv(1, 2))
    is_tie = m.eq(up - x, m.fdiv(1, 2))
    is_odd = m.ne(2 * m.floor(m.fdiv(up, 2)), up)
    return m.where(m.land(is_tie, is_odd), up - 1, up)


def _sign_form(m: Any, x: Any) -> Any:
    return m.where(m.gt(x, 0), 1, m.where(m.lt(x, 0), -1, m.where(m.eq(x, 0), 0, x)))


def _trunc_form(m: Any, x: Any) -> Any:
    return m.where(m.lt(x, 0), -m.floor(-x), m.floor(x))


sign = Op(
    "sign",
    np.sign,
    Flat(ZERO),
    numpy=(np.sign,),
    mp=_sign_form,
    kink=_jump("0", lambda x: x, call(0.0)),
    samples=(call(1.5), call(-2.25)),
    doc="-1, 0 or 1.",
)
floor = Op(
    "floor",
    np.floor,
    Flat(ZERO),
    numpy=(np.floor,),
    mp=lambda m, x: m.floor(x),
    kink=_jump("an integer", _to_integer, call(2.0)),
    samples=(call(1.5), call(-2.25)),
    doc="Largest integer not above x.",
)
ceil = Op(
    "ceil",
    np.ceil,
    Flat(ZERO),
    numpy=(np.ceil,),
    mp=lambda m, x: -m.floor(-x),
    kink=_jump("an integer", _to_integer, call(2.0)),
    samples=(call(1.5), call(-2.25)),
    doc="Smallest integer not below x.",
)
trunc = Op(
    "trunc",
    np.trunc,
    Flat(ZERO),
    numpy=(np.trunc, np.fix),
    aliases=("fix",),
    mp=_trunc_form,
    kink=_jump(
        "a nonzero integer", lambda x: np.where(np.abs(x) < 0.5, 0.5, _to_integer(x)), call(2.0)
    ),
    samples=(call(1.5), call(-2.25)),
    doc="Integer part, towards 0.",
)


def _round_to_digits(x: Any, decimals: Any) -> Any:
    """Return x rounded to decimal digits as NumPy does: scaled, rounded, scaled back."""
    if decimals == 0:
        return None
    scale = 10.0 ** abs(decimals)
    return round_(x * scale) / scale if decimals > 0 else round_(x / scale) * scale


round_ = Op(
    "round",
    np.rint,
    Flat(ZERO),
    params={"decimals": 0},
    numpy=(np.round, np.rint, np.around),
    aliases=("rint", "around"),
    mp=lambda m, x, decimals=0: _nint(m, x),
    kink=_jump(
        "halfway between integers",
        lambda x, decimals=0: x - np.floor(x) - 0.5,
        call(2.5),
        call(-1.5),
    ),
    expand=_round_to_digits,
    samples=(call(1.25), call(-2.25), call(1.26, decimals=1)),
    doc="Nearest integer, halves to even; to `decimals` digits.",
)


def _to_multiple(a: Any, b: Any) -> Any:
    """Return the distance of a to the nearest multiple of b; the remainder is exact."""
    rest = np.abs(np.fmod(a, b))
    return np.minimum(rest, np.abs(b) - rest)


floor_divide = Op(
    "floor_divide",
    np.floor_divide,
    Flat(ZERO),
    arrays=2,
    numpy=(np.floor_divide,),
    mp=lambda m, a, b: m.floor(m.fdiv(a, b)),
    domain=Domain("a nonzero divisor", _has_divisor),
    kink=_jump("a multiple of the divisor", _to_multiple, call(4.0, 2.0)),
    samples=(call(7.5, 2.0), call(-7.5, 2.0)),
    bad=_MISFIT,
    doc="floor(a/b).",
)


mod = Op(
    "mod",
    np.remainder,
    Elementwise((1.0, lambda y, a, b: -np.floor_divide(a, b)), valid=_has_divisor),
    arrays=2,
    numpy=(np.remainder,),
    aliases=("remainder",),
    mp=lambda m, a, b: a - b * m.floor(m.fdiv(a, b)),
    domain=Domain("a nonzero divisor", _has_divisor, outside=(call(1.0, 0.0),)),
    kink=Kink(
        "a multiple of the divisor",
        _to_multiple,
        used="1",
        convention="the slope on either side",
        jump=True,
        samples=(call(4.0, 2.0),),
    ),
    samples=(call(7.5, 2.0), call(-7.5, 2.0), call(7.5, -2.0)),
    bad=_MISFIT,
    doc="Remainder with the sign of the divisor.",
)
fmod = Op(
    "fmod",
    np.fmod,
    # (a - y)/b is the truncated quotient up to rounding; truncating a/b could be one off.
    Elementwise((1.0, lambda y, a, b: -np.round((a - y) / b)), valid=_has_divisor),
    arrays=2,
    numpy=(np.fmod, math.fmod),
    mp=lambda m, a, b: a - b * _trunc_form(m, m.fdiv(a, b)),
    domain=Domain("a nonzero divisor", _has_divisor, outside=(call(1.0, 0.0),)),
    kink=Kink(
        "a nonzero multiple of the divisor",
        lambda a, b: np.where(np.abs(a) < 0.5 * np.abs(b), 0.5 * np.abs(b), _to_multiple(a, b)),
        used="1",
        convention="the slope on either side",
        jump=True,
        samples=(call(4.0, 2.0),),
    ),
    samples=(call(7.5, 2.0), call(-7.5, 2.0)),
    bad=_MISFIT,
    doc="Remainder with the sign of the dividend.",
)
heaviside = Op(
    "heaviside",
    np.heaviside,
    Elementwise((ZERO, lambda y, x, at_zero: np.where(x == 0.0, 1.0, 0.0))),
    arrays=2,
    numpy=(np.heaviside,),
    mp=lambda m, x, h: m.where(m.gt(x, 0), 1, m.where(m.lt(x, 0), 0, h)),
    kink=_jump("x = 0", lambda x, at_zero: x, call(0.0, 0.5)),
    samples=(call(1.5, 0.5), call(-2.0, 0.25)),
    bad=_MISFIT,
    doc="0 below 0, 1 above, the second argument at 0.",
)
copysign = Op(
    "copysign",
    np.copysign,
    Elementwise((lambda y, a, b: np.copysign(1.0, a) * np.copysign(1.0, b), ZERO)),
    arrays=2,
    numpy=(np.copysign, math.copysign),
    mp=lambda m, a, b: abs(a) * m.where(m.lt(b, 0), -1, 1),
    kink=Kink(
        "a = 0",
        lambda a, b: a,
        used="the slope right of 0",
        convention="sign bits decide",
        samples=(call(0.0, 2.0),),
    ),
    samples=(call(1.5, -2.0), call(-0.5, -3.0), call(-1.5, 2.0)),
    bad=_MISFIT,
    doc="The size of a with the sign of b.",
)
angle = Composite(
    "angle",
    lambda x, deg=False: np.where(x < 0.0, 180.0 if deg else np.pi, 0.0),
    params={"deg": False},
    numpy=(np.angle,),
    samples=(call(1.5), call(-2.0)),
    doc="0 for a positive real, pi for a negative one.",
)

TABLE = (
    sign,
    floor,
    ceil,
    trunc,
    round_,
    floor_divide,
    mod,
    fmod,
    heaviside,
    copysign,
    angle,
)
