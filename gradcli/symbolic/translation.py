"""From a SymPy expression to nodes of a graph.

May import `functions` and `graph`. What SymPy returns for a derivative is small and new;
it is read once, with a stack of its own. Anything without a plain real meaning (an
unevaluated derivative, infinity, the imaginary unit) becomes an opaque node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from gradcli.symbolic.functions import CONSTANTS, FUNCTIONS, HEADS
from gradcli.symbolic.graph import Graph

Handler = Callable[[Graph, Sequence[int]], int]


def translate(expression: Any, graph: Graph, symbols: Mapping[Any, int]) -> int:
    """Return the node of a SymPy expression.

    Parameters
    ----------
    expression
        The expression; it may be any SymPy object.
    graph
        The graph that takes the nodes.
    symbols
        The nodes of its free symbols.
    """
    done: dict[Any, int] = dict(symbols)
    waiting = [expression]
    while waiting:
        e = waiting[-1]
        if e in done:
            waiting.pop()
            continue
        handler = _handler(e)
        if handler is None:
            done[e] = _leaf(graph, e)
            continue
        parts = _parts(e)
        missing = [p for p in parts if p not in done]
        if missing:
            waiting.extend(missing)
        else:
            done[e] = handler(graph, [done[p] for p in parts])
    return done[expression]


def _handler(e: Any) -> Handler | None:
    """Return how to make the node of `e` from the nodes of its parts."""
    name = type(e).__name__
    head = HEADS.get(name)
    if name == "hyper":
        head = f"hyp{len(e.ap)}f{len(e.bq)}"
        head = head if head in FUNCTIONS else None
    if head is not None:
        return lambda graph, parts: graph.apply(head, tuple(parts))
    return _HANDLERS.get(name)


def _parts(e: Any) -> Sequence[Any]:
    """Return what `e` is made of; pairs and tuples of parameters are laid flat."""
    if type(e).__name__ == "hyper":
        return (*e.ap, *e.bq, e.argument)
    if type(e).__name__ == "Piecewise":
        return [part for pair in e.args for part in (pair.args[0], pair.args[1])]
    return tuple(e.args)


def _leaf(graph: Graph, e: Any) -> int:
    """Return the node of a number or a constant, an opaque one for what has no handler."""
    name = type(e).__name__
    if getattr(e, "is_Rational", False):
        return graph.number(Fraction(int(e.p), int(e.q)))
    if name in _CONSTANT_HEADS:
        return graph.node(_CONSTANT_HEADS[name], ())
    if name in _TRUTHS:
        return graph.number(_TRUTHS[name])
    if name == "Derivative":
        return graph.opaque(f"SymPy knows no derivative of {type(e.args[0]).__name__}")
    return graph.opaque(f"SymPy answers with {name}, which has no real value here")


_CONSTANT_HEADS = {theirs: ours for ours, theirs in CONSTANTS.items()}
_TRUTHS = {"BooleanTrue": 1, "BooleanFalse": 0}


def _sum(graph: Graph, parts: Sequence[int]) -> int:
    return reduce(graph.plus, parts)


def _product(graph: Graph, parts: Sequence[int]) -> int:
    return reduce(graph.times, parts)


def _power(graph: Graph, parts: Sequence[int]) -> int:
    """Return a power; square roots and divisions are what SymPy hides in exponents."""
    base, exponent = parts
    value = graph.as_number(exponent)
    if value is None:
        return graph.power(base, exponent)
    if abs(value) == Fraction(1, 2):
        size = graph.node("sqrt", (base,))
    else:
        size = graph.power(base, graph.number(abs(value)))
    return graph.over(graph.number(1), size) if value < 0 else size


def _choice(graph: Graph, parts: Sequence[int]) -> int:
    result = graph.opaque("no branch of a Piecewise applies")
    for k in range(len(parts) - 2, -1, -2):
        result = graph.where(parts[k + 1], parts[k], result)
    return result


def _all(graph: Graph, parts: Sequence[int]) -> int:
    return reduce(lambda a, b: graph.node("and", (a, b)), parts)


def _any(graph: Graph, parts: Sequence[int]) -> int:
    return reduce(lambda a, b: graph.node("or", (a, b)), parts)


def _absolute(graph: Graph, parts: Sequence[int]) -> int:
    below = graph.compare("lt", parts[0], graph.number(0))
    return graph.where(below, graph.negative(parts[0]), parts[0])


def _largest(graph: Graph, parts: Sequence[int]) -> int:
    """Return nested pieces of two: SymPy's own n-ary Max is wrong where branches tie."""
    return reduce(lambda a, b: graph.where(graph.compare("lt", a, b), b, a), parts)


def _smallest(graph: Graph, parts: Sequence[int]) -> int:
    return reduce(lambda a, b: graph.where(graph.compare("gt", a, b), b, a), parts)


def _step(graph: Graph, parts: Sequence[int]) -> int:
    """Return Heaviside's step, which has no value at 0."""
    zero, one = graph.number(0), graph.number(1)
    at_zero = graph.opaque("Heaviside has no value at 0")
    upper = graph.where(graph.compare("gt", parts[0], zero), one, at_zero)
    return graph.where(graph.compare("lt", parts[0], zero), zero, upper)


def _impulse(graph: Graph, parts: Sequence[int]) -> int:
    """Return Dirac's delta: 0, and no number at 0."""
    zero = graph.number(0)
    at_zero = graph.opaque("DiracDelta has no value at 0")
    return graph.where(graph.compare("ne", parts[0], zero), zero, at_zero)


def _comparison(head: str) -> Handler:
    return lambda graph, parts: graph.compare(head, parts[0], parts[1])


_HANDLERS: dict[str, Handler] = {
    "Add": _sum,
    "Mul": _product,
    "Pow": _power,
    "Piecewise": _choice,
    "ITE": lambda graph, parts: graph.where(parts[0], parts[1], parts[2]),
    "And": _all,
    "Or": _any,
    "Not": lambda graph, parts: graph.node("not", (parts[0],)),
    "Abs": _absolute,
    "Max": _largest,
    "Min": _smallest,
    "Heaviside": _step,
    "DiracDelta": _impulse,
    "StrictLessThan": _comparison("lt"),
    "LessThan": _comparison("le"),
    "StrictGreaterThan": _comparison("gt"),
    "GreaterThan": _comparison("ge"),
    "Equality": _comparison("eq"),
    "Unequality": _comparison("ne"),
}
