"""Mathematical constants inside rules, as precise as the numbers a rule runs on.

May import `op`, `rule` and NumPy. A rule written with ``math.pi`` is wrong in the 17th
digit when it runs on 60-digit numbers. So a rule asks for ``constant_like(x, "pi")``:
a float where `x` is plain, and on tracers and entries a recorded operation that every
number system evaluates for itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from gradcli.ops.op import Op, call
from gradcli.ops.rule import ZERO, Flat, is_plain

# Correctly rounded values; the quotients would otherwise round twice.
_CONSTANTS: Mapping[str, tuple[float, Callable[[Any], Any]]] = {
    "pi": (math.pi, lambda m: m.pi + 0),
    "ln2": (math.log(2.0), lambda m: m.log(2)),
    "1/ln2": (1.4426950408889634, lambda m: m.fdiv(1, m.log(2))),
    "1/ln10": (0.4342944819032518, lambda m: m.fdiv(1, m.log(10))),
    "pi/180": (0.017453292519943295, lambda m: m.fdiv(m.pi, 180)),
    "180/pi": (57.29577951308232, lambda m: m.fdiv(180, m.pi)),
    "2/sqrt(pi)": (1.1283791670955126, lambda m: m.fdiv(2, m.sqrt(m.pi))),
    "sqrt(pi)/2": (0.886226925452758, lambda m: m.fdiv(m.sqrt(m.pi), 2)),
    "1/sqrt(2pi)": (0.3989422804014327, lambda m: m.fdiv(1, m.sqrt(2 * m.pi))),
    "sqrt(2pi)": (2.5066282746310002, lambda m: m.sqrt(2 * m.pi)),
}


def _value(x: Any, value: str | float = "pi") -> float:
    """Return a constant by name; a number is itself."""
    return _CONSTANTS[value][0] if isinstance(value, str) else float(value)


def _form(m: Any, x: Any, value: str | float = "pi") -> Any:
    """Return the same in the number system `m`."""
    return _CONSTANTS[value][1](m) if isinstance(value, str) else m.convert(value)


constant = Op(
    "constant",
    _value,
    Flat(ZERO),
    params={"value": "pi"},
    form=_form,
    samples=(call(1.5), call(1.5, value="ln2"), call(1.5, value=0.1)),
    doc="A constant (pi unless named), as precise as the numbers it meets.",
)


def constant_like(x: Any, value: str | float) -> Any:
    """Return a named constant, or a plain number, in the number system of `x`."""
    return _value(x, value) if is_plain(x) else constant(x, value=value)


TABLE = (constant,)
