"""The float report of an examination: bounds first, and more only where they are not kept.

May import `floaterror`, `report`, `budget`. Step 7 of verdict.md section 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.exact.budget import program_cost
from gradcli.exact.classes import PointClass
from gradcli.exact.floaterror import (
    Culprit,
    Sweep,
    coarsest,
    find_culprit,
    first_anomaly,
    movement,
    name_of,
    sweep_bounds,
)
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.limits import STABLE
from gradcli.exact.report import Entry
from gradcli.ops.entries import Unavailable

if TYPE_CHECKING:
    from gradcli.exact.session import Session

# The sweep over bounded numbers costs about this many plain evaluations.
_SWEEP_COST = 4
# verdict.md section 2, step 7: a bound under this share of the entry is an ordinary pass;
# of a type with seven digits, three are asked for.
TIGHT, TIGHT_SINGLE = 1e-6, 1e-3
_SINGLE_UNIT = 1e-9
# … where an entry this much smaller than its contributions is judged on their scale.
CANCELLED = 1e-20
# Where no bound was affordable: units of rounding an operation, on the scale of the entry.
_CRUDE_UNITS = 64


class FloatStage:
    """Adds what is known of float rounding to entries.

    Parameters
    ----------
    session
        The examination.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.program = session.program
        self.unit = float(np.finfo(coarsest(self.program)).eps) / 2
        self.sweep: Sweep | None = None
        self.culprit: Culprit | None = None
        self.anomaly = ""

    def with_bounds(self, found: Sequence[Entry]) -> list[Entry]:
        """Return entries with the bound of their rounding and the magnitude of their terms."""
        self.sweep = self._sweep(False)
        return [self._bounded(k, e) for k, e in enumerate(found)]

    def _sweep(self, measured: bool) -> Sweep | None:
        session = self.session
        if program_cost(self.program) * _SWEEP_COST > session.budget.evaluation:
            session.notes.append("the error bound of the sweep is a crude one: too many entries")
            return None
        try:
            return sweep_bounds(self.program, session.inputs, measured)
        except (GradcliError, Unavailable, ReferenceFailed, ArithmeticError, ValueError) as problem:
            session.notes.append(f"the sweep could not be bounded: {problem}")
            return None

    def _bounded(self, k: int, entry: Entry) -> Entry:
        if self.sweep is None:
            size = abs(float(entry.rules)) if _finite(entry.rules) else self._largest_truth()
            units = _CRUDE_UNITS * math.sqrt(len(self.program.records) + 1)
            return replace(entry, bound=units * self.unit * size, magnitude=size)
        c = self.session.coords[k]
        bound = self.sweep.bound(c) + _truth_error(entry)
        return replace(entry, bound=bound, magnitude=self.sweep.magnitude(c))

    def _largest_truth(self) -> float:
        """Return the scale of a gradient whose rules could not be run in high precision."""
        truths = [p.truth for p in self.session.truths.points.values()]
        return max((abs(float(t)) for t in truths if _finite(t)), default=0.0)

    def with_movement(self, found: Sequence[Entry]) -> list[Entry]:
        """Return entries with the problem's own sensitivity where rounding is an issue."""
        entries = list(found)
        if any(_is_over(e) for e in entries) and self.sweep is not None:
            entries = self._measured(entries)
        tight = TIGHT if self.unit < _SINGLE_UNIT else TIGHT_SINGLE
        open_ones = [k for k, e in enumerate(entries) if _needs_movement(e, tight)]
        if not open_ones or self.session.adjoints is None:
            return entries
        coords = [self.session.coords[k] for k in open_ones]
        rules = [self.session.rules[k] for k in open_ones]
        moved = movement(self.session.rules_run, coords, rules)
        for k, amount in zip(open_ones, moved, strict=True):
            # Inputs that move across a kink tell of the kink, not of lost digits.
            if entries[k].kind is not PointClass.KINK:
                entries[k] = replace(entries[k], movement=amount)
        self.culprit = find_culprit(self.session.rules_run, self.session.adjoints, self.unit)
        return entries

    def _measured(self, entries: list[Entry]) -> list[Entry]:
        """Bound functions without a promise by their seen error; name what is still over."""
        again = self._sweep(True)
        if again is None:
            return entries
        self.sweep = again
        entries = [
            replace(e, bound=max(e.bound, again.bound(self.session.coords[k]) + _truth_error(e)))
            for k, e in enumerate(entries)
        ]
        if any(_is_over(e) for e in entries):
            slot = first_anomaly(self.program, again, self.session.rules_run)
            self.anomaly = "the sweep" if slot is None else name_of(self.program, slot)
        return entries


def _truth_error(entry: Entry) -> float:
    """Return how far the truth itself may be off, so that it is not blamed on rounding."""
    if not _finite(entry.truth):
        return 0.0
    return float(abs(entry.error)) + STABLE * float(abs(entry.truth))


def _finite(value: Any) -> bool:
    return value is not None and not is_nan(value) and not is_infinite(value)


def _reference(entry: Entry) -> Any:
    """Return what the float64 entry should be where the rule is right, else ``None``.

    At a kink the rule has chosen among right answers; the floats should be the same one.
    """
    if entry.kind is PointClass.KINK:
        return entry.rules if entry.inside else None
    return entry.truth if entry.rule_holds and _finite(entry.truth) else None


def _error(entry: Entry) -> float | None:
    """Return how far the float64 entry is off where the rule is right."""
    reference = _reference(entry)
    if reference is None or not math.isfinite(entry.value):
        return None
    return float(abs(reference - entry.value))


def _is_over(entry: Entry) -> bool:
    error = _error(entry)
    return error is not None and error > entry.bound


def _needs_movement(entry: Entry, tight: float) -> bool:
    """Whether an entry is no ordinary pass."""
    error = _error(entry)
    if error is None or error == 0.0:
        return False
    size = float(abs(_reference(entry)))
    if size <= CANCELLED * entry.magnitude:
        size = entry.magnitude
    return not error <= entry.bound <= tight * size
