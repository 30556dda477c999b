"""Domains, kinks and jumps: found at their place and not beside it, answered as promised."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.engine.operators import grad, vjp
from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from gradcli.symbolic.witness import gradient
from tests.table.exactly import numbers
from tests.table.points import Case, cases_of, each_case, elementwise_ops, is_float, quietly

OPS = elementwise_ops()
OUTSIDE = [Case(op, s) for op in OPS if op.domain is not None for s in op.domain.outside]
KINKS = [Case(op, s) for op in OPS if op.kink is not None for s in op.kink.samples]


def holds(case: Case) -> bool:
    return bool(np.all(case.function.domain.holds(*case.arrays, **case.sample.params)))


def variables_of(case: Case) -> tuple[Any, list[Any]]:
    """Return the case as a function of its differentiable arguments, and the point."""
    wrt = case.differentiable

    def f(*variables: Any) -> Any:
        args = case.arrays
        for k, v in zip(wrt, variables, strict=True):
            args[k] = v
        return case.call(*args)

    return f, [case.arrays[k] for k in wrt]


@each_case(OUTSIDE)
def test_outside_its_domain_a_function_and_its_gradient_are_nan(case: Case) -> None:
    assert not holds(case)
    f, xs = variables_of(case)
    y, pullback = vjp(f, *xs)
    assert np.isnan(y)
    assert not any(np.isfinite(c) for c in pullback(np.float64(1.0)))


@each_case(OUTSIDE)
def test_a_dead_branch_outside_the_domain_does_not_leak(case: Case) -> None:
    """Promise: 0·∞ and 0·NaN never come out of a branch that `where` did not select."""
    f, xs = variables_of(case)
    _, pullback = vjp(lambda *xs: np.where(False, np.sin(f(*xs)), 1.0), *xs)
    assert all(np.all(c == 0.0) for c in pullback(np.float64(1.0)))


def test_a_dead_branch_does_not_leak_into_second_order() -> None:
    f = lambda x: np.where(x > 0.0, np.sqrt(x) * np.log(x), x**2)  # noqa: E731
    assert grad(grad(f))(-1.0) == 2.0
    assert grad(grad(grad(f)))(-1.0) == 0.0


@each_case(OUTSIDE)
def test_outside_its_domain_no_form_has_a_value(case: Case) -> None:
    """mpmath continues many functions; a branch of `where` would be taken by such a number."""
    op, m = case.function, numbers(60)
    value = m.call(op, op.mp, case.sample.params, *[m.convert(x) for x in case.arrays])
    assert m.isnan(value)
    witness = gradient(case.call, [np.float64(x) for x in case.arrays], [])
    assert witness.value is None or np.isnan(float(witness.value[()]))


@each_case([c for c in cases_of(OPS) if c.function.domain is not None])
def test_samples_are_inside_their_domain(case: Case) -> None:
    if len(case.arrays) == case.function.arrays and not case.sample.params.get("base"):
        assert holds(case)


def margin(case: Case, xs: list[Any]) -> Any:
    return quietly(case.function.kink.margin)(*xs, **case.sample.params)


@each_case(KINKS)
def test_kinks_are_found_at_their_point_and_not_beside_it(case: Case) -> None:
    assert margin(case, case.arrays) == 0.0
    for step in (1e-9, -1e-9):
        moved = list(case.arrays)
        moved[across(case)] += step
        assert 0.0 < abs(margin(case, moved)) < 1e-6


def across(case: Case) -> int:
    """The argument that crosses the kink; of the others it is the order of a function."""
    return 1 if case.function.name == "ive" else 0


@each_case(KINKS)
def test_only_jumps_jump(case: Case) -> None:
    m = numbers(50)
    h = m.mpf("1e-20")
    xs = [m.convert(x) for x in case.arrays]

    def value(step: Any) -> Any:
        from gradcli.ops.entries import EntryArray

        moved = list(xs)
        moved[across(case)] += step
        return case.call(*[EntryArray(np.array(v, dtype=object), m) for v in moved]).entries[()]

    gap = abs(value(h) - value(-h))
    assert bool(gap > 1e-3) == case.function.kink.jump


@each_case([c for c in KINKS if c.differentiable])
def test_the_convention_is_what_the_rule_answers(case: Case) -> None:
    used = case.function.kink.used
    answers = {
        "1/2 for each": 0.5,
        "alpha": case.sample.params.get("alpha"),
        "negative_slope": 0.01,
    }
    want = answers.get(used, float(used) if used.replace(".", "").isdigit() else None)
    f, xs = variables_of(case)
    got = vjp(f, *xs)[1](np.float64(1.0))
    assert all(np.isfinite(c) for c in got)
    if want is not None and across(case) in case.differentiable:
        assert got[case.differentiable.index(across(case))] == want


def test_ties_share_equally_and_their_shares_add_up() -> None:
    x = np.array([1.0, 2.0, -0.0])
    _, pullback = vjp(np.maximum, x, np.array([1.0, 3.0, 0.0]))
    a, b = pullback(np.ones(3))
    assert a.tolist() == [0.5, 0.0, 0.5]
    assert b.tolist() == [0.5, 1.0, 0.5]
    _, pullback = vjp(lambda v: np.clip(v, 0.0, 1.0), np.array([-1.0, 0.0, 0.5, 1.0, 2.0]))
    assert pullback(np.ones(5))[0].tolist() == [0.0, 0.5, 1.0, 0.5, 0.0]


SLOPES = [
    # Promise 10 and the conventions of the house.
    ("power", (0.0, 0.0), 0, 0.0),
    ("power", (0.0, 1.0), 0, 1.0),
    ("power", (0.0, 2.0), 0, 0.0),
    ("power", (-0.0, 3.0), 0, 0.0),
    ("power", (-2.0, 2.0), 0, -4.0),
    ("power", (-2.0, 3.0), 0, 12.0),
    ("power", (-2.0, -3.0), 0, -3.0 / 16.0),
    ("power", (-2.0, 0.0), 0, 0.0),
    ("power", (0.0, 2.0), 1, 0.0),
    ("power", (0.0, 0.5), 0, math.inf),
    ("power", (1e-200, 2.0), 0, 2e-200),
    ("sqrt", (0.0,), 0, math.inf),
    ("sqrt", (-0.0,), 0, math.inf),
    ("cbrt", (0.0,), 0, math.inf),
    ("abs", (0.0,), 0, 0.0),
    ("abs", (-0.0,), 0, 0.0),
    ("relu", (0.0,), 0, 0.0),
    ("hypot", (0.0, 0.0), 0, 0.0),
    ("hypot", (5e-324, 5e-324), 0, math.sqrt(0.5)),
    ("log", (-0.0,), 0, math.inf),
    ("log", (5e-324,), 0, math.inf),
    ("log", (1e-300,), 0, 1e300),
    ("tanh", (400.0,), 0, 0.0),
    ("tanh", (710.0,), 0, 0.0),
    ("sigmoid", (-745.0,), 0, 5e-324),
    ("sigmoid", (800.0,), 0, 0.0),
    ("atan", (1e200,), 0, 0.0),
    ("atan", (1e154,), 0, 1e-308),
    ("asin", (1.0,), 0, math.inf),
    ("acos", (-1.0,), 0, -math.inf),
    ("acosh", (1e200,), 0, 1e-200),
    ("divide", (5e-324, 1e-100), 1, -4.940656458412465e-124),
    ("expm1", (-40.0,), 0, math.exp(-40.0)),
    ("sinc", (0.0,), 0, 0.0),
    ("lambertw", (0.0,), 0, 1.0),
    ("xlogy", (0.0, 0.0), 1, 0.0),
    ("where", (True, 1.0, 2.0), 2, 0.0),
    ("heaviside", (0.0, 0.5), 1, 1.0),
]


@pytest.mark.parametrize(("name", "xs", "k", "want"), SLOPES)
def test_slopes_at_the_edges(name: str, xs: tuple[Any, ...], k: int, want: float) -> None:
    op = FUNCTIONS[name]
    assert isinstance(op, Op)

    def f(v: Any) -> Any:
        return op(*[v if i == k else x for i, x in enumerate(xs)])

    got = grad(f)(xs[k])
    assert got == pytest.approx(want, rel=1e-15, abs=0)
    assert math.copysign(1.0, got) == math.copysign(1.0, want) or want == 0.0
    in_array = vjp(f, np.full((2, 2), xs[k]))[1](np.ones((2, 2)))[0]
    np.testing.assert_array_equal(in_array, np.full((2, 2), got))


def test_denormals_are_neither_flushed_nor_refused() -> None:
    tiny = 5e-324
    assert grad(lambda x: x * 0.75 + np.sin(x))(tiny) == 1.75
    assert grad(lambda x: x**2)(tiny) == 2 * tiny


def test_float32_stays_float32() -> None:
    for case in cases_of(OPS):
        if not case.differentiable or case.function.name in ("cast", "ldexp"):
            continue
        xs = [x.astype(np.float32) if is_float(x) else x for x in case.arrays]
        xs = [np.full(3, x) for x in xs]
        y = quietly(case.call)(*xs)
        if y.dtype != np.float32:
            continue
        wrt = case.differentiable

        def f(*variables: Any, xs: Any = xs, wrt: Any = wrt, case: Case = case) -> Any:
            args = list(xs)
            for k, v in zip(wrt, variables, strict=True):
                args[k] = v
            return case.call(*args)

        _, pullback = vjp(f, *[xs[k] for k in wrt])
        dtypes = {c.dtype.name for c in pullback(np.ones(3, dtype=np.float32))}
        assert dtypes == {"float32"}, case
