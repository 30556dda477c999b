"""Outputs that did not move at any point of a stencil: how much slope may be hidden in them.

The quotient is 0 and its spread is 0, but the derivative need not be: sigmoid(x) − 1 at 40 is 0
in float64 although its slope is 4e-18. The bar is the quantum over the flat distance
(`edges`). May import `edges`, `ladder` and `steps`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcli.numeric.edges import edge
from gradcli.numeric.ladder import Ladder, Side
from gradcli.numeric.probe import Floats
from gradcli.numeric.steps import Mask, Search

# Edges that are bisected in one section; outputs beyond keep the change at the nearest point
# already paid for.
EDGES = 4
# What underflow may have hidden inside the function, whose value here is exactly 0: exp(−800)
# times 1e200 in float64, less than 1e-45 in float32. A convention: no claim is accused over less.
HIDDEN = 1e-30
# Shortest step to outermost point of a stencil.
SPAN = 4.0
# An output that no stencil moves is looked at this many scales (or units) away as well.
FAR = (4.0, 64.0)


@dataclass(frozen=True, slots=True)
class _Point:
    """A value at a signed distance, and by how much it differs from the base (inf: not at all)."""

    distance: float
    sign: int
    change: Floats


def flat_bars(found: Search, flat: Mask) -> tuple[Floats, Mask]:
    """Return the error bars of outputs that stood still, and which never moved at all.

    Parameters
    ----------
    found
        The search that saw them stand still.
    flat
        The outputs in question, shape (m,).

    Returns
    -------
    error : ndarray, shape (m,)
        Quantum, noise of one value and `HIDDEN`, over the flat distance; inf for the other outputs.
    unused : ndarray of bool, shape (m,)
        Outputs that did not move anywhere, not even far away.
    """
    radius = np.where(flat, SPAN * found.flat, 1.0)
    points = _known_points(found.ladder)
    if np.any(flat & np.isinf(_smallest(points))):
        points += _far_points(found.ladder)
    quantum = _smallest(points)
    unused = flat & np.isinf(quantum)
    for i in np.flatnonzero(flat & ~unused)[:EDGES]:
        quantum[i] = min(quantum[i], _edge_quantum(found, points, int(i), float(radius[i])))
    noise = found.jitter.of(found.ladder.section.probe.base)
    error = (np.where(unused, 0.0, quantum) + noise + HIDDEN) / radius
    return np.where(flat, error, np.inf), unused


def _point(ladder: Ladder, distance: float, sign: int, row: Floats) -> _Point:
    """Compare a row of values with the base."""
    with np.errstate(all="ignore"):
        change = np.abs(row - ladder.section.probe.base)
    seen = np.isfinite(change) & (change > 0)
    return _Point(distance, sign, np.where(seen, change, np.inf))


def _known_points(ladder: Ladder) -> list[_Point]:
    """Return the points already paid for."""
    rows = ladder.values.items()
    return [_point(ladder, ladder.step(rung), sign, row) for (rung, sign), row in rows]


def _far_points(ladder: Ladder) -> list[_Point]:
    """Return points beyond the ladder, as far as a margin allows."""
    section = ladder.section
    signs = (1, -1) if ladder.side is Side.BOTH else (ladder.side.value,)
    steps = [section.snap(far * max(section.scale, 1.0)) for far in FAR]
    steps = [step for step in steps if step <= ladder.reach]
    return [_point(ladder, h, sign, section.at(sign * h)) for h in steps for sign in signs]


def _smallest(points: list[_Point]) -> Floats:
    """Return the smallest change of every output."""
    return np.asarray(np.min([point.change for point in points], axis=0))


def _edge_quantum(found: Search, points: list[_Point], output: int, inside: float) -> float:
    """Bisect towards the nearest point at which an output moves; return the jump there."""
    section = found.ladder.section
    base = section.probe.base
    nearest = min(
        (p for p in points if np.isfinite(p.change[output])), key=lambda p: (p.distance, p.sign)
    )

    def deviation(step: float) -> float:
        return float(section.at(nearest.sign * step)[output] - base[output])

    return edge(section, deviation, inside, nearest.distance)
