"""How each input of a program reaches its output: smoothly, as a mere number, or not at all.

May import `ir`, `ops`.

An input that is only looked at (an index, a size), or stands only where an operation has no
derivative (the order of a special function, an exponent of a base that is not positive),
has no gradient to ask for. One bit a variable; one pass over the records forward, one back.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from gradcli.ir.program import Guard, Program
from gradcli.ops.op import Op
from gradcli.ops.rule import MISSING, NONDIFF, Elementwise, Flat, Nothing


class Flow(Enum):
    """How an input reaches the output."""

    SMOOTH = "a derivative flows, if only a zero one"
    HELD = "it reaches only places without a derivative"
    UNUSED = "it does not reach the output"


def flows(program: Program) -> list[Flow]:
    """Return how each input of a program reaches its outputs.

    Parameters
    ----------
    program
        A recorded program.

    Returns
    -------
    list of Flow
        One per input.
    """
    count = len(program.inputs)
    touched = [1 << k for k in range(count)] + [0] * (program.size - count)
    smooth = list(touched)
    # The inputs that stand at a place without a derivative on the way to each slot.
    blocked = [0] * program.size
    for op, refs, _, out in program.records:
        for position, ref in enumerate(refs):
            if ref < 0:
                continue
            touched[out] |= touched[ref]
            blocked[out] |= blocked[ref]
            if is_blocked(op, position, program, refs, out):
                blocked[out] |= smooth[ref]
            else:
                smooth[out] |= smooth[ref]
    ends = [ref for ref in program.outputs if ref >= 0]
    used, flowing = _union(touched, ends), _union(smooth, ends)
    held = _union(blocked, ends)
    for guard in program.guards:
        if guard.ref >= 0:
            used |= touched[guard.ref]
            if not _is_condition(guard.value) or _is_exact_match(program, guard):
                held |= touched[guard.ref]
    return [_flow(1 << k, used, flowing, held) for k in range(count)]


def _union(masks: list[int], slots: list[int]) -> int:
    union = 0
    for slot in slots:
        union |= masks[slot]
    return union


def _flow(bit: int, used: int, flowing: int, held: int) -> Flow:
    if not used & bit:
        return Flow.UNUSED
    return Flow.HELD if held & bit and not flowing & bit else Flow.SMOOTH


def _is_condition(value: Any) -> bool:
    """Return whether a guarded value is a truth value rather than a number."""
    return isinstance(value, bool) or np.asarray(value).dtype.kind == "b"


def _is_exact_match(program: Program, guard: Guard) -> bool:
    """Return whether a guard is an equality that holds: it says nothing of any neighbour."""
    position = guard.ref - len(program.inputs)
    if not 0 <= position < len(program.records):
        return False
    name = program.records[position][0].name
    return (name == "equal" and bool(guard.value)) or (name == "not_equal" and not guard.value)


def is_blocked(op: Op, position: int, program: Program, refs: tuple[int, ...], out: int) -> bool:
    """Return whether an argument of an operation stands where there is no derivative."""
    if op.name == "power" and position == 1:
        return not bool(np.all(np.asarray(program.value(refs[0])) > 0.0))
    rule = op.rule
    nothing: Any = None
    if isinstance(rule, Flat):
        nothing = rule.nothing
    elif isinstance(rule, Elementwise) and isinstance(rule.partials[position], Nothing):
        nothing = rule.partials[position]
    if nothing is NONDIFF:
        # A comparison is flat, like a floor: its derivative is zero, not senseless.
        return np.asarray(program.values[out]).dtype.kind != "b"
    return nothing is MISSING
