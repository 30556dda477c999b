"""Trigonometric functions, their inverses, and angles.

May import `op`, `rule`, `constants`, `compensation` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import in_range
from gradcli.ops.elementwise.constants import constant_like
from gradcli.ops.op import Domain, Kink, Op, call
from gradcli.ops.rule import Elementwise, is_finite, is_plain, quotient

_UNIT = Domain("-1 <= x <= 1", lambda x: (x >= -1.0) & (x <= 1.0), outside=(call(1.5), call(-2.0)))

sin = Op(
    "sin",
    np.sin,
    Elementwise((lambda y, x: np.cos(x),)),
    numpy=(np.sin, math.sin),
    mp=lambda m, x: m.sin(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Sine of an angle in radians.",
)
cos = Op(
    "cos",
    np.cos,
    Elementwise((lambda y, x: -np.sin(x),)),
    numpy=(np.cos, math.cos),
    mp=lambda m, x: m.cos(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Cosine of an angle in radians.",
)
tan = Op(
    "tan",
    np.tan,
    Elementwise((lambda y, x: 1.0 + y * y,)),
    numpy=(np.tan, math.tan),
    mp=lambda m, x: m.tan(x),
    samples=(call(1.5), call(-2.0), call(0.0)),
    doc="Tangent of an angle in radians.",
)


def _root_of_gap(x: Any) -> Any:
    """Return sqrt(1 - x²); the factors are exact where the difference cancels."""
    return np.sqrt((1.0 - x) * (1.0 + x))


asin = Op(
    "asin",
    np.arcsin,
    Elementwise((lambda y, x: quotient(1.0, _root_of_gap(x)),)),
    numpy=(np.arcsin, math.asin),
    aliases=("arcsin",),
    mp=lambda m, x: m.asin(x),
    domain=_UNIT,
    samples=(call(0.5), call(-0.9), call(0.0)),
    doc="Inverse sine; its slope at -1 and 1 is inf.",
)
acos = Op(
    "acos",
    np.arccos,
    Elementwise((lambda y, x: quotient(-1.0, _root_of_gap(x)),)),
    numpy=(np.arccos, math.acos),
    aliases=("arccos",),
    mp=lambda m, x: m.acos(x),
    domain=_UNIT,
    samples=(call(0.5), call(-0.9), call(0.0)),
    doc="Inverse cosine; its slope at -1 and 1 is -inf.",
)


def _arctangent_slope(y: Any, x: Any) -> Any:
    """Return 1/(1 + x²), for large x as (1/x)/(x + 1/x): the square would overflow."""
    if is_plain(x):
        square = x * x
        if is_finite(square):
            return 1.0 / (1.0 + square)
    is_large = np.abs(x) > 1.0
    inverse = 1.0 / np.where(is_large, x, 1.0)
    small = np.where(is_large, 0.0, x)
    return np.where(is_large, inverse / (x + inverse), 1.0 / (1.0 + small * small))


atan = Op(
    "atan",
    np.arctan,
    Elementwise((_arctangent_slope,)),
    numpy=(np.arctan, math.atan),
    aliases=("arctan",),
    mp=lambda m, x: m.atan(x),
    samples=(call(0.5), call(-3.0), call(0.0), call(1.0)),
    doc="Inverse tangent.",
)


def _angle_slope(part: Any, y: Any, x: Any) -> Any:
    """Return part/(x² + y²) without overflow or early underflow."""
    square = x * x + y * y
    if not is_plain(square) or in_range(square):
        return part / square
    exponent = np.frexp(np.fmax(np.abs(x), np.abs(y)))[1]
    x, y = np.ldexp(x, -exponent), np.ldexp(y, -exponent)
    mantissa, shift = np.frexp(part)
    return np.ldexp(mantissa / (x * x + y * y), shift - 2 * exponent)


atan2 = Op(
    "atan2",
    np.arctan2,
    Elementwise((lambda a, y, x: _angle_slope(x, y, x), lambda a, y, x: _angle_slope(-y, y, x))),
    arrays=2,
    numpy=(np.arctan2, math.atan2),
    aliases=("arctan2",),
    mp=lambda m, y, x: m.atan2(y, x),
    kink=Kink(
        "y = 0 with x <= 0",
        lambda y, x: np.where(x <= 0.0, y, 1.0),
        used="the slope on either side",
        convention="the angle jumps by 2 pi",
        jump=True,
        samples=(call(0.0, -1.0),),
    ),
    samples=(call(1.5, 2.0), call(-0.5, -3.0), call(2.0, 0.0), call(0.0, 2.0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Angle of the point (x, y), called as atan2(y, x).",
)
deg2rad = Op(
    "deg2rad",
    np.deg2rad,
    Elementwise((lambda y, x: constant_like(x, "pi/180"),)),
    numpy=(np.deg2rad, np.radians, math.radians),
    aliases=("radians",),
    mp=lambda m, x: m.fdiv(x * m.pi, 180),
    samples=(call(30.0), call(-2.0)),
    doc="Degrees to radians.",
)
rad2deg = Op(
    "rad2deg",
    np.rad2deg,
    Elementwise((lambda y, x: constant_like(x, "180/pi"),)),
    numpy=(np.rad2deg, np.degrees, math.degrees),
    aliases=("degrees",),
    mp=lambda m, x: m.fdiv(x * 180, m.pi),
    samples=(call(0.5), call(-2.0)),
    doc="Radians to degrees.",
)

TABLE = (sin, cos, tan, asin, acos, atan, atan2, deg2rad, rad2deg)
