"""Where one decision ends and the next begins: every threshold from both sides."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from gradcli.reports import Status
from gradcli.verify.decisions import Said
from gradcli.verify.entries import decide, vote
from gradcli.verify.evidence import Candidate, Entry, Evidence, Voice
from gradcli.verify.judge import judge

ILL = (Status.INCONCLUSIVE, "ILL-CONDITIONED")


def status(
    value: float, bound: float, truth: str = "1", exact: str | None = None, **more: Any
) -> tuple[Status, str | None]:
    entry = Entry("x", (), "smooth", truth=truth, **more)
    found = decide(entry, Said(value, exact or truth, bound, False, None), 1.0)
    return found.status, found.cause


def text(value: float, bound: float, **more: Any) -> str:
    entry = Entry("x", (), "smooth", truth="1", **more)
    return decide(entry, Said(value, "1", bound, False, None), 1.0).sentence


def test_a_bound_under_a_millionth_is_an_ordinary_pass() -> None:
    assert text(1 + 1e-8, 0.9e-6) == ""
    assert text(1 + 1e-8, 1.1e-6) == "digits lost"
    assert text(1.0, 1e3) == ""
    assert status(1 + 1e-8, 1e-9) == (Status.INCONCLUSIVE, "FLOAT-ANOMALY")


def test_a_loss_is_useless_beyond_a_thousandth_and_avoidable_beyond_a_hundred_movements() -> None:
    assert status(1.0009, 1.0) == (Status.OK, None)
    assert status(1.0011, 1.0) == ILL
    assert status(1.25, 1.0, movement=0.0026) == (Status.OK, None)
    assert status(1.25, 1.0, movement=0.0024) == ILL


def test_a_cancelled_truth_is_measured_by_its_terms() -> None:
    assert status(1e-17, 2e-17, truth="0", weight="1", movement=1.0)[0] is Status.OK
    found = decide(
        Entry("x", (), "smooth", truth="1e-21", weight="1", movement=1.0),
        Said(1e-17, "1e-21", 2e-17, False, None),
        1.0,
    )
    assert found.sentence == ""
    larger = Entry("x", (), "smooth", truth="1e-15", weight="1", movement=1.0)
    assert decide(larger, Said(3e-15, "1e-15", 1e-14, False, None), 1.0).sentence == "digits lost"


def test_differences_vote_under_a_tenth_of_the_scale() -> None:
    def heard(bar: float | None, difference: float | None = 1.0, scale: float = 0.0) -> bool:
        said = vote(Entry("x", (), difference=difference, bar=bar), scale)
        assert said in (None, (difference, bar))
        return said is not None

    assert heard(0.099)
    assert not heard(0.1)
    assert heard(0.19, 1.0, 2.0)
    assert heard(0.19, -2.0, 1.0)
    for bad in (math.inf, math.nan, None):
        assert not heard(bad)
        assert not heard(1e-9, bad, 1.0)


def test_a_mismatch_begins_beyond_ten_bars_and_the_bound() -> None:
    def mismatch(gap: float, forward: float) -> bool:
        entry = Entry("x", (), "smooth", truth="1", difference=1 + gap, bar=0.0625)
        said = Said(1.0, "1", 0.0, False, None, forward=forward)
        return decide(entry, said, 1.0).cause == "FORWARD-FLOAT-MISMATCH"

    assert not mismatch(0.625, 0.0)
    assert mismatch(0.626, 0.0)
    assert mismatch(-0.626, 0.0)
    assert not mismatch(0.75, 0.125)
    assert mismatch(0.751, 0.125)


def test_a_claim_known_as_a_double_may_be_off_by_its_bound() -> None:
    def claim(value: float, bound: float) -> Status:
        entry = Entry("x", (), "smooth", truth="1")
        return decide(entry, Said(value, None, bound, True, None), 1.0).status

    assert claim(1.25, 0.25) is Status.INCONCLUSIVE
    assert claim(1.26, 0.25) is Status.WRONG
    assert claim(1.0009765625, 0.0009765625) is Status.OK, "three digits, and all of its bar"
    assert claim(1.0009765625, 0.0009765624) is Status.WRONG


@pytest.mark.parametrize(
    ("movement", "weight", "bar", "expected"),
    [
        # At an optimum the digits are lost whatever one does: that is no doubt of the claim.
        (1e-16, "1", 1.0, Status.OK),
        (1e-19, "1", 1.0, Status.INCONCLUSIVE),
        (1e-16, "1e-6", 1.0, Status.INCONCLUSIVE),
        # Where no bound of its rounding is known, nothing excuses it.
        (1e-16, "1", math.inf, Status.INCONCLUSIVE),
    ],
)
@pytest.mark.parametrize("exact", [None, "4e-17"])
def test_a_claim_that_only_its_bar_excuses_is_left_open(
    movement: float, weight: str, bar: float, expected: Status, exact: str | None
) -> None:
    entry = Entry("x", (), "smooth", truth="2e-17", weight=weight, movement=movement)
    said = Said(4e-17, exact, bar, True, None, bar)
    found = decide(entry, said, 2e-17)
    # What is known to more digits than a double has lost none.
    doubt = exact is not None or expected is not Status.OK
    assert found.status is (Status.INCONCLUSIVE if doubt else Status.OK)
    assert found.cause == ("ILL-CONDITIONED" if doubt else None)


@pytest.mark.parametrize(
    ("claim", "iterates", "expected"),
    [
        ("1.0000000000009", True, Status.OK),
        ("1.0000000000009", False, Status.WRONG),
        ("1.0000009", True, Status.INCONCLUSIVE),
        ("1.0000011", True, Status.WRONG),
    ],
)
def test_a_loop_that_stops_at_a_tolerance_leaves_a_claim_open(
    claim: str, iterates: bool, expected: Status
) -> None:
    entry = Entry("x", (), "smooth", truth="1")
    said = Said(float(claim), claim, 0.0, True, None, iterates=iterates)
    assert decide(entry, said, 1.0).status is expected
    ours = Said(float(claim), claim, 0.0, False, None, iterates=iterates)
    assert decide(entry, ours, 1.0).status is Status.WRONG


def test_rounded_constants_are_allowed_up_to_their_edge() -> None:
    def exact(value: str, allowed: float) -> Status:
        said = Said(float(value), value, 1.0, True, None, allowed)
        return decide(Entry("x", (), "smooth", truth="1"), said, 1.0).status

    assert exact("1.25", 0.25) is not Status.WRONG
    assert exact("1.26", 0.25) is Status.WRONG
    assert exact("1.00001", 0.0) is Status.WRONG


@pytest.mark.parametrize(
    ("kind", "value", "exact", "cause"),
    [
        ("edge", 2.0, "2", None),
        ("edge", 2.0, "3", "subgradient"),
        ("edge", math.nan, "2", "nan-at-kink"),
        ("vertical", math.inf, "inf", None),
        ("vertical", -math.inf, "-inf", "subgradient"),
        ("unsettled", 1.0, "1", "UNSETTLED"),
        ("jump", 1.0, "1", "JUMP"),
    ],
)
def test_one_sided_points(kind: str, value: float, exact: str, cause: str | None) -> None:
    sides = {"edge": {"right": "2", "left": "nan"}, "vertical": {"right": "inf", "left": "inf"}}
    entry = Entry("x", (), kind, **sides.get(kind, {}))
    assert decide(entry, Said(value, exact, 0.0, False, None), 1.0).cause == cause


def test_notes_of_an_entry_are_told() -> None:
    for kind in ("jump", "unsettled"):
        said = Said(1.0, "1", 0.0, False, None)
        assert decide(Entry("x", (), kind, note="here"), said, 1.0).sentence == "here"
        assert decide(Entry("x", (), kind), said, 1.0).sentence != ""


def test_the_larger_relative_error_is_the_worse() -> None:
    def severity(value: float, truth: str) -> float:
        entry = Entry("x", (), "smooth", truth=truth)
        return decide(entry, Said(value, repr(value), 0.0, False, None), 1.0).severity

    assert severity(3.0, "1") == pytest.approx(2 / 3)
    assert severity(1.0, "-3") == pytest.approx(4 / 3)
    assert severity(math.nan, "1") == math.inf


def judged(entry: Entry, value: float, **more: Any) -> Any:
    said = Candidate("gradcli", (value,), bounds=(0.0,), inside=(False,))
    evidence = Evidence(1.0, entries=(entry,), candidates=(said,), voices=(Voice("exact", "ok"),))
    return judge(replace(evidence, **more))


def test_a_finding_says_what_was_expected() -> None:
    kink = Entry("x", (1, 2), "kink", left="3", right="-1", note="relu at x[1,2] = 0")
    found = judged(kink, 9.0)
    assert found.findings[0].expected == (-1.0, 3.0)
    assert found.text == "subgradient at x[1,2]: relu at x[1,2] = 0"
    for side in ("left", "right"):
        half = judged(replace(kink, **{side: None}, difference=4.0), 9.0)
        assert half.findings[0].expected == 4.0
    known = Entry("x", (), "smooth", truth="3", left="1", right="2", difference=4.0)
    assert judged(known, 9.0).findings[0].expected == 3.0
    assert judged(replace(kink, left=None, right=None), 9.0).findings[0].expected is None
    black = Entry("x", (), "unknown", difference=4.0, bar=0.1, black_box="wrong")
    assert judged(black, 9.0).findings[0].expected == 4.0
    assert judged(black, 9.0).text == "fd-only: at x"


@pytest.mark.parametrize("kind", ["ok", "wrong", "kink"])
def test_a_ruling_of_differences_is_a_voice(kind: str) -> None:
    black = Entry("x", (), "unknown", difference=4.0, bar=4.0, black_box=kind)
    voices = (Voice("fd", "ok"),)
    assert judged(black, 4.0, voices=voices).by == ("fd",)
    assert judged(replace(black, black_box="inconclusive"), 4.0, voices=voices).by == ()


def test_the_limits_of_differentiation_are_told_for_our_own_gradient_only() -> None:
    nan = Entry("x", (), "kink", left="-1", right="1")
    assert "abs(x)" in judged(nan, math.nan).hint
    tied = Entry("x", (), "smooth", truth="1", tied=True)
    ours = Candidate("gradcli", (0.0,), ("0",))
    assert "join the pieces" in judged(tied, 0.0, candidates=(ours,)).hint
    over = Entry("x", (), "smooth", truth="1")
    gone = Candidate("gradcli", (math.nan,), ("nan",))
    assert "overflows" in judged(over, 0.0, candidates=(gone,)).hint
    theirs = replace(gone, who="claim")
    assert judge(Evidence(1.0, entries=(over,), candidates=(theirs,)), "claim").hint == ""


@pytest.mark.parametrize(
    ("claim", "weight", "expected"),
    [
        # Sixteen units of rounding of the entry, or of its terms …
        ("1.0000000000000017", "1", Status.OK),
        ("1.0000000000000019", "1", Status.WRONG),
        ("1.000000000017", "1e4", Status.OK),
        ("1.000000000019", "1e4", Status.WRONG),
        # … that leave nine digits.
        ("1.0000000009", "1e9", Status.OK),
        ("1.0000000011", "1e9", Status.WRONG),
        ("1.0000000009", "inf", Status.OK),
    ],
)
def test_another_formula_may_differ_by_rounding(claim: str, weight: str, expected: Status) -> None:
    entry = Entry("x", (), "smooth", truth="1", weight=weight)
    assert decide(entry, Said(1.0, claim, 0.0, True, None), 1.0).status is expected
    below = replace(entry, truth="-1")
    assert decide(below, Said(-1.0, f"-{claim}", 0.0, True, None), 1.0).status is expected
    if weight != "inf":
        ours = Said(1.0, claim, 0.0, False, None)
        assert decide(entry, ours, 1.0).status is Status.WRONG, "our own rules get no discount"


def test_a_truth_over_every_double_excuses_no_claim() -> None:
    entry = Entry("x", (), "smooth", truth="1e400")
    assert decide(entry, Said(math.inf, "2e400", 0.0, True, None), 1.0).status is Status.WRONG
    assert decide(entry, Said(5.0, "5", 0.0, True, None), 1.0).status is Status.WRONG


def test_what_is_lost_beside_other_entries_is_no_matter_to_a_claim() -> None:
    entry = Entry("x", (), "smooth", truth="5e-18", weight="1")

    def status(scale: float, is_claim: bool) -> Status:
        said = Said(0.0, "5e-18", 1e-16, is_claim, None)
        return decide(entry, said, scale).status

    assert status(1e-4, True) is Status.OK
    assert status(1e-5, True) is Status.INCONCLUSIVE
    assert status(1e-4, False) is Status.INCONCLUSIVE


def test_lost_digits_are_noted_once_behind_a_gradient_that_is_right() -> None:
    known = Entry("x", (), "smooth", truth="1")
    kink = Entry("x", (), "kink", left="-1", right="3", note="a tie")

    def said(*values: float, last: Entry = known) -> str:
        entries = (*(replace(known, index=(k,)) for k in range(len(values) - 1)), last)
        ours = Candidate(
            "gradcli", values, ("1",) * len(values), (1e-5,) * len(values), inside=(True,) * 3
        )
        voices = (Voice("exact", "ok"),)
        return judge(Evidence(1.0, entries=entries, candidates=(ours,), voices=voices)).text

    near = 1 + 1e-8
    assert said(1.0, 1.0, 1.0) == "exact"
    assert said(1.0, near, 1.0) == "exact; digits lost"
    assert said(near, 1.0, near) == "exact; digits lost"
    assert said(near, 1.0, 1.0, last=kink) == "a tie"
