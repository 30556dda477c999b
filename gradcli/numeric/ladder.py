"""Stencils on a ladder of doubling steps that remember the values they have paid for.

May import `section`, `stencils` and `probe`. Rung j has the step first · 2^j; a stencil on rung
j uses rungs j, j+1 and j+2, so that neighbouring stencils share two thirds of their values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from gradcli.numeric.probe import Floats
from gradcli.numeric.section import Section
from gradcli.numeric.stencils import NODES, Jitter, Reading, central, one_sided, silence

# No stencil whose shortest step spans fewer floating numbers than this.
FEWEST_SPACINGS = 8.0
# No stencil reaches further than a tenth of the scale (or of 1, whichever is more): beyond, an
# iteration of the user may no longer converge, and nothing it does there is local.
FARTHEST = 0.1
LOWEST_RUNG = -100
# A settled stencil is confirmed this many rungs further down: the noise of a quotient is 128
# times larger there.
SHORTER = 7
LARGEST = float(np.finfo(np.float64).max)


class Side(Enum):
    """Where the points of a stencil lie."""

    BOTH = 0
    RIGHT = 1
    LEFT = -1


@dataclass(slots=True)
class Ladder:
    """The stencils of one section on one side.

    Parameters
    ----------
    section
        The line.
    side
        Both sides of the point, or one.
    first
        The step of rung 0.
    reach
        No point further from the base than this (`inf` for no limit but `FARTHEST`).
    """

    section: Section
    side: Side
    first: float
    reach: float = math.inf
    lowest: int = field(init=False)
    highest: int = field(init=False)
    shorter: int = field(init=False, default=SHORTER)
    values: dict[tuple[int, int], Floats] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        farthest = min(FARTHEST * max(self.section.scale, 1.0), self.reach)
        widest = farthest / 2 ** (NODES - 1)
        shortest = max(FEWEST_SPACINGS * self.section.finest, math.ldexp(self.first, LOWEST_RUNG))
        self.highest = math.floor(_rungs(widest, self.first))
        self.lowest = math.ceil(_rungs(shortest, self.first))

    @property
    def is_empty(self) -> bool:
        """Whether the reach leaves no room for a stencil."""
        return self.lowest > self.highest

    def step(self, rung: int) -> float:
        """Return the representable step of a rung."""
        return self.section.snap(math.ldexp(self.first, rung))

    def value(self, rung: int, sign: int) -> Floats:
        """Return the function at a signed rung, evaluated once."""
        key = (rung, sign)
        if key not in self.values:
            self.values[key] = self.section.at(sign * self.step(rung))
        return self.values[key]

    def read(self, rung: int, jitter: Jitter) -> Reading:
        """Return what the stencil on a rung says; the outermost points are tried first."""
        base = self.section.probe.base
        steps = np.array([self.step(rung + i) for i in range(NODES)])
        if not (steps[0] > 0 and np.all(np.diff(steps) > 0)):
            return silence(float(steps[0]), base.size)
        rows: dict[int, list[Floats]] = {}
        for sign in (1, -1) if self.side is Side.BOTH else (self.side.value,):
            rows[sign] = []
        for i in reversed(range(NODES)):
            for sign, column in rows.items():
                column.insert(0, self.value(rung + i, sign))
                if not np.any(np.isfinite(column[0])):
                    return silence(float(steps[0]), base.size)
        if self.side is Side.BOTH:
            return central(steps, np.array(rows[1]), np.array(rows[-1]), base, jitter)
        sign = self.side.value
        return one_sided(steps, np.array(rows[sign]), base, jitter, float(sign))

    def quotient(self, rung: int, jitter: Jitter) -> tuple[Floats, Floats]:
        """Return the plain difference quotient of a rung and its noise."""
        step, base = self.step(rung), self.section.probe.base
        if self.side is Side.BOTH:
            ahead, behind, width = self.value(rung, 1), self.value(rung, -1), 2 * step
        else:
            sign = self.side.value
            ahead, behind, width = self.value(rung, sign), base, sign * step
        noise = (jitter.of(ahead) + jitter.of(behind)) / abs(width)
        return (ahead - behind) / width, noise


def _rungs(step: float, first: float) -> float:
    """Return how many doublings lie between the first step and another."""
    if step <= 0:
        return LOWEST_RUNG - 1.0
    return math.log2(min(step, LARGEST)) - math.log2(first)
