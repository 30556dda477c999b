"""What is replaced in NumPy, `math`, `threading` and Python while a trace runs, and put back.

May import `makers`, `buffers`, `floats`, `trace` and `tracer`. Replacements are process-wide, so
they decide by the type of their arguments and by the thread; they are made once, at import, and
entering a trace is a few dict updates. Entering nests; the last one out restores.
"""

from __future__ import annotations

import builtins
import functools
import math
import threading
from collections.abc import Callable, Mapping
from threading import get_ident
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from gradcli.ir.buffers import is_traced
from gradcli.ir.floats import Float
from gradcli.ir.makers import ORIGINALS, REPLACEMENTS, RUNNING
from gradcli.ir.taints import TAINTED
from gradcli.ir.trace import Trace
from gradcli.ir.tracer import Tracer, settled
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import NO_PARAMS, Op
from gradcli.ops.pythonic import FLOAT

_LOCK = threading.Lock()
_OPEN: list[Trace] = []


def _scalar(value: Any) -> Any:
    """Return an argument of `math` as a scalar, as Python's own functions demand."""
    now = settled(value)
    if np.shape(now) == ():
        return now
    if np.size(now) != 1:
        raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
    return np.reshape(now, ())[()]


def _math_function(original: Any, meaning: Callable[..., Any]) -> Any:
    """Return a function of `math` that records its call on traced values."""
    is_op = type(meaning) is Op

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        a = args[0] if args else None
        if is_op and len(args) == 1 and type(a) is Tracer and type(a.value) is np.float64:
            y = np.float64(original(a.value))
            return a.home.record(meaning, (a.slot,), NO_PARAMS, y)  # type: ignore[arg-type]
        for a in args:
            if is_traced(a):
                return meaning(*map(_scalar, args), **kwargs)
        return original(*args, **kwargs)

    return call


def _exact_sum(values: Any) -> Any:
    items = list(values)
    if not any(is_traced(v) for v in items):
        return math.fsum.__wrapped__(items)  # type: ignore[attr-defined]
    return functools.reduce(lambda a, b: a + b, items, 0.0)


def _length(*parts: Any) -> Any:
    known = SURFACE.get(_HYPOT)
    if known is not None and len(parts) == 2:
        return known(*parts)
    return functools.reduce(np.hypot, parts, 0.0)


_HYPOT = math.hypot


# Functions of `math` that the table does not have as Python means them.
_MATH: Mapping[str, Callable[..., Any]] = {
    "isnan": lambda x: bool(np.isnan(x)),
    "isinf": lambda x: bool(np.isinf(x)),
    "isfinite": lambda x: bool(np.isfinite(x)),
    "isclose": lambda a, b, **k: bool(
        abs(a - b) <= max(k.get("rel_tol", 1e-9) * max(abs(a), abs(b)), k.get("abs_tol", 0.0))
    ),
    "modf": lambda x: (x - np.trunc(x), np.trunc(x)),
    "hypot": _length,
    "copysign": np.copysign,
    "fmod": np.fmod,
}


def _math_replacements() -> dict[str, Any]:
    made = {}
    for name, function in vars(math).items():
        meaning = _MATH.get(name) or (SURFACE.get(function) if callable(function) else None)
        if meaning is not None:
            made[name] = _math_function(function, meaning)
    made["fsum"] = functools.wraps(math.fsum)(_exact_sum)
    return made


MATH_REPLACEMENTS = _math_replacements()
MATH_ORIGINALS = {name: getattr(math, name) for name in MATH_REPLACEMENTS}


def _starting(original: Any) -> Any:
    """Return what `threading` starts a thread with: running traces lock from then on."""

    @functools.wraps(original)
    def start(*args: Any, **kwargs: Any) -> Any:
        for trace in _OPEN:
            if type(trace) is Trace:
                trace.be_careful()
        return original(*args, **kwargs)

    return start


# Under one of these names `threading` calls the interpreter (the second one since 3.13).
_STARTS = {
    name: getattr(threading, name)
    for name in ("_start_new_thread", "_start_joinable_thread")
    if hasattr(threading, name)
}
_START_REPLACEMENTS = {name: _starting(start) for name, start in _STARTS.items()}


_IN_PLACE_OF = {original: MATH_REPLACEMENTS[name] for name, original in MATH_ORIGINALS.items()}


def followed(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function to call for a traced one: `math.sin` itself cannot be followed."""
    if f is FLOAT:
        return Float
    return _IN_PLACE_OF.get(f, f) if type(f) is BuiltinFunctionType else f


def _install() -> None:
    vars(np).update(REPLACEMENTS)
    vars(math).update(MATH_REPLACEMENTS)
    vars(threading).update(_START_REPLACEMENTS)
    vars(builtins)["float"] = Float


def _restore() -> None:
    vars(builtins)["float"] = FLOAT
    vars(threading).update(_STARTS)
    vars(math).update(MATH_ORIGINALS)
    vars(np).update(ORIGINALS)
    for taint in TAINTED.values():
        taint.release()
    TAINTED.clear()


def enter(trace: Trace) -> None:
    """Put the replacements in place for one more trace of this thread."""
    ident = get_ident()
    with _LOCK:
        RUNNING[ident] = RUNNING.get(ident, 0) + 1
        _OPEN.append(trace)
        if len(_OPEN) == 1:
            _install()


def leave(trace: Trace) -> None:
    """Take one trace's claim back; the last one restores NumPy, `math` and `threading`."""
    ident = get_ident()
    with _LOCK:
        _OPEN.remove(trace)
        RUNNING[ident] -= 1
        if not RUNNING[ident]:
            del RUNNING[ident]
        if not _OPEN:
            _restore()
