"""Judging a claimed gradient by finite differences alone, where the function cannot be traced.

A claim is called wrong only when two families of central stencils with disjoint steps and both
one-sided quotients agree within their error bars, and the claim lies more than ten of each bar
plus its own bound away from every one of them (verdict.md, §2, step 8); and when no jump nearby
could explain the difference. An entry is called ok when an informative estimate confirms it;
everything else is a kink or inconclusive, with a reason. May import the room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcli.numeric.accusation import Ruling, Witness, examine
from gradcli.numeric.differences import INFORMATIVE, coordinate_slopes, random_direction
from gradcli.numeric.noise import evaluation_noise
from gradcli.numeric.probe import Floats, Probe, unit_roundoff
from gradcli.numeric.section import Coordinate
from gradcli.numeric.slopes import Kind, Slope
from gradcli.numeric.stencils import DEVIATIONS

# A claim is known to this many units of roundoff if nothing else is said.
CLAIM_ROUNDOFFS = 8.0
# A derivative of 0 is known where its bar is small against this part of the steepest quotient of
# the stencil: at an optimum, where the gradient has no size of its own.
STILL = 0.01
# Seed of the direction along which a claim's own noise is measured.
SEED = 20110609


@dataclass(frozen=True, slots=True)
class BlackBox:
    """What finite differences say about every entry of a claimed gradient.

    Parameters
    ----------
    decision
        ``ok``, ``wrong``, ``kink`` or ``inconclusive``, of the argument's shape.
    reason
        Half a sentence for every entry, same shape.
    claim, bound
        What was judged, and the uncertainty it was granted.
    first, first_error, second, second_error
        Central differences with two disjoint families of steps.
    left, left_error, right, right_error
        One-sided quotients. Those and the second family are only asked for where the first
        family does not confirm the claim; nan and inf elsewhere.
    evaluations
        Function evaluations spent.
    """

    decision: NDArray[np.str_]
    reason: NDArray[np.str_]
    claim: Floats
    bound: Floats
    first: Floats
    first_error: Floats
    second: Floats
    second_error: Floats
    left: Floats
    left_error: Floats
    right: Floats
    right_error: Floats
    evaluations: int


def black_box(
    f: Callable[..., Any],
    xs: Sequence[Any],
    claim: ArrayLike,
    k: int = 0,
    bound: ArrayLike | None = None,
) -> BlackBox:
    """Judge a claimed gradient of a scalar function entry by entry.

    Parameters
    ----------
    f, xs, k
        As in `differences.gradient`.
    claim
        The gradient in question, of the argument's shape.
    bound
        How far the claim may be off for reasons of its own evaluation (`claim_bound`); by
        default eight units of roundoff of its entries.

    Raises
    ------
    ValueError
        The value is not a finite real scalar, or the claim has another shape.
    """
    probe = Probe(f, xs, (k,))
    shape = probe.points[k].shape
    given = np.asarray(claim, dtype=np.float64)
    if probe.base.size != 1 or not probe.is_finite or given.shape != shape:
        raise ValueError("black_box needs a finite scalar value and a claim of the point's shape")
    entries = given.ravel()
    size = np.where(np.isfinite(entries), np.abs(entries), 0.0)
    default = CLAIM_ROUNDOFFS * unit_roundoff(probe.points[k].dtype) * size
    bounds = default if bound is None else np.broadcast_to(np.asarray(bound), shape).ravel()
    slopes = coordinate_slopes(probe, k)
    scale = _scale(slopes)
    rulings = [
        _judge(Coordinate(probe, k, i), s, float(entries[i]), float(bounds[i]), scale)
        for i, s in enumerate(slopes)
    ]
    return _gather(rulings, entries, bounds, shape, probe.evaluations)


def claim_bound(g: Callable[..., Any], xs: Sequence[Any], k: int = 0) -> Floats:
    """Return the evaluation noise of a claimed gradient function, of its output's shape.

    Parameters
    ----------
    g
        ``g(*xs)`` returns the claimed gradient.
    xs, k
        The point, and the argument to move: all its entries at once.

    Returns
    -------
    ndarray
        Three standard deviations of the noise and at least eight units of roundoff.
    """
    probe = Probe(g, xs, (k,))
    least = CLAIM_ROUNDOFFS * probe.unit * np.abs(probe.base)
    if not probe.points[k].size:
        return least.reshape(probe.shape)
    noise = evaluation_noise(random_direction(probe, k, np.random.default_rng(SEED)))
    return np.maximum(DEVIATIONS * noise, least).reshape(probe.shape)


def _scale(slopes: list[Slope]) -> float:
    """Return the largest derivative that is known well: the size of the gradient."""
    known = [abs(float(s.value[0])) for s in slopes if s.error[0] < INFORMATIVE * abs(s.value[0])]
    return max(known, default=0.0)


def _judge(section: Coordinate, first: Slope, claim: float, bound: float, scale: float) -> Ruling:
    """Let the first family confirm an entry, or examine it with all the others."""
    value, error, kind = float(first.value[0]), float(first.error[0]), int(first.kind[0])
    witness = Witness(value, error, float(first.step[0]))
    if kind == Kind.UNUSED and claim == 0:
        return Ruling("ok", "the function does not depend on this entry", witness)
    variation = STILL * float(first.variation[0])
    informative = error < INFORMATIVE * max(abs(value), scale, variation)
    if not (informative and witness.confirms(claim, bound)):
        return examine(section, witness, kind, claim, bound, informative)
    if kind == Kind.ONE_SIDED:
        return Ruling("kink", "the edge of the domain: equals the slope on the inside", witness)
    return Ruling("ok", "confirmed by central differences", witness)


def _gather(
    rulings: list[Ruling], claim: Floats, bound: Floats, shape: tuple[int, ...], evaluations: int
) -> BlackBox:
    """Lay the rulings out as arrays."""
    first, second, left, right = (
        [getattr(r, name) for r in rulings] for name in ("first", "second", "left", "right")
    )
    return BlackBox(
        np.array([r.decision for r in rulings], dtype=np.str_).reshape(shape),
        np.array([r.reason for r in rulings], dtype=np.str_).reshape(shape),
        claim.reshape(shape),
        bound.reshape(shape),
        *_columns(first, shape),
        *_columns(second, shape),
        *_columns(left, shape),
        *_columns(right, shape),
        evaluations=evaluations,
    )


def _columns(witnesses: list[Witness], shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return values and errors as arrays."""
    value = np.array([w.value for w in witnesses], dtype=np.float64).reshape(shape)
    return value, np.array([w.error for w in witnesses], dtype=np.float64).reshape(shape)
