"""A function at a point as an expression graph.

May import `ir.program`, `ops.entries` and this room's `graph`, `numbers`, `evaluate`,
`settling`. The variables to differentiate become symbols, everything else exact numbers. A
recorded program is run by the loop below, on purpose not by the engine's; a typed expression
is interpreted from its tree (see `expression`), so that a wrong forward rule of the tracer
cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import gradcli.ops.registry  # noqa: F401  (fills the surface that NumPy's calls arrive at)
from gradcli.ir.program import Program
from gradcli.ops.entries import EntryArray, Unavailable, lift, object_array, wrap
from gradcli.symbolic.evaluate import Evaluator, refuse_ties
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.limits import MAX_CONSTANT_STEPS, MAX_SYMBOLS, Budget, Gated
from gradcli.symbolic.numbers import SymNumbers
from gradcli.symbolic.settling import Ladder
from gradcli.symbolic.term import Term

# What can be exported: a recorded program, or a callable of one array per input.
Source = Program | Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Export:
    """A function as a graph.

    Parameters
    ----------
    graph
        The graph.
    outputs
        Arrays of nodes, one per output.
    symbols
        Arrays of symbol nodes, one per differentiated variable.
    ladder
        Evaluates the graph at the point.
    """

    graph: Graph
    outputs: tuple[np.ndarray[Any, Any], ...]
    symbols: tuple[np.ndarray[Any, Any], ...]
    ladder: Ladder


def export(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    names: Sequence[str],
    budget: Budget,
) -> Export:
    """Return `source` at `inputs` as a graph.

    Parameters
    ----------
    source
        A recorded program, or a callable of one array per input.
    inputs
        The point, one array per input.
    wrt
        Positions of the inputs that become symbols.
    names
        Names of the inputs.
    budget
        The size gates.

    Raises
    ------
    Unavailable
        Where the function is too large, has no SymPy form, or branched in Python.
    """
    arrays = [np.asarray(x) for x in inputs]
    _gate_sizes(source, arrays, wrt)
    graph = Graph(budget)
    point: dict[int, Fraction] = {}
    ladder = Ladder(graph, point)
    oracle = Evaluator(graph, ladder.level().context, point, refuse_ties)
    numbers = SymNumbers(graph, lambda node: bool(oracle.value(node)))
    entries: list[EntryArray] = []
    symbols: dict[int, np.ndarray[Any, Any]] = {}
    for k, array in enumerate(arrays):
        if k in wrt:
            symbols[k] = _symbol_nodes(graph, array, names[k], point)
            entries.append(_as_entries(symbols[k], numbers))
        else:
            entries.append(lift(array, numbers))
    results = _run(source, entries)
    outputs = tuple(_nodes(r, numbers) for r in results)
    return Export(graph, outputs, tuple(symbols[k] for k in wrt), ladder)


def _gate_sizes(source: Source, arrays: Sequence[Any], wrt: Sequence[int]) -> None:
    """Refuse what cannot pass the gates before any of it is built."""
    count = sum(arrays[k].size for k in wrt)
    if count > MAX_SYMBOLS:
        raise Gated(f"{count} variables, more than {MAX_SYMBOLS}")
    constants = list(arrays) + (list(source.consts) if isinstance(source, Program) else [])
    if sum(np.size(c) for c in constants) > MAX_CONSTANT_STEPS:
        raise Gated(f"more than {MAX_CONSTANT_STEPS} constants")


def _symbol_nodes(
    graph: Graph, array: Any, name: str, point: dict[int, Fraction]
) -> np.ndarray[Any, Any]:
    """Return new symbols, named as their entries are written, with their exact numbers."""
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        place = f"[{','.join(map(str, index))}]" if index else ""
        value = float(array[index])
        if not np.isfinite(value):
            raise Unavailable(f"{name}{place} is {value}")
        node = graph.symbol(name + place)
        out[index] = node
        point[node] = Fraction(value)
    return out


def _as_entries(nodes: np.ndarray[Any, Any], numbers: SymNumbers) -> EntryArray:
    """Return an array of nodes as the table's array of scalars."""
    terms = [numbers.term(int(n)) for n in nodes.ravel()]
    return EntryArray(object_array(terms, nodes.shape), numbers)


def _nodes(result: Any, numbers: SymNumbers) -> np.ndarray[Any, Any]:
    """Return the nodes of a result: an entry array, or plain numbers of a constant function."""
    entries = result.entries if isinstance(result, EntryArray) else np.asarray(result)
    flat = [numbers.convert(e).node for e in entries.ravel().tolist()]
    return object_array(flat, entries.shape)


def _run(source: Source, entries: Sequence[EntryArray]) -> tuple[Any, ...]:
    """Return what the function returns, as a tuple of outputs."""
    if isinstance(source, Program):
        return _run_program(source, entries)
    result = source(*entries)
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def _run_program(program: Program, entries: Sequence[EntryArray]) -> tuple[Any, ...]:
    """Run the records in order; refuse branches that the variables decide.

    A guard on a value that no symbol moves (a size, an integer parameter) holds all around
    the point; any other would make the export repeat the branch that was taken.
    """
    values: list[Any] = list(entries)
    consts = program.consts
    for op, refs, params, _out in program.records:
        values.append(op.apply(tuple(values[r] if r >= 0 else consts[~r] for r in refs), params))
    for guard in program.guards:
        if guard.ref >= 0 and _moves(values[guard.ref]):
            raise Unavailable("the function branches on its variables in Python")
    return tuple(values[r] if r >= 0 else wrap(consts[~r], entries[0].m) for r in program.outputs)


def _moves(value: Any) -> bool:
    """Return whether any entry depends on a symbol."""
    if not isinstance(value, EntryArray):
        return False
    return any(type(t) is Term and t.graph.moving[t.node] for t in value.entries.ravel())
