"""Limits of quotients, from sequences written down by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from gradcli.exact.classes import PointClass, classify
from gradcli.exact.limits import Side, SideKind, full_limit, quick_limit

CTX = mpmath.MPContext()
CTX.dps = 200
STEPS = [CTX.mpf(10) ** -e for e in (30, 40, 50, 60, 70)]


def of(delta: Callable[[Any], Any]) -> Side:
    return full_limit(STEPS, [CTX.mpf(delta(h)) for h in STEPS])


@pytest.mark.parametrize(
    ("delta", "value"),
    [
        (lambda h: 3 * h + h**2, 3),
        (lambda h: h**2, 0),
        (lambda h: h**2 + CTX.mpf(10) ** -50 * h, 1e-50),
        (lambda h: h ** CTX.mpf("1.5"), 0),
        (lambda h: h + h ** CTX.mpf("1.1"), 1),
        (lambda h: h**2 * CTX.sin(1 / h), 0),
        (lambda h: 0, 0),
    ],
)
def test_finite_limits(delta: Any, value: float) -> None:
    side = of(delta)
    assert side.kind is SideKind.FINITE
    assert float(side.value) == pytest.approx(value, rel=1e-12, abs=1e-200)
    assert abs(side.value - value) <= side.error + 1e-16 * abs(value)


@pytest.mark.parametrize(
    ("delta", "value", "exponent"),
    [
        (CTX.sqrt, "+inf", -0.5),
        (lambda h: -CTX.cbrt(h), "-inf", -2 / 3),
        (lambda h: h * CTX.log(h), "-inf", 0),
        (lambda h: h * CTX.log(h) ** 2, "+inf", 0),
        (lambda h: CTX.sqrt(h) + h ** CTX.mpf("0.6"), "+inf", -0.5),
    ],
)
def test_infinite_limits(delta: Any, value: str, exponent: float) -> None:
    side = of(delta)
    assert side.kind is SideKind.INFINITE
    assert side.value == CTX.mpf(value)
    assert side.exponent == pytest.approx(exponent, abs=1e-3)


@pytest.mark.parametrize(
    ("delta", "kind"),
    [
        (lambda h: 1, SideKind.JUMP),
        (lambda h: -1 + h, SideKind.JUMP),
        (lambda h: CTX.inf, SideKind.JUMP),
        (lambda h: CTX.nan, SideKind.UNDEFINED),
        (lambda h: h * CTX.sin(1 / h), SideKind.UNSETTLED),
        (lambda h: h / CTX.log(h), SideKind.UNSETTLED),
    ],
)
def test_no_limits(delta: Any, kind: SideKind) -> None:
    assert of(delta).kind is kind


def test_three_steps_decide_only_what_is_plain() -> None:
    three = STEPS[:3]
    assert quick_limit(three, [2 * h for h in three]) is not None
    assert quick_limit(three, [h**2 for h in three]) is None
    assert quick_limit(three, [CTX.one] * 3) is None
    assert quick_limit(three, [CTX.nan] * 3) == Side(SideKind.UNDEFINED)
    assert quick_limit(three, [CTX.nan, CTX.one, CTX.one]) is None


def _side(kind: SideKind, value: Any = None) -> Side:
    return Side(kind, None if value is None else CTX.mpf(value), CTX.mpf(0))


@pytest.mark.parametrize(
    ("right", "left", "kind"),
    [
        (_side(SideKind.FINITE, 1), _side(SideKind.FINITE, 1), PointClass.SMOOTH),
        (_side(SideKind.FINITE, 1), _side(SideKind.FINITE, "1.000000000000000000005"), "SMOOTH"),
        (_side(SideKind.FINITE, 1), _side(SideKind.FINITE, "1.00000000000000000002"), "KINK"),
        (_side(SideKind.FINITE, 0), _side(SideKind.FINITE, "1e-300"), PointClass.KINK),
        (_side(SideKind.FINITE, 1), _side(SideKind.JUMP, 1), PointClass.JUMP),
        (_side(SideKind.INFINITE, "inf"), _side(SideKind.UNDEFINED), PointClass.EDGE),
        (_side(SideKind.INFINITE, "inf"), _side(SideKind.FINITE, 0), PointClass.VERTICAL),
        (_side(SideKind.UNDEFINED), _side(SideKind.UNDEFINED), PointClass.UNDEFINED),
        (_side(SideKind.UNSETTLED), _side(SideKind.FINITE, 1), PointClass.UNSETTLED),
        (_side(SideKind.BRANCH), _side(SideKind.FINITE, 1), PointClass.BRANCH),
    ],
)
def test_classes(right: Side, left: Side, kind: PointClass) -> None:
    assert classify(right, left).kind == kind


def test_a_cusp_has_no_one_slope() -> None:
    point = classify(_side(SideKind.INFINITE, "inf"), _side(SideKind.INFINITE, "-inf"))
    assert point.kind is PointClass.VERTICAL
    assert point.truth is None
    assert point.interval == (-CTX.inf, CTX.inf)
