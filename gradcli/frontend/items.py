"""What an item of a file's ``POINTS`` says for one of its functions.

May import the standard library only. A file has one list and many functions: an item
that a function cannot use and another one can was not written for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Form:
    """What a function needs of a point.

    Parameters
    ----------
    names
        Its named parameters, in order.
    positional
        Those that can be given by position.
    open
        Those without a default and without a value elsewhere in the file.
    rest
        The name of its ``*args``; empty where it has none.
    """

    names: tuple[str, ...]
    positional: tuple[str, ...]
    open: frozenset[str]
    rest: str = ""

    def takes(self, item: Any) -> bool:
        """Whether an item gives every value that is open, and nothing else."""
        said = _reading(self, item)
        if said is None or not self.open <= set(said):
            return False
        return set(said) <= {*self.names, self.rest}


def form_of(function: Callable[..., Any], found: Iterable[str]) -> Form:
    """Return what a function needs of a point.

    Parameters
    ----------
    function
        The function.
    found
        Parameters that have a value without ``POINTS``.
    """
    parameters = named_parameters(function)
    required = {p.name for p in parameters if p.default is inspect.Parameter.empty}
    return Form(
        tuple(p.name for p in parameters),
        tuple(p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY),
        frozenset(required - set(found)),
        rest_name(function),
    )


def named_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters that can be given by position or name."""
    return [p for p in inspect.signature(function).parameters.values() if p.kind not in _VARIADIC]


def rest_name(function: Callable[..., Any]) -> str:
    """Return the name of a function's ``*args``; empty where it has none."""
    parameters = inspect.signature(function).parameters.values()
    return next((p.name for p in parameters if p.kind is _VARIADIC[0]), "")


def values_of(item: Any, form: Form, is_taken: bool) -> Mapping[str, Any] | None:
    """Return what an item says for a function, by parameter.

    Parameters
    ----------
    item
        An item of ``POINTS``.
    form
        What the function needs.
    is_taken
        Whether it is a point of some function of the file.

    Returns
    -------
    mapping or None
        Values by parameter; ``*args`` under its own name. ``None`` where the item is for
        another function, or has more values than this one has parameters.
    """
    said = _reading(form, item)
    if said is not None and form.open <= set(said):
        return said
    if is_taken:
        return None
    if said is not None or not form.names:
        return said
    if isinstance(item, tuple) and not hasattr(item, "_fields") and len(form.positional) > 1:
        return None
    return {form.names[0]: item}


def _reading(form: Form, item: Any) -> Mapping[str, Any] | None:
    """Return an item by parameter where it reads by names or positions, else ``None``."""
    if isinstance(item, tuple) and not hasattr(item, "_fields"):
        return _by_position(form, item)
    named = dict(zip(item._fields, item, strict=True)) if hasattr(item, "_fields") else item
    if isinstance(named, Mapping) and all(isinstance(k, str) for k in named):
        return named if set(named) & set(form.names) else None
    return None


def _by_position(form: Form, item: tuple[Any, ...]) -> Mapping[str, Any] | None:
    said = dict(zip(form.positional, item, strict=False))
    left = item[len(form.positional) :]
    if left and not form.rest:
        return None
    return {**said, form.rest: left} if left else said
