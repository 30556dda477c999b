"""A claim that is wrong in its last digits only: how many are right, and why.

May import `effort`, `subject` and NumPy. A derivative by finite differences has six to ten
right digits; it is recognised by doing the same difference at the entry that is off most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.reports import Array
from gradcli.verify.effort import Effort
from gradcli.verify.subject import Subject

# Claims that differ by less than rounding, or by more than this, are no near misses.
LEAST_ERROR = 1e-12
LARGEST_ERROR = 1e-4
_EPS = float(np.finfo(np.float64).eps)
# The steps that people take, the commonest first.
_STEPS = (1e-8, 1e-6, 1e-5, 1e-7, 1e-4, 1e-9, math.sqrt(_EPS), math.cbrt(_EPS), 1e-10, 1e-3)
# A difference is the claim if it is off by no more than this share of the claim's error.
_SHARE = 1e-2


@dataclass(frozen=True, slots=True)
class Worst:
    """The entry at which a claim is off most, relative to the largest of its array.

    Parameters
    ----------
    position, index
        The array among the inputs, and the entry.
    claimed, true
        What is claimed there, and what is right.
    error
        How far apart, relative to the largest entry of the right array.
    """

    position: int
    index: tuple[int, ...]
    claimed: float
    true: float
    error: float


def worst_entry(claimed: Sequence[Array | None], true: Sequence[Array]) -> Worst | None:
    """Return the entry at which finite claims are off most.

    Parameters
    ----------
    claimed, true
        One array per input; ``None`` where nothing is claimed.
    """
    worst: Worst | None = None
    for position, (c, t) in enumerate(zip(claimed, true, strict=True)):
        if c is None or np.shape(c) != np.shape(t) or not np.size(t):
            continue
        off = np.abs(np.asarray(c) - t)
        scale = float(np.max(np.abs(t)))
        if not (np.isfinite(off).all() and scale > 0.0):
            continue
        index = tuple(map(int, np.unravel_index(int(np.argmax(off)), np.shape(t))))
        error = float(off[index]) / scale
        if worst is None or error > worst.error:
            worst = Worst(position, index, float(c[index]), float(t[index]), error)
    return worst


def near_miss(subject: Subject, worst: Worst | None, effort: Effort, cost: float) -> str:
    """Return how many digits are right, and the finite difference that it looks like.

    Parameters
    ----------
    subject
        The function.
    worst
        The entry that is off most.
    effort, cost
        How often the function may be called, and what a call costs.

    Returns
    -------
    str
        Empty where a claim is no near miss.
    """
    if worst is None or not LEAST_ERROR < worst.error < LARGEST_ERROR:
        return ""
    said = f"agrees to {math.floor(-math.log10(worst.error))} digits"
    kind = _difference(subject, worst, effort, cost)
    return f"{said}; looks like a finite difference ({kind})" if kind else said


def _difference(subject: Subject, worst: Worst, effort: Effort, cost: float) -> str:
    """Return the kind and step of the difference that gives a claimed entry; or nothing."""
    allowed = _SHARE * abs(worst.claimed - worst.true)
    x = float(subject.inputs[worst.position][worst.index])
    middle = _value(subject, worst, x)
    for step in _steps(x):
        if not effort.spend(2.0 * cost):
            return ""
        right, left = _value(subject, worst, x + step), _value(subject, worst, x - step)
        for name, found in (
            ("forward", (right - middle) / step),
            ("central", (right - left) / (2.0 * step)),
            ("backward", (middle - left) / step),
        ):
            if abs(found - worst.claimed) <= allowed:
                return f"{name}, step {step:.2g}"
    return ""


def _steps(x: float) -> Iterator[float]:
    """Yield steps at a coordinate: absolute, then relative to it."""
    yield from _STEPS
    scales = {abs(x), max(1.0, abs(x)), 1.0 + abs(x)} - {0.0, 1.0}
    for scale in sorted(scales):
        yield from (scale * step for step in _STEPS)


def _value(subject: Subject, worst: Worst, x: float) -> float:
    """Return the function with one coordinate moved."""
    arrays: list[Any] = [np.array(a) for a in subject.inputs]
    arrays[worst.position][worst.index] = x
    try:
        with np.errstate(all="ignore"):
            found = subject.function(*[np.float64(a) if a.ndim == 0 else a for a in arrays])
            return float(np.asarray(found).reshape(()))
    except Exception:
        return math.nan
