"""Derivatives of an expression at its point, from the engine.

May import `expression`, `cotangent`, `engine`, `language.limits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from gradcli.engine.vjp import reverse
from gradcli.ir.tracing import TracedRun
from gradcli.language.limits import ARRAY_ELEMENTS, over_limit

# Records that the many sweeps of a matrix may visit: about ten seconds at 4 µs a record.
MOST_VISITS = 2_500_000


def pulled_back(run: TracedRun, cotangent: Any) -> list[Any]:
    """Return the gradient by every input of a traced run.

    Parameters
    ----------
    run
        The run; it has one output.
    cotangent
        The cotangent of the output, of its shape.

    Returns
    -------
    list
        One array or float per input, of its shape; zero where nothing flows.
    """
    program = run.program
    (ref,) = program.outputs
    seeds = {ref: cotangent} if ref >= 0 else {}
    with np.errstate(all="ignore"):
        adjoint = reverse(program.records, program.values, program.consts, seeds)
    return [_shaped(adjoint[slot], program.values[slot]) for slot in program.inputs]


def _shaped(gradient: Any, primal: Any) -> Any:
    """Return a gradient as an array of the input's shape."""
    if gradient is None:
        return np.zeros(np.shape(primal))
    return np.asarray(gradient, dtype=np.float64)


def check_matrix(rows: int, columns: int, records: int) -> None:
    """Refuse a Jacobian or Hessian that is too large or would take too long.

    Parameters
    ----------
    rows, columns
        Its size.
    records
        Operations of the program that every sweep visits.

    Raises
    ------
    LimitError
        E019.
    """
    if rows * columns > ARRAY_ELEMENTS:
        what = f"the matrix would have {rows} x {columns} elements"
        hint = "ask for products: `gradcli jvp`, `vjp` or `hvp`"
        raise over_limit(what, f"{ARRAY_ELEMENTS} elements", hint=hint)
    visits = min(rows, columns) * records
    if visits > MOST_VISITS:
        what = f"about {visits:.2g} steps would be needed"
        hint = "ask for products: `gradcli jvp`, `vjp` or `hvp`"
        raise over_limit(what, f"{MOST_VISITS} steps", hint=hint)


def total_size(values: Sequence[Any]) -> int:
    """Return the number of elements of several arrays together."""
    return sum(prod(np.shape(value)) for value in values)
