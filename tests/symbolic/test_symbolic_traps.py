"""The traps of SymPy: each line is a function on which its own derivative misleads."""

import time

import numpy as np
import pytest

from gradcli.ops import registry
from gradcli.symbolic.witness import gradient, hessian


def derivative(f, at):
    answer = gradient(f, [at], [0])
    return answer, [float(g) for g in answer.gradients[0].ravel()]


def relu(x):
    return np.where(x > 0, x, 0.0)


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [
        (lambda x: np.maximum(x, np.sin(x)), 0.0, 1.0),
        (lambda x: np.maximum(np.maximum(x, np.sin(x)), np.tan(x)), 0.0, 1.0),
        (lambda x: x * np.abs(x), 0.0, 0.0),
        (lambda x: np.where(x > 1, x**2, 2 * x - 1), 1.0, 2.0),
        (lambda x: np.where(x > 0, np.sqrt(x), 0.0), -1.0, 0.0),
        (lambda x: np.where(x == 0, 1.0, x + 1), 0.0, 1.0),
        (lambda x: x * (x > 0.5), 2.0, 1.0),
        (lambda x: np.abs(x - 0.1), 0.2, 1.0),
        (lambda x: x**0.0, 0.0, 0.0),
        (lambda x: x**2.0, 0.0, 0.0),
        (lambda x: x**3.0, -2.0, 12.0),
        (lambda x: np.log(np.exp(x)), 3.0, 1.0),
        (lambda x: x / x, 2.0, 0.0),
    ],
)
def test_points_where_the_derivative_is_sure(f, at, slope):
    answer, found = derivative(f, at)
    assert answer.status == "ok", answer.note
    assert found == [slope]


@pytest.mark.parametrize(
    ("f", "at", "reason"),
    [
        (np.abs, 0.0, "tie"),
        (lambda x: np.abs(x - 0.1), 0.1, "tie"),
        (lambda x: np.maximum(x, 0.0), 0.0, "tie"),
        (lambda x: relu(x) - relu(-x), 0.0, "tie"),
        (lambda x: np.where(x > 1, x**2, x), 1.0, "tie"),
        (lambda x: np.where(x > 0, 1.0, 0.0), 0.0, "tie"),
        (lambda x: np.where(x == 0, 5.0, x), 0.0, "jumps"),
        (np.log, -1.0, "real"),
        (np.sqrt, -1.0, "real"),
        (np.sqrt, 0.0, "zero"),
        (np.arcsin, 1.5, "real"),
        (lambda x: x / x, 0.0, "zero"),
        (lambda x: np.sin(x) / x, 0.0, "zero"),
        (np.sinc, 0.0, "zero"),
        (lambda x: np.sqrt(x**2), 0.0, "zero"),
        (lambda x: x ** (1 / 3), -8.0, "real"),
        (np.floor, 2.5, "floor"),
        (np.floor, 2.0, "floor"),
        (lambda x: np.mod(x, 2.0), 3.5, "floor"),
        (lambda x: np.exp(np.exp(np.exp(x))), 10.0, "beyond"),
        (lambda x: np.exp(1e9 * x), 1.0, "beyond"),
        (lambda x: x ** (1e9 * x), 1e10, "beyond"),
        (lambda x: x * np.inf, 1.0, "finite"),
        (lambda x: x + 0 * np.log(x), -1.0, "real"),
        (lambda x: 2.5 ** np.exp(1e7 * x), 1.0, "power beyond"),
        (lambda x: x, np.nan, "nan"),
    ],
)
def test_points_where_it_says_why_it_is_silent(f, at, reason):
    answer, found = derivative(f, at)
    assert answer.status == "unavailable"
    assert reason in answer.note
    assert np.isnan(found).all()
    assert not answer.estimate(0).speaks


def test_sign_has_slope_zero_beside_its_jump_and_none_at_it():
    assert derivative(np.sign, 2.0)[1] == [0.0]
    assert derivative(np.sign, 0.0)[0].status == "unavailable"


def test_a_single_point_branch_has_no_second_derivative_of_its_own():
    def f(x):
        return np.where(x == 0, 1.0, np.sin(x) / x)

    assert hessian(f, [0.0], [0]).status == "unavailable"
    beside = hessian(f, [1e-9], [0])
    assert float(beside.gradients[0][()]) == pytest.approx(-1 / 3, abs=1e-15)


def test_a_kink_of_the_slope_has_no_second_derivative():
    assert hessian(lambda x: x * np.abs(x), [0.0], [0]).status == "unavailable"
    assert hessian(lambda x: np.abs(x) + x**2, [0.0], [0]).status == "unavailable"
    assert hessian(lambda x: np.abs(x) ** 3, [0.0], [0]).status == "ok"


def test_more_than_six_ties_are_not_enumerated():
    def f(x):
        return np.sum(x * np.abs(x))

    assert gradient(f, [np.zeros(6)], [0]).status == "ok"
    answer = gradient(f, [np.zeros(7)], [0])
    assert answer.status == "unavailable"
    assert "ties" in answer.note


def test_an_infinite_value_is_no_value():
    answer = gradient(np.log, [0.0], [0])
    assert answer.status == "unavailable"
    assert answer.texts(0) == [None]
    assert "log is not finite" in answer.note
    assert np.isnan(float(answer.value[()]))


def test_a_symbolic_exponent_at_base_zero():
    answer = gradient(lambda x, y: x**y, [0.0, 3.0], [0, 1])
    assert answer.texts(0) == ["0.0"]
    assert answer.texts(1) == [None]


def test_a_stopped_gradient_is_frozen():
    stop = registry.lookup("stop_gradient")
    assert derivative(lambda x: stop(x) * x, 3.0)[1] == [3.0]
    assert derivative(stop, 3.0)[1] == [0.0]
    # A condition on a frozen value is no tie: the branch taken holds all around the point.
    assert derivative(lambda x: np.where(stop(x) > 0, x, 2 * x), 0.0)[1] == [2.0]
    assert hessian(lambda x: stop(x) * x**2, [3.0], [0]).estimate(0).value == 6.0


def test_entries_are_judged_one_by_one():
    answer = gradient(lambda x: np.sum(np.sqrt(x)), [[0.0, 4.0]], [0])
    assert answer.status == "partial"
    assert answer.texts(0)[0] is None
    assert float(answer.gradients[0][1]) == 0.25
    assert np.isinf(answer.estimate(0).error[0])
    answer = gradient(lambda x, y: np.sqrt(x) + y, [0.0, 1.0], [0, 1])
    assert [answer.estimate(k).speaks for k in (0, 1)] == [False, True]


def test_literals_are_the_doubles_they_are():
    answer = gradient(lambda x: 0.1 * x, [3.0], [0])
    assert answer.texts(0) == ["0.10000000000000000555111512312578270211815834045410"]


def test_forty_nested_sines_cost_no_tree():
    def f(x):
        for _ in range(40):
            x = np.sin(x)
        return x

    start = time.process_time()
    answer, found = derivative(f, 1.0)
    assert time.process_time() - start < 2.0
    assert answer.status == "ok"
    assert found == [pytest.approx(0.013461251367522426, rel=1e-14)]


def test_softmax_entropy_of_thirty_is_shared_not_unfolded():
    def f(x):
        p = np.exp(x) / np.sum(np.exp(x))
        return -np.sum(p * np.log(p))

    x = np.linspace(-1, 1, 30)
    start = time.process_time()
    answer, found = derivative(f, x)
    assert time.process_time() - start < 5.0
    assert answer.status == "ok"
    p = np.exp(x) / np.sum(np.exp(x))
    entropy = -np.sum(p * np.log(p))
    np.testing.assert_allclose(found, -p * (np.log(p) + entropy), rtol=1e-12, atol=1e-16)
