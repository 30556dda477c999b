"""What is replaced when an ordinary trace met something that it cannot follow.

May import `joiners`, `lists`, `makers`, `ndarrays`, `numbers`, `patches`, `vectorized`. Much
of what loses a traced value can be followed at a price: lists given to NumPy's functions,
``X.dot(w)``, names that a module imported. An ordinary trace does not pay for it. Where one
ends in a leak, the function is run again with all of this in place, and from then on at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from gradcli.ir import ndarrays
from gradcli.ir.joiners import JOINERS
from gradcli.ir.lists import READING_MAKERS, list_readers
from gradcli.ir.makers import ORIGINALS, REPLACEMENTS
from gradcli.ir.numbers import NUMBER_TYPES
from gradcli.ir.patches import MATH_ORIGINALS, MATH_REPLACEMENTS
from gradcli.ir.vectorized import NATIVE_CALL, call

Namespace = dict[str, Any]

_LOCK = threading.Lock()
# The reaches that are in place, and the imported names to give back when the last one leaves.
_entered: list[Reach] = []
_undo: list[tuple[Namespace, str, Any, Any]] = []

# What stands in NumPy meanwhile, and what an ordinary trace has there.
_IN_NUMPY: dict[str, Any] = {**JOINERS, **NUMBER_TYPES, **READING_MAKERS}
_BEFORE = {name: REPLACEMENTS.get(name, vars(np)[name]) for name in _IN_NUMPY}


class Reach:
    """What one function needs beyond an ordinary trace; a context to run it in.

    Parameters
    ----------
    namespaces
        The globals of the modules whose imported names are replaced too.
    """

    __slots__ = ("namespaces",)

    def __init__(self, namespaces: tuple[Namespace, ...]) -> None:
        self.namespaces = namespaces

    def __enter__(self) -> None:
        """Put everything in place; entered only inside a trace."""
        with _LOCK:
            _entered.append(self)
            try:
                if len(_entered) == 1:
                    _install()
                for space in self.namespaces:
                    _replace_names(space)
            except BaseException:
                _left_by(self)
                raise

    def __exit__(self, *about: object) -> None:
        """Give everything back when the last one leaves."""
        with _LOCK:
            _left_by(self)


def _left_by(reach: Reach) -> None:
    _entered.remove(reach)
    if not _entered:
        _restore()


def _replace_names(space: Namespace) -> None:
    """Replace the names that a module imported."""
    for name, original, replacement in imported(space):
        space[name] = replacement
        _undo.append((space, name, original, replacement))


def _install() -> None:
    for module, _, readers in list_readers():
        vars(module).update(readers)
    vars(np).update(_IN_NUMPY)
    setattr(np.vectorize, "__call__", call)  # noqa: B010
    ndarrays.install()


def _restore() -> None:
    while _undo:
        space, name, original, replacement = _undo.pop()
        # A name that the function bound anew stays so.
        if space.get(name) is replacement:
            space[name] = original
    ndarrays.restore()
    setattr(np.vectorize, "__call__", NATIVE_CALL)  # noqa: B010
    vars(np).update(_BEFORE)
    for module, originals, _ in list_readers():
        vars(module).update(originals)


@cache
def _replacements(modules: int) -> dict[int, tuple[Any, Any]]:
    """Return what is replaced in so many modules, by identity: the original and the other."""
    pairs = [(ORIGINALS[n], r) for n, r in REPLACEMENTS.items()]
    pairs += [(MATH_ORIGINALS[n], r) for n, r in MATH_REPLACEMENTS.items()]
    pairs += [(ORIGINALS.get(n, _BEFORE[n]), r) for n, r in _IN_NUMPY.items()]
    for _, originals, readers in list_readers():
        pairs += [(originals[n], r) for n, r in readers.items()]
    return {id(original): (original, replacement) for original, replacement in pairs}


def imported(space: Namespace) -> Iterator[tuple[str, Any, Any]]:
    """Yield the names of a module that stand for something replaced, from ``from … import``."""
    known = _replacements(len(list_readers()))
    for name, value in list(space.items()):
        found = known.get(id(value))
        if found is not None:
            yield name, *found
