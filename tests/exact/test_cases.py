"""The cases of the verdict's contract (section 9): class of the point, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.classes import PointClass
from gradcli.exact.report import Entry, ValueClass

Examined = Callable[..., Any]


def relu(x: Any) -> Any:
    return np.where(x > 0.0, x, 0.0)


SMOOTH = [
    (1, lambda x: 2 * np.dot(x, x), ([0.0, 1, 2, 3],), [0, 4, 8, 12]),
    (2, lambda x: x**2, (1e8,), [2e8]),
    (3, lambda x: x**2, (1e-8,), [2e-8]),
    (4, lambda x: 1e10 + np.sin(x), (1.0,), [0.54030230586814]),
    (5, lambda x: (1 - np.cos(x)) / x**2, (1e-4,), [-8.3333333277778e-6]),
    (7, np.log, (1e-12,), [1e12]),
    (8, np.sqrt, (1e-10,), [5e4]),
    (9, np.arcsin, (1 - 1e-9,), [22360.68009678968]),
    (12, np.abs, (1e-9,), [1]),
    (13, lambda x: np.maximum(x, 0) + x**2, (-1e-7,), [-2e-7]),
    (15, lambda x: np.maximum(x, np.sin(x)), (0.0,), [1]),
    (17, lambda x: x * np.abs(x), (0.0,), [0]),
    (19, lambda x: np.where(x > 0, np.sqrt(x), 0.0), (-1.0,), [0]),
    (22, np.floor, (2.5,), [0]),
    (31, lambda x: 1 / (1 + np.exp(-x)), (40.0,), [4.24835425529e-18]),
    (32, lambda x, y: np.sqrt(x**2 + y**2), (3e-9, 4e-9), [0.6, 0.8]),
    (34, lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2, (1.0, 1.0), [0, 0]),
    (35, lambda x, y: 1e8 * x**2 + 1e-8 * y**2, (1.0, 1.0), [2e8, 2e-8]),
    (37, lambda x, y: np.sin(x * y), (0.3, 0.7), [0.7 * np.cos(0.21), 0.3 * np.cos(0.21)]),
    (39, lambda x: np.expm1(x) / x, (1e-6,), [0.50000033333345833]),
    (40, lambda x: np.where(x > 1, x**2, 2 * x - 1), (1.0,), [2]),
    (49, lambda x: relu(x) - relu(-x), (0.0,), [1]),
    (50, lambda x: np.maximum(x, 0) - np.maximum(-x, 0), (0.0,), [1]),
]


@pytest.mark.parametrize(("number", "f", "xs", "truth"), SMOOTH, ids=lambda v: str(v)[:12])
def test_smooth_cases(number: int, f: Any, xs: Any, truth: list[float], examined: Examined) -> None:
    report = examined(f, *xs)
    assert report.value_class is ValueClass.FINITE
    for entry, expected in zip(report.entries, truth, strict=True):
        assert entry.kind is PointClass.SMOOTH
        assert float(entry.truth) == pytest.approx(expected, rel=1e-8, abs=1e-140)
        if number != 49:
            assert entry.rule_holds
            assert abs(float(entry.truth) - entry.value) <= entry.bound


@pytest.mark.parametrize(
    ("f", "x", "low", "high"),
    [
        (np.abs, 0.0, -1, 1),
        (lambda x: np.sqrt(x**2), 0.0, -1, 1),
        (lambda x: np.abs(x - 0.1), 0.1, -1, 1),
        (lambda x: np.where(x > 1, x**2, x), 1.0, 1, 2),
        (relu, 0.0, 0, 1),
    ],
)
def test_kinks_have_the_interval_of_their_sides(
    f: Any, x: float, low: float, high: float, examined: Examined
) -> None:
    (entry,) = examined(f, x).entries
    assert entry.kind is PointClass.KINK
    sides = sorted([float(entry.left.value), float(entry.right.value)])
    assert sides == pytest.approx([low, high])


def test_nan_at_a_kink_is_outside(examined: Examined) -> None:
    (entry,) = examined(lambda x: np.sqrt(x**2), 0.0).entries
    assert np.isnan(entry.value)
    assert entry.inside is False


@pytest.mark.parametrize(
    ("f", "x", "kind", "truth"),
    [
        (np.floor, 2.0, PointClass.JUMP, None),
        (lambda x: x**1.5, 0.0, PointClass.EDGE, 0.0),
        (np.sqrt, 0.0, PointClass.EDGE, np.inf),
        (np.cbrt, 0.0, PointClass.VERTICAL, np.inf),
        (lambda x: -np.cbrt(x), 0.0, PointClass.VERTICAL, -np.inf),
        (np.arcsin, 1.0, PointClass.EDGE, np.inf),
        (lambda x: np.where(x == 0, 5.0, x), 0.0, PointClass.JUMP, None),
        (lambda x: np.sqrt(-x * x), 0.0, PointClass.UNDEFINED, None),
    ],
)
def test_other_classes(
    f: Any, x: float, kind: PointClass, truth: float | None, examined: Examined
) -> None:
    (entry,) = examined(f, x).entries
    assert entry.kind is kind
    assert (None if entry.truth is None else float(entry.truth)) == truth


def test_the_existing_side_of_an_edge_is_named(examined: Examined) -> None:
    (entry,) = examined(lambda x: x**1.5, 0.0).entries
    assert entry.right.value == 0
    assert entry.left.value is None
    assert entry.right.exponent == pytest.approx(0.5)


def test_removable_holes_have_a_limit(examined: Examined) -> None:
    report = examined(lambda x: np.sin(x) / x, 0.0)
    assert report.value_class is ValueClass.UNDEFINED
    assert report.hole is not None
    assert float(report.hole.value) == 1
    assert float(report.hole.derivative[0]) == 0
    quotient = examined(lambda x: x / x, 0.0)
    assert float(quotient.hole.value) == 1


def test_limits_that_depend_on_the_way_are_no_hole(examined: Examined) -> None:
    report = examined(lambda x, y: (x * x - y * y) / (x * x + y * y), 0.0, 0.0)
    assert report.value_class is ValueClass.UNDEFINED
    assert report.hole is None


def test_the_node_that_leaves_the_domain_is_named(examined: Examined) -> None:
    report = examined(lambda x: 2 * np.log(x) + x, -1.0)
    assert report.value_class is ValueClass.UNDEFINED
    assert report.hole is None
    assert (report.origin.op, report.origin.arguments) == ("log", "x = -1")
    assert "x > 0" in report.origin.domain
    assert report.entries[0].kind is PointClass.UNDEFINED


def test_infinite_values_and_overflow_are_told_apart(examined: Examined) -> None:
    assert examined(lambda x: 1 / x, 0.0).value_class is ValueClass.INFINITE
    overflow = examined(np.exp, 1000.0)
    assert overflow.value_class is ValueClass.BREAKDOWN
    assert overflow.entries[0].rule_holds


def test_unused_inputs_are_noted(examined: Examined) -> None:
    report = examined(lambda x, y: x[0] * x[1], [1.0, 2.0, 3.0], 4.0)
    assert [e.unused for e in report.entries] == [False, False, True, True]
    assert all(float(e.truth) == 0 for e in report.entries[2:])


def test_the_margin_of_a_near_kink_is_reported(examined: Examined) -> None:
    report = examined(np.abs, 1e-9)
    assert report.margins[0].op == "abs"
    assert report.margins[0].value == pytest.approx(1e-9)
    assert report.ties == ()


def test_wrong_tie_convention_is_told_from_a_wrong_rule(examined: Examined) -> None:
    (entry,) = examined(lambda x: relu(x) - relu(-x), 0.0).entries
    assert (entry.rule_holds, entry.confirmed, entry.tie_convention) == (False, True, True)


def test_ties_are_described(examined: Examined) -> None:
    report = examined(lambda x: np.sum(np.maximum(x, 0.0)), [-1.0, 0.0, 2.0])
    (tie,) = report.ties
    assert (tie.op, tie.argument, tie.used) == ("maximum", "x[1] = 0", "1/2 for each")
    kinds = [e.kind for e in report.entries]
    assert kinds == [PointClass.SMOOTH, PointClass.KINK, PointClass.SMOOTH]
    assert report.entries[1].inside


def _all_hold(entries: tuple[Entry, ...]) -> bool:
    return all(e.rule_holds for e in entries)


@pytest.mark.parametrize(
    ("f", "x", "truth"),
    [
        (lambda x: x * x + 1e-50 * x, 0.0, 1e-50),
        (lambda x: np.sin(1e40 * x), 0.0, 1e40),
        (lambda x: np.abs(x - 1e-45), 0.0, -1.0),
        (lambda x: (1e50 + x) - 1e50 - x, 0.3, 0.0),
        (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, 0.7, 0.0),
        (lambda x: np.where(x == 0, 0.0, x * x * np.sin(1 / np.where(x == 0, 1.0, x))), 0.0, 0.0),
        (lambda x: x**1.5 * x**1.5, 0.25, 0.1875),
        (lambda x: 1 / (1 + np.exp(-x)), 1000.0, 0.0),
        (lambda x: 1 / (1 + np.exp(-x)), -1000.0, 0.0),
        (lambda x: 1e-300 * x, 1e-5, 1e-300),
        (lambda x: np.exp(x) * 1e300, 1e-300, 1e300),
    ],
)
def test_smooth_points_that_look_otherwise(
    f: Any, x: float, truth: float, examined: Examined
) -> None:
    (entry,) = examined(f, x).entries
    assert entry.kind is PointClass.SMOOTH
    assert float(entry.truth) == pytest.approx(truth, rel=1e-12, abs=1e-150)
    assert entry.rule_holds
    assert abs(float(entry.truth) - entry.value) <= max(entry.bound, 1e-6 * abs(truth))


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (lambda x, s: s * x * np.log(np.abs(x) + (x == 0)), PointClass.VERTICAL),
        (lambda x, s: s * x * np.sin(1 / np.where(x == 0, 1.0, x)), PointClass.UNSETTLED),
        (lambda x, s: s * x / np.log(np.abs(x) + (x == 0)), PointClass.UNSETTLED),
    ],
)
def test_slow_limits_are_not_guessed(f: Any, kind: PointClass, examined: Examined) -> None:
    entry = examined(lambda x: np.where(x == 0, 0.0, f(x, 1.0)), 0.0).entries[0]
    assert entry.kind is kind
