"""Coordinates of a point: one number of one input, and its scale.

May import `run`. All steps are relative to the size of the number that moves, and 1 where
it is zero, so that nothing depends on the units a problem is written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.exact.run import Direction, Run, flat
from gradcli.ir.program import Program


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One entry of one input.

    Parameters
    ----------
    slot, position
        The input and the flat position in it.
    scale
        |x|, or 1 where x is zero.
    """

    slot: int
    position: int
    scale: Any

    @property
    def direction(self) -> Direction:
        """The displacement by one scale along this coordinate."""
        return {self.slot: {self.position: self.scale}}


def coordinates(run: Run, slots: Sequence[int]) -> list[Coordinate]:
    """Return the coordinates of the given inputs, in order."""
    found = []
    for slot in slots:
        for i, x in enumerate(flat(run.values[slot])):
            found.append(Coordinate(slot, i, abs(x) if x != 0 else run.numbers.one))
    return found


def combined(coords: Sequence[Coordinate], weights: Sequence[Any]) -> Direction:
    """Return the displacement by `weights` scales along several coordinates."""
    moves: dict[int, dict[int, Any]] = {}
    for c, w in zip(coords, weights, strict=True):
        if w != 0:
            moves.setdefault(c.slot, {})[c.position] = c.scale * w
    return moves


def index_of(run: Run, coordinate: Coordinate) -> tuple[int, ...]:
    """Return the index of a coordinate in its input."""
    shape = run.values[coordinate.slot].shape
    return tuple(int(i) for i in np.unravel_index(coordinate.position, shape)) if shape else ()


def read_positions(program: Program, slot: int) -> frozenset[int]:
    """Return the flat positions of an input that some operation, or the result, reads."""
    shape = np.shape(program.values[slot])
    positions = np.arange(int(np.prod(shape))).reshape(shape)
    everything = frozenset(positions.ravel().tolist())
    if slot in program.outputs:
        return everything
    read: frozenset[int] = frozenset()
    for op, refs, params, _out in program.records:
        if slot not in refs:
            continue
        if op.name != "getitem":
            return everything
        read |= frozenset(np.ravel(positions[params["index"]]).tolist())
    return read
