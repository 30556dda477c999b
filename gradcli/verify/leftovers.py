"""What a traced call of user code leaves behind in its module is put back.

May import `ir`. Batch norm keeps running statistics in a global, a layer its activations: a
traced value that stays there would meet the next, plain call. A dict, a list or a name that
holds one after a traced call gets back what it held before; what plain calls leave is the
author's own business.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradcli.ir.buffers import any_traced
from gradcli.ir.tree import flatten

# How many of these contexts are open; only the outermost puts back.
_OPEN = [0]


@contextmanager
def put_back(function: Callable[..., Any], arguments: Sequence[Any]) -> Iterator[None]:
    """Put the globals of a function back after a call with traced arguments.

    Parameters
    ----------
    function
        The user's function.
    arguments
        What it is called with; plain arguments change nothing.
    """
    known = getattr(inspect.unwrap(function), "__globals__", None)
    if known is None or _OPEN[0] or not any_traced(arguments):
        yield
        return
    names = {k: v for k, v in known.items() if not k.startswith("__")}
    held = {k: copy.copy(v) for k, v in names.items() if type(v) in (dict, list)}
    _OPEN[0] += 1
    try:
        yield
    finally:
        _OPEN[0] -= 1
        for name in [k for k, v in known.items() if _holds_traced(v)]:
            _restore(known, name, names, held)


def _restore(known: dict[str, Any], name: str, names: dict[str, Any], held: dict[str, Any]) -> None:
    """Give one name back what it held."""
    if name not in names:
        del known[name]
        return
    container = known[name] = names[name]
    if name in held and _holds_traced(container):
        container.clear()
        (container.update if isinstance(container, dict) else container.extend)(held[name])


def _holds_traced(value: Any) -> bool:
    """Whether a value is traced, or a container with a traced value in it."""
    if inspect.ismodule(value) or inspect.isroutine(value) or inspect.isclass(value):
        return False
    return any_traced(flatten(value)[0])
