"""Bessel functions, plain and exponentially scaled.

May import `op`, `rule`, `scaled`, `fallback` and NumPy. A derivative in the order exists,
but no rule for it: orders are constants.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.fallback import SpecialValue, check_turns
from gradcli.ops.op import Kink, Op, call
from gradcli.ops.rule import MISSING, Elementwise
from gradcli.ops.special.scaled import scaled_slope

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)
_SIMPLE = "DLMF 10.6.3"
_MODIFIED = "DLMF 10.29.1"
_RIGHT = (call(0.5), call(2.0), call(7.0))
_BOTH = (*_RIGHT, call(-2.0))


def _half_difference(family: Any) -> Callable[..., Any]:
    """Return the slope (f(v-1) - f(v+1))/2 of a Bessel function of order v."""
    return lambda y, v, x: 0.5 * (family()(v - 1.0, x) - family()(v + 1.0, x))


def _half_sum(family: Any) -> Callable[..., Any]:
    """Return (f(v-1) + f(v+1))/2."""
    return lambda y, v, x: 0.5 * (family()(v - 1.0, x) + family()(v + 1.0, x))


# Beyond, SciPy's yv goes up from the order 0 one by one.
_CLIMBING = 1e9


def _climbed(function: Any, v: Any, x: Any) -> Any:
    """Return SciPy's value of yv, unless it would take for ever."""
    check_turns(np.where(np.abs(x) > _CLIMBING, np.minimum(np.abs(v), _CLIMBING), 0.0))
    return function(v, x)


def _ordered(name: str, form: Any, slope: Any, text: str, **more: Any) -> Op:
    return Op(
        name,
        SpecialValue(name, form, more.pop("adapt", None)),
        Elementwise((MISSING, slope)),
        arrays=2,
        numpy=(f"scipy.special.{name}",),
        mp=form,
        samples=(call(0.0, 0.5), call(1.5, 2.0), call(2.5, 12.0)),
        bad=_MISFIT,
        doc=text,
        **more,
    )


def _fixed(name: str, form: Any, slope: Any, text: str, **more: Any) -> Op:
    return Op(
        name,
        SpecialValue(name, form),
        Elementwise((slope,)),
        numpy=(f"scipy.special.{name}", *more.pop("also", ())),
        mp=form,
        doc=text,
        **more,
    )


def _decay(m: Any, x: Any) -> Any:
    return m.exp(-abs(x))


jv: Op = _ordered(
    "jv",
    lambda m, v, x: m.besselj(v, x),
    _half_difference(lambda: jv),
    "Bessel function of the first kind of order v, called as jv(v, x).",
    aliases=("jn",),
    source=_SIMPLE,
)
yv: Op = _ordered(
    "yv",
    lambda m, v, x: m.bessely(v, x),
    _half_difference(lambda: yv),
    "Bessel function of the second kind of order v, called as yv(v, x).",
    aliases=("yn",),
    adapt=_climbed,
    source=_SIMPLE,
)
iv: Op = _ordered(
    "iv",
    lambda m, v, x: m.besseli(v, x),
    _half_sum(lambda: iv),
    "Modified Bessel function of the first kind of order v, called as iv(v, x).",
    source=_MODIFIED,
)
kv: Op = _ordered(
    "kv",
    lambda m, v, x: m.besselk(v, x),
    lambda y, v, x: -0.5 * (kv(v - 1.0, x) + kv(v + 1.0, x)),
    "Modified Bessel function of the second kind of order v, called as kv(v, x).",
    aliases=("kn",),
    source=_MODIFIED,
)
ive: Op = _ordered(
    "ive",
    lambda m, v, x: m.besseli(v, x) * _decay(m, x),
    lambda y, v, x: 0.5 * (ive(v - 1.0, x) + ive(v + 1.0, x)) - np.sign(x) * y,
    "iv(v, x)*exp(-|x|).",
    source=_MODIFIED,
    kink=Kink(
        "x = 0 with v = 0",
        lambda v, x: np.where(v == 0.0, x, 1.0),
        convention="the middle of [-1, 1]",
        samples=(call(0.0, 0.0),),
    ),
)
kve: Op = _ordered(
    "kve",
    lambda m, v, x: m.besselk(v, x) * m.exp(x),
    lambda y, v, x: y - 0.5 * (kve(v - 1.0, x) + kve(v + 1.0, x)),
    "kv(v, x)*exp(x).",
    source=_MODIFIED,
)
j0: Op = _fixed(
    "j0",
    lambda m, x: m.besselj(0, x),
    lambda y, x: -j1(x),
    "jv(0, x).",
    samples=_BOTH,
    source=_SIMPLE,
)
j1: Op = _fixed(
    "j1",
    lambda m, x: m.besselj(1, x),
    lambda y, x: 0.5 * (j0(x) - jv(2.0, x)),
    "jv(1, x).",
    samples=_BOTH,
    source=_SIMPLE,
)
y0: Op = _fixed(
    "y0",
    lambda m, x: m.bessely(0, x),
    lambda y, x: -y1(x),
    "yv(0, x).",
    samples=_RIGHT,
    source=_SIMPLE,
)
y1: Op = _fixed(
    "y1",
    lambda m, x: m.bessely(1, x),
    lambda y, x: 0.5 * (y0(x) - yv(2.0, x)),
    "yv(1, x).",
    samples=_RIGHT,
    source=_SIMPLE,
)
i0: Op = _fixed(
    "i0",
    lambda m, x: m.besseli(0, x),
    lambda y, x: i1(x),
    "iv(0, x).",
    also=(np.i0,),
    samples=_BOTH,
    source=_MODIFIED,
)
i1: Op = _fixed(
    "i1",
    lambda m, x: m.besseli(1, x),
    lambda y, x: 0.5 * (i0(x) + iv(2.0, x)),
    "iv(1, x).",
    samples=_BOTH,
    source=_MODIFIED,
)
k0: Op = _fixed(
    "k0",
    lambda m, x: m.besselk(0, x),
    lambda y, x: -k1(x),
    "kv(0, x).",
    samples=_RIGHT,
    source=_MODIFIED,
)
k1: Op = _fixed(
    "k1",
    lambda m, x: m.besselk(1, x),
    lambda y, x: -0.5 * (k0(x) + kv(2.0, x)),
    "kv(1, x).",
    samples=_RIGHT,
    source=_MODIFIED,
)
i0e: Op = _fixed(
    "i0e",
    lambda m, x: m.besseli(0, x) * _decay(m, x),
    lambda y, x: scaled_slope(x, i1e(x) - np.sign(x) * y, 0, growing=True),
    "i0(x)*exp(-|x|).",
    samples=_BOTH,
    source=_MODIFIED,
    kink=Kink("0", lambda x: x, convention="the middle of [-1, 1]", samples=(call(0.0),)),
)
i1e: Op = _fixed(
    "i1e",
    lambda m, x: m.besseli(1, x) * _decay(m, x),
    lambda y, x: scaled_slope(x, 0.5 * (i0e(x) + ive(2.0, x)) - np.sign(x) * y, 1, growing=True),
    "i1(x)*exp(-|x|).",
    samples=_BOTH,
    source=_MODIFIED,
)
k0e: Op = _fixed(
    "k0e",
    lambda m, x: m.besselk(0, x) * m.exp(x),
    lambda y, x: scaled_slope(x, y - k1e(x), 0, growing=False),
    "k0(x)*exp(x).",
    samples=_RIGHT,
    source=_MODIFIED,
)
k1e: Op = _fixed(
    "k1e",
    lambda m, x: m.besselk(1, x) * m.exp(x),
    lambda y, x: scaled_slope(x, y - 0.5 * (k0e(x) + kve(2.0, x)), 1, growing=False),
    "k1(x)*exp(x).",
    samples=_RIGHT,
    source=_MODIFIED,
)

TABLE = (
    *(jv, yv, iv, kv, ive, kve),
    *(j0, j1, y0, y1, i0, i1, k0, k1, i0e, i1e, k0e, k1e),
)
