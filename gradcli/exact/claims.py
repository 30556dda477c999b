"""A hand-written gradient against the truths of a session.

May import `session`, `bounded`, `run`, `report`. A claim that could be followed is run over
the same numbers as the engine's rules, so that one wrong by 1e-9 is found and one that only
loses digits is not accused. What an author typed as a rounded constant (``np.log(2)``, ``1/3``)
is allowed for, in the claim and in the function: such doubles carry an error of half an ulp
into the exact run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.exact.bounded import Bounded, BoundedNumbers
from gradcli.exact.classes import PointClass
from gradcli.exact.constants import Rival, constants_error
from gradcli.exact.floaterror import BOUND_FACTOR, coarsest
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.large import LargeSession
from gradcli.exact.limits import STABLE
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.report import ClaimEntry, ClaimReport, Entry, ExactReport
from gradcli.exact.rulecheck import rule_is_right
from gradcli.exact.run import start
from gradcli.exact.session import Session
from gradcli.ir.program import Program
from gradcli.ops.entries import Unavailable

# Digits added to see what of a claim's number is rounding.
_MORE_DIGITS = 25
# Factors for what was seen once.
_SEEN = 10.0
_CONSTANT = 4.0
# Sums of data that were taken before the claim ran may have cancelled: what rounding left of
# them is this share of an entry's terms at most.
_SUMMED = 1e-13
# Rounding of a claim that could not be followed, in units on the scale of the entry.
_UNSEEN_UNITS = 256.0
# … and at most this share of the entry for the rounding of what lies before the gradient.
_SHARED = 1e-9
# Evaluations of such a claim at inputs moved by an ulp.
_MOVES = 6

# What a run over other numbers ends with where it cannot be had.
_NOT_RUN = (GradcliError, Unavailable, ReferenceFailed, ArithmeticError, ValueError)

Arrays = Sequence[Any]


def examine_claim(
    report: ExactReport,
    values: Arrays,
    program: Program | None = None,
    claimed: Sequence[int] | None = None,
    at: Callable[..., Arrays] | None = None,
) -> ClaimReport:
    """Return what the exact witness says of a claim.

    Parameters
    ----------
    report
        The report on the function at the same point, with its session.
    values
        The claim's float64 arrays, one per examined input; ``None`` for inputs it does not
        speak of: there the engine's own number stands.
    program
        The claim's own program on the same inputs, one output per claimed input.
    claimed
        The inputs the outputs of `program` belong to; default: the examined ones, in order.
    at
        The claim as a function of all inputs, for claims without a program: its scatter
        under moves by an ulp bounds its rounding.

    Returns
    -------
    ClaimReport
        One entry per entry of `report`.
    """
    session = report.session
    if not isinstance(session, Session | LargeSession):
        return ClaimReport((), False, "the function itself was not examined")
    said = _Said(session, report.entries, values)
    with np.errstate(all="ignore"):
        note = said.follow(program, claimed) if program is not None else "it could not be followed"
        if note:
            said.scatter(at)
        entries = said.entries()
    return ClaimReport(entries, not note, note)


class _Said:
    """A claim, entry by entry.

    `exact`, `allowed` and `bound` are by number of the entry; what is not there is unknown.
    """

    def __init__(
        self, session: Session | LargeSession, entries: Sequence[Entry], values: Arrays
    ) -> None:
        self.session, self.found = session, entries
        arrays = dict(zip(session.slots, values, strict=True))
        self.floats = [_number_at(arrays[e.slot], e.index) for e in entries]
        self.exact: dict[int, Any] = {}
        self.allowed: dict[int, float] = {}
        self.bound: dict[int, float] = {}

    def _lines(self, outputs: Sequence[Any], claimed: Sequence[int] | None) -> dict[int, Any]:
        """Return a program's outputs by number of the entry."""
        by_slot = dict(zip(claimed or self.session.slots, outputs, strict=False))
        lines = {}
        for k, e in enumerate(self.found):
            if e.slot in by_slot:
                entries = by_slot[e.slot].entries
                lines[k] = entries[e.index] if entries.size > 1 else entries.item()
        return lines

    def follow(self, program: Program, claimed: Sequence[int] | None) -> str:
        """Run the claim over exact and over bounded numbers; return why not, if not."""
        if not self.session.budget.affords(program):
            return "it is too large to be run in high precision"
        digits = self.session.rule_digits
        try:
            exact = self._run(program, claimed, MpNumbers(digits))
            finer = self._run(program, claimed, MpNumbers(digits + _MORE_DIGITS))
            rounded = self._run(program, claimed, BoundedNumbers(coarsest(program), measured=True))
        except _NOT_RUN as problem:
            return f"it could not be run in high precision: {problem}"
        if any(lines is None for lines in (exact, finer, rounded)):
            return "it takes another branch in high precision"
        tiny = float(np.finfo(coarsest(program)).smallest_subnormal) or 5e-324
        for k, value in (exact or {}).items():
            noise = abs(value - (finer or {})[k])
            seen = 0.0 if is_nan(noise) else _SEEN * float(noise)
            # What does not depend on the inputs may have stayed a plain double.
            self.exact[k] = self.session.zero + value
            self.allowed[k] = seen
            self.bound[k] = BOUND_FACTOR * _error((rounded or {})[k]) + tiny
        self._allow_for_constants(program, claimed)
        return ""

    def _allow_for_constants(self, program: Program, claimed: Sequence[int] | None) -> None:
        """Allow entries that differ, or sit on a kink, what rounded constants may explain."""
        differ = [k for k in self.exact if not self._is_exactly_right(k)]
        if not differ:
            return

        def values(numbers: Any) -> list[Any] | None:
            lines = self._run(program, claimed, numbers)
            return None if lines is None else [lines[k] for k in differ]

        rival = Rival(program, values, [_SUMMED * self._scale(k) for k in differ])
        try:
            errors = constants_error(self.session, [self.found[k] for k in differ], rival)
        except _NOT_RUN:
            return
        for k, error in zip(differ, errors, strict=True):
            if math.isfinite(error):
                self.allowed[k] += _CONSTANT * error

    def _is_exactly_right(self, k: int) -> bool:
        value = self.floats[k] or 0.0
        return self._holds(self.found[k], value, self.exact[k], self.allowed[k], 0.0) is True

    def _scale(self, k: int) -> float:
        """Return the size of an entry, or of the terms that it is the sum of."""
        entry = self.found[k]
        known = entry.truth is not None and not is_infinite(entry.truth)
        size = abs(float(entry.truth)) if known and entry.truth is not None else 0.0
        return max(size, entry.magnitude if math.isfinite(entry.magnitude) else 0.0)

    def _run(
        self, program: Program, claimed: Sequence[int] | None, numbers: Any
    ) -> dict[int, Any] | None:
        """Return the outputs over some numbers; ``None`` where a branch flips."""
        point = self.session.inputs
        exact = numbers.inputs(point) if hasattr(numbers, "inputs") else point
        run = start(program, exact, numbers)
        if run.flipped(run.values) is not None:
            return None
        outputs = [run.values[r] if r >= 0 else run.consts[~r] for r in program.outputs]
        return self._lines(outputs, claimed)

    def scatter(self, at: Callable[..., Arrays] | None) -> None:
        """Bound the rounding of a claim that is only known as doubles."""
        unit = float(np.finfo(coarsest(self.session.program)).eps) / 2
        spread = self._spread(at, unit)
        for k, e in enumerate(self.found):
            size = self._scale(k)
            value = self.floats[k]
            own = abs(value) if value is not None and math.isfinite(value) else 0.0
            scale = max(size, min(own, 2 * size))
            # The engine's own evaluation meets the same rounding of the function's values.
            shared = min(e.bound, _SHARED * scale)
            own_units = _UNSEEN_UNITS * unit * scale
            self.bound[k] = own_units + shared + _SEEN * spread[k] + float(abs(e.error))

    def _spread(self, at: Callable[..., Arrays] | None, unit: float) -> list[float]:
        """Return by how much a claim differs between points an ulp or two apart.

        The point itself is left out: an exception made for it is no rounding.
        """
        seen: list[list[float]] = [[] for _ in self.found]
        rng = np.random.default_rng(31)
        for _ in range(_MOVES if at is not None else 0):
            moved = [
                np.asarray(x * (1 + 2 * unit * rng.choice([-2, -1, 1, 2], size=np.shape(x))))
                for x in self.session.inputs
            ]
            try:
                arrays = at(*moved) if at is not None else ()
            except Exception:
                # A claim may raise anything; then its scatter is not known.
                break
            there = _Said(self.session, self.found, [arrays[s] for s in self.session.slots])
            for line, value in zip(seen, there.floats, strict=True):
                if value is not None and math.isfinite(value):
                    line.append(value)
        return [max(line, default=0.0) - min(line, default=0.0) for line in seen]

    def entries(self) -> tuple[ClaimEntry, ...]:
        """Return the entries with what they are worth."""
        found = []
        inside = self._membership()
        for k, entry in enumerate(self.found):
            value = self.floats[k]
            if value is None:
                # The scale on which our own rules were judged right is not the claim's.
                room = float(STABLE) * entry.magnitude
                ours = (entry.value, entry.rules, room, entry.bound, entry.rule_holds, entry.inside)
                found.append(ClaimEntry(*ours))
                continue
            exact, allowed = self.exact.get(k), self.allowed.get(k, 0.0)
            bound = self.bound.get(k, math.inf)
            holds = self._holds(entry, value, exact, allowed, bound)
            found.append(ClaimEntry(value, exact, allowed, bound, holds, inside.get(k)))
        return tuple(found)

    def _holds(
        self, entry: Entry, value: float, exact: Any, allowed: float, bound: float
    ) -> bool | None:
        """Whether one entry is the truth."""
        judged = (PointClass.SMOOTH, PointClass.EDGE, PointClass.VERTICAL)
        if entry.kind not in judged or entry.truth is None:
            return None
        if exact is not None:
            room = abs(entry.error) + allowed
            return rule_is_right(exact, entry.truth, room, 0.0)
        if is_infinite(entry.truth) or not math.isfinite(value):
            return bool(entry.truth == value)
        return bool(abs(entry.truth - value) <= bound)

    def _membership(self) -> dict[int, bool | None]:
        """Return, for the kinked entries, whether the claim is a subgradient."""
        zero = self.session.zero
        gradient, slack = [], []
        for k, entry in enumerate(self.found):
            value, exact = self.floats[k], self.exact.get(k)
            if value is None:
                gradient.append(entry.rules if entry.rules is not None else zero)
                slack.append(0.0)
            else:
                gradient.append(exact if exact is not None else zero + value)
                slack.append(self.allowed.get(k, self.bound.get(k, 0.0)))
        return self.session.membership(gradient, slack)


def _number_at(array: Any, index: tuple[int, ...]) -> float | None:
    """Return one entry of a claimed array; ``None`` where nothing was claimed."""
    if array is None:
        return None
    given = np.asarray(array)
    return float(given[index] if given.ndim == len(index) else given.ravel()[0])


def _error(value: Any) -> float:
    return value.e if isinstance(value, Bounded) else 0.0
