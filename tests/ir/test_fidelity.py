"""The value test and the replay test: lost, unstable, zero, branch, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.ir.fidelity import Outcome, depends, replay_test, value_test
from gradcli.ir.tracing import trace_function

X = np.array([1.5, -2.0, 0.25])


def both(f, x=X, **options):
    run = trace_function(f, (x,), **options)
    return value_test(run, f, (x,)), replay_test(run, f, (x,), np.random.default_rng(3))


def test_a_faithful_trace():
    value, replay = both(lambda x: np.sin(x).sum())
    assert value.exact
    assert not value.mutates
    assert (replay.outcome, replay.failed, replay.text()) == (Outcome.FAITHFUL, 0, "")
    assert replay.allows_gradient


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e250])
def test_a_lost_path_is_found_at_every_scale(scale):
    def f(x):
        return scale * (x[0] + 1e-3 * float(str(x[1])))

    _, replay = both(f)
    assert replay.outcome is Outcome.LOST
    assert not replay.allows_gradient
    assert "disagrees" in replay.text()
    assert "str()" in replay.text()


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e250])
def test_a_right_trace_passes_at_every_scale(scale):
    _, replay = both(lambda x: scale * np.exp(x).sum())
    assert replay.outcome is Outcome.FAITHFUL


def test_a_function_with_many_inputs_moves_all_entries():
    x = np.linspace(-1.0, 1.0, 50)
    _, replay = both(lambda x: (x**3).sum(), x)
    assert replay.points == 3


def test_a_path_lost_beside_a_large_number_is_found_by_its_share_of_the_change():
    _, replay = both(lambda x: 1e10 + x[0] + 0.1 * float(str(x[1])))
    assert replay.outcome is Outcome.LOST


def test_a_flipping_guard_shrinks_the_step():
    _, replay = both(lambda x: 2 * x if abs(x - 1.5) < 1e-6 else x, 1.5)
    assert replay.outcome is Outcome.FAITHFUL
    assert replay.points == 3


def test_a_guard_that_always_flips_is_inconclusive():
    _, replay = both(lambda x: x if x == 1.5 else 2 * x, 1.5)
    assert replay.outcome is Outcome.BRANCH
    assert "another branch" in replay.text()
    assert not replay.allows_gradient


def test_a_result_without_dependence_is_zero():
    _, replay = both(lambda x: 3.0)
    assert replay.outcome is Outcome.ZERO
    assert "gradient 0" in replay.text()
    assert replay.allows_gradient


def test_a_dependence_lost_as_a_whole_is_lost_not_zero():
    _, replay = both(lambda x: float(str(x[0])))
    assert replay.outcome is Outcome.LOST


def test_state_makes_a_function_unstable():
    calls = []

    def f(x):
        calls.append(1)
        return x.sum() * len(calls)

    value, replay = both(f)
    assert value.outcome is Outcome.UNSTABLE
    assert replay.outcome is Outcome.UNSTABLE
    assert "two different values" in replay.text()


def test_a_changed_argument_is_reported():
    def f(x):
        x += 1
        return x.sum()

    value, _ = both(f)
    assert value.mutates
    assert value.outcome is Outcome.FAITHFUL


def test_the_value_test_finds_another_value():
    run = trace_function(lambda x: x.sum(), (X,))
    assert value_test(run, lambda x: x.sum() + 1e-9, (X,)).outcome is Outcome.LOST
    near = value_test(run, lambda x: x.sum() * (1 + 2e-16), (X,))
    assert near.outcome is Outcome.FAITHFUL


def test_outputs_of_other_form_are_lost():
    run = trace_function(lambda x: x.sum(), (X,))
    replay = replay_test(run, lambda x: x * 1.0, (X,), np.random.default_rng(0))
    assert replay.outcome is Outcome.LOST


def test_undefined_values_agree_with_themselves():
    value, replay = both(np.log)
    assert value.exact
    assert replay.outcome is Outcome.FAITHFUL


def test_points_where_the_function_raises_are_left_out():
    def f(x):
        if x < 1.0:
            raise ValueError
        return x * x

    _, replay = both(f, 1.0)
    assert replay.outcome in (Outcome.FAITHFUL, Outcome.BRANCH)


def test_containers_and_python_floats_arrive_as_given():
    def f(p, n):
        assert type(p["a"]) is float or hasattr(type(p["a"]), "duck_apply")
        return p["a"] * n + p["b"].sum()

    args = ({"a": 2.0, "b": X}, 3)
    run = trace_function(f, args, traced=(0,))
    assert value_test(run, f, args).exact
    assert replay_test(run, f, args, np.random.default_rng(0)).outcome is Outcome.FAITHFUL


def test_dependence_follows_the_records():
    assert depends(trace_function(lambda x: x.sum(), (X,)).program)
    assert not depends(trace_function(lambda x: np.ones(2), (X,)).program)
