"""A program run over high-precision numbers: at the point, beside it, and backwards.

May import `engine`, `ir`, `ops`. `Run` holds the values of every slot at the point. A run
beside the point computes only what changed: an entry whose arguments are the very same
objects keeps its value, so that moving one coordinate of many costs little more than the
part of the program behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_
from typing import Any

import numpy as np

from gradcli.engine.jvp import forward
from gradcli.exact.backward import reverse_entries
from gradcli.exact.budget import record_cost
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.guards import guard_holds
from gradcli.ir.program import Guard, Program
from gradcli.ops.entries import EntryArray, Unavailable, lift, object_array
from gradcli.ops.op import Op

# Operations whose value is a constant with respect to the inputs: frozen at the point.
FROZEN = frozenset({"stop_gradient"})

# Entries of an array that are copied, and compared, in about a unit of work.
_COPIED_A_UNIT = 64

# A displacement: input slot → flat position → length, an mpmath number.
Direction = Mapping[int, Mapping[int, Any]]
Values = list[Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One record, with what evaluating it takes looked up once.

    Parameters
    ----------
    op, refs, params, out
        The record.
    form
        The scalar form, or ``None`` for an operation on whole arrays.
    is_scalar
        Whether all arguments are single numbers without dimensions.
    cost
        Units of work, for operations on whole arrays.
    """

    op: Op
    refs: tuple[int, ...]
    params: Mapping[str, Any]
    out: int
    form: Any
    is_scalar: bool
    cost: int


def plan(program: Program) -> list[Step]:
    """Return the steps of a program."""
    steps = []
    for record in program.records:
        op, refs, params, out = record
        scalar = op.mp is not None and all(np.shape(program.value(r)) == () for r in refs)
        cost = record_cost(program, record) if op.mp is None else 0
        steps.append(Step(op, refs, params, out, op.mp, scalar, cost))
    return steps


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
    steps
        The program's steps.
    """

    program: Program
    numbers: Any
    consts: Sequence[Any]
    values: Values
    held: Mapping[int, Any]
    steps: Sequence[Step]

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
        self.numbers.spend(sum(self.values[k].entries.size for k in direction) // _COPIED_A_UNIT)
        return _evaluate(self.numbers, self.steps, self, shifted(self.inputs, direction, h))

    def at(self, values: Values) -> Run:
        """Return the run whose values are those given, what is held still held."""
        return replace(self, values=values)

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
        UsageError
            Where an operation has no rule.
        """
        if seeds is None:
            outputs = [ref for ref in self.program.outputs if ref >= 0]
            seeds = {r: lift(np.ones(self.values[r].shape), self.numbers) for r in outputs}
        return reverse_entries(self.program.records, self.values, self.consts, seeds)

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
    values = [_lifted(x, numbers) for x in inputs]
    steps = plan(program)
    for step in steps:
        args = [values[r] if r >= 0 else consts[~r] for r in step.refs]
        values.append(_apply(numbers, step, args, np.shape(program.values[step.out])))
    held = {out: values[out] for op, _, _, out in program.records if op.name in FROZEN}
    return Run(program, numbers, consts, values, held, steps)


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


def entry_at(value: Any, position: int) -> Any:
    """Return one entry of an entry array, without a copy of all where they lie scattered."""
    return value.entries.flat[position]


def shifted(inputs: Values, direction: Direction, h: Any) -> Values:
    """Return inputs moved by `h` along a direction; untouched entries stay the same objects."""
    moved = list(inputs)
    for k, deltas in direction.items():
        entries = inputs[k].entries.copy()
        line = entries.reshape(-1)
        for i, d in deltas.items():
            line[i] = line[i] + h * d
        moved[k] = Changed(entries, inputs[k].m, list(deltas))
    return moved


class Changed(EntryArray):
    """An array beside the point that knows where it differs from the one at the point.

    Parameters
    ----------
    entries, m
        As in `EntryArray`.
    positions
        Flat positions of the entries that were computed anew.
    """

    __slots__ = ("positions",)

    def __init__(self, entries: Any, m: Any, positions: list[int]) -> None:
        super().__init__(entries, m)
        self.positions = positions


def _evaluate(numbers: Any, steps: Sequence[Step], base: Run, inputs: Values) -> Values:
    """Return the value of every slot, taking over from `base` what did not change."""
    values = list(inputs)
    known, consts, held = base.values, base.consts, base.held
    for step in steps:
        out = step.out
        if out in held:
            values.append(held[out])
            continue
        changed = False
        for r in step.refs:
            if r >= 0 and values[r] is not known[r]:
                changed = True
                break
        if not changed:
            values.append(known[out])
            continue
        args = [values[r] if r >= 0 else consts[~r] for r in step.refs]
        before = [known[r] if r >= 0 else consts[~r] for r in step.refs]
        values.append(_update(numbers, step, args, before, known[out]))
    return values


def _single(value: Any, numbers: Any) -> EntryArray:
    """Return one number as an array without dimensions."""
    entries = np.empty((), dtype=object)
    entries[()] = value
    return EntryArray(entries, numbers)


def _apply(numbers: Any, step: Step, args: Values, shape: tuple[int, ...]) -> Any:
    """Apply one operation; where its arithmetic breaks down, the result is NaN."""
    if step.is_scalar:
        xs = [a.entries[()] for a in args]
        return _single(numbers.call(step.op, step.form, step.params, *xs), numbers)
    if step.cost:
        numbers.spend(step.cost)
    try:
        return _plain_truths(step.op.apply(tuple(args), step.params), numbers)
    except OverflowError as problem:
        raise ReferenceFailed(f"a number of {step.op.name} is too large") from problem
    except (TypeError, AttributeError, IndexError, KeyError, RecursionError) as problem:
        # The form of the operation does not take these numbers; that is no finding.
        raise Unavailable(step.op.name) from problem
    except (ArithmeticError, ValueError):
        return EntryArray(object_array([numbers.nan] * int(np.prod(shape)), shape), numbers)


def _plain_truths(result: Any, numbers: Any) -> Any:
    """Return a result whose truth values are Python's: NumPy's do not multiply with numbers."""
    entries = result.entries
    if entries.size and isinstance(entries.flat[0], np.bool_):
        truths = [numbers.convert(v) for v in flat(result)]
        return EntryArray(object_array(truths, entries.shape), numbers)
    return result


def _update(numbers: Any, step: Step, args: Values, before: Values, old: Any) -> Any:
    """Apply one operation to arguments that differ in some entries from those before."""
    if step.is_scalar:
        xs = [a.entries[()] for a in args]
        value = numbers.call(step.op, step.form, step.params, *xs)
        return old if value is old.entries[()] else _single(value, numbers)
    if step.op.name in ("sum", "mean") and old.entries.size == 1:
        return _summed(numbers, step, args, before[0], old)
    if step.form is None:
        new = _apply(numbers, step, args, old.shape)
        return old if _same(new, old) else new
    shape = old.entries.shape
    columns = [np.broadcast_to(a.entries, shape).ravel() for a in args]
    entries = old.entries.copy()
    line = entries.reshape(-1)
    positions = sorted(
        {i for a, b in zip(args, before, strict=True) if a is not b for i in _where(a, b, shape)}
    )
    for i in positions:
        line[i] = numbers.call(step.op, step.form, step.params, *[c[i] for c in columns])
    return Changed(entries, numbers, positions)


def _where(new: Any, old: Any, shape: tuple[int, ...]) -> Sequence[int]:
    """Return the flat positions, in a result of some shape, that an argument's change reaches."""
    if new.entries.shape == shape and isinstance(new, Changed):
        return new.positions
    a = np.broadcast_to(new.entries, shape).ravel().tolist()
    b = np.broadcast_to(old.entries, shape).ravel().tolist()
    return [i for i, same in enumerate(map(is_, a, b)) if not same]


def _summed(numbers: Any, step: Step, args: Values, before: Any, old: Any) -> Any:
    """Return a sum or mean over everything from the former one: only what changed is added."""
    a, b = flat(args[0]), flat(before)
    total = old.entries.item()
    changed = _where(args[0], before, before.entries.shape)
    if len(changed) > len(a) // 4 or is_nan(total) or is_infinite(total):
        return _apply(numbers, step, args, old.shape)
    numbers.spend(2 * len(changed))
    change = sum((a[i] - b[i] for i in changed), numbers.zero)
    total = total + (change / len(a) if step.op.name == "mean" else change)
    return EntryArray(object_array([total], old.shape), numbers)


def _same(new: Any, old: Any) -> bool:
    """Whether two arrays hold the very same objects."""
    return all(map(is_, flat(new).tolist(), flat(old).tolist()))
