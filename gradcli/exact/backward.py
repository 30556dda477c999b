"""The engine's reverse sweep over entry arrays, where reads by index add up in place.

May import `engine`, `ops`. Rules and order are the engine's own; only the sum of the
cotangents of many reads of one array is kept in one buffer, as the engine does it for
plain arrays: a loop over a thousand elements would else add a thousand arrays of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.engine.vjp import reverse
from gradcli.ir.program import Record
from gradcli.ops.entries import EntryArray, object_array

# Arrays up to this size are cheap to add.
_SMALL = 8


def reverse_entries(
    records: Sequence[Record],
    values: Sequence[Any],
    consts: Sequence[Any],
    seeds: Mapping[int, Any],
) -> list[Any]:
    """Return the cotangent of every slot; ``None`` where nothing flows.

    Parameters
    ----------
    records, values, consts, seeds
        As in `engine.vjp.reverse`; all values are entry arrays of one number system.
    """
    adjoint: list[Any] = [None] * len(values)
    buffers: set[int] = set()
    for slot, g in seeds.items():
        adjoint[slot] = g
    for record in reversed(records):
        op, refs, params, out = record
        g = adjoint[out]
        if g is None:
            continue
        x = values[refs[0]] if refs and refs[0] >= 0 else None
        if op.accumulate is not None and isinstance(x, EntryArray) and x.size > _SMALL:
            slot = refs[0]
            if slot not in buffers:
                adjoint[slot] = _buffer(x, adjoint[slot])
                buffers.add(slot)
            read = g.entries if g.shape else g.entries[()]
            op.accumulate(adjoint[slot].entries, read, x, **params)
            continue
        _add_record(adjoint, buffers, record, values, consts)
    return adjoint


def _buffer(like: Any, have: Any) -> EntryArray:
    """Return an array of its own holding what was added up so far."""
    if have is not None:
        return EntryArray(have.entries.copy(), have.m)
    zero = like.m.convert(0)
    return EntryArray(object_array([zero] * like.size, like.shape), like.m)


def _add_record(
    adjoint: list[Any],
    buffers: set[int],
    record: Record,
    values: Sequence[Any],
    consts: Sequence[Any],
) -> None:
    """Add the contributions of one record, by the engine's sweep over that record alone."""
    op, refs, params, out = record
    slots = sorted({r for r in refs if r >= 0})
    local = {slot: k for k, slot in enumerate(slots)}
    alone = (op, tuple(local[r] if r >= 0 else r for r in refs), params, len(slots))
    # What was added up before goes in, so that sums are taken in the engine's own order.
    seeds = {k: adjoint[slot] for slot, k in local.items() if adjoint[slot] is not None}
    seeds[len(slots)] = adjoint[out]
    found = reverse([alone], [*(values[s] for s in slots), values[out]], consts, seeds)
    for slot, k in local.items():
        if found[k] is not adjoint[slot]:
            adjoint[slot] = found[k]
            buffers.discard(slot)
