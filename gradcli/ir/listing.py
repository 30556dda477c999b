"""A program as text, one record a line: debugging is reading the listing.

May import `program` and `ops`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.ir.program import Program
from gradcli.ops.op import Op

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


def _param(value: Any) -> str:
    """Return a param as Python writes it; slices as in brackets, large arrays by their form."""
    if isinstance(value, slice):
        parts = ["" if p is None else str(p) for p in (value.start, value.stop)]
        return ":".join([*parts, str(value.step)] if value.step is not None else parts)
    if isinstance(value, tuple) and any(isinstance(v, slice | np.ndarray) for v in value):
        return ", ".join(map(_param, value))
    if value is Ellipsis:
        return "..."
    if isinstance(value, np.ndarray) and value.size > _SHOWN_ELEMENTS:
        return f"{value.dtype}{list(value.shape)}"
    return str(value.tolist() if isinstance(value, np.ndarray | np.generic) else value)


def _params(op: Op, params: Mapping[str, Any]) -> str:
    """Return the params that are not the operation's defaults."""
    usual = op.params
    said = [
        f"{k}={_param(v)}"
        for k, v in params.items()
        if not (k in usual and type(usual[k]) is type(v) and usual[k] == v)
    ]
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
        lines.append(f"  v{out}:{shape} = {op.name}{_params(op, params)}({inputs})")
    lines += [_guard(program, g) for g in guards]
    lines.append("  return " + ", ".join(_reference(program, r) for r in program.outputs))
    return "\n".join(lines)


def _guard(program: Program, guard: Any) -> str:
    return f"  guard {_reference(program, guard.ref)} is {_constant(guard.value)}"
