"""Points beside a point, every entry of which has moved.

May import `probe`. They are drawn for comparisons that need another point of the same kind
(does a replay still give the function's value? does an explanation hold elsewhere too?).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.numeric.probe import Array

# Entries smaller than this move as if they had this size (tracing.md, replay test).
SMALLEST = 0.1


def nearby_points(xs: Sequence[Any], rng: np.random.Generator, size: float = 1e-3) -> list[Array]:
    """Return a copy of every argument with every floating entry moved by a random sign.

    Parameters
    ----------
    xs
        Arguments of any shape. Integers and booleans come back unchanged, dtypes are kept.
    rng
        Source of the signs.
    size
        Relative length of the move: |δ| = size · max(0.1, |x|) · (½ to 1), and at least one
        floating number.

    Returns
    -------
    list of ndarray
        One per argument; finite wherever the argument is.
    """
    return [_moved(np.asarray(x), rng, size) for x in xs]


def _moved(x: Array, rng: np.random.Generator, size: float) -> Array:
    """Move every entry of one argument, inwards where outwards would overflow."""
    if not np.issubdtype(x.dtype, np.floating):
        return x.copy()
    sign = rng.choice([-1.0, 1.0], x.shape)
    length = size * rng.uniform(0.5, 1.0, x.shape) * np.maximum(SMALLEST, np.abs(x))
    with np.errstate(all="ignore"):
        moved = np.asarray(x + sign * length).astype(x.dtype)
        inward = np.asarray(x - np.sign(x) * length).astype(x.dtype)
        moved = np.where(np.isfinite(moved) | ~np.isfinite(x), moved, inward)
        step = np.nextafter(x, np.where(x > 0, -np.inf, np.inf).astype(x.dtype))
    return np.asarray(np.where(moved == x, step, moved), dtype=x.dtype)
