"""Several verdicts on parts of one derivative (rows of a Jacobian) as one.

May import `reports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcli.reports import Status, Verdict

_ORDER = (
    Status.WRONG,
    Status.INCONCLUSIVE,
    Status.UNDEFINED,
    Status.KINK,
    Status.OK,
)


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on the whole: the worst part speaks.

    Parameters
    ----------
    verdicts
        At least one.

    Returns
    -------
    Verdict
        The worst; for an ``ok`` whole, the witnesses that spoke on every part.
    """
    worst = min(verdicts, key=lambda v: _ORDER.index(v.status))
    if worst.status is not Status.OK or len(verdicts) == 1:
        return worst
    by = tuple(m for m in worst.by if all(m in v.by for v in verdicts))
    known = [v.digits for v in verdicts if v.digits is not None]
    tail = worst.text.partition(";")
    text = ", ".join(by) + tail[1] + tail[2]
    return replace(worst, by=by, text=text, digits=min(known, default=None))
