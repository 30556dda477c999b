"""Entries of a program in the words of its user: ``x[1] = 0``.

May import `run`, `ir`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.exact.run import Run, entry_at
from gradcli.ir.program import Program, Record

# Digits of a number inside a sentence.
_SHOWN = 6


def index_text(index: tuple[int, ...]) -> str:
    """Return an index as it is written, e.g. ``[1, 2]``; nothing for a scalar."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def number_text(value: Any) -> str:
    """Return a number short."""
    if isinstance(value, bool):
        return str(value)
    return f"{float(value):.{_SHOWN}g}"


def entry_name(program: Program, ref: int, position: int) -> str:
    """Return the name of one entry of a value: an input's, through plain reads, else a slot's.

    Parameters
    ----------
    program
        The program.
    ref
        Reference of the value.
    position
        Flat position of the entry.
    """
    shape = np.shape(program.value(ref))
    # The norm of no entries sits on its kink, and has no entry to name.
    has_entries = bool(shape) and 0 not in shape
    index = tuple(int(i) for i in np.unravel_index(position, shape)) if has_entries else ()
    if ref < 0:
        return "constant" + index_text(index)
    if ref < len(program.names):
        return program.names[ref] + index_text(index)
    read = _read_of_input(program, record_of(program, ref))
    if read is not None and not index:
        return read
    place = program.places.get(ref)
    name = place.text if place is not None and place.text else f"v{ref}"
    return name + index_text(index)


def record_of(program: Program, slot: int) -> Record:
    """Return the record that computes a slot: slots count inputs first, then records."""
    return program.records[slot - len(program.inputs)]


def _read_of_input(program: Program, record: Record) -> str | None:
    """Return ``x[i]`` for a record that reads one element of an input."""
    if record[0].name != "getitem":
        return None
    _op, refs, params, _out = record
    index = params["index"]
    parts = index if isinstance(index, tuple) else (index,)
    plain = all(isinstance(p, int | np.integer) for p in parts)
    if not plain or not 0 <= refs[0] < len(program.names):
        return None
    shape = np.shape(program.value(refs[0]))
    return program.names[refs[0]] + index_text(
        tuple(int(p) % n for p, n in zip(parts, shape, strict=False))
    )


def describe(run: Run, record: Record, entry: int) -> str:
    """Return the first argument of one entry of an operation, e.g. ``x[1] = 0``."""
    program = run.program
    ref = record[1][0]
    shape = np.shape(program.value(ref))
    size = int(np.prod(shape))
    out = np.shape(program.values[record[3]])
    position = entry if entry < size and (shape == out or size == 1) else None
    if position is None:
        return entry_name(program, ref, 0).split("[", maxsplit=1)[0]
    value = run.values[ref] if ref >= 0 else run.consts[~ref]
    return f"{entry_name(program, ref, position)} = {number_text(entry_at(value, position))}"
