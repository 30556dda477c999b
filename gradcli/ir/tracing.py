"""Run a function once on traced values and keep what was recorded: `trace_function`.

May import `tracer`, `program`, `tree` and `ops`. The chosen arguments are taken apart into
their arrays, every array becomes an input of a new trace, and the function runs on them as
it stands. Traces nest: an argument may itself be a tracer of an outer trace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.errors import GradcliError, TraceError, UsageError
from gradcli.ir import answers, conversions  # noqa: F401  (they complete the tracer)
from gradcli.ir.attempts import recall, remember, widened
from gradcli.ir.leaks import Leak, first_fatal, misread_leak
from gradcli.ir.patches import enter, followed, leave
from gradcli.ir.places import defined, described, is_library, place_of
from gradcli.ir.program import Place, Program
from gradcli.ir.reach import Reach
from gradcli.ir.trace import LEVELS, Trace
from gradcli.ir.tracer import CONVERTERS, Tracer, fresh, primal, settled
from gradcli.ir.tree import LEAF, Structure, flatten, paths, unflatten
from gradcli.ops.pythonic import FLOAT
from gradcli.source import safe_text

_DOUBLE = np.dtype(np.float64)
_LEAVES = frozenset({np.ndarray, float, np.float64, Tracer})


@dataclass(slots=True)
class TracedRun:
    """One traced run of a function.

    Parameters
    ----------
    output
        What the function returned, with values in place of tracers.
    output_refs
        One reference per leaf of `output`.
    trace
        The trace, closed.
    structures
        The containers of every traced argument.
    positions
        The positions of the traced arguments.
    cuts
        What left the trace without ending it: text, ``K *= t`` on a plain array, and every
        leak of a run that was not strict. Where there are any, run the replay test.
    """

    output: Any
    output_refs: tuple[int, ...]
    trace: Trace
    structures: tuple[Structure, ...]
    positions: tuple[int, ...]
    cuts: tuple[Leak, ...] = ()

    @property
    def program(self) -> Program:
        """The recorded program; its outputs are `output_refs`."""
        return self.trace.program(self.output_refs)

    @property
    def input_slots(self) -> tuple[int, ...]:
        """The slots of the inputs, one per array of the traced arguments."""
        return tuple(range(len(self.trace.names)))

    def unflatten_inputs(self, leaves: Iterable[Any]) -> list[Any]:
        """Return one value per traced argument, in its containers, from one leaf per input."""
        source = iter(leaves)
        return [unflatten(s, [next(source) for _ in range(s.leaf_count)]) for s in self.structures]


def primal_leaf(value: Any, name: str) -> Any:
    """Return an array or number of an argument as a value that can be traced.

    Raises
    ------
    UsageError
        For anything that has no derivative: integers, booleans, complex numbers, objects.
    """
    kind = type(value)
    if kind is np.ndarray and value.dtype is _DOUBLE:
        return value.copy()
    if kind is FLOAT:
        return np.float64(value)
    if kind in CONVERTERS:
        value = settled(value)
    if type(value) is Tracer:
        if value.dtype.kind == "f":
            return fresh(value)
    elif isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f":
        return np.array(value) if isinstance(value, np.ndarray) else value
    what = getattr(value, "dtype", kind.__name__)
    raise UsageError(
        "E052",
        f"`{safe_text(name)}` is of type {safe_text(what)}, which has no gradient",
        hint="give floating-point numbers, e.g. 2.0 or np.asarray(x, dtype=float)",
    )


def argument_names(f: Callable[..., Any], number: int) -> tuple[str, ...]:
    """Return the names of the first `number` positional parameters, as far as known."""
    code = getattr(f, "__code__", None)
    known = code.co_varnames[: code.co_argcount] if code is not None else ()
    return tuple(known[k] if k < len(known) else f"x{k}" for k in range(number))


def trace_function(
    f: Callable[..., Any],
    args: Sequence[Any],
    *,
    kwargs: Mapping[str, Any] | None = None,
    names: Sequence[str] | None = None,
    traced: Sequence[int] | None = None,
    locate: bool = False,
    strict: bool = True,
    readable: bool = False,
) -> TracedRun:
    """Run ``f(*args, **kwargs)`` with the chosen arguments traced.

    Parameters
    ----------
    f
        Any callable of arrays.
    args, kwargs
        The point; keyword arguments are held constant.
    names
        Names of the positional arguments, for listings; default: the function's own.
    traced
        Positions of the arguments to trace, in the order the inputs shall have; default all.
    locate
        Whether to note the user's line of every operation.
    strict
        Whether a value that leaves the trace ends the run; else it is only logged.
    readable
        Whether compiled code may read the numbers of arrays that hold traced values. What
        it reads has no derivative, so only callers that run the replay test may allow it.

    Returns
    -------
    TracedRun
        The output and the program.

    Raises
    ------
    UsageError
        For a traced argument without a derivative.
    TraceError
        For a traced value that cannot be followed.
    """
    chosen = tuple(range(len(args)) if traced is None else traced)
    call = (f, args, kwargs or {}, names or argument_names(f, len(args)), chosen)
    reach = recall(f)
    while True:
        trace = Trace(next(LEVELS), strict, locate, readable)
        try:
            run = _traced_run(trace, call, reach)
        except TraceError as problem:
            reach = widened(reach, f, problem.diagnostic.code, problem)
            if reach is None:
                raise
            continue
        leak = first_fatal(trace.leaks) if trace.leaks else None
        wider = None if leak is None else widened(reach, f, leak.code)
        if wider is None:
            if reach is not None:
                remember(f, reach)
            return run
        reach = wider


# A function, its arguments, their names, and the positions of the traced ones.
_Call = tuple[Callable[..., Any], Sequence[Any], Mapping[str, Any], Sequence[str], tuple[int, ...]]


def _traced_run(trace: Trace, call: _Call, reach: Reach | None) -> TracedRun:
    """Run a function once in a trace."""
    f, args, kwargs, names, chosen = call
    if trace.locate or threading.active_count() > 1:
        trace.be_careful()
    given, structures = _traced_arguments(trace, args, chosen, names)
    try:
        result = _run(trace, f, given, kwargs, reach)
    except Exception as problem:
        is_ours = isinstance(problem, GradcliError) or not trace.tainted or trace.readable
        if is_ours or not _returns_numbers(f, args, kwargs):
            raise
        leak = misread_leak(f"raised {type(problem).__name__}")
        raise replace(leak, place=_place_of_error(problem)).error() from problem
    run = _finish(trace, result, structures, chosen)
    is_suspect = trace.tainted and not trace.readable and _has_nan(run.output)
    if is_suspect and _returns_numbers(f, args, kwargs):
        raise replace(misread_leak("gave NaN"), place=defined(f)).error()
    return run


def _traced_arguments(
    trace: Trace, args: Sequence[Any], chosen: Sequence[int], names: Sequence[str]
) -> tuple[list[Any], tuple[Structure, ...]]:
    """Return the arguments with inputs of the trace in the chosen ones, and their containers."""
    given = list(args)
    structures: list[Structure] = []
    labels: list[str] = []
    for k in chosen:
        value, name = args[k], names[k]
        if type(value) in _LEAVES:
            labels.append(name)
            given[k] = trace.input(primal_leaf(value, name))
            structures.append(LEAF)
            continue
        leaves, structure = flatten(value)
        parts = paths(value, name)
        labels += parts
        tracers = [trace.input(primal_leaf(*pair)) for pair in zip(leaves, parts, strict=True)]
        given[k] = unflatten(structure, tracers)
        structures.append(structure)
    trace.names = tuple(labels)
    return given, tuple(structures)


def _has_nan(output: Any) -> bool:
    """Whether a NaN is among the numbers of an output."""
    return any(
        getattr(v, "dtype", np.dtype(object)).kind == "f" and bool(np.isnan(primal(v)).any())
        for v in flatten(output)[0]
    )


def _returns_numbers(f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a function gives plain arguments a result without NaN."""
    leaves, structure = flatten(tuple(args))
    if any(issubclass(type(v), Tracer) for v in leaves):
        return False
    copies = [np.array(v) if type(v) is np.ndarray else v for v in leaves]
    try:
        with np.errstate(all="ignore"):
            return not _has_nan(f(*unflatten(structure, copies), **kwargs))
    except Exception:
        return False


def _run(
    trace: Trace,
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    reach: Reach | None,
) -> Any:
    """Call a function under a trace; what leaked first is reported, whatever arrives."""
    enter(trace)
    try:
        with np.errstate(all="ignore"):
            if reach is None:
                result = _read_out(followed(f)(*args, **kwargs))
            else:
                with reach:
                    result = _read_out(followed(f)(*args, **kwargs))
    except Exception as problem:
        leak = first_fatal(trace.leaks) if trace.strict else None
        if leak is not None:
            raise leak.error() from problem
        if isinstance(problem, UsageError) and problem.diagnostic.code == _UNFOLLOWED:
            raise TraceError("E062", _located(problem), hint=problem.diagnostic.hint) from problem
        raise
    finally:
        leave(trace)
        trace.close()
    leak = first_fatal(trace.leaks) if trace.strict and trace.leaks else None
    if leak is not None:
        raise leak.error()
    return result


# What the op table says to a keyword argument that it does not have.
_UNFOLLOWED = "E018"


def _located(problem: UsageError) -> str:
    """Return what a refusal of the op table says, with the user's line."""
    what, place = problem.diagnostic.what, _place_of_error(problem)
    return what if place is None else f"{what}, at {described(place)}"


def _place_of_error(problem: BaseException) -> Place | None:
    """Return the user's innermost line that an exception passed."""
    step = problem.__traceback__
    place = None
    while step is not None:
        if not is_library(step.tb_frame.f_code.co_filename):
            place = place_of(step.tb_frame, step.tb_lineno)
        step = step.tb_next
    return place


def _read_out(result: Any) -> Any:
    """Return a result with buffers and written arrays replaced by what they hold."""
    if type(result) not in CONVERTERS and not issubclass(type(result), (list, tuple, dict)):
        return result
    leaves, structure = flatten(result)
    return unflatten(structure, [settled(v) if type(v) in CONVERTERS else v for v in leaves])


def _finish(
    trace: Trace, result: Any, structures: tuple[Structure, ...], chosen: tuple[int, ...]
) -> TracedRun:
    """Return the run of a closed trace."""
    if type(result) is Tracer and result.home is trace:
        output, refs = result.value, (result.slot,)
        return TracedRun(output, refs, trace, structures, chosen, tuple(trace.leaks))
    leaves, structure = flatten(result)
    found, values = [], []
    for leaf in leaves:
        if type(leaf) is Tracer and leaf.home is trace:
            found.append(leaf.slot)
            values.append(leaf.value)
        else:
            found.append(trace.constant(leaf))
            values.append(leaf)
    output = unflatten(structure, values)
    return TracedRun(output, tuple(found), trace, structures, chosen, tuple(trace.leaks))


__all__ = ["TracedRun", "argument_names", "primal_leaf", "trace_function"]
