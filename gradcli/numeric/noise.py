"""How much a computed value jitters when the point moves by almost nothing.

The difference table of Moré and Wild (2011, "Estimating computational noise", SIAM J. Sci.
Comput. 33): in the k-th differences of equally spaced samples a smooth function dies out while
independent noise of deviation sigma grows to sigma * sqrt((2k)! / (k!)^2). May import
`section` and `probe`.

The samples lie on one side, a little away from the point, so that a kink or a root's branch
point there does not look like noise. Constant and linear functions have none; a non-finite
neighbour turns the ray round or shortens the spacing.
"""

from __future__ import annotations

import math
from math import comb

import numpy as np
from numpy.typing import NDArray

from gradcli.numeric.probe import Floats
from gradcli.numeric.section import Section

# Differences in the table, one less than samples; Moré and Wild recommend 6 to 8.
SAMPLES = 6
# Highest order whose estimate is compared with those of the two orders above it.
ORDERS = SAMPLES - 2
# Estimates of neighbouring orders that agree within this factor are noise (Moré and Wild, §6).
AGREEMENT = 4.0
# Spacings are changed by this factor when the samples stand still or drift (Moré and Wild, §6).
RESCALE = 100.0
ATTEMPTS = 4
# Number of spacings, and their ratio.
SPACINGS = 3
GOLDEN = 0.618
# First spacing, relative: long enough to move every float64, short enough to stay this side of
# neighbouring kinks.
SPACING = 1e-9
# No spacing below this many floating numbers.
FEWEST_SPACINGS = 8.0

Mask = NDArray[np.bool_]


def evaluation_noise(
    section: Section, spacing: float | None = None, sign: float = 1.0, reach: float = math.inf
) -> Floats:
    """Return the standard deviation of the evaluation noise of every output near the point.

    Parameters
    ----------
    section
        The line on which samples are taken.
    spacing
        Distance of the samples; by default a billionth of the section's scale.
    sign
        The side to sample, unless it is not finite there.
    reach
        No sample further from the point than this: beyond, the function may be another one.

    Returns
    -------
    ndarray, shape (m,)
        0 for an output without noise, or one that could not be sampled.

    Notes
    -----
    Costs 21 evaluations, 7 for each of three spacings in the golden ratio: the rounding errors
    of equally spaced arguments can be regular on one of them. More where the samples stand still
    (the spacing grows a hundredfold) or still drift in the highest difference (it shrinks).
    """
    shortest = FEWEST_SPACINGS * section.finest
    widest = reach / (2 * SAMPLES)
    width = SPACING * section.scale if spacing is None else spacing
    noise = np.zeros(section.probe.base.size)
    for power in range(SPACINGS):
        start = min(max(width * GOLDEN**power, shortest), widest)
        measured = _measure(section, start, (shortest, widest), sign)
        noise = np.maximum(noise, measured)
    return noise


def _measure(section: Section, width: float, bounds: tuple[float, float], sign: float) -> Floats:
    """Estimate the noise from samples at a spacing, or at a better one within bounds."""
    shortest, widest = bounds
    noise = np.zeros(section.probe.base.size)
    undecided = np.ones(noise.size, dtype=bool)
    stood = np.zeros(noise.size, dtype=bool)
    for _ in range(ATTEMPTS):
        samples = _ray(section, width, sign)
        if samples is None:
            width = max(width / RESCALE, shortest)
            continue
        level, still, drifts = _table(samples)
        # A jump met while the samples stood still stays; a drift's estimate is replaced.
        level = np.where(stood, np.maximum(noise, level), level)
        noise = np.where(undecided, level, noise)
        stood = undecided & still
        undecided &= still | drifts
        if not undecided.any():
            break
        longer = 2 * np.count_nonzero(stood) >= np.count_nonzero(undecided)
        if width >= widest if longer else width <= shortest:
            break
        width = min(width * RESCALE, widest) if longer else max(width / RESCALE, shortest)
    return noise


def _ray(section: Section, width: float, preferred: float) -> Floats | None:
    """Sample one side of the point, the other one if that is not finite."""
    step = section.snap(width)
    for sign in (preferred, -preferred):
        rows: list[Floats] = []
        for i in range(SAMPLES + 1):
            row = section.at(sign * (SAMPLES + i) * step)
            if not np.any(np.isfinite(row)):
                break
            rows.append(row)
        else:
            return np.array(rows)
    return None


def _table(samples: Floats) -> tuple[Floats, Mask, Mask]:
    """Return noise level, "stands still" and "still drifts" of every column of samples."""
    with np.errstate(all="ignore"):
        first = np.diff(samples, axis=0)
        size = np.max(np.abs(first), axis=0)
        usable = np.isfinite(size) & (size > 0)
        unit = np.where(usable, size, 1.0)
        table = np.where(usable, first / unit, 0.0)
        quantum = np.min(np.where(table == 0, np.inf, np.abs(table)), axis=0)
        still = 2 * np.count_nonzero(table == 0, axis=0) >= SAMPLES
        levels, signs = [], []
        for k in range(1, SAMPLES + 1):
            levels.append(np.sqrt(np.mean(table**2, axis=0) / comb(2 * k, k)))
            signs.append((table.min(axis=0) < 0) & (table.max(axis=0) > 0))
            table = np.diff(table, axis=0)
    level, drifts = _settled_level(np.array(levels), np.array(signs))
    level = np.where(still & usable, np.maximum(level, quantum / 2), level)
    return level * unit * usable, still & np.isfinite(size), drifts & usable & ~still


def _settled_level(levels: Floats, signs: Mask) -> tuple[Floats, Mask]:
    """Return the first level that the next two orders confirm, and where levels only fall.

    Without such a confirmation the middle one of the last three counts, or the lowest where
    the last two orders both fell steeply: there the smooth part is still seen.
    """
    last = levels[-3:]
    drifts = np.all(AGREEMENT * last[1:] < last[:-1], axis=0)
    level = np.where(drifts, last[-1], np.median(last, axis=0))
    for k in range(ORDERS - 1, -1, -1):
        window = levels[k : k + 3]
        agree = (window.max(axis=0) <= AGREEMENT * window.min(axis=0)) & signs[k]
        level = np.where(agree, levels[k], level)
        drifts &= ~agree
    return level, drifts
