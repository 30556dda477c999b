"""A program as text, one record a line: debugging is reading the listing.

May import `program`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.ir.program import Program

# An array constant longer than this is shown by its shape only.
_SHOWN_ELEMENTS = 4


def _constant(value: Any) -> str:
    if np.size(value) <= _SHOWN_ELEMENTS:
        return str(np.asarray(value).tolist())
    return f"const{list(np.shape(value))}"


def _reference(program: Program, ref: int) -> str:
    if ref < 0:
        return _constant(program.consts[~ref])
    return program.names[ref] if ref < len(program.names) else f"v{ref}"


def _params(params: Mapping[str, Any]) -> str:
    said = [f"{k}={v}" for k, v in params.items() if v is not None and v is not False]
    return f"[{', '.join(said)}]" if said else ""


def listing(program: Program) -> str:
    """Return the program as text.

    Parameters
    ----------
    program
        The program to list.

    Returns
    -------
    str
        One line per input, record and guard, and the outputs last.
    """
    head = ", ".join(
        f"{name}:{list(np.shape(program.values[slot]))}"
        for name, slot in zip(program.names, program.inputs, strict=True)
    )
    lines = [f"program({head})"]
    guards = list(program.guards)
    for position, (op, refs, params, out) in enumerate(program.records):
        while guards and guards[0].position <= position:
            lines.append(_guard(program, guards.pop(0)))
        inputs = ", ".join(_reference(program, r) for r in refs)
        shape = list(np.shape(program.values[out]))
        lines.append(f"  v{out}:{shape} = {op.name}{_params(params)}({inputs})")
    lines += [_guard(program, g) for g in guards]
    lines.append("  return " + ", ".join(_reference(program, r) for r in program.outputs))
    return "\n".join(lines)


def _guard(program: Program, guard: Any) -> str:
    return f"  guard {_reference(program, guard.ref)} is {_constant(guard.value)}"
