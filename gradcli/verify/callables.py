"""A Python function at a point, made ready for the witnesses.

May import `engine`, `frontend`, `ir`. The function is called as its author wrote it; what
changes is only that the differentiated arrays are taken out of their containers, so that
every witness sees a function of arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import TraceError, UserCodeError
from gradcli.frontend.points import Point
from gradcli.ir.tracing import TracedRun, trace_function
from gradcli.ir.tree import Structure, flatten, paths, unflatten
from gradcli.reports import Array
from gradcli.source import safe_text
from gradcli.verify.custody import leave_if_forked
from gradcli.verify.leftovers import put_back

# A message of foreign code is cut at this many characters.
_LONGEST = 160
_DOUBLE = np.dtype(np.float64)


@dataclass(frozen=True, slots=True)
class Callee:
    """A function of arrays, made from a user's function at a point.

    Parameters
    ----------
    function
        The user's function.
    constants
        Values of the parameters that are held constant.
    wrt
        Names of the differentiated parameters.
    structures
        Their containers.
    names, leaves
        Name and value of every differentiated array.
    """

    function: Callable[..., Any]
    constants: Mapping[str, Any]
    wrt: tuple[str, ...]
    structures: tuple[Structure, ...]
    names: tuple[str, ...]
    leaves: tuple[Any, ...]

    def arguments(self, arrays: Sequence[Any]) -> dict[str, Any]:
        """Return fresh keyword arguments with `arrays` in the containers."""
        source = map(_like_leaf, arrays, self.leaves)
        filled = {
            name: unflatten(s, [next(source) for _ in range(s.leaf_count)])
            for name, s in zip(self.wrt, self.structures, strict=True)
        }
        return {**_copied(self.constants), **filled}

    def run(
        self, function: Callable[..., Any], positional: Sequence[Any], named: Mapping[str, Any]
    ) -> Any:
        """Call user code, and say so where the call itself fails."""
        try:
            with put_back(function, [*positional, *named.values()]):
                return function(*positional, **named)
        except Exception as problem:
            if problem.__traceback__ is None or problem.__traceback__.tb_next is not None:
                raise
            # Raised before the user's first line: by a wrapper in C such as `lru_cache`.
            said = safe_text(f"{type(problem).__name__}: {problem}", _LONGEST)
            raise UserCodeError("E083", f"the call of the function fails: {said}") from problem
        finally:
            leave_if_forked()

    def __call__(self, *arrays: Any) -> Any:
        """Call the user's function with `arrays`; a list it returns becomes one array."""
        named = self.arguments(arrays)
        positional = [
            named.pop(p.name)
            for p in inspect.signature(self.function).parameters.values()
            if p.kind is inspect.Parameter.POSITIONAL_ONLY and p.name in named
        ]
        return _stacked(self.run(self.function, positional, named))


def _like_leaf(x: Any, leaf: Any) -> Any:
    """Return a 0-d array as the NumPy scalar that the point has in its place."""
    is_scalar = type(x) is np.ndarray and x.ndim == 0 and not isinstance(leaf, np.ndarray)
    return x[()] if is_scalar else x


def _stacked(result: Any) -> Any:
    """Return a list or tuple of numbers as one array, anything else as it is."""
    if not isinstance(result, list | tuple):
        return result
    try:
        return np.array(result)
    except ValueError:
        return result


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in values.items()}


def make_callee(function: Callable[..., Any], point: Point) -> Callee:
    """Return a user's function at a point as a function of arrays.

    Parameters
    ----------
    function
        The user's function.
    point
        The point.
    """
    taken = [flatten(point.values[name]) for name in point.wrt]
    named = [path for name in point.wrt for path in paths(point.values[name], name)]
    return Callee(
        function,
        {k: v for k, v in point.values.items() if k not in point.wrt},
        point.wrt,
        tuple(structure for _, structure in taken),
        tuple(named),
        tuple(_as_float(leaf) for leaves, _ in taken for leaf in leaves),
    )


def _as_float(leaf: Any) -> Any:
    """Return a leaf as the user's function shall get it: an array, or a NumPy scalar."""
    return np.float64(leaf) if isinstance(leaf, int | float) else leaf


@dataclass(frozen=True, slots=True)
class Attempt:
    """A traced run, or why there is none.

    Parameters
    ----------
    run
        The run; ``None`` for a black box.
    opaque
        Why the function cannot be followed; empty where it can.
    """

    run: TracedRun | None
    opaque: str = ""


def try_trace(
    callee: Callable[..., Any],
    leaves: Sequence[Any],
    names: Sequence[str],
    readable: bool = False,
) -> Attempt:
    """Trace a function of arrays, or say why it cannot be traced.

    Parameters
    ----------
    callee
        A function of arrays.
    leaves, names
        The point.
    readable
        Whether compiled code may read arrays that hold traced values; only where the
        replay test follows.

    Notes
    -----
    User code may raise anything when it meets a tracer; that is no error of the function,
    only the end of the white box.
    """
    try:
        run = trace_function(callee, leaves, names=names, locate=True, readable=readable)
        return Attempt(run)
    except TraceError as problem:
        return Attempt(None, problem.diagnostic.what)
    except Exception as problem:
        what = safe_text(f"{type(problem).__name__}: {problem}", _LONGEST)
        return Attempt(None, f"cannot be followed ({what})")


def as_output(value: Any) -> Array | None:
    """Return a function's result as a float array, or ``None`` where it is no number."""
    if value is None or isinstance(value, str | bytes):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    if array.dtype.kind in "iub" or array.dtype.itemsize > _DOUBLE.itemsize:
        array = array.astype(np.float64) if array.dtype.kind in "iubf" else array
    return array if array.dtype.kind == "f" else None


def unusable(result: Any, leaf: Any) -> str:
    """Return why a function's result is nothing to differentiate; empty where it is.

    Parameters
    ----------
    result
        What the function returned.
    leaf
        The first differentiated array.
    """
    array = as_output(result)
    if array is not None and np.asarray(result).dtype.kind != "b":
        return ""
    if array is not None:
        return "returns bool"
    if isinstance(result, list | tuple) and len(result) == 2:
        value, second = as_output(result[0]), as_output(result[1])
        if value is not None and second is not None and second.shape == np.shape(leaf):
            return "returns (value, gradient)? mark it with `@gradcli.returns_value_and_gradient`"
    return f"returns {type(result).__name__}"
