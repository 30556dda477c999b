"""Programs that can be differentiated: `trace`, and the gradient as a program again.

May import `ir`, `ops` and the sweeps. The gradient program of a program is its reverse
sweep, traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.engine.runs import run_traced
from gradcli.engine.vjp import reverse
from gradcli.errors import ShapeError
from gradcli.ir.program import Program
from gradcli.ir.tracing import trace_function


class Traced(Program):
    """A program that can be differentiated: what `trace` returns."""

    __slots__ = ()

    def gradient(self) -> Traced:
        """Return the program that computes the gradient with respect to every input.

        Returns
        -------
        Traced
            A program with the same inputs and one output per input.

        Raises
        ------
        ShapeError
            Where the program's output is not a scalar.
        """
        return differentiate(self)


def trace(f: Callable[..., Any], *xs: Any) -> Traced:
    """Run `f` once on traced values and return the recorded program.

    Parameters
    ----------
    f
        A function of arrays.
    *xs
        The point.

    Returns
    -------
    Traced
        The program; ``print`` lists it, ``.gradient()`` is again a program.

    Examples
    --------
    >>> import numpy as np
    >>> print(trace(lambda x: 2 * np.dot(x, x), np.arange(4.0)))
    program(x:[4])
      v1:[] = dot(x, x)
      v2:[] = multiply(2, v1)
      return v2
    """
    return as_traced(run_traced(f, xs, tuple(range(len(xs)))).program)


def as_traced(program: Program) -> Traced:
    """Return a program as one that can be differentiated."""
    return Traced(*(getattr(program, name) for name in program.__dataclass_fields__))


def differentiate(program: Program) -> Traced:
    """Return the gradient program of a scalar program: its reverse sweep, traced."""

    def sweep(*xs: Any) -> Any:
        values = evaluate(program, xs)
        (ref,) = program.outputs
        seeds = {ref: np.ones_like(values[ref])} if ref >= 0 else {}
        adjoint = reverse(program.records, values, program.consts, seeds)
        return tuple(
            np.zeros_like(values[s]) if adjoint[s] is None else adjoint[s] for s in program.inputs
        )

    if len(program.outputs) != 1 or np.shape(program.value(program.outputs[0])) != ():
        shapes = [np.shape(program.value(r)) for r in program.outputs]
        raise ShapeError("E020", f"output has shapes {shapes}, a gradient needs a scalar")
    point = tuple(program.values[s] for s in program.inputs)
    run = trace_function(sweep, point, names=program.names, traced=tuple(range(len(point))))
    return as_traced(run.program)
