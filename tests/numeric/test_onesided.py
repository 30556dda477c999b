"""One-sided quotients: kinks, edges, jumps and vertical tangents of a black box."""

import math

import numpy as np
import pytest

from gradcli.numeric.onesided import one_sided

KINKS = [
    (np.abs, 0.0, -1, 1),
    (lambda x: np.maximum(x, 0), 0.0, 0, 1),
    (lambda x: np.minimum(x, 0), 0.0, 1, 0),
    (lambda x: np.where(x > 1, x**2, x), 1.0, 1, 2),
    (lambda x: np.abs(x - 0.1), 0.1, -1, 1),
    (lambda x: 1e8 + 1e-3 * np.abs(x), 0.0, -1e-3, 1e-3),
    (lambda x: np.abs(np.sin(x)) * 1e-12, 0.0, -1e-12, 1e-12),
]


@pytest.mark.parametrize(("f", "x", "left", "right"), KINKS)
def test_kinks_are_seen_with_both_slopes(f, x, left, right):
    sides = one_sided(f, (np.array(x),), ())
    assert abs(sides.left - left) <= sides.left_error
    assert abs(sides.right - right) <= sides.right_error
    assert sides.differ


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.sin, 1.0),
        (np.abs, 1e-9),
        (lambda x: np.maximum(x, np.sin(x)), 0.0),
        (lambda x: x * np.abs(x), 0.0),
        (lambda x: np.where(x > 1, x**2, 2 * x - 1), 1.0),
        (lambda x: 1e10 + np.sin(x), 1.0),
        (lambda x: np.exp(-1 / x**2) if x else 0.0, 0.0),
        (np.floor, 2.5),
        (np.sin, 1e20),
    ],
)
def test_smooth_points_are_not_kinks(f, x):
    assert not one_sided(f, (np.array(x),), ()).differ


def test_outside_the_domain_a_side_is_unknown():
    sides = one_sided(lambda x: x**1.5, (np.array(0.0),), ())
    assert math.isinf(sides.left_error)
    assert abs(sides.right) <= sides.right_error < 1e-5
    assert not sides.differ


def test_a_jump_has_no_slope_on_its_open_side():
    sides = one_sided(np.floor, (np.array(2.0),), ())
    assert not sides.left_error < 0.1 * abs(sides.left)
    assert abs(sides.right) <= sides.right_error


@pytest.mark.parametrize("f", [np.sqrt, np.cbrt])
def test_a_vertical_tangent_is_never_known_well(f):
    sides = one_sided(f, (np.array(0.0),), ())
    assert not sides.right_error < 0.1 * abs(sides.right)


def test_a_saturated_side_does_not_hide_the_slope():
    # On the right tanh is 1 to the last bit, whatever the step; its slope is not 0.
    for u in (17.0, 18.0, 19.5):
        sides = one_sided(lambda x: np.tanh(x / 1e-3), (np.array(u * 1e-3),), ())
        slope = 1e3 / math.cosh(u) ** 2
        assert abs(sides.right - slope) <= sides.right_error
        assert abs(sides.left - slope) <= sides.left_error


def test_an_entry_of_an_argument_and_a_direction():
    def f(w, x):
        return np.array([w * np.max(x), np.sum(x**2)])

    xs = (2.0, np.array([[1.0, 3.0], [3.0, 0.0]]))
    entry = one_sided(f, xs, (0, 1), 1)
    assert entry.left.shape == (2,)
    assert entry.differ.tolist() == [True, False]
    assert entry.left[0] == pytest.approx(0, abs=1e-9)
    assert entry.right[0] == pytest.approx(2)
    along = one_sided(f, xs, np.array([[0.0, 1.0], [1.0, 0.0]]), 1)
    assert not along.differ.any()
    assert along.right.tolist() == pytest.approx([2, 12])
    flat = one_sided(lambda x: np.sum(np.abs(x)), (np.array([1.0, 0.0]),), 1)
    assert flat.differ
    assert flat.evaluations > 0


def test_an_undefined_point_has_no_sides():
    sides = one_sided(lambda x: np.array([np.log(x), x]), (np.array(-1.0),), ())
    assert np.isinf(sides.left_error[0])
    assert np.isinf(sides.right_error[0])
    assert sides.left[1] == pytest.approx(1)
