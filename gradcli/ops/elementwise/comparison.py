"""Comparisons, logic and selection by condition.

May import `op`, `rule` and NumPy. A comparison has no derivative; where it selects
(`where`) the branches have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import NONDIFF, Elementwise, Flat


def _comparison(name: str, ufunc: Any, form: Any) -> Op:
    return Op(
        name,
        ufunc,
        Flat(NONDIFF),
        arrays=2,
        numpy=(ufunc,),
        mp=form,
        samples=(call(1.5, -2.25), call(1.0, 3.0)),
        doc=f"Comparison {name.replace('_', ' ')}, elementwise.",
    )


less = _comparison("less", np.less, lambda m, a, b: m.lt(a, b))
less_equal = _comparison("less_equal", np.less_equal, lambda m, a, b: m.le(a, b))
greater = _comparison("greater", np.greater, lambda m, a, b: m.gt(a, b))
greater_equal = _comparison("greater_equal", np.greater_equal, lambda m, a, b: m.ge(a, b))
equal = _comparison("equal", np.equal, lambda m, a, b: m.eq(a, b))
not_equal = _comparison("not_equal", np.not_equal, lambda m, a, b: m.ne(a, b))

where = Op(
    "where",
    np.where,
    Elementwise(
        (
            0.0,
            lambda y, c, a, b: np.where(c, 1.0, 0.0),
            lambda y, c, a, b: np.where(c, 0.0, 1.0),
        ),
        singular=False,
    ),
    arrays=3,
    numpy=(np.where,),
    mp=lambda m, c, a, b: m.where(c, a, b),
    samples=(call(True, 1.5, -2.25), call(False, 1.0, 3.0)),
    doc="a where the condition holds, b elsewhere.",
)

TABLE = (less, less_equal, greater, greater_equal, equal, not_equal, where)
