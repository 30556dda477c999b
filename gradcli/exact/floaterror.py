"""What floating point lost: bounds, the problem's own share, and the node where digits go.

May import `bounded`, `run`, `rewrites`. The bound is the sweep's own (`bounded`); what the
problem itself does is seen by moving the inputs by half an ulp; the node is found by
comparing every value and every cotangent of the float64 sweep with its exact twin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.engine.vjp import reverse
from gradcli.exact.backward import reverse_entries
from gradcli.exact.bounded import Bounded, BoundedNumbers
from gradcli.exact.coordinates import Coordinate, combined
from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.places import record_of
from gradcli.exact.rewrites import rewrite
from gradcli.exact.run import Run, entry_at, flat, start
from gradcli.ir.program import Place, Program
from gradcli.ops.entries import EntryArray, object_array

# verdict.md section 2, step 7.
BOUND_FACTOR = 8.0
# Moves of the inputs by which the problem's own sensitivity is seen.
_MOVES = 4
# A node is named where it loses this factor over what its arguments had lost.
_NOTABLE = 1e3


@dataclass(frozen=True, slots=True)
class Sweep:
    """The reverse sweep with running error bounds.

    Parameters
    ----------
    values, adjoints
        Bounded values and cotangents by slot.
    tiny
        Half the spacing of subnormal numbers.
    """

    values: Sequence[Any]
    adjoints: Sequence[Any]
    tiny: float

    def bound(self, c: Coordinate) -> float:
        """Return the bound of the error of one entry of the gradient."""
        entry = self._entry(c)
        error = 0.0 if entry is None else entry.e
        return BOUND_FACTOR * error + self.tiny

    def error_at(self, slot: int, index: tuple[int, ...]) -> float:
        """Return the error of one entry of the gradient, without any factor."""
        adjoint = self.adjoints[slot]
        if adjoint is None:
            return 0.0
        entry = adjoint.entries[index] if adjoint.shape else adjoint.entries[()]
        return entry.e if type(entry) is Bounded else 0.0

    def magnitude(self, c: Coordinate) -> float:
        """Return the sum over all paths of the magnitudes of the products."""
        entry = self._entry(c)
        return 0.0 if entry is None else entry.size

    def _entry(self, c: Coordinate) -> Bounded | None:
        adjoint = self.adjoints[c.slot]
        entry = None if adjoint is None else entry_at(adjoint, c.position)
        return entry if type(entry) is Bounded else None


def coarsest(program: Program) -> Any:
    """Return the float type with the fewest bits in a program."""
    kinds = {np.asarray(v).dtype for v in program.values}
    floats = [k for k in kinds if k.kind == "f"]
    return max(floats, key=lambda k: float(np.finfo(k).eps), default=np.dtype(np.float64))


def sweep_bounds(program: Program, inputs: Sequence[Any], measured: bool = False) -> Sweep:
    """Run the reverse sweep over numbers that bound their own rounding.

    Parameters
    ----------
    program
        A program with a scalar output.
    inputs
        The point.
    measured
        As in `BoundedNumbers`.
    """
    return _swept(program, inputs, BoundedNumbers(coarsest(program), measured))


def constants_sweep(
    program: Program, inputs: Sequence[Any], given: frozenset[float] = frozenset()
) -> Sweep:
    """Run the reverse sweep exactly, but for constants that are known to half an ulp.

    Parameters
    ----------
    program, inputs
        As in `sweep_bounds`.
    given
        As in `BoundedNumbers`.

    Notes
    -----
    Who writes ``(1/3)*x**3`` means a third, and ``x**2`` is its
        derivative; the program's own is that of the double beside it.
    """
    unit = float(np.finfo(coarsest(program)).eps) / 2
    numbers = BoundedNumbers(exact=True, uncertain=unit, given=given)
    return _swept(program, numbers.inputs(inputs), numbers)


def _swept(program: Program, inputs: Sequence[Any], numbers: BoundedNumbers) -> Sweep:
    """Run the reverse sweep of a program over bounded numbers."""
    run = start(program, inputs, numbers)
    ref = program.outputs[0]
    tiny = float(np.finfo(coarsest(program)).smallest_subnormal) / 2 or 5e-324
    if ref < 0:
        return Sweep(run.values, [None] * len(run.values), tiny)
    one = Bounded(numbers.plain.one, 0.0, 1.0, numbers)
    seed = EntryArray(object_array([one], run.values[ref].shape), numbers)
    adjoints = reverse_entries(program.records, run.values, run.consts, {ref: seed})
    return Sweep(run.values, adjoints, tiny)


def movement(run: Run, coords: Sequence[Coordinate], gradient: Sequence[Any]) -> list[float]:
    """Return how far each entry moves when all inputs move by half an ulp.

    Parameters
    ----------
    run
        The run at the point.
    coords
        The coordinates.
    gradient
        The gradient at the point, by the same rules.
    """
    unit = float(np.finfo(coarsest(run.program)).eps) / 2
    h = run.numbers.mpf(unit)
    moving = [c for c in coords if entry_at(run.values[c.slot], c.position) != 0]
    most = [0.0] * len(coords)
    for signs in _sign_patterns(len(moving)):
        values = run.beside(combined(moving, signs), h)
        there = run.at(values)
        for k, g in enumerate(entries(there.adjoints(), coords, run.numbers.zero)):
            gap = abs(g - gradient[k])
            most[k] = max(most[k], 0.0 if is_nan(gap) else float(gap))
    return most


def _sign_patterns(n: int) -> list[list[int]]:
    """Return the sign patterns by which all inputs move: together, and at random."""
    rng = np.random.default_rng(3)
    patterns = [[1] * n, [-1] * n]
    while len(patterns) < _MOVES:
        patterns.append([int(s) for s in rng.choice([-1, 1], size=n)])
    return patterns


def entries(adjoints: Sequence[Any], coords: Sequence[Coordinate], zero: Any) -> list[Any]:
    """Return the gradient in the given coordinates from the cotangents of a sweep."""
    return [
        zero if adjoints[c.slot] is None else entry_at(adjoints[c.slot], c.position) for c in coords
    ]


@dataclass(frozen=True, slots=True)
class Culprit:
    """The node where digits are lost.

    Parameters
    ----------
    slot
        Its output slot.
    op
        Its operation; ``accumulation`` where cotangents cancel when they are added up.
    place
        Where it stands, where known.
    digits_lost
        Decimal digits lost there, beyond what its arguments had lost.
    rewrite
        The form that keeps them, or an empty string.
    """

    slot: int
    op: str
    place: Place | None
    digits_lost: float
    rewrite: str


def relative_error(floats: Any, exact: Any) -> float:
    """Return the largest relative error of the entries of a float array."""
    worst = 0.0
    for a, b in zip(np.ravel(floats).tolist(), flat(exact), strict=True):
        if isinstance(b, bool) or isinstance(a, bool) or is_nan(b) or is_infinite(b):
            continue
        if not math.isfinite(a):
            return math.inf
        if a != b:
            worst = max(worst, float(abs(a - b) / abs(b)) if b != 0 else 1.0)
    return worst


def find_culprit(run: Run, adjoints: Sequence[Any], unit: float) -> Culprit | None:
    """Return the node that loses the most digits, one with a known cure first.

    Parameters
    ----------
    run
        The run in high precision; its program holds the float64 values.
    adjoints
        Cotangents of the same run by the same rules.
    unit
        Half an ulp of the float type.
    """
    program = run.program
    errors = [relative_error(program.values[s], run.values[s]) for s in range(program.size)]
    found = [*_forward_losses(program, errors, unit), *_backward_losses(run, adjoints, unit)]
    notable = [c for c in found if c.digits_lost >= math.log10(_NOTABLE)]
    cured = [c for c in notable if c.rewrite]
    return max(cured or notable, key=lambda c: c.digits_lost, default=None)


def _forward_losses(program: Program, errors: Sequence[float], unit: float) -> list[Culprit]:
    """Return what every operation loses beyond its arguments."""
    losses = []
    for op, refs, _params, out in program.records:
        before = max([errors[r] for r in refs if r >= 0], default=0.0)
        ratio = errors[out] / max(before, unit)
        if ratio > 1.0:
            lost = min(math.log10(ratio), 17.0)
            place = program.places.get(out)
            losses.append(Culprit(out, op.name, place, lost, rewrite(program, out)))
    return losses


def _backward_losses(run: Run, adjoints: Sequence[Any], unit: float) -> list[Culprit]:
    """Return what every accumulation of cotangents loses beyond its contributions."""
    program = run.program
    ref = program.outputs[0]
    if ref < 0:
        return []
    seed = {ref: np.ones(np.shape(program.values[ref]))[()]}
    with np.errstate(all="ignore"):
        floats = reverse(program.records, program.values, program.consts, seed)
    errors = [
        0.0 if a is None or b is None else relative_error(a, b)
        for a, b in zip(floats, adjoints, strict=True)
    ]
    consumers: dict[int, list[int]] = {}
    for _op, refs, _params, out in program.records:
        for r in refs:
            consumers.setdefault(r, []).append(out)
    losses = []
    for slot, outs in consumers.items():
        if slot < 0 or len(outs) < 2 or errors[slot] == 0.0:
            continue
        ratio = errors[slot] / max([unit, *(errors[o] for o in outs)])
        if ratio > 1.0:
            place = program.places.get(slot)
            lost = min(math.log10(ratio), 17.0)
            losses.append(Culprit(slot, "accumulation", place, lost, ""))
    return losses


def first_anomaly(program: Program, sweep: Sweep, run: Run) -> int | None:
    """Return the first slot whose float value is off by more than its bound.

    Parameters
    ----------
    program
        The program with its float64 values.
    sweep
        The bounds.
    run
        The run in high precision.
    """
    for slot in range(len(program.inputs), program.size):
        floats = np.ravel(program.values[slot]).tolist()
        bounds, exact = flat(sweep.values[slot]), flat(run.values[slot])
        for a, b, t in zip(floats, bounds, exact, strict=True):
            known = type(b) is Bounded and not is_nan(t) and not is_infinite(t)
            if known and math.isfinite(a) and abs(a - t) > BOUND_FACTOR * b.e + sweep.tiny:
                return slot
    return None


def name_of(program: Program, slot: int) -> str:
    """Return the name of the operation that computes a slot."""
    return record_of(program, slot)[0].name if slot >= len(program.inputs) else "input"
