"""Programs too large for high precision: proved by their parts.

May import the rest of this room, `engine`. Three things together stand for the quotients of
single entries: every operation's rule checked alone in 200 digits; the sweep as a whole
against quotients along zero-mean random directions in extended precision, with the entries
found by halving where they differ; and the adjoint identity, forward against reverse. The
report has a sample of the entries, the doubtful ones among them, and says what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.jvp import forward
from gradcli.errors import GradcliError
from gradcli.exact.budget import Budget, program_cost
from gradcli.exact.classes import PointClass
from gradcli.exact.extended import make_extended
from gradcli.exact.magnitudes import magnitudes
from gradcli.exact.nodes import NodeSurvey, check_nodes
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.places import index_text
from gradcli.exact.quotients import FIRST
from gradcli.exact.report import Coverage, Entry, ExactReport, Proof, Trouble, ValueClass
from gradcli.exact.slopes import GRADIENT_ROUNDING, Slopes, random_direction
from gradcli.exact.truths import WEIGHTS
from gradcli.ir.program import Program

# Agreement of forward and reverse sweep in float64, on the same scale.
ADJOINT_TOLERANCE = 1e-10
# Rounding of the extended sweep, relative to an entry's terms.
EXTENDED_ERROR = 1e-16
# Float64 rounding allowed an entry, in units of half an ulp of its terms.
_UNITS = 256.0
# Programs dearer than this are not run in plain loops of long doubles.
_DEAREST = 4_000_000_000
# Doubtful entries that are reported of every input.
_DOUBTFUL = 6
_DIGITS = 60


class LargeSession:
    """What is known of a large program's gradient, array by array.

    Parameters
    ----------
    program
        A program with one scalar output.
    slots
        The inputs to look at.
    gradients
        The engine's float64 gradient, one array per slot.
    budget
        How much work may be done.
    """

    def __init__(
        self, program: Program, slots: Sequence[int], gradients: Sequence[Any], budget: Budget
    ) -> None:
        self.program, self.slots, self.budget = program, tuple(slots), budget
        self.inputs = [program.values[s] for s in program.inputs]
        self.values = [np.asarray(g, dtype=np.float64) for g in gradients]
        self.sizes = magnitudes(program, slots)
        self.zero = MpNumbers(_DIGITS).zero
        self.rule_digits = FIRST.rules
        affordable = program_cost(program) <= _DEAREST
        self.extended = make_extended(program) if affordable else None
        self.truths = self._truths()
        self.rng = np.random.default_rng(37)

    def _truths(self) -> list[Any]:
        """Return the gradient by the rules with the most digits that are affordable."""
        if self.extended is None:
            return self.values
        try:
            return self.extended.gradient(self.slots)
        except (TypeError, ValueError, GradcliError):
            self.extended = None
            return self.values

    def membership(self, gradient: Sequence[Any], slack: Sequence[Any]) -> dict[int, bool | None]:
        """Return nothing: kinks of a large program are not enumerated."""
        return {}

    def adjoint_gap(self) -> float:
        """Return by how much forward and reverse sweep differ, on the scale of their terms."""
        directions = [random_direction(self.rng, v.shape) for v in self.values]
        tangents = dict(zip(self.slots, directions, strict=True))
        ref = self.program.outputs[0]
        with np.errstate(all="ignore"):
            pushed = forward(
                self.program.records, self.program.values, self.program.consts, tangents
            )
        ahead = 0.0 if ref < 0 or pushed[ref] is None else float(pushed[ref])
        back = sum(float(np.sum(g * d)) for g, d in zip(self.values, directions, strict=True))
        scale = sum(float(np.sum(c * abs(d))) for c, d in zip(self.sizes, directions, strict=True))
        return abs(ahead - back) / scale if scale > 0 else abs(ahead - back)

    def doubtful(self, suspects: Sequence[Any] | None) -> list[tuple[int, int]]:
        """Return the entries to report: a random sample, and those farthest from the truth.

        Parameters
        ----------
        suspects
            Another gradient (a claim) whose worst entries are to be among them.
        """
        chosen: dict[tuple[int, int], None] = {}
        for k, truth in enumerate(self.truths):
            if truth.size == 0:
                continue
            share = max(2, self.budget.sampled * truth.size // max(1, self.total))
            sampled = self.rng.choice(truth.size, min(share, truth.size), replace=False)
            others = [self.values[k]]
            if suspects is not None and suspects[k] is not None:
                others.append(np.asarray(suspects[k], dtype=np.float64))
            worst = [i for other in others for i in self._worst(k, other)]
            chosen.update(dict.fromkeys((k, int(i)) for i in (*worst, *sampled)))
        return sorted(chosen)

    def _worst(self, k: int, other: Any) -> Any:
        """Return the positions at which another gradient is farthest off, NaN first."""
        if other.size != self.truths[k].size:
            return []
        with np.errstate(all="ignore"):
            gap = np.abs(np.ravel(other) - np.ravel(self.truths[k])) / (
                np.ravel(self.sizes[k]) + np.finfo(np.float64).tiny
            )
        gap = np.where(np.isnan(gap), np.inf, gap).astype(np.float64)
        return np.argsort(-gap, kind="stable")[:_DOUBTFUL]

    @property
    def total(self) -> int:
        """Number of entries."""
        return sum(int(v.size) for v in self.values)


def examine_large(
    program: Program,
    slots: Sequence[int],
    gradients: Sequence[Any],
    budget: Budget,
    suspects: Sequence[Any] | None = None,
) -> ExactReport:
    """Return the report on a program that is too large to be run over exact numbers.

    Parameters
    ----------
    program, slots, gradients, budget
        As in `LargeSession`.
    suspects
        As in `LargeSession.doubtful`.
    """
    session = LargeSession(program, slots, gradients, budget)
    survey = check_nodes(program, budget)
    value = float(np.asarray(program.value(program.outputs[0])))
    if not np.isfinite(value):
        note = "the value is not finite, and the program too large to be run exactly"
        return ExactReport(ValueClass.UNKNOWN, trouble=Trouble.UNAVAILABLE, trouble_note=note)
    gap = session.adjoint_gap()
    slopes = Slopes(session.extended, slots, session.values, session.sizes, session.rng)
    # A rule that is known to be wrong needs one entry to show for it.
    wrong = slopes.wrong(1, 1) if survey.faults else slopes.wrong(budget.directions)
    agree = gap <= ADJOINT_TOLERANCE and not wrong and not slopes.unlocated
    right = agree and not survey.faults
    entries = [_entry(session, k, i, right) for k, i in session.doubtful(suspects)]
    entries += [_accused(session, k, i, slopes.along(k, i)) for k, i in wrong]
    coverage = _coverage(session, survey, slopes.taken, len(entries), gap)
    decided = slopes.taken > 0 or survey.unchecked == 0
    if not decided or (not right and not wrong):
        note = coverage.note if not decided else _disagreement(survey, gap)
        return ExactReport(
            ValueClass.UNKNOWN,
            trouble=Trouble.UNAVAILABLE,
            trouble_note=note,
            coverage=coverage,
        )
    return ExactReport(
        ValueClass.FINITE,
        MpNumbers(_DIGITS).convert(value),
        tuple(entries),
        coverage=coverage,
        notes=(coverage.note,),
        session=session,
    )


def _entry(session: LargeSession, k: int, i: int, right: bool) -> Entry:
    """Return one sampled entry."""
    m = MpNumbers(_DIGITS)
    shape = session.values[k].shape
    index = tuple(int(j) for j in np.unravel_index(i, shape)) if shape else ()
    truth = m.convert(session.truths[k][index])
    size = float(session.sizes[k][index])
    value = float(session.values[k][index])
    unit = float(np.finfo(np.float64).eps) / 2
    slot = session.slots[k]
    bound = _UNITS * unit * size + 4.0 * abs(float(truth - value)) + 5e-324
    return Entry(
        slot,
        index,
        session.program.names[slot] + index_text(index),
        PointClass.SMOOTH,
        truth=truth,
        error=m.mpf(EXTENDED_ERROR * size),
        rules=truth,
        magnitude=size,
        value=value,
        bound=bound,
        rule_holds=right or None,
        proof=Proof.PARTS,
    )


def _accused(session: LargeSession, k: int, i: int, found: Any) -> Entry:
    """Return an entry whose quotient is another number than the gradient's."""
    entry = _entry(session, k, i, False)
    if found is None:
        return entry
    m = MpNumbers(_DIGITS)
    slope, bar = found
    error = m.convert(bar) + m.mpf(GRADIENT_ROUNDING * entry.magnitude)
    judged = m.convert(entry.value)
    return replace(
        entry, truth=m.convert(slope), error=error, rules=judged, rule_holds=False, confirmed=True
    )


def _disagreement(survey: NodeSurvey, gap: float) -> str:
    """Return what is wrong where no entry could be named."""
    if survey.faults:
        fault = survey.faults[0]
        return f"the rule of `{fault.op}` gives {fault.found} for {fault.expected}"
    if gap > ADJOINT_TOLERANCE:
        return f"forward and reverse sweep differ by {gap:.1g}"
    return "slopes along random directions disagree, at no single entry"


def _coverage(
    session: LargeSession, survey: NodeSurvey, taken: int, shown: int, gap: float
) -> Coverage:
    """Return what was proved, in numbers and words."""
    note = (
        f"{survey.checked} operations checked alone"
        + (f", {survey.sliced} on a slice" if survey.sliced else "")
        + (f", {survey.unchecked} not" if survey.unchecked else "")
        + f"; forward and reverse sweep agree to {gap:.1g}; "
        f"{taken} slopes in extended precision; {shown} entries shown"
    )
    miss = float(WEIGHTS) ** -session.budget.directions if taken else 1.0
    cost = program_cost(session.program)
    return Coverage(session.total, shown, miss, taken, survey, cost, note)
