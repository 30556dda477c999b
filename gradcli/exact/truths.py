"""The truth, coordinate by coordinate, and where coordinates do not add up.

May import `quotients`, `classes`, `ties`. A function can be smooth along every axis and
still have no gradient: random directions find that, and they stand for the coordinates
that are too many to be looked at one by one. Where a direction disagrees, halving the set
of coordinates finds the few that are to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.exact.classes import Point, PointClass, classify
from gradcli.exact.coordinates import Coordinate, combined
from gradcli.exact.limits import STABLE, Side, SideKind
from gradcli.exact.quotients import Prober, Watch
from gradcli.exact.run import Direction, Run, Values
from gradcli.exact.ties import Tie, moved

# Weights of a random direction are ±(512 + k)/1024 with k below this.
WEIGHTS = 1024
# The step of a first look with 60 digits: truncation and rounding both stay below 1e-20.
_GLANCE = 26
# Groups of coordinates that are located before the rest is only counted.
MOST_GROUPS = 8


class Truths:
    """One-sided derivatives at a point.

    Parameters
    ----------
    prober
        Takes the quotients.
    coords
        All coordinates.
    ties
        The ties of the program at the point.
    rules_run
        The same point with fewer digits, for a first look along random directions.
    """

    def __init__(
        self,
        prober: Prober,
        coords: Sequence[Coordinate],
        ties: Sequence[Tie],
        rules_run: Run | None = None,
    ) -> None:
        self.prober, self.coords, self.ties = prober, coords, ties
        self.rules_run = rules_run
        self.points: dict[int, Point] = {}
        self.touches: dict[int, frozenset[int]] = {}
        rng = np.random.default_rng(17)
        half = WEIGHTS // 2
        numerators = rng.integers(half, half + WEIGHTS, size=len(coords))
        signs = rng.choice([-1, 1], size=len(coords))
        mpf = prober.run.numbers.mpf
        self.weights = [mpf(int(s * n)) / WEIGHTS for s, n in zip(signs, numerators, strict=True)]
        self._rng = rng

    def turn(self) -> None:
        """Choose another random direction."""
        half, mpf = WEIGHTS // 2, self.prober.run.numbers.mpf
        for k in range(len(self.weights)):
            size = int(self._rng.integers(half, half + WEIGHTS))
            self.weights[k] = mpf(size * int(self._rng.choice([-1, 1]))) / WEIGHTS

    def examine(self, k: int) -> Point:
        """Classify the point along one coordinate, and note the ties it moves."""
        if k in self.points:
            return self.points[k]
        point = self._classified(self.coords[k], self._watch(k) if self.ties else None)
        scale = self.coords[k].scale
        if point.kind is PointClass.UNSETTLED and scale > 1 and self.prober.resolves(scale):
            # sin(1e300): a step relative to x leaps over a great many periods.
            one = self.prober.run.numbers.one
            point = self._classified(replace(self.coords[k], scale=one), None)
        self.points[k] = point
        return point

    def _classified(self, coordinate: Coordinate, watch: Watch | None) -> Point:
        sides = self.prober.both(coordinate.direction, watch)
        return classify(*[per_unit(s, coordinate.scale) for s in sides])

    def _watch(self, k: int) -> Watch:
        def note(values: Values) -> None:
            touched = moved(self.prober.run, values, self.ties)
            if touched:
                self.touches[k] = self.touches.get(k, frozenset()) | touched

        return note

    def differs(self, members: Sequence[int], gradient: Sequence[Any], errors: Any) -> bool:
        """Whether the slope along the random direction is not the gradient's, on some members.

        Parameters
        ----------
        members
            The coordinates that move.
        gradient, errors
            The gradient to be compared with, and how far its entries may be off, for all
            coordinates.
        """
        weights = [self.weights[k] for k in members]
        direction = combined([self.coords[k] for k in members], weights)
        scales = [self.coords[k].scale * self.weights[k] for k in members]
        terms = [gradient[k] * s for k, s in zip(members, scales, strict=True)]
        room = sum(abs(errors[k] * s) for k, s in zip(members, scales, strict=True))
        room += STABLE * sum(abs(t) for t in terms)
        if self._agrees_at_once(direction, sum(terms), room):
            return False
        for side in self.prober.both(direction):
            if side.kind is SideKind.BRANCH:
                continue
            if side.kind is not SideKind.FINITE:
                return True
            if not abs(side.value - sum(terms)) <= room + side.error:
                return True
        return False

    def _agrees_at_once(self, direction: Direction, slope: Any, room: Any) -> bool:
        """Whether both quotients at one step, with few digits, already are the slope."""
        run = self.rules_run
        if run is None:
            return False
        h = run.numbers.mpf(10) ** -_GLANCE
        for sign in (1, -1):
            values = run.beside(direction, sign * h)
            if run.flipped(values) is not None:
                return False
            quotient = sign * (run.scalar(values) - run.value) / h
            if not abs(quotient - slope) <= room:
                return False
        return True


def per_unit(side: Side, scale: Any) -> Side:
    """Return a derivative per scale of a coordinate as one per unit."""
    if side.kind is not SideKind.FINITE:
        return side
    return replace(side, value=side.value / scale, error=side.error / scale)


def minimal(fails: Callable[[Sequence[int]], bool], members: Sequence[int]) -> list[int]:
    """Return a smallest set of coordinates that still fails (A. Zeller's ddmin).

    Parameters
    ----------
    fails
        Whether a set fails; it does for all `members`.
    members
        The coordinates.
    """
    left = list(members)
    chunk = max(1, len(left) // 2)
    while len(left) > 1:
        for begin in range(0, len(left), chunk):
            rest = left[:begin] + left[begin + chunk :]
            if rest and fails(rest):
                left = rest
                break
        else:
            if chunk == 1:
                return left
            chunk //= 2
            continue
        chunk = max(1, min(chunk, len(left) // 2))
    return left


def failing_groups(
    truths: Truths,
    members: Sequence[int],
    gradient: Sequence[Any],
    errors: Sequence[Any],
    directions: int,
    affordable: Callable[[], bool],
) -> tuple[list[list[int]], bool]:
    """Return the groups of coordinates on which a gradient is not the slope.

    Parameters
    ----------
    truths
        Takes the slopes.
    members
        The coordinates that take part.
    gradient, errors
        As in `Truths.differs`.
    directions
        Random directions to try.
    affordable
        Whether there is work left in the budget.

    Returns
    -------
    tuple
        The groups, and whether the remaining coordinates passed every direction.
    """
    groups: list[list[int]] = []
    left = list(members)

    def fails(chosen: Sequence[int]) -> bool:
        return truths.differs(chosen, gradient, errors)

    for _ in range(directions):
        while left and fails(left):
            if len(groups) >= MOST_GROUPS or not affordable():
                return groups, False
            group = minimal(fails, left)
            groups.append(group)
            left = [k for k in left if k not in set(group)]
        truths.turn()
    return groups, True
