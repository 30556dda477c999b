"""From a verdict and a value to the exit code of one answer, and what is said of infinity.

May import `reports`, `errors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import Diagnostic
from gradcli.reports import Status, Verdict

_CODES = {
    Status.OK: 0,
    Status.WRONG: 1,
    Status.KINK: 0,
    Status.INCONCLUSIVE: 3,
    Status.UNDEFINED: 3,
    Status.ERROR: 2,
    # A skipped target says nothing; that nothing was checked at all is seen by the caller.
    Status.SKIPPED: 0,
}
_NO_VERDICT = 3


def verdict_exit(verdict: Verdict | None, strict: bool = False) -> int:
    """Return the exit code that a verdict stands for; 0 where none was asked for."""
    if verdict is None:
        return 0
    if strict and verdict.status is Status.KINK:
        return _NO_VERDICT
    return _CODES[verdict.status]


def answer_exit(value: Any, verdict: Verdict | None, strict: bool = False) -> int:
    """Return the exit code of an answer: an infinite value is never a plain 0."""
    code = verdict_exit(verdict, strict)
    if code == 0 and not np.isfinite(value).all():
        return _NO_VERDICT
    return code


def infinite_note(value: Any) -> list[Diagnostic]:
    """Return the warning about a value that is not finite."""
    if np.isfinite(value).all():
        return []
    hint = "choose a point where the value is in the range of a double"
    return [Diagnostic("W102", "the value is not finite: overflow or a pole", hint=hint)]
