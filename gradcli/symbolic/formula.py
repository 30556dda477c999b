"""Derivatives as text, for people: short ones only, and only if they say the same number.

May import `export`, `graph`, `partials`, `settling`, `translation`. Here, and only here,
SymPy sees the whole function and tidies it. What it writes is evaluated at the point and shown
only if it agrees with the witness, so a formula never contradicts the number beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.branches import AGREEMENT_EXPONENT, is_close
from gradcli.symbolic.export import Export
from gradcli.symbolic.graph import COMPARISONS, Graph
from gradcli.symbolic.partials import build, rational
from gradcli.symbolic.settling import Settled, settle
from gradcli.symbolic.translation import translate

# Unfolded size of a derivative that is worth reading, and of its text.
MAX_TREE = 400
MAX_CHARACTERS = 160
# Rationals with a larger denominator are written as decimals.
MAX_DENOMINATOR = 1000


def formulas(
    e: Export, arrays: Sequence[Any], found: Sequence[Settled]
) -> tuple[np.ndarray[Any, Any], ...]:
    """Return the text of every derivative node, ``None`` for those that are not short.

    Parameters
    ----------
    e
        The exported function.
    arrays
        Arrays of derivative nodes.
    found
        Their numbers, flat.
    """
    texts: list[np.ndarray[Any, Any]] = []
    rest = list(found)
    for array in arrays:
        out = np.full(array.shape, None, dtype=object)
        for index in np.ndindex(array.shape):
            number = rest.pop(0)
            if number.value is not None:
                out[index] = formula(e, int(array[index]), number.value)
        texts.append(out)
    return tuple(texts)


def formula(e: Export, node: int, value: Any) -> str | None:
    """Return the text of one node, ``None`` if it is long or says another number."""
    if tree_size(e.graph, node) > MAX_TREE:
        return None
    try:
        symbols = symbols_of(e.graph)
        expression = as_sympy(e.graph, node, symbols)
        back = translate(expression, e.graph, {s: n for n, s in symbols.items()})
        said = settle(e.graph, e.point, [back], is_plain=False)[0].value
    except (Unavailable, ArithmeticError, AttributeError, TypeError, ValueError, RecursionError):
        return None
    if said is None or not is_close(value.context, said, value, AGREEMENT_EXPONENT):
        return None
    text = str(readable(expression))
    return text if len(text) <= MAX_CHARACTERS else None


def tree_size(graph: Graph, node: int) -> int:
    """Return the number of operations of a node with its shared parts written out."""
    sizes: dict[int, int] = {}
    for n in graph.reachable([node]):
        sizes[n] = 1 + sum(sizes[a] for a in graph.args[n])
    return sizes[node]


def symbols_of(graph: Graph) -> dict[int, Any]:
    """Return SymPy's symbols by node, written as the user writes the entries."""
    import sympy

    return {
        n: sympy.Symbol(str(graph.payloads[n]), real=True)
        for n, head in enumerate(graph.heads)
        if head == "sym"
    }


def as_sympy(graph: Graph, node: int, symbols: Mapping[int, Any]) -> Any:
    """Return a node as a SymPy expression, tidied by SymPy's constructors.

    Raises
    ------
    Unavailable
        Where the node has no SymPy form.
    """
    import sympy

    made: dict[int, Any] = dict(symbols)
    for n in graph.reachable([node]):
        if n not in made:
            made[n] = _expression(sympy, graph, n, tuple(made[a] for a in graph.args[n]))
    return made[node]


def _expression(sympy: Any, graph: Graph, n: int, args: tuple[Any, ...]) -> Any:
    """Return one operation at SymPy arguments."""
    head, payload = graph.heads[n], graph.payloads[n]
    if isinstance(payload, Fraction):
        return rational(sympy, payload)
    if head == "where":
        return sympy.Piecewise((args[1], _truth(sympy, args[0])), (args[2], True))
    if head in COMPARISONS:
        return getattr(sympy, head.capitalize())(*args)
    if head in ("and", "or", "not"):
        return getattr(sympy, head.capitalize())(*(_truth(sympy, a) for a in args))
    if head in ("opaque", "frozen"):
        raise Unavailable(f"{head} has no formula")
    numbers = [sympy.Piecewise((1, a), (0, True)) if _is_truth(a) else a for a in args]
    return build(sympy, head, tuple(numbers))


def _truth(sympy: Any, value: Any) -> Any:
    """Return a condition: a number is true where it is not 0."""
    return value if _is_truth(value) else sympy.Ne(value, 0)


def _is_truth(value: Any) -> bool:
    """Return whether a SymPy object is a condition; a symbol could be one, but is a number here."""
    from sympy import Expr

    return not isinstance(value, Expr)


def readable(expression: Any) -> Any:
    """Return the expression with long rationals written as decimals."""
    import sympy

    written = {}
    for r in expression.atoms(sympy.Rational):
        if r.q > MAX_DENOMINATOR:
            decimal = sympy.Symbol(format(abs(float(r)), ".15g"), positive=True)
            written[r] = decimal if r > 0 else -decimal
    return expression.xreplace(written)
