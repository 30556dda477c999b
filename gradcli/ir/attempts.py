"""Which functions are run a second time, and with what in place.

May import `leaks`, `places`, `reach`. A run that ended in a leak is tried again with a wider
`Reach`: of the function's own module, and of those whose code stood in the way. A function
that was followed this way is traced so from then on, known by its code.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from gradcli.errors import TraceError
from gradcli.ir.places import is_library
from gradcli.ir.reach import Namespace, Reach, imported

# Leaks that a wider reach may mend: a number taken out, a write, an unknown call, an object.
_MENDABLE = frozenset({"E060", "E061", "E062", "E065"})

# Attributes under which a callable keeps the function that it stands for.
_STANDS_FOR = ("__wrapped__", "__func__", "func", "function")
_MOST_LAYERS = 16
# A function is run at most this often: once more for each module that is found to import names.
_MOST_RUNS = 4

# What functions need, by the identity of their code.
_NEEDS: dict[int, tuple[Callable[[], Any], Reach | None]] = {}
_UNKNOWN: tuple[Callable[[], Any], None] = (lambda: None, None)


def recall(f: Callable[..., Any]) -> Reach | None:
    """Return what a function is known to need; ``None``: an ordinary trace."""
    if not _NEEDS:
        return None
    inner = _inner(f)
    if inner is None:
        return None
    code, reach = _NEEDS.get(id(inner.__code__), _UNKNOWN)
    return reach if code() is inner.__code__ else None


def remember(f: Callable[..., Any], reach: Reach) -> None:
    """Trace a function with this reach from now on."""
    inner = _inner(f)
    if inner is not None:
        known = id(inner.__code__)
        ref = weakref.ref(inner.__code__, lambda _: _NEEDS.pop(known, None))
        _NEEDS[known] = (ref, reach)


def widened(
    reach: Reach | None, f: Callable[..., Any], code: str, error: TraceError | None = None
) -> Reach | None:
    """Return what to try after a run that lost a value, ``None`` where nothing is left.

    Parameters
    ----------
    reach
        What the run had.
    f
        The function.
    code
        The code of the leak that ended the run, or that it logged.
    error
        What the run raised, if it did.
    """
    if code not in _MENDABLE:
        return None
    before = () if reach is None else reach.namespaces
    if len(before) >= _MOST_RUNS:
        return None
    known = {id(space) for space in before}
    new = {id(s): s for s in _namespaces(f, error) if id(s) not in known and any(imported(s))}
    if reach is not None and not new:
        return None
    return Reach((*before, *new.values()))


def _namespaces(f: Callable[..., Any], error: BaseException | None) -> Iterator[Namespace]:
    """Yield the globals of the function and of the user's frames that an error passed."""
    inner = _inner(f)
    if inner is not None:
        yield inner.__globals__
    for _ in range(_MOST_LAYERS):
        if error is None:
            return
        step = error.__traceback__
        while step is not None:
            if not is_library(step.tb_frame.f_code.co_filename):
                yield step.tb_frame.f_globals
            step = step.tb_next
        error = error.__cause__ or error.__context__


def _inner(f: Any) -> FunctionType | None:
    """Return the user's function below wrappers, methods and partials, if there is one."""
    for _ in range(_MOST_LAYERS):
        if type(f) is FunctionType and not is_library(f.__code__.co_filename):
            return f
        below = (getattr(f, name, None) for name in _STANDS_FOR)
        f = next((g for g in below if callable(g)), vars(type(f)).get("__call__"))
        if f is None:
            break
    return None
