"""The neighbourhood of a kink: the cells in which a function is smooth, and their gradients.

May import `run`, `ties`, `hull`. A gradient that the function really has a little way from
the point (1e-40, seen with 200 digits) is a subgradient by definition. Which cells there
are follows from the linear parts of the ties' forms: every consistent choice of branches
is a system of linear inequalities, and every solvable one is visited, so that only branch
combinations that exist are counted (``relu(x) − relu(−x)`` has two, not four).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gradcli.exact.coordinates import Coordinate, combined
from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.hull import Vector, positive_direction
from gradcli.exact.run import Run, entry_at
from gradcli.exact.ties import Tie, branches, forms, signature

# How far into a cell to go, and the step for derivatives of forms there.
DISTANCE = 40
INNER_STEP = 80
# Gradients of one cell that differ by more than this make the cell a cone, not a face.
SAME_GRADIENT = 1e-8
# Gradients below this share of the largest one around are zero.
SEEN_ZERO = 1e-25
# A gradient that disagrees with the slope of the function by more than this is not used.
TRUSTED = 1e-10
_RANDOM_LOOKS = 6
_MOST_CELLS = 128


@dataclass(frozen=True, slots=True)
class Cell:
    """One visit to the neighbourhood.

    Parameters
    ----------
    direction
        The direction, in scales of the coordinates.
    signature
        The branch of every tie.
    gradient
        The gradient there per scale of each coordinate.
    slope
        The one-sided slope of the function along the direction.
    run
        The run there.
    """

    direction: Vector
    signature: tuple[Any, ...]
    gradient: tuple[Any, ...]
    slope: Any
    run: Run


class Surroundings:
    """The neighbourhood of a point in some of its coordinates.

    Parameters
    ----------
    run
        The run at the point.
    coords
        The coordinates that move.
    ties
        The ties that they move.
    """

    def __init__(self, run: Run, coords: Sequence[Coordinate], ties: Sequence[Tie]) -> None:
        self.run = run
        self.coords = tuple(coords)
        self.ties = tuple(ties)
        self.blocked = False

    def _step(self, exponent: int) -> Any:
        return self.run.numbers.mpf(10) ** -exponent

    def look(self, direction: Vector) -> Cell | None:
        """Return what is seen a little way along a direction.

        ``None`` where the function takes another Python branch or is not finite there.
        """
        numbers = self.run.numbers
        weights = [numbers.mpf(float(w)) for w in direction]
        h = self._step(DISTANCE)
        values = self.run.beside(combined(self.coords, weights), h)
        there = self.run.at(values)
        value = there.value
        if self.run.flipped(values) is not None or is_nan(value) or is_infinite(value):
            self.blocked = True
            return None
        slope = (value - self.run.value) / h
        gradient = self._gradient(there, weights, slope)
        place = signature(self.ties, forms(there, values, self.ties))
        return Cell(direction, place, gradient, slope, there)

    def _gradient(self, there: Run, weights: Sequence[Any], slope: Any) -> tuple[Any, ...]:
        """Return the gradient by the rules where they fit the slope, else by quotients."""
        adjoints = there.adjoints()
        zero = self.run.numbers.zero
        by_rules = tuple(
            zero if adjoints[c.slot] is None else entry_at(adjoints[c.slot], c.position) * c.scale
            for c in self.coords
        )
        terms = [g * w for g, w in zip(by_rules, weights, strict=True)]
        if abs(sum(terms) - slope) <= TRUSTED * sum(abs(t) for t in terms):
            return by_rules
        h = self._step(INNER_STEP)
        beside = [there.scalar(there.beside(c.direction, h)) for c in self.coords]
        return tuple((v - there.value) / h for v in beside)

    def form_gradients(self, cell: Cell) -> list[Vector]:
        """Return the derivative of every tie's forms in a cell, one matrix a tie."""
        h = self._step(INNER_STEP)
        here = forms(cell.run, cell.run.values, self.ties)
        columns = []
        for c in self.coords:
            moved = forms(cell.run, cell.run.beside(c.direction, h), self.ties)
            columns.append(
                [
                    [(b - a) / h for a, b in zip(x, y, strict=True)]
                    for x, y in zip(here, moved, strict=True)
                ]
            )
        return [_matrix([column[t] for column in columns]) for t in range(len(self.ties))]


def _matrix(columns: Sequence[Sequence[Any]]) -> Vector:
    """Return a float matrix whose columns are given, scaled to size 1."""
    size = max((abs(v) for column in columns for v in column), default=0)
    if size == 0:
        return np.zeros((len(columns[0]), len(columns)))
    return np.array([[float(v / size) for v in column] for column in columns]).T


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was seen around a kink.

    Parameters
    ----------
    cells
        One visit per cell and per distinct gradient.
    complete
        Whether every cell was visited.
    is_cone
        Whether the gradient changes inside a cell, as that of a norm at zero does.
    """

    cells: tuple[Cell, ...]
    complete: bool
    is_cone: bool


def random_directions(n: int, count: int, seed: int = 20240229) -> Vector:
    """Return directions without structure, the same ones every time."""
    return np.random.default_rng(seed).normal(size=(count, n))


def survey(around: Surroundings, most_ties: int, limit: int) -> Survey:
    """Visit the cells around a kink.

    Parameters
    ----------
    around
        The neighbourhood.
    most_ties
        Ties beyond which branches are not enumerated.
    limit
        Units of work after which the survey ends, incomplete.
    """
    seen = _Seen()
    budget = around.run.numbers.work + limit
    for direction in random_directions(len(around.coords), _RANDOM_LOOKS):
        seen.add(around.look(direction))
    if sum(t.weight for t in around.ties) > most_ties:
        return Survey(tuple(seen.cells), False, seen.is_cone)
    choices = list(product(*[branches(t) for t in around.ties]))
    known: set[bytes] = set()
    for cell in seen.cells:
        if around.run.numbers.work > budget or len(seen.cells) > _MOST_CELLS:
            return Survey(tuple(seen.cells), False, seen.is_cone)
        matrices = around.form_gradients(cell)
        key = b"".join(np.round(m, 9).tobytes() for m in matrices)
        if key not in known:
            known.add(key)
            _visit(around, seen, matrices, choices)
    return Survey(tuple(seen.cells), not around.blocked, seen.is_cone)


def _visit(
    around: Surroundings, seen: _Seen, matrices: Sequence[Vector], choices: Sequence[Any]
) -> None:
    """Go into every cell that the linear parts of the forms allow."""
    for choice in choices:
        rows = [b @ m for b, m in zip(choice, matrices, strict=True)]
        direction = positive_direction(np.vstack(rows)) if rows else None
        if direction is not None:
            seen.add(around.look(direction))


class _Seen:
    """Cells by signature; a second gradient under one signature makes a cone."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []

    def add(self, cell: Cell | None) -> None:
        """Keep a cell whose signature or gradient is new."""
        if cell is None:
            return
        size = self._size([*self.cells, cell])
        same = [c for c in self.cells if c.signature == cell.signature]
        if not any(_alike(c.gradient, cell.gradient, size) for c in same):
            self.cells.append(cell)

    @property
    def is_cone(self) -> bool:
        """Whether the gradient changes inside a cell, on the scale of all that was seen.

        A gradient of zero is seen as one of the size of the distance it is seen from.
        """
        size = self._size(self.cells)
        first: dict[Any, Cell] = {}
        for cell in self.cells:
            known = first.setdefault(cell.signature, cell)
            if not _alike(known.gradient, cell.gradient, size):
                return True
        return False

    def _size(self, cells: Sequence[Cell]) -> Any:
        return max((abs(v) for c in cells for v in c.gradient), default=0)


def _alike(a: Sequence[Any], b: Sequence[Any], scale: Any) -> bool:
    """Whether two gradients are the same up to the distance at which they were taken."""
    own = max([abs(v) for v in (*a, *b)], default=0)
    room = max(SAME_GRADIENT * own, SEEN_ZERO * scale)
    return all(abs(x - y) <= room for x, y in zip(a, b, strict=True))
