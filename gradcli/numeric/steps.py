"""Which step: the bisection of Shi, Xie, Xuan and Nocedal (2021), for many outputs at once.

Their test compares the measured truncation with the measured noise: above an interval the step
is too long, below it too short, and two opposite answers are bisected ("Adaptive
finite-difference interval estimation for noisy derivative-free optimization", SIAM J. Sci.
Comput. 44, 2022). Three departures: the truncation is that of the extrapolated stencil
(`stencils`); a step that is too short is only lengthened where the error bar is still too
wide to be of use; steps change by doubling powers first, because the function's own scale may
be a billion times that of the point. May import `ladder` and `stencils`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcli.numeric.ladder import Ladder
from gradcli.numeric.probe import Floats
from gradcli.numeric.stencils import Jitter, Reading

# A truncation up to this many noise bars may be noise itself: its own noise is about one bar.
BELIEVED = 4.0
# An error bar this small, relative to the derivative or the steepest quotient met, needs no
# better step.
RESOLVED = 1e-6
# Change of the rung before a bracket exists; doubled every time.
FIRST_MOVE = 3
# Brackets this narrow are not bisected further: a factor of 4 in the step is nothing to gain.
NARROW = 2
# Stencils tried for one section.
STENCILS = 20
# The spread of the first level counts this often in the bar: a remainder that falls only as
# h^(1/2) is 2.4 times the spread of its extrapolations.
SPREADS = 3.0
# Of a plain quotient's error this part may be left a rung further down, to the power of the
# rungs: half of the first power, twice.
LEFTOVER = 2.0
# Rung of an output that has none.
NONE = np.iinfo(np.int64).max

Mask = NDArray[np.bool_]
Rungs = NDArray[np.int64]


@dataclass(slots=True)
class Search:
    """What has been learnt of every output of a section.

    Parameters
    ----------
    ladder, jitter
        The stencils and the noise of one value.
    value, error, step, variation
        The best settled estimate, its bar (inf: none), its step and its steepest quotient,
        shape (m,).
    flat
        The longest step at which an output was seen standing still; 0 if it never was.
    low, high
        Longest rung that is not too long, and shortest that is, or `NONE`.
    done
        Outputs for which no further stencil is wanted.
    readings
        Rung → what the stencil said.
    """

    ladder: Ladder
    jitter: Jitter
    value: Floats
    error: Floats
    step: Floats
    variation: Floats
    flat: Floats
    low: Rungs
    high: Rungs
    done: Mask
    readings: dict[int, Reading]

    def take(self, rung: int, goal: Floats) -> None:
        """Read the stencil on a rung and sort every output."""
        reading = self.ladder.read(rung, self.jitter)
        self.readings[rung] = reading
        still = reading.variation == 0
        with np.errstate(all="ignore"):
            error = SPREADS * reading.truncation + reading.noise
            settled = np.isfinite(error) & (reading.truncation <= BELIEVED * reading.noise)
            aim = np.maximum(goal, RESOLVED * np.maximum(np.abs(reading.value), reading.variation))
        if np.any(settled & ~still & ~self.done):
            settled &= self._confirms(rung, reading)
        # What the estimate moved by from the last step is part of what is not known.
        with np.errstate(invalid="ignore"):
            moved = np.abs(reading.value - self.value)
        error = np.maximum(error, np.where(np.isfinite(moved), moved, 0.0))
        # Truncation at a shorter step is never forgiven: what settles beyond it is not local.
        better = settled & ~still & (error < self.error) & (rung < self.high) & ~self.done
        self.value = np.where(better, reading.value, self.value)
        self.error = np.where(better, error, self.error)
        self.step = np.where(better, reading.step, self.step)
        self.variation = np.where(better, reading.variation, self.variation)
        self.flat = np.where(still, np.maximum(self.flat, reading.step), self.flat)
        longer = settled & ((self.low == NONE) | (rung > self.low))
        self.low = np.where(longer, rung, self.low)
        self.high = np.where(~settled, np.minimum(self.high, rung), self.high)
        self.done |= better & (error <= aim)

    def _confirms(self, rung: int, reading: Reading) -> Mask:
        """Return where a plain quotient with a much shorter step agrees with a reading.

        Its noise is far larger, which tests the noise that was assumed; and it looks between
        the points of the stencil, where a staircase is flat.
        """
        short = max(rung - self.ladder.shorter, self.ladder.lowest)
        with np.errstate(all="ignore"):
            quotient, noise = self.ladder.quotient(short, self.jitter)
            long, _ = self.ladder.quotient(rung, self.jitter)
            left = LEFTOVER / 2**self.ladder.shorter * np.abs(long - reading.value)
            bar = SPREADS * reading.truncation + reading.noise + noise + left
            return np.asarray(~(np.abs(quotient - reading.value) > bar))

    def next_rung(self) -> int | None:
        """Return the rung that the first unfinished output wants, dropping those that want none."""
        while not self.done.all():
            i = int(np.argmin(self.done))
            rung = self._wanted(int(self.low[i]), int(self.high[i]))
            if rung is not None:
                return rung
            self.done[i] = True
        return None

    def _wanted(self, low: int, high: int) -> int | None:
        """Return the rung to try for one output, given its bracket."""
        ladder = self.ladder
        if low == NONE:
            rung = max(high - self._move(high), ladder.lowest)
        elif high == NONE:
            rung = min(low + self._move(low), ladder.highest)
        elif high - low <= NARROW:
            return None
        else:
            rung = (low + high) // 2
        return None if rung in self.readings else rung

    def _move(self, rung: int) -> int:
        """Return a move twice as long as the last one, measured from the first rung read."""
        return FIRST_MOVE + abs(rung - next(iter(self.readings)))


def search(
    ladder: Ladder, jitter: Jitter, wanted: Mask, start: int = 0, goal: float = 0.0
) -> Search:
    """Find the step of least error for every output.

    Parameters
    ----------
    ladder
        The stencils; not empty.
    jitter
        The noise of one value.
    wanted
        The outputs that matter; the others take what falls off.
    start
        The rung to begin with.
    goal
        An error bar that is good enough whatever the derivative.

    Returns
    -------
    Search
        Outputs whose error is inf stand still (`flat` > 0), or settled at no step.
    """
    size = ladder.section.probe.base.size
    zeros, none = np.zeros(size), np.full(size, NONE, dtype=np.int64)
    found = Search(
        ladder, jitter, np.full(size, np.nan), np.full(size, np.inf), zeros, zeros, zeros,
        none, none, ~wanted, {},
    )  # fmt: skip
    rung: int | None = min(max(start, ladder.lowest), ladder.highest)
    while rung is not None and len(found.readings) < STENCILS:
        found.take(rung, np.asarray(goal))
        rung = found.next_rung()
    return found


def fallback(found: Search) -> tuple[Floats, Floats, Floats]:
    """Estimate outputs whose truncation never sank into the noise: kinks, powers, oscillations.

    Returns
    -------
    value, error, step : ndarray, shape (m,)
        The error is inf where shorter steps do not confirm the estimate (a vertical tangent).
    """
    rungs = sorted(found.readings)
    readings = [found.readings[rung] for rung in rungs]
    size = found.value.size
    values = np.array([r.value for r in readings])
    with np.errstate(all="ignore"):
        errors = np.array([SPREADS * r.truncation + r.noise for r in readings])
        errors[np.array([r.variation == 0 for r in readings])] = np.inf
        best = np.argmin(errors, axis=0)
        every = np.arange(size)
        value, error = values[best, every], errors[best, every]
        noise = np.array([r.noise for r in readings])
        apart = np.where(np.isfinite(errors), np.abs(values - value) - noise, 0.0)
        finer = np.arange(len(rungs))[:, None] < best
    error = np.where(np.where(finer, apart, 0.0).max(axis=0) > error, np.inf, error)
    step = np.array([r.step for r in readings])[best]
    return np.where(np.isfinite(error), value, np.nan), error, step
