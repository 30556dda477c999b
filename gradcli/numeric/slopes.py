"""The derivative along one section, every output with its error bar, whatever the function.

May import the other files of the room. The order of attempts: central stencils; one-sided ones
where one side is outside the domain; once more with the noise measured at the stencil's own
scale, where no step settled; then what the plateau or the unsettled readings allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from gradcli.numeric.edges import Hunt, jump_bar
from gradcli.numeric.ladder import FEWEST_SPACINGS, Ladder, Side
from gradcli.numeric.noise import SAMPLES, evaluation_noise
from gradcli.numeric.plateau import EDGES, SPAN, flat_bars
from gradcli.numeric.probe import Floats
from gradcli.numeric.section import Section
from gradcli.numeric.stencils import DEVIATIONS, Jitter
from gradcli.numeric.steps import NONE, RESOLVED, Mask, Search, fallback, search

# Where truncation and noise balance, relative to the scale: the spread of the first level falls
# as h^4 for central and as h^2 for one-sided stencils.
CENTRAL_POWER, ONE_SIDED_POWER = 1 / 5, 1 / 3
# Bounds of the first step, relative to the scale.
SHORTEST_START, LONGEST_START = 1e-6, 0.05
# Quotients by steps shorter than this part of the value could overflow.
SAFEST = 2.0**-960
# The noise is measured anew where it exceeds what was assumed by this factor.
NOISIER = 2.0
# One side is tried alone where it has this many times the room of both.
ROOMIER = 8.0
# Noise above this part of the largest value met is not rounding (float16 has 5e-4).
DROWNED = 1e-3
# Jumps above this part are not believed to be rounding where only the stencil's scale shows them.
PLAUSIBLE = 1e-5
# A slope that holds this many rungs below the first step, and not above, is searched for jumps.
DEEP = 3
# Jumps that could change the slope by less than this part are left to the error bar.
MATTERS = 1e-3


class Kind(IntEnum):
    """How the derivative of an output was found."""

    SETTLED = 0
    ONE_SIDED = 1
    FLAT = 2
    UNUSED = 3
    UNSETTLED = 4
    SILENT = 5
    TREAD = 6


# For these the noise is measured at the stencil's own scale, and they get a second chance.
RESTLESS = (Kind.UNSETTLED, Kind.TREAD, Kind.FLAT)


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of every output along one section.

    Parameters
    ----------
    value, error, step
        Estimate, half-width of its bar (inf: nothing is known) and shortest step used.
    kind
        A `Kind` per output.
    variation
        Steepest quotient met by the stencil that settled, else 0: what a derivative of 0 is to
        be compared with.
    """

    value: Floats
    error: Floats
    step: Floats
    kind: NDArray[np.int64]
    variation: Floats


@dataclass(frozen=True, slots=True)
class Request:
    """How a slope is wanted.

    Parameters
    ----------
    side
        Both sides of the point, or one.
    left, right
        No point further than this on either side (distance to the nearest kink).
    start
        First step; by default chosen from the noise.
    goal
        An error bar that is good enough.
    """

    side: Side = Side.BOTH
    left: float = math.inf
    right: float = math.inf
    start: float | None = None
    goal: float = 0.0

    def reach(self, side: Side) -> float:
        """Return the distance that a stencil on a side may use."""
        if side is Side.BOTH:
            return min(self.left, self.right)
        return self.right if side is Side.RIGHT else self.left


PLAIN = Request()


def slope(section: Section, noise: Floats, request: Request = PLAIN) -> Slope:
    """Return the derivative along a section.

    Parameters
    ----------
    section
        The line.
    noise
        Standard deviation of the evaluation noise, shape (m,) (`evaluation_noise`).
    request
        Side, room and goal.

    Returns
    -------
    Slope
        One estimate per output.
    """
    # There is no step beside an infinite point.
    alive = np.isfinite(section.probe.base) & math.isfinite(section.scale)
    result = _attempt(section, noise, request, request.side, alive)
    if request.side is Side.BOTH:
        for side in (Side.RIGHT, Side.LEFT):
            wanted = alive & (result.kind == Kind.SILENT)
            if request.reach(side) > ROOMIER * request.reach(Side.BOTH):
                wanted = alive & (result.kind != Kind.UNUSED)
            if wanted.any():
                single = _attempt(section, noise, request, side, wanted)
                result = _choose(result, single, wanted & (single.error < result.error))
    return result


def _attempt(section: Section, noise: Floats, request: Request, side: Side, wanted: Mask) -> Slope:
    """Return the slopes of some outputs by stencils on one side or both."""
    if not wanted.any():
        return _nothing(wanted.size)
    jitter = Jitter(noise, section.probe.unit)
    first = request.start or _first_step(section, jitter, side, wanted)
    ladder = Ladder(section, side, first, request.reach(side))
    if ladder.is_empty:
        return _nothing(wanted.size)
    found = search(ladder, jitter, wanted, goal=request.goal)
    result = _with_jumps(found, _report(found, wanted))
    restless = wanted & np.isin(result.kind, RESTLESS)
    if not restless.any():
        return result
    width, reach = min(first, ladder.reach) / (2 * SAMPLES), ladder.reach
    louder = evaluation_noise(section, width, -1.0 if side is Side.LEFT else 1.0, reach)
    restless &= (louder > NOISIER * noise) & (DEVIATIONS * louder < PLAUSIBLE * _size(found))
    if restless.any():
        again = search(ladder, Jitter(np.maximum(noise, louder), jitter.unit), restless)
        other = _report(again, restless)
        result = _choose(result, other, restless & (other.error < result.error))
    return result


def _nothing(size: int) -> Slope:
    """Return slopes that know nothing."""
    zeros, unknown = np.zeros(size), np.full(size, np.inf)
    return Slope(zeros * np.nan, unknown, zeros, np.full(size, int(Kind.SILENT)), zeros)


def _with_jumps(found: Search, result: Slope) -> Slope:
    """Widen the bars of slopes that hold only far below the first step, if a jump ends them.

    The slope across jumps is the one that the first stencil too coarse saw; where that is nearly
    the same, the difference is taken as it is.
    """
    error, kind = result.error.copy(), result.kind.copy()
    start = next(iter(found.readings))
    steps = np.where(found.step > 0, found.step, found.ladder.first)
    rungs = np.log2(steps) - math.log2(found.ladder.first)
    deep = np.isfinite(found.error) & (found.high != NONE) & (found.high <= start)
    deep &= rungs < start - DEEP
    for n, i in enumerate(np.flatnonzero(deep)):
        coarse = found.readings[int(found.high[i])]
        gap = abs(float(coarse.value[i] - result.value[i]))
        if not np.isfinite(gap):
            continue
        room = (SPAN * float(result.step[i]), SPAN * coarse.step)
        bar = gap
        if gap > RESOLVED * abs(result.value[i]):
            bar = _jump(found, int(i), float(result.value[i]), gap, room) if n < EDGES else np.inf
        error[i] += bar
        if bar > MATTERS * abs(result.value[i]):
            kind[i] = Kind.TREAD
    return Slope(result.value, error, result.step, kind, result.variation)


def _jump(found: Search, i: int, value: float, gap: float, room: tuple[float, float]) -> float:
    """Return the jump bar of one output of a search."""
    noise = float(found.jitter.of(found.ladder.section.probe.base)[i])
    hunt = Hunt(value, gap, RESOLVED * abs(value), room, noise, edges=1)
    return jump_bar(found.ladder.section, i, hunt)


def _first_step(section: Section, jitter: Jitter, side: Side, wanted: Mask) -> float:
    """Return the step at which truncation and noise balance for a function of the scale's size."""
    base = np.abs(section.probe.base[wanted])
    with np.errstate(all="ignore"):
        relative = np.where(base > 0, jitter.of(section.probe.base)[wanted] / base, jitter.unit)
    typical = float(np.median(relative))
    power = CENTRAL_POWER if side is Side.BOTH else ONE_SIDED_POWER
    balance = min(max(float(typical**power), SHORTEST_START), LONGEST_START)
    shortest = max(FEWEST_SPACINGS * section.finest, SAFEST * float(np.max(base)))
    return max(balance * section.scale, shortest)


def _report(found: Search, wanted: Mask) -> Slope:
    """Turn a search into slopes: settled, standing still, unsettled, or nothing."""
    value, error, step = found.value.copy(), found.error.copy(), found.step.copy()
    settled = Kind.SETTLED if found.ladder.side is Side.BOTH else Kind.ONE_SIDED
    kind = np.full(value.size, settled, dtype=np.int64)
    flat = wanted & np.isinf(error) & (found.flat > 0)
    rest = wanted & np.isinf(error) & ~flat
    if flat.any():
        bars, unused = flat_bars(found, flat)
        value[flat], error[flat], step[flat] = 0.0, bars[flat], found.flat[flat]
        kind[flat] = np.where(unused, Kind.UNUSED, Kind.FLAT)[flat]
    if rest.any():
        last = fallback(found)
        value[rest], error[rest], step[rest] = (part[rest] for part in last)
        heard = np.zeros(value.size, dtype=bool)
        for reading in found.readings.values():
            heard |= np.isfinite(reading.value)
        kind[rest] = np.where(heard, Kind.UNSETTLED, Kind.SILENT)[rest]
    if found.ladder.side is not Side.BOTH:
        error = _without_growth(found, value, error, kind)
    drowned = ~wanted | (~flat & _drowned(found))
    value[drowned], error[drowned], kind[drowned] = np.nan, np.inf, Kind.SILENT
    return Slope(value, error, step, kind, found.variation)


def _without_growth(found: Search, value: Floats, error: Floats, kind: NDArray[np.int64]) -> Floats:
    """Return bars of one-sided slopes that no longer step has shrunk while nothing was seen.

    A slope that decays on this side (a saturated tanh, seen from inside) is larger at the point
    than anywhere on the stencil, and below the noise: a longer step would only seem to help.
    """
    reading = next(iter(found.readings.values()))
    unseen = np.isin(kind, (Kind.ONE_SIDED, Kind.FLAT, Kind.UNUSED)) & (np.abs(value) <= error)
    return np.where(unseen, np.maximum(error, reading.noise), error)


def _drowned(found: Search) -> Mask:
    """Return the outputs whose noise is a good part of their values: sin at 1e20.

    There the model "smooth plus a little noise" fails: the function may turn faster than its
    argument can be resolved, and its average slope is not evidence of anything.
    """
    return np.asarray(DEVIATIONS * found.jitter.deviation > DROWNED * _size(found))


def _size(found: Search) -> Floats:
    """Return the largest magnitude met of every output."""
    size = np.abs(found.ladder.section.probe.base)
    for row in found.ladder.values.values():
        size = np.fmax(size, np.where(np.isfinite(row), np.abs(row), 0.0))
    return np.asarray(size)


def _choose(old: Slope, new: Slope, where: Mask) -> Slope:
    """Return the new slope where the mask says so."""
    return Slope(
        np.where(where, new.value, old.value),
        np.where(where, new.error, old.error),
        np.where(where, new.step, old.step),
        np.where(where, new.kind, old.kind),
        np.where(where, new.variation, old.variation),
    )
