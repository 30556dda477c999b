"""NumPy's functions for lists that hold traced numbers: ``np.sum([t1, t2])``.

May import `buffers`, `makers` and the op table. NumPy's protocols look at the arguments, not
into lists, so a list of traced numbers would be read number by number. A `ListReader` makes
such a list the array it means, then calls the function as ever. `reach` puts it in place.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcli.ir.buffers import any_traced
from gradcli.ir.makers import DEEPEST, ORIGINALS, filled, stacked
from gradcli.ops.duck import SURFACE
from gradcli.ops.queries import QUERIES

_UFUNC_METHODS = frozenset({"reduce", "accumulate", "reduceat", "outer", "at"})

# Functions whose first or last argument is a list of arrays, not an array.
_OF_SEQUENCES = frozenset(
    {"concatenate", "concat", "stack", "vstack", "hstack", "dstack", "column_stack", "row_stack"}
    | {"select", "multi_dot", "lexsort", "choose"}
)
# `np.block` reads nested lists as places of blocks; numbers in them are blocks already.
_AS_WRITTEN = frozenset({"block"})

# Makers of `np` that take an array and are replaced already; here they learn to read lists.
_MAKERS_OF_ARRAYS = (
    *("tile", "zeros_like", "ones_like", "empty_like"),
    *("linspace", "logspace", "geomspace"),
)


def read(value: Any) -> Any:
    """Return an argument; a list with traced numbers inside as the array it means."""
    if type(value) in (list, tuple) and any_traced(value, DEEPEST):
        return stacked(value)
    return value


def _read_parts(value: Any) -> Any:
    """Return a list of arrays with each part read."""
    return [read(v) for v in value] if type(value) in (list, tuple) else value


class ListReader:
    """A NumPy function that also reads lists of traced numbers.

    Parameters
    ----------
    original
        The function, a ufunc or a method of one; everything but a call is forwarded to it,
        and it is equal to it, so that tables keyed by functions find either.
    """

    __wrapped__: Any

    def __init__(self, original: Any) -> None:
        functools.update_wrapper(self, original)
        name = getattr(original, "__name__", "")
        self.__reading = _read_parts if name in _OF_SEQUENCES else read

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What `isinstance` is told."""
        return type(self.__wrapped__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function with arrays in place of lists of traced numbers."""
        for a in (*args, *kwargs.values()):
            if type(a) in (list, tuple) and any_traced(a, DEEPEST):
                reading = self.__reading
                args = tuple([reading(v) for v in args])
                kwargs = {k: reading(v) for k, v in kwargs.items()}
                break
        return self.__wrapped__(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(vars(self)["__wrapped__"], name)
        return ListReader(found) if name in _UFUNC_METHODS else found

    def __eq__(self, other: object) -> bool:
        mine = self.__wrapped__
        return mine is (vars(other)["__wrapped__"] if type(other) is ListReader else other)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


def _is_of_arrays(value: Any) -> bool:
    """Whether something of a module is a function of arrays that the table may know."""
    if isinstance(value, type) or not callable(value):
        return False
    if isinstance(value, np.ufunc) or hasattr(value, "_implementation"):
        return True
    try:
        return value in SURFACE or value in QUERIES
    except TypeError:  # not hashable
        return False


def _readers_of(module: Any, but: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reader for every function of arrays of a module."""
    return {
        name: ListReader(value)
        for name, value in vars(module).items()
        if name not in but and name not in _AS_WRITTEN and _is_of_arrays(value)
    }


@functools.cache
def _of_module(name: str) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Return a module, its functions of arrays and their readers, as it stands now."""
    module = sys.modules[name]
    readers = _readers_of(module, ORIGINALS if module is np else {})
    originals = {k: vars(module)[k] for k in readers}
    return module, originals, readers


def list_readers() -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    """Return modules, what they shall be given back, and what is to stand there meanwhile."""
    present = [n for n in ("numpy", "numpy.linalg", "scipy.special") if n in sys.modules]
    return [_of_module(name) for name in present]


READING_MAKERS: Mapping[str, Callable[..., Any]] = {
    name: filled(ListReader(ORIGINALS[name])) for name in _MAKERS_OF_ARRAYS
}
