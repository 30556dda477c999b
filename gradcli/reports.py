"""Frozen results: what a witness says, what the judge decides, what a command returns.

May import `errors` and `source`, and NumPy for the arrays it holds. Nothing here
computes: a report is data that rooms hand each other, and that `render` prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

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
    at
        Where only some entries of a long array were asked: their indices; value and error are
        then lists of as many numbers.
    """

    value: Array
    error: Array
    method: str
    evaluations: int = 0
    status: str = "ok"
    note: str = ""
    at: tuple[tuple[int, ...], ...] = ()

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


Id = str | int | float | None


class GradReport(NamedTuple):
    """The answer of ``grad``.

    Parameters
    ----------
    expr
        The expression or target as given.
    value
        The value of the function, any shape.
    gradients
        The gradient by variable, in the order of the report.
    second
        The Hessian block of each variable, for ``--order 2``.
    verdict
        ``None`` where the user asked for none.
    warnings
        What the user should know beside the numbers.
    label
        What stands for the value in text: ``f``, or the name of the last assignment.
    exit_code
        The exit code of this answer.
    id
        The id of a batch line.
    """

    expr: str
    value: Array
    gradients: Mapping[str, Array]
    second: Mapping[str, Array] | None = None
    verdict: Verdict | None = None
    warnings: tuple[Diagnostic, ...] = ()
    label: str = "f"
    exit_code: int = 0
    id: Id = None


class ProductReport(NamedTuple):
    """The answer of ``jacobian``, ``hessian``, ``jvp``, ``vjp`` or ``hvp``.

    Parameters
    ----------
    kind
        The command's name.
    expr, value, verdict, warnings, exit_code
        As in `GradReport`.
    results
        The result by variable; one entry named ``""`` for ``hessian`` and ``jvp``, whose
        result belongs to all variables together.
    rows
        For ``hessian``: one label a row, ``x`` or ``x[0]``, ``x[1]``, ….
    layout
        For ``jacobian``: ``numerator`` or ``denominator``.
    """

    kind: str
    expr: str
    value: Array
    results: Mapping[str, Array]
    verdict: Verdict | None = None
    warnings: tuple[Diagnostic, ...] = ()
    rows: tuple[str, ...] = ()
    layout: str | None = None
    exit_code: int = 0


class Counterexample(NamedTuple):
    """A small point at which a claim fails.

    Parameters
    ----------
    point
        The inputs by variable.
    claim, expected
        What the claim says there, and what is right.
    """

    point: Mapping[str, Array]
    claim: Array
    expected: Array


@dataclass(frozen=True, slots=True, eq=False)
class CheckEntry:
    """What ``check`` found for one target at one point (one claimed variable of an expression).

    Parameters
    ----------
    node
        The target: ``file.py::function``, ``module:function``, or an expression.
    verdict
        The judge's decision; `Status.ERROR` and `Status.SKIPPED` for what was not judged.
    exit_code
        The exit code of this entry.
    wrt
        The variables differentiated by.
    claim, expected
        The hand-written and the right gradient by variable, where there is a claim.
    point
        The inputs by variable.
    expr
        The expression, where the target is one.
    label
        The name of the output in text, as in `GradReport`.
    remark
        The last column of the table; empty: made from the verdict.
    file, line, col
        Where the target is defined.
    error
        Why it could not be judged.
    warnings
        What the user should know beside the verdict; those of the verdict among them.
    max_abs_err, max_rel_err
        The greatest difference from the truth, shown under ``-v``.
    seed
        The seed of a random point.
    counterexample
        The smallest point found at which the claim fails.
    claimed_by
        The function that makes the claim; empty where it is gradcli's own gradient.
    place
        What the author calls the point, e.g. ``POINTS[1]``; empty where there is one only.
    referee
        What `expected` comes from: ``gradcli``, or ``fd`` for a black box.
    is_known
        Whether it is a failure that the baseline lists.
    command
        One line for the shell that shows a wrong gradient again; else empty.
    """

    node: str
    verdict: Verdict
    exit_code: int
    wrt: tuple[str, ...] = ()
    claim: Mapping[str, Array] | None = None
    expected: Mapping[str, Array] | None = None
    point: Mapping[str, Array] | None = None
    expr: str | None = None
    label: str = "f"
    remark: str = ""
    file: str | None = None
    line: int | None = None
    col: int | None = None
    error: Diagnostic | None = None
    warnings: tuple[Diagnostic, ...] = ()
    max_abs_err: float | None = None
    max_rel_err: float | None = None
    seed: int | None = None
    counterexample: Counterexample | None = None
    command: str = ""
    claimed_by: str = ""
    place: str = ""
    referee: str = "gradcli"
    is_known: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CheckReport:
    """The answer of ``check``: one entry a target and point, in order.

    Parameters
    ----------
    entries
        What was found.
    seconds
        How long it took, shown under ``-v``.
    """

    entries: tuple[CheckEntry, ...]
    seconds: float | None = None

    def count(self, status: Status) -> int:
        """Return how many entries have a status."""
        return sum(entry.verdict.status is status for entry in self.entries)


class Failure(NamedTuple):
    """A request that could not be answered, in place of its report.

    Parameters
    ----------
    kind
        The kind of record it is reported as.
    diagnostic
        Why.
    exit_code
        The exit code of its sort.
    expr, id, warnings
        As in `GradReport`.
    """

    kind: str
    diagnostic: Diagnostic
    exit_code: int
    expr: str | None = None
    id: Id = None
    warnings: tuple[Diagnostic, ...] = ()


class Listing(NamedTuple):
    """The answer of a command that reads the tables: ``ops``, ``rule``, ``schema``, ….

    Parameters
    ----------
    kind
        The kind of its records.
    text
        What a person reads.
    items
        One mapping a record.
    """

    kind: str
    text: str
    items: tuple[Mapping[str, Any], ...] = ()
