"""Ask the exact witness, and write what it found as evidence.

May import `exact`, `evidence`, `subject`. Exact numbers become decimal strings here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.exact import report as exact
from gradcli.exact.classes import PointClass
from gradcli.exact.contraction import contract
from gradcli.exact.examine import examine
from gradcli.exact.guards import stops_at_tolerance
from gradcli.exact.limits import STABLE
from gradcli.exact.report import ClaimReport, ExactReport, Proof, Trouble
from gradcli.ir.program import Place, Program
from gradcli.ir.tracing import trace_function
from gradcli.verify.evidence import Candidate, Entry, Evidence, Tie, Voice
from gradcli.verify.subject import Claimed, Subject

# Sixty digits leave an error of less than one in this many of the terms that were added up.
_ROUNDING = 10**50


def examine_exactly(subject: Subject) -> Evidence:
    """Return the evidence of the exact witness on a traced subject.

    Parameters
    ----------
    subject
        With a program.

    Returns
    -------
    Evidence
        One entry per examined coordinate. Where the witness cannot speak, the entries are
        of unknown class and its voice says why.
    """
    if subject.program is None:
        raise ValueError("the exact witness needs a program")
    gradient = [subject.gradient[k] for k in subject.wrt]
    claimed = subject.claim.values if subject.claim is not None else None
    found = examine(
        subject.program,
        subject.inputs,
        subject.wrt,
        gradient,
        retrace=lambda *xs: _program_at(subject, xs),
        suspects=None if claimed is None else [claimed[k] for k in subject.wrt],
    )
    value = float(np.asarray(subject.program.value(subject.program.outputs[0])))
    total = sum(int(np.size(subject.inputs[k])) for k in subject.wrt)
    if not found.speaks:
        return _unspoken(subject, found, value, total)
    entries = [e for e in found.entries if e.proof is not Proof.NONE]
    claim = None
    if subject.claim is not None:
        claim = _ask_about_claim(subject.claim, subject, found)
    return Evidence(
        value=value,
        value_class=str(found.value_class),
        value_exact=exact.text(found.value),
        entries=tuple(_entry(e, subject, found) for e in entries),
        candidates=_candidates(found, entries, claim),
        ties=tuple(_tie(e, found, k) for e in entries for k in _shown_ties(e)),
        voices=(Voice("exact", "ok", found.coverage.note),),
        limit=found.hole.sentence() if found.hole is not None else "",
        total=total,
        examined=found.coverage.examined,
        miss=found.coverage.miss,
        iterates=stops_at_tolerance(subject.program),
        notes=(*found.notes, *((found.anomaly,) if found.anomaly else ())),
    )


def _program_at(subject: Subject, arrays: Sequence[Any]) -> Program:
    """Return the subject's program recorded at another point."""
    points = [np.float64(x) if np.ndim(x) == 0 else x for x in arrays]
    return contract(trace_function(subject.function, points).program)


def _unspoken(subject: Subject, found: ExactReport, value: float, total: int) -> Evidence:
    """Return evidence whose entries wait for the other witnesses."""
    pairs = [
        (Entry(subject.names[k], index), float(np.asarray(subject.gradient[k])[index]))
        for k in subject.wrt
        for index in np.ndindex(np.shape(subject.inputs[k]))
    ]
    candidates = [Candidate("gradcli", tuple(v for _, v in pairs))]
    if subject.claim is not None:
        candidates.append(Candidate("claim", tuple(_claimed_values(subject, pairs))))
    split = found.trouble is Trouble.PATH_SPLIT
    return Evidence(
        value=value,
        entries=tuple(e for e, _ in pairs),
        candidates=tuple(candidates),
        voices=(Voice("exact", str(found.trouble), found.trouble_note),),
        trouble="PATH-SPLIT" if split else "",
        trouble_note=found.trouble_note if split else "",
        total=total,
    )


def _claimed_values(subject: Subject, pairs: Sequence[tuple[Entry, float]]) -> list[float]:
    """Return what the claim says of every entry; the engine's number where it says nothing."""
    claim = subject.claim
    out = []
    for entry, ours in pairs:
        said = None if claim is None else claim.values[subject.names.index(entry.variable)]
        out.append(ours if said is None else float(np.asarray(said)[entry.index]))
    return out


def _ask_about_claim(claim: Claimed, subject: Subject, found: ExactReport) -> ClaimReport:
    """Return what the exact witness says of a claim, entry by entry."""
    from gradcli.exact.claims import examine_claim

    values = [claim.values[k] for k in subject.wrt]
    return examine_claim(found, values, claim.program, claim.claimed or None, at=claim.at)


def _candidates(
    found: ExactReport, entries: Sequence[exact.Entry], claim: ClaimReport | None
) -> tuple[Candidate, ...]:
    """Return the engine's gradient, and the claim where there is one, as candidates."""
    culprit = found.culprit
    ours = Candidate(
        "gradcli",
        tuple(e.value for e in entries),
        tuple(exact.text(e.rules) for e in entries),
        tuple(e.bound for e in entries),
        (),
        tuple(e.inside for e in entries),
        culprit=_place_text(culprit.place, culprit.op) if culprit is not None else "",
        rewrite=culprit.rewrite if culprit is not None else "",
    )
    if claim is None:
        return (ours,)
    pairs = zip(claim.entries, found.entries, strict=True)
    said = [c for c, e in pairs if e.proof is not Proof.NONE]
    theirs = Candidate(
        "claim",
        tuple(c.value for c in said),
        tuple(exact.text(c.exact) for c in said),
        tuple(c.bound for c in said),
        tuple(c.allowed for c in said),
        tuple(c.inside for c in said),
    )
    return ours, theirs


def _entry(entry: exact.Entry, subject: Subject, found: ExactReport) -> Entry:
    """Return one coordinate as evidence."""
    kind = entry.kind
    flips = kind is PointClass.BRANCH
    return Entry(
        subject.names[entry.slot],
        entry.index,
        "unknown" if flips else kind.value.lower(),
        truth=exact.text(entry.truth) if not flips else None,
        left=_side(entry.left),
        right=_side(entry.right),
        weight=_weight(entry),
        error=_error(entry),
        stable=entry.confirmed is not False,
        movement=entry.movement if entry.movement is not None else 0.0,
        tied=entry.tie_convention,
        note=_note(entry, found),
    )


def _weight(entry: exact.Entry) -> str:
    """Return the scale of comparison as text: a double would underflow where numbers do not."""
    tolerated = abs(entry.error) / STABLE
    return exact.text(max(entry.magnitude, tolerated)) or "0"


def _error(entry: exact.Entry) -> str:
    """Return how far the truth may be off as text, rounding of its many digits included."""
    error = abs(entry.error)
    if entry.truth is not None and math.isfinite(entry.magnitude):
        error += entry.truth.context.mpf(entry.magnitude) / _ROUNDING
    return exact.text(error) or "0"


def _side(side: Any) -> str | None:
    return exact.text(side.value) if side is not None and side.value is not None else None


def _note(entry: exact.Entry, found: ExactReport) -> str:
    """Return one phrase on where an entry stands."""
    if entry.kind is PointClass.BRANCH:
        return "a Python branch flips exactly here"
    ties = [found.ties[k] for k in entry.touched]
    if ties and (entry.kind is not PointClass.SMOOTH or entry.tie_convention):
        return f"{ties[0].op} at {entry.name} = {_point_value(entry, found):.6g}"
    if entry.kind is PointClass.EDGE:
        existing = "right" if entry.left is None or entry.left.value is None else "left"
        return f"only the {existing} side exists"
    if entry.kind is PointClass.VERTICAL:
        return "the slope is infinite"
    return ""


def _shown_ties(entry: exact.Entry) -> tuple[int, ...]:
    """Return the ties that a kinked entry moves."""
    return entry.touched[:1] if entry.kind is PointClass.KINK else ()


def _tie(entry: exact.Entry, found: ExactReport, k: int) -> Tie:
    """Return a tie with the interval of the entry that sits on it."""
    tie = found.ties[k]
    place = f"{entry.name} = {_point_value(entry, found):.6g}"
    sides = [s.value for s in (entry.left, entry.right) if s is not None and s.value is not None]
    low, high = (f"{float(min(sides)):.6g}", f"{float(max(sides)):.6g}") if sides else ("", "")
    return Tie(
        tie.op,
        place,
        low,
        high,
        f"{entry.value + 0.0:.6g}",
        tie.used,
        tie.convention,
        tie.at,
    )


def _point_value(entry: exact.Entry, found: ExactReport) -> float:
    """Return the input's value at the entry."""
    return float(np.asarray(found.session.program.values[entry.slot])[entry.index]) + 0.0


def _place_text(place: Place | None, op: str) -> str:
    if place is None:
        return f"`{op}`"
    if place.line:
        return f"line {place.line}: `{place.text}`"
    return f"`{place.text}`" if place.text else f"`{op}`"
