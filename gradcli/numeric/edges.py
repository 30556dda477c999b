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

from gradcli.numeric.section import Section

# Bisections of one edge; what is continuous has changed by a millionth of the interval then.
HALVINGS = 24
# A deviation of this part of the gap's own rise is an edge worth a look.
PART = 0.25
# Jumps below this many noise bars of one value are noise.
NOISE_BARS = 10.0

Deviation = Callable[[float], float]


def jump_bar(
    section: Section, output: int, slope: float, gap: float, room: tuple[float, float], noise: float
) -> float:
    """Return the quantum over the distance of the first jump on either side, 0 without one.

    Parameters
    ----------
    section, output
        The line and the number of the output.
    slope
        The derivative that holds near the point.
    gap
        How far another slope lies from it; only jumps that could explain it are looked for.
    room
        Distances between which to look: the slope is known to hold up to the first.
    noise
        Noise of one value.
    """
    base = float(section.probe.base[output])
    worst = 0.0
    for sign in (1.0, -1.0):

        def deviation(step: float, sign: float = sign) -> float:
            value = float(section.at(sign * step)[output])
            return abs(value - base - sign * slope * step)

        level = max(PART * gap, NOISE_BARS * noise / room[1])
        inside, outside = _bracket(section, deviation, level, room)
        if outside > inside:
            threshold = deviation(outside) / 2
            quantum, distance = edge(section, deviation, inside, outside, threshold)
            if quantum > NOISE_BARS * noise:
                worst = max(worst, quantum / distance)
    return worst


def edge(
    section: Section, deviation: Deviation, inside: float, outside: float, threshold: float
) -> tuple[float, float]:
    """Bisect to the place where a deviation rises above a threshold.

    Returns
    -------
    quantum, distance : float
        How far the deviation rises within the last interval, and the interval's outer end.
    """
    low, high = deviation(inside), deviation(outside)
    for _ in range(HALVINGS):
        middle = section.snap((inside + outside) / 2)
        if not inside < middle < outside:
            break
        met = deviation(middle)
        if met > threshold:
            outside, high = middle, met
        else:
            inside, low = middle, met
    return high - low, outside


def _bracket(
    section: Section, deviation: Deviation, level: float, room: tuple[float, float]
) -> tuple[float, float]:
    """Double the distance until the deviation rises faster than the level; (d, d) if never."""
    inside = room[0]
    while inside < room[1]:
        outside = section.snap(min(2 * inside, room[1]))
        if outside <= inside:
            break
        met = deviation(outside)
        if met > level * outside:
            return inside, outside
        if not math.isfinite(met):
            break
        inside = outside
    return inside, inside
