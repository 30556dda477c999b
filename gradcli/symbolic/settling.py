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
from gradcli.symbolic.branches import Branches, is_close
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value at one level, and whether a higher one could change it."""

    value: Any
    is_weak: bool
    is_exact: bool


def settle(
    graph: Graph, point: Mapping[int, Fraction], roots: Sequence[int], is_plain: bool
) -> list[Settled]:
    """Return the value of every root at the point.

    Parameters
    ----------
    graph, point
        The function and where it is evaluated.
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
    settled: dict[int, Settled] = {}
    before: dict[int, _Reading] = {}
    levels = _levels(graph)
    for digits in levels:
        level = Branches(graph, point, digits)
        for root in roots:
            if root in settled:
                continue
            try:
                now = _read(level, root, is_plain)
            except TimeUp:
                raise
            except Unavailable as e:
                if not level.is_weak or digits == levels[-1]:
                    settled[root] = Settled(None, str(e))
                before.pop(root, None)
                continue
            answer = _answer(level, before.get(root), now, digits == levels[-1])
            if answer is not None:
                settled[root] = answer
            before[root] = now
        if len(settled) == len(set(roots)):
            break
    nowhere = Settled(None, f"does not settle at {levels[-1]} digits")
    return [settled.get(root, nowhere) for root in roots]


def _levels(graph: Graph) -> list[int]:
    """Return the working digits that every function of the graph can be evaluated at."""
    limits = [FUNCTIONS[h].digits for h in set(graph.heads) if h in FUNCTIONS]
    return [digits for digits in LEVELS if digits <= min(limits, default=LEVELS[-1])]


def _read(level: Branches, root: int, is_plain: bool) -> _Reading:
    """Return the value of a root at one level."""
    if is_plain:
        used = level.plain
        value = used.value(root)
    else:
        value, used = level.agreed(root)
    return _Reading(value, root in used.weak, root in used.exact)


def _answer(
    level: Branches, before: _Reading | None, now: _Reading, is_last: bool
) -> Settled | None:
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
