"""The questions the witness answers: gradients, Jacobians, Hessians and their products.

May import `answer`, `derivative`, `export`, `ops.entries`, `reports`. Each question says
which nodes of the exported function are wanted; `answer` settles their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.ops.entries import Unavailable
from gradcli.reports import Estimate
from gradcli.symbolic.answer import Nodes, SymbolicGradient, Wanted, answer
from gradcli.symbolic.derivative import tangents
from gradcli.symbolic.export import Export, Source


def gradient(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    cotangent: Any = None,
    *,
    names: Sequence[str] | None = None,
    with_formulas: bool = False,
) -> SymbolicGradient:
    """Return the gradient of ``sum(cotangent * f)`` for the chosen inputs.

    Parameters
    ----------
    source
        A recorded program, or a callable of one array per input (see `expression`).
    inputs
        The point, one array per input.
    wrt
        Positions of the inputs to differentiate by.
    cotangent
        Weights of the outputs, of the output's shape; ones by default. A tuple for several
        outputs.
    names
        Names of the inputs, for formulas.
    with_formulas
        Whether to write the derivatives as text where they are short.

    Returns
    -------
    SymbolicGradient
        One array per position in `wrt`, each of its input's shape. Never raises for a
        function that SymPy cannot follow: the status says so.
    """

    def plan(e: Export) -> Wanted:
        total = _contract(e, cotangent)
        found = [_columns(e, [total], s)[..., 0] for s in e.symbols]
        return Wanted(found, [total], total)

    return answer(source, inputs, wrt, names, plan, with_formulas)


def jacobian(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    *,
    names: Sequence[str] | None = None,
) -> SymbolicGradient:
    """Return the Jacobians of the (single) output, each of shape ``out.shape + in.shape``."""

    def plan(e: Export) -> Wanted:
        out = e.outputs[0]
        found = []
        for s in e.symbols:
            columns = _columns(e, out.ravel().tolist(), s)
            found.append(np.moveaxis(columns, -1, 0).reshape(out.shape + s.shape))
        return Wanted(found, out.ravel().tolist())

    return answer(source, inputs, wrt, names, plan)


def jvp(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    tangent: Sequence[Any],
    *,
    names: Sequence[str] | None = None,
) -> SymbolicGradient:
    """Return the derivative of the (single) output along `tangent`, one array per position."""

    def plan(e: Export) -> Wanted:
        out = e.outputs[0]
        flat = out.ravel().tolist()
        slopes = tangents(e.graph, flat, _direction(e, tangent))
        return Wanted([_node_array(slopes, out.shape)], flat)

    return answer(source, inputs, wrt, names, plan)


def hessian(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    cotangent: Any = None,
    *,
    names: Sequence[str] | None = None,
) -> SymbolicGradient:
    """Return the second derivatives of ``sum(cotangent * f)``.

    One array of shape ``in_i.shape + in_j.shape`` for every pair of positions in `wrt`, the
    first position slowest.
    """

    def plan(e: Export) -> Wanted:
        total = _contract(e, cotangent)
        blocks = []
        steady = [total]
        for s in e.symbols:
            first = _columns(e, [total], s)[..., 0]
            steady += first.ravel().tolist()
            for t in e.symbols:
                second = _columns(e, first.ravel().tolist(), t)
                blocks.append(np.moveaxis(second, -1, 0).reshape(s.shape + t.shape))
        return Wanted(blocks, steady)

    return answer(source, inputs, wrt, names, plan)


def hvp(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    vectors: Sequence[Any],
    cotangent: Any = None,
    *,
    names: Sequence[str] | None = None,
) -> SymbolicGradient:
    """Return the Hessian of ``sum(cotangent * f)`` times `vectors`, one array per position."""

    def plan(e: Export) -> Wanted:
        total = _contract(e, cotangent)
        slope = tangents(e.graph, [total], _direction(e, vectors))
        return Wanted([_columns(e, slope, s)[..., 0] for s in e.symbols], [total, *slope])

    return answer(source, inputs, wrt, names, plan)


def witness(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    cotangent: Any = None,
    *,
    names: Sequence[str] | None = None,
) -> dict[int, Estimate]:
    """Return the gradient as estimates by position (see `gradient`)."""
    answer = gradient(source, inputs, wrt, cotangent, names=names)
    return {k: answer.estimate(i) for i, k in enumerate(wrt)}


def _contract(e: Export, cotangent: Any) -> int:
    """Return the node of the outputs weighted by the cotangent and added up."""
    weights = (cotangent,) if len(e.outputs) == 1 else cotangent
    total = e.graph.number(0)
    for i, out in enumerate(e.outputs):
        weight = None if weights is None else weights[i]
        w = np.ones(out.shape) if weight is None else np.broadcast_to(weight, out.shape)
        for node, number in zip(out.ravel(), w.ravel().tolist(), strict=True):
            factor = e.graph.number(_exact(number))
            total = e.graph.plus(total, e.graph.times(factor, int(node)))
    return total


def _exact(number: float) -> Fraction:
    """Return the exact value of a weight."""
    if not np.isfinite(number):
        raise Unavailable("a cotangent that is not finite")
    return Fraction(number)


def _direction(e: Export, vectors: Sequence[Any]) -> dict[int, int]:
    """Return the seeds of a directional derivative."""
    seeds = {}
    for nodes, vector in zip(e.symbols, vectors, strict=True):
        v = np.broadcast_to(np.asarray(vector, dtype=np.float64), nodes.shape)
        for node, number in zip(nodes.ravel().tolist(), v.ravel().tolist(), strict=True):
            seeds[node] = e.graph.number(_exact(number))
    return seeds


def _columns(e: Export, roots: list[int], symbols: Nodes) -> Nodes:
    """Return the derivatives of `roots` by every symbol, shape ``symbols.shape + (roots,)``."""
    one = e.graph.number(1)
    rows = [tangents(e.graph, roots, {s: one}) for s in symbols.ravel().tolist()]
    return _node_array([n for row in rows for n in row], (*symbols.shape, len(roots)))


def _node_array(nodes: Sequence[int], shape: tuple[int, ...]) -> Nodes:
    out = np.empty(len(nodes), dtype=object)
    out[:] = nodes
    return out.reshape(shape)
