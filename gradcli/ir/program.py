"""The recorded program: inputs, records, constants, guards, outputs.

May import `ops`. A reference to a value is an int: ``>= 0`` names a slot (an input or the
output of a record), ``< 0`` names the constant ``consts[~reference]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcli.ops.op import Op

Record = tuple[Op, tuple[int, ...], Mapping[str, Any], int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's text an operation stands: a span of an expression, or a line of a file.

    Parameters
    ----------
    line
        1-based line, 0 where unknown.
    text
        The source text of the place.
    file
        File name, empty for typed expressions.
    span
        Character range in a typed expression.
    """

    line: int = 0
    text: str = ""
    file: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A traced value that steered the run: it must come out the same for the program to hold.

    Parameters
    ----------
    ref
        The reference whose value was looked at.
    value
        What it was: a bool, an integer, or an array of either.
    position
        Number of records that stood before it.
    place
        Where the user's code looked.
    """

    ref: int
    value: Any
    position: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A straight-line program.

    Parameters
    ----------
    inputs
        Slots of the inputs; always ``0 … n-1``.
    names
        Their names, for listings.
    records
        The operations, in order.
    consts
        Constants, plain arrays and numbers.
    outputs
        References to the outputs.
    values
        The primal value of every slot at the point of the trace.
    guards
        The branches that were taken.
    places
        Place of a record by its output slot, where known.
    """

    inputs: tuple[int, ...]
    names: tuple[str, ...]
    records: Sequence[Record]
    consts: Sequence[Any]
    outputs: tuple[int, ...]
    values: Sequence[Any]
    guards: Sequence[Guard] = ()
    places: Mapping[int, Place] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of slots."""
        return len(self.values)

    def value(self, ref: int) -> Any:
        """Return the primal value a reference stands for."""
        return self.values[ref] if ref >= 0 else self.consts[~ref]

    def __str__(self) -> str:
        from gradcli.ir.listing import listing

        return listing(self)
