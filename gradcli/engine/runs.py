"""One traced run of a function for an operator, and the sweeps over it.

May import `ir`, `ops` and the sweeps. A run in which a value was cut off (printed, or turned
into text) is held against the function nearby before anything is differentiated: what was
only printed is harmless, what came back as a number has lost its derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.jvp import forward
from gradcli.engine.vjp import reverse
from gradcli.errors import ShapeError, TraceError, UsageError
from gradcli.ir.tracer import Tracer
from gradcli.ir.tracing import TracedRun, trace_function
from gradcli.ir.tree import LEAF, flatten

Argnums = int | tuple[int, ...]

ONE = np.float64(1.0)


def run_traced(
    f: Callable[..., Any], xs: Sequence[Any], argnums: Argnums, verify: bool = False
) -> TracedRun:
    """Trace a function with respect to the arguments of `argnums`.

    Raises
    ------
    TraceError
        Where a value was cut off, or `verify` is set, and the function near the point
        shows that a dependence was lost.
    """
    run = trace_function(f, xs, traced=positions(argnums, len(xs)))
    if (run.cuts or verify) and not any(type(v) is Tracer for v in run.trace.values):
        _require_faithful(run, f, xs)
    return run


def _require_faithful(run: TracedRun, f: Callable[..., Any], xs: Sequence[Any]) -> None:
    """Refuse a run that is not the function, by the replay test."""
    from gradcli.ir.fidelity import replay_test

    found = replay_test(run, f, xs, np.random.default_rng(0))
    if not found.allows_gradient:
        raise TraceError(found.code, found.text(), hint=run.cuts[0].hint if run.cuts else "")


def positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    """Return the argument numbers as a tuple of valid positions."""
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    wanted = argnums if isinstance(argnums, tuple) else (argnums,)
    for k in wanted:
        if not -count <= k < count:
            raise UsageError("E051", f"argnums={k} but the function was given {count} arguments")
    return tuple(k % count for k in wanted)


def scalar_seed(run: TracedRun) -> Any:
    """Return the cotangent 1 of a scalar output, or explain what to do with an array."""
    if type(run.output) is np.float64:
        return ONE
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


def gradients(run: TracedRun, seeds: Sequence[Any], argnums: Argnums) -> Any:
    """Return cotangents in the containers of the arguments; a tuple for a tuple of argnums."""
    flat = cotangents(run, seeds)
    if type(argnums) is int and run.structures[0] is LEAF:
        return flat[0]
    grads = run.unflatten_inputs(flat)
    return tuple(grads) if isinstance(argnums, tuple) else grads[0]


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
