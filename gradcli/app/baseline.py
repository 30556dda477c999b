"""``check --baseline FILE``: fail only on what is new.

May import `reports`, `errors`. The file lists the failures that are known, by target and
cause. It is written where it does not exist yet, so that the first run on an old project
makes it and later runs compare with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from gradcli.errors import UsageError
from gradcli.reports import CheckEntry, CheckReport
from gradcli.source import SHOWN_CHARACTERS, safe_text

Failure = tuple[str, str, str, str, str]
_KEY = "known"
# A file of known failures over this size is not one of ours.
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Baseline:
    """Failures that are known.

    Parameters
    ----------
    known
        Target, claim, point, status and cause of each; ``None`` where there is no file yet.
    """

    known: frozenset[Failure] | None

    def settle(self, entry: CheckEntry) -> CheckEntry:
        """Return an entry whose failure, if known, does not count."""
        if self.known is None or entry.exit_code == 0 or _failure(entry) not in self.known:
            return entry
        return replace(entry, exit_code=0, is_known=True)


def _failure(entry: CheckEntry) -> Failure:
    found = (entry.node, entry.claimed_by, entry.place)
    return *found, str(entry.verdict.status), entry.verdict.cause or ""


def read_baseline(path: str) -> Baseline:
    """Return the baseline of a file, an empty one where the file does not exist.

    Raises
    ------
    UsageError
        Where the file is no baseline.
    """
    file = Path(path)
    if not file.exists():
        return Baseline(None)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        listed = json.loads(file.read_text(encoding="utf-8"))[_KEY]
        return Baseline(
            frozenset((str(a), str(b), str(c), str(d), str(e)) for a, b, c, d, e in listed)
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        shown = safe_text(path, SHOWN_CHARACTERS)
        hint = "remove it to have it written anew"
        raise UsageError("E099", f"`{shown}` is no baseline of gradcli", hint=hint) from problem


def baseline_text(report: CheckReport) -> str:
    """Return the file content that makes every failure of a report known."""
    failures = sorted({_failure(e) for e in report.entries if e.exit_code != 0})
    return json.dumps({_KEY: failures}, indent=1) + "\n"
