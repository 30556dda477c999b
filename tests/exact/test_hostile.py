"""Programs that want to take for ever, or to break the witness."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.report import ExactReport, Trouble, ValueClass

Examined = Callable[..., ExactReport]


def tower(x: Any) -> Any:
    for _ in range(6):
        x = np.exp(x)
    return x


def squares(x: Any) -> Any:
    for _ in range(90):
        x = x * x
    return x


def logistic(x: Any) -> Any:
    for _ in range(60):
        x = 3.9 * x * (1 - x)
    return x


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (tower, 2.0),
        (lambda x: np.sin(np.exp(np.exp(x))), 15.0),
        (lambda x: x**1e300, 2.0),
        (lambda x: (x**1e6) ** 1e6, 2.0),
        (lambda x: np.tan(np.exp(np.exp(x))), 12.0),
    ],
)
def test_numbers_without_end_are_refused(f: Any, x: float, examined: Examined) -> None:
    begin = time.perf_counter()
    report = examined(f, x)
    assert time.perf_counter() - begin < 3
    assert report.trouble is Trouble.REFERENCE_FAILED
    assert report.trouble_note


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (squares, 1.5),
        (squares, 0.5),
        (logistic, 0.3),
        (lambda x: np.exp(x) / np.exp(x), 800.0),
        (np.sin, 1e300),
        (lambda x: np.exp(-x * x), 1e3),
        (lambda x: x * 5e-324, 5e-324),
        (lambda x: np.sum(np.ones(0) * x) + x, 1.0),
        (lambda x: np.exp(np.exp(np.exp(x))), 1.0),
    ],
)
def test_extreme_programs_are_decided_quickly(f: Any, x: float, examined: Examined) -> None:
    begin = time.perf_counter()
    report = examined(f, x)
    assert time.perf_counter() - begin < 3
    assert report.speaks
    assert report.entries[0].rule_holds


def test_chaos_is_right_rules_with_an_honest_bound(examined: Examined) -> None:
    (entry,) = examined(logistic, 0.3).entries
    assert entry.rule_holds
    assert abs(float(entry.truth - entry.value)) <= entry.bound
    assert entry.movement is not None
    assert entry.movement > 0


def test_overflow_of_the_doubles_is_no_fault_of_the_rule(examined: Examined) -> None:
    report = examined(squares, 1.5)
    assert report.value_class is ValueClass.BREAKDOWN
    assert report.entries[0].rule_holds


def test_an_empty_input_has_no_entries(examined: Examined) -> None:
    report = examined(lambda x, y: np.sum(x) + y, np.zeros(0), 1.0)
    assert [e.name for e in report.entries] == ["y"]


def test_a_function_that_ignores_its_input(examined: Examined) -> None:
    report = examined(lambda x: 3.0, 1.0)
    (entry,) = report.entries
    assert entry.unused
    assert entry.truth == 0


def test_infinite_inputs_are_undefined_or_infinite(examined: Examined) -> None:
    assert examined(lambda x: x * 2, np.inf).value_class is ValueClass.INFINITE
    assert examined(lambda x: x - x, np.inf).value_class is ValueClass.UNDEFINED
    assert examined(lambda x: x * 2, np.nan).value_class is ValueClass.UNDEFINED


def test_an_operation_without_exact_form_is_named(traced: Any) -> None:
    import dataclasses

    from gradcli.exact.examine import examine

    program = traced(lambda x: np.sum(np.linalg.inv(x)), np.eye(2) + 1)
    records = [
        (dataclasses.replace(op, form=None), refs, params, out) if op.name == "inv" else r
        for r in program.records
        for op, refs, params, out in [r]
    ]
    report = examine(dataclasses.replace(program, records=records))
    assert report.trouble is Trouble.UNAVAILABLE
    assert "`inv`" in report.trouble_note


def test_the_same_program_gives_the_same_report(examined: Examined) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.abs(x) ** 1.5) + np.maximum(x[0], x[1])

    first, second = (examined(f, [1.0, 1.0, -2.0]) for _ in range(2))
    assert [(e.kind, e.truth, e.bound, e.inside) for e in first.entries] == [
        (e.kind, e.truth, e.bound, e.inside) for e in second.entries
    ]
    assert first.coverage.work == second.coverage.work
