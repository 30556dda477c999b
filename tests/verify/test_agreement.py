"""Comparing exact numbers, the user's tolerance, and the conditions: to the last digit."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from gradcli.reports import Finding, Status, Verdict
from gradcli.verify.agreement import (
    agree,
    digits,
    distance,
    is_finite,
    number,
    relative,
    within,
)
from gradcli.verify.conditions import call_twice, same_bits
from gradcli.verify.evidence import Candidate, Entry, Evidence
from gradcli.verify.tolerance import within_tolerance

ONE = Decimal(1)
EDGE = Decimal("1e-20")


def test_a_double_is_taken_exactly_and_a_text_with_all_its_digits() -> None:
    assert number(0.1) == Decimal.from_float(0.1) != Decimal("0.1")
    long = "1." + "3" * 150
    assert str(number(long)) == long
    assert number("1e-99999999") > 0
    assert number("1e99999999").is_finite()
    # Of 752 digits, none is lost; and no exponent is an error.
    assert number(5e-324) == Decimal.from_float(5e-324)
    assert number("1e9999999999999999999") == Decimal("inf")
    assert number("nan").is_nan()
    assert is_finite(number(1.0))
    assert not is_finite(number("inf"))


def test_agreement_ends_at_1e_20() -> None:
    assert agree(ONE, ONE + EDGE / 2)
    assert agree(ONE, ONE - EDGE)
    assert agree(ONE - EDGE, ONE)
    assert not agree(ONE, ONE - EDGE * Decimal("1.01"))
    assert not agree(ONE - EDGE * Decimal("1.01"), ONE)
    assert agree(Decimal(0), Decimal(0))
    assert not agree(Decimal(0), Decimal("1e-300"))
    assert agree(Decimal(0), EDGE, Decimal(-1))
    assert not agree(Decimal(0), EDGE * 2, ONE)
    # The larger of the two is the scale, and the weight only where it is larger still.
    assert agree(Decimal(-5), Decimal(-5) + 5 * EDGE, ONE)
    assert not agree(Decimal(-5), Decimal(-5) + 6 * EDGE, ONE)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_larger_of_two_numbers_is_their_scale(sign: int) -> None:
    whole, less = sign * ONE, sign * (ONE - EDGE)
    assert agree(whole, less)
    assert agree(less, whole)


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf"])
def test_what_is_not_finite_never_agrees(bad: str) -> None:
    assert not agree(Decimal(bad), Decimal(bad))
    assert not agree(ONE, Decimal(bad))
    assert not agree(Decimal(bad), ONE, Decimal("inf"))


def test_error_bars_add_up_and_end_exactly() -> None:
    far = number("1e-400")
    assert within(ONE, ONE, Decimal(0))
    assert within(ONE, Decimal(3), Decimal(2))
    assert within(Decimal(3), ONE, Decimal(1), Decimal(1))
    assert not within(Decimal(3), ONE, Decimal(1), Decimal(1) - EDGE)
    assert not within(ONE, Decimal(3), Decimal("1.999"))
    assert not within(far, Decimal(0), Decimal(0))
    assert within(far, Decimal(0), far)
    assert within(ONE, Decimal(3), Decimal("inf"))


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf"])
def test_no_bar_reaches_what_is_not_finite(bad: str) -> None:
    for bar in (ONE, Decimal("inf"), Decimal("nan")):
        assert not within(ONE, Decimal(bad), bar)
        assert not within(Decimal(bad), Decimal(bad), bar)
    assert not within(ONE, ONE, Decimal("nan"))


def test_a_relative_distance_is_a_share_of_the_larger() -> None:
    assert relative(ONE, ONE) == relative(Decimal(0), Decimal(0)) == 0.0
    assert relative(ONE, Decimal(4)) == relative(Decimal(4), ONE) == 0.75
    assert relative(Decimal(-4), ONE) == relative(ONE, Decimal(-4)) == 1.25
    assert relative(Decimal(0), Decimal(-2)) == 1.0
    # Also where a double would overflow, or underflow.
    assert relative(number("1e400"), number("2e400")) == 0.5
    assert relative(number("-1e-400"), number("1e-400")) == 2.0
    for bad in ("nan", "inf", "-inf"):
        assert relative(ONE, Decimal(bad)) == relative(Decimal(bad), ONE) == math.inf
        assert relative(Decimal(bad), Decimal("nan")) == math.inf


def test_distance_and_digits() -> None:
    assert distance(ONE, Decimal(3)) == distance(Decimal(3), ONE) == 2
    assert distance(Decimal("nan"), ONE).is_nan()
    assert digits(1.0, ONE) == 17.0
    assert digits(1.001, ONE) == pytest.approx(3.0, abs=1e-6)
    assert digits(-1.001, -ONE) == pytest.approx(3.0, abs=1e-6)
    assert digits(5.0, ONE) == 0.0
    assert digits(1e-300, Decimal(0)) == 0.0
    assert digits(0.0, Decimal(0)) == 17.0
    assert digits(1.0, number("1." + 29 * "0" + "1")) == 17.0
    for bad in (math.nan, math.inf):
        assert digits(bad, ONE) == 0.0
        assert digits(1.0, Decimal(bad)) == 0.0


def evidence(value: float, truth: str | None = "2", difference: float | None = None) -> Evidence:
    entry = Entry("x", (0,), "smooth", truth=truth, difference=difference)
    return Evidence(1.0, entries=(entry,), candidates=(Candidate("claim", (value,)),))


WRONG = Verdict(
    Status.WRONG, "unexplained", ("exact",), "text", (Finding("x", (0,), 2.1, 2.0),), 1.0, "hint"
)


def status(
    value: float, rtol: float | None, atol: float | None, verdict: Verdict = WRONG, **more: Any
) -> Status:
    return within_tolerance(verdict, [evidence(value, **more)], rtol, atol).status


def test_a_tolerance_forgives_up_to_its_edge() -> None:
    assert status(2.25, 0.125, None) is Status.OK
    assert status(1.75, 0.125, None) is Status.OK
    assert status(2.2500001, 0.125, None) is Status.WRONG
    assert status(2.25, None, 0.25) is Status.OK
    assert status(2.2500001, None, 0.25) is Status.WRONG
    assert status(2.5, 0.125, 0.25) is Status.OK
    assert status(2.5000001, 0.125, 0.25) is Status.WRONG
    assert status(-1.75, 0.125, None, truth="-2") is Status.OK
    assert status(2.25, None, None) is Status.WRONG
    assert status(2.25, 0.0, None) is Status.WRONG


def test_what_is_forgiven_says_by_which_tolerance() -> None:
    found = within_tolerance(WRONG, [evidence(2.1)], 0.1, None)
    assert (found.text, found.cause, found.findings) == ("within rtol", None, ())
    assert within_tolerance(WRONG, [evidence(2.1)], None, 0.2).text == "within atol"
    assert within_tolerance(WRONG, [evidence(2.1)], 0.0, 0.2).text == "within rtol"


def test_without_a_truth_the_difference_serves_and_without_either_nothing() -> None:
    assert status(2.1, 0.1, None, truth=None, difference=2.0) is Status.OK
    assert status(3.1, 0.1, None, truth=None, difference=2.0) is Status.WRONG
    assert status(2.1, 0.1, None, truth=None) is Status.WRONG
    assert status(2.1, 0.1, None, truth="2", difference=9.0) is Status.OK


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_not_forgiven(value: float) -> None:
    assert status(value, 1e300, 1e300) is Status.WRONG


@pytest.mark.parametrize(
    "cause", ["non-finite", "finite-outside-domain", "nan-at-kink", "subgradient"]
)
def test_some_causes_are_not_forgiven(cause: str) -> None:
    verdict = Verdict(Status.WRONG, cause)
    assert status(2.0, 1.0, 1.0, verdict) is Status.WRONG


def test_only_what_is_wrong_is_forgiven_and_only_if_all_is_near() -> None:
    for other in (Status.INCONCLUSIVE, Status.UNDEFINED, Status.KINK):
        assert status(2.0, 1.0, 1.0, Verdict(other, "JUMP")) is other
    both = [evidence(2.1), evidence(9.0)]
    assert within_tolerance(WRONG, both, 0.1, None).status is Status.WRONG
    assert within_tolerance(WRONG, both[:1] * 2, 0.1, None).status is Status.OK
    far = evidence(2.1)
    two = Evidence(1.0, entries=far.entries * 2, candidates=(Candidate("claim", (2.1, 9.0)),))
    assert within_tolerance(WRONG, [two], 0.1, None).status is Status.WRONG
    ours = Evidence(1.0, entries=far.entries, candidates=(Candidate("gradcli", (2.1,)),))
    assert within_tolerance(WRONG, [ours], 0.1, None).status is Status.WRONG
    shape = Evidence(1.0, candidates=(Candidate("claim", (), trouble="a wrong shape"),))
    assert within_tolerance(WRONG, [shape], 0.1, None).status is Status.WRONG


def test_bits_shape_and_dtype_are_compared() -> None:
    assert same_bits(np.nan, np.nan)
    assert same_bits([1.0, 2.0], np.array([1.0, 2.0]))
    assert not same_bits(0.0, -0.0)
    assert not same_bits(np.zeros(2), np.zeros((2, 1)))
    assert not same_bits(np.zeros(2), np.zeros(2, np.int64))


class Counter:
    """Answers by the number of the call."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def __call__(self, x: Any) -> Any:
        return self.answers.pop(0)


def test_a_function_that_answers_differently_is_found_out() -> None:
    found = call_twice(Counter(1.0, 1.5), [np.zeros(2)], ["x"])
    assert (found.value, found.cause) == (1.0, "NONDETERMINISTIC")
    assert found.note.endswith("1.0, 1.5")
    arrays = call_twice(Counter(np.zeros(2), np.ones(2)), [np.zeros(2)], ["x"])
    assert arrays.note.endswith("an array of shape (2,), an array of shape (2,)")
    single = call_twice(Counter(np.zeros(1), np.ones(1)), [2.0], ["x"])
    assert single.note.endswith("0.0, 1.0")
    assert call_twice(Counter(1.0, 1.0), [2.0], ["x"]).cause == ""


def test_a_function_that_writes_into_its_input_is_found_out_and_leaves_it_alone() -> None:
    def writes(x: Any, y: Any) -> float:
        y += 1.0
        return float(np.sum(x) + y[0] * 0)

    x, y = np.zeros(2), np.zeros(2)
    found = call_twice(writes, [x, y], ["x", "y"])
    assert found.cause == "MUTATES-INPUT"
    assert "`y`" in found.note
    assert not y.any()


def test_floating_point_trouble_of_the_function_is_silent() -> None:
    with np.errstate(all="raise"):
        assert call_twice(np.log, [np.zeros(1)], ["x"]).cause == ""
