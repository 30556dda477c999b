"""The scalar that the op table sees: a `Term`, one node of a graph with Python's operators.

May import `graph` and `ops.entries`. Object arrays of terms run through every operation
of the table; each operator adds one unsimplified node.

A term has a truth value only where the point decides it: Python code such as a pivot
search may ask ``a < b`` and gets the answer of the point, provided it is no tie there,
because then the answer is the same all around the point.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.graph import Graph

Decide = Callable[[int], bool]


def _operator(head: str, is_reflected: bool = False) -> Callable[[Any, Any], Any]:
    """Return a binary operator that adds a node `head`."""

    def forward(self: Any, other: Any) -> Any:
        b = self.lift(other)
        if b is None:
            return NotImplemented
        pair = (b, self.node) if is_reflected else (self.node, b)
        return self.like(self.graph.apply(head, pair))

    return forward


class Term:
    """A scalar expression.

    Parameters
    ----------
    graph
        Where the node lives.
    node
        The node.
    decide
        Tells the truth of a node at the point, or raises `Unavailable` at a tie.
    """

    __slots__ = ("decide", "graph", "node")

    def __init__(self, graph: Graph, node: int, decide: Decide) -> None:
        self.graph = graph
        self.node = node
        self.decide = decide

    def like(self, node: int) -> Term:
        """Return another node of the same graph as a term."""
        return Term(self.graph, node, self.decide)

    def lift(self, value: Any) -> int | None:
        """Return the node of a term or a number, ``None`` for anything else."""
        if type(value) is Term:
            return value.node
        return number_node(self.graph, value)

    def __repr__(self) -> str:
        return f"Term({self.graph.heads[self.node]}, {self.node})"

    def __bool__(self) -> bool:
        known = self.graph.as_number(self.node)
        return self.decide(self.node) if known is None else bool(known)

    def __float__(self) -> float:
        return float(self._plain())

    def __int__(self) -> int:
        return int(self._plain())

    def __index__(self) -> int:
        value = self._plain()
        if value.denominator != 1:
            raise Unavailable("an index that is not an integer")
        return value.numerator

    def _plain(self) -> Fraction:
        known = self.graph.as_number(self.node)
        if known is None:
            raise Unavailable("a plain number is needed where a symbol stands")
        return known

    def __neg__(self) -> Term:
        return self.like(self.graph.negative(self.node))

    def __pos__(self) -> Term:
        return self

    def __abs__(self) -> Term:
        graph, x = self.graph, self.node
        below = graph.compare("lt", x, graph.number(0))
        return self.like(graph.where(below, graph.negative(x), x))

    def __invert__(self) -> Term:
        return self.like(self.graph.node("not", (self.node,)))

    __add__ = _operator("add")
    __radd__ = _operator("add", is_reflected=True)
    __sub__ = _operator("sub")
    __rsub__ = _operator("sub", is_reflected=True)
    __mul__ = _operator("mul")
    __rmul__ = _operator("mul", is_reflected=True)
    __truediv__ = _operator("div")
    __rtruediv__ = _operator("div", is_reflected=True)
    __pow__ = _operator("pow")
    __rpow__ = _operator("pow", is_reflected=True)
    __and__ = _operator("and")
    __rand__ = _operator("and", is_reflected=True)
    __or__ = _operator("or")
    __ror__ = _operator("or", is_reflected=True)
    # Python reflects a comparison by turning it round: one form each is enough.
    __lt__ = _operator("lt")
    __le__ = _operator("le")
    __gt__ = _operator("gt")
    __ge__ = _operator("ge")
    __eq__ = _operator("eq")
    __ne__ = _operator("ne")
    __hash__ = None  # type: ignore[assignment]


def number_node(graph: Graph, value: Any) -> int | None:
    """Return the node of a plain number at its exact value, ``None`` for anything else."""
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, int | float | Fraction):
        return None
    graph.budget.spend_constant()
    # Comparing NaN would raise a flag that NumPy warns of.
    if isinstance(value, float) and not math.isfinite(value):
        return graph.opaque(f"the constant {value} is not a finite number")
    return graph.number(Fraction(value))
