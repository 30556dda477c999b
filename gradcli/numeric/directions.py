"""Checking a long gradient along a few random directions, and finding the entry that is wrong.

A direction is scale · z with z standard normal, so the mismatch of a claim g against a true
gradient t along it is normal with deviation ‖scale · (g − t)‖: the probability of missing an
error of a given size is known exactly, and no structure of the error can hide from it. A
mismatch is then bisected: half of the entries at a time. May import the room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcli.numeric.accusation import CONTRADICTION
from gradcli.numeric.differences import random_direction
from gradcli.numeric.noise import evaluation_noise
from gradcli.numeric.probe import Floats, Probe, coordinate_scale
from gradcli.numeric.section import direction
from gradcli.numeric.slopes import Kind, slope

# Directions for one check; four miss an error ten times the threshold with probability 4e-5.
DIRECTIONS = 4
# Roundoff of the claimed slope, a sum of many products, in units of their absolute sum:
# pairwise summation in blocks of 128 (Higham 2002, *Accuracy and Stability*, §4.2).
SUM_ROUNDOFFS = 256.0
# Unit roundoff of the sums themselves.
DOUBLE_UNIT = 2.0**-53
# Fresh directions for a half that looks right while the whole was wrong.
SECOND_LOOKS = 2

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Directional:
    """Slopes along random directions, measured and claimed.

    Parameters
    ----------
    value, error
        Measured slopes and half-widths of their bars, shape (directions,).
    claimed
        The claimed gradient times each direction.
    threshold
        A mismatch up to this is no mismatch: ten bars plus the claim's own bound.
    size
        ‖scale · claim‖: the typical claimed slope along a direction.
    evaluations
        Function evaluations spent.
    """

    value: Floats
    error: Floats
    claimed: Floats
    threshold: Floats
    size: float
    evaluations: int

    @property
    def contradicts(self) -> NDArray[np.bool_]:
        """Which directions contradict the claim; unknown slopes contradict nothing.

        A contradiction is a suspicion: many small jumps look like a slope from afar. Without
        other witnesses only `black_box` on a located entry accuses.
        """
        with np.errstate(invalid="ignore"):
            return np.asarray(~(np.abs(self.value - self.claimed) <= self.threshold)) & self.known

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which directions have a slope with a finite bar."""
        return np.asarray(np.isfinite(self.threshold))

    def miss_probability(self, relative: float = 1e-3) -> float:
        """Return the probability that no direction notices an error of a given size.

        Parameters
        ----------
        relative
            ‖scale · (claim − truth)‖ / ‖scale · claim‖.

        Notes
        -----
        The mismatch along one direction is normal with deviation δ = relative · size, so that
        it stays below a threshold τ with probability erf(τ / (δ √2)).
        """
        deviation = relative * self.size
        if deviation == 0:
            return 1.0
        ratios = (float(t) / (deviation * math.sqrt(2)) for t in self.threshold)
        return math.prod(math.erf(ratio) for ratio in ratios)


@dataclass(frozen=True, slots=True)
class Located:
    """Where bisection ended.

    Parameters
    ----------
    indices
        Flat indices of entries whose own slope contradicts the claim.
    value, error
        Their measured derivatives and bars.
    is_complete
        False when a contradicted set could not be narrowed down to an entry, or the limit cut
        the search short.
    evaluations
        Function evaluations spent.
    """

    indices: tuple[int, ...]
    value: tuple[float, ...]
    error: tuple[float, ...]
    is_complete: bool
    evaluations: int


@dataclass(frozen=True, slots=True)
class _Along:
    """One measured direction."""

    value: float
    error: float
    claimed: float
    threshold: float

    @property
    def contradicts(self) -> bool:
        near = abs(self.value - self.claimed) <= self.threshold
        return math.isfinite(self.threshold) and not near


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A claim, flattened, and what is needed to measure slopes against it."""

    probe: Probe
    k: int
    claim: Floats
    bound: Floats
    scale: Floats
    noise: Floats
    rng: np.random.Generator

    def along(self, part: Indices) -> _Along:
        """Measure the slope along a random direction that moves the entries of a part."""
        weights = self.rng.standard_normal(part.size) if part.size > 1 else np.ones(part.size)
        tangent = np.zeros(self.claim.size)
        tangent[part] = self.scale[part] * weights
        if not np.any(tangent):
            return _Along(0.0, 0.0, 0.0, 0.0)
        shaped = tangent.reshape(self.probe.points[self.k].shape)
        found = slope(direction(self.probe, {self.k: shaped}), self.noise)
        value, error = float(found.value[0]), float(found.error[0])
        if found.kind[0] in (Kind.SILENT, Kind.TREAD, Kind.UNSETTLED):
            error = math.inf
        products = self.claim[part] * tangent[part]
        rounding = SUM_ROUNDOFFS * DOUBLE_UNIT * float(np.sum(np.abs(products)))
        own = float(np.sum(self.bound[part] * np.abs(tangent[part])))
        threshold = CONTRADICTION * error + rounding + own
        return _Along(value, error, float(np.sum(products)), threshold)

    def bad_halves(self, part: Indices) -> list[Indices]:
        """Return the halves of a contradicted part that are contradicted themselves."""
        halves = [part[: part.size // 2], part[part.size // 2 :]]
        for _ in range(SECOND_LOOKS):
            bad = [half for half in halves if self.along(half).contradicts]
            if bad:
                return bad
        return []


def directional_check(
    f: Callable[..., Any],
    xs: Sequence[Any],
    claim: ArrayLike,
    k: int,
    rng: np.random.Generator,
    count: int = DIRECTIONS,
    bound: ArrayLike = 0.0,
) -> Directional:
    """Compare a claimed gradient of a scalar function with slopes along random directions.

    Parameters
    ----------
    f, xs, k
        As in `differences.gradient`.
    claim
        The gradient with respect to argument `k`, of its shape.
    rng
        Source of the directions.
    count
        Number of directions, each about 8 evaluations.
    bound
        How far every entry of the claim may be off by itself.

    Raises
    ------
    ValueError
        The value is not a finite real scalar, or the claim has another size.
    """
    comparison = _prepare(f, xs, claim, k, rng, bound)
    every = np.arange(comparison.claim.size)
    rows = [comparison.along(every) for _ in range(count)]
    return Directional(
        np.array([row.value for row in rows]),
        np.array([row.error for row in rows]),
        np.array([row.claimed for row in rows]),
        np.array([row.threshold for row in rows]),
        float(np.linalg.norm(comparison.scale * comparison.claim)),
        comparison.probe.evaluations,
    )


def locate(
    f: Callable[..., Any],
    xs: Sequence[Any],
    claim: ArrayLike,
    k: int,
    rng: np.random.Generator,
    limit: int = 3,
    bound: ArrayLike = 0.0,
) -> Located:
    """Find entries of a claimed gradient that are wrong, by halving the set of entries.

    Parameters
    ----------
    f, xs, claim, k, rng, bound
        As in `directional_check`.
    limit
        Stop after this many wrong entries.

    Raises
    ------
    ValueError
        As in `directional_check`.

    Notes
    -----
    About 16 · log2(n) evaluations for one wrong entry among n.
    """
    comparison = _prepare(f, xs, claim, k, rng, bound)
    found: list[tuple[int, _Along]] = []
    pending, complete = [np.arange(comparison.claim.size)], True
    while pending and len(found) < limit:
        part = pending.pop()
        if part.size > 1:
            bad = comparison.bad_halves(part)
            complete &= bool(bad)
            pending += bad
            continue
        along = comparison.along(part)
        complete &= along.contradicts
        if along.contradicts:
            found.append((int(part[0]), along))
    found.sort(key=lambda pair: pair[0])
    return Located(
        tuple(i for i, _ in found),
        tuple(a.value / float(comparison.scale[i]) for i, a in found),
        tuple(a.error / float(comparison.scale[i]) for i, a in found),
        complete and not pending,
        comparison.probe.evaluations,
    )


def _prepare(
    f: Callable[..., Any],
    xs: Sequence[Any],
    claim: ArrayLike,
    k: int,
    rng: np.random.Generator,
    bound: ArrayLike,
) -> _Comparison:
    """Evaluate at the point, flatten the claim and its bound, and measure the noise once."""
    probe = Probe(f, xs, (k,))
    point = probe.points[k]
    given = np.asarray(claim, dtype=np.float64).ravel()
    if probe.base.size != 1 or not probe.is_finite or given.size != point.size:
        raise ValueError("a directional check needs a finite scalar value and a claim of its size")
    slack = np.broadcast_to(np.asarray(bound, dtype=np.float64), point.shape).ravel()
    noise = evaluation_noise(random_direction(probe, k, rng)) if point.size else np.zeros(1)
    return _Comparison(probe, k, given, slack, coordinate_scale(point).ravel(), noise, rng)
