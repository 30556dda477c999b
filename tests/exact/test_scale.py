"""Budgets: what is proved one by one, what is sampled, and what is only checked alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.budget import Budget, program_cost
from gradcli.exact.claims import examine_claim
from gradcli.exact.classes import PointClass
from gradcli.exact.examine import examine, float_gradients
from gradcli.exact.extended import has_extended
from gradcli.exact.report import Proof
from gradcli.exact.truths import minimal
from gradcli.ir.program import Program

Traced = Callable[..., Program]
SMALL = Budget(quotients=20_000, sampled=8)


def energy(x: Any) -> Any:
    return np.sum(np.sin(x) * x) + np.sum(x[1:] * x[:-1]) ** 2


def test_the_cost_of_a_program_grows_with_its_shapes(traced: Traced) -> None:
    small, large = (program_cost(traced(energy, np.ones(n))) for n in (10, 1000))
    assert 50 * small < large < 200 * small
    a = np.ones((20, 30))
    product = program_cost(traced(lambda x: np.sum(x @ x.T), a))
    assert product > 20 * 20 * 30


def test_small_programs_are_proved_entry_by_entry(traced: Traced) -> None:
    report = examine(traced(energy, np.linspace(0.1, 1, 12)))
    assert report.coverage.examined == report.coverage.total == 12
    assert {e.proof for e in report.entries} == {Proof.QUOTIENTS}


def test_sums_and_means_are_carried_over_from_the_point(traced: Traced) -> None:
    x = np.linspace(0.1, 1, 40)
    report = examine(traced(lambda x: np.mean(np.sin(x)) + np.sum(x**3), x))
    assert all(e.rule_holds for e in report.entries)
    truths = [float(e.truth) for e in report.entries]
    assert truths == pytest.approx(np.cos(x) / 40 + 3 * x**2, rel=1e-14)


def test_beyond_the_budget_directions_stand_in(traced: Traced) -> None:
    report = examine(traced(energy, np.linspace(0.1, 1, 60)), budget=SMALL)
    assert report.coverage.examined < report.coverage.total == 60
    assert report.coverage.directions >= 3
    assert 0 < report.coverage.miss < 1e-8
    assert report.coverage.nodes is not None
    assert "one by one" in report.coverage.note
    assert all(e.rule_holds for e in report.entries)
    assert Proof.DIRECTIONS in {e.proof for e in report.entries}


@pytest.mark.parametrize("bad", [3, 31, 59])
def test_a_wrong_entry_among_many_is_located(bad: int, traced: Traced, with_rule: Any) -> None:
    mask = np.zeros(60)
    mask[bad] = 1e-9

    def slip(g: Any) -> Any:
        return g * (1.0 + mask)

    program = with_rule(traced(energy, np.linspace(0.1, 1, 60)), "sin", slip)
    report = examine(program, budget=SMALL)
    assert [k for k, e in enumerate(report.entries) if e.rule_holds is False] == [bad]
    assert report.entries[bad].proof is Proof.QUOTIENTS
    assert report.entries[bad].confirmed


def test_where_too_much_is_wrong_nothing_is_taken_for_proved(
    traced: Traced, with_rule: Any
) -> None:
    program = with_rule(traced(energy, np.linspace(0.1, 1, 60)), "sin", lambda g: 1.01 * g)
    report = examine(program, budget=SMALL)
    assert Proof.DIRECTIONS not in {e.proof for e in report.entries}
    assert Proof.NONE in {e.proof for e in report.entries}
    assert not any(e.rule_holds for e in report.entries)
    assert any("more entries are wrong" in note for note in report.notes)


def test_ties_are_looked_at_even_where_entries_are_sampled(traced: Traced) -> None:
    x = np.linspace(0.1, 1, 60)
    x[[17, 44]] = 0.0
    report = examine(traced(lambda x: np.sum(np.maximum(x, 0) * np.exp(x)), x), budget=SMALL)
    kinked = [k for k, e in enumerate(report.entries) if e.kind is PointClass.KINK]
    assert kinked == [17, 44]
    assert all(report.entries[k].inside for k in kinked)


def test_the_smallest_failing_set_is_found() -> None:
    for culprits in ({5}, {0, 63}, {7, 8, 40}):
        calls = 0

        def fails(chosen: Any, culprits: set[int] = culprits) -> bool:
            nonlocal calls
            calls += 1
            return culprits <= set(chosen)

        assert set(minimal(fails, range(64))) == culprits
        assert calls < 200


def mlp(w: Any, v: Any, data: Any) -> Any:
    hidden = np.tanh(data @ w)
    logits = hidden @ v
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[:, 0])


@pytest.fixture(scope="module")
def network(traced: Traced) -> Program:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(12, 200))
    return traced(
        lambda w, v: mlp(w, v, data), rng.normal(size=(200, 300)), rng.normal(size=(300, 10))
    )


def test_a_large_network_is_proved_by_its_parts(network: Program) -> None:
    begin = time.process_time()
    report = examine(network)
    assert time.process_time() - begin < 20
    assert report.speaks
    assert {e.proof for e in report.entries} == {Proof.PARTS}
    assert all(e.rule_holds for e in report.entries)
    assert all(abs(float(e.truth - e.value)) <= e.bound < 1e-10 for e in report.entries)
    assert (report.coverage.total, report.coverage.miss) == (63_000, 1024.0**-3)
    assert "operations checked alone" in report.coverage.note
    survey = report.coverage.nodes
    assert survey is not None
    assert (survey.faults, survey.unchecked) == ((), 0)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tanh", lambda g: g * (1 + 1e-9)),
        ("matmul", lambda g: g * (1 + 1e-9)),
        ("matmul", lambda g: np.where(np.arange(np.shape(g)[-1]) == 3, 0.0, g)),
        ("max", lambda g: -g),
    ],
)
def test_the_wrong_node_of_a_large_network_is_named(
    name: str, change: Any, network: Program, with_rule: Any
) -> None:
    report = examine(with_rule(network, name, change))
    survey = report.coverage.nodes
    assert survey is not None
    assert {fault.op for fault in survey.faults} == {name}
    assert not any(e.rule_holds for e in report.entries)


@pytest.mark.skipif(not has_extended(), reason="this machine's long double is a double")
def test_a_wrong_entry_of_a_large_network_is_located(network: Program) -> None:
    w, v = float_gradients(network, (0, 1))
    w = np.array(w)
    w[123, 45] *= 1.001
    report = examine(network, gradients=[w, v])
    wrong = [e for e in report.entries if e.rule_holds is False]
    assert {e.index for e in wrong} == {(123, 45)}
    assert all(e.confirmed and e.slot == 0 for e in wrong)


def test_the_worst_entries_of_a_large_claim_are_judged(network: Program) -> None:
    w, v = float_gradients(network, (0, 1))
    claim = np.array(v)
    claim[7, 3] += 1e-9 * abs(claim[7, 3])
    report = examine(network, suspects=[w, claim])
    said = examine_claim(report, [w, claim])
    verdicts = {
        (e.slot, e.index): c.holds for e, c in zip(report.entries, said.entries, strict=True)
    }
    assert verdicts.pop((1, (7, 3))) is False
    assert all(verdicts.values())


def test_a_ten_input_function_takes_less_than_half_a_second(traced: Traced) -> None:
    def f(x: Any) -> Any:
        s = np.sum(np.sin(x) * np.exp(-x * x) + np.tanh(1.3 * x) / (1 + x * x)) ** 2
        t = np.sum(np.log1p(x**2) * np.cosh(x / 3)) - np.prod(np.cos(x))
        return s / (1 + np.exp(-t)) + np.sqrt(1 + t * t) * np.arctan(s)

    program = traced(f, np.linspace(0.1, 2, 10))
    assert len(program.records) >= 28
    begin = time.process_time()
    report = examine(program)
    assert time.process_time() - begin < 0.5
    assert all(e.rule_holds for e in report.entries)


@pytest.mark.slow
def test_a_loop_of_ten_thousand_operations(traced: Traced) -> None:
    def rosenbrock(x: Any) -> Any:
        s = 0.0
        for i in range(999):
            s = s + 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
        return s

    report = examine(traced(rosenbrock, np.linspace(0.1, 2, 1000)))
    assert report.speaks
    assert all(e.rule_holds for e in report.entries)


def test_many_coordinates_are_not_examined_one_by_one(traced: Traced) -> None:
    """Each takes a fifth of a millisecond in all, whatever the program costs."""
    few, many = (traced(np.sum, np.ones(n)) for n in (5_000, 20_000))
    assert Budget().affords(few)
    assert not Budget().affords(many)
