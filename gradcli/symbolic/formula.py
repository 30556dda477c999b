"""Derivatives as text, for people: short ones only, and only if they say the same number.

May import `export`, `graph`, `partials`, `settling`, `translation`. Here, and only here,
SymPy sees the whole function and tidies it. What it writes is evaluated at the point and shown
only if it agrees with the witness, so a formula never contradicts the number beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.branches import AGREEMENT_EXPONENT, is_close
from gradcli.symbolic.evaluate import Evaluator
from gradcli.symbolic.export import Export
from gradcli.symbolic.graph import STEPS, Graph
from gradcli.symbolic.partials import build, rational
from gradcli.symbolic.settling import Settled
from gradcli.symbolic.translation import translate

# Unfolded size of a derivative that is worth reading, and of its text.
MAX_TREE = 400
MAX_CHARACTERS = 160
# Rationals with a larger denominator are written as decimals.
MAX_DENOMINATOR = 1000
# The double pi times n/d is written so up to this d.
MAX_TURN = 12


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
    try:
        symbols = symbols_of(e.graph)
        expression = as_sympy(e, node, symbols)
        back = translate(expression, e.graph, {s: n for n, s in symbols.items()})
        said = e.ladder.settle([back], is_plain=False)[0].value
    except (Unavailable, ArithmeticError, AttributeError, TypeError, ValueError, RecursionError):
        return None
    if said is None or not is_close(value.context, said, value, AGREEMENT_EXPONENT):
        return None
    text = str(readable(expression))
    return text if len(text) <= MAX_CHARACTERS else None


def symbols_of(graph: Graph) -> dict[int, Any]:
    """Return SymPy's symbols by node, written as the user writes the entries."""
    import sympy

    return {
        n: sympy.Symbol(str(graph.payloads[n]), real=True)
        for n, head in enumerate(graph.heads)
        if head == "sym"
    }


def as_sympy(e: Export, node: int, symbols: Mapping[int, Any]) -> Any:
    """Return a node as a SymPy expression, tidied by SymPy's constructors.

    Of a choice only the branch taken at the point is written: it is the formula around
    the point, and it can be read.

    Raises
    ------
    Unavailable
        Where the node has no SymPy form or is too large.
    """
    import sympy

    here = e.ladder.level().plain
    parts = _active_parts(e, node, here)
    sizes: dict[int, int] = {}
    made: dict[int, Any] = dict(symbols)
    for n in sorted(parts):
        sizes[n] = 1 + sum(sizes[a] for a in parts[n])
        if sizes[n] > MAX_TREE:
            raise Unavailable("the formula is too long")
        if e.graph.heads[n] in STEPS:
            made[n] = sympy.Integer(int(here.value(n)))
        elif n not in made:
            made[n] = _expression(sympy, e, n, tuple(made[a] for a in parts[n]))
    return made[node]


def _active_parts(e: Export, node: int, here: Evaluator) -> dict[int, tuple[int, ...]]:
    """Return the nodes that are active at the point, each with the arguments it uses."""
    parts: dict[int, tuple[int, ...]] = {}
    waiting = [node]
    while waiting:
        n = waiting.pop()
        if n in parts:
            continue
        head, args = e.graph.heads[n], e.graph.args[n]
        if head == "where":
            args = (args[1] if here.value(args[0]) else args[2],)
        parts[n] = () if head in STEPS else args
        waiting.extend(args)
    return parts


def _expression(sympy: Any, e: Export, n: int, args: tuple[Any, ...]) -> Any:
    """Return one operation at SymPy arguments."""
    head, payload = e.graph.heads[n], e.graph.payloads[n]
    if isinstance(payload, Fraction):
        return rational(sympy, payload)
    if head == "where":
        return args[0]
    if head in ("opaque", "frozen"):
        raise Unavailable(f"{head} has no formula")
    return build(sympy, head, args)


def readable(expression: Any) -> Any:
    """Return the expression with long rationals written as decimals, or as parts of pi."""
    import sympy

    written = {}
    for r in expression.atoms(sympy.Rational):
        if r.q > MAX_DENOMINATOR:
            turns = Fraction(int(r.p), int(r.q)) / Fraction(math.pi)
            if turns.denominator <= MAX_TURN and abs(turns.numerator) <= MAX_DENOMINATOR:
                written[r] = rational(sympy, turns) * sympy.Symbol("pi", positive=True)
                continue
            decimal = sympy.Symbol(format(abs(float(r)), ".15g"), positive=True)
            written[r] = decimal if r > 0 else -decimal
    return expression.xreplace(written)
