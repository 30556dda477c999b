"""Make a scalar program of an array program: contract its output with a cotangent.

May import `ir` and `ops`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.ir.program import Program
from gradcli.ops.elementwise.arithmetic import multiply
from gradcli.ops.op import NO_PARAMS
from gradcli.ops.reductions import sum_


def contract(program: Program, cotangent: Any, output: int = 0) -> Program:
    """Return the program of ``sum(cotangent * y)`` for one output ``y``.

    Parameters
    ----------
    program
        The program.
    cotangent
        An array of the output's shape.
    output
        Which output.

    Returns
    -------
    Program
        The same records with a product and a sum behind them; a program whose output is a
        scalar already, and whose cotangent is 1, is returned with that one output.
    """
    ref = program.outputs[output]
    y = program.value(ref)
    u = np.asarray(cotangent, dtype=np.float64)
    if np.shape(y) == () and u == 1.0:
        return replace(program, outputs=(ref,))
    return _append(program, ref, y, u)


def _append(program: Program, ref: int, y: Any, u: Any) -> Program:
    """Return the program with a product and a sum appended."""
    size = program.size
    consts = [*program.consts, u]
    weighted = np.asarray(y) * u
    value = np.add.reduce(weighted, axis=None)
    records = [
        *program.records,
        (multiply, (ref, -len(consts)), NO_PARAMS, size),
        (sum_, (size,), sum_.params, size + 1),
    ]
    return replace(
        program,
        records=records,
        consts=consts,
        outputs=(size + 1,),
        values=[*program.values, weighted, value],
    )
