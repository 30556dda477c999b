"""The smallest counter-example of an explanation, as a report shows it.

May import `reports`, `verify`'s evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.reports import Counterexample, Status, Verdict
from gradcli.verify.evidence import Evidence


def counterexample(
    evidence: Evidence, verdict: Verdict, variable: str | None = None
) -> Counterexample | None:
    """Return the smallest counter-example, where one was found.

    Parameters
    ----------
    evidence
        With the explanation of a wrong claim, or without.
    verdict
        What was decided.
    variable
        The claimed variable; by default the first one whose claim fails there.
    """
    found = evidence.explanation
    if found is None or verdict.status is not Status.WRONG:
        return None
    failing = [n for n, said in found.claim.items() if said != found.expected.get(n)]
    name = variable or next(iter(failing), "")
    if name not in found.claim:
        return None
    return Counterexample(
        _arrays(found.point),
        np.asarray(found.claim[name], dtype=np.float64),
        np.asarray(found.expected[name], dtype=np.float64),
    )


def _arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
