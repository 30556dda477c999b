"""A program run again at another point, on plain arrays, with its guards checked.

May import `program` and `ops`. (The engine's `evaluate` runs any number type; this one
lives here because the tests of a trace need it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ir.program import Guard, Program


def rerun(program: Program, inputs: Sequence[Any]) -> tuple[tuple[Any, ...] | None, Guard | None]:
    """Evaluate a program at other inputs.

    Parameters
    ----------
    program
        The program.
    inputs
        One array or number per input.

    Returns
    -------
    outputs : tuple or None
        The outputs; ``None`` where a guard does not hold.
    broken : Guard or None
        The first guard that does not hold.
    """
    values: list[Any] = list(inputs)
    consts = program.consts
    guards = iter(program.guards)
    guard = next(guards, None)
    with np.errstate(all="ignore"):
        for position, (op, refs, params, _) in enumerate(program.records):
            while guard is not None and guard.position <= position:
                if not holds(guard, values, consts):
                    return None, guard
                guard = next(guards, None)
            args = [values[r] if r >= 0 else consts[~r] for r in refs]
            values.append(op.fn(*args, **params))
    while guard is not None:
        if not holds(guard, values, consts):
            return None, guard
        guard = next(guards, None)
    return tuple(values[r] if r >= 0 else consts[~r] for r in program.outputs), None


def holds(guard: Guard, values: Sequence[Any], consts: Sequence[Any]) -> bool:
    """Whether a guard's value comes out as it did when it was recorded."""
    now = values[guard.ref] if guard.ref >= 0 else consts[~guard.ref]
    return bool(np.array_equal(now, guard.value))
