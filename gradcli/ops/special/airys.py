"""Airy functions and their derivatives.

May import `op`, `rule`, `fallback` and NumPy.
"""

from __future__ import annotations

from typing import Any

from gradcli.ops.fallback import SpecialValue
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Elementwise

_SAMPLES = (call(0.5), call(-2.0), call(3.0), call(0.0))


def _airy(name: str, part: int, form: Any, sym: Any, slope: Any, text: str) -> Op:
    return Op(
        name,
        SpecialValue("airy", form, lambda airy, x: airy(x)[part]),
        Elementwise((slope,)),
        mp=form,
        sym=sym,
        samples=_SAMPLES,
        doc=text,
        source="DLMF 9.2.1",
    )


airyai: Op = _airy(
    "airyai", 0, lambda m, x: m.airyai(x), True, lambda y, x: airyaiprime(x), "Airy function Ai."
)
airyaiprime: Op = _airy(
    "airyaiprime",
    1,
    lambda m, x: m.airyai(x, derivative=1),
    lambda m, x: m.airyaiprime(x),
    lambda y, x: x * airyai(x),
    "Derivative of the Airy function Ai.",
)
airybi: Op = _airy(
    "airybi", 2, lambda m, x: m.airybi(x), True, lambda y, x: airybiprime(x), "Airy function Bi."
)
airybiprime: Op = _airy(
    "airybiprime",
    3,
    lambda m, x: m.airybi(x, derivative=1),
    lambda m, x: m.airybiprime(x),
    lambda y, x: x * airybi(x),
    "Derivative of the Airy function Bi.",
)
airy = Composite(
    "airy",
    lambda x: (airyai(x), airyaiprime(x), airybi(x), airybiprime(x)),
    numpy=("scipy.special.airy",),
    samples=(call(0.5),),
    doc="Ai, Ai', Bi and Bi' together.",
)

TABLE = (airyai, airyaiprime, airybi, airybiprime, airy)
