"""One entry of ``check`` in one sentence, for formats that annotate.

May import `reports`, `mismatch`, `source`.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.render.mismatch import mismatch
from gradcli.reports import CheckEntry, Status
from gradcli.source import safe_text

_FAILURES = frozenset({Status.WRONG, Status.INCONCLUSIVE, Status.UNDEFINED, Status.ERROR})
# Significant digits of a number in a sentence.
_DIGITS = 6


def distinctions(entries: Sequence[CheckEntry]) -> list[str]:
    """Return what tells entries of one target apart: the claim and the point, where they differ.

    Parameters
    ----------
    entries
        Of any targets.

    Returns
    -------
    list of str
        One an entry, e.g. ``f_hess, POINTS[1]``; empty where the target is enough.
    """
    claims: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    for entry in entries:
        claims.setdefault(entry.node, set()).add(entry.claimed_by)
        places.setdefault(entry.node, set()).add(entry.place)
    return [
        ", ".join(
            said
            for said, known in ((e.claimed_by, claims[e.node]), (e.place, places[e.node]))
            if said and len(known) > 1
        )
        for e in entries
    ]


def is_failure(entry: CheckEntry) -> bool:
    """Whether an entry deserves to be annotated."""
    return entry.verdict.status in _FAILURES and not entry.is_known


def message(entry: CheckEntry) -> str:
    """Return what is to be said of an entry, safe to show, on one line."""
    verdict = entry.verdict
    parts = [f"{verdict.status}"]
    if entry.error is not None:
        parts.append(entry.error.what)
    elif entry.claim is not None and entry.expected is not None:
        parts += [_difference(entry, name) for name in entry.claim]
        parts += [verdict.cause] if verdict.cause not in (None, "unexplained") else []
    else:
        parts.append(entry.remark or verdict.text)
    if verdict.hint:
        parts.append(verdict.hint)
    return safe_text("; ".join(p for p in parts if p))


def _difference(entry: CheckEntry, name: str) -> str:
    if entry.claim is None or entry.expected is None or name not in entry.expected:
        return ""
    shown = mismatch({name: entry.claim[name]}, {name: entry.expected[name]}, _DIGITS)
    note = f" ({shown.note})" if shown.note else ""
    return f"{name}: claim {shown.claim}, {entry.referee} {shown.right}{note}"
