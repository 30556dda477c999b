"""NumPy's sinc, sin(pi x)/(pi x), and its derivatives of every order.

May import `op`, `rule`, `constants` and NumPy. The textbook derivative
``(cos(pi x) - sinc(x))/x`` cancels near 0 and is 0/0 at 0; a `where` around the hole
would make the second derivative there 0 instead of -pi²/3. So the derivatives are an
operation of their own, whose derivative is itself with the order raised.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.elementwise.compensation import half_turns
from gradcli.ops.op import Op, call
from gradcli.ops.rule import Elementwise

# The Taylor series is used where |pi x| is below this plus the order …
_SERIES_REACH = 2.0
# … and ends when (reach/2)^(2k)/(2k)! is below float64's resolution.
_SERIES_TERMS = 30


def _series(z: Any, order: int) -> Any:
    """Return d^n/dz^n sin(z)/z by its Taylor series."""
    first = (order + 1) // 2
    total = np.zeros_like(z)
    for k in range(first + _SERIES_TERMS, first - 1, -1):
        # (2k)!/(2k-n)!/(2k+1)! without leaving the range of floats for high orders.
        weight = 1.0 / (math.factorial(2 * k - order) * (2 * k + 1))
        total = total * (z * z) + (-1) ** k * weight
    return total * z if order % 2 else total


def _closed(x: Any, order: int) -> Any:
    """Return the derivative by the recurrence x·D(n) + n·D(n-1) = pi^(n-1)·sin(pi x + n·pi/2)."""
    sine, cosine = half_turns(x)
    waves = (sine, cosine, -sine, -cosine)
    value = sine / math.pi / x
    for n in range(1, order + 1):
        value = (math.pi ** (n - 1) * waves[n % 4] - n * value) / x
    return value


def _sinc_derivative(x: Any, order: int = 1) -> Any:
    """Return the derivative of sinc of the given order."""
    x = np.asarray(x, dtype=float)[()]
    z = math.pi * x
    near = np.abs(z) < _SERIES_REACH + order
    close = math.pi**order * _series(np.where(near, z, 0.0), order)
    return np.where(near, close, _closed(np.where(near, 1.0, x), order))[()]


def _derivative_form(m: Any, x: Any, order: int = 1) -> Any:
    """Return the integral over 0 < t < 1 of t^n·cos(zt + n·pi/2), a series without cancellation."""
    z = m.pi * x
    half = m.fdiv(1, 2)
    a = m.fdiv(order + 1 + order % 2, 2)
    lower = half + order % 2
    series = m.hyp1f2(a, lower, a + 1, -z * z / 4)
    sign = (-1) ** ((order + 1) // 2)
    lead = m.fdiv(sign, order + 1 + order % 2) * (z if order % 2 else 1)
    return m.power(m.pi, order) * lead * series


def _symbolic_derivative(m: Any, x: Any, order: int = 1) -> Any:
    """Return the closed form, which SymPy can differentiate away from 0."""
    z = m.pi * x
    waves = (m.sin(z), m.cos(z), -m.sin(z), -m.cos(z))
    value = waves[0] / z
    for n in range(1, order + 1):
        value = (waves[n % 4] - n * value) / z
    return value * m.pi**order


def _sinc_form(m: Any, x: Any) -> Any:
    z = m.pi * x
    zero = m.eq(x, 0)
    return m.where(zero, 1 + 0 * x, m.fdiv(m.sin(z), m.where(zero, 1 + 0 * x, z)))


sinc: Op = Op(
    "sinc",
    np.sinc,
    Elementwise((lambda y, x: sinc_derivative(x, order=1),)),
    numpy=(np.sinc, "scipy.special.sinc"),
    mp=_sinc_form,
    sym=lambda m, x: m.fdiv(m.sin(m.pi * x), m.pi * x),
    samples=(call(0.5), call(-1.25), call(2.75), call(1e-3)),
    doc="sin(pi*x)/(pi*x), 1 at 0.",
    source="DLMF 10.49.3",
)
sinc_derivative: Op = Op(
    "sinc_derivative",
    _sinc_derivative,
    Elementwise((lambda y, x, order=1: sinc_derivative(x, order=order + 1),)),
    params={"order": 1},
    mp=_derivative_form,
    sym=_symbolic_derivative,
    samples=(call(0.5), call(-1.25), call(3.0), call(0.75, order=2), call(2.5, order=3)),
    doc="Derivative of sinc of the given order.",
    source="DLMF 10.49.3",
)

TABLE = (sinc, sinc_derivative)
