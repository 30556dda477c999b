"""A function of many numbers seen along one line through the point.

May import `probe` only. `Coordinate` moves one entry, by steps rounded so that every point is
representable exactly; `Direction` moves several along a tangent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gradcli.numeric.probe import Array, Floats, Probe, coordinate_scale


class Section(Protocol):
    """What the stencils need to know about a line."""

    @property
    def probe(self) -> Probe:
        """The function."""

    @property
    def scale(self) -> float:
        """The step that changes the point by its own size."""

    @property
    def finest(self) -> float:
        """The shortest step that still moves the point."""

    def snap(self, step: float) -> float:
        """Return the representable step nearest to the wanted one; 0 where there is none."""

    def at(self, step: float) -> Floats:
        """Return the flattened value at a signed step, NaN outside the domain."""


@dataclass(frozen=True, slots=True)
class Coordinate:
    """The line through the point along one entry.

    Parameters
    ----------
    probe
        The function at its point.
    argument
        Which argument moves.
    index
        Flat index of the entry that moves.
    """

    probe: Probe
    argument: int
    index: int

    @property
    def _entry(self) -> Array:
        return self.probe.points[self.argument].reshape(-1)[self.index : self.index + 1]

    @property
    def scale(self) -> float:
        """The magnitude of the entry, 1 at 0."""
        return float(coordinate_scale(self._entry)[0])

    @property
    def finest(self) -> float:
        """The spacing of the floating numbers at the entry."""
        return float(np.spacing(np.abs(self._entry[0])))

    def snap(self, step: float) -> float:
        """Return the step to the representable point nearest to |x| + step.

        Up to a step of |x|, the point on the other side is representable as well: both lie on
        the grid of x. Beyond, it is off by half a spacing of the step at most.
        """
        entry = self._entry
        start = float(np.abs(entry[0]))
        with np.errstate(over="ignore"):
            taken = float((np.abs(entry) + np.asarray(step, entry.dtype))[0]) - start
        return taken if np.isfinite(taken) else 0.0

    def at(self, step: float) -> Floats:
        """Return the flattened value with the entry moved by a signed step."""
        moved = self.probe.points[self.argument].copy()
        moved.reshape(-1)[self.index] = float(self._entry[0]) + step
        return self.probe({self.argument: moved})


@dataclass(frozen=True, slots=True)
class Direction:
    """The line through the point along a tangent; made by `direction`.

    Parameters
    ----------
    probe
        The function at its point.
    tangents
        Argument number → tangent of the argument's shape; arguments left out stand still.
    scale, finest
        The steps that move the median entry by its own size, and to its neighbour: a few tiny
        entries do not rule the step.
    """

    probe: Probe
    tangents: Mapping[int, Array]
    scale: float
    finest: float

    def snap(self, step: float) -> float:
        """Return the step itself: rounding of the points shows in the measured noise."""
        return step

    def at(self, step: float) -> Floats:
        """Return the flattened value at point + step · tangent."""
        with np.errstate(all="ignore"):
            moved = {
                k: (self.probe.points[k] + step * tangent).astype(self.probe.points[k].dtype)
                for k, tangent in self.tangents.items()
            }
        return self.probe(moved)


def direction(probe: Probe, tangents: Mapping[int, Array]) -> Direction:
    """Return the section along tangents, at least one entry of which is not 0."""
    scales, spacings = [], []
    for k, tangent in tangents.items():
        moving = tangent != 0
        size = np.abs(tangent[moving])
        point = probe.points[k][moving]
        scales.append(coordinate_scale(point) / size)
        spacings.append(np.spacing(np.abs(point)).astype(np.float64) / size)
    scale, finest = (float(np.median(np.concatenate(parts))) for parts in (scales, spacings))
    return Direction(probe, tangents, scale, finest)
