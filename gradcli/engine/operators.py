"""The public operators that need one sweep: grad, value_and_grad, vjp, jvp, trace.

May import `ir`, `ops` and the sweeps. Every operator traces its function once and sweeps
the record; because the sweeps are plain NumPy over the table, an operator applied inside
another is traced itself, and any nesting to any order works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.engine.jvp import forward
from gradcli.engine.vjp import reverse
from gradcli.errors import ShapeError, UsageError
from gradcli.ir.program import Program
from gradcli.ir.tracing import TracedRun, trace_function
from gradcli.ir.tree import LEAF, flatten, unflatten

Argnums = int | tuple[int, ...]

_ONE = np.float64(1.0)


def positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    """Return the argument numbers as a tuple of valid positions."""
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    wanted = argnums if isinstance(argnums, tuple) else (argnums,)
    for k in wanted:
        if not -count <= k < count:
            raise UsageError("E051", f"argnums={k} but the function was given {count} arguments")
    return tuple(k % count for k in wanted)


def _scalar_seed(run: TracedRun) -> Any:
    """Return the cotangent 1 of a scalar output, or explain what to do with an array."""
    if type(run.output) is np.float64:
        return _ONE
    leaves, _ = flatten(run.output)
    shape = np.shape(leaves[0]) if len(leaves) == 1 else None
    if shape == ():
        return np.ones((), dtype=np.result_type(leaves[0]))[()]
    shown = f"shape {shape}" if shape is not None else f"{len(leaves)} parts"
    raise ShapeError(
        "E020",
        f"output has {shown}, a gradient needs a scalar",
        hint="reduce it, e.g. with np.sum; or give a cotangent: gradcli.vjp(f, *xs)[1](g); "
        "or use gradcli.jacobian",
    )


def cotangents(run: TracedRun, seeds: Sequence[Any]) -> list[Any]:
    """Return the cotangent of every traced leaf for the given cotangents of the outputs."""
    trace = run.trace
    by_slot: dict[int, Any] = {}
    for slot, g in zip(run.output_refs, seeds, strict=True):
        if slot >= 0:
            by_slot[slot] = by_slot[slot] + g if slot in by_slot else g
    with np.errstate(all="ignore"):
        adjoint = reverse(trace.records, trace.values, trace.consts, by_slot)
    return [
        np.zeros_like(trace.values[slot]) if adjoint[slot] is None else adjoint[slot]
        for slot in run.input_slots
    ]


def _gradients(run: TracedRun, seeds: Sequence[Any], argnums: Argnums) -> Any:
    """Return cotangents in the containers of the arguments; a tuple for a tuple of argnums."""
    flat = cotangents(run, seeds)
    if type(argnums) is int and run.structures[0] is LEAF:
        return flat[0]
    grads = run.unflatten_inputs(flat)
    return tuple(grads) if isinstance(argnums, tuple) else grads[0]


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives the value of `f` and its gradient in one pass.

    Parameters
    ----------
    f
        A function of arrays that returns a scalar.
    argnums
        The argument to differentiate, or a tuple of them.

    Returns
    -------
    callable
        ``(*xs) -> (value, gradient)``; the gradient has the shape and container of the
        argument, a tuple of them for a tuple of `argnums`.

    Raises
    ------
    ShapeError
        Where `f` does not return a scalar.
    TraceError
        Where a traced value cannot be followed.

    Examples
    --------
    >>> import numpy as np
    >>> value_and_grad(lambda x: 2 * np.dot(x, x))(np.arange(4.0))
    (28.0, array([ 0.,  4.,  8., 12.]))
    """

    def run_both(*xs: Any) -> tuple[Any, Any]:
        run = trace_function(f, xs, traced=positions(argnums, len(xs)))
        gradient = _gradients(run, [_scalar_seed(run)], argnums)
        value = run.output
        return (float(value) if type(value) is np.float64 else value), gradient

    return run_both


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the gradient function of a scalar function.

    Parameters
    ----------
    f, argnums
        As in `value_and_grad`.

    Returns
    -------
    callable
        ``(*xs) -> gradient``.

    Raises
    ------
    ShapeError
        Where `f` does not return a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    """

    def gradient(*xs: Any) -> Any:
        run = trace_function(f, xs, traced=positions(argnums, len(xs)))
        return _gradients(run, [_scalar_seed(run)], argnums)

    return gradient


def vjp(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the output of `f` and its pullback.

    Parameters
    ----------
    f
        A function of arrays; its output may be an array or a container of arrays.
    *xs
        The point; every argument is differentiated.

    Returns
    -------
    y
        The output.
    pullback : callable
        Takes a cotangent shaped like `y`, returns one cotangent per argument (a tuple).

    Raises
    ------
    ShapeError
        From the pullback, where the cotangent does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> y, pullback = vjp(lambda a, b: 3 * a**3 - b**2, np.array([2.0, 3.0]), np.array([6.0, 4.0]))
    >>> pullback(np.ones(2))
    (array([36., 81.]), array([-12.,  -8.]))
    """
    run = trace_function(f, xs, traced=tuple(range(len(xs))))

    def pullback(g: Any) -> Any:
        leaves, _ = flatten(g)
        shapes = [np.shape(y) for y in flatten(run.output)[0]]
        if [np.shape(leaf) for leaf in leaves] != shapes:
            given = [np.shape(leaf) for leaf in leaves]
            raise ShapeError("E021", f"the cotangent has shapes {given}, the output {shapes}")
        seeds = [leaf if hasattr(leaf, "dtype") else np.float64(leaf) for leaf in leaves]
        return _gradients(run, seeds, tuple(range(len(xs))))

    return run.output, pullback


def jvp(f: Callable[..., Any], xs: Sequence[Any], ts: Sequence[Any]) -> tuple[Any, Any]:
    """Return the output of `f` and its directional derivative.

    Parameters
    ----------
    f
        A function of arrays.
    xs, ts
        The point and the direction: one tangent per argument, of its shape.

    Returns
    -------
    y, ty
        The output and its tangent, in the same container.

    Raises
    ------
    ShapeError
        Where a tangent does not have its argument's shape.

    Examples
    --------
    >>> value, slope = jvp(lambda x: x**3, (1.0,), (2.0,))
    >>> float(value), float(slope)
    (1.0, 6.0)
    """
    run = trace_function(f, tuple(xs), traced=tuple(range(len(xs))))
    tangents = flatten(tuple(ts))[0]
    shapes = [np.shape(run.trace.values[s]) for s in run.input_slots]
    if [np.shape(t) for t in tangents] != shapes:
        given = [np.shape(t) for t in tangents]
        raise ShapeError("E021", f"the tangents have shapes {given}, the arguments {shapes}")
    pushed = push(run, tangents)
    return run.output, unflatten(flatten(run.output)[1], pushed)


def push(run: TracedRun, tangents: Sequence[Any]) -> list[Any]:
    """Return the tangent of every output leaf."""
    trace = run.trace
    start = {
        s: t if hasattr(t, "dtype") else np.float64(t)
        for s, t in zip(run.input_slots, tangents, strict=True)
    }
    with np.errstate(all="ignore"):
        pushed = forward(trace.records, trace.values, trace.consts, start)
    leaves = flatten(run.output)[0]
    return [
        np.zeros_like(y) if ref < 0 or pushed[ref] is None else pushed[ref]
        for ref, y in zip(run.output_refs, leaves, strict=True)
    ]


class Traced(Program):
    """A program that can be differentiated: what `trace` returns."""

    __slots__ = ()

    def gradient(self) -> Traced:
        """Return the program that computes the gradient with respect to every input.

        Returns
        -------
        Traced
            A program with the same inputs and one output per input.

        Raises
        ------
        ShapeError
            Where the program's output is not a scalar.
        """
        return differentiate(self)


def trace(f: Callable[..., Any], *xs: Any) -> Traced:
    """Run `f` once on traced values and return the recorded program.

    Parameters
    ----------
    f
        A function of arrays.
    *xs
        The point.

    Returns
    -------
    Traced
        The program; ``print`` lists it, ``.gradient()`` is again a program.

    Examples
    --------
    >>> import numpy as np
    >>> print(trace(lambda x: 2 * np.dot(x, x), np.arange(4.0)))
    program(x:[4])
      v1:[] = dot(x, x)
      v2:[] = multiply(2, v1)
      return v2
    """
    return as_traced(trace_function(f, xs, traced=tuple(range(len(xs)))).program)


def as_traced(program: Program) -> Traced:
    """Return a program as one that can be differentiated."""
    return Traced(*(getattr(program, name) for name in program.__dataclass_fields__))


def differentiate(program: Program) -> Traced:
    """Return the gradient program of a scalar program: its reverse sweep, traced."""

    def sweep(*xs: Any) -> Any:
        values = evaluate(program, xs)
        (ref,) = program.outputs
        seeds = {ref: np.ones_like(values[ref])} if ref >= 0 else {}
        adjoint = reverse(program.records, values, program.consts, seeds)
        return tuple(
            np.zeros_like(values[s]) if adjoint[s] is None else adjoint[s] for s in program.inputs
        )

    if len(program.outputs) != 1 or np.shape(program.value(program.outputs[0])) != ():
        shapes = [np.shape(program.value(r)) for r in program.outputs]
        raise ShapeError("E020", f"output has shapes {shapes}, a gradient needs a scalar")
    point = tuple(program.values[s] for s in program.inputs)
    run = trace_function(sweep, point, names=program.names, traced=tuple(range(len(point))))
    return as_traced(run.program)
