"""SymPy's opinion: the table's scalar forms on SymPy expressions, differentiated by SymPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy

from gradcli.ops.entries import EntryArray, Unavailable
from gradcli.symbolic.functions import FUNCTIONS
from tests.table.points import parts

_DIGITS = 30


class NoForm(Unavailable, AttributeError):
    """SymPy has no function of this name."""


class SymNumbers:
    """SymPy's expressions as a number system of the table; see `gradcli.ops.entries`."""

    symbolic = True
    pi = sympy.pi
    inf = sympy.oo
    nan = sympy.nan

    def __getattr__(self, name: str) -> Any:
        function = FUNCTIONS.get(name)
        if function is None:
            raise NoForm(name)
        return lambda *xs: function.build(sympy, *xs)

    def convert(self, value: Any) -> Any:
        if isinstance(value, bool | np.bool_):
            return sympy.true if value else sympy.false
        if isinstance(value, float | np.floating):
            return sympy.Rational(*float(value).as_integer_ratio())
        return sympy.sympify(int(value)) if isinstance(value, int | np.integer) else value

    def finish(self, op: Any, value: Any) -> Any:
        return value

    def where(self, c: Any, a: Any, b: Any) -> Any:
        return sympy.Piecewise((a, c), (b, True))

    def fdiv(self, a: Any, b: Any) -> Any:
        return sympy.sympify(a) / b

    def power(self, a: Any, b: Any) -> Any:
        return sympy.sympify(a) ** b

    def lt(self, a: Any, b: Any) -> Any:
        return sympy.Lt(a, b)

    def le(self, a: Any, b: Any) -> Any:
        return sympy.Le(a, b)

    def gt(self, a: Any, b: Any) -> Any:
        return sympy.Gt(a, b)

    def ge(self, a: Any, b: Any) -> Any:
        return sympy.Ge(a, b)

    def eq(self, a: Any, b: Any) -> Any:
        return sympy.Eq(a, b)

    def ne(self, a: Any, b: Any) -> Any:
        return sympy.Ne(a, b)

    def land(self, a: Any, b: Any) -> Any:
        return sympy.And(a, b)

    def lor(self, a: Any, b: Any) -> Any:
        return sympy.Or(a, b)

    def lnot(self, a: Any) -> Any:
        return sympy.Not(a)


def symbolic_partial(f: Callable[..., Any], xs: Sequence[Any], k: int) -> Any | None:
    """Return SymPy's partial of a scalar function at a point to 30 digits.

    Returns
    -------
    sympy.Float or None
        ``None`` where SymPy has no form of the function or no plain derivative of it.
    """
    m = SymNumbers()
    exact = [m.convert(np.asarray(x)[()]) for x in xs]
    x = sympy.Symbol("x", real=True)
    args: list[Any] = [
        EntryArray(np.array(x if i == k else v, dtype=object), m) for i, v in enumerate(exact)
    ]
    try:
        slope = sympy.diff(parts(f(*args))[0].entries[()], x)
    except Unavailable:
        return None
    if slope.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
        return None
    value = slope.subs(x, exact[k]).evalf(_DIGITS)
    return value if value.is_Float or value.is_Rational else None
