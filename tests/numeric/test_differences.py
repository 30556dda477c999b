"""Gradients, Jacobians and directional derivatives with their error bars."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradcli.numeric.differences import gradient, informative, jacobian, jvp
from gradcli.reports import Estimate


def covered(estimate, truth, slack=0.0):
    return bool(np.all(np.abs(estimate.value - truth) <= estimate.error + slack))


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


SIGMOID_AT_40 = 4.248354255291589e-18

# Name, function, point, true gradient, largest error bar that is still useful.
SMOOTH = [
    ("case 1", lambda x: 2 * np.dot(x, x), [0.0, 1.0, 2.0, 3.0], [0.0, 4.0, 8.0, 12.0], 1e-9),
    ("case 2", lambda x: x**2, 1e8, 2e8, 1e-2),
    ("case 3", lambda x: x**2, 1e-8, 2e-8, 1e-18),
    ("case 4", lambda x: 1e10 + np.sin(x), 1.0, math.cos(1), 1e-3),
    ("case 4, tiny x", lambda x: 1e10 + np.sin(x), 1e-200, 1.0, 1e-2),
    ("case 5", lambda x: (1 - np.cos(x)) / x**2, 1e-4, -8.3333333277778e-6, math.inf),
    ("on a tread", lambda x: (1 - np.cos(x)) / x**2, 1e-6, -8.333333333332e-8, math.inf),
    ("on a wide tread", lambda x: (1 - np.cos(x)) / x**2, 1e-5, -8.33333333325e-7, math.inf),
    ("case 7", np.log, 1e-12, 1e12, 1e6),
    ("case 8", np.sqrt, 1e-10, 5e4, 1e-2),
    ("case 9", np.arcsin, 1 - 1e-9, 22360.68009678968, 1e2),
    ("case 12", np.abs, 1e-9, 1.0, 1e-9),
    ("case 13", lambda x: np.maximum(x, 0) + x**2, -1e-7, -2e-7, 1e-15),
    ("case 15", lambda x: np.maximum(x, np.sin(x)), 0.0, 1.0, 1e-6),
    ("case 17", lambda x: x * np.abs(x), 0.0, 0.0, 1e-9),
    ("case 22", np.floor, 2.5, 0.0, math.inf),
    ("case 31", lambda x: 1 / (1 + np.exp(-x)), 40.0, SIGMOID_AT_40, 1e-14),
    ("31 minus 1", lambda x: 1 / (1 + np.exp(-x)) - 1, 40.0, SIGMOID_AT_40, 1e-14),
    ("case 32", lambda x: np.sqrt(x[0] ** 2 + x[1] ** 2), [3e-9, 4e-9], [0.6, 0.8], 1e-9),
    ("case 34", rosenbrock, [1.0, 1.0], [0.0, 0.0], 1e-9),
    ("rosenbrock", rosenbrock, [-1.2, 1.0], [-215.6, -88.0], 1e-6),
    ("case 35", lambda x: 1e8 * x[0] ** 2 + 1e-8 * x[1] ** 2, [1.0, 1.0], [2e8, 2e-8], 1e-2),
    ("case 39", lambda x: np.expm1(x) / x, 1e-6, 0.50000033333345833, 1e-5),
    ("case 40", lambda x: np.where(x > 1, x**2, 2 * x - 1), 1.0, 2.0, 1e-5),
    ("case 48", lambda x: x[0] ** 2, [1.0, 3.0], [2.0, 0.0], 1e-9),
    ("fast", lambda x: np.sin(1e6 * x), 1.0, 1e6 * math.cos(1e6), 1e2),
    ("absorbed", lambda x: (1e16 + x) - 1e16, 0.3, 1.0, math.inf),
    ("partly absorbed", lambda x: (1e8 + x) - 1e8, 0.3, 1.0, 1e-3),
    ("staircase", lambda x: np.floor(1e4 * x) / 1e4 + x, 0.987654321, 1.0, math.inf),
    ("wild", lambda x: x**2 * np.sin(1 / x) if x else 0.0, 0.0, 0.0, 1e-4),
    ("beside a power of two", lambda x: x - 1.9999999999, 1.9999999999, 1.0, 1e-12),
    ("edge", lambda x: x**1.5, 0.0, 0.0, 1e-6),
]


@pytest.mark.parametrize(("f", "x", "truth", "useful"), [c[1:] for c in SMOOTH],
                         ids=[c[0] for c in SMOOTH])  # fmt: skip
def test_the_bar_holds_the_truth_and_is_useful(f, x, truth, useful):
    estimate = gradient(f, (np.array(x),))
    assert covered(estimate, np.array(truth))
    assert np.all(estimate.error <= useful)


@pytest.mark.parametrize(
    ("f", "x", "low", "high"),
    [
        (np.abs, 0.0, -1, 1),
        (lambda x: np.where(x > 1, x**2, x), 1.0, 1, 2),
        (lambda x: np.maximum(x, 0), 0.0, 0, 1),
        (lambda x: np.abs(x - 0.1), 0.1, -1, 1),
        (lambda x: np.abs(x - 1), 1 - 1e-15, -1, -1),
    ],
)
def test_at_a_kink_the_bar_reaches_both_slopes(f, x, low, high):
    estimate = gradient(f, (np.array(x),))
    assert estimate.value - estimate.error <= low
    assert high <= estimate.value + estimate.error
    assert not informative(estimate)


@pytest.mark.parametrize("distance", [1e-6, 1e-9, 1e-12])
def test_a_kink_nearby_is_not_averaged(distance):
    estimate = gradient(lambda x: np.abs(x - 1), (np.array(1 - distance),))
    assert covered(estimate, -1.0)
    assert estimate.error < 0.1


@pytest.mark.parametrize(
    ("f", "x"),
    [(np.sin, 1e20), (np.sin, 1e308), (np.floor, 2.0), (np.cbrt, 0.0), (np.sqrt, 0.0)],
)
def test_what_float64_cannot_show_is_not_informative(f, x):
    assert not informative(gradient(f, (np.array(x),)))


def test_shapes_and_counts():
    estimate = gradient(lambda x: np.sum(x**2), (np.ones((2, 3)),))
    assert estimate.value.shape == estimate.error.shape == (2, 3)
    assert gradient(np.sin, (np.array(1.0),)).value.shape == ()
    assert gradient(np.sin, (1.0,)).value.shape == ()
    assert gradient(math.sin, (2,)).value == pytest.approx(math.cos(2))
    empty = gradient(np.sum, (np.zeros(0),))
    assert empty.value.shape == (0,)
    assert empty.speaks


def test_ten_inputs_need_no_more_than_150_evaluations():
    calls = 0

    def counted(f):
        def wrapped(x):
            nonlocal calls
            calls += 1
            return f(x)

        return wrapped

    x = np.linspace(-1, 2, 10)
    for f in (
        lambda x: np.log(np.sum(np.exp(x))),
        lambda x: np.sum(np.sin(x) * x),
        lambda x: np.sum((x - 1) ** 2 * np.roll(x, 1)),
        lambda x: np.prod(1 + x**2),
    ):
        calls = 0
        estimate = gradient(counted(f), (x,))
        assert estimate.evaluations == calls <= 150
        assert "steps" in estimate.note


def test_any_argument_can_be_meant_and_the_others_are_left_alone():
    index = np.array([2, 0, 1])

    def f(x, i, w, word):
        assert i.dtype == index.dtype
        assert word == "mean"
        return np.sum(x[i] * w)

    x, w = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 4.0])
    assert covered(gradient(f, (x, index, w, "mean"), 2), x[index])
    assert covered(gradient(f, (x, index, w, "mean"), 0), w[np.argsort(index)])


def test_a_function_that_spoils_its_argument_does_no_harm():
    def f(x):
        x *= 2
        return np.sum(x**2)

    x = np.array([1.0, 2.0])
    assert covered(gradient(f, (x,)), [8.0, 16.0])
    assert x.tolist() == [1, 2]


def test_exceptions_beside_the_point_are_the_edge_of_the_domain():
    estimate = gradient(lambda x: math.log(x[()]), (np.array(1e-12),))
    assert covered(estimate, 1e12)
    assert estimate.error < 1e6
    edge = gradient(lambda x: math.sqrt(x) ** 3, (0.0,))
    assert covered(edge, 0.0)
    assert edge.error < 1e-6
    with pytest.raises(ValueError, match="math domain"):
        gradient(lambda x: math.log(x[()]), (np.array(-1.0),))
    with pytest.raises(ZeroDivisionError):
        gradient(lambda x: 1 / float(x), (np.array(0.0),))


@pytest.mark.parametrize(
    "f", [np.log, lambda x: x + np.zeros(3), lambda x: x + 1j, lambda x: np.array(None)]
)
def test_without_a_finite_real_scalar_there_is_no_number(f):
    estimate = gradient(f, (np.array(-1.0),))
    assert estimate.status == "unavailable"
    assert np.isnan(estimate.value)


def test_complex_arguments_are_refused():
    assert not gradient(np.abs, (np.array(1j),)).speaks


def test_single_precision_arguments_keep_their_dtype():
    def f(x):
        assert x.dtype == np.float32
        return np.sum(np.sin(x))

    x = np.array([1.0, 2.0], np.float32)
    estimate = gradient(f, (x,))
    assert covered(estimate, np.cos([1.0, 2.0]))
    assert np.all(estimate.error < 1e-3)


def test_huge_and_tiny_points():
    assert gradient(lambda x: x / 2, (np.array(1e308),)).value == pytest.approx(0.5)
    assert covered(gradient(lambda x: 3 * x, (np.array(5e-324),)), 3.0)
    assert covered(gradient(lambda x: x**2, (np.array(1e-320),)), 0.0)
    assert covered(gradient(lambda x: x**2, (np.array(1e150),)), 2e150)


@pytest.mark.parametrize(
    ("margin", "low", "high"),
    [
        (1e-3, 1 - 1e-3, 1 + 1e-3),
        (1e-7, 1 - 1e-7, 1 + 1e-7),
        (1e-10, 1 - 1e-10, 1 + 1e-10),
        ((1e-7, np.inf), 1 - 1e-7, math.inf),
        # Only the samples that measure the noise may step over a kink at no distance at all.
        ((np.inf, 0.0), -math.inf, 1 + 1e-7),
        ((0.0, np.inf), 1 - 1e-7, math.inf),
    ],
)
def test_the_stencil_respects_the_margin(margin, low, high):
    seen = []

    def f(x):
        seen.append(float(x[0]))
        return x[0] ** 3

    assert covered(gradient(f, (np.array([1.0]),), 0, margin), 3.0)
    assert low <= min(seen)
    assert max(seen) <= high


def test_without_any_room_nothing_is_known():
    estimate = gradient(lambda x: x**3, (np.array(1.0),), 0, 0.0)
    assert np.isinf(estimate.error)
    assert not informative(estimate, 1e300)


def test_a_margin_on_one_side_leaves_the_other_side():
    estimate = gradient(lambda x: np.abs(x) + x**2, (np.array(0.0),), 0, (0.0, np.inf))
    assert covered(estimate, 1.0)
    assert "one-sided" in estimate.note


def test_a_narrow_side_gives_way_to_a_roomy_one():
    def f(x):
        return np.sin(x) + 1e6

    narrow = gradient(f, (np.array(1.0),), 0, 1e-9)
    roomy = gradient(f, (np.array(1.0),), 0, (1e-9, np.inf))
    assert covered(roomy, math.cos(1))
    assert roomy.error < 1e-4 < narrow.error


def test_nothing_is_printed_or_warned(recwarn, capfd):
    gradient(lambda x: np.exp(1e3 * x) / np.log(x), (np.array(0.5),))
    gradient(lambda x: np.sqrt(x) / x, (np.array([1e-300, 1e300]),))
    assert not recwarn.list
    assert capfd.readouterr() == ("", "")


def test_the_jacobian_has_outputs_first():
    matrix = np.arange(6.0).reshape(2, 3)
    estimate = jacobian(lambda x: matrix @ x, (np.array([1.0, 2.0, 3.0]),))
    assert estimate.value.shape == (2, 3)
    assert covered(estimate, matrix)
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    square = jacobian(lambda x: x**2, (x,))
    assert square.value.shape == (2, 2, 2, 2)
    assert covered(square, np.einsum("ij,ik,jl->ijkl", 2 * x, np.eye(2), np.eye(2)))
    assert jacobian(lambda x: np.zeros(0), (x,)).value.shape == (0, 2, 2)


def test_outputs_of_different_scales_choose_their_own_steps():
    def f(x):
        return np.array([np.sin(1e6 * x), 1e10 + np.sin(x), np.abs(x - 1), x**2, 7.0])

    estimate = jacobian(f, (np.array(1.0),))
    assert covered(estimate, [1e6 * math.cos(1e6), math.cos(1), 0.0, 2.0, 0.0])
    assert estimate.error[0] < 1e2
    assert estimate.error[1] < 1e-2
    assert estimate.error[2] >= 1
    assert estimate.error[3] < 1e-9


def test_directional_derivatives():
    x, y = np.array([1.0, 2.0, 3.0]), np.array(2.0)
    estimate = jvp(lambda x, y: x * y, (x, y), (np.ones(3), np.array(1.0)))
    assert covered(estimate, x + 2)
    assert np.all(estimate.error < 1e-8)
    assert covered(jvp(lambda x, y: x * y, (x, y), (None, 1.0)), x)
    assert covered(jvp(lambda x, y: np.dot(x, x) * y, (x, y), ([1.0, 0, -1], None)), -8.0)
    still = jvp(lambda x, y: x * y, (x, y), (np.zeros(3), None))
    assert still.value.tolist() == still.error.tolist() == [0, 0, 0]
    assert not jvp(lambda x, y: x / 0, (x, y), (np.ones(3), None)).speaks


def test_a_tangent_over_entries_of_very_different_size():
    x = np.array([1e8, 1e-8, 1e-17])
    estimate = jvp(np.sum, (x,), (np.ones(3),))
    assert covered(estimate, 3.0)


def test_informative_compares_with_the_size_of_the_gradient():
    estimate = Estimate(np.array([1.0, 0.0, np.nan]), np.array([0.05, 0.05, np.inf]), "fd")
    assert informative(estimate).tolist() == [True, False, False]
    assert informative(estimate, 1.0).tolist() == [True, True, False]
    assert informative(estimate, 0.4).tolist() == [True, False, False]


coefficients = st.lists(st.floats(-10, 10), min_size=1, max_size=7)


@settings(max_examples=50, deadline=None)
@given(coefficients, st.floats(-100, 100))
def test_polynomials_are_covered(coefficients, x):
    exact = np.polynomial.Polynomial(coefficients)
    estimate = gradient(exact, (np.array(x),))
    rounding = 1e-15 * np.polynomial.Polynomial(np.abs(coefficients)).deriv()(abs(x))
    assert covered(estimate, exact.deriv()(x), rounding)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 10), st.integers(-200, 200))
def test_a_power_of_two_in_front_changes_nothing_else(x, power):
    plain = gradient(lambda x: np.sin(x) * x, (np.array(x),))
    scaled = gradient(lambda x: 2.0**power * (np.sin(x) * x), (np.array(x),))
    assert scaled.value == 2.0**power * plain.value
    assert scaled.error == 2.0**power * plain.error


@settings(max_examples=40, deadline=None)
@given(st.floats(-5, 5), st.floats(-1, 1))
@example(5e-324, 1.0)
def test_a_shift_of_the_value_only_adds_noise(x, shift):
    estimate = gradient(lambda x: np.tanh(x) + 1e6 * shift, (np.array(x),))
    assert covered(estimate, 1 / math.cosh(x) ** 2)
    assert estimate.error < 1e-4
