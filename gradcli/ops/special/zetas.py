"""Zeta functions and Lambert's W.

May import `op`, `rule`, `domains`, `fallback` and NumPy.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from gradcli.ops.fallback import SpecialValue, check_turns, evaluate_form
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import MISSING, Elementwise
from gradcli.ops.special.domains import within

# SciPy adds one term for every unit left of 0: beyond, it would not come back.
_LEFTMOST = -1e4
# What `zeta` needs where it has two arguments.
_TWO_ARGUMENTS = "x > 1, and q > 0 or a whole x"


def _hurwitz(function: Any, x: Any, q: Any) -> Any:
    """Return SciPy's value; far left, where that would take for ever, the finite sum's."""
    far = np.asarray(q) < _LEFTMOST
    check_turns(np.where(far, 0.0, np.maximum(-np.asarray(q), 0.0)))
    near = function(x, np.where(far, 1.0, q))
    return np.where(far, _far_left(function, x, np.where(far, q, -0.5)), near)[()]


def _far_left(function: Any, x: Any, q: Any) -> Any:
    """Return the function of a whole order left of 0, NaN of another, as SciPy has it.

    With f the fractional part of q the terms left of 0 are those of the zeta function of
    1 - f, up to the first that q begins with.
    """
    x = np.asarray(x, dtype=float)
    part = q - np.floor(q)
    # At the pole, 1, all three are infinite.
    order = np.where((x > 1.0) & (x == np.floor(x)), x, 2.0)
    odd = np.where(order % 2.0 == 1.0, -1.0, 1.0)
    value = function(order, part) + odd * (function(order, 1.0 - part) - function(order, 1.0 - q))
    return np.where(order == x, value, np.where(x == 1.0, np.inf, np.nan))


def _continued_hurwitz(m: Any, x: Any, q: Any) -> Any:
    return m.zeta(x, q)


def _hurwitz_form(m: Any, x: Any, q: Any) -> Any:
    return within(m, m.ge(x, 1), _continued_hurwitz, x, q)


hurwitz_zeta: Op = Op(
    "hurwitz_zeta",
    SpecialValue("zeta", _hurwitz_form, _hurwitz),
    Elementwise(
        (MISSING, lambda y, x, q: -x * hurwitz_zeta(x + 1.0, q)), valid=lambda x, q: x >= 1.0
    ),
    arrays=2,
    numpy=("scipy.special._zeta",),
    mp=_hurwitz_form,
    domain=Domain(
        _TWO_ARGUMENTS,
        lambda x, q: (x > 1.0) & ((q > 0.0) | (x == np.floor(x))),
        outside=(call(0.5, 2.0), call(2.5, -0.5)),
    ),
    samples=(call(2.0, 1.5), call(3.5, 0.3)),
    bad=(call([2.0, 3.0], [1.0, 2.0, 3.0]),),
    doc="Hurwitz's zeta function, called as zeta(x, q).",
    source="DLMF 25.11.17",
)
zeta = Op(
    "zeta",
    SpecialValue("zeta", lambda m, x: m.zeta(x), lambda zeta, x: zeta(x)),
    Elementwise((lambda y, x: zeta_derivative(x, order=1),)),
    params={"q": None},
    numpy=("scipy.special._riemann_zeta",),
    mp=lambda m, x: m.zeta(x),
    domain=Domain(f"x != 1; zeta(x, q) needs {_TWO_ARGUMENTS}", lambda x: x != 1.0),
    expand=lambda x, q: None if q is None else hurwitz_zeta(x, q),
    samples=(call(2.0), call(3.5), call(-1.5)),
    doc="Riemann's zeta function; zeta(x, q) is Hurwitz's.",
    source="DLMF 25.2.1",
)


# Left of this Riemann's function is reflected, and its derivatives with it.
_REFLECTED = -2
# Right of so many bits of precision over this, a few terms of the series are all digits.
_FEW_TERMS = 4


def _dirichlet_series(m: Any, x: Any, order: int) -> Any:
    """Return the sum of (-log n)^order·n^-x, for large x (DLMF 25.2.6)."""
    total, n = m.mpf(0), 2
    while True:
        term = (-m.log(n)) ** order * m.power(n, -x)
        total = total + term
        # Beyond its greatest term, at log n = order/x, the series falls like a power.
        if abs(term) <= m.eps * abs(total) and m.log(n) * x > 2 * order:
            return total
        n += 1


def _factor_slopes(m: Any, x: Any, order: int) -> list[Any]:
    """Return the derivatives of g = 2(2pi)^(x-1)·gamma(1-x), order by order."""
    logs = [(-1) ** i * m.psi(i - 1, 1 - x) for i in range(1, order + 1)]
    if logs:
        logs[0] = logs[0] + m.log(2 * m.pi)
    slopes = [2 * m.power(2 * m.pi, x - 1) * m.gamma(1 - x)]
    for n in range(order):
        slopes.append(sum(math.comb(n, j) * logs[n - j] * slopes[j] for j in range(n + 1)))
    return slopes


def _reflected(m: Any, x: Any, order: int) -> Any:
    """Return the derivative of g(x)·sin(pi x/2)·zeta(1-x), by Leibniz's rule (DLMF 25.4.1)."""
    quarter = m.pi / 2
    sine, cosine = m.sinpi(x / 2), m.cospi(x / 2)
    waves = [quarter**j * (sine, cosine, -sine, -cosine)[j % 4] for j in range(order + 1)]
    zetas = [(-1) ** j * _derivative_form(m, 1 - x, j) for j in range(order + 1)]
    product = _factor_slopes(m, x, order)
    for other in (waves, zetas):
        product = [
            sum(math.comb(n, j) * product[n - j] * other[j] for j in range(n + 1))
            for n in range(order + 1)
        ]
    return product[order]


def _derivative_form(m: Any, x: Any, order: int = 1) -> Any:
    if order and x > m.fdiv(m.prec, _FEW_TERMS):
        return m.mpf(0) if m.isinf(x) else _dirichlet_series(m, x, order)
    if order and x < _REFLECTED:
        return _reflected(m, x, order)
    return m.zeta(x, 1, order) if order else m.zeta(x)


# SciPy has no derivative of Riemann's function: mpmath computes it always.
zeta_derivative: Op = Op(
    "zeta_derivative",
    partial(evaluate_form, _derivative_form),
    Elementwise((lambda y, x, order=1: zeta_derivative(x, order=order + 1),)),
    params={"order": 1},
    mp=_derivative_form,
    sym=False,
    domain=Domain("x != 1", lambda x, order=1: x != 1.0),
    samples=(call(2.0), call(0.5), call(3.5, order=2)),
    doc="Derivative of Riemann's zeta function of the given order.",
    source="DLMF 25.2.6",
)


def _real_branch(function: Any, x: Any, k: int = 0) -> Any:
    """Return the value where it is real, else NaN."""
    w = function(x, k)
    return np.where(w.imag == 0.0, w.real, np.nan)[()]


def _lambertw_slope(y: Any, x: Any, k: int = 0) -> Any:
    """Return y/(x(1+y)), near 0 as exp(-y)/(1+y)."""
    near = np.abs(x) < 0.1
    small = np.exp(-np.where(near, y, 0.0))
    return np.where(near, small, y / np.where(near, 1.0, x)) / (1.0 + y)


lambertw = Op(
    "lambertw",
    SpecialValue("lambertw", lambda m, x, k=0: m.lambertw(x, k), _real_branch),
    Elementwise((_lambertw_slope,)),
    params={"k": 0},
    mp=lambda m, x, k=0: m.lambertw(x, k),
    domain=Domain("x >= -1/e", lambda x, k=0: x >= -1.0 / np.e, outside=(call(-0.5),)),
    samples=(call(0.5), call(-0.2), call(0.0), call(20.0), call(-0.2, k=-1)),
    doc="Lambert's W, the solution of w*exp(w) = x; k=-1 is the lower real branch.",
    source="DLMF 4.13.4",
)

TABLE = (hurwitz_zeta, zeta, zeta_derivative, lambertw)
