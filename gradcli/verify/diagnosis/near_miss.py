"""A claim that is wrong in its last digits only: how many are right, and why.

May import `effort`, `subject` and NumPy. A derivative by finite differences has six to ten
right digits; it is recognised by doing the same difference at the entries that are off most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.reports import Array
from gradcli.verify.diagnosis.effort import Effort
from gradcli.verify.subject import Subject

# Claims that differ by less than rounding, or by more than this, are no near misses.
LEAST_ERROR = 1e-12
LARGEST_ERROR = 1e-4
_EPS = float(np.finfo(np.float64).eps)
# The steps that people take, the commonest first.
_STEPS = (1e-8, 1e-6, 1e-5, 1e-7, 1e-4, 1e-9, math.sqrt(_EPS), math.cbrt(_EPS), 1e-10, 1e-3)
_KINDS = ("forward", "central", "backward")
# A difference is the claim if it is off by no more than this share of the claim's error, at
# this many entries; where there is one entry only, a coincidence has to be less likely.
_SHARE = 1e-2
_LONE_SHARE = 1e-4
_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Off:
    """A claimed entry that is off.

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


def worst_entries(claimed: Sequence[Array | None], true: Sequence[Array]) -> list[Off]:
    """Return the entries at which finite claims are off most, the worst first.

    Parameters
    ----------
    claimed, true
        One array per input; ``None`` where nothing is claimed.
    """
    found: list[Off] = []
    for position, (c, t) in enumerate(zip(claimed, true, strict=True)):
        if c is None or np.shape(c) != np.shape(t) or not np.size(t):
            continue
        off = np.abs(np.asarray(c) - t)
        scale = float(np.max(np.abs(t)))
        if not (np.isfinite(off).all() and scale > 0.0):
            continue
        for flat in np.argsort(-off, axis=None)[:_COMPARED].tolist():
            index = tuple(map(int, np.unravel_index(flat, np.shape(t))))
            error = float(off[index]) / scale
            found.append(Off(position, index, float(c[index]), float(t[index]), error))
    return sorted(found, key=lambda entry: -entry.error)[:_COMPARED]


def near_miss(subject: Subject, worst: Sequence[Off], effort: Effort, cost: float) -> str:
    """Return how many digits are right, and the finite difference that it looks like.

    Parameters
    ----------
    subject
        The function.
    worst
        The entries that are off most.
    effort, cost
        How often the function may be called, and what a call costs.

    Returns
    -------
    str
        Empty where a claim is no near miss.
    """
    if not worst or not LEAST_ERROR < worst[0].error < LARGEST_ERROR:
        return ""
    said = f"agrees to {math.floor(-math.log10(worst[0].error))} digits"
    kind = _difference(subject, worst, effort, cost)
    return f"{said}; looks like a finite difference ({kind})" if kind else said


def _difference(subject: Subject, worst: Sequence[Off], effort: Effort, cost: float) -> str:
    """Return the kind and step of the difference that gives all these entries; or nothing."""
    share = _SHARE if len(worst) > 1 else _LONE_SHARE
    middle = _value(subject, worst[0], _coordinate(subject, worst[0]))
    for scale in _SCALES:
        for step in _STEPS:
            fitting = set(_KINDS)
            for entry in worst:
                if not effort.spend(2.0 * cost):
                    return ""
                fitting &= _kinds(subject, entry, step * scale(entry, subject), middle, share)
                if not fitting:
                    break
            if fitting:
                return f"{min(fitting, key=_KINDS.index)}, step {step:.2g}"
    return ""


def _kinds(subject: Subject, entry: Off, step: float, middle: float, share: float) -> set[str]:
    """Return the kinds of difference with a step that give a claimed entry."""
    if step == 0.0:
        return set()
    x = _coordinate(subject, entry)
    right, left = _value(subject, entry, x + step), _value(subject, entry, x - step)
    found = (
        (right - middle) / step,
        (right - left) / (2.0 * step),
        (middle - left) / step,
    )
    rounding = 4.0 * _EPS * abs(entry.claimed)
    allowed = max(share * abs(entry.claimed - entry.true), rounding)
    return {k for k, d in zip(_KINDS, found, strict=True) if abs(d - entry.claimed) <= allowed}


def _coordinate(subject: Subject, entry: Off) -> float:
    return float(subject.inputs[entry.position][entry.index])


# What a step is multiplied by, at a coordinate.
_SCALES: tuple[Callable[[Off, Subject], float], ...] = (
    lambda entry, subject: 1.0,
    lambda entry, subject: abs(_coordinate(subject, entry)),
    lambda entry, subject: max(1.0, abs(_coordinate(subject, entry))),
    lambda entry, subject: 1.0 + abs(_coordinate(subject, entry)),
)


def _value(subject: Subject, entry: Off, x: float) -> float:
    """Return the function with one coordinate moved."""
    arrays: list[Any] = [np.array(a) for a in subject.inputs]
    arrays[entry.position][entry.index] = x
    try:
        with np.errstate(all="ignore"):
            found = subject.function(*[np.float64(a) if a.ndim == 0 else a for a in arrays])
            return float(np.asarray(found).reshape(()))
    except Exception:
        return math.nan
