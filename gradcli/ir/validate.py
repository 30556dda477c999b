"""A program checks itself: form (SSA, references, guards) and, on request, its values.

May import `program`, `tracer` and `errors`. Tests validate every program that a trace makes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import InternalError
from gradcli.ir.program import Program
from gradcli.ir.tracer import Tracer


def problems(program: Program) -> list[str]:
    """Return what is wrong with the form of a program, one sentence each.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    list of str
        Empty for a valid program.
    """
    found = []
    count = len(program.inputs)
    if program.inputs != tuple(range(count)):
        found.append(f"inputs are {program.inputs}, not the first slots")
    if len(program.names) != count:
        found.append(f"{len(program.names)} names for {count} inputs")
    if len(program.values) != count + len(program.records):
        found.append(f"{len(program.values)} values for {count} inputs and the records")
    for position, (op, refs, _, out) in enumerate(program.records):
        if out != count + position:
            found.append(f"record {position} ({op.name}) writes slot {out}")
        found += [
            f"record {position} ({op.name}) reads {r}"
            for r in refs
            if not -len(program.consts) <= r < out
        ]
    return found + _loose_ends(program)


def _loose_ends(program: Program) -> list[str]:
    """Return what is wrong with outputs, guards and places."""
    slots, lowest = len(program.values), -len(program.consts)
    found = [f"output {r} does not exist" for r in program.outputs if not lowest <= r < slots]
    found += [f"place of slot {s}, which does not exist" for s in program.places if s >= slots]
    before = 0
    for guard in program.guards:
        made = len(program.inputs) + guard.position
        if not before <= guard.position <= len(program.records):
            found.append(f"guard at position {guard.position} is out of order")
        if not lowest <= guard.ref < made:
            found.append(f"guard reads {guard.ref} before it is made")
        before = guard.position
    return found


def differences(program: Program) -> list[str]:
    """Return where a record does not compute the value that stands in its slot.

    Values of an outer trace are left out: evaluating them would record.
    """
    found = []
    for op, refs, params, out in program.records:
        args = [program.value(r) for r in refs]
        y = program.values[out]
        if type(y) is Tracer or any(type(a) is Tracer for a in args):
            continue
        with np.errstate(all="ignore"):
            again = np.asarray(op.fn(*args, **params))
        if again.shape != np.shape(y) or again.dtype != y.dtype:
            found.append(f"v{out} = {op.name} is {_form(y)}, computed {_form(again)}")
        elif not _close(again, y):
            found.append(f"v{out} = {op.name} is {y!r}, computed {again!r}")
    return found


def _form(y: Any) -> str:
    return f"{y.dtype}{list(np.shape(y))}"


def _close(a: Any, b: Any) -> bool:
    if a.dtype.kind != "f":
        return bool(np.array_equal(a, b))
    return bool(np.allclose(a, b, rtol=_ROUNDING, atol=0.0, equal_nan=True))


# Two kernels of one function may differ in the last digits (`x**2` and `np.power`).
_ROUNDING = 1e-13


def validate(program: Program) -> None:
    """Check a program's form.

    Raises
    ------
    InternalError
        Where it is not valid.
    """
    found = problems(program)
    if found:
        raise InternalError("E070", f"invalid program: {found[0]}")
