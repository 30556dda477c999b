"""Subgradients: what is inside at a kink, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.classes import PointClass
from gradcli.exact.report import ExactReport

Examined = Callable[..., ExactReport]


def holds(report: ExactReport, *gradient: float) -> list[bool | None]:
    """Return, entry by entry, whether a gradient is a subgradient."""
    session = report.session
    zero = session.prober.run.numbers.zero
    inside = session.membership([zero + g for g in gradient], [0.0] * len(gradient))
    return [inside.get(k) for k in range(len(gradient))]


def test_each_partial_of_a_tied_maximum_lies_in_the_segment(examined: Examined) -> None:
    report = examined(np.maximum, 1.0, 1.0)
    assert [e.kind for e in report.entries] == [PointClass.KINK] * 2
    assert [e.inside for e in report.entries] == [True, True]
    assert holds(report, 0.25, 0.75) == [True, True]
    assert holds(report, 1.0, 0.0) == [True, True]
    assert holds(report, 1.0, 1.0) == [False, False]
    assert holds(report, 0.0, 0.0) == [False, False]
    assert holds(report, 0.5, 0.5 + 1e-8) == [False, False]


def test_mixed_signs_are_not_tested_by_slopes_alone(examined: Examined) -> None:
    report = examined(lambda x, y: np.abs(x) - np.abs(y), 0.0, 0.0)
    assert holds(report, 0.5, -1.0) == [True, True]
    assert holds(report, 1.5, 0.0) == [False, True]


def test_branches_that_never_meet_are_no_subgradients(examined: Examined) -> None:
    relu = lambda x: np.where(x > 0, x, 0.0)  # noqa: E731
    report = examined(lambda x, y: np.maximum(relu(x) - relu(-x), y), 0.0, 0.0)
    assert holds(report, 1.0, 0.0) == [True, True]
    assert holds(report, 0.5, 0.5) == [True, True]
    assert holds(report, 0.0, 0.5) == [False, False]
    assert [e.inside for e in report.entries] == [False, False]


def test_nested_ties(examined: Examined) -> None:
    report = examined(lambda x, y: np.maximum(np.abs(x), np.abs(y)), 0.0, 0.0)
    assert holds(report, 0.5, 0.5) == [True, True]
    assert holds(report, -0.5, -0.5) == [True, True]
    assert holds(report, 0.75, 0.75) == [False, False]
    smaller = examined(lambda x, y: np.minimum(np.abs(x), np.abs(y)), 0.0, 0.0)
    assert [e.kind for e in smaller.entries] == [PointClass.KINK] * 2
    assert holds(smaller, -1.0, 0.0) == [True, True]
    assert holds(smaller, 0.75, 0.75) == [False, False]


def test_the_hull_is_that_of_the_function_not_of_a_wrong_rule(traced: Any, with_rule: Any) -> None:
    from gradcli.exact.examine import examine

    report = examine(with_rule(traced(np.maximum, 1.0, 1.0), "maximum", lambda g: 2.0 * g))
    assert [e.value for e in report.entries] == [1.0, 0.5]
    assert [e.inside for e in report.entries] == [False, False]


def test_cells_off_the_axes_count(examined: Examined) -> None:
    report = examined(lambda x, y: np.minimum(2 * np.abs(x), np.abs(x) + np.abs(y)), 0.0, 0.0)
    assert [e.kind for e in report.entries] == [PointClass.KINK, PointClass.SMOOTH]
    assert holds(report, 1.5, 0.0) == [True, None]
    assert holds(report, 2.5, 0.0) == [False, None]


def test_a_flat_cell_beside_a_curved_rest_is_no_cone(examined: Examined) -> None:
    def f(x: Any) -> Any:
        return np.maximum(x[0] + x[1], 0.0) + np.sin(x[0]) * x[1]

    report = examined(f, [0.0, 0.0])
    assert holds(report, 0.5, 0.5) == [True, True]
    assert holds(report, 1.0, 0.5) == [False, False]
    (hull,) = report.session.sets
    assert (len({c.signature for c in hull.seen.cells}), hull.seen.is_cone) == (2, False)


def test_the_norm_at_zero_has_the_unit_ball(examined: Examined) -> None:
    report = examined(lambda x: np.hypot(x[0], x[1]), [0.0, 0.0])
    assert [e.inside for e in report.entries] == [True, True]
    assert holds(report, 0.6, 0.8) == [True, True]
    assert holds(report, 0.6, 0.81) == [False, False]
    assert holds(report, 1.0, 1.0) == [False, False]


def test_a_root_of_a_square_needs_no_declared_kink(examined: Examined) -> None:
    report = examined(lambda x, y: np.sqrt(x * x + y * y), 0.0, 0.0)
    assert report.ties == ()
    assert holds(report, 0.6, -0.8) == [True, True]
    assert holds(report, 0.7, -0.8) == [False, False]


def test_many_ties_that_share_nothing_count_one_by_one(examined: Examined) -> None:
    report = examined(lambda x: np.sum(np.maximum(x, 0.0)), np.zeros(40))
    assert all(e.inside for e in report.entries)
    assert holds(report, *[k / 39 for k in range(40)]) == [True] * 40
    assert holds(report, *[1.5] * 40) == [False] * 40


def test_too_many_coupled_ties_are_left_open_unless_seen_inside(examined: Examined) -> None:
    weights = np.random.default_rng(0).normal(size=(9, 3))
    report = examined(lambda x: np.sum(np.maximum(weights @ x, 0.0)), [0.0, 0.0, 0.0])
    assert len(report.ties) == 9
    assert [e.inside for e in report.entries] == [True] * 3
    # A corner of the box of one-sided derivatives is in no hull of so few directions.
    sides = [(e.left.value, e.right.value) for e in report.entries if e.left and e.right]
    corner = [float(0.999 * max(ends) + 0.001 * min(ends)) for ends in sides]
    assert holds(report, *corner) == [None] * 3
    assert holds(report, 100.0, 0.0, 0.0) == [False] * 3, "convex, and beyond a side"


def test_a_cone_that_the_axes_do_not_show(examined: Examined) -> None:
    report = examined(lambda x, y, z: np.sqrt(np.abs(x * y)) + z, 0.0, 0.0, 2.0)
    kinds = [e.kind for e in report.entries]
    assert kinds == [PointClass.KINK, PointClass.KINK, PointClass.SMOOTH]
    assert [e.inside for e in report.entries[:2]] == [False, False]


def test_the_largest_of_equal_elements(examined: Examined) -> None:
    report = examined(np.max, [2.0, 2.0, 1.0, 2.0])
    (tie,) = report.ties
    assert (tie.kind, tie.members) == ("largest", (0, 1, 3))
    assert [e.inside for e in report.entries] == [True, True, None, True]
    assert holds(report, 0.2, 0.3, 0.0, 0.5) == [True, True, None, True]
    assert holds(report, 1.0, 1.0, 0.0, 1.0) == [False, False, None, False]


def test_ties_of_a_sort(examined: Examined) -> None:
    weights = np.array([1.0, 2.0, 4.0])
    report = examined(lambda x: np.sum(weights * np.sort(x)), [3.0, 1.0, 3.0])
    assert [e.kind for e in report.entries] == [PointClass.KINK, PointClass.SMOOTH, PointClass.KINK]
    assert holds(report, 2.0, 1.0, 4.0) == [True, None, True]
    assert holds(report, 3.0, 1.0, 3.0) == [True, None, True]
    assert holds(report, 2.0, 1.0, 2.0) == [False, None, False]


def test_scales_of_coordinates_do_not_matter(examined: Examined) -> None:
    report = examined(lambda x, y: np.maximum(1e-150 * x, 1e150 * y), 1e150, 1e-150)
    assert holds(report, 0.5e-150, 0.5e150) == [True, True]
    assert holds(report, 1e-150, 1e150) == [False, False]


def test_python_branches_are_seen_from_both_sides(examined: Examined) -> None:
    report = examined(lambda x: 2 * x if x > 0 else 3 * x, 0.0)
    (entry,) = report.entries
    assert entry.kind is PointClass.KINK
    assert entry.inside
    assert sorted(float(s.value) for s in (entry.left, entry.right)) == [2, 3]
    smooth = examined(lambda x: x**2 if x > 1 else 2 * x - 1, 1.0)
    assert smooth.entries[0].kind is PointClass.SMOOTH
    jump = examined(lambda x: x + 1 if x > 0 else x, 0.0)
    assert jump.entries[0].kind is PointClass.JUMP


def test_a_branch_that_begins_farther_off_is_not_taken(examined: Examined) -> None:
    def f(x: Any) -> Any:
        if x > 1e-4:
            return 100 * x
        if x > 0:
            return 2 * x
        return 3 * x

    (entry,) = examined(f, 0.0).entries
    assert entry.kind is PointClass.KINK
    assert sorted(float(s.value) for s in (entry.left, entry.right)) == [2, 3]


def test_without_a_way_to_the_other_branch_a_flip_is_said(traced: Any) -> None:
    from gradcli.exact.examine import examine

    report = examine(traced(lambda x: 2 * x if x > 0 else 3 * x, 0.0))
    assert report.entries[0].kind is PointClass.BRANCH


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_kinks_of_scaled_functions(scale: float, examined: Examined) -> None:
    report = examined(lambda x, y: scale * np.maximum(x, y), 1.0, 1.0)
    assert holds(report, scale / 2, scale / 2) == [True, True]
    assert holds(report, scale, scale) == [False, False]
