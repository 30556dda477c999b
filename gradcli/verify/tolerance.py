"""``--rtol`` and ``--atol``: a user's own tolerance, which can only forgive.

May import `evidence`, `agreement`, `reports`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from gradcli.reports import Status, Verdict
from gradcli.verify.agreement import number
from gradcli.verify.evidence import Evidence

# Verdicts that say how large the error is; a NaN or a wrong subgradient is not forgiven.
_UNFORGIVEN = frozenset({"non-finite", "finite-outside-domain", "nan-at-kink", "subgradient"})


def within_tolerance(
    verdict: Verdict, evidence: Sequence[Evidence], rtol: float | None, atol: float | None
) -> Verdict:
    """Return ok where a wrong claim lies within the user's tolerance, else the verdict.

    Parameters
    ----------
    verdict
        The verdict without tolerance.
    evidence
        What it was given on.
    rtol, atol
        Allowed error relative to the true entry, and absolute; ``None``: not used.
    """
    if verdict.status is not Status.WRONG or (rtol is None and atol is None):
        return verdict
    if verdict.cause in _UNFORGIVEN:
        return verdict
    if not all(_is_within(e, rtol or 0.0, atol or 0.0) for e in evidence):
        return verdict
    said = "within rtol" if rtol is not None else "within atol"
    return replace(verdict, status=Status.OK, cause=None, text=said, findings=())


def _is_within(evidence: Evidence, rtol: float, atol: float) -> bool:
    """Whether every entry of the claim is within the tolerance of the truth."""
    claim = evidence.candidate("claim")
    if claim is None or claim.trouble:
        return False
    for entry, value in zip(evidence.entries, claim.values, strict=True):
        if entry.truth is not None:
            true = float(number(entry.truth))
        elif entry.difference is not None:
            true = entry.difference
        else:
            return False
        error = abs(value - true)
        # A truth over every double has no claim near it: its share would forgive any.
        if not (math.isfinite(error) and error <= atol + rtol * abs(true)):
            return False
    return True
