"""What a planted case is: a function, its right gradient, tricky points, and slips.

A slip is a wrong gradient as somebody would write it. For every slip the suite also asks
for a verdict on the right gradient at one of the hard points: the twin, which must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Function = Callable[..., Any]
Point = tuple[Any, ...]

# A slip of a given kind may be explained by any of these causes.
CAUSES: Mapping[str, frozenset[str]] = {
    "sign": frozenset({"sign-flipped"}),
    "factor": frozenset({"constant-factor"}),
    "half": frozenset({"constant-factor"}),
    "one over n": frozenset({"constant-factor"}),
    "times n": frozenset({"constant-factor"}),
    "transposed": frozenset({"transposed"}),
    "rolled": frozenset({"off-by-one", "permuted"}),
    "reversed": frozenset({"permuted", "off-by-one"}),
    "swapped": frozenset({"wrong-variable"}),
    "zero": frozenset({"missing-path"}),
    "symmetrised": frozenset({"symmetric-convention"}),
}


@dataclass(frozen=True)
class Slip:
    """A wrong gradient.

    Parameters
    ----------
    kind
        What went wrong.
    claim
        The wrong gradient.
    causes
        Causes that count as named right; empty: any.
    """

    kind: str
    claim: Function
    causes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """A function with its right gradient and slips.

    Parameters
    ----------
    name
        Unique name.
    f, gradient
        The function and its right gradient, of the same arguments.
    point
        An ordinary point; slips are looked for here.
    hard
        Hard points at which the right gradient must pass; slips take them in turn.
    slips
        Wrong gradients.
    moves
        Whether the ordinary point may be perturbed by a seed.
    """

    name: str
    f: Function
    gradient: Function
    point: Point
    hard: tuple[Point, ...] = ()
    slips: tuple[Slip, ...] = field(default=())
    moves: bool = True

    def twin(self, number: int) -> Point:
        """Return the point of the right twin of a slip."""
        points = self.hard or (self.point,)
        return points[number % len(points)]


def slip(kind: str, claim: Function, *causes: str) -> Slip:
    """Return a slip; without causes, those of its kind."""
    return Slip(kind, claim, frozenset(causes) or CAUSES.get(kind, frozenset()))


def made(gradient: Function, *kinds: str) -> tuple[Slip, ...]:
    """Return slips that anybody makes with any gradient."""
    return tuple(slip(kind, _spoiled(gradient, kind)) for kind in kinds)


def _spoiled(gradient: Function, kind: str) -> Function:
    def claim(*xs: Any) -> Any:
        found = gradient(*xs)
        if isinstance(found, tuple):
            return tuple(reversed(found)) if kind == "swapped" else tuple(map(spoil, found))
        return spoil(found)

    def spoil(g: Any) -> Any:
        return _SPOIL[kind](np.asarray(g))

    return claim


_SPOIL: Mapping[str, Callable[[Any], Any]] = {
    "sign": lambda g: -g,
    "factor": lambda g: 2.0 * g,
    "half": lambda g: 0.5 * g,
    "one over n": lambda g: g / g.size,
    "times n": lambda g: g * g.size,
    "transposed": lambda g: g.T,
    "rolled": lambda g: np.roll(g, 1),
    "reversed": lambda g: g[::-1],
    "swapped": lambda g: g,
    "zero": lambda g: 0.0 * g,
    "symmetrised": lambda g: (g + g.T) / 2,
    "one entry": lambda g: np.where(np.arange(g.size).reshape(g.shape) == g.size - 1, 1.01 * g, g),
    "tiny": lambda g: g * (1.0 + 1e-9),
    "thousandth": lambda g: g * 1.001,
}
