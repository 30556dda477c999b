"""Jumps beside the point: what a slope that holds only in a small neighbourhood may be worth.

Float64 staircases look smooth from inside one tread: 1/(1 + exp(−40)) − 1 is flat, and
(1 − cos x)/x² is c/x² as long as cos x keeps its rounded value. The honest bar is the
*quantum*, the height of the first jump, over the distance to it: that is how far the slope
across many treads may lie from the slope of one. A kink or a bend is an edge without a jump,
its quantum shrinks with the bisected interval. May import `section` and `probe`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gradcli.numeric.section import Section

# Bisections of one edge: what is continuous changes by less than 1e-12 of the interval then.
HALVINGS = 40
# A rise of the deviation over this part of the gap's own rise is searched for a jump.
PART = 0.25
# Jumps below this many noise bars of one value are noise.
NOISE_BARS = 10.0

Deviation = Callable[[float], float]
# A distance and the deviation there.
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hunt:
    """What kind of jump is looked for.

    Parameters
    ----------
    slope
        The derivative that holds near the point.
    gap
        How far another slope lies from it; only jumps that could explain it matter.
    negligible
        Jumps that change the slope by less need not be told from smooth change.
    room
        Distances between which to look: the slope is known to hold up to the first.
    noise
        Noise of one value.
    edges
        Number of places on either side that are looked at closely.
    """

    slope: float
    gap: float
    negligible: float
    room: tuple[float, float]
    noise: float
    edges: int

    @property
    def least(self) -> float:
        """The smallest change of a value that is not noise."""
        return NOISE_BARS * self.noise


def jump_bar(section: Section, output: int, hunt: Hunt) -> float:
    """Return the quantum over the distance of the worst jump on either side.

    Parameters
    ----------
    section, output
        The line and the number of the output.
    hunt
        What is looked for; where nothing jumps, no more than its `negligible` comes back.
    """
    base = float(section.probe.base[output])
    worst = 0.0
    for sign in (1.0, -1.0):

        def deviation(step: float, sign: float = sign) -> float:
            value = float(section.at(sign * step)[output])
            return value - base - sign * hunt.slope * step

        worst = max(worst, _worst_jump(section, deviation, hunt))
    return worst


def edge(section: Section, deviation: Deviation, inside: float, outside: float) -> float:
    """Bisect to the place where a deviation begins to differ from 0; return how far it jumps."""
    high = deviation(outside)
    for _ in range(HALVINGS):
        middle = section.snap((inside + outside) / 2)
        if not inside < middle < outside:
            break
        met = deviation(middle)
        if met != 0:
            outside, high = middle, met
        else:
            inside = middle
    return abs(high)


def _worst_jump(section: Section, deviation: Deviation, hunt: Hunt) -> float:
    """Walk outwards in doublings, and bisect those over which the deviation rises."""
    near = (hunt.room[0], deviation(hunt.room[0]))
    worst, edges = 0.0, hunt.edges
    while near[0] < hunt.room[1] and edges > 0:
        outside = section.snap(min(2 * near[0], hunt.room[1]))
        far = (outside, deviation(outside))
        if far[0] <= near[0] or not math.isfinite(far[1] - near[1]):
            break
        if abs(far[1] - near[1]) > max(PART * hunt.gap * far[0], hunt.least):
            worst = max(worst, _jump(section, deviation, near, far, hunt))
            edges -= 1
        near = far
    return worst


def _jump(section: Section, deviation: Deviation, near: Point, far: Point, hunt: Hunt) -> float:
    """Bisect towards the larger change until it is negligible, or the jump is all that is left."""
    for _ in range(HALVINGS):
        change = abs(far[1] - near[1])
        middle = section.snap((near[0] + far[0]) / 2)
        if change <= max(hunt.negligible * far[0], hunt.least) or not near[0] < middle < far[0]:
            break
        met = (middle, deviation(middle))
        if abs(far[1] - met[1]) > abs(met[1] - near[1]):
            near = met
        else:
            far = met
    change = abs(far[1] - near[1])
    return change / far[0] if change > hunt.least else 0.0
