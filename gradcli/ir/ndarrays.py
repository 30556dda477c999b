"""Methods of plain arrays that meet traced values: ``X.dot(w)``, ``B = M.copy(); B[0] = t``.

May import `buffers`, `lists` and `makers`. NumPy's method `dot` multiplies at once, without
asking the protocols, and a copy of a plain array is plain memory that takes no traced value.
While `reach` says so, Python functions stand for these methods in the dictionary of the type
`ndarray`. On plain arguments they call the method itself. Python caches the methods of a
type; it is told of every change (`PyType_Modified`). Where the dictionary cannot be had (other
interpreters, other builds), nothing is replaced, and the leak is reported as before.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from typing import Any

import numpy as np

from gradcli.ir.buffers import as_buffer, is_traced
from gradcli.ir.lists import read
from gradcli.ir.makers import is_users

_FRESH = ("copy", "__copy__", "__deepcopy__", "astype", "flatten", "take", "repeat")
METHODS: dict[str, Any] = {name: vars(np.ndarray)[name] for name in ("dot", *_FRESH)}
_dot = np.dot


def _multiplied() -> Any:
    """Return `ndarray.dot` that hands traced factors to `np.dot`."""
    native = METHODS["dot"]

    @functools.wraps(native)
    def dot(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = (*map(read, args), *map(read, kwargs.values()))
        if any(map(is_traced, given)):
            return _dot(self, *map(read, args), **{k: read(v) for k, v in kwargs.items()})
        return native(self, *args, **kwargs)

    return dot


def _fresh(name: str) -> Any:
    """Return a method whose result, memory of its own, may take traced values."""
    native = METHODS[name]

    @functools.wraps(native)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = native(self, *args, **kwargs)
        if type(made) is not np.ndarray or not is_users(sys._getframe(1)):
            return made
        if any(made is a for a in (self, *args, *kwargs.values())):
            return made
        return as_buffer(made)

    return method


REPLACED: dict[str, Any] = {"dot": _multiplied(), **{name: _fresh(name) for name in _FRESH}}


@functools.cache
def _dictionary() -> dict[str, Any] | None:
    """Return the dictionary of the type `ndarray`, ``None`` where it is out of reach."""
    if sys.implementation.name != "cpython" or not _has_one_lock():
        return None
    found = gc.get_referents(vars(np.ndarray))
    known = found[0] if len(found) == 1 and type(found[0]) is dict else {}
    is_it = all(known.get(name) is method for name, method in METHODS.items())
    return known if is_it and hasattr(ctypes, "pythonapi") else None


def _has_one_lock() -> bool:
    """Whether no other thread runs Python while this one changes a type."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _put(methods: dict[str, Any]) -> None:
    known = _dictionary()
    if known is not None:
        known.update(methods)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))


def install() -> None:
    """Let methods of plain arrays take traced values."""
    _put(REPLACED)


def restore() -> None:
    """Give `ndarray` its own methods back."""
    _put(METHODS)
