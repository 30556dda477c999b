"""The verdict on one entry: point class and numbers in, status and cause out.

May import `evidence`, `agreement`, `claim_bars`, `decisions`, `reports`. This is the table of
the contract written as code: first the class of the point, then non-finite values, then the
rules against the truth in high precision, then what floating point lost. Every branch
returns; nothing that could not be decided returns ok.
"""

from __future__ import annotations

import math
from decimal import Decimal

from gradcli.reports import Status
from gradcli.verify.agreement import (
    agree,
    digits,
    distance,
    is_finite,
    number,
    relative,
    within,
)
from gradcli.verify.claim_bars import (
    AVOIDABLE,
    TIGHT,
    USELESS,
    beside,
    blurred,
    rounding,
    size_of,
    stopped_early,
)
from gradcli.verify.decisions import Decision, Said
from gradcli.verify.evidence import Entry

# What is smaller than this has no nearer double than 0.
_HALF_SPACING = number(5e-324) / 2
# Where only SymPy gives an exact number, a double is right to this relative error.
_ROUNDING = 1e-9
# A difference quotient votes against a value farther away than this many error bars.
BARS = 10.0
# … and only where its bar is under this share of the greatest entry.
INFORMATIVE = 0.1


def decide(entry: Entry, said: Said, scale: float) -> Decision:
    """Return the decision on one entry.

    Parameters
    ----------
    entry, said
        What is known of the entry, and what the candidate says.
    scale
        The largest magnitude among the true entries: differences are judged against it.
    """
    if entry.point_class == "smooth" and entry.truth is not None:
        return _smooth(entry, said, number(entry.truth), scale)
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
        return _symbolic_and_differences(entry, said, number(entry.symbolic), scale)
    return _differences_alone(entry, said)


def _undefined(said: Said) -> Decision:
    if not math.isfinite(said.value):
        what = "NaN" if math.isnan(said.value) else "infinite"
        return Decision(Status.UNDEFINED, None, f"undefined here, and the gradient is {what}")
    what = "the function has no value here but the gradient is a number"
    return Decision(Status.WRONG, "finite-outside-domain", what, 0.0, math.inf)


def _smooth(entry: Entry, said: Said, truth: Decimal, scale: float) -> Decision:
    weight = number(entry.weight)
    if not is_finite(said.known):
        return _wrong("non-finite", entry, said, truth)
    if not _says(entry, said, truth):
        return stopped_early(said, truth) or _accuse(entry, said, truth, weight)
    doubt = blurred(entry, said, truth, scale)
    if doubt is not None:
        return doubt
    if said.exact is None:
        return Decision(Status.OK, None, "", digits(said.value, truth))
    report = _float_report(entry, said, truth, scale)
    if not math.isfinite(said.value):
        return report
    return _ask_differences(entry, scale, truth, said.forward) or report


def _says(entry: Entry, said: Said, other: Decimal) -> bool:
    """Whether the candidate's number is another one, infinities of one sign included.

    A number that is only a double may be off by its bound, any other one by what rounded
    constants explain, and the truth by its error. The terms that cancel in our own gradient
    say nothing of how a claim is computed.
    """
    known = said.known
    weight = number("0" if said.is_claim else entry.weight)
    bars = [number(entry.error), number(said.allowed)]
    if said.exact is None:
        bars = [number(entry.error), number(said.bound), _HALF_SPACING]
    elif said.is_claim:
        bars.append(rounding(entry, other))
    return known == other or agree(known, other, weight) or within(known, other, *bars)


def _wrong(cause: str | None, entry: Entry, said: Said, truth: Decimal) -> Decision:
    """Return a wrong verdict with its size, for ordering."""
    right = digits(said.value, truth)
    return Decision(Status.WRONG, cause, entry.note, right, relative(number(said.value), truth))


def _accuse(entry: Entry, said: Said, truth: Decimal, weight: Decimal) -> Decision:
    """Accuse only what survives confirmation and what SymPy does not defend."""
    if not entry.stable:
        what = "the truth did not settle under confirmation"
        return Decision(Status.INCONCLUSIVE, "UNSETTLED", what)
    if entry.symbolic is not None and not entry.tied:
        symbolic = number(entry.symbolic)
        if _says(entry, said, symbolic) and not agree(symbolic, truth, weight):
            what = f"limit of quotients {float(truth):.6g}, rules and SymPy {float(symbolic):.6g}"
            return Decision(Status.INCONCLUSIVE, "DISPUTED", what)
    cause = "tie-convention" if entry.tied and not said.is_claim else None
    return _wrong(cause, entry, said, truth)


def _float_report(entry: Entry, said: Said, truth: Decimal, scale: float) -> Decision:
    """Say what floating point lost where the rule is right."""
    if not math.isfinite(said.value):
        what = "the rule is right but its floating-point form overflows or is NaN"
        return Decision(Status.INCONCLUSIVE, "FLOAT-BREAKDOWN", what, 0.0)
    error = float(distance(number(said.value), truth))
    right = digits(said.value, truth)
    size = size_of(truth, number(entry.weight))
    bound = said.bound
    if error == 0 or (error <= bound <= TIGHT * size):
        return Decision(Status.OK, None, "", right)
    if error > bound and not said.is_claim:
        what = f"error {error:.2g} is over the bound {bound:.2g} of the sweep"
        return Decision(Status.INCONCLUSIVE, "FLOAT-ANOMALY", what, right)
    useless = error > max(USELESS * abs(float(truth)), beside(said, scale))
    if useless and error > AVOIDABLE * entry.movement:
        what = f"{right:.0f} digits are right; the loss can be avoided"
        return Decision(Status.INCONCLUSIVE, "ILL-CONDITIONED", what, right, error)
    return Decision(Status.OK, None, "digits lost", right)


def _ask_differences(
    entry: Entry, scale: float, truth: Decimal, forward: float = 0.0
) -> Decision | None:
    """Return what differences of the original callable object to, or ``None``."""
    said = vote(entry, scale)
    if said is None:
        return None
    difference, bar = said
    if abs(difference - float(truth)) <= BARS * bar + forward:
        return None
    what = (
        f"differences of the function itself give {difference:.6g} ± {bar:.1g}, "
        f"its high-precision twin {float(truth):.6g}"
    )
    return Decision(Status.INCONCLUSIVE, "FORWARD-FLOAT-MISMATCH", what)


def vote(entry: Entry, scale: float) -> tuple[float, float] | None:
    """Return a finite difference and its error bar, if that is small enough to vote."""
    difference, bar = entry.difference, entry.bar
    if difference is None or bar is None or not math.isfinite(difference):
        return None
    return (difference, bar) if bar < INFORMATIVE * max(abs(difference), scale) else None


def _kink(entry: Entry, said: Said) -> Decision:
    if math.isnan(said.value):
        return Decision(Status.WRONG, "nan-at-kink", entry.note, 0.0, math.inf)
    if said.inside is None:
        what = "too many coupled ties to enumerate"
        return Decision(Status.INCONCLUSIVE, "KINK-UNCHECKED", what)
    if not said.inside:
        return Decision(Status.WRONG, "subgradient", entry.note, 0.0, math.inf)
    # What lies between the sides is an answer, whichever one the rules give.
    sides = sorted(_sides(entry))
    if sides and sides[0] <= number(said.value) <= sides[-1]:
        return Decision(Status.KINK, None, entry.note)
    return _in_floats(entry, said)


def _sides(entry: Entry) -> list[Decimal]:
    """Return the one-sided derivatives that exist."""
    sides = [number(s) for s in (entry.left, entry.right) if s is not None]
    return [s for s in sides if not s.is_nan()]


def _in_floats(entry: Entry, said: Said) -> Decision:
    """Return the decision on a right answer at a kink: floating point may have lost it."""
    if said.exact is not None:
        report = _float_report(entry, said, number(said.exact), 0.0)
        if report.status is not Status.OK:
            return report
    return Decision(Status.KINK, None, entry.note)


def _one_sided(entry: Entry, said: Said) -> Decision:
    """Judge a point where only one side, or an infinite slope, exists."""
    if math.isnan(said.value):
        return Decision(Status.WRONG, "nan-at-kink", entry.note, 0.0, math.inf)
    right = [s for s in _sides(entry) if _says(entry, said, s)]
    if any(s == number(said.value) for s in right):
        return Decision(Status.KINK, None, entry.note)
    if any(is_finite(s) for s in right):
        return _in_floats(entry, said)
    return Decision(Status.WRONG, "subgradient", entry.note, 0.0, math.inf)


def _symbolic_and_differences(
    entry: Entry, said: Said, symbolic: Decimal, scale: float
) -> Decision:
    """Judge a traced function whose exact witness cannot speak: two others must agree."""
    if not is_finite(symbolic) or not math.isfinite(said.value):
        return _differences_alone(entry, said)
    gap = float(distance(number(said.value), symbolic))
    if gap <= max(said.bound, _ROUNDING * max(abs(float(symbolic)), scale)):
        right = Decision(Status.OK, None, "", digits(said.value, symbolic))
        return _ask_differences(entry, scale, symbolic) or right
    heard = vote(entry, scale)
    if heard is not None:
        difference, room = heard[0], BARS * heard[1]
        if abs(difference - float(symbolic)) <= room < abs(difference - said.value):
            return _wrong(None, entry, said, symbolic)
    what = f"SymPy gives {float(symbolic):.6g}, differences cannot tell"
    return Decision(Status.INCONCLUSIVE, "DISPUTED", what)


def _differences_alone(entry: Entry, said: Said) -> Decision:
    """Judge by the black-box rule, where no exact witness speaks."""
    if not math.isfinite(said.value):
        known = entry.difference is not None and math.isfinite(entry.difference)
        if known and entry.black_box in ("ok", "wrong"):
            return Decision(Status.WRONG, "non-finite", entry.note, 0.0, math.inf)
        return Decision(Status.INCONCLUSIVE, "FLOAT-BREAKDOWN", "the gradient is not finite")
    if entry.black_box == "ok":
        return Decision(Status.OK)
    if entry.black_box == "kink":
        return Decision(Status.KINK, None, entry.note)
    if entry.black_box == "wrong" and entry.difference is not None:
        size = relative(number(said.value), number(entry.difference))
        return Decision(Status.WRONG, "fd-only", entry.note, None, size)
    what = entry.note or "finite differences are not informative here"
    return Decision(Status.INCONCLUSIVE, "UNSETTLED", what)
