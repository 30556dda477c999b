"""The class of a point from its two sides, at every threshold (verdict.md section 2, step 4)."""

from dataclasses import FrozenInstanceError

import mpmath
import pytest

from gradcli.exact.classes import ALL_DIGITS, PointClass, classify
from gradcli.exact.limits import STABLE, Side, SideKind

M = mpmath.mp.clone()
M.dps = 80
INF = M.inf


def finite(value, error=0):
    return Side(SideKind.FINITE, M.mpf(value), M.mpf(error))


UNDEFINED, JUMP = Side(SideKind.UNDEFINED), Side(SideKind.JUMP, M.mpf(3))
UNSETTLED, BRANCH = Side(SideKind.UNSETTLED), Side(SideKind.BRANCH)
UP, DOWN = Side(SideKind.INFINITE, INF), Side(SideKind.INFINITE, -INF)


@pytest.mark.parametrize(
    ("right", "left", "kind"),
    [
        (BRANCH, finite(1), PointClass.BRANCH),
        (finite(1), BRANCH, PointClass.BRANCH),
        (BRANCH, UNDEFINED, PointClass.BRANCH),
        (BRANCH, JUMP, PointClass.BRANCH),
        (UNDEFINED, UNDEFINED, PointClass.UNDEFINED),
        (JUMP, finite(1), PointClass.JUMP),
        (UNDEFINED, JUMP, PointClass.JUMP),
        (UNSETTLED, JUMP, PointClass.JUMP),
        (UNSETTLED, finite(1), PointClass.UNSETTLED),
        (UNDEFINED, UNSETTLED, PointClass.UNSETTLED),
        (UP, UNSETTLED, PointClass.UNSETTLED),
        (UP, finite(1), PointClass.VERTICAL),
        (finite(1), DOWN, PointClass.VERTICAL),
    ],
)
def test_the_worse_side_speaks(right, left, kind):
    found = classify(right, left)
    assert found.kind is kind
    assert (found.right, found.left, found.truth) == (right, left, None)


def test_an_edge_has_the_derivative_of_its_side():
    for right, left in ((finite(5, 0.25), UNDEFINED), (UNDEFINED, finite(5, 0.25))):
        found = classify(right, left)
        assert found.kind is PointClass.EDGE
        assert (found.truth, found.error) == (5, 0.25)
    assert classify(UP, UNDEFINED).truth == INF


def test_a_vertical_point_has_a_derivative_where_its_sides_agree():
    assert classify(UP, UP).truth == INF
    assert classify(DOWN, DOWN).truth == -INF
    assert classify(UP, DOWN).truth is None


def test_sides_that_are_one_number_are_smooth_to_every_digit():
    found = classify(finite(7, 1e-30), finite(7, 2e-30))
    assert (found.kind, found.truth, found.digits) == (PointClass.SMOOTH, 7, ALL_DIGITS)
    assert found.error == M.mpf(1e-30) + M.mpf(2e-30)
    assert classify(finite(0), finite(0)).digits == ALL_DIGITS


@pytest.mark.parametrize("size", ["1", "-1", "1e-200", "1e200"])
def test_the_threshold_of_a_kink_is_relative_to_the_larger_side(size):
    size = M.mpf(size)
    near = classify(finite(size), finite(size * (1 + M.mpf("0.99e-20"))))
    assert near.kind is PointClass.SMOOTH
    assert near.digits == pytest.approx(20.004, abs=1e-3)
    assert abs(near.truth - size * (1 + M.mpf("0.495e-20"))) < abs(size) * M.mpf("1e-60")
    assert abs(near.error - abs(size) * M.mpf("0.99e-20")) < abs(size) * M.mpf("1e-60")
    far = classify(finite(size), finite(size * (1 + M.mpf("1.01e-20"))))
    assert far.kind is PointClass.KINK
    assert far.truth is None


def test_the_errors_of_both_sides_make_room():
    gap = M.mpf("1e-10")
    assert classify(finite(1, gap), finite(1 + gap)).kind is PointClass.SMOOTH
    assert classify(finite(1), finite(1 + gap, gap)).kind is PointClass.SMOOTH
    assert classify(finite(1, gap / 2), finite(1 + gap, gap / 2)).kind is PointClass.SMOOTH
    assert classify(finite(1, gap / 4), finite(1 + gap, gap / 4)).kind is PointClass.KINK


@pytest.mark.parametrize("sign", [1, -1])
def test_digits_are_relative_to_the_larger_side(sign):
    for sides in ((2, 1), (1, 2), (2, 0), (0, 2)):
        found = classify(*(finite(sign * value, 4) for value in sides))
        gap = M.mpf(abs(sides[0] - sides[1]))
        assert (found.kind, found.truth) == (PointClass.SMOOTH, sign * M.mpf(sum(sides)) / 2)
        assert found.digits == pytest.approx(float(-M.log10(gap / 2)))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_larger_side_decides_at_the_very_threshold(sign):
    limit = M.mpf(STABLE)
    whole, less = finite(sign), finite(sign * (1 - limit))
    assert classify(whole, less).kind is classify(less, whole).kind is PointClass.SMOOTH


def test_a_point_is_a_value():
    with pytest.raises(FrozenInstanceError):
        classify(finite(1), finite(1)).kind = PointClass.KINK


def test_signs_make_a_kink_whatever_the_size():
    found = classify(finite("1e-300"), finite("-1e-300"))
    assert found.kind is PointClass.KINK
    assert found.interval == (M.mpf("-1e-300"), M.mpf("1e-300"))


def test_the_interval_needs_both_sides_and_is_in_order():
    assert classify(finite(2), finite(-1)).interval == (-1, 2)
    assert classify(finite(-1), finite(2)).interval == (-1, 2)
    assert classify(UNDEFINED, finite(2)).interval is None
    assert classify(finite(2), UNDEFINED).interval is None


def test_digits_are_capped():
    M2 = mpmath.mp.clone()
    M2.dps = 250
    one = M2.mpf(1)
    sides = (Side(SideKind.FINITE, one), Side(SideKind.FINITE, one + M2.mpf("1e-150")))
    assert classify(*sides).digits == ALL_DIGITS


def test_the_names_are_those_of_the_contract():
    assert [str(kind) for kind in PointClass] == [
        "SMOOTH", "KINK", "JUMP", "VERTICAL", "EDGE", "UNDEFINED", "INFINITE", "UNSETTLED",
        "BRANCH",
    ]  # fmt: skip


def test_a_point_without_a_truth_has_no_error_of_it():
    assert classify(finite(1, 0.5), finite(5, 0.5)).error == 0
