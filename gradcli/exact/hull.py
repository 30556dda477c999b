"""Whether a vector lies in the convex hull of a few others.

May import NumPy only. The subgradients at a kink are the hull of the gradients of the
active branches. The nearest point of a hull is a least-squares problem in non-negative
weights that sum to one; it is solved by active sets as C. L. Lawson and R. J. Hanson do
(*Solving Least Squares Problems*, 1974, chapter 23), with the sum built into the inner
step as P. Wolfe does (Mathematical Programming 11, 1976), because a heavy extra equation
would leave only half the digits. The nearest point to the origin also gives a direction in
which given linear forms are all positive (P. Gordan's alternative).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# A vertex that would bring the nearest point closer by less than this is left out.
_TOLERANCE = 4e-15
# Weights below this are zero.
_NO_WEIGHT = 1e-14
# A hull whose nearest point to the origin is closer than this contains it.
_ORIGIN_TOLERANCE = 1e-9


def _weights(rows: Vector) -> Vector:
    """Return the convex weights of the point of the hull of `rows` nearest to the origin."""
    count = rows.shape[0]
    weights = np.zeros(count)
    weights[int(np.einsum("ij,ij->i", rows, rows).argmin())] = 1.0
    size = float(np.abs(rows).max(initial=0.0)) * np.sqrt(rows.shape[1])
    for _ in range(10 * count + 10):
        x = weights @ rows
        gain = float(x @ x) - rows @ x
        gain[weights > 0.0] = -np.inf
        best = int(gain.argmax())
        if gain[best] <= _TOLERANCE * size * float(np.linalg.norm(x)):
            break
        moved = _settle(rows, weights, best)
        if moved is None:
            break
        weights = moved
    return weights


def _settle(rows: Vector, weights: Vector, added: int) -> Vector | None:
    """Take a vertex in, go to the nearest point of the affine hull, drop what turns negative.

    ``None`` where that brings nothing: rounding has the last word then.
    """
    start = float(np.linalg.norm(weights @ rows))
    active = np.append(np.flatnonzero(weights > 0.0), added)
    have = weights[active]
    wanted = _affine_weights(rows[active])
    while not (wanted > _NO_WEIGHT).all():
        falling = wanted < have
        ratios = np.where(falling, have / np.where(falling, have - wanted, 1.0), np.inf)
        step = float(ratios[wanted <= _NO_WEIGHT].min(initial=1.0))
        now = have + step * (wanted - have)
        kept = now > _NO_WEIGHT
        if kept.all() or not kept.any():
            return None
        active, have = active[kept], now[kept] / now[kept].sum()
        wanted = _affine_weights(rows[active])
    moved = np.zeros_like(weights)
    moved[active] = wanted
    return moved if float(np.linalg.norm(moved @ rows)) < start else None


def _affine_weights(rows: Vector) -> Vector:
    """Return weights, summing to one, of the point of an affine hull nearest to the origin."""
    first = rows[0]
    edges = (rows[1:] - first).T
    rest = np.linalg.lstsq(edges, -first, rcond=None)[0]
    return np.concatenate([[1.0 - float(rest.sum())], rest])


def nearest(point: Vector, vertices: Vector) -> Vector:
    """Return the point of the hull of some vertices that is nearest to a point.

    Parameters
    ----------
    point
        Shape (n,).
    vertices
        Shape (k, n).
    """
    size, way = _way(point, vertices)
    return point + size * way


def distance(point: Vector, vertices: Vector) -> float:
    """Return the distance of a point (n,) from the hull of vertices (k, n)."""
    size, way = _way(point, vertices)
    return size * float(np.linalg.norm(way))


def _way(point: Vector, vertices: Vector) -> tuple[float, Vector]:
    """Return the way from a point to a hull as a size and a vector whose square is a number."""
    size = float(np.abs([*vertices, point]).max(initial=0.0)) or 1.0
    shifted = (vertices - point) / size
    return size, _weights(shifted) @ shifted


def positive_direction(forms: Vector) -> Vector | None:
    """Return d with ``forms @ d > 0`` in every row, or ``None`` where there is none.

    Parameters
    ----------
    forms
        Linear forms as rows, shape (k, n); zero rows are no condition.

    Returns
    -------
    ndarray or None
        The point nearest to the origin of the hull of the normalised rows: it makes the
        least angle with the worst of them. None exists where the hull contains the origin.
    """
    norms = np.linalg.norm(forms, axis=1)
    rows = forms[norms > 0] / norms[norms > 0, None]
    if rows.shape[0] == 0:
        return np.ones(forms.shape[1])
    d = _weights(rows) @ rows
    length = float(np.linalg.norm(d))
    if length <= _ORIGIN_TOLERANCE or float((rows @ d).min()) <= 0.0:
        return None
    return np.asarray(d / length)
