"""Whether the engine's rules give the truth, and confirmation before anybody is accused.

May import `quotients`, `truths`, `run`. Steps 6 and 8 of verdict.md section 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradcli.exact.cells import DISTANCE, random_directions
from gradcli.exact.classes import Point, PointClass
from gradcli.exact.coordinates import combined
from gradcli.exact.floaterror import entries as gradient_entries
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.limits import STABLE
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.quotients import Prober
from gradcli.exact.report import Entry
from gradcli.exact.run import start
from gradcli.exact.truths import Truths

if TYPE_CHECKING:
    from gradcli.exact.session import Session

# Entries that are confirmed one by one; more wrong ones add nothing.
_MOST_CONFIRMED = 24
# The truth may move by this under confirmation, relative.
_STEADY = 1e-18
# A difference that falls by this with sixty more digits was their rounding.
_SHRINKS = 1e-30
# Digits between a difference and the rounding of the terms that hide it.
_CLEAR = 50


def rule_is_right(rules: Any, truth: Any, error: Any, magnitude: float) -> bool:
    """Return whether a rule's number is the truth, on the scale of what was added up.

    Parameters
    ----------
    rules, truth
        The two numbers.
    error
        How far the truth may be off.
    magnitude
        Sum of the magnitudes of the products (c).
    """
    if is_nan(rules) or is_infinite(rules):
        return is_infinite(truth) and bool(rules == truth)
    if is_infinite(truth):
        return False
    scale = max(abs(truth), abs(rules), rules.context.mpf(magnitude))
    return bool(abs(rules - truth) <= STABLE * scale + error)


def check_rules(session: Session, found: list[Entry]) -> list[Entry]:
    """Return the entries with the rules judged, and wrong ones confirmed."""
    judged = [_judged(e) for e in found]
    smooth = [k for k, e in enumerate(judged) if e.kind is PointClass.SMOOTH]
    suspects = [k for k in smooth if judged[k].rule_holds is False]
    hidden = [k for k in smooth if judged[k].rule_holds and _hides(judged[k])]
    if not (suspects or hidden):
        return judged
    deepest = max((_digits_behind(judged[k]) for k in hidden), default=0)
    if deepest > session.confirm.rules and not session.can_look_deep(deepest):
        hidden, deepest = [], 0
    rules = _rules_again(session, max(deepest, session.confirm.rules))
    hidden = [k for k in hidden if not _was_rounding(judged[k], rules[k], judged[k].truth)]
    if suspects or hidden:
        court = _Court(session, rules)
        for k in suspects[:_MOST_CONFIRMED]:
            judged[k] = court.hear(k, judged[k])
        for k in hidden[:_MOST_CONFIRMED]:
            judged[k] = court.look_behind(k, judged[k])
    return judged


def _hides(entry: Entry) -> bool:
    """Whether a rule is right only on the scale of terms that cancel, not on that of the entry.

    Most often that is rounding of these terms, which more digits tell from a wrong rule.
    """
    gap = abs(entry.rules - entry.truth) - abs(entry.error)
    return bool(gap > STABLE * max(abs(entry.truth), abs(entry.rules)))


def _digits_behind(entry: Entry) -> int:
    """Return the digits in which the difference of a hidden rule stands out of rounding."""
    gap = abs(entry.rules - entry.truth)
    context = gap.context
    if gap == 0 or not math.isfinite(entry.magnitude):
        return 0
    return int(context.log10(context.mpf(entry.magnitude) / gap)) + _CLEAR


def _rules_again(session: Session, digits: int) -> list[Any]:
    """Return the gradient by the rules at more digits."""
    numbers = MpNumbers(digits)
    run = start(session.program, session.inputs, numbers)
    return gradient_entries(run.adjoints(), session.coords, numbers.zero)


def _was_rounding(entry: Entry, again: Any, truth: Any) -> bool:
    """Whether the rules come closer to the truth the more digits they have."""
    gap = abs(again - truth)
    if is_nan(gap) or is_nan(entry.rules) or is_infinite(entry.rules):
        return False
    return bool(gap <= _SHRINKS * abs(entry.rules - entry.truth))


def _judged(entry: Entry) -> Entry:
    """Return an entry with `rule_holds` filled in where there is a truth."""
    asked = entry.kind in (PointClass.SMOOTH, PointClass.EDGE, PointClass.VERTICAL)
    if not asked or entry.truth is None or entry.rules is None:
        return entry
    holds = rule_is_right(entry.rules, entry.truth, entry.error, entry.magnitude)
    return replace(entry, rule_holds=holds)


def is_steady(again: Any, entry: Entry) -> bool:
    """Return whether the rules say the same with more digits: 60 say nothing of sin(1e200).

    Parameters
    ----------
    again
        What they say with more digits.
    entry
        What they said before.
    """
    if entry.rules is None or is_nan(again) or is_infinite(again):
        return entry.rules is None or is_nan(entry.rules) or bool(again == entry.rules)
    scale = max(abs(again), abs(entry.rules), again.context.mpf(entry.magnitude))
    return bool(abs(again - entry.rules) <= _STEADY * scale)


def without_garbage(session: Session, found: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries, unsettled where the rules say something else with more digits.

    A point that only seems to be a kink, an edge or a jump, because no digits reach to the
    function, is none.
    """
    if session.adjoints is None:
        return tuple(found)
    rules = _rules_again(session, session.confirm.rules)
    return tuple(
        e if is_steady(rules[k], e) else replace(e, kind=PointClass.UNSETTLED)
        for k, e in enumerate(found)
    )


class _Court:
    """Repeats the decision at twice the digits.

    Parameters
    ----------
    session
        The examination.
    rules
        The gradient by the rules at twice the digits.
    """

    def __init__(self, session: Session, rules: list[Any]) -> None:
        self.session, self.rules = session, rules
        prober = Prober(session.program, session.inputs, session.confirm, session.branches)
        shift = prober.run.numbers.mpf(10) ** (
            session.prober.scheme.digits - session.confirm.digits
        )
        prober.noise = session.prober.noise * shift
        self.truths = Truths(prober, session.coords, session.ties)
        self._near: list[Any] | None = None

    def hear(self, k: int, entry: Entry) -> Entry:
        """Return an entry with the accusation confirmed, or dropped."""
        try:
            point = self.truths.examine(k)
        except ReferenceFailed:
            return replace(entry, confirmed=False)
        if not self._is_steady(point, entry):
            return replace(entry, confirmed=False)
        if rule_is_right(self.rules[k], point.truth, point.error, entry.magnitude):
            return replace(entry, confirmed=False)
        if not is_steady(self.rules[k], entry):
            return replace(entry, confirmed=False)
        if _was_rounding(entry, self.rules[k], point.truth):
            return replace(entry, rule_holds=True)
        return replace(entry, confirmed=True, tie_convention=self._is_convention(k, entry))

    def look_behind(self, k: int, entry: Entry) -> Entry:
        """Return an entry judged on its own scale, if a wrong rule hid behind large terms."""
        bare = replace(entry, rule_holds=False, magnitude=0.0)
        heard = self.hear(k, bare)
        return heard if heard.confirmed else entry

    def _is_steady(self, point: Point, entry: Entry) -> bool:
        """Whether the truth is still the truth."""
        if point.kind is not PointClass.SMOOTH:
            return False
        size = max(abs(point.truth), abs(entry.truth))
        return bool(abs(point.truth - entry.truth) <= _STEADY * size + point.error + entry.error)

    def _is_convention(self, k: int, entry: Entry) -> bool:
        """Whether the rules are right a little way off the ties of a smooth point."""
        if not entry.touched:
            return False
        if self._near is None:
            self._near = self._gradient_nearby()
        near = self._near[k]
        if is_nan(near) or is_infinite(near):
            return False
        scale = max(abs(near), abs(entry.truth), near.context.mpf(entry.magnitude))
        return bool(abs(near - entry.truth) <= STABLE * scale + entry.error)

    def _gradient_nearby(self) -> list[Any]:
        """Return the rules' gradient at a distance of 1e-40 in a random direction."""
        run, coords = self.session.prober.run, self.session.coords
        m = run.numbers
        weights = [m.mpf(float(w)) for w in random_directions(len(coords), 1)[0]]
        values = run.beside(combined(coords, weights), m.mpf(10) ** -DISTANCE)
        there = run.at(values)
        return gradient_entries(there.adjoints(), coords, m.zero)
