"""The sum over all paths of the magnitudes of the products, in float64.

May import `ir`, `ops`. The reverse sweep in absolute values: on whole arrays, for programs
whose scalars are too many to carry a figure each. Where an operation's own Jacobian has
both signs and is not at hand, its vjp of the magnitudes stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ir.program import Program, Record
from gradcli.ops.rule import Multilinear, Nothing
from gradcli.ops.shaping import sum_to


def magnitudes(program: Program, slots: Sequence[int]) -> list[Any]:
    """Return, for every entry of some inputs, the scale its cancelling sum is judged on.

    Parameters
    ----------
    program
        A program with one scalar output.
    slots
        The inputs.
    """
    sums: list[Any] = [None] * program.size
    if program.outputs[0] >= 0:
        sums[program.outputs[0]] = np.ones(np.shape(program.values[program.outputs[0]]))
    with np.errstate(all="ignore"):
        for record in reversed(program.records):
            if sums[record[3]] is not None:
                _pull(program, record, sums)
    zeros = [np.zeros(np.shape(program.values[s])) for s in slots]
    return [z if sums[s] is None else sums[s] for s, z in zip(slots, zeros, strict=True)]


def _pull(program: Program, record: Record, sums: list[Any]) -> None:
    """Add what one operation passes on to its inputs."""
    op, refs, params, out = record
    args = [program.value(r) for r in refs]
    y, g = program.values[out], sums[out]
    given = [np.abs(a) for a in args] if isinstance(op.rule, Multilinear) else args
    for k, slot in enumerate(refs):
        if slot < 0:
            continue
        if op.mp is not None:
            c = op.vjps[k](np.ones(np.shape(y)), y, *args, **params)
            c = c if isinstance(c, Nothing) else np.where(g == 0.0, 0.0, np.abs(c) * g)
        else:
            c = op.vjps[k](g, y, *given, **params)
        if isinstance(c, Nothing):
            continue
        c = np.abs(np.asarray(sum_to(c, np.shape(args[k]))))
        sums[slot] = c if sums[slot] is None else sums[slot] + c
