"""Derivatives of a graph: tangents pushed from the symbols to the outputs, step by step.

May import `graph`, `partials`. One pass answers one direction: one symbol (a column of
the Jacobian) or a weighted sum of symbols (a Jacobian-vector product). The chain rule is
applied along the graph; every partial in it is SymPy's. Pushing forward keeps choices
lazy: the tangent of ``where(c, a, b)`` is ``where(c, ȧ, ḃ)``, so that a branch which is
not taken may be as infinite as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.symbolic.graph import STEPS, Graph
from gradcli.symbolic.partials import partial


def tangents(graph: Graph, roots: Sequence[int], seeds: Mapping[int, int]) -> list[int]:
    """Return the nodes of the directional derivatives of `roots`.

    Parameters
    ----------
    graph
        The graph; it grows by the derivative.
    roots
        The nodes to differentiate.
    seeds
        The direction: a node (usually a number) for every symbol that moves.

    Returns
    -------
    list of int
        One node per root.

    Raises
    ------
    Gated, TimeUp
        When the derivative grows over its gate.
    """
    moving = {s: t for s, t in seeds.items() if graph.as_number(t) != 0}
    graph.deriving = True
    try:
        for n in graph.reachable(roots):
            tangent = None if n in moving else _tangent(graph, n, moving)
            if tangent is not None and graph.as_number(tangent) != 0:
                moving[n] = tangent
    finally:
        graph.deriving = False
    return [moving.get(r, graph.number(0)) for r in roots]


def _tangent(graph: Graph, n: int, moving: Mapping[int, int]) -> int | None:
    """Return the tangent of one node, ``None`` where nothing moves."""
    head, args = graph.heads[n], graph.args[n]
    if not graph.moving[n] or head in STEPS or not any(a in moving for a in args):
        return None
    if head == "where":
        zero = graph.number(0)
        return graph.where(args[0], moving.get(args[1], zero), moving.get(args[2], zero))
    numbers = tuple(graph.as_number(a) for a in args)
    total: int | None = None
    for i, a in enumerate(args):
        if a not in moving:
            continue
        local = partial(head, numbers, i)
        if local.is_zero:
            continue
        term = graph.times(local.copy_into(graph, args), moving[a])
        total = term if total is None else graph.plus(total, term)
    return total
