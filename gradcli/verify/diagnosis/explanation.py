"""Put the explanation of a wrong claim, found beside the witnesses, into the verdict.

May import `evidence`, `reports`. The judge decides *that* a claim is wrong without it; an
explanation only names why.
"""

from __future__ import annotations

from dataclasses import replace

from gradcli.reports import Status, Verdict
from gradcli.verify.evidence import Evidence

# Causes the judge finds itself; an explanation does not replace them.
_OWN = frozenset({"non-finite", "finite-outside-domain", "nan-at-kink", "tie-convention"})


def explained(verdict: Verdict, evidence: Evidence) -> Verdict:
    """Return the verdict with the cause, sentence and hint of the explanation.

    Parameters
    ----------
    verdict
        What the judge decided.
    evidence
        What was collected, with an explanation or without.
    """
    found = evidence.explanation
    if found is None or verdict.status is not Status.WRONG or verdict.cause in _OWN:
        return verdict
    if found.cause == "unexplained" and not found.hint:
        return verdict
    cause = verdict.cause if found.cause == "unexplained" else found.cause
    text = f"{cause}: {found.sentence}" if found.sentence else verdict.text or str(cause)
    hint = found.hint or found.sentence or verdict.hint
    return replace(verdict, cause=cause, text=text, hint=hint)
