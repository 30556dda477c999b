"""Ties: a number that holds whichever way the undecided conditions go.

May import `evaluate`, `graph`. At a tie such as ``max(x, sin(x))`` at 0 the derivative of
the branch that happens to be taken proves nothing. So every combination of branches is
evaluated, at most `MAX_TIES` ties deep, and only a number on which all of them agree is an answer.
An equality holds at a single point: there the branch beside the point is the one that
has the derivative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.evaluate import Evaluator, plain_truth
from gradcli.symbolic.graph import Graph

# verdict.md, section 3: ties enumerated at a kink.
MAX_TIES = 6
# verdict.md, section 2: the relative difference that counts as agreement.
AGREEMENT_EXPONENT = -20

Choice = frozenset[tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value at one precision.

    Parameters
    ----------
    value
        The number, an ``mpf`` of the level's context.
    is_weak
        Whether more digits could change it.
    is_exact
        Whether it carries no rounding at all.
    """

    value: Any
    is_weak: bool
    is_exact: bool


class _Tie(Exception):
    """A condition was met whose truth is not chosen yet."""

    def __init__(self, node: int) -> None:
        super().__init__(node)
        self.node = node


class Branches:
    """Values at one precision, over all choices of undecided conditions.

    Parameters
    ----------
    graph, point
        The function and where it is evaluated.
    digits
        Working precision, decimal digits.
    """

    __slots__ = ("_evaluators", "context", "graph", "plain", "point")

    def __init__(self, graph: Graph, point: Mapping[int, Fraction], digits: int) -> None:
        from mpmath.ctx_mp import MPContext

        self.graph = graph
        self.point = point
        self.context = MPContext()
        self.context.dps = digits
        # The function as it is, ties decided as the code decides them.
        self.plain = Evaluator(graph, self.context, point, plain_truth)
        self._evaluators: dict[Choice, Evaluator] = {}

    def evaluator(self, choice: Choice) -> Evaluator:
        """Return the evaluator in which the ties of `choice` are decided."""
        known = self._evaluators.get(choice)
        if known is None:
            chosen = dict(choice)

            def on_tie(node: int) -> bool:
                head = self.graph.heads[node]
                if head in ("eq", "ne"):
                    return head == "ne"
                if node not in chosen:
                    raise _Tie(node)
                return chosen[node]

            known = Evaluator(self.graph, self.context, self.point, on_tie)
            self._evaluators[choice] = known
        return known

    def plainly(self, root: int) -> Reading:
        """Return the value of a node with ties decided as the code decides them."""
        value = self.plain.value(root)
        return Reading(value, root in self.plain.weak, root in self.plain.exact)

    def agreed(self, root: int) -> Reading:
        """Return the value of a node on which all branches agree.

        Raises
        ------
        Unavailable
            Where branches disagree, one has no value, or there are too many ties.
        """
        waiting: list[Choice] = [frozenset()]
        found: list[Any] = []
        used: list[Evaluator] = []
        while waiting:
            choice = waiting.pop()
            evaluator = self.evaluator(choice)
            try:
                found.append(evaluator.value(root))
                used.append(evaluator)
            except _Tie as tie:
                if len(choice) >= MAX_TIES:
                    raise Unavailable(f"more than {MAX_TIES} ties at this point") from None
                waiting += [choice | {(tie.node, False)}, choice | {(tie.node, True)}]
        first = found[0]
        if not all(is_close(self.context, first, v, AGREEMENT_EXPONENT) for v in found):
            raise Unavailable("branches that tie at this point give different numbers")
        is_weak = any(root in e.weak for e in used)
        return Reading(first, is_weak, all(root in e.exact for e in used))

    @property
    def is_weak(self) -> bool:
        """Whether any evaluation lost most of its digits somewhere."""
        return bool(self.plain.weak) or any(e.weak for e in self._evaluators.values())


def is_close(context: Any, a: Any, b: Any, exponent: int) -> bool:
    """Return whether two numbers agree to ``10**exponent`` relative."""
    bound = max(abs(a), abs(b)) * context.mpf(10) ** exponent
    return bool(abs(a - b) <= bound)
