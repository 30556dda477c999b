"""Zeta functions and Lambert's W.

May import `op`, `rule`, `fallback` and NumPy.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from gradcli.ops.fallback import SpecialValue, evaluate_form
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import MISSING, Elementwise

# SciPy adds one term for every unit left of 0: beyond, it would not come back.
_LEFTMOST = -1e4


def _hurwitz(function: Any, x: Any, q: Any) -> Any:
    """Return SciPy's value, NaN where it would take for ever."""
    far = np.asarray(q) < _LEFTMOST
    return np.where(far, np.nan, function(x, np.where(far, 1.0, q)))[()]


hurwitz_zeta: Op = Op(
    "hurwitz_zeta",
    SpecialValue("zeta", lambda m, x, q: m.zeta(x, q), _hurwitz),
    Elementwise((MISSING, lambda y, x, q: -x * hurwitz_zeta(x + 1.0, q))),
    arrays=2,
    numpy=("scipy.special._zeta",),
    mp=lambda m, x, q: m.zeta(x, q),
    domain=Domain("x > 1", lambda x, q: x > 1.0),
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
    domain=Domain("x != 1", lambda x: x != 1.0),
    expand=lambda x, q: None if q is None else hurwitz_zeta(x, q),
    samples=(call(2.0), call(3.5), call(-1.5)),
    doc="Riemann's zeta function; zeta(x, q) is Hurwitz's.",
    source="DLMF 25.2.1",
)


def _derivative_form(m: Any, x: Any, order: int = 1) -> Any:
    return m.zeta(x, 1, order)


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
