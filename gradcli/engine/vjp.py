"""The reverse sweep: cotangents from the outputs back to the inputs.

May import `ir` and `ops`. Records are visited in reverse order of recording; there is no
sorting because the order of recording is an order of dependence. Accumulation: the first
cotangent of a slot is kept as it is, the second makes a new array, later ones are added in
place; reads by index add into one buffer of the parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        args = [values[r] if r >= 0 else consts[~r] for r in refs]
        if op.accumulate is not None and type(args[0]) is np.ndarray and type(g) in _PLAIN:
            _add_into_buffer(adjoint, owned, op, refs[0], g, args, params)
            continue
        y = values[out]
        for vjp, slot, x in (
            zip(op.vjps, refs, args, strict=False) if op.vjps else _indexed(op, refs, args)
        ):
            if slot < 0:
                continue
            c = vjp(g, y, *args, **params)
            if type(c) is Nothing:
                _refuse_missing(op, c)
                continue
            if type(c) not in _SCALARS or type(x) not in _SCALARS:
                shape = np.shape(x)
                if np.shape(c) != shape:
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
    return adjoint


_SCALARS = frozenset({np.float64, float})
_PLAIN = frozenset({np.ndarray, np.float64, np.float32, float})


def _indexed(op: Op, refs: Sequence[int], args: Sequence[Any]) -> Iterator[tuple[Any, int, Any]]:
    """Yield vjp, slot and primal of every input of an operation with any number of them."""
    for k, slot in enumerate(refs):
        yield op.vjps[k], slot, args[k]


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
