"""Functions that can do nothing but NumPy's operations on their argument.

May import `makers`, `trace`, `tracer` and `ops`. Putting replacements into NumPy for the
time of a trace costs more than a small gradient itself. A function whose code names only
operations of the table (``lambda x: 2 * np.dot(x, x)``) reaches none of what is replaced,
starts no thread and keeps nothing, so it is traced without them. Names alone decide, and
whatever is not known to be harmless makes the function an ordinary one. A mistake here
cannot lose a gradient: without the replacements every way out of a trace raises, and the
caller then takes the ordinary way.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcli.ir.makers import REPLACEMENTS
from gradcli.ir.trace import LEVELS, Trace
from gradcli.ir.tracer import Tracer
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Op

# Values that a name may stand for: they cannot change and do nothing.
_CONSTANTS = frozenset({int, float, bool, str, np.float64, type(None)})
# Builtins that keep to Python's operators and iteration.
_HARMLESS = {f.__name__: f for f in (abs, enumerate, len, max, min, range, reversed, sum, zip)}
_BUILTINS = vars(builtins)
# Attributes that NumPy's arrays have and its module has not, or has as something else.
_ATTRIBUTES = frozenset({"T", "ndim", "shape", "size"})


class Confined:
    """A function whose code names nothing but operations.

    Parameters
    ----------
    f
        A Python function of one argument.
    """

    __slots__ = ("_cells", "_f", "_globals", "_name", "_names", "_stands")

    def __init__(self, f: FunctionType) -> None:
        self._f = f
        self._stands = True
        self._name = f.__code__.co_varnames[:1]
        self._names = f.__code__.co_names
        self._globals = f.__globals__
        self._cells = f.__closure__ or ()

    def trace(self, x: np.ndarray[Any, Any]) -> tuple[Trace, int] | None:
        """Run the function traced, under the caller's `errstate`.

        Parameters
        ----------
        x
            The point, float64; it is copied.

        Returns
        -------
        (Trace, int) or None
            The closed trace and the slot of the output; ``None`` where the function is not
            confined after all, or does not return one traced value: trace it as any other.
        """
        if not (self._stands and self._is_harmless()):
            return None
        trace = Trace(next(LEVELS))
        trace.names = self._name
        argument = trace.input(x.copy())
        try:
            result = self._f(argument)
        except Exception:
            # Whatever it was is reported better by the ordinary way, from now on at once.
            self._stands = False
            return None
        finally:
            trace.close()
        if trace.leaks or type(result) is not Tracer or result.home is not trace:
            return None
        return trace, result.slot

    def _is_harmless(self) -> bool:
        """Whether every name stands for something harmless now."""
        known = self._globals
        for name in self._names:
            if name in known:
                if not _is_constant(known[name]):
                    return False
            elif name in _HARMLESS and _BUILTINS.get(name) is not _HARMLESS[name]:
                return False
        try:
            return all(_is_constant(cell.cell_contents) for cell in self._cells)
        except ValueError:  # an empty cell
            return False


def _is_constant(value: Any) -> bool:
    """Whether a value can be named without doing anything: NumPy itself, or a constant."""
    return value is np or type(value) in _CONSTANTS


def confined(f: Callable[..., Any]) -> Confined | None:
    """Return a function as a confined one; ``None`` where its code may reach further.

    Parameters
    ----------
    f
        Any callable; only a Python function of one argument, without defaults and without
        functions inside, can be confined.

    Returns
    -------
    Confined or None
        What traces it without replacing anything.
    """
    if type(f) is not FunctionType or f.__kwdefaults__ or f.__defaults__:
        return None
    code = f.__code__
    if code.co_argcount != 1 or any(type(c) is CodeType for c in code.co_consts):
        return None
    if f.__globals__.get("__builtins__", builtins) not in (builtins, _BUILTINS):
        return None
    return Confined(f) if all(map(_is_known, code.co_names)) else None


def _is_known(name: str) -> bool:
    """Whether a name may stand in code, be it that of a global, a builtin or an attribute."""
    if name.startswith("_") or name in REPLACEMENTS:
        return False
    if name in _BUILTINS and name not in _HARMLESS:
        return False
    meaning = getattr(np, name, None)
    return meaning is None or name in _ATTRIBUTES or _is_operation(meaning)


def _is_operation(meaning: Any) -> bool:
    """Whether something of NumPy's namespace is an operation of the table, or a number."""
    return type(meaning) in _CONSTANTS or (callable(meaning) and type(SURFACE.get(meaning)) is Op)
