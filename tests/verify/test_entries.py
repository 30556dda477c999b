"""Every row of the verdict table, from made-up evidence: no witness runs here."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradcli.reports import Status
from gradcli.verify.decisions import Said
from gradcli.verify.entries import decide
from gradcli.verify.evidence import Entry


def entry(point_class: str = "smooth", **fields: Any) -> Entry:
    return Entry("x", (0,), point_class, **fields)


def said(value: float, exact: str | None = None, **fields: Any) -> Said:
    known = {"bound": 0.0, "is_claim": False, "inside": None, **fields}
    return Said(value, exact, **known)


def status(e: Entry, s: Said, scale: float = 1.0) -> tuple[Status, str | None]:
    found = decide(e, s, scale)
    return found.status, found.cause


@pytest.mark.parametrize(
    ("e", "s", "expected"),
    [
        (entry(truth="2"), said(2.0, "2"), (Status.OK, None)),
        (entry(truth="0"), said(0.0, "0"), (Status.OK, None)),
        (entry(truth="2"), said(-2.0, "-2"), (Status.WRONG, None)),
        (entry(truth="0"), said(1e-300, "1e-300"), (Status.WRONG, None)),
        (entry(truth="1"), said(1.0000001, "1.0000001"), (Status.WRONG, None)),
        (entry(truth="1", stable=False), said(2.0, "2"), (Status.INCONCLUSIVE, "UNSETTLED")),
        (entry(truth="1", symbolic="2"), said(2.0, "2"), (Status.INCONCLUSIVE, "DISPUTED")),
        (entry(truth="1", symbolic="1"), said(2.0, "2"), (Status.WRONG, None)),
        (entry(truth="1", symbolic="3"), said(2.0, "2"), (Status.WRONG, None)),
        (entry(truth="1"), said(math.nan, "nan"), (Status.WRONG, "non-finite")),
        (entry(truth="1"), said(math.inf, "inf"), (Status.WRONG, "non-finite")),
        (entry(truth="1"), said(math.nan, "1"), (Status.INCONCLUSIVE, "FLOAT-BREAKDOWN")),
        (entry(truth="1"), said(math.inf, "1"), (Status.INCONCLUSIVE, "FLOAT-BREAKDOWN")),
    ],
)
def test_smooth_point(e: Entry, s: Said, expected: tuple[Status, str | None]) -> None:
    assert status(e, s) == expected


def test_a_zero_of_cancelling_terms_is_compared_on_their_scale() -> None:
    e = entry(truth="0", weight="1")
    assert status(e, said(0.0, "1e-21"))[0] is Status.OK
    assert status(e, said(0.0, "1e-19"))[0] is Status.WRONG


def test_a_smooth_tie_names_the_convention_only_for_our_own_gradient() -> None:
    e = entry(truth="1", tied=True)
    assert status(e, said(0.0, "0")) == (Status.WRONG, "tie-convention")
    assert status(e, said(0.0, "0", is_claim=True)) == (Status.WRONG, None)


def test_float_error_within_a_tight_bound_passes() -> None:
    e = entry(truth="1")
    assert status(e, said(1.0 + 1e-12, "1", bound=1e-11))[0] is Status.OK


def test_float_error_over_its_bound_is_an_anomaly() -> None:
    e = entry(truth="1")
    found = status(e, said(1.0 + 1e-9, "1", bound=1e-10))
    assert found == (Status.INCONCLUSIVE, "FLOAT-ANOMALY")


def test_useless_digits_that_could_be_kept_are_inconclusive() -> None:
    e = entry(truth="-8.3e-6", movement=1e-21)
    found = status(e, said(4.4e-5, "-8.3e-6", bound=1e-3))
    assert found == (Status.INCONCLUSIVE, "ILL-CONDITIONED")


def test_useless_digits_that_the_problem_itself_loses_are_ok() -> None:
    e = entry(truth="1e-20", movement=1e-16)
    assert status(e, said(1e-16, "1e-20", bound=1e-15))[0] is Status.OK


def test_three_right_digits_are_ok_with_a_note() -> None:
    e = entry(truth="1", movement=0.0)
    assert status(e, said(1.0 + 5e-4, "1", bound=1e-2))[0] is Status.OK


@pytest.mark.parametrize(
    ("inside", "value", "expected"),
    [
        (True, 0.0, (Status.KINK, None)),
        (False, 2.0, (Status.WRONG, "subgradient")),
        (None, 0.5, (Status.INCONCLUSIVE, "KINK-UNCHECKED")),
        (True, math.nan, (Status.WRONG, "nan-at-kink")),
        (None, math.nan, (Status.WRONG, "nan-at-kink")),
    ],
)
def test_kink(inside: bool | None, value: float, expected: tuple[Status, str | None]) -> None:
    e = entry("kink", left="-1", right="1")
    assert status(e, said(value, str(value), inside=inside)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.inf, Status.KINK),
        (-math.inf, Status.WRONG),
        (1e300, Status.WRONG),
        (math.nan, Status.WRONG),
    ],
)
def test_vertical_tangent(value: float, expected: Status) -> None:
    e = entry("vertical", left="inf", right="inf")
    assert status(e, said(value, str(value)))[0] is expected


@pytest.mark.parametrize(("value", "expected"), [(0.0, Status.KINK), (1.0, Status.WRONG)])
def test_edge_takes_the_side_that_exists(value: float, expected: Status) -> None:
    e = entry("edge", left=None, right="0")
    assert status(e, said(value, str(value)))[0] is expected


def test_undefined_point() -> None:
    e = entry("undefined")
    assert status(e, said(math.nan, "nan")) == (Status.UNDEFINED, None)
    assert status(e, said(-1.0, "-1")) == (Status.WRONG, "finite-outside-domain")


@pytest.mark.parametrize(("point_class", "cause"), [("jump", "JUMP"), ("unsettled", "UNSETTLED")])
def test_points_without_an_answer(point_class: str, cause: str) -> None:
    assert status(entry(point_class), said(0.0, "0")) == (Status.INCONCLUSIVE, cause)


def test_differences_of_the_function_itself_can_object() -> None:
    e = entry(truth="1", difference=2.0, bar=1e-6)
    found = status(e, said(1.0, "1", bound=1e-15))
    assert found == (Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH")


@pytest.mark.parametrize("bar", [0.2, math.inf, math.nan])
def test_uninformative_differences_do_not_vote(bar: float) -> None:
    e = entry(truth="1", difference=2.0, bar=bar)
    assert status(e, said(1.0, "1", bound=1e-15))[0] is Status.OK


def test_a_difference_ten_bars_away_is_still_agreement() -> None:
    e = entry(truth="1", difference=1.09, bar=0.01)
    assert status(e, said(1.0, "1", bound=1e-15))[0] is Status.OK
    e = entry(truth="1", difference=1.11, bar=0.01)
    assert status(e, said(1.0, "1", bound=1e-15))[0] is Status.INCONCLUSIVE


def test_a_claim_known_as_doubles_is_judged_with_its_bound() -> None:
    e = entry(truth="1")
    assert status(e, said(1.0 + 1e-13, None, bound=1e-12, is_claim=True))[0] is Status.OK
    assert status(e, said(1.0 + 1e-9, None, bound=1e-12, is_claim=True))[0] is Status.WRONG
    assert status(e, said(math.nan, None, bound=1e-12, is_claim=True))[1] == "non-finite"


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        ("ok", (Status.OK, None)),
        ("wrong", (Status.WRONG, "fd-only")),
        ("kink", (Status.KINK, None)),
        ("inconclusive", (Status.INCONCLUSIVE, "UNSETTLED")),
        ("", (Status.INCONCLUSIVE, "UNSETTLED")),
    ],
)
def test_black_box(ruling: str, expected: tuple[Status, str | None]) -> None:
    e = entry("unknown", difference=1.0, bar=1e-9, black_box=ruling)
    assert status(e, said(1.0)) == expected


def test_a_black_box_gradient_that_is_nan_is_never_ok() -> None:
    e = entry("unknown", difference=1.0, bar=1e-9, black_box="ok")
    assert status(e, said(math.nan)) == (Status.WRONG, "non-finite")


def test_sympy_and_differences_together_may_accuse_a_traced_function() -> None:
    e = entry("unknown", symbolic="1", difference=1.0, bar=1e-9)
    assert status(e, said(1.0))[0] is Status.OK
    assert status(e, said(2.0))[0] is Status.WRONG
    alone = entry("unknown", symbolic="1", difference=1.0, bar=5.0)
    assert status(alone, said(2.0)) == (Status.INCONCLUSIVE, "DISPUTED")


def test_rounded_constants_of_a_claim_are_no_error() -> None:
    e = entry(truth="0.3333333333333333333333333")
    near = said(1 / 3, "0.33333332", is_claim=True, bound=1e-15, allowed=1.4e-8)
    far = said(1 / 3, "0.33333332", is_claim=True, bound=1e-15, allowed=1.3e-8)
    assert status(e, near)[0] is Status.OK
    assert status(e, far)[0] is Status.WRONG
