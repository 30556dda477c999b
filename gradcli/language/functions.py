"""The functions an expression may call: those of the op table, and the makers of arrays.

May import `errors` and the op table. Left out are the parts from which the table builds
other functions, what has a spelling of its own (reading an index is written ``x[i]``), and
functions whose arguments cannot be written in an expression.
"""

from __future__ import annotations

from functools import cache

from gradcli.errors import InternalError
from gradcli.ops import registry
from gradcli.ops.op import Function

# Their arguments are sizes and bounds, not arrays to differentiate: see `makers`.
MAKERS = frozenset({"zeros", "ones", "full", "eye", "arange", "linspace"})

_NOT_TYPED = frozenset(
    {
        # parts of other functions
        "cast",
        "cofactor",
        "cofactor_turn",
        "constant",
        "contract",
        "det_sign",
        "eigh_factors",
        "getitem",
        "least_residuals",
        "masked_multiply",
        "put_add",
        "put_set",
        "put_zero",
        "qr_factors",
        "recurrence",
        "sinc_derivative",
        "svd_factors",
        "with_diagonal",
        # strings, lists of lists, or arrays behind a list
        "block",
        "choose",
        "compress",
        "einsum",
        "extract",
        "select",
    }
)


@cache
def find_function(name: str) -> Function | None:
    """Return the function of the op table that `name` means in an expression."""
    function = registry.lookup(name)
    return None if function is None or function.name in _NOT_TYPED else function


@cache
def find_maker(name: str) -> str | None:
    """Return the maker of arrays that `name` means: itself, or what it is an alias of."""
    if name in MAKERS:
        return name
    function = find_function(name)
    return function.name if function is not None and function.name in MAKERS else None


def is_function(name: str) -> bool:
    """Return whether an expression can call `name`."""
    return name in MAKERS or find_function(name) is not None


def table_function(name: str) -> Function:
    """Return the function of the op table that a sign or a list stands for."""
    function = registry.lookup(name)
    if function is None:
        raise InternalError("E070", f"the op table lacks `{name}`")
    return function


def function_names() -> list[str]:
    """Return every name that can be called, aliases included."""
    known = [name for name in registry.names() if find_function(name) is not None]
    return [*known, *sorted(MAKERS.difference(known))]
