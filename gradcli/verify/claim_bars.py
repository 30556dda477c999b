"""Claims that nothing but an error bar, or a loop's tolerance, keeps from being wrong or right.

May import `agreement`, `decisions`, `evidence`, `reports`. A bar excuses a claim; where it is
wider than what makes a gradient useful, it excuses any claim, and then nothing is known.
"""

from __future__ import annotations

import math
from decimal import Decimal

from gradcli.reports import Status
from gradcli.verify.agreement import digits, distance, number, relative
from gradcli.verify.decisions import Decision, Said
from gradcli.verify.evidence import Entry

# Step 7 of the contract: a bound under this share of the entry is an ordinary pass.
TIGHT = 1e-6
# At least three right digits, or a loss no greater than a hundred times the problem's own.
USELESS = 1e-3
AVOIDABLE = 100.0
# A true entry under this share of its terms has cancelled, and is judged on their scale.
_CANCELLED = 1e-20
# A loop that stops at a tolerance leaves its derivative open to about the root of that: Newton's
# last step makes an error of 1e-6 one of 1e-12. What differs by less than the latter is the
# derivative of the limit.
_STOPPED = 1e-6
_CONVERGED = 1e-12
# What rounding leaves of terms that cancel, as at an optimum.
_SUMMED = 1e-13
# Sixteen units of rounding, and the digits that a claim has to have right where it is known.
_ROUNDINGS = 16.0 * 2.0**-53
_NINE_DIGITS = 1e-9


def stopped_early(said: Said, truth: Decimal) -> Decision | None:
    """Leave a claim open that the tolerance of the function's own loop may set apart."""
    gap = relative(said.known, truth)
    if not (said.is_claim and said.iterates and gap <= _STOPPED):
        return None
    if gap <= _CONVERGED:
        return Decision(Status.OK, None, "", digits(said.value, truth))
    what = f"a loop stops at a tolerance, and the claim differs by {gap:.1g} of the entry only"
    return Decision(Status.INCONCLUSIVE, "UNSETTLED", what, digits(said.value, truth))


def blurred(entry: Entry, said: Said, truth: Decimal, scale: float) -> Decision | None:
    """Leave a claim open that passes by its error bar alone, where the bar is too wide to tell.

    Parameters
    ----------
    entry, said, truth
        The claim, not contradicted.
    scale
        The largest entry of the gradient: beside it rounding is no matter.
    """
    gap = float(distance(said.known, truth))
    share = USELESS if said.exact is None else TIGHT
    spared = max(share * abs(float(truth)), math.ulp(0.0))
    if math.isfinite(said.bar):
        spared = max(_SUMMED * scale, float(number(entry.error)), spared)
    if math.isfinite(said.bar) and said.exact is None:
        # At an optimum doubles lose all digits, whatever one does.
        spared = max(min(AVOIDABLE * entry.movement, _SUMMED * float(number(entry.weight))), spared)
    if not said.is_claim or gap <= spared:
        return None
    what = f"the claim is {gap:.1g} off, which rounding alone may explain"
    return Decision(Status.INCONCLUSIVE, "ILL-CONDITIONED", what, digits(said.value, truth), gap)


def rounding(entry: Entry, truth: Decimal) -> Decimal:
    """Return what a claim may differ by although its formula is another one.

    A few units of rounding on the scale of the terms, as long as that leaves nine digits: weights
    that sum to 1 only to rounding, a series cut where its terms no longer count.
    """
    size = abs(float(truth))
    terms = min(max(size, float(number(entry.weight))) * _ROUNDINGS, _NINE_DIGITS * size)
    return number(terms if math.isfinite(terms) else 0.0)


def beside(said: Said, scale: float) -> float:
    """Return the error of a claim that is no matter beside the largest entry of the gradient.

    ``p - y`` of a sample that is classified for certain is 0 and should be 1e-18, while others
    are 0.1: who follows the gradient does not see it. Our own gradient gets no such discount.
    """
    return _SUMMED * scale if said.is_claim else 0.0


def size_of(truth: Decimal, weight: Decimal) -> float:
    """Return the scale of an entry: its own, or that of the terms that cancel in it."""
    size = abs(float(truth))
    # Terms that overflow are no scale.
    return float(weight) if size <= _CANCELLED * float(weight) < math.inf else size
