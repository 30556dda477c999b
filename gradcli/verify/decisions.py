"""One entry as a candidate says it, and what is decided about it.

May import `agreement`, `reports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gradcli.reports import Status
from gradcli.verify.agreement import number


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about one entry of one candidate.

    Parameters
    ----------
    status, cause
        As in `reports.Verdict`.
    sentence
        Why, without a full stop.
    digits
        Right decimal digits, where the truth is known.
    severity
        The error relative to the entry's scale, for ordering.
    """

    status: Status
    cause: str | None = None
    sentence: str = ""
    digits: float | None = None
    severity: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a candidate.

    Parameters
    ----------
    value, exact, bound
        As in `evidence.Candidate`.
    is_claim
        Whether a person wrote it.
    inside
        Hull membership at a kink.
    allowed
        How far `exact` may be off because of rounded constants.
    forward
        How far the float64 function itself may be off: the error bound of the engine's own
        sweep. Differences of a function that loses digits show the loss.
    iterates
        Whether the function stops at a tolerance.
    """

    value: float
    exact: str | None
    bound: float
    is_claim: bool
    inside: bool | None
    allowed: float = 0.0
    forward: float = 0.0
    iterates: bool = False

    @property
    def known(self) -> Decimal:
        """The number, as exactly as it is known."""
        return number(self.value if self.exact is None else self.exact)

    @property
    def bar(self) -> float:
        """How far that may be off."""
        return self.bound if self.exact is None else self.allowed
