"""The verdict on one entry: point class and numbers in, status and cause out.

May import `evidence`, `agreement`, `reports`. This is the table of the contract written as
code: first the class of the point, then non-finite values, then the rules against the
truth in high precision, then what floating point lost. Every branch returns; nothing that
could not be decided returns ok.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from gradcli.reports import Status
from gradcli.verify.agreement import agree, digits, distance, is_finite, number
from gradcli.verify.evidence import Entry

# Step 7 of the contract: a bound under this share of the entry is an ordinary pass.
_TIGHT = 1e-6
# At least three right digits, or a loss no greater than a hundred times the problem's own.
_USELESS = 1e-3
_AVOIDABLE = 100.0
# Where only SymPy gives an exact number, a double is right to this relative error.
_ROUNDING = 1e-9
# A difference quotient votes against a value farther away than this many error bars.
BARS = 10.0
# … and only where its bar is under this share of the greatest entry.
INFORMATIVE = 0.1


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
    """

    value: float
    exact: str | None
    bound: float
    is_claim: bool
    inside: bool | None
    allowed: float = 0.0
    forward: float = 0.0


def decide(entry: Entry, said: Said, scale: float) -> Decision:
    """Return the decision on one entry.

    Parameters
    ----------
    entry, said
        What is known of the entry, and what the candidate says.
    scale
        The largest magnitude among the true entries: differences are judged against it.
    """
    if entry.point_class == "smooth":
        return _smooth(entry, said, scale)
    if entry.point_class == "kink":
        return _kink(entry, said)
    if entry.point_class in ("vertical", "edge"):
        return _one_sided(entry, said)
    if entry.point_class == "undefined":
        return _undefined(said)
    if entry.point_class == "jump":
        return Decision(Status.INCONCLUSIVE, "JUMP", entry.note or "the value jumps here")
    if entry.point_class == "unsettled":
        return Decision(Status.INCONCLUSIVE, "UNSETTLED", entry.note or "no limit was found")
    if entry.symbolic is not None:
        return _symbolic_and_differences(entry, said, scale)
    return _differences_alone(entry, said)


def _undefined(said: Said) -> Decision:
    if math.isnan(said.value):
        return Decision(Status.UNDEFINED, None, "undefined here, and the gradient is NaN")
    what = "the function has no value here but the gradient is a number"
    return Decision(Status.WRONG, "finite-outside-domain", what, 0.0, math.inf)


def _smooth(entry: Entry, said: Said, scale: float) -> Decision:
    truth, weight = number(entry.truth or "nan"), number(entry.weight)
    exact = number(said.exact) if said.exact is not None else None
    if exact is None:
        return _float_claim(entry, said, truth, weight)
    if not is_finite(exact):
        return _wrong("non-finite", entry, said, truth)
    if not (agree(exact, truth, weight) or _allowed(exact, truth, said)):
        return _accuse(entry, said, exact, truth, weight)
    if not math.isfinite(said.value):
        what = "the rule is right but its floating-point form overflows or is NaN"
        return Decision(Status.INCONCLUSIVE, "FLOAT-BREAKDOWN", what, 0.0)
    report = _float_report(entry, said, truth, weight)
    return _ask_differences(entry, scale, truth, said.forward) or report


def _allowed(exact: Decimal, truth: Decimal, said: Said) -> bool:
    """Whether a difference is no more than what rounded constants explain."""
    return said.allowed > 0.0 and distance(exact, truth) <= number(said.allowed)


def _wrong(cause: str | None, entry: Entry, said: Said, truth: Decimal) -> Decision:
    """Return a wrong verdict with its size, for ordering."""
    if math.isfinite(said.value) and is_finite(truth):
        gap = float(distance(number(said.value), truth))
        size = max(abs(said.value), abs(float(truth)))
        severity = gap / size if size else math.inf
    else:
        severity = math.inf
    return Decision(Status.WRONG, cause, entry.note, digits(said.value, truth), severity)


def _accuse(entry: Entry, said: Said, exact: Decimal, truth: Decimal, weight: Decimal) -> Decision:
    """Accuse only what survives confirmation and what SymPy does not defend."""
    if not entry.stable:
        what = "the truth did not settle under confirmation"
        return Decision(Status.INCONCLUSIVE, "UNSETTLED", what)
    if entry.symbolic is not None and not entry.tied:
        vote = number(entry.symbolic)
        if agree(vote, exact, weight) and not agree(vote, truth, weight):
            what = f"limit of quotients {float(truth):.6g}, rules and SymPy {float(vote):.6g}"
            return Decision(Status.INCONCLUSIVE, "DISPUTED", what)
    cause = "tie-convention" if entry.tied and not said.is_claim else None
    return _wrong(cause, entry, said, truth)


def _float_claim(entry: Entry, said: Said, truth: Decimal, weight: Decimal) -> Decision:
    """Judge a claim known only as doubles, with the error bound of its own evaluation."""
    if not math.isfinite(said.value):
        return _wrong("non-finite", entry, said, truth)
    gap = float(distance(number(said.value), truth))
    if gap <= said.bound:
        right = digits(said.value, truth)
        return Decision(Status.OK, None, "", right)
    return _accuse(entry, said, number(said.value), truth, weight)


def _float_report(entry: Entry, said: Said, truth: Decimal, weight: Decimal) -> Decision:
    """Say what floating point lost where the rule is right."""
    error = float(distance(number(said.value), truth))
    right = digits(said.value, truth)
    size = abs(float(truth))
    if size <= 1e-20 * abs(float(weight)):
        size = abs(float(weight))
    bound = said.bound
    if error == 0 or (error <= bound <= _TIGHT * size):
        return Decision(Status.OK, None, "", right)
    if error > bound and not said.is_claim:
        what = f"error {error:.2g} is over the bound {bound:.2g} of the sweep"
        return Decision(Status.INCONCLUSIVE, "FLOAT-ANOMALY", what, right)
    useless = error > _USELESS * abs(float(truth))
    if useless and error > _AVOIDABLE * entry.movement:
        what = f"{right:.0f} digits are right; the loss can be avoided"
        return Decision(Status.INCONCLUSIVE, "ILL-CONDITIONED", what, right, error)
    return Decision(Status.OK, None, "digits lost", right)


def _ask_differences(
    entry: Entry, scale: float, truth: Decimal, forward: float = 0.0
) -> Decision | None:
    """Return what differences of the original callable object to, or ``None``."""
    if entry.difference is None or entry.bar is None or not math.isfinite(entry.difference):
        return None
    if not informative(entry, scale):
        return None
    gap = abs(entry.difference - float(truth))
    if gap <= BARS * entry.bar + forward:
        return None
    what = (
        f"differences of the function itself give {entry.difference:.6g} ± {entry.bar:.1g}, "
        f"its high-precision twin {float(truth):.6g}"
    )
    return Decision(Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH", what)


def informative(entry: Entry, scale: float) -> bool:
    """Whether the error bar of the differences is small enough to vote."""
    if entry.bar is None or entry.difference is None or not math.isfinite(entry.bar):
        return False
    return entry.bar < INFORMATIVE * max(abs(entry.difference), scale)


def _kink(entry: Entry, said: Said) -> Decision:
    if math.isnan(said.value):
        return Decision(Status.WRONG, "nan-at-kink", entry.note, 0.0, math.inf)
    if said.inside is None:
        what = "too many coupled ties to enumerate"
        return Decision(Status.INCONCLUSIVE, "KINK-UNCHECKED", what)
    if said.inside:
        return Decision(Status.KINK, None, entry.note)
    return Decision(Status.WRONG, "subgradient", entry.note, 0.0, math.inf)


def _one_sided(entry: Entry, said: Said) -> Decision:
    """Judge a point where only one side, or an infinite slope, exists."""
    sides = [number(s) for s in (entry.left, entry.right) if s is not None]
    known = [s for s in sides if not s.is_nan()]
    if math.isnan(said.value):
        return Decision(Status.WRONG, "nan-at-kink", entry.note, 0.0, math.inf)
    exact = number(said.exact) if said.exact is not None else number(said.value)
    if any(_same(exact, side, number(entry.weight)) for side in known):
        return Decision(Status.KINK, None, entry.note)
    if said.exact is None and any(_close(said, side) for side in known):
        return Decision(Status.KINK, None, entry.note)
    return Decision(Status.WRONG, "subgradient", entry.note, 0.0, math.inf)


def _same(a: Decimal, b: Decimal, weight: Decimal) -> bool:
    """Whether two numbers agree, infinities of one sign included."""
    if a.is_infinite() or b.is_infinite():
        return a == b
    return agree(a, b, weight)


def _close(said: Said, side: Decimal) -> bool:
    """Whether a claim known as a double is within its bound of a side."""
    if not (math.isfinite(said.value) and is_finite(side)):
        return False
    return float(distance(number(said.value), side)) <= said.bound


def _symbolic_and_differences(entry: Entry, said: Said, scale: float) -> Decision:
    """Judge a traced function whose exact witness cannot speak: two others must agree."""
    vote = number(entry.symbolic or "nan")
    if not is_finite(vote) or not math.isfinite(said.value):
        return _differences_alone(entry, said)
    gap = float(distance(number(said.value), vote))
    if gap <= max(said.bound, _ROUNDING * max(abs(float(vote)), scale)):
        return _ask_differences(entry, scale, vote) or Decision(
            Status.OK, None, "", digits(said.value, vote)
        )
    if informative(entry, scale) and entry.difference is not None and entry.bar is not None:
        near = abs(entry.difference - float(vote)) <= BARS * entry.bar
        far = abs(entry.difference - said.value) > BARS * entry.bar
        if near and far:
            return _wrong(None, entry, said, vote)
    what = f"SymPy gives {float(vote):.6g}, differences cannot tell"
    return Decision(Status.INCONCLUSIVE, "DISPUTED", what)


def _differences_alone(entry: Entry, said: Said) -> Decision:
    """Judge by the black-box rule, where no exact witness speaks."""
    if not math.isfinite(said.value):
        finite = entry.difference is not None and math.isfinite(entry.difference)
        if finite and entry.black_box in ("ok", "wrong"):
            return Decision(Status.WRONG, "non-finite", entry.note, 0.0, math.inf)
        return Decision(Status.INCONCLUSIVE, "FLOAT-BREAKDOWN", "the gradient is not finite")
    if entry.black_box == "ok":
        return Decision(Status.OK)
    if entry.black_box == "kink":
        return Decision(Status.KINK, None, entry.note)
    if entry.black_box == "wrong":
        gap = abs(said.value - (entry.difference or 0.0))
        size = max(abs(said.value), abs(entry.difference or 0.0)) or 1.0
        return Decision(Status.WRONG, "fd-only", entry.note, None, gap / size)
    what = entry.note or "finite differences are not informative here"
    return Decision(Status.INCONCLUSIVE, "UNSETTLED", what)
