"""Numbers one can rely on: the working precision is raised until two levels agree.

May import `branches`, `functions`, `graph`. Sixty digits are plenty for most functions;
``(1 - cos(x))/x**2`` at 1e-40 and ``1 - tanh(x)**2`` at 200 lose all of them. Two
levels that agree are believed unless a sum lost or swallowed what the answer may hang on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.branches import Branches, Reading, is_close
from gradcli.symbolic.functions import FUNCTIONS
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.limits import TimeUp

# Working digits. The first pair settles ordinary functions; the last holds a sum of the
# largest and the smallest double (616 digits apart) and its square.
LEVELS = (60, 110, 400, 1400)
# Two levels agree when they share this many digits; the judge compares at 1e-20.
SETTLED_EXPONENT = -25
# What is below this share of the working digits, at two levels, is rounding of a zero.
NOISE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Settled:
    """A number that two precisions agree on, or why there is none.

    Parameters
    ----------
    value
        The number, an mpmath ``mpf`` with all its digits; ``None`` where there is none.
    reason
        Why there is none.
    """

    value: Any
    reason: str = ""


class Ladder:
    """One graph at one point, evaluated at rising precision.

    Parameters
    ----------
    graph
        The graph; it may grow, and what is known of its nodes stays known.
    point
        The exact number of every symbol.
    """

    __slots__ = ("_levels", "graph", "point")

    def __init__(self, graph: Graph, point: Mapping[int, Fraction]) -> None:
        self.graph = graph
        self.point = point
        self._levels: dict[int, Branches] = {}

    def level(self, digits: int = LEVELS[0]) -> Branches:
        """Return the values at one precision."""
        known = self._levels.get(digits)
        if known is None:
            known = self._levels[digits] = Branches(self.graph, self.point, digits)
        return known

    def settle(self, roots: Sequence[int], is_plain: bool) -> list[Settled]:
        """Return the value of every root at the point.

        Parameters
        ----------
        roots
            The nodes that are wanted.
        is_plain
            Whether ties are decided as the code decides them (a value) or must not matter
            (a derivative).

        Raises
        ------
        TimeUp
            After the deadline.
        """
        rungs = self._rungs()
        return [self._climb(root, is_plain, rungs) for root in roots]

    def _rungs(self) -> list[int]:
        """Return the working digits that every function of the graph can be evaluated at."""
        limits = [FUNCTIONS[h].digits for h in set(self.graph.heads) if h in FUNCTIONS]
        return [digits for digits in LEVELS if digits <= min(limits, default=LEVELS[-1])]

    def _climb(self, root: int, is_plain: bool, rungs: Sequence[int]) -> Settled:
        """Return the value of one root from the lowest precision that settles it."""
        before: Reading | None = None
        for digits in rungs:
            is_last = digits == rungs[-1]
            level = self.level(digits)
            try:
                now = level.plainly(root) if is_plain else level.agreed(root)
            except TimeUp:
                raise
            except Unavailable as e:
                if not level.is_weak or is_last:
                    return Settled(None, str(e))
                before = None
                continue
            answer = _answer(level, before, now, is_last)
            if answer is not None:
                return answer
            before = now
        return Settled(None, f"does not settle at {rungs[-1]} digits")


def _answer(level: Branches, before: Reading | None, now: Reading, is_last: bool) -> Settled | None:
    """Return the settled number, or ``None`` while more digits are needed."""
    if now.is_exact:
        return Settled(_plain_mpf(now.value))
    if before is None:
        return None
    if is_close(level.context, before.value, now.value, SETTLED_EXPONENT):
        return Settled(_plain_mpf(now.value)) if is_last or not now.is_weak else None
    noise = level.context.mpf(10) ** int(-NOISE_SHARE * level.context.dps)
    if is_last and abs(now.value) <= noise:
        return Settled(_plain_mpf(level.context.mpf(0)))
    return None


def _plain_mpf(value: Any) -> Any:
    """Return a number of a private context as one of mpmath's default context, unrounded."""
    import mpmath

    return mpmath.mp.make_mpf(value._mpf_)
