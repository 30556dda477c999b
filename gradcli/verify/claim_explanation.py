"""Why a claim is wrong: the simplest cause that fits, and the smallest counter-example.

May import `evidence`, `agreement`, `hypotheses`, `slips`, `smallest`, `terms`, `subject`.
Runs beside the witnesses, where the claim can be called at other points; the judge decides
without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.reports import Array
from gradcli.verify.agreement import agree, number
from gradcli.verify.evidence import Evidence, Explanation
from gradcli.verify.hypotheses import Cause, Sample, first_that_holds, same
from gradcli.verify.slips import find_slip
from gradcli.verify.smallest import Failure, attempt, smallest_failure
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.terms import differing_term, own_cause

# An explanation must hold at the point and at this many fresh ones.
FRESH = 4
_DRAWS = 20


def explain(evidence: Evidence, subject: Subject) -> Evidence:
    """Return evidence with an explanation where the claim differs from the engine's gradient.

    Parameters
    ----------
    evidence, subject
        What was collected, and of what.
    """
    claim = subject.claim
    if claim is None:
        return _explain_own(evidence, subject)
    if not subject.gradient or not _differs(claim, subject):
        return evidence
    if claim.at is None or subject.gradient_at is None:
        points, samples = [subject.inputs], [_sample(claim.values, subject.gradient)]
    else:
        points, samples = _samples(claim, subject)
    cause = first_that_holds(samples) if len(samples) > 1 or claim.at is None else None
    if cause is None and subject.program is not None:
        positions = [k for k, v in enumerate(claim.values) if v is not None]
        cause = find_slip(subject.program, points, samples, positions)
        cause = _with_term(cause, subject, points, samples, positions)
    failure = None
    if claim.at is not None and subject.gradient_at is not None:
        failure = smallest_failure(claim.at, subject.gradient_at, subject.inputs)
    return replace(evidence, explanation=_explanation(cause, failure, subject))


def _with_term(
    cause: Cause | None,
    subject: Subject,
    points: Sequence[Any],
    samples: Sequence[Sample],
    positions: Sequence[int],
) -> Cause | None:
    """Return the term that is missing or extra, where nothing simpler is the cause.

    Of a path that is missing the term is told as well: what flows through it is a formula.
    """
    if len(positions) != 1 or not (cause is None or cause.name == "missing-path"):
        return cause
    term = differing_term(subject, points, samples, positions[0])
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


def _differs(claim: Claimed, subject: Subject) -> bool:
    """Whether any claimed array is not the engine's."""
    return any(
        said is not None and not same(np.asarray(said), np.asarray(found))
        for said, found in zip(claim.values, subject.gradient, strict=True)
    )


def _sample(claimed: Sequence[Array | None], true: Sequence[Array | None]) -> Sample:
    """Return one sample of the variables that are claimed."""
    pairs = [(c, t) for c, t in zip(claimed, true, strict=True) if c is not None and t is not None]
    return Sample(tuple(c for c, _ in pairs), tuple(t for _, t in pairs))


def _samples(claim: Claimed, subject: Subject) -> tuple[list[Any], list[Sample]]:
    """Return the point and fresh points with the gradients there."""
    points: list[Any] = [subject.inputs]
    samples = [_sample(claim.values, subject.gradient)]
    stream = np.random.default_rng(0)
    for _ in range(_DRAWS):
        if len(samples) > FRESH:
            break
        point = tuple(_moved(np.asarray(x), stream) for x in subject.inputs)
        claimed = attempt(claim.at, point) if claim.at is not None else None
        true = attempt(subject.gradient_at, point) if subject.gradient_at is not None else None
        if claimed is not None and true is not None:
            points.append(point)
            samples.append(_sample(claimed, true))
    return points, samples


def _moved(x: Array, stream: np.random.Generator) -> Array:
    """Return a point at a generic place near another."""
    spread = 0.3 * np.maximum(np.abs(x), 0.3)
    return x + spread * stream.standard_normal(np.shape(x))


def _explanation(cause: Cause | None, failure: Failure | None, subject: Subject) -> Explanation:
    found = cause or Cause("unexplained", "")
    if failure is None:
        return Explanation(found.name, found.sentence)
    return Explanation(
        found.name,
        found.sentence,
        point=_named(subject.names, failure.point),
        claim=_named(subject.names, failure.claim),
        expected=_named(
            subject.names,
            [
                e if c is not None else None
                for c, e in zip(failure.claim, failure.expected, strict=True)
            ],
        ),
    )


def _named(names: Sequence[str], arrays: Sequence[Array | None]) -> dict[str, Any]:
    return {n: a.tolist() for n, a in zip(names, arrays, strict=True) if a is not None}
