"""Stencils for the mixed second derivative along two directions, on the ladder of steps.

May import `ladder`, `section`, `stencils` and `probe`. The symmetric four-point difference

    (f(x+hu+hv) − f(x+hu−hv) − f(x−hu+hv) + f(x−hu−hv)) / (4h²)

has errors in even powers of h (Abramowitz and Stegun, 25.3.26), so the same two levels of
extrapolation serve as for first derivatives. Its points lie on the lines along u + v and
u − v; where u = v the second line is the point itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcli.numeric.ladder import Ladder, Side
from gradcli.numeric.probe import Floats
from gradcli.numeric.section import Section
from gradcli.numeric.stencils import NODES, SUBNORMAL, Jitter, Reading, extrapolate, silence

# A settled stencil is confirmed this many rungs further down, where the noise of a second
# difference is 256 times larger.
SHORTER = 4
# A point is rounded to half a spacing along either direction, at both ends.
ROUNDED = 2.0

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Crossing(Ladder):
    """The four-point stencils of two directions.

    Parameters
    ----------
    section
        The line along u + v.
    other
        The line along u − v; ``None`` where u = v.
    """

    other: Section | None = None

    def __post_init__(self) -> None:
        # `super()` does not find its class in a dataclass with slots.
        Ladder.__post_init__(self)
        self.shorter = SHORTER

    def corner(self, rung: int, sign: int, across: bool) -> Floats:
        """Return the function at a corner, evaluated once; `across` is the line u − v."""
        if not across:
            return self.value(rung, sign)
        if self.other is None:
            return self.section.probe.base
        key = (rung, 2 * sign)
        if key not in self.values:
            self.values[key] = self.other.at(sign * self.step(rung))
        return self.values[key]

    def read(self, rung: int, jitter: Jitter) -> Reading:
        """Return what the stencil on a rung says; the outermost points are tried first."""
        size = self.section.probe.base.size
        steps = np.array([self.step(rung + i) for i in range(NODES)])
        if not (steps[0] > 0 and np.all(np.diff(steps) > 0)):
            return silence(float(steps[0]), size)
        quotients: list[Floats] = []
        noises: list[Floats] = []
        moved = np.zeros(size, dtype=bool)
        for i in reversed(range(NODES)):
            quotient, noise, changed = self._difference(rung + i, jitter)
            if not np.any(np.isfinite(quotient)):
                return silence(float(steps[0]), size)
            quotients.insert(0, quotient)
            noises.insert(0, noise)
            moved |= changed
        with np.errstate(all="ignore"):
            rows = np.array(quotients)
            value, truncation, weights = extrapolate(rows, (steps / steps[0]) ** 2)
            noise = np.abs(weights) @ np.array(noises)
            variation = np.maximum(np.max(np.abs(rows), axis=0), np.where(moved, SUBNORMAL, 0.0))
        sound = np.isfinite(value) & np.isfinite(truncation) & np.isfinite(noise)
        return Reading(
            float(steps[0]),
            np.where(sound, value, np.nan),
            np.where(sound, truncation, np.inf),
            np.where(sound, noise, np.inf),
            np.where(sound, variation, np.inf),
        )

    def quotient(self, rung: int, jitter: Jitter) -> tuple[Floats, Floats]:
        """Return the plain second difference of a rung and its noise."""
        quotient, noise, _ = self._difference(rung, jitter)
        return quotient, noise

    def _difference(self, rung: int, jitter: Jitter) -> tuple[Floats, Floats, Mask]:
        """Return the difference quotient, its noise, and which outputs moved at all."""
        step, base = self.step(rung), self.section.probe.base
        ahead, behind = self.corner(rung, 1, False), self.corner(rung, -1, False)
        right, left = self.corner(rung, 1, True), self.corner(rung, -1, True)
        with np.errstate(all="ignore"):
            area = 4 * step * step
            difference = (ahead - right) + (behind - left)
            single = jitter.of(ahead) + jitter.of(behind) + jitter.of(right) + jitter.of(left)
            slopes = np.abs(ahead - behind) + np.abs(right - left)
            rounding = ROUNDED * jitter.unit * slopes / step
            moved = np.any(np.array([ahead, behind, right, left]) != base, axis=0)
            return difference / area, (single + rounding) / area, moved


def crossing(section: Section, other: Section | None, first: float, reach: float) -> Crossing:
    """Return the stencils of two lines, u + v and u − v.

    Parameters
    ----------
    section, other
        The lines; no second one where u = v.
    first
        The step of rung 0.
    reach
        No point further from the base than this.
    """
    return Crossing(section, Side.BOTH, first, reach, other)
