"""Comparisons, truth values, and selection by condition.

May import `op`, `rule` and NumPy. A comparison has no derivative; where it selects
(`where`) the branches have.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import NONDIFF, ZERO, Custom, Flat

_MISFIT = (call([1.0, 2.0], [1.0, 2.0, 3.0]),)


def _comparison(name: str, ufunc: Any, form: Any, text: str) -> Op:
    return Op(
        name,
        ufunc,
        Flat(NONDIFF),
        arrays=2,
        numpy=(ufunc,),
        mp=form,
        samples=(call(1.5, -2.25), call(1.0, 3.0), call(2.0, 2.0)),
        bad=_MISFIT,
        doc=f"Whether a {text} b, elementwise.",
    )


less = _comparison("less", np.less, lambda m, a, b: m.lt(a, b), "<")
less_equal = _comparison("less_equal", np.less_equal, lambda m, a, b: m.le(a, b), "<=")
greater = _comparison("greater", np.greater, lambda m, a, b: m.gt(a, b), ">")
greater_equal = _comparison("greater_equal", np.greater_equal, lambda m, a, b: m.ge(a, b), ">=")
equal = _comparison("equal", np.equal, lambda m, a, b: m.eq(a, b), "==")
not_equal = _comparison("not_equal", np.not_equal, lambda m, a, b: m.ne(a, b), "!=")


def _connective(name: str, ufuncs: tuple[Any, ...], form: Any, text: str) -> Op:
    return Op(
        name,
        ufuncs[0],
        Flat(NONDIFF),
        arrays=2,
        numpy=ufuncs,
        mp=form,
        samples=(call(True, False), call(True, True), call(False, False)),
        bad=(call([True, False], [True, False, True]),),
        doc=f"Elementwise {text} of two conditions.",
    )


def _exclusive(m: Any, a: Any, b: Any) -> Any:
    return m.land(m.lor(a, b), m.lnot(m.land(a, b)))


logical_and = _connective("logical_and", (np.logical_and,), lambda m, a, b: m.land(a, b), "and")
logical_or = _connective("logical_or", (np.logical_or,), lambda m, a, b: m.lor(a, b), "or")
logical_xor = _connective("logical_xor", (np.logical_xor,), _exclusive, "either-or")
bitwise_and = _connective("bitwise_and", (np.bitwise_and,), lambda m, a, b: m.land(a, b), "&")
bitwise_or = _connective("bitwise_or", (np.bitwise_or,), lambda m, a, b: m.lor(a, b), "|")
bitwise_xor = _connective("bitwise_xor", (np.bitwise_xor,), _exclusive, "^")


def _negation(name: str, ufunc: Any) -> Op:
    return Op(
        name,
        ufunc,
        Flat(NONDIFF),
        numpy=(ufunc,),
        mp=lambda m, a: m.lnot(a),
        samples=(call(True), call(False)),
        doc="Elementwise negation of a condition.",
    )


logical_not = _negation("logical_not", np.logical_not)
invert = _negation("invert", np.invert)


def _inquiry(name: str, callables: tuple[Any, ...], form: Any, text: str) -> Op:
    return Op(
        name,
        callables[0],
        Flat(NONDIFF),
        numpy=callables,
        mp=form,
        sym=False,
        samples=(call(1.5), call(-2.0)),
        doc=f"Whether x is {text}.",
    )


isfinite = _inquiry(
    "isfinite", (np.isfinite, math.isfinite), lambda m, x: m.isfinite(x), "a finite number"
)
isinf = _inquiry("isinf", (np.isinf, math.isinf), lambda m, x: m.isinf(x), "infinite")
isnan = _inquiry("isnan", (np.isnan, math.isnan), lambda m, x: m.isnan(x), "NaN")
signbit = _inquiry("signbit", (np.signbit,), lambda m, x: m.lt(x, 0), "below 0, or -0")


def _kept(is_kept: Any, g: Any) -> Any:
    """Return the cotangent where its branch was selected, and zeros elsewhere."""
    if type(is_kept) in (bool, np.bool_):
        return g if is_kept else ZERO
    return np.where(is_kept, g, 0.0)


def _select_tangent(ts: Sequence[Any], y: Any, c: Any, a: Any, b: Any) -> Any:
    """Return the tangent of the selected branch."""
    _, ta, tb = ts
    if ta is None and tb is None:
        return ZERO
    return np.where(c, 0.0 if ta is None else ta, 0.0 if tb is None else tb)


where = Op(
    "where",
    np.where,
    # Selected, not multiplied: nothing of the other branch, NaN included, can leak.
    Custom(
        (
            lambda g, y, c, a, b: NONDIFF,
            lambda g, y, c, a, b: _kept(c, g),
            lambda g, y, c, a, b: _kept(np.logical_not(c), g),
        ),
        _select_tangent,
    ),
    arrays=3,
    numpy=(np.where,),
    mp=lambda m, c, a, b: m.where(c, a, b),
    samples=(call(True, 1.5, -2.25), call(False, 1.0, 3.0)),
    bad=(call([True, False], [1.0, 2.0, 3.0], 0.0),),
    doc="x where the condition holds, y elsewhere.",
)


def _isclose(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Return NumPy's closeness, |a-b| <= atol + rtol*|b|."""
    near = (np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b) | (a == b)
    return near | (np.isnan(a) & np.isnan(b)) if equal_nan else near


isclose = Composite(
    "isclose",
    _isclose,
    arrays=2,
    params={"rtol": 1e-5, "atol": 1e-8, "equal_nan": False},
    numpy=(np.isclose,),
    samples=(call(1.0, 1.0 + 1e-9), call(1.0, 2.0)),
    bad=_MISFIT,
    doc="Whether a and b are equal within a tolerance.",
)

TABLE = (
    *(less, less_equal, greater, greater_equal, equal, not_equal),
    *(logical_and, logical_or, logical_xor, logical_not),
    *(bitwise_and, bitwise_or, bitwise_xor, invert),
    *(isfinite, isinf, isnan, signbit),
    where,
    isclose,
)
