"""Forward values: bit for bit NumPy's (and math's, SciPy's), and the mpmath form's to rounding."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import scipy.special

from gradcli.ir.tracing import trace_function
from gradcli.ops.duck import meaning
from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from tests.table.exactly import exact_value, gaps
from tests.table.points import (
    SHAPES,
    Case,
    cases_of,
    each_case,
    elementwise_ops,
    is_elementwise,
    is_float,
    quietly,
    tiled,
)

OPS = elementwise_ops()
# Special functions of SciPy are good to some hundred units at ordinary points.
FORWARD = 2e-13


def resolved(target: Any) -> Any | None:
    """Return the callable a row names; ``None`` for a private one this SciPy has not."""
    if not isinstance(target, str):
        return target if callable(target) else None
    module, _, name = target.rpartition(".")
    return getattr(import_module(module), name, getattr(scipy.special._ufuncs, name, None))


PAIRS = [
    pytest.param(f, target, id=f"{f.name}-{target.__name__}")
    for f in FUNCTIONS.values()
    if is_elementwise(f) or f.name in ("clip", "isclose", "angle")
    for target in map(resolved, f.numpy)
    if target is not None
]


def plain_cases(function: Any) -> list[Case]:
    return [c for c in cases_of([function]) if not c.sample.params]


@pytest.mark.parametrize(("function", "target"), PAIRS)
def test_traced_calls_equal_the_callable_bit_for_bit(function: Any, target: Any) -> None:
    is_math = getattr(target, "__module__", "") == "math"
    for case in plain_cases(function):
        for shape in [()] if is_math else SHAPES:
            xs = tiled(case, shape, spread=1e-3)
            if is_math:
                xs = [int(x) if x.dtype.kind == "i" else x for x in xs]
            want = quietly(target)(*xs)
            places = [k for k, x in enumerate(xs) if is_float(x)]

            def f(*variables: Any, xs: Any = xs, places: Any = places) -> Any:
                args = list(xs)
                for k, v in zip(places, variables, strict=True):
                    args[k] = v
                return meaning(target)(*args)

            got = trace_function(f, [xs[k] for k in places]).output
            np.testing.assert_array_equal(got, want)
            assert np.shape(got) == np.shape(want)


def test_every_scipy_name_exists() -> None:
    """A row that names a function SciPy never had would never be found."""
    public = [t for f in FUNCTIONS.values() for t in f.numpy if isinstance(t, str)]
    missing = [t for t in public if resolved(t) is None and "._" not in t]
    assert missing == []


def test_math_is_followed_with_its_own_rounding() -> None:
    op = meaning(math.exp)
    assert isinstance(op, Op)
    assert op.name == "exp"
    assert op.fn is math.exp


@each_case([c for c in cases_of(OPS) if c.arrays and c.arrays[0].dtype.kind in "fi"])
def test_values_agree_with_the_exact_form(case: Case) -> None:
    got = quietly(case.call)(*case.arrays)
    want = exact_value(case.call, case.arrays, digits=50)[0]
    if np.asarray(got).dtype.kind == "b":
        assert bool(got) == bool(want[()])
    else:
        assert gaps(got, want) < FORWARD


@each_case([c for c in cases_of(OPS) if c.arrays and c.arrays[0].dtype.kind == "b"])
def test_conditions_agree_with_the_exact_form(case: Case) -> None:
    assert bool(case.call(*case.arrays)) == bool(exact_value(case.call, case.arrays)[0][()])
