"""The subgradients at a kink: which answers are right there.

May import `cells`, `hull`, `ties`. Along one coordinate the subgradients are the interval
between the one-sided derivatives. Coordinates that share a tie are taken together: their
subgradients are the hull of the gradients of the cells around the point. Coordinates that
share nothing are independent, so a thousand ties of ``sum(relu(x))`` count one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.exact.cells import Cell, Surroundings, Survey, random_directions, survey
from gradcli.exact.classes import Point
from gradcli.exact.coordinates import Coordinate
from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.hull import Vector, distance, nearest
from gradcli.exact.limits import STABLE

# Membership in a hull is decided in float64, on numbers scaled to 1.
HULL_TOLERANCE = 1e-10
# Cuts after which membership in a smooth cone is left open.
_MOST_CUTS = 40
_CONVEXITY_LOOKS = 12


class Interval:
    """The subgradients along one coordinate.

    Parameters
    ----------
    members
        The one coordinate's number among all coordinates.
    point
        Its classified point.
    """

    def __init__(self, member: int, point: Point) -> None:
        self.members = (member,)
        self.ends = point.interval

    def holds(self, gradient: Sequence[Any], slack: Sequence[Any]) -> bool | None:
        """Return whether a number lies in the interval, ends included."""
        if self.ends is None or is_nan(gradient[0]):
            return False if is_nan(gradient[0]) else None
        low, high = self.ends
        room = slack[0] + STABLE * max(abs(low), abs(high))
        return bool(low - room <= gradient[0] <= high + room)


class Hull:
    """The subgradients of coordinates that share ties.

    Parameters
    ----------
    sides
        The intervals of the kinked coordinates.
    around
        The neighbourhood, in all coordinates that the ties touch.
    chosen
        Which of the neighbourhood's coordinates are `members`.
    most_ties, limit
        As in `cells.survey`.
    """

    def __init__(
        self,
        sides: Sequence[Interval],
        around: Surroundings,
        chosen: Sequence[int],
        most_ties: int,
        limit: int,
    ) -> None:
        self.sides = tuple(sides)
        self.members = tuple(side.members[0] for side in sides)
        self.around = around
        self.chosen = tuple(chosen)
        self.most_ties, self.limit = most_ties, limit
        self._survey: Survey | None = None
        self._convex: bool | None = None

    @property
    def seen(self) -> Survey:
        """What was seen around the point."""
        if self._survey is None:
            self._survey = survey(self.around, self.most_ties, self.limit)
        return self._survey

    def holds(self, gradient: Sequence[Any], slack: Sequence[Any]) -> bool | None:
        """Return whether a gradient is a subgradient; ``None`` where that was not decided.

        Parameters
        ----------
        gradient
            The entries of `members`.
        slack
            How far each may be off.
        """
        if any(is_nan(g) or is_infinite(g) for g in gradient):
            return False
        found = self._found(gradient, slack)
        if found is None and self._sticks_out(gradient, slack):
            return False
        return found

    def _sticks_out(self, gradient: Sequence[Any], slack: Sequence[Any]) -> bool:
        """Whether an entry lies beyond its one-sided derivatives, where those bound all.

        They do for a convex or concave function, whatever the ties; else a subgradient may
        well lie outside of them, as for max(0, min(x, y)).
        """
        pairs = zip(self.sides, gradient, slack, strict=True)
        return any(s.holds([g], [e]) is False for s, g, e in pairs) and self._is_convex()

    def _found(self, gradient: Sequence[Any], slack: Sequence[Any]) -> bool | None:
        """Return whether a gradient is in the hull of what was seen around the point."""
        scales = [self.around.coords[k].scale for k in self.chosen]
        point = [g * s for g, s in zip(gradient, scales, strict=True)]
        room = sum(e * s for e, s in zip(slack, scales, strict=True))
        cells = list(self.seen.cells)
        if not cells:
            return None
        if self._inside(point, room, cells):
            return True
        if self.seen.is_cone or not self.around.ties:
            return self._cut(point, room, cells)
        return False if self.seen.complete else None

    def _scaled(self, point: Sequence[Any], cells: Sequence[Cell]) -> tuple[Vector, Vector, Any]:
        """Return the point and the vertices as floats of size 1, and that size."""
        rows = [[c.gradient[k] for k in self.chosen] for c in cells]
        size = max(abs(v) for row in [*rows, point] for v in row)
        size = size if size > 0 else self.around.run.numbers.one
        vertices = np.array([[float(v / size) for v in row] for row in rows])
        return np.array([float(v / size) for v in point]), vertices, size

    def _inside(self, point: Sequence[Any], room: Any, cells: Sequence[Cell]) -> bool:
        p, vertices, size = self._scaled(point, cells)
        return distance(p, vertices) <= HULL_TOLERANCE + float(room / size)

    def _cut(self, point: Sequence[Any], room: Any, cells: list[Cell]) -> bool | None:
        """Look where the point sticks out of what is known, until it is inside or cut off.

        The support function of the subgradients of a convex function is its directional
        derivative: one direction in which the point exceeds it proves it outside.
        """
        for _ in range(_MOST_CUTS):
            p, vertices, size = self._scaled(point, cells)
            outward = np.zeros(len(self.around.coords))
            outward[list(self.chosen)] = p - nearest(p, vertices)
            length = float(np.linalg.norm(outward))
            if length <= HULL_TOLERANCE + float(room / size):
                return True
            cell = self.around.look(outward / length)
            back = self.around.look(-outward / length)
            if cell is None or back is None:
                return None
            reach = float(max(cell.slope, -back.slope) / size)
            if float(p @ outward[list(self.chosen)]) / length > reach + HULL_TOLERANCE:
                return False if self._is_convex() else None
            cells += [cell, back]
        return None

    def _is_convex(self) -> bool:
        """Return whether the slope looks convex, or concave, over random directions."""
        if self._convex is None:
            self._convex = self._bends(1) or self._bends(-1)
        return self._convex

    def _bends(self, sense: int) -> bool:
        """Return whether every slope of a sum is at most (at least) the sum of the slopes."""
        directions = random_directions(len(self.around.coords), 2 * _CONVEXITY_LOOKS, 7)
        for a, b in zip(directions[::2], directions[1::2], strict=True):
            cells = [self.around.look(d) for d in (a, b, a + b)]
            if any(c is None for c in cells):
                return False
            one, two, both = (c.slope for c in cells if c is not None)
            room = HULL_TOLERANCE * (abs(one) + abs(two) + abs(both))
            if sense * (both - one - two) > room:
                return False
        return True


SubgradientSet = Interval | Hull


def couple(
    numbers: Sequence[int], touches: Mapping[int, frozenset[int]]
) -> list[tuple[list[int], frozenset[int]]]:
    """Return groups of coordinates that share ties, with the ties of each group.

    Parameters
    ----------
    numbers
        Numbers of the coordinates.
    touches
        The ties whose forms change when a coordinate moves, by coordinate.

    Returns
    -------
    list
        Coordinates that touch no known tie are one group: nothing is known of what they
        share.
    """
    root = {k: k for k in numbers}
    owner: dict[int, int] = {}
    for k in numbers:
        # No tie is number -1: what touches none is one group.
        for tie in touches.get(k) or (-1,):
            a, b = _find(root, owner.setdefault(tie, k)), _find(root, k)
            root[max(a, b)] = min(a, b)
    groups: dict[int, tuple[list[int], frozenset[int]]] = {}
    for k in numbers:
        members, ties = groups.get(_find(root, k), ([], frozenset()))
        groups[_find(root, k)] = ([*members, k], ties | touches.get(k, frozenset()))
    return list(groups.values())


def _find(root: dict[int, int], k: int) -> int:
    """Return the representative of a group, shortening the way to it."""
    while root[k] != k:
        root[k] = root[root[k]]
        k = root[k]
    return k


def subgradients(
    run: Any,
    coords: Sequence[Coordinate],
    points: Mapping[int, Point],
    touches: Mapping[int, frozenset[int]],
    ties: Sequence[Any],
    most_ties: int,
    limit: int,
) -> list[SubgradientSet]:
    """Return the sets of right answers, one per group of coordinates that share ties.

    Parameters
    ----------
    run
        The run at the point.
    coords
        All coordinates.
    points
        The kinked ones, classified, by number.
    touches
        As in `couple`.
    ties
        All ties.
    most_ties, limit
        As in `cells.survey`; `limit` holds for all groups together.
    """
    sets: list[SubgradientSet] = []
    # Smooth coordinates that move a tie lead into further cells.
    groups = couple(sorted({*points, *touches}), touches)
    groups = [(moving, own) for moving, own in groups if any(k in points for k in moving)]
    for moving, own in groups:
        sides = [Interval(k, points[k]) for k in moving if k in points]
        if len(moving) == 1:
            sets += sides
            continue
        around = Surroundings(run, [coords[k] for k in moving], [ties[t] for t in sorted(own)])
        chosen = [moving.index(side.members[0]) for side in sides]
        sets.append(Hull(sides, around, chosen, most_ties, limit // len(groups)))
    return sets
