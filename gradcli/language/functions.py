"""The functions an expression may call: those of the op table, and the makers of arrays.

May import `errors` and the op table. Operations that the tracer records but that no one types
(reading an index is written ``x[i]``) are left out.
"""

from __future__ import annotations

from functools import cache

from gradcli.errors import InternalError
from gradcli.ops import registry
from gradcli.ops.op import Function

# Their arguments are sizes and bounds, not arrays to differentiate: see `makers`.
MAKERS = frozenset({"zeros", "ones", "full", "eye", "arange", "linspace"})


def is_function(name: str) -> bool:
    """Return whether an expression can call `name`."""
    return name in MAKERS or find_function(name) is not None


@cache
def find_function(name: str) -> Function | None:
    """Return the function of the op table that `name` means in an expression."""
    function = registry.lookup(name)
    return None if function is None or "index" in function.params else function


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
