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
from gradcli.ops.op import Op
from gradcli.ops.rule import MISSING, Nothing
from gradcli.ops.shaping import sum_to


def reverse(  # noqa: PLR0912  (the hot loop stays in one function)
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
        if len(refs) == 2 and not params and op.vjps:
            # The commonest record, spelled out: no list of arguments, no keywords.
            left, right = refs
            a = values[left] if left >= 0 else consts[~left]
            b = values[right] if right >= 0 else consts[~right]
            if left >= 0:
                c = op.vjps[0](g, values[out], a, b)
                if adjoint[left] is None and type(c) is np.float64 and type(a) is np.float64:
                    adjoint[left] = c
                else:
                    _add(adjoint, owned, op, left, a, c)
            if right >= 0:
                c = op.vjps[1](g, values[out], a, b)
                if adjoint[right] is None and type(c) is np.float64 and type(b) is np.float64:
                    adjoint[right] = c
                else:
                    _add(adjoint, owned, op, right, b, c)
            continue
        args = [values[r] if r >= 0 else consts[~r] for r in refs]
        if op.accumulate is not None and type(args[0]) is np.ndarray and type(g) in _PLAIN:
            _add_into_buffer(adjoint, owned, op, refs[0], g, args, params)
            continue
        for k, slot in enumerate(refs):
            if slot >= 0:
                c = op.vjps[k](g, values[out], *args, **params)
                _add(adjoint, owned, op, slot, args[k], c)
    return adjoint


def _add(adjoint: list[Any], owned: set[int], op: Op, slot: int, x: Any, c: Any) -> None:
    """Add what a rule returned to the cotangent of a slot whose primal value is `x`."""
    if type(c) not in _SCALARS or type(x) not in _SCALARS:
        if type(c) is Nothing:
            _refuse_missing(op, c)
            return
        shape = x.shape if type(x) is np.ndarray else np.shape(x)
        if (c.shape if type(c) is np.ndarray else np.shape(c)) != shape:
            c = sum_to(c, shape)
    have = adjoint[slot]
    if have is None:
        adjoint[slot] = c
    elif slot in owned and type(c) in _PLAIN:
        have += c
    else:
        adjoint[slot] = have = have + c
        if type(have) is np.ndarray:
            owned.add(slot)


_SCALARS = frozenset({np.float64, float})
_PLAIN = frozenset({np.ndarray, np.float64, np.float32, float})


def _refuse_missing(op: Op, c: Any) -> None:
    """Refuse a derivative that exists and has no rule; the other nothings are zero."""
    if c is MISSING:
        raise UsageError("E050", f"`{op.name}` has no derivative rule")


def _add_into_buffer(
    adjoint: list[Any], owned: set[int], op: Op, slot: int, g: Any, args: Any, params: Any
) -> None:
    """Add the cotangent of a read into the one buffer of the array that was read."""
    have = adjoint[slot]
    if slot not in owned:
        if have is not None and type(have) is not np.ndarray:
            adjoint[slot] = have + op.vjps[0](g, None, *args, **params)
            return
        buffer = np.zeros(args[0].shape, dtype=args[0].dtype)
        if have is not None:
            buffer += have
        adjoint[slot] = have = buffer
        owned.add(slot)
    if op.accumulate is not None:
        op.accumulate(have, g, *args, **params)
