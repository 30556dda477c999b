"""A function of any output shape as a scalar function: contracted with a cotangent.

May import `ir`, `ops`. One-sided quotients and kinks are notions of scalar functions, so
⟨cotangent, f(x)⟩ is what the exact witness looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.ir.program import Program, Record
from gradcli.ops.elementwise import arithmetic
from gradcli.ops.op import NO_PARAMS, Op
from gradcli.ops.registry import lookup


def contract(program: Program, cotangents: Sequence[Any] | None = None) -> Program:
    """Return the program of the scalar function ⟨cotangent, f(x)⟩.

    Parameters
    ----------
    program
        A program with any number of outputs of any shape.
    cotangents
        One array per output, of its output's shape; ``None`` where the one output is a
        scalar already.

    Returns
    -------
    Program
        The same records and those of the contraction; one output, a scalar. Where nothing
        was recorded for an output (it is a constant), its reference stays a constant.
    """
    if cotangents is None:
        return replace(program, outputs=program.outputs[:1])
    maker = _Maker(program)
    terms = []
    for ref, g in zip(program.outputs, cotangents, strict=True):
        weighted = maker.record(arithmetic.multiply, (ref, maker.constant(np.asarray(g))))
        terms.append(maker.record(_total(), (weighted,)))
    total = terms[0]
    for term in terms[1:]:
        total = maker.record(arithmetic.add, (total, term))
    return maker.program(total)


def _total() -> Op:
    found = lookup("sum")
    if not isinstance(found, Op):
        raise TypeError("the op table has no sum")
    return found


class _Maker:
    """A program with records appended."""

    def __init__(self, program: Program) -> None:
        self.source = program
        self.records: list[Record] = list(program.records)
        self.consts = list(program.consts)
        self.values = list(program.values)

    def constant(self, value: Any) -> int:
        """Return a reference to a new constant."""
        self.consts.append(value)
        return -len(self.consts)

    def record(self, op: Op, refs: tuple[int, ...]) -> int:
        """Append one operation and return the slot of its value."""
        params: Mapping[str, Any] = op.params or NO_PARAMS
        args = tuple(self.values[r] if r >= 0 else self.consts[~r] for r in refs)
        out = len(self.values)
        with np.errstate(all="ignore"):
            self.values.append(op.apply(args, params))
        self.records.append((op, refs, params, out))
        return out

    def program(self, output: int) -> Program:
        """Return the longer program."""
        return replace(
            self.source,
            records=self.records,
            consts=self.consts,
            values=self.values,
            outputs=(output,),
        )
