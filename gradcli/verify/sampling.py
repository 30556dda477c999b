"""Random points beside a given one, near and far.

May import `frontend`, `ir` and NumPy. A point at which the function has no finite value is
drawn again, so a random point never changes a verdict by being outside the domain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.frontend.points import Point
from gradcli.ir.tree import flatten, unflatten
from gradcli.verify.callables import as_output, make_callee

# A sample is drawn again at most this often (verdict.md, section 3).
REDRAWS = 20
# Near and far in turn, relative to max(1, |x|).
_SPREADS = (0.1, 3.0)


def sample_points(function: Callable[..., Any], point: Point, count: int, seed: int) -> list[Point]:
    """Return `count` random points around a point, fewer where the function has no value.

    Parameters
    ----------
    function
        The function that shall have a finite value there.
    point
        Where to start.
    count, seed
        Number of points, and the seed of their streams.
    """
    drawn = (sample_point(function, point, k, seed) for k in range(count))
    return [found for found in drawn if found is not None]


def sample_point(
    function: Callable[..., Any], point: Point, number: int, seed: int
) -> Point | None:
    """Return one random point near or far from a point, ``None`` where none has a value.

    Parameters
    ----------
    function, point, seed
        As in `sample_points`.
    number
        Which one, from 0; every number has a stream of its own.
    """
    stream = np.random.default_rng([seed, number])
    spread = _SPREADS[number % len(_SPREADS)]
    for _ in range(REDRAWS):
        moved = {n: _moved(point.values[n], spread, stream) for n in point.wrt}
        label = f"sample {number + 1}"
        candidate = replace(point, label=label, values={**point.values, **moved})
        if _has_value(function, candidate):
            return candidate
    return None


def _moved(value: Any, spread: float, stream: Any) -> Any:
    """Return a value with every number in it moved."""
    leaves, structure = flatten(value)
    moved = []
    for leaf in leaves:
        x = np.asarray(leaf)
        step = spread * np.maximum(1.0, np.abs(x)) * stream.standard_normal(x.shape)
        new = (x + step).astype(x.dtype)
        moved.append(new if isinstance(leaf, np.ndarray) else new[()])
    return unflatten(structure, moved)


def _has_value(function: Callable[..., Any], point: Point) -> bool:
    """Whether the function returns finite numbers at a point."""
    callee = make_callee(function, point)
    try:
        with np.errstate(all="ignore"):
            value = as_output(callee(*callee.leaves))
    except Exception:
        return False
    return value is not None and bool(np.isfinite(value).all())
