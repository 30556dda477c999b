"""What the exact witness found: frozen data for the judge.

May import the classes of this room. Exact numbers are mpmath numbers; `text` gives the
decimal string that crosses a process boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gradcli.exact.classes import PointClass
from gradcli.exact.floaterror import Culprit
from gradcli.exact.limits import STABLE, Side
from gradcli.exact.nodes import NodeSurvey
from gradcli.exact.ties import Margin, Tie
from gradcli.ir.program import Place

# Digits of a number that leaves this room as text.
TEXT_DIGITS = 60


def text(value: Any) -> str | None:
    """Return an exact number as a decimal string; ``None`` stays ``None``."""
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "context"):
        return str(value.context.nstr(value, TEXT_DIGITS)).lstrip("+")
    return repr(value)


class Trouble(StrEnum):
    """Why the exact witness cannot speak; spelled as the causes of the contract."""

    NONE = ""
    PATH_SPLIT = "PATH-SPLIT"
    REFERENCE_FAILED = "REFERENCE-FAILED"
    UNAVAILABLE = "unavailable"


class ValueClass(StrEnum):
    """The value of the function at the point."""

    FINITE = "finite"
    UNDEFINED = "undefined"
    INFINITE = "infinite"
    BREAKDOWN = "breakdown"
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """How the truth of an entry is known."""

    QUOTIENTS = "one-sided quotients of this entry"
    DIRECTIONS = "every rule checked alone, and random directions"
    PARTS = "every rule checked alone, slopes in extended precision, the adjoint identity"
    NONE = "not examined"


@dataclass(frozen=True, slots=True)
class Entry:
    """One coordinate of the gradient.

    Parameters
    ----------
    slot, index, name
        The input, the index in it, and both as the user writes them.
    kind
        The class of the point along this coordinate.
    truth, error
        The derivative and how far it may be off.
    right, left
        The one-sided derivatives.
    digits
        Digits on which the sides agree.
    rules
        The same by the engine's rules over high-precision numbers (EHP).
    magnitude
        Sum over all paths of the magnitudes of the products (c).
    value, bound
        The engine's float64 entry (E64) and the bound of its rounding.
    movement
        How far the truth moves with the inputs' last bit; ``None`` where nobody needs it.
    rule_holds
        Whether EHP is the truth; ``None`` where there is no truth to compare with.
    confirmed
        Whether a wrong rule stayed wrong, and the truth stayed, at twice the digits.
    tie_convention
        Whether the rules are right a little way from the point, where no tie is.
    inside
        At a kink: whether EHP (and the engine's value) is a subgradient.
    proof
        How `truth` is known.
    touched
        Numbers of the ties this coordinate moves.
    unused
        Whether the function does not depend on this coordinate at all.
    """

    slot: int
    index: tuple[int, ...]
    name: str
    kind: PointClass
    truth: Any = None
    error: Any = 0
    right: Side | None = None
    left: Side | None = None
    digits: float | None = None
    rules: Any = None
    magnitude: float = 0.0
    value: float = 0.0
    bound: float = float("inf")
    movement: float | None = None
    rule_holds: bool | None = None
    confirmed: bool | None = None
    tie_convention: bool = False
    inside: bool | None = None
    proof: Proof = Proof.QUOTIENTS
    touched: tuple[int, ...] = ()
    unused: bool = False

    @property
    def weight(self) -> float:
        """The scale differences are judged on: c, or what makes the truth's error tolerated."""
        return max(self.magnitude, float(abs(self.error)) / STABLE)


@dataclass(frozen=True, slots=True)
class Origin:
    """The node where a value leaves the real numbers.

    Parameters
    ----------
    slot, op, place
        The node.
    arguments
        Its arguments there, as text.
    domain
        What the operation needs, as the op table says it.
    """

    slot: int
    op: str
    place: Place | None
    arguments: str
    domain: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A removable hole: the function is undefined here but has a limit.

    Parameters
    ----------
    value, derivative
        The limits of the value and of the derivative, along each coordinate the same;
        the derivative is ``None`` where it has none.
    """

    value: Any
    derivative: tuple[Any, ...] = ()

    def sentence(self) -> str:
        """Return the limits and the cure in words."""
        text = f"the value has the limit {float(self.value):.6g} here"
        slopes = [f"{float(d):.6g}" for d in self.derivative if d is not None]
        if slopes and len(slopes) == len(self.derivative):
            shown = slopes[0] if len(slopes) == 1 else f"[{', '.join(slopes)}]"
            text += f", the derivative {shown}"
        return f"{text}: define it with where and a series"


@dataclass(frozen=True, slots=True)
class Split:
    """A branch on which the float64 run and the exact run differ.

    Parameters
    ----------
    what
        The comparison or operation.
    place
        Where it stands.
    recorded, exact
        What either saw.
    is_guard
        Whether Python code branched on it.
    """

    what: str
    place: Place | None
    recorded: str
    exact: str
    is_guard: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was proved, and what was sampled.

    Parameters
    ----------
    total, examined
        Entries in all, and those whose own quotients were taken.
    miss
        The probability that the random directions miss a wrong entry among the others.
    directions
        Random directions taken.
    nodes
        The per-node check, where it ran.
    work
        Units of work spent (about a microsecond each).
    note
        One sentence for the report.
    """

    total: int
    examined: int
    miss: float = 0.0
    directions: int = 0
    nodes: NodeSurvey | None = None
    work: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExactReport:
    """What the exact witness found at one point.

    Parameters
    ----------
    value_class, value
        The class of the value, and the value in high precision.
    entries
        The coordinates, in order; empty where the program is too large to run exactly.
    trouble, trouble_note
        Why the witness does not speak, if so.
    origin, hole
        For an undefined value: where it arose, and the limit where there is one.
    ties, margins
        Operations that sit on a kink, and the nearest ones that do not.
    splits
        Branches on which float64 and the exact run differ.
    culprit
        Where float digits are lost.
    anomaly
        The node whose float value is off by more than its bound.
    coverage
        What was proved.
    notes
        Remarks for ``-v``.
    session
        The live examination, for claims about the same point; no part of the data.
    """

    value_class: ValueClass
    value: Any = None
    entries: tuple[Entry, ...] = ()
    trouble: Trouble = Trouble.NONE
    trouble_note: str = ""
    origin: Origin | None = None
    hole: Hole | None = None
    ties: tuple[Tie, ...] = ()
    margins: tuple[Margin, ...] = ()
    splits: tuple[Split, ...] = ()
    culprit: Culprit | None = None
    anomaly: str = ""
    coverage: Coverage = field(default_factory=lambda: Coverage(0, 0))
    notes: tuple[str, ...] = ()
    session: Any = field(default=None, repr=False, compare=False)

    @property
    def speaks(self) -> bool:
        """Whether the witness has anything to say on the gradient."""
        return self.trouble is Trouble.NONE

    @property
    def kinked(self) -> tuple[Entry, ...]:
        """The entries at a kink."""
        return tuple(e for e in self.entries if e.kind is PointClass.KINK)


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """One entry of a claim.

    Parameters
    ----------
    value
        The claim's float64 entry.
    exact
        The claim evaluated in high precision, where it could be followed.
    allowed
        How far `exact` may be off because of rounded constants in the claim's own code.
    bound
        How far `value` may be off by its own rounding.
    holds
        Whether the claim is the truth; ``None`` where there is none, or at a kink.
    inside
        At a kink: whether the claim is a subgradient.
    """

    value: float
    exact: Any = None
    allowed: float = 0.0
    bound: float = float("inf")
    holds: bool | None = None
    inside: bool | None = None


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """What the exact witness says of a claim.

    Parameters
    ----------
    entries
        Aligned with `ExactReport.entries`.
    traced
        Whether the claim was followed into high precision.
    note
        Why it was not.
    """

    entries: tuple[ClaimEntry, ...]
    traced: bool
    note: str = ""
