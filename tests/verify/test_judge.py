"""The judge on made-up evidence: conditions first, then the worst entry, and its words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from gradcli.reports import Status
from gradcli.verify.evidence import Candidate, Entry, Evidence, Tie, Voice
from gradcli.verify.judge import judge

VOICES = (Voice("exact", "ok"), Voice("sympy", "ok"), Voice("fd", "ok"))


def entry(k: int, truth: str, **more: Any) -> Entry:
    known = {"difference": float(truth), "bar": 1e-9, **more}
    return Entry("x", (k,), "smooth", truth=truth, **known)


def evidence(*values: float, truths: tuple[str, ...] = ("1", "2"), **more: Any) -> Evidence:
    ours = Candidate("gradcli", values, tuple(repr(v) for v in values), (1e-12,) * len(values))
    known: dict[str, Any] = {
        "entries": tuple(entry(k, t) for k, t in enumerate(truths)),
        "candidates": (ours,),
        "voices": VOICES,
        "total": len(truths),
        **more,
    }
    return Evidence(3.0, **known)


def said(found: Evidence, who: str = "gradcli") -> tuple[Status, str | None]:
    verdict = judge(found, who)
    return verdict.status, verdict.cause


RIGHT = evidence(1.0, 2.0)


def test_right_is_ok_by_all_who_spoke() -> None:
    verdict = judge(RIGHT)
    assert (verdict.status, verdict.cause, verdict.by) == (
        Status.OK,
        None,
        ("exact", "sympy", "fd"),
    )
    assert verdict.text == "exact, sympy, fd"
    assert verdict.findings == ()
    assert verdict.digits == 17.0
    assert verdict.hint == ""
    assert judge(replace(RIGHT, traced=False)).text == "exact, sympy, fd; not traced"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"trouble": "NONDETERMINISTIC"}, (Status.INCONCLUSIVE, "NONDETERMINISTIC")),
        ({"trouble": "MUTATES-INPUT"}, (Status.INCONCLUSIVE, "MUTATES-INPUT")),
        ({"voices": (Voice("sympy", "time"),)}, (Status.INCONCLUSIVE, "TIME")),
        ({"voices": (Voice("fd", "time"), *VOICES[:2])}, (Status.OK, None)),
        ({"value_class": "infinite"}, (Status.INCONCLUSIVE, "INFINITE")),
        ({"value_class": "undefined"}, (Status.WRONG, "finite-outside-domain")),
        ({"value_class": "nowhere"}, (Status.UNDEFINED, None)),
        ({"value_class": "breakdown"}, (Status.INCONCLUSIVE, "FLOAT-BREAKDOWN")),
        ({"value_exact": "3", "symbolic_value": "4"}, (Status.INCONCLUSIVE, "DISPUTED")),
        ({"value_exact": "3", "symbolic_value": "3"}, (Status.OK, None)),
        ({"value_exact": "3", "symbolic_value": "nan"}, (Status.OK, None)),
        ({"value_exact": None, "symbolic_value": "4"}, (Status.OK, None)),
        ({"value_exact": "3", "symbolic_value": None}, (Status.OK, None)),
        ({"value_exact": "1e-25", "symbolic_value": "2e-25"}, (Status.OK, None)),
        ({"value_exact": "3", "symbolic_value": "3.00000000000000000002"}, (Status.OK, None)),
        # Values below 1 are compared as if they were 1: to twenty places.
        ({"value_exact": "0", "symbolic_value": "0.9e-20"}, (Status.OK, None)),
        ({"value_exact": "0", "symbolic_value": "1.1e-20"}, (Status.INCONCLUSIVE, "DISPUTED")),
        (
            {"value_exact": "3", "symbolic_value": "3.0000000000000000001"},
            (Status.INCONCLUSIVE, "DISPUTED"),
        ),
    ],
)
def test_conditions_come_before_entries(
    more: dict[str, Any], expected: tuple[Status, str | None]
) -> None:
    assert said(replace(RIGHT, **more)) == expected


def test_one_nan_says_that_a_value_is_undefined() -> None:
    """sum(log(x)) at -1, 2 has the gradient NaN, 0.5: what 2 contributes is right."""
    for gradient in ((math.nan, math.nan), (math.nan, 2.0), (2.0, math.nan)):
        nan = replace(evidence(*gradient), value_class="undefined")
        assert said(nan) == (Status.UNDEFINED, None)
    finite = replace(evidence(2.0, 2.0), value_class="undefined")
    assert said(finite) == (Status.WRONG, "finite-outside-domain")
    for none in ((), (Candidate("gradcli", ()),)):
        assert said(replace(finite, candidates=none)) == (Status.UNDEFINED, None)


def test_a_candidate_in_trouble_is_wrong_and_none_at_all_is_inconclusive() -> None:
    shape = Candidate("claim", (), trouble="a wrong shape")
    both = replace(RIGHT, candidates=(*RIGHT.candidates, shape))
    assert said(both, "claim") == (Status.WRONG, "unexplained")
    assert judge(both, "claim").text == "a wrong shape"
    assert said(both) == (Status.OK, None)
    assert said(RIGHT, "claim") == (Status.INCONCLUSIVE, "REFERENCE-FAILED")
    assert "compiled" in judge(replace(RIGHT, opaque="compiled"), "claim").text
    assert judge(RIGHT, "claim").text == "there is no gradient to judge"


def test_the_worst_entry_speaks() -> None:
    found = judge(evidence(1.1, 9.0))
    assert (found.status, found.cause) == (Status.WRONG, "unexplained")
    assert [f.index for f in found.findings] == [(1,), (0,)]
    assert (found.findings[0].found, found.findings[0].expected) == (9.0, 2.0)
    assert found.text == "at x[1]"
    jump = replace(RIGHT, entries=(replace(RIGHT.entries[0], point_class="jump"), RIGHT.entries[1]))
    assert said(jump) == (Status.INCONCLUSIVE, "JUMP")
    assert len(judge(jump).findings) == 1
    both = replace(jump, candidates=evidence(1.0, 9.0).candidates)
    assert said(both) == (Status.WRONG, "unexplained")


def test_no_more_than_five_findings() -> None:
    truths = tuple(str(k + 1) for k in range(7))
    assert len(judge(evidence(*([50.0] * 7), truths=truths)).findings) == 5


def test_nothing_to_compare() -> None:
    empty = replace(RIGHT, entries=(), candidates=(Candidate("gradcli", ()),))
    assert said(empty) == (Status.INCONCLUSIVE, "REFERENCE-FAILED")
    none = judge(replace(empty, total=0))
    assert (none.status, none.cause, none.text) == (Status.OK, None, "exact, sympy")
    assert judge(replace(empty, total=0, voices=())).text == "no entries"


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("smooth", "jump"), ("jump", "undefined"), ("undefined", "kink"), ("kink", "right"),
    ],
)  # fmt: skip
def test_every_status_outranks_the_next(worse: str, better: str) -> None:
    """Of one wrong, one inconclusive, one undefined, one kinked and one right entry."""
    status = {
        "smooth": Status.WRONG,
        "jump": Status.INCONCLUSIVE,
        "undefined": Status.UNDEFINED,
        "kink": Status.KINK,
    }[worse]
    for pair in ((worse, better), (better, worse)):
        kinds = tuple(k.replace("right", "smooth") for k in pair)
        values = [9.0 if k == "smooth" else math.nan if k == "undefined" else 1.0 for k in pair]
        entries = tuple(replace(entry(k, "1"), point_class=c) for k, c in enumerate(kinds))
        ours = replace(evidence(*values).candidates[0], inside=(True, True))
        assert judge(replace(RIGHT, entries=entries, candidates=(ours,))).status is status


def test_the_fewest_right_digits_are_told() -> None:
    found = judge(
        evidence(1.0 + 1e-13, 2.0, candidates=(Candidate("gradcli", (1.001, 2.0), ("1", "2")),))
    )
    assert found.digits == pytest.approx(3.0, abs=1e-6)


def test_a_claim_is_judged_by_its_own_bounds_and_constants() -> None:
    def claim(value: float, exact: str | None = None, **more: Any) -> tuple[Status, str | None]:
        entries = (Entry("x", (), "smooth", truth="1"),)
        theirs = Candidate("claim", (value,), () if exact is None else (exact,), **more)
        return said(replace(RIGHT, entries=entries, candidates=(theirs,)), "claim")

    assert claim(1.0009, bounds=(0.0009,)) == (Status.OK, None)
    assert claim(1.25, bounds=(0.25,)) == (Status.INCONCLUSIVE, "ILL-CONDITIONED")
    assert claim(1.25, bounds=(0.24,)) == (Status.WRONG, "unexplained")
    assert claim(1.25) == (Status.WRONG, "unexplained")
    assert claim(1.0, "1.0000001", allowed=(1e-6,)) == (Status.OK, None)
    assert claim(1.0, "1.0000001", allowed=(1e-8,)) == (Status.WRONG, "unexplained")
    assert claim(1.0, "1.0000001") == (Status.WRONG, "unexplained")


def test_a_convention_is_only_ours() -> None:
    tied = (Entry("x", (), "smooth", truth="1", tied=True, note="relu at x = 0"),)
    ours = Candidate("gradcli", (0.0,), ("0",))
    both = replace(RIGHT, entries=tied, candidates=(ours, replace(ours, who="claim")))
    assert said(both) == (Status.WRONG, "tie-convention")
    assert said(both, "claim") == (Status.WRONG, "unexplained")
    assert judge(both).text == "tie-convention at x: relu at x = 0"
    assert judge(both, "claim").text == "relu at x = 0: at x"


def test_no_bound_of_ours_excuses_a_mismatch_where_we_are_silent() -> None:
    far = (Entry("x", (), "smooth", truth="1", difference=1.5, bar=1e-3),)
    theirs = Candidate("claim", (1.0,), ("1",))
    alone = replace(RIGHT, entries=far, candidates=(theirs,))
    assert said(alone, "claim") == (Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH")
    ours = Candidate("gradcli", (1.0,), ("1",), (1.0,))
    assert said(replace(alone, candidates=(ours, theirs)), "claim") == (Status.OK, None)


def heard(*entries: Entry, scale: float = 0.0) -> bool:
    """Whether differences of the last entry, with a bar of 1, are a voice."""
    last = Entry("x", (9,), "unknown", difference=1.0, bar=1.0)
    ours = Candidate("gradcli", (1.0,) * (len(entries) + 1))
    all_of_them = (*entries, last)
    return (
        "fd"
        in judge(
            Evidence(1.0, entries=all_of_them, candidates=(ours,), voices=VOICES, scale=scale)
        ).by
    )


def test_differences_are_heard_on_the_scale_of_the_greatest_entry() -> None:
    def black(difference: float | None, ruling: str, **more: Any) -> Entry:
        return Entry("x", (), difference=difference, bar=1e-9, black_box=ruling, **more)

    assert not heard()
    assert heard(scale=11.0)
    assert not heard(scale=9.0)
    assert not heard(scale=math.inf)
    for truth in ("11", "-11"):
        assert heard(Entry("x", (), "smooth", truth=truth))
    assert not heard(Entry("x", (), "smooth", truth="9"))
    assert not heard(Entry("x", (), "vertical", truth="inf"))
    for ruling in ("ok", "wrong"):
        assert heard(black(-11.0, ruling))
        assert heard(black(11.0, ruling))
        assert not heard(black(9.0, ruling))
    # What differences could not rule on is no size of the gradient, nor is one that differs
    # from a truth.
    assert not heard(black(11.0, "kink"))
    assert not heard(black(11.0, "inconclusive"))
    assert not heard(black(11.0, "ok", truth="1"))
    assert not heard(black(None, "ok"))


def test_a_scale_that_overflowed_is_none() -> None:
    last = Entry("x", (9,), "unknown", difference=0.5, bar=0.09)
    ours = Candidate("gradcli", (0.5,))
    found = Evidence(1.0, entries=(last,), candidates=(ours,), voices=VOICES, scale=math.inf)
    assert judge(found).by == ("exact", "sympy")


def test_who_was_not_asked_is_not_heard() -> None:
    silent = tuple(replace(e, difference=None) for e in RIGHT.entries)
    assert judge(replace(RIGHT, entries=silent)).by == ("exact", "sympy")


def test_differences_count_only_if_every_entry_was_heard() -> None:
    def by(*bars: float, **more: Any) -> tuple[str, ...]:
        entries = tuple(replace(e, bar=b) for e, b in zip(RIGHT.entries, bars, strict=True))
        return judge(replace(RIGHT, entries=entries, **more)).by

    assert "fd" in by(1e-9, 1e-9)
    assert "fd" in by(0.19, 0.19)
    assert "fd" not in by(0.21, 1e-9)
    assert "fd" not in by(1e-9, math.inf)
    assert "fd" in by(0.21, 1e-9, scale=3.0)
    assert by(1e-9, 1e-9, voices=(*VOICES[:2], Voice("fd", "unavailable"))) == ("exact", "sympy")
    assert by(1e-9, 1e-9, voices=(Voice("exact", "x"), *VOICES[1:])) == ("sympy", "fd")
    assert by(1e-9, 1e-9, voices=(VOICES[0], Voice("sympy", "partial"), VOICES[2])) == (
        "exact",
        "fd",
    )


def test_a_loss_within_the_bound_of_the_sweep_is_no_mismatch() -> None:
    def with_bound(bound: float) -> Evidence:
        entries = (replace(RIGHT.entries[0], difference=1.0 + 1e-6), RIGHT.entries[1])
        ours = replace(RIGHT.candidates[0], bounds=(bound, 1e-12))
        return replace(RIGHT, entries=entries, candidates=(ours,))

    assert said(with_bound(1e-12)) == (Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH")
    assert said(with_bound(2e-6))[1] != "FORWARD-FLOAT-MISMATCH"
    assert said(with_bound(math.inf)) == (Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH")


def test_a_kink_names_the_tie_once_and_warns() -> None:
    kinked = tuple(replace(e, point_class="kink", left="0", right="1") for e in RIGHT.entries)
    ours = replace(RIGHT.candidates[0], inside=(True, True))
    tie = Tie("relu", "x[1] = 0", "0", "1", "0", "0", "PyTorch's convention", "0")
    found = judge(replace(RIGHT, entries=kinked, candidates=(ours,), ties=(tie, tie)))
    assert found.status is Status.KINK
    assert found.text == "relu at x[1] = 0: 0 lies in [0, 1]"
    assert [w.what for w in found.warnings] == [
        "relu is not differentiable at 0; used 0 (PyTorch's convention)"
    ]
    bare = replace(tie, low="", used="", convention="")
    again = judge(replace(RIGHT, entries=kinked, candidates=(ours,), ties=(bare,)))
    assert again.text == "relu at x[1] = 0"
    assert again.warnings[0].what == "relu is not differentiable at 0"
    assert again.warnings[0].code == "W101"
    bare = replace(tie, convention="")
    used = judge(replace(RIGHT, entries=kinked, candidates=(ours,), ties=(bare,)))
    assert used.warnings[0].what == "relu is not differentiable at 0; used 0"
    edge = tuple(replace(e, note="only one side exists") for e in kinked)
    assert judge(replace(RIGHT, entries=edge, candidates=(ours,))).text == "only one side exists"
    outside = replace(ours, inside=(True, False))
    wrong = judge(replace(RIGHT, entries=kinked, candidates=(outside,), ties=(tie,)))
    assert (wrong.status, wrong.cause, wrong.warnings) == (Status.WRONG, "subgradient", ())
    assert "move off the kink" in wrong.hint


def test_a_hint_says_where_digits_are_lost() -> None:
    ours = replace(
        RIGHT.candidates[0], values=(1.5, 2.0), exact=("1", "2"), rewrite="expm1(x)", culprit="`f`"
    )
    found = judge(replace(RIGHT, candidates=(ours,)))
    assert found.cause == "FLOAT-ANOMALY"
    assert found.text == "FLOAT-ANOMALY: error 0.5 is over the bound 1e-12 of the sweep"
    assert found.hint == "digits are lost at `f`; write expm1(x)"
    assert judge(replace(RIGHT, candidates=(replace(ours, culprit=""),))).hint == (
        "digits are lost; write expm1(x)"
    )
    assert judge(replace(RIGHT, candidates=(replace(ours, rewrite=""),))).hint == ""
    for cause, value, bound in (
        ("ILL-CONDITIONED", 1.5, 1.0),
        ("FLOAT-BREAKDOWN", math.inf, 1.0),
    ):
        lost = judge(
            replace(RIGHT, candidates=(replace(ours, values=(value, 2.0), bounds=(bound, 1.0)),))
        )
        assert (lost.cause, lost.hint) == (cause, "digits are lost at `f`; write expm1(x)")
    wrong = replace(ours, values=(math.nan, 2.0), exact=("nan", "2"))
    assert "overflows" in judge(replace(RIGHT, candidates=(wrong,))).hint


def test_the_failure_of_the_reference_is_named() -> None:
    """Where differences alone cannot tell, the sentence is the exact witness's own."""
    failed = Voice("exact", "REFERENCE-FAILED", "the argument is too large")
    others = (Voice("sympy", "unavailable", "no form"), Voice("fd", "ok"))
    silent = Evidence(1.0, entries=(Entry("x", ()),), candidates=(Candidate("gradcli", (1.0,)),))
    verdict = judge(replace(silent, voices=(*others, failed)))
    assert (verdict.status, verdict.cause) == (Status.INCONCLUSIVE, "REFERENCE-FAILED")
    assert verdict.text == "REFERENCE-FAILED: the argument is too large"
    for voice in (replace(failed, status="unavailable"), replace(failed, method="sympy")):
        assert said(replace(silent, voices=(*others, voice))) == (Status.INCONCLUSIVE, "UNSETTLED")
    overflown = replace(silent, candidates=(Candidate("gradcli", (math.inf,)),))
    assert said(replace(overflown, voices=(failed,)))[1] == "FLOAT-BREAKDOWN"
