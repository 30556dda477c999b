"""Digits that floating point kept or lost, at smooth points, kinks and edges; claims too."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from gradcli.reports import Status
from gradcli.verify.entries import Decision, Said, decide
from gradcli.verify.evidence import Entry

OK, KINK, WRONG = (Status.OK, None), (Status.KINK, None), (Status.WRONG, None)
ANOMALY, ILL, BROKEN = (
    (Status.INCONCLUSIVE, cause)
    for cause in ("FLOAT-ANOMALY", "ILL-CONDITIONED", "FLOAT-BREAKDOWN")
)


def decided(entry: Entry, value: float, exact: str | None, bound: float, **more: Any) -> Decision:
    known = {"is_claim": False, "inside": None, **more}
    return decide(entry, Said(value, exact, bound, **known), 1.0)


def told(*args: Any, **more: Any) -> tuple[Status, str | None]:
    found = decided(*args, **more)
    return found.status, found.cause


def smooth(truth: str = "1", **more: Any) -> Entry:
    return Entry("x", (), "smooth", truth=truth, **more)


def test_an_error_that_equals_its_tight_bound_is_an_ordinary_pass() -> None:
    for sign in (1, -1):
        e = smooth(str(sign))
        assert decided(e, sign * (1 + 2**-20), str(sign), 2**-20) == Decision(
            Status.OK, None, "", pytest.approx(-math.log10(2**-20))
        )
        assert decided(e, sign * (1 + 2**-21), str(sign), 1e-6).sentence == ""
        assert decided(e, sign * (1 + 2**-21), str(sign), 1.01e-6).sentence == "digits lost"


def test_a_truth_has_cancelled_up_to_a_share_of_its_terms() -> None:
    # An error of 1e-9 with a bound of 1e-8: nothing beside terms of size 1.
    for truth in ("1e-20", "-1e-20", "0", "5e-21"):
        assert decided(smooth(truth, weight="1"), 1e-9, truth, 1e-8).sentence == ""
        assert told(smooth(truth, weight="1"), 1e-9, truth, 1e-8) == OK
    for truth in ("1.1e-20", "-1.1e-20"):
        assert told(smooth(truth, weight="1"), 1e-9, truth, 1e-8) == ILL
    # A thousandth of the terms is no ordinary pass.
    assert told(smooth("0", weight="1"), 1e-3, "0", 1e-2) == ILL
    assert told(smooth("0", weight="10000"), 1e-3, "0", 9e-3) == OK


def test_terms_that_overflow_are_no_scale() -> None:
    assert told(smooth("0.7", weight="inf"), 0.0, "0.7", math.inf) == ILL
    assert told(smooth("0.7", weight="1e400"), 0.0, "0.7", math.inf) == ILL


def test_exactly_a_thousandth_is_still_useful() -> None:
    for sign in (1, -1):
        assert told(smooth(str(1000 * sign)), 1001.0 * sign, str(1000 * sign), 10.0) == OK
        assert told(smooth(str(1000 * sign)), 1001.01 * sign, str(1000 * sign), 10.0) == ILL


def test_floats_that_overflow_are_told_before_any_difference() -> None:
    for value in (math.nan, math.inf):
        assert told(smooth(difference=2.0, bar=1e-9), value, "1", 1.0) == BROKEN


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_difference_that_is_no_number_does_not_object(bad: float) -> None:
    assert told(smooth(difference=bad, bar=1e-9), 1.0, "1", 1.0) == OK


def test_sympy_defends_what_is_not_also_the_truth() -> None:
    # SymPy says what the candidate says, as exactly as that is known.
    assert told(smooth(symbolic="2"), 2.0, "2", 0.0)[1] == "DISPUTED"
    assert told(smooth(symbolic="2.1"), 2.0, None, 0.125, is_claim=True)[1] == "DISPUTED"
    assert told(smooth(symbolic="2.2"), 2.0, None, 0.125, is_claim=True) == WRONG
    assert told(smooth(symbolic="2.1"), 2.0, "2", 1.0, allowed=0.125)[1] == "DISPUTED"
    assert told(smooth(symbolic="2.2"), 2.0, "2", 1.0, allowed=0.125) == WRONG
    # It lies between, and agrees with both: then it agrees with the truth.
    between = smooth(symbolic="1.000000000000000000009")
    assert told(between, 1.0, "1.000000000000000000018", 1.0) == WRONG
    # At a tie its number is ignored.
    assert told(smooth(symbolic="2", tied=True), 2.0, "2", 0.0) == (Status.WRONG, "tie-convention")


def test_what_cancels_in_our_gradient_excuses_us_and_no_claim() -> None:
    e = smooth("1", weight="1e30")
    assert told(e, 1.0, "1.0001", 1.0) == OK
    assert told(e, 1.0, "1.0001", 1.0, is_claim=True) == WRONG
    assert told(e, 1.0001, None, 0.0, is_claim=True) == WRONG
    assert told(e, 1.0, "1", 1.0, is_claim=True) == OK
    # Not even where the truth is just too large to have cancelled.
    assert told(smooth("1.5", weight="1e20"), 1.5, "2.4", 1.0) == OK


def test_the_error_of_the_truth_excuses_a_claim() -> None:
    e = smooth("1", error="0.25")
    assert told(e, 1.25, "1.25", 1.0, is_claim=True)[0] is not Status.WRONG
    assert told(e, 1.26, "1.26", 1.0, is_claim=True) == WRONG
    assert told(e, 1.5, None, 0.25, is_claim=True)[0] is not Status.WRONG
    assert told(e, 1.51, None, 0.25, is_claim=True) == WRONG


def test_the_nearest_double_is_right_however_small_the_truth() -> None:
    for truth in ("1e-450", "-1e-450", "2.47e-324", "-2.47e-324"):
        assert told(smooth(truth), 0.0, None, 0.0, is_claim=True) == OK
    assert told(smooth("2.48e-324"), 0.0, None, 0.0, is_claim=True) == WRONG
    assert told(smooth("2.48e-324"), 5e-324, None, 0.0, is_claim=True) == OK
    # What is known to more digits than a double has is not.
    assert told(smooth("1e-450"), 0.0, "0", 0.0, is_claim=True) == WRONG


def test_what_a_bar_alone_excuses_is_left_open_beyond_a_share_of_the_entry() -> None:
    for sign in (1, -1):
        # A double may keep three digits of its truth, one of many digits six.
        e = smooth(str(1000 * sign))
        assert told(e, 1001.0 * sign, None, 2.0, is_claim=True) == OK
        assert told(e, 1001.01 * sign, None, 2.0, is_claim=True) == ILL
        known = {"is_claim": True, "allowed": 2.0}
        assert told(e, 1000.0 * sign, str(1000.001 * sign), 2.0, **known) == OK
        assert told(e, 1000.0 * sign, str(1000.0011 * sign), 2.0, **known) == ILL
    assert decided(smooth("1000"), 1001.0, None, 2.0, is_claim=True).sentence == ""


def test_what_rounding_leaves_of_cancelling_terms_is_no_doubt() -> None:
    e = smooth("0", weight="1", movement=1.0)
    assert told(e, 1e-13, None, 1.0, is_claim=True) == OK
    assert told(e, 1.01e-13, None, 1.0, is_claim=True) == ILL
    # The bar is the one of the number that is compared.
    assert told(e, 1e-13, None, 1.0, is_claim=True, allowed=math.inf) == OK
    assert told(e, 1e-13, None, math.inf, is_claim=True, allowed=1.0) == ILL
    assert told(e, 1e-13, "1e-13", math.inf, is_claim=True, allowed=1.0) == OK
    assert told(e, 1e-13, "1e-13", 1.0, is_claim=True, allowed=math.inf) == ILL


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("0.999999999999", OK),
        ("0.9999999999989", (Status.INCONCLUSIVE, "UNSETTLED")),
        ("0.999999", (Status.INCONCLUSIVE, "UNSETTLED")),
        ("0.9999989", WRONG),
    ],
)
def test_the_tolerance_of_a_loop_ends_exactly(claim: str, expected: Any) -> None:
    assert told(smooth(), float(claim), claim, 0.0, is_claim=True, iterates=True) == expected


def test_a_smooth_point_without_a_truth_accuses_nobody() -> None:
    e = Entry("x", (), "smooth")
    assert told(e, 1.0, "1", 1.0) == (Status.INCONCLUSIVE, "UNSETTLED")


def kinked(left: str | None = "-1", right: str | None = "1", **more: Any) -> Entry:
    return Entry("x", (), "kink", left=left, right=right, note="a tie", **more)


@pytest.mark.parametrize(
    ("e", "value", "exact", "bound", "expected"),
    [
        # Another answer than the one of the rules, but an answer.
        (kinked(), 0.9, "0", 1.0, KINK),
        (kinked("1", "-1"), 0.9, "0", 1.0, KINK),
        (kinked(), 1.0, "0", 1e-9, KINK),
        (kinked(), -1.0, "0", 1e-9, KINK),
        (kinked("1", "-1"), 1.0, "0", 1e-9, KINK),
        # Beyond a side by no more than rounding.
        (kinked(), 1 + 1e-12, "1", 1e-11, KINK),
        (kinked(), -1 - 1e-12, "-1", 1e-11, KINK),
        (kinked(), 1.0009, "1", 1.0, KINK),
        # Digits lost that the answer needs.
        (kinked(), 1.5, "1", 1.0, ILL),
        (kinked(), -1.5, "-1", 1.0, ILL),
        (kinked(), 1.5, "1", 0.1, ANOMALY),
        (kinked("0.5", "0.5"), 0.0, "0.5", 1.0, ILL),
        (kinked("0.5", None), 0.5, "0.5", 1.0, KINK),
        (kinked("nan", "0.5"), 0.5, "0.5", 1.0, KINK),
        (kinked(None, None), 0.5, "0.5", 1.0, KINK),
        (kinked(None, None), 0.25, "0.5", 1.0, ILL),
        (kinked(), math.inf, "1", 1.0, BROKEN),
        # Of a claim that is only a double, membership was decided with its bound.
        (kinked(), 1.5, None, 1.0, KINK),
    ],
)
def test_floats_at_a_kink(
    e: Entry, value: float, exact: str | None, bound: float, expected: Any
) -> None:
    found = decided(e, value, exact, bound, inside=True)
    assert (found.status, found.cause) == expected
    assert (found.sentence == "a tie") == (expected == KINK)


def test_a_claim_at_a_kink_is_measured_by_its_own_entry() -> None:
    # Less than what is lost beside other entries at a smooth point.
    lost = decided(kinked(None, None), 0.0, "5e-14", 1.0, is_claim=True, inside=True)
    assert (lost.status, lost.cause) == ILL
    assert told(smooth("5e-14"), 0.0, "5e-14", 1.0, is_claim=True) == OK


@pytest.mark.parametrize("kind", ["kink", "edge", "vertical"])
def test_an_edge_or_kink_is_no_smooth_point(kind: str) -> None:
    e = Entry("x", (), kind, truth="1", right="1", left="1")
    assert told(e, 1.0, "1", 1.0, inside=True) == KINK


@pytest.mark.parametrize(
    ("value", "word"), [(math.nan, "NaN"), (math.inf, "infinite"), (-math.inf, "infinite")]
)
def test_no_number_is_right_where_there_is_no_derivative(value: float, word: str) -> None:
    found = decided(Entry("x", (), "undefined"), value, None, 0.0)
    assert (found.status, found.cause) == (Status.UNDEFINED, None)
    assert found.sentence == f"undefined here, and the gradient is {word}"


def test_decisions_are_values() -> None:
    with pytest.raises(FrozenInstanceError):
        Decision(Status.OK).status = Status.WRONG  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        Said(1.0, None, 0.0, False, None).value = 2.0  # type: ignore[misc]
