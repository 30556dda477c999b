"""Whether a vector lies in the convex hull of a few others.

May import NumPy only. The subgradients at a kink are the hull of the gradients of the
active branches; non-negative least squares decides membership (C. L. Lawson and R. J.
Hanson, *Solving Least Squares Problems*, 1974, chapter 23), and the point of the hull
nearest to the origin gives a direction in which given linear forms are all positive
(P. Gordan's alternative).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# Gradients of the active set below this, relative to the data, are zero.
_DUAL_TOLERANCE = 1e-13
# A hull whose nearest point to the origin is closer than this contains it.
_ORIGIN_TOLERANCE = 1e-9


def nnls(a: Vector, b: Vector) -> Vector:
    """Return x ≥ 0 that minimises ‖a·x − b‖.

    Parameters
    ----------
    a, b
        Matrix (m, n) and vector (m,).

    Returns
    -------
    ndarray
        The solution, shape (n,).
    """
    n = a.shape[1]
    x = np.zeros(n)
    active = np.zeros(n, dtype=bool)
    scale = float(np.abs(a).max(initial=0.0) * np.abs(b).max(initial=0.0)) or 1.0
    for _ in range(3 * n + 3):
        dual = a.T @ (b - a @ x)
        dual[active] = -np.inf
        if active.all() or dual.max() <= _DUAL_TOLERANCE * scale:
            break
        active[int(dual.argmax())] = True
        x = _inner(a, b, x, active)
    return x


def _inner(a: Vector, b: Vector, x: Vector, active: NDArray[np.bool_]) -> Vector:
    """Solve on the active set, dropping columns until the solution is positive."""
    for _ in range(x.size + 1):
        s = np.zeros_like(x)
        s[active] = np.linalg.lstsq(a[:, active], b, rcond=None)[0]
        bad = active & (s <= 0.0)
        if not bad.any():
            return s
        drop = x[bad] - s[bad]
        steps = np.where(drop > 0, x[bad] / np.where(drop > 0, drop, 1.0), 0.0)
        x = x + float(steps.min()) * (s - x)
        active &= x > _DUAL_TOLERANCE * max(float(x.max(initial=0.0)), 1e-300)
        x = np.where(active, x, 0.0)
        if not active.any():
            return x
    return x


def nearest(point: Vector, vertices: Vector) -> Vector:
    """Return the point of the hull of `vertices` (k, n) that is nearest to `point` (n,).

    The weights of the vertices are found by non-negative least squares with the condition
    that they sum to one as a further, heavy, equation; they are then normalised.
    """
    size = max(float(np.abs(vertices).max(initial=0.0)), float(np.abs(point).max(initial=0.0)))
    if size == 0.0:
        return np.zeros_like(point)
    # Around the point itself the heavy equation and the distance do not fight each other.
    shifted = (vertices - point) / size
    weights = _convex_weights(shifted)
    return point + size * (weights @ shifted)


def _convex_weights(rows: Vector) -> Vector:
    """Return the convex weights of the point of a hull nearest to the origin.

    With x ≥ 0 minimising ‖rowsᵀx‖² + (Σx − 1)², x/Σx are those weights: for fixed
    direction the best length is free, so both problems have the same direction.
    """
    a = np.vstack([rows.T, np.ones(rows.shape[0])])
    b = np.zeros(a.shape[0])
    b[-1] = 1.0
    x = nnls(a, b)
    total = float(x.sum())
    return x / total if total > 0.0 else np.full(rows.shape[0], 1.0 / rows.shape[0])


def distance(point: Vector, vertices: Vector) -> float:
    """Return the distance of a point (n,) from the hull of vertices (k, n)."""
    return float(np.linalg.norm(nearest(point, vertices) - point))


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
    d = nearest(np.zeros(forms.shape[1]), rows)
    length = float(np.linalg.norm(d))
    if length <= _ORIGIN_TOLERANCE or float((rows @ d).min()) <= 0.0:
        return None
    return d / length
