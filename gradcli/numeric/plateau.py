"""Outputs that did not move at any point of a stencil: how much slope may be hidden in them.

The quotient is 0 and its spread is 0, but the derivative need not be: sigmoid(x) − 1 at 40 is 0
in float64 although its slope is 4e-18. The bar is the quantum over the flat distance
(`edges`). May import `edges`, `ladder` and `steps`.
"""

from __future__ import annotations

import numpy as np

from gradcli.numeric.edges import edge
from gradcli.numeric.ladder import Ladder
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
        Outputs that did not move anywhere on the ladder.
    """
    radius = np.where(flat, SPAN * found.flat, 1.0)
    quantum = _known_quantum(found.ladder)
    unused = flat & np.isinf(quantum)
    for i in np.flatnonzero(flat & ~unused)[:EDGES]:
        quantum[i] = min(quantum[i], _edge_quantum(found.ladder, int(i), float(radius[i])))
    noise = found.jitter.of(found.ladder.section.probe.base)
    error = (np.where(unused, 0.0, quantum) + noise + HIDDEN) / radius
    return np.where(flat, error, np.inf), unused


def _changes(row: Floats, base: Floats) -> Floats:
    """Return |row − base|, inf where nothing changed or the row is not finite."""
    with np.errstate(all="ignore"):
        change = np.abs(row - base)
    return np.where(np.isfinite(change) & (change > 0), change, np.inf)


def _known_quantum(ladder: Ladder) -> Floats:
    """Return the smallest change among the values already paid for."""
    base = ladder.section.probe.base
    quantum = np.full(base.size, np.inf)
    for row in ladder.values.values():
        quantum = np.minimum(quantum, _changes(row, base))
    return quantum


def _edge_quantum(ladder: Ladder, output: int, inside: float) -> float:
    """Bisect towards the nearest known point at which an output moves; return the jump there."""
    section, base = ladder.section, ladder.section.probe.base
    moved = [
        (ladder.step(rung), sign)
        for (rung, sign), row in ladder.values.items()
        if np.isfinite(_changes(row, base)[output])
    ]
    outside, sign = min(moved)

    def deviation(step: float) -> float:
        return float(abs(section.at(sign * step)[output] - base[output]))

    return edge(section, deviation, inside, outside, 0.0)[0]
