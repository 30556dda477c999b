"""Frozen results: what a witness says, what the judge decides, what a command returns.

May import `errors` and `source`, and NumPy for the arrays it holds. Nothing here
computes: a report is data that rooms hand each other, and that `render` prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Diagnostic

Array = NDArray[Any]


class Status(StrEnum):
    """What the user reads; the exit code follows from it."""

    OK = "ok"
    WRONG = "wrong"
    KINK = "kink"
    INCONCLUSIVE = "inconclusive"
    UNDEFINED = "undefined"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its error, from one witness.

    Parameters
    ----------
    value
        The estimate of a derivative, float64, any shape.
    error
        Half-width of the error bar, same shape; ``inf`` where the witness knows nothing.
    method
        The name the record uses: ``exact``, ``sympy`` or ``fd``.
    evaluations
        Number of function evaluations that were spent.
    status
        ``ok``, or a word on why there is no number (``unavailable``, ``uninformative``, …).
    note
        One sentence for ``-v``.
    """

    value: Array
    error: Array
    method: str
    evaluations: int = 0
    status: str = "ok"
    note: str = ""

    @property
    def speaks(self) -> bool:
        """Whether the witness has anything to say."""
        return self.status == "ok"


def silent(method: str, status: str, note: str = "", shape: tuple[int, ...] = ()) -> Estimate:
    """Return the estimate of a witness that cannot speak."""
    return Estimate(np.full(shape, np.nan), np.full(shape, np.inf), method, 0, status, note)


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of a gradient that deserves a sentence: where, what was found, what is right.

    Parameters
    ----------
    variable, index
        The entry, e.g. ``"x"``, ``(1,)``.
    found, expected
        The judged number and the true one (or the interval of valid subgradients).
    sentence
        The explanation, without a full stop.
    """

    variable: str
    index: tuple[int, ...]
    found: float
    expected: float | tuple[float, float] | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge decided about one gradient at one point.

    Parameters
    ----------
    status, cause
        `Status` and, when not ok, the worst entry's cause from the closed list.
    by
        The witnesses that spoke, in the order exact, sympy, fd.
    text
        What stands in brackets behind the status in the text report.
    findings
        Entries that deserve a sentence, the worst first.
    digits
        Decimal digits on which engine and truth agree, where known.
    hint
        The rewrite or cure, one sentence.
    warnings
        Conventions used at kinks and other remarks.
    witnesses
        Every estimate by variable and method, for ``-v``.
    """

    status: Status
    cause: str | None = None
    by: tuple[str, ...] = ()
    text: str = ""
    findings: tuple[Finding, ...] = ()
    digits: float | None = None
    hint: str = ""
    warnings: tuple[Diagnostic, ...] = ()
    witnesses: Mapping[str, tuple[Estimate, ...]] = field(default_factory=dict)
