"""Run a program on other inputs: arrays, tracers or entry arrays.

May import `ir` and `ops`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.ir.program import Program


def evaluate(
    program: Program, inputs: Sequence[Any], held: Mapping[int, Any] | None = None
) -> list[Any]:
    """Return the value of every slot of `program` at `inputs`.

    Parameters
    ----------
    program
        The program.
    inputs
        One value per input, of any number type the table runs on.
    held
        Slots whose value is given instead of computed (frozen sub-graphs).

    Returns
    -------
    list
        Values by slot; guards are not looked at.
    """
    values: list[Any] = list(inputs)
    consts = program.consts
    for op, refs, params, out in program.records:
        if held is not None and out in held:
            values.append(held[out])
            continue
        args = tuple([values[r] if r >= 0 else consts[~r] for r in refs])
        values.append(op.apply(args, params))
    return values


def outputs(program: Program, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return the outputs of a program from the values of its slots."""
    return tuple(values[r] if r >= 0 else program.consts[~r] for r in program.outputs)
