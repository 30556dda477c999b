"""Entries at one-sided points, by SymPy's vote, and from outside: every word and threshold."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradcli.reports import Status
from gradcli.verify.entries import Decision, Said, decide
from gradcli.verify.evidence import Entry

WRONG, OK, KINK, OPEN = Status.WRONG, Status.OK, Status.KINK, Status.INCONCLUSIVE


def entry(point_class: str = "", **fields: Any) -> Entry:
    return Entry("x", (0,), point_class, **fields)


def said(value: float, exact: str | None = None, **fields: Any) -> Said:
    return Said(value, exact, **{"bound": 0.0, "is_claim": True, "inside": None, **fields})


def told(e: Entry, s: Said, scale: float = 1.0) -> tuple[Status, str | None]:
    found = decide(e, s, scale)
    return found.status, found.cause


@pytest.mark.parametrize("point_class", ["edge", "vertical"])
@pytest.mark.parametrize(
    ("sides", "s", "expected"),
    [
        ({"right": "2"}, said(2.0, "2"), (KINK, None)),
        ({"left": "2"}, said(2.0, "2"), (KINK, None)),
        ({"right": "2", "left": "nan"}, said(2.0, "2"), (KINK, None)),
        ({"right": "2"}, said(2.0), (KINK, None)),
        ({"right": "2"}, said(2.5, bound=0.5), (KINK, None)),
        ({"right": "2"}, said(2.5, bound=0.25), (WRONG, "subgradient")),
        ({"right": "2"}, said(2.5, "2.5", bound=0.5), (WRONG, "subgradient")),
        ({"right": "2", "left": "3"}, said(3.0, bound=0.1), (KINK, None)),
        ({"right": "2", "left": "3"}, said(3.0, "3"), (KINK, None)),
        ({"right": "2"}, said(7.0, "2"), (OPEN, "ILL-CONDITIONED")),
        ({"right": "2"}, said(7.0, "2", is_claim=False), (OPEN, "FLOAT-ANOMALY")),
        ({"right": "2"}, said(2.001, "2"), (KINK, None)),
        ({"right": "2"}, said(math.inf, "2"), (OPEN, "FLOAT-BREAKDOWN")),
        ({"right": "2"}, said(2.0, "2.000000000000001", allowed=1e-14), (KINK, None)),
        ({"right": "2"}, said(2.0, "2.00000000000001", allowed=1e-15), (WRONG, "subgradient")),
        ({"right": "2", "error": "1e-9"}, said(2.0, "2.000000001"), (KINK, None)),
        ({"right": "2", "error": "1e-9"}, said(2.0, "2.0000000011"), (WRONG, "subgradient")),
        ({"right": "inf"}, said(math.inf, "inf"), (KINK, None)),
        ({"right": "inf"}, said(math.inf), (KINK, None)),
        ({"right": "inf"}, said(-math.inf, "-inf"), (WRONG, "subgradient")),
        ({"right": "inf"}, said(1e308, "1e308"), (WRONG, "subgradient")),
        ({"right": "inf"}, said(1e308, bound=1e308), (WRONG, "subgradient")),
        ({"right": "2"}, said(math.inf, bound=math.inf), (WRONG, "subgradient")),
        ({"right": "2"}, said(math.nan), (WRONG, "nan-at-kink")),
        ({"right": "2"}, said(math.nan, "2"), (WRONG, "nan-at-kink")),
        ({"right": "nan"}, said(0.0, "0"), (WRONG, "subgradient")),
        ({"right": "inf", "left": "5"}, said(5.0625, bound=0.125), (KINK, None)),
        ({"right": "inf", "left": "5"}, said(1e300, "inf"), (WRONG, "subgradient")),
        ({"right": "inf"}, said(1e300, "inf"), (WRONG, "subgradient")),
        ({"right": "0", "weight": "1"}, said(0.0, "1e-21", is_claim=False), (KINK, None)),
        ({"right": "0", "weight": "1"}, said(0.0, "2e-20", is_claim=False), (WRONG, "subgradient")),
        ({"right": "0", "weight": "1"}, said(0.0, "1e-21"), (WRONG, "subgradient")),
    ],
)
def test_one_sided_points(point_class: str, sides: Any, s: Said, expected: Any) -> None:
    assert told(entry(point_class, **sides), s) == expected


@pytest.mark.parametrize(
    ("e", "s"),
    [
        (entry("undefined"), said(1.0)),
        (entry("edge", right="2"), said(math.nan)),
        (entry("edge", right="2"), said(3.0)),
        (entry("kink"), said(math.nan, inside=True)),
        (entry("kink"), said(3.0, inside=False)),
        (entry(difference=1.0, bar=1e-9, black_box="wrong"), said(math.nan)),
    ],
)
def test_what_is_wrong_without_a_number_comes_first(e: Entry, s: Said) -> None:
    found = decide(e, s, 1.0)
    assert (found.status, found.digits, found.severity) == (WRONG, 0.0, math.inf)


def test_points_without_a_limit_say_so_whatever_sympy_says() -> None:
    for e in (entry("unsettled"), entry("unsettled", symbolic="1")):
        assert told(e, said(1.0, "1")) == (OPEN, "UNSETTLED")
    assert decide(entry("unsettled"), said(1.0), 1.0).sentence == "no limit was found"


def voted(symbolic: str | None, difference: float | None = None, bar: float | None = None) -> Entry:
    return entry(symbolic=symbolic, difference=difference, bar=bar)


@pytest.mark.parametrize(
    ("e", "s", "scale", "expected"),
    [
        (voted("2", 2.0, 1e-3), said(2.0), 1.0, (OK, None)),
        (voted("2"), said(2.0), 1.0, (OK, None)),
        (voted("2", 2.0, 1e-3), said(2.5, bound=0.5), 1.0, (OK, None)),
        (voted("2", 2.0, 1e-3), said(2.0 + 1.9e-9), 1.0, (OK, None)),
        (voted("2", 2.0, 1e-12), said(2.0 + 2.1e-9), 1.0, (WRONG, None)),
        (voted("-2", -2.0, 1e-3), said(-2.0 - 1.9e-9), 1.0, (OK, None)),
        (voted("0", 0.0, 1e-12), said(0.5e-9), 1.0, (OK, None)),
        (voted("0", 0.0, 1e-12), said(2e-9), 1.0, (WRONG, None)),
        (voted("0", 0.0, 1e-12), said(2e-9), 10.0, (OK, None)),
        # Differences that contradict what SymPy and the candidate agree on.
        (voted("2", 3.0, 1e-3), said(2.0), 1.0, (OPEN, "FORWARD-FLOAT-MISMATCH")),
        # Exactly ten bars still agree; a hundredth of a bar more does not.
        (voted("2", 2.0 + 10 / 1024, 1 / 1024), said(9.0), 1.0, (WRONG, None)),
        (voted("2", 2.0 + 10.01 / 1024, 1 / 1024), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("2", 2.0, 1 / 1024), said(2.0 + 10 / 1024), 1.0, (OPEN, "DISPUTED")),
        (voted("2", 2.0, 1 / 1024), said(2.0 + 10.01 / 1024), 1.0, (WRONG, None)),
        # Nobody who can tell.
        (voted("2", 2.0, 0.5), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("2"), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("2", 9.0, 1e-3), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("2", 5.0, 1e-3), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("2", -5.0, 1e-3), said(9.0), 1.0, (OPEN, "DISPUTED")),
        (voted("nan"), said(9.0), 1.0, (OPEN, "UNSETTLED")),
        (voted("inf"), said(9.0), 1.0, (OPEN, "UNSETTLED")),
        (voted("2"), said(math.nan), 1.0, (OPEN, "FLOAT-BREAKDOWN")),
        (voted("2"), said(math.inf), 1.0, (OPEN, "FLOAT-BREAKDOWN")),
    ],
)
def test_sympy_and_differences_together(e: Entry, s: Said, scale: float, expected: Any) -> None:
    assert told(e, s, scale) == expected


@pytest.mark.parametrize(
    ("fields", "value", "expected"),
    [
        ({"difference": 1.0, "black_box": "ok"}, math.nan, (WRONG, "non-finite")),
        ({"difference": 1.0, "black_box": "wrong"}, math.inf, (WRONG, "non-finite")),
        ({"difference": 1.0, "black_box": "kink"}, math.nan, (OPEN, "FLOAT-BREAKDOWN")),
        ({"difference": math.nan, "black_box": "ok"}, math.nan, (OPEN, "FLOAT-BREAKDOWN")),
        ({"difference": None, "black_box": "wrong"}, math.nan, (OPEN, "FLOAT-BREAKDOWN")),
        ({"difference": 1.0, "black_box": "ok"}, 1.0, (OK, None)),
        ({"difference": 1.0, "black_box": "kink"}, 1.0, (KINK, None)),
        ({"difference": 1.0, "black_box": "wrong"}, 2.0, (WRONG, "fd-only")),
    ],
)
def test_from_outside(fields: Any, value: float, expected: Any) -> None:
    assert told(entry(**fields), said(value)) == expected


@pytest.mark.parametrize(
    ("difference", "value", "severity"),
    [(1.0, 2.0, 0.5), (-4.0, 1.0, 1.25), (0.0, 3.0, 1.0), (3.0, 0.0, 1.0), (0.0, 0.0, 0.0)],
)
def test_the_size_of_an_error_from_outside(difference: Any, value: float, severity: float) -> None:
    found = decide(entry(difference=difference, black_box="wrong"), said(value), 1.0)
    assert found.severity == pytest.approx(severity)


def test_nobody_is_accused_without_a_difference() -> None:
    assert told(entry(black_box="wrong"), said(2.0)) == (OPEN, "UNSETTLED")


def test_the_words_where_differences_say_nothing() -> None:
    plain = decide(entry(), said(1.0), 1.0).sentence
    assert plain == "finite differences are not informative here"
    assert decide(entry(note="a hole"), said(1.0), 1.0).sentence == "a hole"


def test_a_decision_is_mild_unless_said_otherwise() -> None:
    assert Decision(OK).severity == 0.0
    assert decide(entry("smooth", truth="1"), said(math.nan, "1"), 1.0).digits == 0.0


@pytest.mark.parametrize(
    ("e", "s", "expected"),
    [
        # The error equals the bound, and the bound a millionth of the size: both still pass.
        (
            entry("smooth", truth="1"),
            said(1 + 2**-20, "1", bound=2**-20, is_claim=False),
            (OK, None),
        ),
        (
            entry("smooth", truth="1"),
            said(1.5, "1", bound=0.5, is_claim=False),
            (OPEN, "ILL-CONDITIONED"),
        ),
        (
            entry("smooth", truth="1", movement=2**-8),
            said(1 + 100 * 2**-8, "1", bound=1.0, is_claim=False),
            (OK, None),
        ),
        (
            entry("smooth", truth="1", movement=2**-8),
            said(1 + 101 * 2**-8, "1", bound=1.0, is_claim=False),
            (OPEN, "ILL-CONDITIONED"),
        ),
        (entry("smooth", truth="1"), said(2.0, "2", allowed=1.0), (OPEN, "ILL-CONDITIONED")),
        (entry("smooth", truth="1"), said(2.0, "2", allowed=0.5), (WRONG, None)),
    ],
)
def test_thresholds_of_the_float_report(e: Entry, s: Said, expected: Any) -> None:
    assert told(e, s) == expected
