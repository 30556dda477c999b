"""Second derivatives of a callable by differences of the callable itself, with error bars.

May import the room and `reports`. Differences of somebody's gradient would repeat its bugs;
these see only the function. Every entry of ``v ↦ ∂<∇f, v>/∂x_i`` is one mixed second
difference along the coordinate and v (`crossing`), with the step chosen by the same search
as for first derivatives, against the measured noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.numeric.crossing import Crossing, crossing
from gradcli.numeric.differences import METHOD, SEED, Function, margins, random_direction
from gradcli.numeric.edges import edge
from gradcli.numeric.ladder import Ladder
from gradcli.numeric.noise import SAMPLES, evaluation_noise
from gradcli.numeric.plateau import FAR, HIDDEN, SPAN
from gradcli.numeric.probe import Array, Floats, Probe, coordinate_scale
from gradcli.numeric.section import Direction, Section, direction
from gradcli.numeric.slopes import PLAUSIBLE
from gradcli.numeric.stencils import DEVIATIONS, SUBNORMAL, Jitter
from gradcli.numeric.steps import Search, search
from gradcli.reports import Estimate, silent

# Where truncation and noise balance: the spread of the first level falls as h^4, and the
# noise of a second difference grows as 1/h².
POWER = 1 / 6
SHORTEST_START, LONGEST_START = 1e-4, 0.02
# A sum of two tangents below this part of their sizes is a rounding error.
ROUNDING = 1e-12
# A step this many rungs below the first may lie on one tread of a float staircase.
DEEP = 3
# Coordinate margins are taken along one axis at a time; a corner moves two.
DIAGONAL = 0.5

Tangents = dict[int, Array]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One second derivative with its bar and the step that was used."""

    value: float
    error: float
    step: float


_UNKNOWN = _Entry(math.nan, math.inf, 0.0)


def slope_gradient(
    f: Function,
    xs: Sequence[Any],
    vs: Sequence[Any],
    k: int = 0,
    margin: Callable[[int], Any] | None = None,
) -> Estimate:
    """Return the gradient of ``<∇f, v>`` by one argument: the Hessian times v.

    Parameters
    ----------
    f
        ``f(*xs)`` returns a number or an array with one entry.
    xs
        The arguments; every evaluation gets fresh copies.
    vs
        One vector per argument, of its shape; ``None`` for an argument without one.
    k
        Number of the argument to differentiate by.
    margin
        Argument number → distances to the nearest kink, a pair (left, right) of its shape.

    Returns
    -------
    Estimate
        Value and error of the argument's shape; status ``unavailable`` where the value is
        not a finite real scalar. An entry without a settled step has an infinite bar.

    Examples
    --------
    >>> found = slope_gradient(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), ([1.0, 1.0],))
    >>> bool(np.all(abs(found.value - [6, 12]) <= found.error)), float(found.error.max()) < 1e-6
    (True, True)
    """
    shape = np.shape(xs[k])
    vectors = {
        j: np.broadcast_to(np.asarray(v, dtype=np.float64), np.shape(xs[j]))
        for j, v in enumerate(vs)
        if v is not None and np.any(v)
    }
    moving = {k, *vectors}
    if any(np.iscomplexobj(xs[j]) for j in moving):
        return silent(METHOD, "unavailable", "the arguments are complex", shape)
    probe = Probe(f, xs, moving)
    if not probe.is_finite or probe.base.size != 1:
        return silent(METHOD, "unavailable", "the value is not a finite real scalar", shape)
    if not vectors:
        zero = np.zeros(shape)
        return Estimate(zero, zero, METHOD, probe.evaluations, note="the vector is zero")
    task = _Task(probe, k, vectors, _noise(probe, k), _rooms(probe, moving, margin))
    entries = [task.entry(i) for i in range(probe.points[k].size)]
    value = np.array([e.value for e in entries]).reshape(shape)
    error = np.array([e.error for e in entries]).reshape(shape)
    return Estimate(value, error, METHOD, probe.evaluations, note=_note(entries))


def _noise(probe: Probe, k: int) -> Floats:
    return evaluation_noise(random_direction(probe, k, np.random.default_rng(SEED)))


def _rooms(
    probe: Probe, moving: set[int], margin: Callable[[int], Any] | None
) -> dict[int, Floats]:
    """Return how far every entry may move to either side."""
    rooms = {}
    for j in moving:
        shape = probe.points[j].shape
        left, right = margins(math.inf if margin is None else margin(j), shape)
        rooms[j] = np.minimum(left, right).reshape(shape)
    return rooms


@dataclass(frozen=True, slots=True)
class _Task:
    """What all entries have in common.

    Parameters
    ----------
    probe, k, vectors, noise, rooms
        The function, the argument, the vector by argument, the noise of a value, and the room
        of every entry.
    """

    probe: Probe
    k: int
    vectors: Tangents
    noise: Floats
    rooms: dict[int, Floats]

    def entry(self, i: int) -> _Entry:
        """Return one entry; near 0 by relative steps and by steps of unit size.

        Relative steps alone see one tread of log(1 + x²) at 1e-8, long ones alone jump over
        what a function does near 0. Neither counts alone.
        """
        short = self._attempt(i, 0.0)
        if not self._has_small():
            return short
        long = self._attempt(i, 1.0)
        bars = short.error + long.error
        if not math.isfinite(bars) or abs(short.value - long.value) > bars:
            return _UNKNOWN
        return min(short, long, key=lambda entry: entry.error)

    def _has_small(self) -> bool:
        return any(bool(np.any((x != 0) & (np.abs(x) < 1))) for x in self.probe.points.values())

    def _attempt(self, i: int, least: float) -> _Entry:
        """Return one entry with steps relative to the entries, or to `least` if that is more."""
        u, width = self._coordinate(i, least)
        v, length = self._vector(least)
        both, apart = _added(u, v, 1.0), _added(u, v, -1.0)
        if not any(np.any(t) for t in both.values()):
            both, apart = apart, both
            length = -length
        line = _line(self.probe, both)
        crossed = any(np.any(t) for t in apart.values())
        other = _line(self.probe, apart) if crossed else None
        reach = DIAGONAL * min(self._reach(both), self._reach(apart))
        jitter = Jitter(self.noise, self.probe.unit)
        ladder = crossing(line, other, _first_step(line, jitter), reach)
        if ladder.is_empty:
            return _UNKNOWN
        return _scaled(_read(ladder, jitter), width * length)

    def _coordinate(self, i: int, least: float) -> tuple[Tangents, float]:
        """Return the tangent of one coordinate, as long as its scale, and that length."""
        point = self.probe.points[self.k]
        width = max(float(coordinate_scale(point).flat[i]), least)
        tangent = np.zeros(point.shape)
        tangent.flat[i] = width
        return {self.k: tangent}, width

    def _vector(self, least: float) -> tuple[Tangents, float]:
        """Return the vector as a tangent that moves its fastest entry by its scale."""
        speeds = [
            float(np.max(np.abs(v) / np.maximum(coordinate_scale(self.probe.points[j]), least)))
            for j, v in self.vectors.items()
        ]
        length = 1.0 / max(speeds)
        return {j: v * length for j, v in self.vectors.items()}, length

    def _reach(self, tangents: Tangents) -> float:
        """Return how far a line may be followed before an entry leaves its room."""
        steps = [math.inf]
        for j, tangent in tangents.items():
            moves = tangent != 0
            steps.append(
                float(np.min(self.rooms[j][moves] / np.abs(tangent[moves]), initial=np.inf))
            )
        return min(steps)


def _added(u: Tangents, v: Tangents, sign: float) -> Tangents:
    """Return u ± v; what is left by rounding alone is 0."""
    total = dict(u)
    for j, tangent in v.items():
        if j not in total:
            total[j] = sign * tangent
            continue
        size = np.abs(total[j]) + np.abs(tangent)
        added = total[j] + sign * tangent
        total[j] = np.where(np.abs(added) > ROUNDING * size, added, 0.0)
    return total


def _line(probe: Probe, tangents: Tangents) -> Direction:
    """Return the line along tangents that are as long as the scale of what they move."""
    return replace(direction(probe, tangents), scale=1.0)


def _first_step(line: Section, jitter: Jitter) -> float:
    """Return the step at which truncation and noise balance for a function of the scale's size."""
    base = float(np.abs(line.probe.base[0]))
    relative = float(jitter.of(line.probe.base)[0]) / base if base > 0 else jitter.unit
    balance = min(max(float(relative**POWER), SHORTEST_START), LONGEST_START)
    return balance * line.scale


def _read(ladder: Crossing, jitter: Jitter) -> _Entry:
    """Return the derivative along the two lines of a ladder, per unit of their steps."""
    found = search(ladder, jitter, np.ones(1, dtype=bool))
    if _is_restless(found):
        # What is noise at the stencil's own scale need not show beside the point.
        width = min(ladder.first, ladder.reach) / (2 * SAMPLES)
        louder = evaluation_noise(ladder.section, width, reach=ladder.reach)
        rounding = DEVIATIONS * float(louder[0]) < PLAUSIBLE * _size(ladder)
        if rounding and louder[0] > jitter.deviation[0]:
            found = search(ladder, Jitter(louder, jitter.unit), np.ones(1, dtype=bool))
    value, error, step = float(found.value[0]), float(found.error[0]), float(found.step[0])
    if np.isfinite(error):
        return _Entry(value, error, step)
    if found.flat[0] >= ladder.first:
        return _standing_still(found)
    return _UNKNOWN


def _is_restless(found: Search) -> bool:
    """Whether nothing settled, or only far below the first step: on a tread, or on noise."""
    if np.isinf(found.error[0]) and found.flat[0] >= found.ladder.first:
        return False
    deep = math.log2(max(found.step[0], SUBNORMAL) / found.ladder.first) < -DEEP
    return bool(np.isinf(found.error[0])) or deep


def _size(ladder: Crossing) -> float:
    """Return the largest magnitude met."""
    known = [abs(float(row[0])) for row in ladder.values.values() if math.isfinite(row[0])]
    return max(known, default=0.0)


def _standing_still(found: Search) -> _Entry:
    """Return the derivative 0 of a function that moved at no corner, with an honest bar.

    As for first derivatives (`plateau`): the jump where it first moves farther away, and what
    underflow may have hidden, over the area in which nothing moved.
    """
    ladder = found.ladder
    width = SPAN * float(found.flat[0])
    noise = float(found.jitter.of(ladder.section.probe.base)[0])
    hidden = max(_first_jump(ladder, width, sign) for sign in (1.0, -1.0))
    return _Entry(0.0, (hidden + noise + HIDDEN) / (width * width), float(found.flat[0]))


def _first_jump(ladder: Ladder, inside: float, sign: float) -> float:
    """Return how far a function jumps where it first moves along the line; 0 if it never does."""
    section = ladder.section

    def deviation(step: float) -> float:
        return float(section.at(sign * step)[0] - section.probe.base[0])

    for distance in FAR:
        outside = section.snap(distance * max(section.scale, 1.0))
        if outside > ladder.reach:
            break
        change = deviation(outside)
        if math.isfinite(change) and change != 0:
            return edge(section, deviation, inside, outside)
    return 0.0


def _scaled(entry: _Entry, area: float) -> _Entry:
    """Return a derivative per unit of the coordinate and of the vector."""
    return _Entry(entry.value / area, entry.error / abs(area), entry.step)


def _note(entries: Sequence[_Entry]) -> str:
    """Say which steps were used, and how many entries had none."""
    used = [e.step for e in entries if e.step > 0]
    steps = f"steps {min(used):.1e} to {max(used):.1e}" if used else "no step"
    unknown = sum(1 for e in entries if not math.isfinite(e.error))
    rest = f", {unknown} unsettled" if unknown else ""
    return f"second differences of the function, 2 levels of extrapolation; {steps}{rest}"
