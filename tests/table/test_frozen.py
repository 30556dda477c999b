"""`stop_gradient`: recorded at the point, replayed elsewhere, in every number system."""

from __future__ import annotations

import numpy as np

from gradcli.engine.operators import grad
from gradcli.ops.entries import EntryArray, lift
from gradcli.ops.frozen import recording, replaying, stop_gradient
from tests.table.exactly import numbers

X = np.arange(4.0)


def loss(x):
    return np.sum(stop_gradient(x * x) * x)


def test_no_derivative_flows_through() -> None:
    assert grad(loss)(X).tolist() == [0.0, 1.0, 4.0, 9.0]
    assert grad(lambda x: np.sum(stop_gradient(x)))(X).tolist() == [0.0] * 4
    assert grad(lambda x: grad(loss)(x)[1])(X).tolist() == [0.0] * 4


def test_a_replay_returns_what_was_recorded() -> None:
    with recording() as values:
        assert loss(X) == 36.0
    assert [v.tolist() for v in values] == [[0.0, 1.0, 4.0, 9.0]]
    with replaying(values) as replay:
        assert loss(X + 1.0) == np.sum(X * X * (X + 1.0))
        assert not replay.split


def test_recorded_values_do_not_follow_later_writes() -> None:
    x = np.ones(2)
    with recording() as values:
        stop_gradient(x)
    x[0] = 5.0
    assert values[0].tolist() == [1.0, 1.0]


def test_calls_that_differ_are_a_split_path() -> None:
    with recording() as values:
        loss(X)
    with replaying(values) as replay:
        assert replay.split
        loss(X)
        assert not replay.split
        assert loss(X + 1.0) == np.sum((X + 1.0) ** 3)
        assert replay.split
    with replaying(values) as replay:
        stop_gradient(np.ones(3))
        assert replay.split


def test_traced_and_exact_runs_take_part() -> None:
    m = numbers()
    with recording() as values:
        grad(loss)(X)
    assert len(values) == 1
    with replaying(values) as replay:
        total = loss(lift(X + 1.0, m))
        assert float(total) == np.sum(X * X * (X + 1.0))
        assert not replay.split
    with recording() as exact:
        loss(lift(X, m))
    assert isinstance(exact[0], EntryArray)
    with replaying(exact):
        assert loss(X + 1.0) == np.sum(X * X * (X + 1.0))


def test_modes_nest_and_end() -> None:
    with recording() as outer:
        with recording() as inner:
            stop_gradient(1.0)
        stop_gradient(2.0)
    stop_gradient(3.0)
    assert (outer, inner) == ([2.0], [1.0])
