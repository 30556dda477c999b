"""Elementwise extremes: maximum, minimum, fmax, fmin, clip.

May import `op`, `rule` and NumPy. At a tie both inputs share the cotangent equally: each
partial is 1/2, the middle of the subgradients, and their sum is 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rule import SCALARS, Elementwise, is_finite, is_plain

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)
_TIE = Kink(
    "a tie",
    lambda a, b: a - b,
    used="1/2 for each",
    convention="ties share equally",
    samples=(call(1.0, 1.0),),
)


def _above(a: Any, b: Any) -> Any:
    """Return 1 where a > b, 1/2 at a tie (equal infinities too), 0 below, NaN for NaN."""
    if is_plain(a) and is_plain(b):
        difference = a - b
        if is_finite(difference):
            if type(difference) in SCALARS:
                return 0.5 + 0.5 * (int(difference > 0.0) - int(difference < 0.0))
            return np.heaviside(difference, 0.5)
    return np.heaviside(np.where(a == b, 0.0, a - b), 0.5)


def _above_or_alone(a: Any, b: Any) -> Any:
    """Return the same for the functions that ignore a NaN beside a number."""
    return np.where(np.isnan(b), 1.0, np.where(np.isnan(a), 0.0, _above(a, b)))


maximum = Op(
    "maximum",
    np.maximum,
    Elementwise((lambda y, a, b: _above(a, b), lambda y, a, b: _above(b, a))),
    arrays=2,
    numpy=(np.maximum,),
    mp=lambda m, a, b: m.where(m.gt(a, b), a, b),
    kink=_TIE,
    samples=(call(1.5, -2.25), call(1.0, 3.0)),
    bad=_MISFIT,
    doc="The larger of two arrays.",
)
minimum = Op(
    "minimum",
    np.minimum,
    Elementwise((lambda y, a, b: _above(b, a), lambda y, a, b: _above(a, b))),
    arrays=2,
    numpy=(np.minimum,),
    mp=lambda m, a, b: m.where(m.lt(a, b), a, b),
    kink=_TIE,
    samples=(call(1.5, -2.25), call(1.0, 3.0)),
    bad=_MISFIT,
    doc="The smaller of two arrays.",
)


def _alone(m: Any, a: Any, b: Any, chosen: Any) -> Any:
    """Return the one number beside a NaN, else what was chosen."""
    return m.where(m.isnan(b), a, m.where(m.isnan(a), b, chosen))


fmax = Op(
    "fmax",
    np.fmax,
    Elementwise(
        (lambda y, a, b: _above_or_alone(a, b), lambda y, a, b: _above_or_alone(b, a)),
    ),
    arrays=2,
    numpy=(np.fmax,),
    mp=lambda m, a, b: _alone(m, a, b, m.where(m.gt(a, b), a, b)),
    sym=lambda m, a, b: m.where(m.gt(a, b), a, b),
    kink=_TIE,
    samples=(call(1.5, -2.25), call(1.0, 3.0)),
    bad=_MISFIT,
    doc="The larger of two arrays; a number wins over NaN.",
)
fmin = Op(
    "fmin",
    np.fmin,
    Elementwise(
        (lambda y, a, b: _above_or_alone(-a, -b), lambda y, a, b: _above_or_alone(-b, -a)),
    ),
    arrays=2,
    numpy=(np.fmin,),
    mp=lambda m, a, b: _alone(m, a, b, m.where(m.lt(a, b), a, b)),
    sym=lambda m, a, b: m.where(m.lt(a, b), a, b),
    kink=_TIE,
    samples=(call(1.5, -2.25), call(1.0, 3.0)),
    bad=_MISFIT,
    doc="The smaller of two arrays; a number wins over NaN.",
)


def _clip(x: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    """Return x between the bounds; ``None`` is no bound."""
    low = bounds.get("min", a_min)
    high = bounds.get("max", a_max)
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


clip = Composite(
    "clip",
    _clip,
    params={"a_min": None, "a_max": None, "min": None, "max": None},
    numpy=(np.clip,),
    samples=(call(1.5, 0.0, 1.0), call(0.25, 0.0, 1.0), call(-3.0, -2.0, None)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0], 9.0),),
    doc="x kept between two bounds; at a bound x and the bound share equally.",
)

TABLE = (maximum, minimum, fmax, fmin, clip)
