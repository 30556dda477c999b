"""Which functions compute with PyTorch, JAX or TensorFlow, and their arrays as NumPy's.

May import NumPy. No framework is imported here: what a loaded module uses is loaded.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from types import CodeType, FunctionType, MappingProxyType
from typing import Any

import numpy as np

# Package to the name that messages use.
FRAMEWORKS: Mapping[str, str] = MappingProxyType(
    {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow"}
)
# Packages whose arrays and functions are those of another one.
_ROOTS = MappingProxyType(
    {**{name: name for name in FRAMEWORKS}, "jaxlib": "jax", "keras": "tensorflow"}
)


def framework_of(value: Any) -> str:
    """Return the framework that a module, function, class or array belongs to, or nothing.

    Parameters
    ----------
    value
        Anything.

    Examples
    --------
    >>> framework_of(np.ones(2)), framework_of(np)
    ('', '')
    """
    owners = [getattr(value, "__name__", None) if inspect.ismodule(value) else None]
    kinds = value.__mro__ if isinstance(value, type) else type(value).__mro__
    # Of a function, method or class, and of every class that an array's class stands on.
    owners += [_module_name(value), *(_module_name(kind) for kind in kinds)]
    for owner in owners:
        root = _ROOTS.get(str(owner or "").partition(".")[0])
        if root:
            return root
    return ""


def _module_name(value: Any) -> Any:
    try:
        return getattr(value, "__module__", None)
    except Exception:  # an object of a user may raise whatever it likes
        return None


def framework_used(function: Callable[..., Any]) -> str:
    """Return the framework whose functions or arrays a function uses, or nothing.

    Parameters
    ----------
    function
        A function of a user's module; those it calls by name in its own module are
        looked into, too.
    """
    seen: set[int] = set()
    waiting: list[Any] = [function]
    while waiting:
        found = inspect.unwrap(waiting.pop())
        if id(found) in seen:
            continue
        seen.add(id(found))
        for name, value in _mentioned(found):
            if name in FRAMEWORKS and value is None and _is_installed(name):
                return name
            root = framework_of(value)
            if root:
                return root
            if isinstance(value, FunctionType) and value.__globals__ is _globals(found):
                waiting.append(value)
    return ""


def _is_installed(name: str) -> bool:
    """Whether a package can be imported: where not, what a function does is done without it."""
    try:
        return name in sys.modules or find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _globals(function: Any) -> Any:
    return getattr(function, "__globals__", None)


def _mentioned(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a function names, with its value where it is known before a call."""
    code = getattr(function, "__code__", None)
    if code is None:
        return
    known = _globals(function) or {}
    codes: list[CodeType] = [code]
    while codes:
        inner = codes.pop()
        codes += [c for c in inner.co_consts if isinstance(c, CodeType)]
        yield from ((name, known.get(name)) for name in inner.co_names)
    for value in getattr(function, "__defaults__", None) or ():
        yield "", value
    for cell in getattr(function, "__closure__", None) or ():
        try:
            yield "", cell.cell_contents
        except ValueError:
            continue


def as_numpy(value: Any) -> Any:
    """Return a floating array of a framework as NumPy's in float64, anything else as it is.

    Parameters
    ----------
    value
        Anything; arrays inside containers are left.

    Notes
    -----
    float32 is what the frameworks choose where an author chose nothing; a function that
    needs it is given it again when it is called.
    """
    if not framework_of(type(value)):
        return value
    kind = str(getattr(value, "dtype", ""))
    if not hasattr(value, "shape") or not ("float" in kind or "complex" in kind):
        return value
    plain = value.detach().cpu() if hasattr(value, "detach") else value
    if "bfloat" in kind and hasattr(plain, "double"):
        plain = plain.double()
    array = np.asarray(plain)
    return array if array.dtype.kind == "c" else array.astype(np.float64)
