"""The short way of a confined function gives what the general way gives, or steps aside."""

import builtins
import math

import numpy as np
import pytest

import gradcli
from gradcli.engine.runs import gradients, run_traced, scalar_seed
from gradcli.engine.shortcut import shortcut
from gradcli.errors import ShapeError, TraceError
from gradcli.ir.confined import confined

X = np.array([0.5, -1.5, 2.0])
scale = 3.0
table = np.eye(3)


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def branches(x):
    return np.sum(x) if x[0] > 0 else np.prod(x)


CONFINED = [
    lambda x: 2 * np.dot(x, x),
    lambda x: np.sum(np.sin(x) * scale),
    lambda x: x.sum() + x.dot(x) * np.pi,
    lambda x: sum(v * v for v in [1.0]) if False else np.max(x) * 2.0,
    lambda x: np.sum(x[::2]) / np.where(x[1] > 0, x[0], x[2]),
    lambda x: scale * np.sum(x) - x.T @ x + x.size,
    rosenbrock,
    branches,
]


@pytest.mark.parametrize("f", [f for f in CONFINED if confined(f) is not None])
@pytest.mark.parametrize("point", [X, -X, X * 1e200, np.array([np.nan, 1.0, np.inf])])
def test_both_ways_agree_bit_for_bit(f, point):
    quick = shortcut(f, 0)
    assert quick is not None
    value, gradient = quick((point,))
    run = run_traced(f, (point,), 0)
    np.testing.assert_array_equal(value, run.output)
    np.testing.assert_array_equal(gradient, gradients(run, [scalar_seed(run)], 0))


def test_most_of_the_functions_above_are_confined():
    assert [confined(f) is not None for f in CONFINED].count(True) >= 7


REACHING = [
    math.sin,
    np.sum,
    lambda x: np.array([x[0]]),
    lambda x: print(x) or np.sum(x),
    lambda x: np.linalg.norm(x) * 2.0,
    lambda x: sum([v * v for v in x]) + sum(v for v in x),
    lambda x, y=2.0: np.sum(x) * y,
    lambda x: x.__class__,
    lambda x: getattr(x, "sum")(),  # noqa: B009  (the name is what is tested)
]


@pytest.mark.parametrize("f", REACHING)
def test_what_reaches_further_has_no_short_way(f):
    if f is REACHING[5] and confined(f) is not None:
        pytest.skip("comprehensions are no functions from Python 3.12 on")
    assert shortcut(f, 0) is None


def test_arrays_and_modules_behind_a_name_are_looked_at_in_each_call():
    def f(x):
        return np.sum(table * x)

    quick = shortcut(f, 0)
    assert quick is not None
    assert quick((X,)) is None
    np.testing.assert_array_equal(gradcli.grad(f)(X), np.ones(3))


def test_a_global_that_changes_is_read_anew(monkeypatch):
    def f(x):
        return np.sum(x) * scale

    gradient = gradcli.grad(f)
    np.testing.assert_array_equal(gradient(X), np.full(3, 3.0))
    monkeypatch.setitem(globals(), "scale", 5.0)
    np.testing.assert_array_equal(gradient(X), np.full(3, 5.0))
    monkeypatch.setitem(globals(), "scale", table)
    with pytest.raises(ShapeError):
        gradient(X)


def test_a_builtin_that_was_replaced_is_noticed(monkeypatch):
    def backwards(x):
        total = 0.0
        for i in reversed((0, 1)):
            total = total * x[i] + 1.0
        return total

    quick = shortcut(backwards, 0)
    assert quick((X,)) is not None
    monkeypatch.setattr(builtins, "reversed", lambda x: x)
    assert quick((X,)) is None


def test_an_empty_closure_is_no_accident():
    def f(x):
        return np.sum(x) * late

    quick = shortcut(f, 0)
    assert quick((X,)) is None
    late = 2.0
    assert quick((X,))[0] == 2.0


@pytest.mark.parametrize("argnums", [1, (0,), True])
def test_other_arguments_take_the_ordinary_way(argnums):
    assert shortcut(rosenbrock, argnums) is None


@pytest.mark.parametrize("point", [2.0, X.astype(np.float32), [1.0, 2.0], X[:0].astype(int)])
def test_other_points_take_the_ordinary_way(point):
    assert shortcut(rosenbrock, 0)((point,)) is None


def test_an_error_is_the_ordinary_one():
    with pytest.raises(TraceError):
        gradcli.grad(lambda x: np.sum(x) + len(x.tobytes()))(X)
    with pytest.raises(ShapeError):
        gradcli.grad(lambda x: x * 2)(X)
    with pytest.raises(ZeroDivisionError):
        gradcli.grad(lambda x: np.sum(x) * (1 / 0))(X)


def test_a_lost_number_is_not_lost_by_the_short_way():
    with pytest.raises(TraceError, match="a dependence was lost"):
        gradcli.grad(lambda x: np.sum(x) * len(f"{x[0]:.3f}".strip("0")))(X)


def test_the_point_is_copied():
    point = X.copy()
    value, gradient = gradcli.value_and_grad(lambda x: np.dot(x, x))(point)
    point[:] = 0.0
    np.testing.assert_array_equal(gradient, 2 * X)
    assert value == np.dot(X, X)


def test_an_unused_argument_has_gradient_zero():
    np.testing.assert_array_equal(gradcli.grad(lambda x: np.sum(x * 0.0))(X), np.zeros(3))
    np.testing.assert_array_equal(gradcli.grad(lambda x: np.float64(2.0))(X), np.zeros(3))
