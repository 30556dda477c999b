"""A user's own tolerance turns wrong into ok, and forgives nothing that is no matter of size."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gradcli.reports import Finding, Status, Verdict
from gradcli.verify.evidence import Candidate, Entry, Evidence
from gradcli.verify.tolerance import within_tolerance

WRONG = Verdict(
    Status.WRONG,
    "unexplained",
    ("exact",),
    "off at x",
    (Finding("x", (), 1.0, 2.0, "off"),),
)
# At a true entry of -8 these errors are the largest that each tolerance allows.
RTOL, ATOL = 0.125, 0.5


def at(value: float, entry: Entry) -> Evidence:
    return Evidence(1.0, entries=(entry,), candidates=(Candidate("claim", (value,)),))


def known(value: float, truth: str = "-8") -> Evidence:
    return at(value, Entry("x", (), "smooth", truth=truth, difference=1e9))


def forgiven(evidence: Evidence, rtol: float | None, atol: float | None) -> bool:
    found = within_tolerance(WRONG, [evidence], rtol, atol)
    assert found == WRONG or (found.status, found.cause, found.findings) == (Status.OK, None, ())
    return found != WRONG


@pytest.mark.parametrize("away", [1, -1])
@pytest.mark.parametrize(
    ("rtol", "atol", "room"),
    [(RTOL, None, 1.0), (None, ATOL, 0.5), (RTOL, ATOL, 1.5), (0.0, None, 0.0), (None, 0.0, 0.0)],
)
def test_an_error_is_forgiven_up_to_its_edge(
    rtol: float | None, atol: float | None, room: float, away: int
) -> None:
    for truth in ("-8", "8"):
        assert forgiven(known(float(truth) + away * room, truth), rtol, atol)
        beyond = known(float(truth) + away * (room + 2.0**-20), truth)
        assert not forgiven(beyond, rtol, atol)
        assert not forgiven(known(float(truth), truth), None, None)


def test_the_text_names_the_tolerance() -> None:
    assert within_tolerance(WRONG, [known(-8.0)], 0.1, None).text == "within rtol"
    assert within_tolerance(WRONG, [known(-8.0)], 0.1, 0.1).text == "within rtol"
    assert within_tolerance(WRONG, [known(-8.0)], None, 0.1).text == "within atol"
    assert within_tolerance(WRONG, [known(-8.0)], None, 0.1).by == ("exact",)


def test_what_is_not_wrong_stays_as_it_is() -> None:
    for status in (Status.INCONCLUSIVE, Status.KINK, Status.UNDEFINED, Status.OK):
        verdict = replace(WRONG, status=status)
        assert within_tolerance(verdict, [known(-8.0)], 1.0, 1.0) is verdict


@pytest.mark.parametrize(
    "cause", ["non-finite", "finite-outside-domain", "nan-at-kink", "subgradient"]
)
def test_a_gradient_that_is_none_is_not_forgiven(cause: str) -> None:
    verdict = replace(WRONG, cause=cause)
    assert within_tolerance(verdict, [known(-8.0)], 1.0, 1.0) is verdict


def test_every_entry_at_every_point_has_to_be_near() -> None:
    near, far = known(-8.0), known(8.0)
    assert within_tolerance(WRONG, [near, near], 0.1, 0.1) != WRONG
    assert within_tolerance(WRONG, [near, far], 0.1, 0.1) is WRONG
    assert within_tolerance(WRONG, [far, near], 0.1, 0.1) is WRONG
    claim = Candidate("claim", (-8.0, 8.0))
    both = replace(near, entries=near.entries * 2, candidates=(claim,))
    assert not forgiven(both, 0.1, 0.1)


def test_a_claim_of_fewer_entries_than_were_examined_is_a_bug() -> None:
    near = known(-8.0)
    with pytest.raises(ValueError, match="shorter"):
        forgiven(replace(near, entries=near.entries * 2), 0.1, 0.1)


def test_without_a_truth_differences_are_it_and_without_both_nothing() -> None:
    black = Entry("x", (), "unknown", difference=-8.0)
    assert forgiven(at(-8.5, black), None, ATOL)
    assert not forgiven(at(-8.75, black), None, ATOL)
    assert not forgiven(at(-8.0, Entry("x", ())), 1.0, 1.0)


def test_a_claim_that_is_none_or_has_the_wrong_form_is_not_forgiven() -> None:
    near = known(-8.0)
    ours = replace(near.candidates[0], who="gradcli")
    assert not forgiven(replace(near, candidates=(ours,)), 1.0, 1.0)
    odd = replace(near.candidates[0], trouble="a wrong shape")
    assert not forgiven(replace(near, candidates=(odd,)), 1.0, 1.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_tolerance_reaches_what_is_not_finite(value: float) -> None:
    assert not forgiven(known(value), 1.0, math.inf)


@pytest.mark.parametrize("truth", ["1e400", "-1e400", "inf", "nan"])
def test_no_claim_is_near_a_truth_that_no_double_reaches(truth: str) -> None:
    for rtol, atol in ((0.1, None), (None, 0.1), (0.1, 0.1)):
        assert not forgiven(known(5.0, truth), rtol, atol)
    lost = Entry("x", (), "unknown", difference=float(truth))
    assert not forgiven(at(5.0, lost), 0.1, 0.1)


@pytest.mark.parametrize("tolerance", [math.nan, -1.0])
def test_a_tolerance_that_is_none_forgives_nothing(tolerance: float) -> None:
    assert not forgiven(known(-8.5), tolerance, None)
    assert not forgiven(known(-8.5), None, tolerance)
