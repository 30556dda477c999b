"""The smallest counter-example: few, small, round numbers at which a claim fails.

May import `effort` and NumPy. Points are tried in the order in which a person would
like to get them: fewest non-zeros, then smallest magnitudes; among equals one with a
non-zero claim, then the lexicographically greatest. A point is taken only if the gradient
is steady around it, so that a kink is never offered as a counter-example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, groupby, product
from typing import Any

import numpy as np

from gradcli.reports import Array
from gradcli.verify.diagnosis.effort import Effort

# Points tried at the most; enough for two non-zeros among thirty entries.
MOST_TRIED = 600
_MOST_NONZERO = 3
_MAGNITUDES: tuple[tuple[float, ...], ...] = ((1.0,), (1.0, -1.0), (1.0, 2.0, -1.0, -2.0))
# A claim fails clearly if it is off by this much, relative to the larger of the two.
_CLEAR = 1e-4
# How far the neighbours are at which the gradient must be nearly the same.
_STEP = 1e-6
_STEADY = 1e-3

At = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A point at which a claim fails.

    Parameters
    ----------
    point
        One array per variable.
    claim, expected
        What is claimed and what is right, one array per variable, ``None`` where nothing
        is claimed.
    """

    point: tuple[Array, ...]
    claim: tuple[Array | None, ...]
    expected: tuple[Array | None, ...]


def smallest_failure(
    claim_at: At,
    gradient_at: At,
    inputs: Sequence[Array],
    effort: Effort | None = None,
    cost: float = 1.0,
) -> Failure | None:
    """Return the smallest point found at which a claim clearly fails.

    Parameters
    ----------
    claim_at, gradient_at
        The claim and the true gradient as functions of the variables.
    inputs
        The point at which the claim failed; the last resort.
    effort, cost
        How much may be tried, and what one point costs.

    Returns
    -------
    Failure or None
    """
    effort = effort or Effort()
    shapes = [np.shape(x) for x in inputs]
    for _, level in groupby(_candidates(inputs), key=lambda found: found.level):
        silent: Failure | None = None
        for candidate in sorted(level, key=lambda found: found.rank, reverse=True):
            if not effort.spend(cost):
                return silent
            found = _failure(claim_at, gradient_at, _shaped(candidate.flat(), shapes))
            if found is not None and any(c is not None and np.any(c) for c in found.claim):
                return found
            silent = silent or found
        if silent is not None:
            return silent
    return None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A point to be tried: how simple it is, its place among equals, and its entries."""

    level: int
    rank: tuple[tuple[float, ...], ...]
    flat: Callable[[], Array]


def _candidates(inputs: Sequence[Array]) -> Iterator[_Candidate]:
    """Yield points level by level, simplest first."""
    size = sum(np.size(x) for x in inputs)
    tried = 0
    level = 0
    for nonzero in range(1, min(size, _MOST_NONZERO) + 1):
        for values in _MAGNITUDES:
            for places in combinations(range(size), nonzero):
                for signs in product(values, repeat=nonzero):
                    flat = partial(_sparse, size, places, signs)
                    yield _Candidate(level, _rank(places, signs), flat)
                    tried += 1
                    if tried >= MOST_TRIED:
                        yield from _fallbacks(inputs, level + 1)
                        return
            level += 1
    yield from _fallbacks(inputs, level + 1)


def _sparse(size: int, places: Sequence[int], values: Sequence[float]) -> Array:
    flat = np.zeros(size)
    flat[list(places)] = values
    return flat


def _rank(places: Sequence[int], values: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """Return what orders arrays with few non-zeros as their entries do, one after the other."""
    nonzero = [(2.0, -p, v) if v > 0 else (0.0, p, v) for p, v in zip(places, values, strict=True)]
    return (*nonzero, (1.0,))


def _fallbacks(inputs: Sequence[Array], level: int) -> Iterator[_Candidate]:
    """Yield points without zeros, and the given point in fewer and fewer rounded digits."""
    given = np.concatenate([np.ravel(x) for x in inputs]).astype(np.float64)
    yield _Candidate(level, (), lambda: np.ones(given.size))
    yield _Candidate(level + 1, (), lambda: np.full(given.size, 2.0))
    yield _Candidate(level + 2, (), lambda: np.arange(1.0, given.size + 1.0))
    for digits in (0, 1, 2):
        yield _Candidate(level + 3 + digits, (), partial(_rounded, given, digits))


def _rounded(given: Array, digits: int) -> Array:
    return np.asarray(np.round(given, digits))


def _shaped(flat: Array, shapes: Sequence[tuple[int, ...]]) -> tuple[Array, ...]:
    out, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape, dtype=np.int64))
        out.append(flat[start : start + size].reshape(shape))
        start += size
    return tuple(out)


def _failure(claim_at: At, gradient_at: At, point: tuple[Array, ...]) -> Failure | None:
    """Return the failure of the claim at a point, or ``None``."""
    claimed = attempt(claim_at, point)
    true = attempt(gradient_at, point)
    if claimed is None or true is None:
        return None
    judged = [(c, t) for c, t in zip(claimed, true, strict=True) if c is not None]
    if not judged or not any(_differs(c, t) for c, t in judged):
        return None
    if not _is_steady(gradient_at, point, true):
        return None
    return Failure(point, claimed, true)


def attempt(at: At, point: Sequence[Array]) -> tuple[Array | None, ...] | None:
    """Return what a function says at a point, ``None`` where it fails or is not finite."""
    try:
        with np.errstate(all="ignore"):
            found = at(*[np.array(x) for x in point])
    except Exception:
        return None
    arrays = tuple(None if a is None else np.asarray(a, dtype=np.float64) for a in found)
    if any(a is not None and not np.isfinite(a).all() for a in arrays):
        return None
    return arrays


def _differs(claimed: Array, true: Array | None) -> bool:
    """Whether a claim is clearly off."""
    if true is None or np.shape(claimed) != np.shape(true):
        return False
    scale = max(float(np.max(np.abs(claimed), initial=0)), float(np.max(np.abs(true), initial=0)))
    return bool(np.max(np.abs(claimed - true), initial=0) > _CLEAR * scale)


def _is_steady(gradient_at: At, point: Sequence[Array], true: Sequence[Array | None]) -> bool:
    """Whether the gradient is nearly the same on both sides of a point."""
    stream = np.random.default_rng(0)
    for sign in (1.0, -1.0):
        moved = [x + sign * _STEP * stream.uniform(0.5, 1.0, np.shape(x)) for x in point]
        near = attempt(gradient_at, moved)
        if near is None:
            return False
        for a, b in zip(near, true, strict=True):
            if a is None or b is None:
                continue
            scale = max(1.0, float(np.max(np.abs(b), initial=0)))
            if float(np.max(np.abs(a - b), initial=0)) > _STEADY * scale:
                return False
    return True
