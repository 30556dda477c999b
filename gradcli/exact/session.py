"""The state of one examination: runs, truths, subgradients and float errors at one point.

May import the rest of this room. A session outlives the report it made, so that a claim
about the same point is judged against the same truths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.exact.branches import Branches, Retrace
from gradcli.exact.budget import Budget, is_slow
from gradcli.exact.classes import Point, PointClass
from gradcli.exact.coordinates import coordinates, index_of, read_positions
from gradcli.exact.coverage import choose_coordinates, directions_stand_in
from gradcli.exact.floaterror import entries as gradient_entries
from gradcli.exact.floatstage import FloatStage
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.nodes import NodeSurvey, check_nodes
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.places import index_text
from gradcli.exact.quotients import (
    CONFIRM,
    FIRST,
    SLOW,
    SLOW_CONFIRM,
    WIDE,
    WIDE_CONFIRM,
    Prober,
)
from gradcli.exact.remarks import remark
from gradcli.exact.report import Coverage, Entry, Proof
from gradcli.exact.rulecheck import check_rules
from gradcli.exact.run import flat, start
from gradcli.exact.splits import find_splits
from gradcli.exact.subgradients import SubgradientSet, subgradients
from gradcli.exact.ties import find_ties
from gradcli.exact.truths import Truths, failing_groups
from gradcli.ir.program import Program
from gradcli.ops.entries import Unavailable

# A truth that may be off by this share of what the rules say is not known.
_UNRESOLVED = 1e-6
# Numbers below this are zero in float64, whatever they are.
_UNDERFLOWN = 1e-323


def is_unresolved(point: Point, rules: Any) -> bool:
    """Whether the digits at hand do not reach to a derivative this small beside the value."""
    if point.truth is None or rules is None or is_nan(rules) or is_infinite(rules):
        return False
    size = max(abs(point.truth), abs(rules))
    return bool(size > _UNDERFLOWN and point.error > _UNRESOLVED * size)


class Session:
    """One program at one point.

    Parameters
    ----------
    program
        A program with one scalar output.
    inputs
        The point.
    slots
        The inputs to look at.
    gradients
        The engine's float64 gradient, one array per slot.
    budget
        How much work may be done.
    retrace
        Records the function at another point.
    wide
        Whether to work with the digits that numbers of all magnitudes together need.
    """

    def __init__(
        self,
        program: Program,
        inputs: Sequence[Any],
        slots: Sequence[int],
        gradients: Sequence[Any],
        budget: Budget,
        retrace: Retrace | None = None,
        wide: bool = False,
    ) -> None:
        self.program, self.inputs, self.budget = program, list(inputs), budget
        self.slots = tuple(slots)
        slow = is_slow(program)
        self.can_widen = not wide and budget.affords_wide(program)
        if wide:
            self.budget = budget.narrowed()
        first = WIDE if wide else SLOW if slow else FIRST
        self.confirm = WIDE_CONFIRM if wide else SLOW_CONFIRM if slow else CONFIRM
        self.branches = None if retrace is None else Branches(program, retrace)
        self.prober = Prober(program, inputs, first, self.branches)
        self.rule_digits = first.rules
        self.rules_run = start(program, inputs, MpNumbers(first.rules))
        self.zero = self.prober.run.numbers.zero
        self.coords = coordinates(self.prober.run, slots)
        self.floats = [float(g) for array in gradients for g in np.ravel(array)]
        self._read = {slot: read_positions(program, slot) for slot in slots}
        self.splits = find_splits(self.prober.run)
        self.ties, self.margins = find_ties(self.prober.run)
        self.notes: list[str] = []
        self.nodes: NodeSurvey | None = None
        self.miss, self.directions = 0.0, 0
        self.sets: list[SubgradientSet] = []
        self.found: tuple[Entry, ...] = ()
        self.culprit: Any = None
        self.anomaly = ""
        self.adjoints = self._rule_sweep()
        self.rules = self._rule_entries()
        self.prober.noise = self._noise()
        self.truths = Truths(self.prober, self.coords, self.ties, self.rules_run)

    @property
    def float_value(self) -> Any:
        """The function's float64 value."""
        return self.program.value(self.program.outputs[0])

    def _rule_sweep(self) -> Sequence[Any] | None:
        """Return the cotangents of every slot by the engine's rules (EHP)."""
        try:
            return self.rules_run.adjoints()
        except (GradcliError, Unavailable, ArithmeticError, ValueError) as problem:
            self.notes.append(f"the rules could not be run in high precision: {problem}")
            return None

    def _rule_entries(self) -> list[Any]:
        if self.adjoints is None:
            return [None] * len(self.coords)
        return gradient_entries(self.adjoints, self.coords, self.rules_run.numbers.zero)

    def _noise(self) -> Any:
        """Return how far a value may be off by the rounding of the working digits.

        To first order the rounding of a slot moves the value by its cotangent times its
        size; what is not finite belongs to no value that comes out.
        """
        m = self.prober.run.numbers
        total = m.zero
        for value, adjoint in zip(self.rules_run.values, self.adjoints or [], strict=False):
            if adjoint is None:
                continue
            pairs = zip(
                flat(value), np.broadcast_to(adjoint.entries, value.shape).flat, strict=True
            )
            for v, g in pairs:
                size = abs(m.mpf(v) * m.mpf(g)) if not isinstance(v, bool) else m.zero
                if not is_nan(size) and not is_infinite(size):
                    total += size
        return total * m.mpf(10) ** (1 - m.digits)

    # Entries.

    def bare_entries(self, kind: PointClass) -> tuple[Entry, ...]:
        """Return entries of a point at which no derivative can be asked for."""
        self.found = tuple(
            replace(self._blank(k), kind=kind, rules=self.rules[k]) for k in range(len(self.coords))
        )
        return self.found

    def _blank(self, k: int) -> Entry:
        c = self.coords[k]
        index = index_of(self.prober.run, c)
        name = self.program.names[c.slot] + index_text(index)
        return Entry(c.slot, index, name, PointClass.UNSETTLED, value=self.floats[k])

    def entries(self) -> tuple[Entry, ...]:
        """Examine every coordinate, as far as the budget goes, and return the entries.

        Raises
        ------
        ReferenceFailed
            At an infinite point.
        """
        if any(is_infinite(x) for values in self.prober.run.inputs for x in flat(values)):
            raise ReferenceFailed("nothing lies beside an infinite point")
        chosen = choose_coordinates(self)
        for k in chosen:
            self.truths.examine(k)
        stand_in = len(chosen) < len(self.coords)
        trusted = directions_stand_in(self) if stand_in else frozenset()
        self._mark_cones()
        found = [self._entry(k, k in trusted) for k in range(len(self.coords))]
        found = self._add_membership(found)
        stage = FloatStage(self)
        found = stage.with_bounds(found)
        found = check_rules(self, found)
        if any(e.confirmed for e in found) and self.nodes is None:
            self.nodes = check_nodes(self.program, self.budget)
        self.found = tuple(stage.with_movement(found))
        self.culprit, self.anomaly = stage.culprit, stage.anomaly
        return self.found

    def _entry(self, k: int, trusted: bool) -> Entry:
        entry = replace(self._blank(k), rules=self.rules[k])
        point = self.truths.points.get(k)
        if point is None:
            if not trusted:
                return replace(entry, proof=Proof.NONE)
            truth = self.rules[k]
            return replace(entry, kind=PointClass.SMOOTH, truth=truth, proof=Proof.DIRECTIONS)
        kind = point.kind
        if kind is PointClass.SMOOTH and is_unresolved(point, entry.rules):
            kind = PointClass.UNSETTLED
        return replace(
            entry,
            kind=kind,
            truth=point.truth,
            error=point.error,
            right=point.right,
            left=point.left,
            digits=point.digits,
            touched=tuple(sorted(self.truths.touches.get(k, frozenset()))),
            unused=self.coords[k].position not in self._read[self.coords[k].slot],
        )

    def _mark_cones(self) -> None:
        """Turn coordinates that are smooth one by one, but not together, into kinks."""
        points = self.truths.points
        smooth = [k for k, p in points.items() if p.kind is PointClass.SMOOTH]
        if len(smooth) < 2:
            return
        size = len(self.coords)
        truths: list[Any] = [0] * size
        errors: list[Any] = [0] * size
        for k in smooth:
            truths[k], errors[k] = points[k].truth, points[k].error
        groups, _ = failing_groups(
            self.truths, smooth, truths, errors, self.budget.directions, self.affordable
        )
        self.directions += self.budget.directions
        for group in groups:
            if len(group) > 1:
                for k in group:
                    points[k] = Point(PointClass.KINK, points[k].right, points[k].left)

    def can_look_deep(self, digits: int) -> bool:
        """Whether the rules may be run with so many digits, far beyond their usual ones."""
        return digits <= WIDE_CONFIRM.rules and self.budget.affords_wide(self.program)

    def affordable(self) -> bool:
        """Whether there is work left for locating coordinates."""
        return self.prober.work < 2 * self.budget.quotients

    # Kinks.

    def _add_membership(self, found: list[Entry]) -> list[Entry]:
        """Say of every kinked entry whether the engine's answer is a subgradient."""
        points: Mapping[int, Point] = {
            k: p for k, p in self.truths.points.items() if p.kind is PointClass.KINK
        }
        if not points:
            return found
        self.sets = subgradients(
            self.prober.run,
            self.coords,
            points,
            self.truths.touches,
            self.ties,
            self.budget.ties,
            self.budget.subgradients,
        )
        rules = [self.rules_run.numbers.nan if g is None else g for g in self.rules]
        for k, inside in self.membership(rules, [0] * len(found)).items():
            found[k] = replace(found[k], inside=inside)
        return found

    def membership(self, gradient: Sequence[Any], slack: Sequence[Any]) -> dict[int, bool | None]:
        """Return, for the kinked coordinates, whether a gradient is a subgradient.

        Parameters
        ----------
        gradient
            One number per coordinate.
        slack
            How far each may be off.
        """
        inside: dict[int, bool | None] = {}
        for members in self.sets:
            mine = members.members
            answer = members.holds([gradient[k] for k in mine], [slack[k] for k in mine])
            inside.update(dict.fromkeys(mine, answer))
        return inside

    def coverage(self) -> Coverage:
        """Return what was proved and what was sampled."""
        total, examined = len(self.coords), len(self.truths.points)
        unused = [e.name for e in self.found if e.unused]
        note = remark(total, examined, self.margins, unused, self.culprit)
        work = self.prober.work + self.rules_run.numbers.work
        return Coverage(total, examined, self.miss, self.directions, self.nodes, work, note)
