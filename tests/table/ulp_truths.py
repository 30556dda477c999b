"""Textbook derivatives of the elementary functions, in mpmath, and where they are measured.

These formulas are the yardstick, not the rules: they are evaluated with 300 bits or more,
so that the loss of digits for which the rules avoid them does not matter here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.table import ulp_points as at

Truth = Callable[..., Any]


@dataclass(frozen=True)
class Elementary:
    """One function: its domain and its partials; `term` is the largest term of a sum.

    A partial that crosses zero is a sum of terms that cancel there: its error is measured
    in ULP of the largest term where that is what rounding allows.
    """

    domain: at.Domain
    partials: tuple[Truth | None, ...]
    terms: tuple[Truth | None, ...] = (None, None, None)
    bits: int = 300


def _sigmoid(m: Any, x: Any) -> Any:
    return 1 / (1 + m.exp(-x))


def _silu_slope(m: Any, x: Any) -> Any:
    return _sigmoid(m, x) * (1 + x * _sigmoid(m, -x))


def _sinc_slope(m: Any, x: Any) -> Any:
    z = m.pi * x
    return m.mpf(0) if x == 0 else (m.cos(z) - m.sin(z) / z) / x


def _power_base(m: Any, x: Any, n: Any) -> Any:
    return m.mpf(0) if n == 0 else n * real_power(m, x, n - 1)


def _power_exponent(m: Any, x: Any, n: Any) -> Any:
    if x == 0:
        return m.mpf(0) if n > 0 else m.nan
    return m.nan if x < 0 else m.power(x, n) * m.log(x)


def real_power(m: Any, x: Any, n: Any) -> Any:
    """Return x**n over the reals with a pole at 0."""
    if n == 0:
        return m.mpf(1)
    if x == 0:
        return m.mpf(0) if n > 0 else m.inf
    return m.power(x, n) if x > 0 or m.isint(n) else m.nan


def _guard(inside: Callable[..., bool], f: Truth) -> Truth:
    """Return a truth that is NaN outside its domain."""
    return lambda m, *xs: f(m, *xs) if inside(*xs) else m.nan


def _pole(m: Any, a: Any, b: Any) -> Any:
    return m.inf * m.sign(a) if b == 0 else a / b


_IN_UNIT = lambda x: -1 <= x <= 1  # noqa: E731

ELEMENTARY: dict[str, Elementary] = {
    "multiply": Elementary(at.pairs, (lambda m, a, b: b, lambda m, a, b: a)),
    "divide": Elementary(
        at.pairs,
        (lambda m, a, b: None if b == 0 else 1 / b, lambda m, a, b: None if b == 0 else -a / b**2),
    ),
    "reciprocal": Elementary(at.line, (lambda m, x: None if x == 0 else -1 / x**2,)),
    "power": Elementary(at.powers, (_power_base, _power_exponent), bits=400),
    "square": Elementary(at.line, (lambda m, x: 2 * x,)),
    "sqrt": Elementary(
        at.positive, (_guard(lambda x: x >= 0, lambda m, x: _pole(m, m.mpf(1), 2 * m.sqrt(x))),)
    ),
    "cbrt": Elementary(at.line, (lambda m, x: _pole(m, m.mpf(1), 3 * m.cbrt(abs(x)) ** 2),)),
    "hypot": Elementary(
        at.pairs,
        (
            lambda m, a, b: m.mpf(0) if a == 0 else a / m.sqrt(a**2 + b**2),
            lambda m, a, b: m.mpf(0) if b == 0 else b / m.sqrt(a**2 + b**2),
        ),
        bits=2400,
    ),
    "exp": Elementary(at.exponents, (lambda m, x: m.exp(x),)),
    "exp2": Elementary(at.exponents, (lambda m, x: m.power(2, x) * m.log(2),)),
    "expm1": Elementary(at.exponents, (lambda m, x: m.exp(x),)),
    "log": Elementary(at.positive, (_guard(lambda x: x >= 0, lambda m, x: _pole(m, m.mpf(1), x)),)),
    "log2": Elementary(
        at.positive, (_guard(lambda x: x >= 0, lambda m, x: _pole(m, 1 / m.log(2), x)),)
    ),
    "log10": Elementary(
        at.positive, (_guard(lambda x: x >= 0, lambda m, x: _pole(m, 1 / m.log(10), x)),)
    ),
    "log1p": Elementary(
        at.above_minus_one,
        (_guard(lambda x: x >= -1, lambda m, x: _pole(m, m.mpf(1), 1 + x)),),
        bits=1200,
    ),
    "sin": Elementary(at.angles, (lambda m, x: m.cos(x),)),
    "cos": Elementary(at.angles, (lambda m, x: -m.sin(x),)),
    "tan": Elementary(at.angles, (lambda m, x: 1 / m.cos(x) ** 2,)),
    "asin": Elementary(
        at.unit, (_guard(_IN_UNIT, lambda m, x: _pole(m, m.mpf(1), m.sqrt(1 - x**2))),)
    ),
    "acos": Elementary(
        at.unit, (_guard(_IN_UNIT, lambda m, x: _pole(m, m.mpf(-1), m.sqrt(1 - x**2))),)
    ),
    "atan": Elementary(at.line, (lambda m, x: 1 / (1 + x**2),)),
    "atan2": Elementary(
        at.pairs,
        (
            lambda m, y, x: m.nan if x == y == 0 else x / (x**2 + y**2),
            lambda m, y, x: m.nan if x == y == 0 else -y / (x**2 + y**2),
        ),
        bits=2400,
    ),
    "sinh": Elementary(at.exponents, (lambda m, x: m.cosh(x),)),
    "cosh": Elementary(at.exponents, (lambda m, x: m.sinh(x),)),
    "tanh": Elementary(at.exponents, (lambda m, x: 1 / m.cosh(x) ** 2,)),
    "asinh": Elementary(at.line, (lambda m, x: 1 / m.sqrt(1 + x**2),)),
    "acosh": Elementary(
        at.above_one, (_guard(lambda x: x >= 1, lambda m, x: _pole(m, m.mpf(1), m.sqrt(x**2 - 1))),)
    ),
    "atanh": Elementary(at.unit, (_guard(_IN_UNIT, lambda m, x: _pole(m, m.mpf(1), 1 - x**2)),)),
    "deg2rad": Elementary(at.line, (lambda m, x: m.pi / 180,)),
    "rad2deg": Elementary(at.line, (lambda m, x: 180 / m.pi,)),
    "sigmoid": Elementary(at.exponents, (lambda m, x: _sigmoid(m, x) * _sigmoid(m, -x),)),
    "logit": Elementary(
        at.open_unit,
        (_guard(lambda x: 0 <= x <= 1, lambda m, x: _pole(m, m.mpf(1), x * (1 - x))),),
        bits=1200,
    ),
    "softplus": Elementary(at.exponents, (_sigmoid,)),
    "logsigmoid": Elementary(at.exponents, (lambda m, x: _sigmoid(m, -x),)),
    "logaddexp": Elementary(
        at.exponent_pairs,
        (lambda m, a, b: _sigmoid(m, a - b), lambda m, a, b: _sigmoid(m, b - a)),
        bits=1200,
    ),
    "logaddexp2": Elementary(
        at.exponent_pairs,
        (
            lambda m, a, b: _sigmoid(m, (a - b) * m.log(2)),
            lambda m, a, b: _sigmoid(m, (b - a) * m.log(2)),
        ),
        bits=1200,
    ),
    "silu": Elementary(at.exponents, (_silu_slope,), (_sigmoid,)),
    "elu": Elementary(at.exponents, (lambda m, x: m.exp(x) if x <= 0 else m.mpf(1),)),
    "sinc": Elementary(at.line, (_sinc_slope,), (lambda m, x: 1 / x if x else None,), bits=1200),
}
