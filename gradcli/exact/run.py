"""A program run over high-precision numbers: at the point, beside it, and backwards.

May import `engine`, `ir`, `ops`. `Run` holds the values of every slot at the point. A run
beside the point computes only what changed: an entry whose arguments are the very same
objects keeps its value, so that moving one coordinate of many costs little more than the
part of the program behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.engine.jvp import forward
from gradcli.engine.vjp import reverse
from gradcli.exact.budget import record_cost
from gradcli.exact.gates import is_nan
from gradcli.ir.program import Guard, Program, Record
from gradcli.ops.entries import EntryArray, Unavailable, lift, object_array

# Operations whose value is a constant with respect to the inputs: frozen at the point.
FROZEN = frozenset({"stop_gradient"})

# A displacement: input slot → flat position → length, an mpmath number.
Direction = Mapping[int, Mapping[int, Any]]
Values = list[Any]


@dataclass(frozen=True, slots=True)
class Run:
    """The values of a program at a point.

    Parameters
    ----------
    program
        The program, with one scalar output.
    numbers
        The number system.
    consts
        The program's constants, lifted.
    values
        Values by slot.
    held
        The slots that stay as they are beside the point.
    """

    program: Program
    numbers: Any
    consts: Sequence[Any]
    values: Values
    held: Mapping[int, Any]

    @property
    def inputs(self) -> Values:
        """The values of the inputs."""
        return [self.values[slot] for slot in self.program.inputs]

    def scalar(self, values: Values) -> Any:
        """Return the one number a program with a scalar output came to."""
        ref = self.program.outputs[0]
        return flat(values[ref] if ref >= 0 else self.consts[~ref])[0]

    @property
    def value(self) -> Any:
        """The value of the function at the point."""
        return self.scalar(self.values)

    def beside(self, direction: Direction, h: Any) -> Values:
        """Return the values of every slot at the point plus `h` times a direction."""
        inputs = shifted(self.inputs, direction, h)
        return _evaluate(self.program, self.numbers, self.consts, inputs, self)

    def flipped(self, values: Values) -> Guard | None:
        """Return the first guard that a run does not satisfy."""
        for guard in self.program.guards:
            value = values[guard.ref] if guard.ref >= 0 else self.consts[~guard.ref]
            if not guard_holds(value, guard.value):
                return guard
        return None

    def adjoints(self, seeds: Mapping[int, Any] | None = None) -> Values:
        """Return the cotangent of every slot by the engine's own rules: EHP.

        Raises
        ------
        Unavailable
            Where a rule asks for what the number system does not have.
        """
        if seeds is None:
            outputs = [ref for ref in self.program.outputs if ref >= 0]
            seeds = {r: lift(np.ones(self.values[r].shape), self.numbers) for r in outputs}
        return reverse(self.program.records, self.values, self.consts, seeds)

    def tangents(self, direction: Direction) -> Values:
        """Return the tangent of every slot along a direction by the engine's own rules."""
        zero = [lift(np.zeros(np.shape(v)), self.numbers) for v in self.inputs]
        ts = dict(zip(self.program.inputs, shifted(zero, direction, 1), strict=True))
        return forward(self.program.records, self.values, self.consts, ts)


def start(program: Program, inputs: Sequence[Any], numbers: Any) -> Run:
    """Run a program at a point.

    Parameters
    ----------
    program
        The program.
    inputs
        One float array, or entry array, per input.
    numbers
        The number system.

    Returns
    -------
    Run
        The values; guards are not looked at.

    Raises
    ------
    ReferenceFailed
        For numbers or work beyond the limits.
    Unavailable
        For an operation that has no form over these numbers.
    """
    consts = [_lifted(c, numbers) for c in program.consts]
    lifted = [_lifted(x, numbers) for x in inputs]
    values = _evaluate(program, numbers, consts, lifted, None)
    held = {out: values[out] for op, _, _, out in program.records if op.name in FROZEN}
    return Run(program, numbers, consts, values, held)


def _lifted(value: Any, numbers: Any) -> Any:
    """Return the exact entries of a value; what is no number stays as it is."""
    if isinstance(value, EntryArray):
        entries = [numbers.convert(v) for v in flat(value)]
        return EntryArray(object_array(entries, value.shape), numbers)
    try:
        return lift(value, numbers)
    except Unavailable:
        return value


def flat(value: Any) -> Any:
    """Return the entries of an entry array as a flat sequence."""
    return value.entries.ravel()


def shifted(inputs: Values, direction: Direction, h: Any) -> Values:
    """Return inputs moved by `h` along a direction; untouched entries stay the same objects."""
    moved = list(inputs)
    for k, deltas in direction.items():
        entries = inputs[k].entries.copy()
        line = entries.reshape(-1)
        for i, d in deltas.items():
            line[i] = line[i] + h * d
        moved[k] = EntryArray(entries, inputs[k].m)
    return moved


def _evaluate(
    program: Program, numbers: Any, consts: Sequence[Any], inputs: Values, base: Run | None
) -> Values:
    """Return the value of every slot, taking over from `base` what did not change."""
    values = list(inputs)
    known = None if base is None else base.values
    for record in program.records:
        _op, refs, _params, out = record
        args = [values[r] if r >= 0 else consts[~r] for r in refs]
        if base is None or known is None:
            values.append(_apply(program, numbers, record, args))
            continue
        if out in base.held:
            values.append(base.held[out])
            continue
        before = [known[r] if r >= 0 else consts[~r] for r in refs]
        if all(a is b for a, b in zip(args, before, strict=True)):
            values.append(known[out])
        else:
            values.append(_update(program, numbers, record, args, before, known[out]))
    return values


def _apply(program: Program, numbers: Any, record: Record, args: Values) -> Any:
    """Apply one operation; where its arithmetic breaks down, the result is NaN."""
    op, _refs, params, out = record
    if op.mp is not None and all(a.entries.size == 1 for a in args):
        ndim = max(a.entries.ndim for a in args)
        one = numbers.call(op, op.mp, params, *[a.entries.item() for a in args])
        return EntryArray(object_array([one], (1,) * ndim), numbers)
    if op.mp is None:
        numbers.spend(record_cost(program, record))
    try:
        return op.apply(tuple(args), params)
    except (ArithmeticError, ValueError):
        shape = np.shape(program.values[out])
        return EntryArray(object_array([numbers.nan] * int(np.prod(shape)), shape), numbers)


def _update(
    program: Program, numbers: Any, record: Record, args: Values, before: Values, old: Any
) -> Any:
    """Apply one operation to arguments that differ in some entries from those before."""
    op, _refs, params, _out = record
    if op.mp is None or old.entries.size == 1:
        new = _apply(program, numbers, record, args)
        return old if _same(new, old) else new
    shape = old.entries.shape
    columns = [np.broadcast_to(a.entries, shape).ravel() for a in args]
    former = [np.broadcast_to(b.entries, shape).ravel() for b in before]
    entries = old.entries.copy()
    line = entries.reshape(-1)
    for i, xs in enumerate(zip(*columns, strict=True)):
        if any(x is not c[i] for x, c in zip(xs, former, strict=True)):
            line[i] = numbers.call(op, op.mp, params, *xs)
    return EntryArray(entries, numbers)


def _same(new: Any, old: Any) -> bool:
    """Whether two arrays hold the very same objects."""
    return all(a is b for a, b in zip(new.entries.flat, old.entries.flat, strict=True))


def guard_holds(value: Any, recorded: Any) -> bool:
    """Whether a value steers a run the way it was recorded.

    Parameters
    ----------
    value
        Entry array of the value that was looked at.
    recorded
        What the float64 run saw: truth values, whole numbers or floats.
    """
    seen = np.asarray(recorded)
    if np.shape(value) != seen.shape:
        return True
    return all(_steers_alike(a, b) for a, b in zip(flat(value), seen.ravel().tolist(), strict=True))


# A float that was read is the same number if it agrees to what float64 rounding leaves.
_READ_TOLERANCE = 1e-9


def _steers_alike(value: Any, recorded: Any) -> bool:
    if isinstance(recorded, bool):
        return bool(value) == recorded
    if is_nan(value) or is_nan(recorded):
        return is_nan(value) and is_nan(recorded)
    if isinstance(recorded, int):
        return bool(recorded == value) or int(value) == recorded
    return bool(abs(value - recorded) <= _READ_TOLERANCE * max(1.0, abs(recorded)))
