"""The array families of the table: their cases, and the checks that need no table.

A *case* (see `points`) of an array operation is called with arrays of any shape; makers of
constants (no array arguments) have no case here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from gradcli.engine.operators import jvp, vjp
from gradcli.ops.op import Function
from gradcli.ops.registry import FAMILIES
from gradcli.ops.rule import Flat
from tests.table.points import Case

ROOMS = frozenset({"reductions", "shaping", "indexing", "linalg", "sequences"})


def array_functions() -> list[Function]:
    """Return every function of the array families."""
    files = [f for f in FAMILIES if f.split(".")[0] in ROOMS]
    return [f for name in files for f in import_module(f"gradcli.ops.{name}").TABLE]


def array_cases(is_wanted: Callable[[Function], bool]) -> list[Case]:
    """Return the sample calls of the array functions that are wanted."""
    return [Case(f, s) for f in array_functions() if is_wanted(f) for s in f.samples]


def has_arrays(function: Function) -> bool:
    """Whether a function has array arguments."""
    return function.arrays != 0


def is_smooth(function: Function) -> bool:
    """Whether a function has array arguments and a derivative."""
    return has_arrays(function) and not has_no_slope(function)


def has_no_slope(function: Function) -> bool:
    """Whether the answer of a function is truth values, places or counts."""
    return isinstance(getattr(function, "rule", None), Flat) or function.name in PLACES


PLACES = frozenset({"nonzero", "flatnonzero", "array_equal", "allclose"})


def floats(case: Case) -> list[Any]:
    """Return the arguments as floats."""
    return [np.asarray(a, dtype=np.float64)[()] for a in case.sample.args]


def of_arrays(case: Case) -> Callable[..., Any]:
    """Return the case as a function of its array arguments."""
    function, params = case.function, dict(case.sample.params)
    if function.arrays is None:
        return lambda *xs: function(list(xs), **params)
    return lambda *xs: function(*xs, **params)


def real_parts(y: Any) -> list[Any]:
    """Return the floating-point arrays of an output, of a tuple those of its items."""
    parts = list(y) if isinstance(y, tuple | list) else [y]
    return [p for p in parts if np.result_type(p).kind == "f"]


def numpy_call(case: Case) -> Any:
    """Return NumPy's own answer, ``None`` where the case is no call of NumPy's."""
    function = case.function
    # A text names a function of SciPy, which may be absent and may round otherwise.
    if not function.numpy or isinstance(function.numpy[0], str):
        return None
    target, params = function.numpy[0], dict(case.sample.params)
    xs = floats(case)
    return target(xs, **params) if function.arrays is None else target(*xs, **params)


def sample_arrays(function: Function, sample: Any) -> list[Any]:
    """Return the arguments of a sample as floats; those of makers of constants as they are."""
    if function.arrays == 0:
        return list(sample.args)
    return [np.asarray(a, dtype=np.float64)[()] for a in sample.args]


def quotient(f, x, g):
    """Return central differences of ``sum(g*f(x))``; the step leaves nine digits."""
    h = 1e-6
    out = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        out[i] = np.sum(g * (f(x + e) - f(x - e))) / (2 * h)
    return out


def agrees(f, x) -> None:
    """Check the pull-back against differences, and the push-forward against the pull-back."""
    y, pullback = vjp(f, x)
    assert np.array_equal(y, f(x))
    g = np.cos(np.arange(np.size(y), dtype=float)).reshape(np.shape(y))
    pulled = pullback(g)
    pulled = pulled[0] if isinstance(pulled, tuple) else pulled
    assert np.shape(pulled) == np.shape(x)
    np.testing.assert_allclose(pulled, quotient(f, x, g), rtol=1e-7, atol=1e-8)
    t = np.sin(np.arange(x.size, dtype=float)).reshape(x.shape)
    np.testing.assert_allclose(np.sum(jvp(f, (x,), (t,))[1] * g), np.sum(pulled * t), atol=1e-10)
