"""Products with logarithms that are 0 where a factor is 0: xlogy, entr, kl_div.

May import `op`, `rule`, `fallback` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Domain, Op, call
from gradcli.ops.rule import Elementwise, quotient

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)


def _ratio(x: Any, y: Any) -> Any:
    """Return x/y, 0 where both are 0: where x is 0, nothing depends on y."""
    return quotient(x, np.where((x == 0.0) & (y == 0.0), 1.0, y))


def _xlogy_form(m: Any, x: Any, y: Any) -> Any:
    return m.where(m.eq(x, 0), 0 * x, x * m.log(m.where(m.eq(x, 0), 1 + 0 * x, y)))


xlogy = Op(
    "xlogy",
    SpecialValue("xlogy", _xlogy_form),
    Elementwise(
        (lambda v, x, y: np.log(y), lambda v, x, y: _ratio(x, y)),
        valid=lambda x, y: (y >= 0.0) | (x == 0.0),
    ),
    arrays=2,
    numpy=("scipy.special.xlogy",),
    mp=_xlogy_form,
    # Without the branch: SymPy would differentiate what stands at the one point x = 0.
    sym=lambda m, x, y: x * m.log(y),
    domain=Domain("y > 0, or x = 0", lambda x, y: (y > 0.0) | (x == 0.0), (call(1.0, -1.0),)),
    samples=(call(1.5, 2.0), call(-0.5, 0.3), call(0.0, 2.0)),
    bad=_MISFIT,
    doc="x*log(y), 0 where x is 0.",
)


def _xlog1py_form(m: Any, x: Any, y: Any) -> Any:
    return m.where(m.eq(x, 0), 0 * x, x * m.log1p(m.where(m.eq(x, 0), 0 * x, y)))


xlog1py = Op(
    "xlog1py",
    SpecialValue("xlog1py", _xlog1py_form),
    Elementwise(
        (lambda v, x, y: np.log1p(y), lambda v, x, y: _ratio(x, 1.0 + y)),
        valid=lambda x, y: (y >= -1.0) | (x == 0.0),
    ),
    arrays=2,
    numpy=("scipy.special.xlog1py",),
    mp=_xlog1py_form,
    sym=lambda m, x, y: x * m.log(1 + y),
    domain=Domain("y > -1, or x = 0", lambda x, y: (y > -1.0) | (x == 0.0), (call(1.0, -2.0),)),
    samples=(call(1.5, 2.0), call(-0.5, -0.3), call(0.0, 2.0)),
    bad=_MISFIT,
    doc="x*log(1 + y), 0 where x is 0.",
)


def _entr_form(m: Any, x: Any) -> Any:
    edge = m.where(m.eq(x, 0), 0 * x, -m.inf)
    return m.where(m.gt(x, 0), -x * m.log(m.where(m.gt(x, 0), x, 1 + 0 * x)), edge)


entr = Op(
    "entr",
    SpecialValue("entr", _entr_form),
    Elementwise((lambda y, x: -np.log(x) - 1.0,)),
    numpy=("scipy.special.entr",),
    mp=_entr_form,
    # Left of 0 the logarithm tells that there is no real value.
    sym=lambda m, x: m.where(m.eq(x, 0), 0 * x, -x * m.log(x)),
    domain=Domain("x >= 0", lambda x: x >= 0.0),
    samples=(call(1.5), call(0.2), call(1e-9)),
    doc="-x*log(x), 0 at 0.",
)


def log_ratio(x: Any, y: Any) -> Any:
    """Return log(x/y), for near numbers by log1p of their exact difference."""
    near = np.abs(x - y) < 0.5 * y
    close = np.log1p(np.where(near, x - y, 0.0) / np.where(near, y, 1.0))
    return np.where(near, close, np.log(quotient(x, y)))


def _rel_entr_form(m: Any, x: Any, y: Any) -> Any:
    inside = m.land(m.gt(x, 0), m.gt(y, 0))
    ratio = m.fdiv(m.where(inside, x, 1 + 0 * x), m.where(inside, y, 1 + 0 * y))
    edge = m.where(m.land(m.eq(x, 0), m.ge(y, 0)), 0 * x, m.inf)
    return m.where(inside, x * m.log(ratio), edge)


def _kl_div_form(m: Any, x: Any, y: Any) -> Any:
    return _rel_entr_form(m, x, y) - x + y


def _symbolic_rel_entr(m: Any, x: Any, y: Any) -> Any:
    return x * (m.log(x) - m.log(y))


_BOTH = Domain("x >= 0, y > 0", lambda x, y: (x >= 0.0) & (y > 0.0))
rel_entr = Op(
    "rel_entr",
    SpecialValue("rel_entr", _rel_entr_form),
    Elementwise((lambda v, x, y: log_ratio(x, y) + 1.0, lambda v, x, y: -_ratio(x, y))),
    arrays=2,
    numpy=("scipy.special.rel_entr",),
    mp=_rel_entr_form,
    sym=_symbolic_rel_entr,
    domain=_BOTH,
    samples=(call(1.5, 2.0), call(0.2, 0.3), call(1.0, 1.0)),
    bad=_MISFIT,
    doc="x*log(x/y), 0 where x is 0.",
)
kl_div = Op(
    "kl_div",
    SpecialValue("kl_div", _kl_div_form),
    Elementwise((lambda v, x, y: log_ratio(x, y), lambda v, x, y: (y - x) / y)),
    arrays=2,
    numpy=("scipy.special.kl_div",),
    mp=_kl_div_form,
    sym=lambda m, x, y: _symbolic_rel_entr(m, x, y) - x + y,
    domain=_BOTH,
    samples=(call(1.5, 2.0), call(0.2, 0.3), call(1.0, 1.0)),
    bad=_MISFIT,
    doc="x*log(x/y) - x + y, y where x is 0.",
)

TABLE = (xlogy, xlog1py, entr, rel_entr, kl_div)
