"""What is to be judged: a scalar function at a point, and the gradients said of it.

May import `ir`, `symbolic`'s results by type only, and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcli.ir.program import Program
from gradcli.reports import Array


@dataclass(frozen=True, slots=True)
class Claimed:
    """A hand-written gradient of the subject.

    Parameters
    ----------
    values
        One array per variable; ``None`` for variables it does not speak of.
    program
        Its own recorded program on the same inputs, one output per claimed variable, where
        it could be traced.
    claimed
        The positions of the variables it speaks of, in the order of the program's outputs.
    trouble
        What is wrong with it as a whole.
    cause
        The condition that this is, e.g. ``MUTATES-INPUT``: then nothing can be said of it.
    at
        The claim at another point: arrays in, one array (or ``None``) per variable out.
    """

    values: tuple[Array | None, ...]
    program: Program | None = None
    claimed: tuple[int, ...] = ()
    trouble: str = ""
    cause: str = ""
    at: Callable[..., tuple[Array | None, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A scalar function at a point.

    Parameters
    ----------
    names
        Names of the variables.
    inputs
        Their values, float arrays of any shape.
    function
        The original callable on plain arrays, one per variable; returns a scalar (an array
        output has been contracted with its cotangent).
    gradient
        The engine's gradient, one array per variable; empty for a black box.
    program
        The recorded scalar program with the variables as inputs; ``None`` for a black box.
    wrt
        Positions of the variables that are differentiated.
    symbolic
        Gives SymPy's answer; ``None`` where there is none.
    claim
        A hand-written gradient, where there is one.
    opaque
        Why the function could not be traced.
    order
        1 for a gradient; 2 where `function` is itself a derivative (a row of a Hessian):
        then `differences` gives the finite-difference witness of the original function.
    gradient_at
        The engine's gradient at another point: arrays in, one array per variable out.
    naming
        How to say that a claim is for another variable, with ``?`` for its name.
    scale
        The size of what the derivative is a part of, where its own entries do not tell: a
        directional derivative of 0 belongs to a gradient that is not.
    """

    names: tuple[str, ...]
    inputs: tuple[Array, ...]
    function: Callable[..., Any]
    gradient: tuple[Array, ...] = ()
    program: Program | None = None
    wrt: tuple[int, ...] = ()
    symbolic: Callable[[], Any] | None = None
    claim: Claimed | None = None
    opaque: str = ""
    order: int = 1
    differences: Callable[[], Mapping[int, Any]] | None = None
    gradient_at: Callable[..., tuple[Array, ...]] | None = None
    notes: tuple[str, ...] = field(default=())
    scale: float = 0.0
    naming: str = ""
