"""Evidence in, verdict out.

May import `evidence`, `entries`, `agreement`, `reports`; no witness. Runs in the parent
process. Conditions come first (repeatable, no side effects, a value that exists), then
every entry, then the worst of them speaks for the whole gradient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from gradcli.errors import Diagnostic
from gradcli.reports import Finding, Status, Verdict
from gradcli.verify.agreement import agree, number
from gradcli.verify.decisions import Decision, Said
from gradcli.verify.entries import decide, vote
from gradcli.verify.evidence import Candidate, Entry, Evidence, Tie

# Worst first; the order in which entries speak for the whole.
_ORDER = (Status.WRONG, Status.INCONCLUSIVE, Status.UNDEFINED, Status.KINK, Status.OK)
# What cancels to a value smaller than this is compared as if it were this large.
_LEAST_SCALE = number(1.0)
# Entries that get a sentence of their own in a report.
_MOST_FINDINGS = 5


_OURS = "a limit of automatic differentiation at this point, not your mistake: "
# What to say where our own gradient is wrong.
_LIMITS: dict[str | None, str] = {
    "nan-at-kink": _OURS + "write abs(x) for sqrt(x^2), norm(x) for sqrt(sum(x^2))",
    "tie-convention": _OURS + "join the pieces that tie, e.g. x for relu(x)-relu(-x)",
    "subgradient": _OURS + "move off the kink, or join the pieces that tie",
    "non-finite": _OURS + "an intermediate value overflows or leaves its domain; rewrite it",
}


def judge(evidence: Evidence, who: str = "gradcli") -> Verdict:
    """Return the verdict on one candidate.

    Parameters
    ----------
    evidence
        What was collected.
    who
        The candidate: ``gradcli`` for the engine's own gradient, ``claim`` for the user's.

    Returns
    -------
    Verdict
        Never ``ok`` where something could not be decided.
    """
    early = _conditions(evidence, who)
    if early is not None:
        return early
    candidate = evidence.candidate(who)
    if candidate is None:
        what = evidence.opaque or "there is no gradient to judge"
        return Verdict(Status.INCONCLUSIVE, "REFERENCE-FAILED", text=what)
    decisions = _decide_all(evidence, candidate)
    return _merge(evidence, candidate, decisions)


def _conditions(evidence: Evidence, who: str) -> Verdict | None:
    """Return the verdict that a broken condition forces, or ``None``."""
    candidate = evidence.candidate(who)
    if evidence.trouble:
        text = f"{evidence.trouble}: {evidence.trouble_note}"
        return Verdict(Status.INCONCLUSIVE, evidence.trouble, text=text)
    if evidence.status("sympy") == "time":
        what = "TIME: the wall-clock guard around SymPy fired"
        return Verdict(Status.INCONCLUSIVE, "TIME", text=what)
    if candidate is not None and candidate.trouble:
        return Verdict(Status.WRONG, "unexplained", text=candidate.trouble)
    if evidence.value_class == "infinite":
        what = "INFINITE: the value is infinite"
        return Verdict(Status.INCONCLUSIVE, "INFINITE", text=what)
    if evidence.value_class == "nowhere":
        what = "an input is NaN, so there is no point to judge at"
        return Verdict(Status.UNDEFINED, None, text=what)
    if evidence.value_class == "undefined":
        return _undefined_value(evidence, candidate)
    if evidence.value_class == "breakdown":
        what = "FLOAT-BREAKDOWN: the value exists but overflows in float64"
        return Verdict(Status.INCONCLUSIVE, "FLOAT-BREAKDOWN", text=what)
    return _value_dispute(evidence)


def _undefined_value(evidence: Evidence, candidate: Candidate | None) -> Verdict:
    """Judge a gradient at a point where the function has no value."""
    values = candidate.values if candidate is not None else ()
    # One NaN says that the point is outside; the entries beside it may have rules of their own.
    if values and all(math.isfinite(v) for v in values):
        what = "the function has no value here but its gradient is a number"
        return Verdict(Status.WRONG, "finite-outside-domain", text=what, hint=evidence.limit)
    what = "the function has no real value here"
    return Verdict(Status.UNDEFINED, None, text=what, hint=evidence.limit)


def _value_dispute(evidence: Evidence) -> Verdict | None:
    """Return a dispute where SymPy's value of the function is another one."""
    if evidence.value_exact is None or evidence.symbolic_value is None:
        return None
    ours, theirs = number(evidence.value_exact), number(evidence.symbolic_value)
    if not theirs.is_finite() or agree(ours, theirs, _LEAST_SCALE):
        return None
    what = f"DISPUTED: the program's value is {float(ours):.9g}, SymPy's {float(theirs):.9g}"
    return Verdict(Status.INCONCLUSIVE, "DISPUTED", text=what)


def _decide_all(evidence: Evidence, candidate: Candidate) -> list[Decision]:
    scale = _scale(evidence)
    engine = evidence.candidate("gradcli")
    forward = [b if math.isfinite(b) else 0.0 for b in engine.bounds] if engine else []
    decisions = []
    for k, entry in enumerate(evidence.entries):
        said = Said(
            candidate.values[k],
            candidate.exact[k] if candidate.exact else None,
            candidate.bounds[k] if candidate.bounds else 0.0,
            candidate.who == "claim",
            candidate.inside[k] if candidate.inside else None,
            candidate.allowed[k] if candidate.allowed else 0.0,
            forward[k] if forward else 0.0,
            evidence.iterates,
        )
        decisions.append(decide(entry, said, scale))
    return decisions


def _scale(evidence: Evidence) -> float:
    """Return the largest magnitude among the true entries, or of what they are a part of."""
    entries = evidence.entries
    sizes = [evidence.scale, *(abs(float(number(e.truth))) for e in entries if e.truth is not None)]
    sizes += [
        abs(e.difference)
        for e in entries
        if e.truth is None and e.difference is not None and e.black_box in ("ok", "wrong")
    ]
    return max((s for s in sizes if math.isfinite(s)), default=0.0)


def _merge(evidence: Evidence, candidate: Candidate, decisions: Sequence[Decision]) -> Verdict:
    """Let the worst entry speak for the whole gradient."""
    ranked = sorted(
        range(len(decisions)),
        key=lambda k: (_ORDER.index(decisions[k].status), -decisions[k].severity, k),
    )
    by = _witnesses(evidence)
    if not ranked:
        return _nothing_to_compare(evidence, by)
    worst = _named(evidence, decisions[ranked[0]])
    findings = tuple(
        _finding(evidence.entries[k], candidate.values[k], decisions[k])
        for k in ranked[:_MOST_FINDINGS]
        if decisions[k].status is not Status.OK
    )
    cause = worst.cause
    if worst.status is Status.WRONG and cause is None:
        cause = "unexplained"
    known = [d.digits for d in decisions if d.digits is not None]
    return Verdict(
        worst.status,
        cause,
        by,
        _text(evidence, worst, findings, by) + _lost(worst, decisions),
        findings,
        min(known, default=None),
        _hint(candidate, worst),
        _warnings(evidence.ties) if worst.status is Status.KINK else (),
    )


def _named(evidence: Evidence, worst: Decision) -> Decision:
    """Name what kept the exact witness silent, where differences alone could not tell."""
    cause = "REFERENCE-FAILED"
    notes = {v.status: v.note for v in evidence.voices if v.method == "exact"}
    if worst.cause != "UNSETTLED" or cause not in notes:
        return worst
    return replace(worst, cause=cause, sentence=notes[cause])


def _nothing_to_compare(evidence: Evidence, by: tuple[str, ...]) -> Verdict:
    """Judge a gradient without entries: right only if the function really has no inputs."""
    if evidence.total == 0:
        return Verdict(Status.OK, None, by, ", ".join(by) or "no entries")
    what = "REFERENCE-FAILED: no entry could be examined"
    return Verdict(Status.INCONCLUSIVE, "REFERENCE-FAILED", by, what)


def _witnesses(evidence: Evidence) -> tuple[str, ...]:
    """Return the witnesses that spoke, in the order of the contract."""
    by = [m for m in ("exact", "sympy") if evidence.status(m) == "ok"]
    scale = _scale(evidence)
    asked = [e for e in evidence.entries if e.difference is not None]
    heard = [e for e in asked if vote(e, scale) or e.black_box in ("ok", "wrong", "kink")]
    if asked and len(heard) == len(asked) and evidence.status("fd") == "ok":
        by.append("fd")
    return tuple(by)


def _finding(entry: Entry, value: float, decision: Decision) -> Finding:
    """Return the sentence of one entry."""
    expected: float | tuple[float, float] | None = None
    if entry.truth is not None:
        expected = float(number(entry.truth))
    elif entry.left is not None and entry.right is not None:
        sides = sorted((float(number(entry.left)), float(number(entry.right))))
        expected = (sides[0], sides[1])
    else:
        expected = entry.difference
    return Finding(entry.variable, entry.index, value, expected, decision.sentence)


def _text(
    evidence: Evidence, worst: Decision, findings: Sequence[Finding], by: tuple[str, ...]
) -> str:
    """Return what stands in brackets behind the status."""
    if worst.status is Status.OK:
        said = ", ".join(by)
        return said if evidence.traced else f"{said}; not traced"
    if worst.status is Status.KINK:
        return "; ".join(dict.fromkeys(_tie_text(t) for t in evidence.ties)) or worst.sentence
    parts = [p for p in (worst.cause, worst.sentence) if p]
    if worst.status is not Status.WRONG:
        return ": ".join(parts)
    place = f"at {_entry_name(findings[0])}"
    if worst.cause and worst.sentence:
        return f"{worst.cause} {place}: {worst.sentence}"
    return ": ".join([*parts, place])


def _lost(worst: Decision, decisions: Sequence[Decision]) -> str:
    """Return the note on a gradient that is right, but for digits that nobody could keep."""
    noted = dict.fromkeys(d.sentence for d in decisions if d.sentence)
    return "".join(f"; {note}" for note in noted) if worst.status is Status.OK else ""


def _entry_name(finding: Finding) -> str:
    if not finding.index:
        return finding.variable
    return f"{finding.variable}[{','.join(map(str, finding.index))}]"


def _tie_text(tie: Tie) -> str:
    interval = f"{tie.value} lies in [{tie.low}, {tie.high}]"
    return f"{tie.op} at {tie.place}: {interval}" if tie.low else f"{tie.op} at {tie.place}"


def _warnings(ties: Sequence[Tie]) -> tuple[Diagnostic, ...]:
    """Return the conventions that were used, each once."""
    return tuple(dict.fromkeys(_warning(tie) for tie in ties))


def _warning(tie: Tie) -> Diagnostic:
    """Return the note that names the convention used at a kink."""
    convention = f" ({tie.convention})" if tie.convention else ""
    used = f"; used {tie.used}{convention}" if tie.used else ""
    return Diagnostic("W101", f"{tie.op} is not differentiable at {tie.at}{used}")


def _hint(candidate: Candidate, worst: Decision) -> str:
    """Return the rewrite that keeps the digits, where digits are the matter."""
    if worst.cause in ("ILL-CONDITIONED", "FLOAT-BREAKDOWN", "FLOAT-ANOMALY") and candidate.rewrite:
        place = f" at {candidate.culprit}" if candidate.culprit else ""
        return f"digits are lost{place}; write {candidate.rewrite}"
    if candidate.who == "gradcli":
        return _LIMITS.get(worst.cause, "")
    return ""
