"""What the witnesses said, as plain data that can cross a process boundary.

May import the standard library only. Exact numbers are decimal strings; ``None`` means that
the witness did not speak. The judge needs nothing but this.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One coordinate (or random direction) of the gradient in question.

    Parameters
    ----------
    variable, index
        The coordinate; for a random direction ``variable`` is ``direction`` and ``index``
        its number.
    point_class
        ``smooth``, ``kink``, ``jump``, ``vertical``, ``edge``, ``undefined``, ``unsettled``,
        or ``unknown`` where no exact witness spoke.
    truth
        The derivative by difference quotients of the program in high precision.
    left, right
        Its one-sided limits.
    weight
        Sum of the magnitudes of the terms that add up to the truth.
    error
        How far the truth may be off.
    stable
        Whether the truth survived confirmation at twice the digits.
    movement
        How far the truth moves when the inputs move by half an ulp.
    symbolic
        SymPy's derivative.
    difference, bar
        Finite difference of the original callable, and its error bar.
    black_box
        What differences alone decide about the candidate: ``ok``, ``wrong``, ``kink``,
        ``inconclusive`` or ``""`` (not asked).
    tied
        Whether the point is smooth although an operation sits on a kink, and the rules are
        right a little way off.
    note
        One phrase about this entry, e.g. the tie it sits on.
    """

    variable: str
    index: tuple[int, ...]
    point_class: str = "unknown"
    truth: str | None = None
    left: str | None = None
    right: str | None = None
    weight: str = "0"
    error: str = "0"
    stable: bool = True
    movement: float = 0.0
    symbolic: str | None = None
    difference: float | None = None
    bar: float | None = None
    black_box: str = ""
    tied: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gradient to be judged: the engine's own, or a claim.

    Parameters
    ----------
    who
        ``gradcli`` or ``claim``.
    values
        Its float64 entries, aligned with `Evidence.entries`.
    exact
        The same rules evaluated in high precision, where that was possible.
    bounds
        Error bound of the float64 evaluation of each entry.
    allowed
        How far `exact` may be off because of rounded constants in the candidate's own code.
    inside
        At a kink: whether it lies in the hull of the subgradients, by entry.
    culprit, rewrite
        The node where float digits are lost, and the form that keeps them.
    trouble
        What is wrong with it as a whole: a wrong shape, dtype or container, an exception.
    """

    who: str
    values: tuple[float, ...]
    exact: tuple[str | None, ...] = ()
    bounds: tuple[float, ...] = ()
    allowed: tuple[float, ...] = ()
    inside: tuple[bool | None, ...] = ()
    culprit: str = ""
    rewrite: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """An operation that sits exactly on one of its kinks.

    Parameters
    ----------
    op
        Its name.
    place
        The entry or expression it belongs to, e.g. ``x[1] = 0``.
    low, high, value
        The interval of the derivative there, and the engine's entry.
    used
        The partial that the table answers.
    convention
        Whose convention that is.
    at
        The place of the kink in the operation's own words, e.g. ``0``.
    """

    op: str
    place: str
    low: str
    high: str
    value: str
    used: str
    convention: str
    at: str


@dataclass(frozen=True, slots=True)
class Voice:
    """How a witness took part: ``ok``, or why it did not.

    Parameters
    ----------
    method
        ``exact``, ``sympy`` or ``fd``.
    status, note
        ``ok``, ``unavailable``, ``uninformative``, ``time``, …, and one sentence.
    """

    method: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a claim is wrong, as far as the child could find out.

    Parameters
    ----------
    cause
        One of the closed list, e.g. ``sign-flipped``; ``unexplained`` where nothing fits.
    sentence, hint
        The cause in words, with numbers and places; what to do.
    point, claim, expected
        The smallest counter-example by variable: nested lists; empty where none was found.
    """

    cause: str = "unexplained"
    sentence: str = ""
    hint: str = ""
    point: dict[str, Any] = field(default_factory=dict)
    claim: dict[str, Any] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything collected about one function at one point.

    Parameters
    ----------
    value, value_exact
        The value in float64 and in high precision.
    value_class
        ``finite``, ``undefined``, ``infinite``, ``breakdown`` (only the double is not
        finite), ``nowhere`` (undefined because an input is NaN: that is no point at all).
    symbolic_value
        SymPy's value of the undifferentiated function.
    entries, candidates, ties, voices
        The parts.
    trouble
        A condition that ends the check: ``NONDETERMINISTIC``, ``MUTATES-INPUT``,
        ``PATH-SPLIT``, ``REFERENCE-FAILED``, ``TIME``, ``KINK-UNCHECKED``, or ``""``.
    trouble_note
        One sentence about it.
    traced
        Whether the program of the function is known; `opaque` says why not.
    limit
        At a removable hole: the limits of value and derivative, in words.
    total, examined, miss
        Number of entries, how many were examined one by one, and the probability that the
        random directions miss a wrong entry among the others.
    iterates
        Whether the function stops at a tolerance: its own derivative is that of the limit
        only up to it.
    notes
        Remarks for ``-v``.
    explanation
        Why the claim is wrong, where it differs.
    scale
        The size of what the entries are a part of; see `subject.Subject`.
    """

    value: float
    value_class: str = "finite"
    value_exact: str | None = None
    symbolic_value: str | None = None
    entries: tuple[Entry, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    ties: tuple[Tie, ...] = ()
    voices: tuple[Voice, ...] = ()
    trouble: str = ""
    trouble_note: str = ""
    traced: bool = True
    opaque: str = ""
    limit: str = ""
    total: int = 0
    examined: int = 0
    miss: float = 0.0
    iterates: bool = False
    notes: tuple[str, ...] = ()
    explanation: Explanation | None = None
    scale: float = 0.0

    def candidate(self, who: str) -> Candidate | None:
        """Return the candidate of that name."""
        return next((c for c in self.candidates if c.who == who), None)

    def status(self, method: str) -> str:
        """Return how a witness took part."""
        return next((v.status for v in self.voices if v.method == method), "unavailable")


def to_json(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as JSON-ready containers."""
    return dataclasses.asdict(evidence)


def from_json(data: dict[str, Any]) -> Evidence:
    """Return evidence from what `to_json` gave."""
    plain = dict(data)
    plain["entries"] = tuple(Entry(**{**e, "index": tuple(e["index"])}) for e in data["entries"])
    plain["candidates"] = tuple(_candidate(c) for c in data["candidates"])
    plain["ties"] = tuple(Tie(**t) for t in data["ties"])
    plain["voices"] = tuple(Voice(**v) for v in data["voices"])
    plain["notes"] = tuple(data["notes"])
    if data["explanation"] is not None:
        plain["explanation"] = Explanation(**data["explanation"])
    return Evidence(**plain)


def _candidate(data: dict[str, Any]) -> Candidate:
    """Return one candidate, lists back as tuples."""
    lists = {name: tuple(data[name]) for name in ("values", "exact", "bounds", "allowed", "inside")}
    return Candidate(**{**data, **lists})
