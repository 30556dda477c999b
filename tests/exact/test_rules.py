"""Wrong rules are found, confirmed and named; right ones are left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.classes import PointClass
from gradcli.exact.examine import examine
from gradcli.exact.nodes import check_nodes
from gradcli.ir.program import Program

Traced = Callable[..., Program]

CHANGES: list[tuple[str, Callable[[Any], Any]]] = [
    ("negated", lambda g: -g),
    ("doubled", lambda g: 2.0 * g),
    ("scaled by 1 + 1e-7", lambda g: (1.0 + 1e-7) * g),
    ("scaled by 1 + 1e-15", lambda g: (1.0 + 4.0 * 2.0**-52) * g),
    ("shifted", lambda g: g + 1e-3),
    ("dropped", lambda g: 0.0 * g),
]


def f(x: Any, y: Any) -> Any:
    return np.sin(x * y) / np.exp(x) + np.tanh(y) * y


@pytest.mark.parametrize(("words", "change"), CHANGES, ids=[w for w, _ in CHANGES])
@pytest.mark.parametrize("name", ["multiply", "sin", "divide", "tanh", "exp", "add"])
def test_every_change_of_a_rule_is_found(
    words: str, change: Any, name: str, traced: Traced, with_rule: Any
) -> None:
    program = with_rule(traced(f, 0.3, 0.7), name, change)
    report = examine(program)
    wrong = [e for e in report.entries if e.rule_holds is False]
    assert wrong, words
    assert all(e.confirmed for e in wrong)
    assert report.coverage.nodes is not None
    assert {fault.op for fault in report.coverage.nodes.faults} == {name}


def test_the_fault_of_a_node_says_what_it_should_be(traced: Traced, with_rule: Any) -> None:
    program = with_rule(traced(lambda x: np.exp(x) * 2, 0.5), "exp", lambda g: 3.0 * g)
    (fault,) = check_nodes(program).faults
    assert fault.op == "exp"
    assert fault.at == ("0.5",)
    assert float(fault.expected) == pytest.approx(np.exp(0.5))
    assert float(fault.found) == pytest.approx(3 * np.exp(0.5))


def test_only_the_wrong_entry_is_accused(traced: Traced, with_rule: Any) -> None:
    program = with_rule(
        traced(lambda x, y: 1e8 * x**2 + 1e-8 * np.sin(y), 1.0, 1.0), "sin", np.negative
    )
    x, y = examine(program).entries
    assert (x.rule_holds, y.rule_holds, y.confirmed) == (True, False, True)


def test_whole_array_rules_are_checked_alone(traced: Traced, with_rule: Any) -> None:
    a = np.array([[2.0, 1.0], [0.5, 3.0]])
    program = traced(lambda x: np.sum((a @ x) ** 2) + np.sum(np.linalg.inv(x)), a + 1)
    assert check_nodes(program).faults == ()
    wrong = with_rule(program, "inv", lambda g: np.swapaxes(g, -1, -2))
    assert {x.op for x in check_nodes(wrong).faults} == {"inv"}
    wrong = with_rule(program, "matmul", lambda g: 1.0000001 * g, 1)
    assert {x.op for x in check_nodes(wrong).faults} == {"matmul"}


def test_large_linear_operations_are_checked_in_whole_numbers(
    traced: Traced, with_rule: Any
) -> None:
    x = np.linspace(-1, 1, 30 * 40).reshape(30, 40)
    program = traced(lambda x: np.sum(np.reshape(x @ x.T, (900,))[::7] ** 2), x)
    survey = check_nodes(program)
    assert survey.faults == ()
    assert survey.unchecked == 0
    wrong = with_rule(program, "transpose", lambda g: g * (1 + 1e-9))
    assert {x.op for x in check_nodes(wrong).faults} == {"transpose"}


def test_one_wrong_index_of_a_large_read_is_noticed(traced: Traced, with_rule: Any) -> None:
    x = np.arange(500.0)
    program = traced(lambda x: np.sum(x[np.arange(0, 500, 3)] ** 2), x)

    def off_by_one(g: Any) -> Any:
        return np.roll(g, 1)

    assert {x.op for x in check_nodes(with_rule(program, "getitem", off_by_one)).faults} == {
        "getitem"
    }


def test_frozen_values_stay_frozen(traced: Traced) -> None:
    from gradcli.ops.registry import lookup

    stop = lookup("stop_gradient")
    report = examine(traced(lambda x: np.sum(stop(x * x) * x), [0.0, 1.0, 2.0, 3.0]))
    assert [float(e.truth) for e in report.entries] == [0, 1, 4, 9]
    assert all(e.rule_holds for e in report.entries)
    assert check_nodes(traced(lambda x: stop(x * x) * x, 2.0)).faults == ()


def test_a_rule_that_returns_nan_is_wrong_at_a_smooth_point(traced: Traced, with_rule: Any) -> None:
    program = with_rule(traced(np.sin, 0.5), "sin", lambda g: g * np.nan)
    (entry,) = examine(program).entries
    assert entry.kind is PointClass.SMOOTH
    assert entry.rule_holds is False
    assert entry.confirmed


def test_a_missing_rule_is_no_accusation(traced: Traced, with_rule: Any) -> None:
    from gradcli.ops.rule import MISSING

    program = with_rule(traced(np.sin, 0.5), "sin", lambda g: MISSING)
    report = examine(program, gradients=[np.float64(0.0)])
    (entry,) = report.entries
    assert entry.rules is None
    assert entry.rule_holds is None
    assert any("rule" in note for note in report.notes)


def test_guards_that_differ_are_a_split_path(traced: Traced) -> None:
    def branch(x: Any) -> Any:
        return x * 2 if (x + 1e20) - 1e20 > 0.5 else x * 3

    report = examine(traced(branch, 0.7))
    assert report.trouble.value == "PATH-SPLIT"
    assert report.splits[0].is_guard
    assert not report.speaks


def test_a_comparison_lost_to_rounding_is_listed(traced: Traced) -> None:
    report = examine(traced(lambda x: np.where(x * 3 - 0.3 > 3e-17, x, 2 * x), 0.1))
    assert report.splits == () or not report.splits[0].is_guard
