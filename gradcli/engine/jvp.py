"""The forward sweep: tangents from the inputs to the outputs.

May import `ir` and `ops`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ir.program import Record
from gradcli.ops.rule import MISSING, NONDIFF, ZERO


def forward(
    records: Sequence[Record],
    values: Sequence[Any],
    consts: Sequence[Any],
    tangents: Mapping[int, Any],
) -> list[Any]:
    """Return the tangent of every slot; ``None`` where it is zero.

    Parameters
    ----------
    records, values, consts
        The program and the primal values of its slots.
    tangents
        Tangents of the input slots, each of its input's shape.

    Returns
    -------
    list
        Tangents by slot, each of its slot's shape.

    Raises
    ------
    UsageError
        Where an operation with a derivative has no rule.
    """
    pushed: list[Any] = [None] * len(values)
    for slot, t in tangents.items():
        pushed[slot] = t
    for op, refs, params, out in records:
        ts = [pushed[r] if r >= 0 else None for r in refs]
        if all(t is None for t in ts):
            continue
        args = [values[r] if r >= 0 else consts[~r] for r in refs]
        t = op.jvp(ts, values[out], *args, **params)
        if t is MISSING:
            raise UsageError("E050", f"`{op.name}` has no derivative rule")
        if t is ZERO or t is NONDIFF:
            continue
        shape = np.shape(values[out])
        pushed[out] = t if np.shape(t) == shape else np.broadcast_to(t, shape)
    return pushed
