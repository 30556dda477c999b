"""Gradients, Jacobians and directional derivatives of a callable, with error bars.

May import the room and `reports`. Every function takes the callable, the tuple of its arguments
and, where one argument is meant, its number; it never raises for what the function does beside
the point, and what it cannot know comes back with an infinite error bar.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcli.numeric.noise import SAMPLES, SPACING, evaluation_noise
from gradcli.numeric.probe import Array, Floats, Probe, coordinate_scale
from gradcli.numeric.section import Coordinate, Direction, direction
from gradcli.numeric.slopes import Kind, Request, Slope, slope
from gradcli.reports import Estimate, silent

Function = Callable[..., Any]

METHOD = "fd"
# An estimate speaks where its bar is below this part of the derivative's size (verdict.md, §2).
INFORMATIVE = 0.1
# The noise is measured along one pseudo-random direction; the same one in every run.
SEED = 20110608

_WORDS = {
    Kind.ONE_SIDED: "one-sided",
    Kind.FLAT: "standing still",
    Kind.UNUSED: "unused",
    Kind.UNSETTLED: "unsettled",
    Kind.TREAD: "between jumps",
    Kind.SILENT: "unknown",
}


def gradient(f: Function, xs: Sequence[Any], k: int = 0, margin: Any = math.inf) -> Estimate:
    """Return the gradient of a scalar function with respect to one argument.

    Parameters
    ----------
    f
        ``f(*xs)`` returns a number or an array with one entry.
    xs
        The arguments; every evaluation gets fresh copies.
    k
        Number of the argument to differentiate with respect to, of any shape.
    margin
        Distance to the nearest kink along every coordinate, broadcast to the argument's shape;
        or a pair (left, right). Stencils stay inside.

    Returns
    -------
    Estimate
        Value and error of the argument's shape; status ``unavailable`` where the value is not a
        finite real scalar.

    Examples
    --------
    >>> slope = gradient(lambda x: np.sum(x**2), (np.array([1.0, 2.0]),))
    >>> bool(np.all(abs(slope.value - [2, 4]) <= slope.error)), float(slope.error.max()) < 1e-9
    (True, True)
    """
    shape = np.shape(xs[k])
    probe = _listen(f, xs, (k,))
    if probe is None or probe.base.size != 1:
        return silent(METHOD, "unavailable", "the value is not a finite real scalar", shape)
    columns = coordinate_slopes(probe, k, margin)
    return _estimate(columns, shape, probe.evaluations)


def jacobian(f: Function, xs: Sequence[Any], k: int = 0, margin: Any = math.inf) -> Estimate:
    """Return the Jacobian of an array function with respect to one argument.

    Parameters
    ----------
    f, xs, k, margin
        As in `gradient`, for an array output of any shape.

    Returns
    -------
    Estimate
        Value and error of shape ``output.shape + argument.shape``.
    """
    probe = _listen(f, xs, (k,))
    if probe is None:
        return silent(METHOD, "unavailable", "the value is not finite and real", np.shape(xs[k]))
    columns = coordinate_slopes(probe, k, margin) if probe.base.size else []
    return _estimate(columns, probe.shape + np.shape(xs[k]), probe.evaluations)


def jvp(f: Function, xs: Sequence[Any], ts: Sequence[Any]) -> Estimate:
    """Return the directional derivative of a function of any shape.

    Parameters
    ----------
    f, xs
        As in `gradient`.
    ts
        One tangent per argument, of its shape; ``None`` for an argument that stands still.

    Returns
    -------
    Estimate
        Value and error of the output's shape.
    """
    tangents = {
        k: np.broadcast_to(np.asarray(t, dtype=np.float64), np.shape(xs[k]))
        for k, t in enumerate(ts)
        if t is not None and np.any(t)
    }
    probe = _listen(f, xs, tangents)
    if probe is None:
        return silent(METHOD, "unavailable", "the value is not finite and real")
    if not tangents:
        zero = np.zeros(probe.shape)
        return Estimate(zero, zero, METHOD, probe.evaluations, note="the tangent is zero")
    section = direction(probe, tangents)
    along = slope(section, evaluation_noise(section))
    return _estimate([along], probe.shape, probe.evaluations)


def informative(estimate: Estimate, scale: ArrayLike = 0.0) -> NDArray[np.bool_]:
    """Return where an estimate says something: error < 0.1 · max(|value|, scale).

    Parameters
    ----------
    estimate
        Value and error of one shape.
    scale
        Size of the derivative where it is known, e.g. the largest |T| of the gradient.
    """
    size = np.maximum(np.abs(np.nan_to_num(estimate.value)), np.abs(np.asarray(scale)))
    return np.asarray(estimate.error < INFORMATIVE * size)


def coordinate_slopes(probe: Probe, k: int, margin: Any = math.inf) -> list[Slope]:
    """Return one slope per entry of an argument; the noise is measured once for all."""
    size = probe.points[k].size
    if size == 0:
        return []
    left, right = margins(margin, probe.points[k].shape)
    along = random_direction(probe, k, np.random.default_rng(SEED))
    room = np.minimum(left, right) / coordinate_scale(probe.points[k]).ravel()
    narrow = float(np.min(room[room > 0], initial=np.inf))
    noise = evaluation_noise(
        along, min(SPACING, narrow / (3 * SAMPLES)) * along.scale, reach=narrow * along.scale
    )
    return [
        slope(Coordinate(probe, k, i), noise, Request(left=float(left[i]), right=float(right[i])))
        for i in range(size)
    ]


def margins(margin: Any, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the room on the left and on the right of every entry, flattened."""
    pair = margin if isinstance(margin, tuple) else (margin, margin)
    left, right = (np.broadcast_to(np.asarray(m, np.float64), shape).ravel() for m in pair)
    return left, right


def random_direction(probe: Probe, k: int, rng: np.random.Generator) -> Direction:
    """Return a direction of ±(½ to 1) scales in every entry of one argument."""
    point: Array = probe.points[k]
    signs = rng.choice([-1.0, 1.0], point.shape)
    return direction(probe, {k: signs * rng.uniform(0.5, 1, point.shape) * coordinate_scale(point)})


def _listen(f: Function, xs: Sequence[Any], moving: Iterable[int]) -> Probe | None:
    """Evaluate at the point; ``None`` where there is nothing to differentiate."""
    if any(np.iscomplexobj(xs[k]) for k in moving):
        return None
    probe = Probe(f, xs, moving)
    return probe if probe.is_finite else None


def _estimate(columns: list[Slope], shape: tuple[int, ...], evaluations: int) -> Estimate:
    """Gather the slopes of the columns (entries last) into one estimate."""
    if not columns:
        return Estimate(np.zeros(shape), np.zeros(shape), METHOD, evaluations, note="no entries")
    value = np.array([c.value for c in columns]).T.reshape(shape)
    error = np.array([c.error for c in columns]).T.reshape(shape)
    return Estimate(value, error, METHOD, evaluations, note=_note(columns))


def _note(columns: list[Slope]) -> str:
    """Say which steps were used, and how many entries were not plain."""
    steps = np.concatenate([c.step for c in columns])
    kinds = np.concatenate([c.kind for c in columns])
    used = steps[(steps > 0) & (kinds != Kind.SILENT)]
    parts = [f"steps {used.min():.1e} to {used.max():.1e}" if used.size else "no step"]
    parts += [f"{n} {word}" for kind, word in _WORDS.items() if (n := int(np.sum(kinds == kind)))]
    return "central differences, 2 levels of extrapolation; " + ", ".join(parts)
