"""A claimed Jacobian as one array beside the engine's: causes that no row alone can show.

May import `claim_explanation`, `effort`, `engine`, `evidence`, `functions`, `smallest`,
`subject`. The verdict is found row by row; a transposed, permuted or shifted Jacobian is
seen only as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.jacobians import jacobian
from gradcli.reports import Array
from gradcli.verify.diagnosis.claim_explanation import cause_of_all, explain, is_wrong
from gradcli.verify.diagnosis.effort import TRACED_SWEEP, Effort, visits
from gradcli.verify.diagnosis.smallest import attempt
from gradcli.verify.evidence import Evidence, Explanation
from gradcli.verify.functions import Prepared, as_traceable, naming
from gradcli.verify.subject import Claimed, Subject

# Larger Jacobians are not written out.
MOST_ENTRIES = 100_000


def explain_all(
    evidence: Sequence[Evidence],
    subjects: Sequence[Subject],
    prepared: Prepared,
    claim: Claimed | None,
) -> list[Evidence]:
    """Return the evidence on every part of a claim with its explanation.

    Parameters
    ----------
    evidence, subjects
        What was collected, and of which parts.
    prepared
        The function.
    claim
        The claim as a whole, where it speaks of the whole output.
    """
    effort = Effort()
    wrong = [is_wrong(e, s) for e, s in zip(evidence, subjects, strict=True)]
    if any(wrong) and claim is not None and _is_jacobian(claim, prepared):
        found = _whole_explanation(prepared, claim, effort)
        if found is not None:
            pairs = zip(evidence, wrong, strict=True)
            return [replace(e, explanation=found) if is_bad else e for e, is_bad in pairs]
    parts = [explain(e, s, effort) for e, s in zip(evidence, subjects, strict=True)]
    shape = np.shape(prepared.output)
    if len(parts) == 1 or len(parts) != np.prod(shape):
        return parts
    return [_placed(e, index) for e, index in zip(parts, np.ndindex(shape), strict=True)]


def _is_jacobian(claim: Claimed, prepared: Prepared) -> bool:
    """Whether a claim speaks of every entry of an array output; a pullback does not."""
    output = np.shape(prepared.output)
    pairs = zip(claim.values, prepared.callee.leaves, strict=False)
    said = [(v, x) for v, x in pairs if v is not None]
    return bool(output and said) and all(v.shape == output + np.shape(x) for v, x in said)


def _placed(evidence: Evidence, index: tuple[int, ...]) -> Evidence:
    """Return evidence on one output whose explanation says which output it is about."""
    found = evidence.explanation
    if found is None or not found.sentence:
        return evidence
    sentence = f"at output [{','.join(map(str, index))}]: {found.sentence}"
    return replace(evidence, explanation=replace(found, sentence=sentence))


def _whole_explanation(prepared: Prepared, claim: Claimed, effort: Effort) -> Explanation | None:
    """Return the simplest explanation of a claimed Jacobian, where one fits it as a whole."""
    run, leaves = prepared.attempt.run, prepared.callee.leaves
    outputs = int(np.size(prepared.output))
    entries = outputs * sum(int(np.size(x)) for x in leaves)
    if run is None or claim.trouble or entries > MOST_ENTRIES:
        return None
    sweeps = min(outputs, sum(int(np.size(x)) for x in leaves))
    cost = (TRACED_SWEEP + sweeps) * visits(run.program)
    if not effort.spend(cost):
        return None
    at = _jacobian_at(prepared)
    true = attempt(at, leaves)
    if true is None or any(t is None for t in true):
        return None
    subject = Subject(
        names=prepared.callee.names,
        inputs=tuple(np.asarray(x) for x in leaves),
        function=prepared.callee,
        gradient=tuple(np.asarray(t) for t in true),
        claim=claim,
        gradient_at=at,
        naming=naming(prepared.callee),
    )
    return cause_of_all(subject, claim, effort, cost)


def _jacobian_at(prepared: Prepared) -> Callable[..., tuple[Array, ...]]:
    """Return the engine's Jacobian at any point, one array per differentiated array."""
    differentiate = jacobian(prepared.callee, tuple(range(len(prepared.callee.leaves))))

    def at(*arrays: Any) -> tuple[Array, ...]:
        return tuple(np.asarray(j) for j in differentiate(*[as_traceable(x) for x in arrays]))

    return at
