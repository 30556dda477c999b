"""The gradient of a large program against slopes along random directions.

May import `extended`. One zero-mean direction meets every entry at once; where its slope
is not the gradient's, the set of entries is halved until the few to blame are found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.exact.extended import Extended
from gradcli.exact.truths import WEIGHTS

# Float64 rounding of the gradient's own entries, which adds up like a random walk.
GRADIENT_ROUNDING = 1e-11
# Entries that are located; each takes a hundred evaluations.
MOST_LOCATED = 2
# Error bars of a slope within which it is the gradient's.
_BARS = 4.0

Arrays = Sequence[Any]


def random_direction(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Return a zero-mean random direction whose entries are of size 1/2 to 3/2."""
    half = WEIGHTS // 2
    size = rng.integers(half, half + WEIGHTS, size=shape) / WEIGHTS
    return size * rng.choice([-1.0, 1.0], size=shape)


class Slopes:
    """Slopes of a program along directions in all its inputs.

    Parameters
    ----------
    extended
        The program in extended precision; ``None`` where there is none: nothing is taken.
    slots
        The inputs that move.
    gradients, sizes
        The gradient to compare with and the scale of its entries, one array per slot.
    rng
        Where directions come from.
    """

    def __init__(
        self,
        extended: Extended | None,
        slots: Sequence[int],
        gradients: Arrays,
        sizes: Arrays,
        rng: np.random.Generator,
    ) -> None:
        self.extended, self.slots = extended, slots
        self.gradients, self.sizes, self.rng = gradients, sizes, rng
        self.offsets = np.cumsum([0, *(g.size for g in gradients)])
        self.taken = 0
        # Whether some direction disagreed and no entry was found to blame.
        self.unlocated = False
        self._weights: list[Any] = []

    def wrong(self, count: int, most: int = MOST_LOCATED) -> list[tuple[int, int]]:
        """Return the entries that are not the slope, as input number and flat position.

        Parameters
        ----------
        count
            Random directions to take.
        most
            Entries to locate.
        """
        found: list[int] = []
        for _ in range(count if self.extended is not None else 0):
            self._weights = [random_direction(self.rng, g.shape) for g in self.gradients]
            left = np.delete(np.arange(self.offsets[-1]), found)
            while self._fails(left):
                culprit = self._located(left)
                if culprit is None or len(found) >= most:
                    self.unlocated = True
                    break
                found.append(culprit)
                left = left[left != culprit]
        return [self._place(i) for i in found]

    def _located(self, members: Any) -> int | None:
        """Return one entry that fails alone, ``None`` where halving ends at one that does not."""
        while len(members) > 1:
            half = len(members) // 2
            members = members[:half] if self._fails(members[:half]) else members[half:]
        return int(members[0]) if self._fails(members) else None

    def _place(self, number: int) -> tuple[int, int]:
        k = int(np.searchsorted(self.offsets, number, side="right")) - 1
        return k, int(number - self.offsets[k])

    def _fails(self, members: Any) -> bool:
        """Whether the slope along the direction, cut to some entries, is not the gradient's."""
        cut = self._cut(members)
        found = self._slope(cut)
        if found is None:
            return False
        slope, error = found
        expected = sum(float(np.sum(g * d)) for g, d in zip(self.gradients, cut, strict=True))
        squares = sum(float(np.sum((c * d) ** 2)) for c, d in zip(self.sizes, cut, strict=True))
        room = _BARS * float(error) + GRADIENT_ROUNDING * math.sqrt(squares)
        return not abs(float(slope) - expected) <= room

    def _cut(self, members: Any) -> list[Any]:
        """Return the direction with all entries but some at zero."""
        cut = []
        for k, w in enumerate(self._weights):
            own = members[(members >= self.offsets[k]) & (members < self.offsets[k + 1])]
            line = np.zeros(w.size)
            line[own - self.offsets[k]] = w.reshape(-1)[own - self.offsets[k]]
            cut.append(line.reshape(w.shape))
        return cut

    def _slope(self, cut: Arrays) -> Any:
        if self.extended is None:
            return None
        moving = {s: d for s, d in zip(self.slots, cut, strict=True) if np.any(d)}
        with np.errstate(all="ignore"):
            found = self.extended.slope(moving) if moving else (0.0, 0.0)
        self.taken += found is not None
        return found

    def along(self, k: int, position: int) -> Any:
        """Return the derivative along one coordinate and its error, or ``None``."""
        cut = [np.zeros(g.shape) for g in self.gradients]
        cut[k].reshape(-1)[position] = 1.0
        return self._slope(cut)
