"""Why a claim is wrong: the simplest cause that fits, and the smallest counter-example.

May import `evidence`, `subject`. Runs beside the witnesses, where the claim can be called.
"""

from __future__ import annotations

from gradcli.verify.evidence import Evidence
from gradcli.verify.subject import Subject


def explain(evidence: Evidence, subject: Subject) -> Evidence:
    """Return evidence with an explanation where the claim differs from the truth."""
    return evidence
