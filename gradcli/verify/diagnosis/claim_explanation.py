"""Why a claim is wrong: the simplest cause that fits, and the smallest counter-example.

May import `evidence`, `agreement`, `effort`, `hypotheses`, `judge`, `near_miss`, `slips`,
`smallest`, `terms`, `subject`. Runs behind the witnesses, where the claim can be called at
other points; the judge decides without it. Cheap explanations come first, and what is not
found within a bounded effort is not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcli.reports import Array, Status
from gradcli.verify.agreement import agree, number
from gradcli.verify.diagnosis.effort import TRACED_SWEEP, Effort, visits
from gradcli.verify.diagnosis.hypotheses import (
    Cause,
    Sample,
    first_that_holds,
    same,
    wrong_variable,
)
from gradcli.verify.diagnosis.near_miss import LEAST_ERROR, near_miss, worst_entries
from gradcli.verify.diagnosis.slips import find_slip
from gradcli.verify.diagnosis.smallest import Failure, attempt, smallest_failure
from gradcli.verify.diagnosis.terms import differing_term, own_cause
from gradcli.verify.evidence import Evidence, Explanation
from gradcli.verify.judge import judge
from gradcli.verify.subject import Claimed, Subject

# An explanation must hold at the point and at this many fresh ones.
FRESH = 4
_DRAWS = 20
# The part of the effort that may go into the place of a slip.
_FOR_SLIPS = 0.5
# The part of what is left then that may go into doing a claim's differences again.
_FOR_DIFFERENCES = 0.3


@dataclass(frozen=True, slots=True)
class Search:
    """What is known of a wrong claim, and how much may be tried to explain it.

    Parameters
    ----------
    subject, claim
        The function and its claim.
    true
        The right gradient at the point, one array per variable.
    effort, cost
        What is left, and what claim and gradient cost at one more point.
    points, claimed, gradients
        The point and fresh points; what is claimed and what is right there.
    """

    subject: Subject
    claim: Claimed
    true: tuple[Array, ...]
    effort: Effort
    cost: float
    points: list[Any] = field(default_factory=list)
    claimed: list[Sequence[Array | None]] = field(default_factory=list)
    gradients: list[Sequence[Array]] = field(default_factory=list)

    def samples(self, positions: Sequence[int]) -> list[Sample]:
        """Return the samples of some claimed variables."""
        return [
            Sample(
                tuple(np.asarray(c[k]) for k in positions),
                tuple(np.asarray(t[k]) for k in positions),
            )
            for c, t in zip(self.claimed, self.gradients, strict=True)
        ]

    def positions(self) -> list[int]:
        """Return the claimed variables."""
        return [k for k, v in enumerate(self.claim.values) if v is not None]

    def wrong(self) -> list[int]:
        """Return the claimed variables whose claims are wrong at any point."""
        return [
            k
            for k in self.positions()
            if not all(same(s.claimed[0], s.true[0]) for s in self.samples([k]))
        ]

    @property
    def is_general(self) -> bool:
        """Whether what fits these samples is no coincidence, or nothing more can be had."""
        return len(self.points) > 1 or self.claim.at is None or self.subject.gradient_at is None


def explain(evidence: Evidence, subject: Subject, effort: Effort | None = None) -> Evidence:
    """Return evidence with an explanation where the claim differs from the right gradient.

    Parameters
    ----------
    evidence, subject
        What was collected, and of what.
    effort
        How much may be tried.
    """
    claim = subject.claim
    with np.errstate(all="ignore"):
        if claim is None:
            return _explain_own(evidence, subject)
        if not is_wrong(evidence, subject):
            return evidence
        cost = TRACED_SWEEP * visits(subject.program)
        cost += visits(subject.program if claim.program is None else claim.program)
        true = _true_gradient(evidence, subject)
        search = Search(subject, claim, true, effort or Effort(), cost)
        return replace(evidence, explanation=_explained(search))


def cause_of_all(
    subject: Subject, claim: Claimed, effort: Effort, cost: float
) -> Explanation | None:
    """Return the simple cause that fits arrays of any shape, or ``None``.

    Parameters
    ----------
    subject, claim
        Functions whose "gradients" are compared; of an array output they are Jacobians.
    effort, cost
        How much may be tried, and what claim and gradient cost at one more point.
    """
    search = Search(subject, claim, subject.gradient, effort, cost)
    _draw(search)
    cause = _simple_cause(search) if search.wrong() else None
    return None if cause is None else _explanation(cause, None, subject)


def is_wrong(evidence: Evidence, subject: Subject) -> bool:
    """Whether there is something to explain: a claim that differs, and will be called wrong.

    Parameters
    ----------
    evidence, subject
        What was collected, and of what.
    """
    claim = subject.claim
    if claim is None or claim.trouble or claim.cause or not subject.gradient:
        return False
    differs = any(
        said is not None and not same(np.asarray(said), np.asarray(found), LEAST_ERROR)
        for said, found in zip(claim.values, subject.gradient, strict=False)
    )
    return differs and judge(evidence, "claim").status is Status.WRONG


def _true_gradient(evidence: Evidence, subject: Subject) -> tuple[Array, ...]:
    """Return the engine's gradient, put right where the exact witness knows better.

    At a smooth point with ties the engine's own gradient can be the wrong one.
    """
    found = [np.array(g, dtype=np.float64) for g in subject.gradient]
    for entry in evidence.entries:
        if entry.point_class == "smooth" and entry.truth is not None and entry.tied:
            found[subject.names.index(entry.variable)][entry.index] = float(entry.truth)
    return tuple(found)


def _explained(search: Search) -> Explanation:
    """Return the simplest explanation, cheap ones first."""
    subject, claim, effort = search.subject, search.claim, search.effort
    here = [
        k
        for k in search.positions()
        if not same(np.asarray(claim.values[k]), np.asarray(search.true[k]))
    ]
    if not here:
        return Explanation(hint=_near_miss(search))
    _draw(search)
    cause = _simple_cause(search)
    if cause is None and subject.program is not None:
        cause = _slip(search)
    cause = _with_term(search, cause)
    failure = None
    if claim.at is not None and subject.gradient_at is not None:
        inputs = subject.inputs
        failure = smallest_failure(claim.at, subject.gradient_at, inputs, effort, search.cost)
    hint = _near_miss(search) if cause is None else ""
    return _explanation(cause, failure, subject, hint)


def _near_miss(search: Search) -> str:
    worst = worst_entries(search.claim.values, search.true)
    share = search.effort.share(_FOR_DIFFERENCES)
    return near_miss(search.subject, worst, share, visits(search.subject.program))


def _draw(search: Search) -> None:
    """Add the point and fresh points to a search, as many as its effort allows."""
    claim, subject = search.claim, search.subject
    search.points.append(subject.inputs)
    search.claimed.append(claim.values)
    search.gradients.append(search.true)
    if claim.at is None or subject.gradient_at is None:
        return
    stream = np.random.default_rng(0)
    for _ in range(_DRAWS):
        if len(search.points) > FRESH or not search.effort.spend(search.cost):
            break
        point = tuple(_moved(np.asarray(x), stream) for x in subject.inputs)
        claimed, true = attempt(claim.at, point), attempt(subject.gradient_at, point)
        if claimed is not None and true is not None:
            search.points.append(point)
            search.claimed.append(claimed)
            search.gradients.append([np.asarray(t) for t in true])


def _moved(x: Array, stream: np.random.Generator) -> Array:
    """Return a point at a generic place near another."""
    spread = 0.3 * np.maximum(np.abs(x), 0.3)
    return x + spread * stream.standard_normal(np.shape(x))


def _simple_cause(search: Search) -> Cause | None:
    """Return what fits all claims, or those of the wrong variables; or another variable."""
    if not search.is_general:
        return None
    positions, wrong = search.positions(), search.wrong()
    found = first_that_holds(search.samples(positions))
    if found is None and len(wrong) < len(positions):
        found = first_that_holds(search.samples(wrong))
        found = found and _renamed(found, [search.subject.names[k] for k in wrong])
    if found is None and len(positions) == 1:
        found = _other_variable(search, positions[0])
    return found


def _renamed(cause: Cause, names: Sequence[str]) -> Cause:
    """Return a cause that says which variables it is about."""
    which = " and ".join(f"`{name}`" for name in names[:2])
    if len(names) > 2:
        which = f"{len(names)} of the variables"
    return replace(cause, sentence=cause.sentence.replace("the claim", f"the claim for {which}", 1))


def _other_variable(search: Search, position: int) -> Cause | None:
    """Return that the claim of one variable is the gradient by another one."""
    names = search.subject.names
    shape = np.shape(search.true[position])
    others = {
        names[k]: [np.asarray(t[k]) for t in search.gradients]
        for k in range(len(names))
        if k != position and np.shape(search.true[k]) == shape
    }
    return wrong_variable(search.samples([position]), others, names[position])


def _slip(search: Search) -> Cause | None:
    """Return the place of a slip; where the engine is wrong at the point, from fresh ones."""
    program = search.subject.program
    if program is None or not search.is_general:
        return None
    samples = search.samples(search.positions())
    pairs = zip(search.true, search.subject.gradient, strict=True)
    first = 0 if all(same(np.asarray(a), np.asarray(b)) for a, b in pairs) else 1
    if first >= len(samples):
        return None
    share = search.effort.share(_FOR_SLIPS)
    found = find_slip(program, search.points[first:], samples[first:], search.positions(), share)
    search.effort.give_back(share)
    return found


def _with_term(search: Search, cause: Cause | None) -> Cause | None:
    """Return the term that is missing or extra, where nothing simpler is the cause.

    Of a path that is missing the term is told as well: what flows through it is a formula.
    """
    wrong = search.wrong()
    if search.subject.program is None or len(wrong) != 1:
        return cause
    if not (cause is None or cause.name == "missing-path"):
        return cause
    term = differing_term(search.subject, search.points, search.samples(wrong), wrong[0])
    if cause is None or term is None:
        return cause or term
    return Cause(cause.name, f"{cause.sentence}: {term.sentence}")


def _explain_own(evidence: Evidence, subject: Subject) -> Evidence:
    """Return evidence with the term by which the engine's own gradient is wrong, if it is."""
    candidate = evidence.candidate("gradcli")
    if candidate is None or not candidate.exact or subject.order != 1:
        return evidence
    wrong: dict[str, list[tuple[int, ...]]] = {}
    for entry, exact in zip(evidence.entries, candidate.exact, strict=True):
        if entry.point_class != "smooth" or entry.tied or entry.truth is None or exact is None:
            continue
        if not agree(number(exact), number(entry.truth), number(entry.weight)):
            wrong.setdefault(entry.variable, []).append(entry.index)
    known = [name for name in wrong if name in subject.names]
    if len(known) != 1:
        return evidence
    cause = own_cause(subject, subject.names.index(known[0]), wrong[known[0]])
    if cause is None:
        return evidence
    return replace(evidence, explanation=Explanation(cause.name, cause.sentence))


def _explanation(
    cause: Cause | None, failure: Failure | None, subject: Subject, hint: str = ""
) -> Explanation:
    found = cause or Cause("unexplained", "")
    if found.advice and subject.naming:
        hint = f"{found.sentence}; {subject.naming.replace('?', found.advice)}"
    if failure is None:
        return Explanation(found.name, found.sentence, hint)
    expected = [
        e if c is not None else None for c, e in zip(failure.claim, failure.expected, strict=True)
    ]
    return Explanation(
        found.name,
        found.sentence,
        hint,
        point=dict(_named(subject.names, failure.point)),
        claim=dict(_named(subject.names, failure.claim)),
        expected=dict(_named(subject.names, expected)),
    )


def _named(names: Sequence[str], arrays: Sequence[Array | None]) -> Iterator[tuple[str, Any]]:
    yield from ((n, a.tolist()) for n, a in zip(names, arrays, strict=True) if a is not None)
