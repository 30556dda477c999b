"""NumPy calls beyond ``f(x)``: ``out=``, ``where=``, ``dtype=``, ufunc methods, the unknown.

May import `cells`, `leaks`, `places`, `storage`, `tracer`. Everything is written out as
operations of the table followed by a write, so that no operation needs these keywords.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ir.cells import Stored, assign
from gradcli.ir.leaks import rebound_cut, unknown_leak, write_leak
from gradcli.ir.places import calls_in_place
from gradcli.ir.storage import converted
from gradcli.ir.tracer import CONVERTERS, Tracer, exposed, frozen_index, primal, settled
from gradcli.ops.duck import SURFACE, meaning

# Who can be written into; `buffers` adds its kind. Called as ``writer(target, index, value)``.
WRITERS: dict[type, Callable[[Any, Any, Any], None]] = {Tracer: assign, Stored: assign}

# A ufunc's accumulate and reduce are functions of their own name, with axis 0 by default.
_ACCUMULATES: Mapping[Any, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}

# What stands in the place of an element that a reduction leaves out.
_LEFT_OUT: Mapping[Any, float] = {np.add: 0.0, np.multiply: 1.0}

# `ufunc.at` with more repetitions of one position than this sums first, then adds.
_ROUNDS = 64


def ufunc_call(
    self: Tracer, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Answer a ufunc call with keywords, of a method, or of an unknown ufunc."""
    if method == "at":
        return ufunc_at(ufunc, *inputs)
    targets = kwargs.pop("out", None)
    where = kwargs.pop("where", True)
    if where is not True and method == "reduce" and ufunc in _LEFT_OUT:
        inputs, where = (np.where(settled(where), inputs[0], _LEFT_OUT[ufunc]), *inputs[1:]), True
    kind = kwargs.pop("dtype", None)
    if kind is not None:
        inputs = tuple(_cast_operand(i, np.dtype(kind)) for i in inputs)
    kwargs = {k: v for k, v in kwargs.items() if k != "axes"}
    result = _evaluated(self, ufunc, method, inputs, kwargs)
    if where is not True:
        if targets is None or isinstance(result, tuple):
            raise UsageError(
                "E018", "`where=` without `out=` leaves elements undefined", hint="add `out=`"
            )
        result = np.where(where, result, targets[0])
    if targets is None or all(t is None for t in targets):
        return result
    return deliver(targets, result, inputs[0], sys._getframe(2))


def deliver(targets: tuple[Any, ...], result: Any, first: Any, caller: Any) -> Any:
    """Write results into ``out=`` targets and return what the caller shall hold.

    Parameters
    ----------
    targets, result
        The targets, and one value or a tuple of values.
    first
        The first input: where it is the target, the call may be ``K *= t``.
    caller
        The frame that made the call.
    """
    results = result if isinstance(result, tuple) else (result,)
    written = tuple(
        _delivered(t, r, in_place=t is first and calls_in_place(caller))
        for t, r in zip(targets, results, strict=True)
    )
    return written if isinstance(result, tuple) else written[0]


def _cast_operand(value: Any, dtype: np.dtype[Any]) -> Any:
    value = settled(value)
    return converted(value, dtype) if dtype.kind == "f" else value


def _evaluated(
    self: Tracer, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Return the value of a ufunc or of one of its methods."""
    if method == "__call__":
        known = meaning(ufunc)
        if known is not None:
            return known(*inputs, **kwargs)
        if ufunc in _PAIRS:
            return _PAIRS[ufunc](*inputs)
        return unknown(self, ufunc, inputs, kwargs)
    if method == "outer":
        a, b = (settled(v) for v in inputs)
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    if method == "accumulate" and ufunc in _ACCUMULATES:
        return _ACCUMULATES[ufunc](inputs[0], axis=kwargs.get("axis", 0))
    known = SURFACE.get((ufunc, method))
    if known is None:
        return unknown(self, getattr(ufunc, method), inputs, kwargs)
    return known(*inputs, **{"axis": 0, **kwargs})


_PAIRS: Mapping[Any, Callable[..., tuple[Any, Any]]] = {
    np.divmod: lambda a, b: (np.floor_divide(a, b), np.remainder(a, b)),
    np.modf: lambda x: (x - np.trunc(x), np.trunc(x)),
}


def _delivered(target: Any, result: Any, in_place: bool = False) -> Any:
    """Write one result into a target; a plain array takes a traced value only in place."""
    if target is None:
        return result
    if not np.can_cast(result.dtype, target.dtype, "same_kind"):
        raise TypeError(f"cannot cast output from {result.dtype!r} to {target.dtype!r}")
    if type(target) in WRITERS:
        WRITERS[type(target)](target, ..., result)
        return target
    value = settled(result)
    if type(value) is Tracer:
        value.home.leak(rebound_cut() if in_place else write_leak(), value.slot)
    np.copyto(target, primal(value), casting="same_kind")
    return converted(value, target.dtype) if in_place else target


# Reductions that can leave elements out, and what stands in their place.
_NEUTRAL: Mapping[str, float] = {"sum": 0.0, "prod": 1.0, "mean": 0.0}


def _masked(known: Any, where: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a reduction of the elements that `where=` chooses."""
    chosen = np.where(where, x, _NEUTRAL[known.name])
    if known.name != "mean":
        return known(chosen, *args, **kwargs)
    ones = np.where(where, np.ones(np.shape(chosen)), 0.0)
    return np.sum(chosen, *args, **kwargs) / np.sum(ones, *args, **kwargs)


def function_call(known: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a NumPy function called with ``out=``, ``dtype=`` or ``where=``."""
    kwargs = dict(kwargs)
    target = None if "out" in known.params else kwargs.pop("out", None)
    if "dtype" not in known.params:
        kind = kwargs.pop("dtype", None)
        if kind is not None and kind is not np._NoValue:
            args = (_cast_operand(args[0], np.dtype(kind)), *args[1:])
    where = kwargs.pop("where", True) if known.name in _NEUTRAL else True
    if where is True or where is np._NoValue:
        result = known(*args, **kwargs)
    else:
        result = _masked(known, settled(where), *args, **kwargs)
    if target is None or type(result) is tuple:
        return result
    return _delivered(target, result)


def unknown(self: Tracer, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a function that the table does not have.

    Of truth values and integers it is computed on plain values, guarded; of traced numbers
    it is a leak.
    """
    floats = [t for t in _tracers((args, tuple(kwargs.values()))) if t.dtype.kind == "f"]
    if floats:
        floats[0].home.leak(unknown_leak(_name(function)), floats[0].slot)
    plain = _plainly(args)
    return function(*plain, **{k: _plainly(v) for k, v in kwargs.items()})


def _name(function: Any) -> str:
    own = getattr(function, "__name__", str(function))
    owner = getattr(getattr(function, "__self__", None), "__name__", "")
    if isinstance(function, np.ufunc):
        owner = "np" if hasattr(np, own) else "ufunc"
    module = owner or (getattr(function, "__module__", "") or "").replace("numpy", "np")
    return f"{module}.{own}" if module else own


def _tracers(values: tuple[Any, ...]) -> list[Tracer]:
    """Return the tracers among arguments, looking into lists and tuples."""
    found: list[Tracer] = []
    pending = list(values)
    while pending:
        value = pending.pop()
        if type(value) is list or type(value) is tuple:
            pending += value
        elif type(value) in CONVERTERS:
            pending.append(settled(value))
        elif type(value) is Tracer:
            found.append(value)
    return found


def _plainly(value: Any, depth: int = 8) -> Any:
    """Return an argument with plain values in place of tracers."""
    if type(value) in (list, tuple) and depth:
        return type(value)(_plainly(v, depth - 1) for v in value)
    if type(value) in CONVERTERS:
        value = settled(value)
    return exposed(value, "a call") if type(value) is Tracer else value


def put(target: Any, index: Any, value: Any) -> None:
    """Write ``target[index] = value`` for any target; foreign arrays take no traced value."""
    if type(target) in WRITERS:
        WRITERS[type(target)](target, index, value)
        return
    for t in _tracers((value,)):
        if t.dtype.kind == "f":
            t.home.leak(write_leak(), t.slot)
    target[index] = primal(settled(value))


def ufunc_at(ufunc: Any, target: Any, index: Any, *others: Any) -> None:
    """Write out ``ufunc.at``: positions that repeat are worked off in rounds, in order."""
    index = frozen_index(index)
    shape = np.shape(target)
    positions = np.arange(int(np.prod(shape, dtype=np.int64))).reshape(shape)[index]
    flat = positions.ravel()
    operands = [_repeated(settled(v), np.shape(positions)) for v in others]
    rank = _occurrence(flat)
    if flat.size and int(rank.max()) >= _ROUNDS and ufunc in (np.add, np.subtract):
        put(target, ..., ufunc(target, _summed(flat, operands[0], shape)))
        return
    for k in range(int(rank.max()) + 1 if flat.size else 0):
        chosen = np.flatnonzero(rank == k)
        here = np.unravel_index(flat[chosen], shape)
        put(target, here, ufunc(target[here], *[v[chosen] for v in operands]))


def _repeated(value: Any, shape: tuple[int, ...]) -> Any:
    """Return an operand of `ufunc.at` as a vector, one element per position."""
    elements = np.broadcast_to(np.arange(np.size(value)).reshape(np.shape(value)), shape)
    return np.reshape(value, (-1,))[elements.ravel()]


def _occurrence(flat: Any) -> Any:
    """Return for every position how often it stood before."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(flat.size, dtype=np.int64)
    rank[order] = np.arange(flat.size) - starts
    return rank


def _summed(flat: Any, value: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros of `shape` with values added at flat positions."""
    from gradcli.ops.registry import lookup

    put_zero = lookup("put_zero")
    if put_zero is None:
        raise UsageError("E018", "`ufunc.at` with so many repeated positions is not followed")
    return put_zero(value, index=np.unravel_index(flat, shape), shape=shape)
