"""The reverse sweep: cotangents from the outputs back to the inputs.

May import `ir` and `ops`. Records are visited in reverse order of recording; there is no
sorting because the order of recording is an order of dependence. Accumulation: the first
cotangent of a slot is kept as it is, the second makes a new array, later ones are added in
place; reads by index add into one buffer of the parent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ir.program import Record
from gradcli.ops.rule import MISSING, NONDIFF, ZERO
from gradcli.ops.shaping import sum_to


def reverse(
    records: Sequence[Record],
    values: Sequence[Any],
    consts: Sequence[Any],
    seeds: Mapping[int, Any],
) -> list[Any]:
    """Return the cotangent of every slot; ``None`` where nothing flows.

    Parameters
    ----------
    records, values, consts
        The program and the primal values of its slots.
    seeds
        Cotangents of the output slots, each of its output's shape.

    Returns
    -------
    list
        Cotangents by slot, each of its slot's shape.

    Raises
    ------
    UsageError
        Where an operation with a derivative has no rule.
    """
    adjoint: list[Any] = [None] * len(values)
    owned: set[int] = set()
    for slot, g in seeds.items():
        adjoint[slot] = g
    for op, refs, params, out in reversed(records):
        g = adjoint[out]
        if g is None:
            continue
        args = [values[r] if r >= 0 else consts[~r] for r in refs]
        y = values[out]
        if op.accumulate is not None and type(g) in _PLAIN and type(args[0]) is np.ndarray:
            _add_into_buffer(adjoint, owned, op, refs[0], g, args, params)
            continue
        vjps = op.vjps
        for k, slot in enumerate(refs):
            if slot < 0:
                continue
            c = vjps[k](g, y, *args, **params)
            if c is ZERO or c is NONDIFF:
                continue
            if c is MISSING:
                raise UsageError("E050", f"`{op.name}` has no derivative rule")
            _accumulate(adjoint, owned, slot, c, args[k])
    return adjoint


_PLAIN = frozenset({np.ndarray, np.float64, np.float32, float})


def _add_into_buffer(
    adjoint: list[Any], owned: set[int], op: Any, slot: int, g: Any, args: Any, params: Any
) -> None:
    """Add the cotangent of a read into the one buffer of the array that was read."""
    have = adjoint[slot]
    if slot not in owned:
        buffer = np.zeros(args[0].shape, dtype=args[0].dtype)
        if have is not None:
            if type(have) is not np.ndarray:
                adjoint[slot] = have + op.vjps[0](g, None, *args, **params)
                return
            buffer += have
        adjoint[slot] = have = buffer
        owned.add(slot)
    op.accumulate(have, g, *args, **params)


def _accumulate(adjoint: list[Any], owned: set[int], slot: int, c: Any, primal: Any) -> None:
    """Add one contribution to the cotangent of a slot, summed to the slot's shape."""
    if np.shape(c) != np.shape(primal):
        c = sum_to(c, np.shape(primal))
    have = adjoint[slot]
    if have is None:
        adjoint[slot] = c
    elif slot in owned and type(c) in _PLAIN:
        have += c
    else:
        total = have + c
        adjoint[slot] = total
        if type(total) is np.ndarray:
            owned.add(slot)
