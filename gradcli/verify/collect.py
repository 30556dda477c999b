"""Run the witnesses on one subject and gather what they say.

May import every witness by way of `exact_evidence`, `symbols`, `differences`, and
`conditions`. Order matters: conditions first, then the exact witness, then SymPy, then
differences; a witness that cannot speak says why and the rest go on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.reports import Array
from gradcli.verify.conditions import call_twice
from gradcli.verify.diagnosis.claim_explanation import explain
from gradcli.verify.differences import judged_from_outside, with_differences
from gradcli.verify.evidence import Candidate, Evidence, Voice
from gradcli.verify.exact_evidence import examine_exactly
from gradcli.verify.subject import Subject
from gradcli.verify.symbols import with_sympy


def collect(subject: Subject) -> Evidence:
    """Return everything the witnesses say of a subject, and why it is wrong where it is.

    Parameters
    ----------
    subject
        A scalar function at a point, with the gradients said of it.

    Returns
    -------
    Evidence
        Plain data for the judge.
    """
    return explain(testimony(subject), subject)


def testimony(subject: Subject) -> Evidence:
    """Return what the witnesses say of a subject; all that a verdict needs.

    Parameters
    ----------
    subject
        A scalar function at a point, with the gradients said of it.
    """
    # Overflow and NaN are answers here, never a warning to the user.
    with np.errstate(all="ignore"):
        return _collected(subject)


def _collected(subject: Subject) -> Evidence:
    repeated = call_twice(subject.function, subject.inputs, subject.names)
    value = _as_float(repeated.value)
    if repeated.cause:
        return Evidence(value, trouble=repeated.cause, trouble_note=repeated.note)
    claim = subject.claim
    if claim is not None and claim.cause:
        return Evidence(value, trouble=claim.cause, trouble_note=claim.trouble)
    if claim is not None and claim.trouble:
        return Evidence(value, candidates=(Candidate("claim", (), trouble=claim.trouble),))
    evidence = _from_inside(subject) or _from_outside(subject, value)
    if evidence.value_class == "undefined" and any(np.isnan(x).any() for x in subject.inputs):
        evidence = replace(evidence, value_class="nowhere")
    return replace(evidence, scale=max(evidence.scale, subject.scale))


def _as_float(value: Any) -> float:
    """Return a scalar result as a float, NaN for anything else."""
    array = np.asarray(value)
    return float(array.reshape(())) if array.size == 1 and array.dtype.kind in "fiub" else math.nan


def _from_inside(subject: Subject) -> Evidence | None:
    """Return the evidence on a traced function; ``None`` where only differences can tell."""
    if subject.program is None:
        return None
    evidence = examine_exactly(subject)
    if evidence.value_class != "finite":
        return evidence
    if evidence.trouble == "PATH-SPLIT":
        return None
    evidence = with_sympy(evidence, subject)
    return with_differences(evidence, subject)


def _from_outside(subject: Subject, value: float) -> Evidence:
    """Return the evidence that differences alone can give."""
    values: Sequence[Array | None] = subject.gradient
    if subject.claim is not None:
        values = subject.claim.values
    if not values:
        said = Voice("fd", "unavailable", "there is no gradient to compare with")
        return Evidence(value, voices=(said,), traced=False, opaque=subject.opaque)
    return judged_from_outside(subject, value, values)
