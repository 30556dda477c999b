"""The float report: bounds that hold, digits that are lost, and the form that keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.bounded import Bounded, BoundedNumbers
from gradcli.exact.floaterror import coarsest
from gradcli.exact.report import ExactReport
from gradcli.ops.entries import EntryArray, lift

Examined = Callable[..., ExactReport]


def bounded(value: float, error: float = 0.0) -> Bounded:
    m = BoundedNumbers()
    return Bounded(m.plain.mpf(value), error, None, m)


def test_exact_results_carry_no_error() -> None:
    assert (bounded(0.5) + bounded(0.25)).e == 0
    assert (bounded(3.0) * bounded(7.0)).e == 0
    third = bounded(1.0) / bounded(3.0)
    assert third.e == pytest.approx(2.0**-53 / 3, rel=1e-6)


def test_sums_are_exact_only_where_they_are_in_any_order() -> None:
    assert (bounded(1.0 + 2.0**-52) + bounded(-1.0)).e > 0
    assert (bounded(3.0) + bounded(0.125)).e == 0
    assert (bounded(1.0 + 2.0**-52) + bounded(0.0)).e == 0


def test_errors_are_passed_on_by_sums_and_products() -> None:
    x = bounded(2.0, 1e-10)
    assert (x + x).e == pytest.approx(2e-10, rel=1e-3)
    assert (x * bounded(5.0)).e == pytest.approx(5e-10, rel=1e-3)
    assert (bounded(1.0) / x).e == pytest.approx(0.25e-10, rel=1e-3)
    assert (bounded(1.0) / bounded(1e-12, 1e-10)).e == np.inf


def test_functions_pass_errors_on_by_their_slope() -> None:
    m = BoundedNumbers()
    x = EntryArray(np.array(bounded(0.5, 1e-9), dtype=object), m)
    (y,) = np.exp(x).entries.ravel()
    assert y.e == pytest.approx(1e-9 * np.exp(0.5), rel=1e-3)


def test_the_paths_of_a_cancelling_sum_are_added_up() -> None:
    m = BoundedNumbers()
    one = Bounded(m.plain.one, 0.0, 1.0, m)
    assert (one * bounded(3.0) - one * bounded(3.0)).size == 6


def test_bounds_hold_on_random_programs(examined: Examined) -> None:
    rng = np.random.default_rng(4)
    for _ in range(12):
        a, b = rng.normal(size=(3, 3)), rng.normal(size=3)
        f = lambda x, a=a, b=b: np.sum(np.tanh(a @ x) * np.exp(b * x)) / (1 + np.sum(x * x))  # noqa: E731
        for e in examined(f, rng.normal(size=3)).entries:
            assert e.rule_holds
            error = abs(float(e.truth - e.value))
            assert error <= e.bound <= 1e-11 * max(1.0, e.magnitude)


def test_cancellation_is_located_and_cured(examined: Examined) -> None:
    report = examined(lambda x: (1 - np.cos(x)) / x**2, 1e-4)
    (entry,) = report.entries
    assert entry.rule_holds
    assert entry.value > 0 > entry.truth
    assert abs(float(entry.truth - entry.value)) <= entry.bound
    assert entry.movement is not None
    assert entry.movement < 1e-15
    assert report.culprit is not None
    assert (report.culprit.op, report.culprit.rewrite) == ("subtract", "2*sin(x/2)^2")
    assert 6 < report.culprit.digits_lost < 10


@pytest.mark.parametrize(
    ("f", "x", "rewrite"),
    [
        (lambda x: np.exp(x) - 1, 1e-9, "expm1(x)"),
        (lambda x: 1 - np.exp(x), 1e-9, "-expm1(x)"),
        (lambda x: np.log(1 + x), 1e-9, "log1p(x)"),
        (lambda x: np.log(1 - x), 1e-9, "log1p(-x)"),
        (lambda x: np.log(1 + np.exp(x)), -40.0, "softplus(x)"),
        (lambda x: 1 - np.tanh(x) ** 2, 12.0, "1/cosh(x)^2"),
        (lambda x: (x + 3) ** 2 - x**2, 1e12, "((x + 3) - x)*((x + 3) + x)"),
    ],
)
def test_known_cures(f: Any, x: float, rewrite: str, traced: Any) -> None:
    from gradcli.exact.rewrites import rewrite as cure

    program = traced(f, x)
    found = [cure(program, r[3]) for r in program.records]
    assert rewrite in found


def test_roots_of_squares_have_cures(traced: Any) -> None:
    from gradcli.exact.rewrites import rewrite as cure

    program = traced(lambda x, y: np.sqrt(x**2) + np.sqrt(x * x + y**2), 3.0, 4.0)
    assert {"abs(x)", "hypot(x, y)"} <= {cure(program, r[3]) for r in program.records}


def test_what_the_problem_loses_itself_is_told_apart(examined: Examined) -> None:
    report = examined(lambda x, y: (x - y) ** 2 * 1e8, 1.0 + 1e-9, 1.0)
    for e in report.entries:
        assert e.rule_holds
        assert abs(float(e.truth - e.value)) <= max(e.bound, 0.0)
    optimum = examined(np.sin, np.pi / 2)
    (entry,) = optimum.entries
    assert entry.rule_holds


def test_float32_programs_are_judged_as_float32() -> None:
    from gradcli.exact.examine import examine
    from gradcli.ir.tracing import trace_function

    program = trace_function(lambda x: np.sin(x) * np.exp(x), [np.float32(0.3)]).program
    assert coarsest(program) == np.float32
    (entry,) = examine(program).entries
    assert entry.rule_holds
    assert 1e-7 < entry.bound < 1e-4
    assert abs(float(entry.truth - entry.value)) <= entry.bound


def test_a_library_function_that_is_off_is_named(traced: Any) -> None:
    import dataclasses

    from gradcli.exact.examine import examine

    program = traced(lambda x: np.exp(np.sin(x)), 0.5)
    values = list(program.values)
    values[1] = values[1] * (1 + 1e-9)
    values[2] = np.exp(values[1])
    report = examine(dataclasses.replace(program, values=values))
    assert report.anomaly == "sin"


def test_constants_may_be_uncertain() -> None:
    m = BoundedNumbers(exact=True, uncertain=1e-16)
    assert m.convert(0.5).e == 0
    assert m.convert(np.log(2.0)).e == pytest.approx(1e-16 * np.log(2.0))
    assert lift(2.0, m).entries[()].e == 0
    (point,) = m.inputs([np.array([0.7, 0.1])])
    assert [v.e for v in point.entries] == [0, 0]
