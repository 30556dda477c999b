"""Values that are more than an array: rows, truth values, several results.

May import `shapes`, `errors`, `source`, the op table, NumPy. The machine's stack holds
plain values (floats, arrays, ducks); these wrappers mark the few that are not, and `plain`
is the one way from a marked value to an ordinary one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.functions import table_function
from gradcli.language.limits import Shape
from gradcli.language.shapes import shape_of
from gradcli.source import Span


@dataclass(frozen=True, slots=True)
class Row:
    """A row vector ``x'``, held as the vector `x`."""

    vector: Any


@dataclass(frozen=True, slots=True)
class Truth:
    """The result of a comparison: boolean, 0 or 1 in arithmetic, with derivative zero."""

    condition: Any


@dataclass(frozen=True, slots=True)
class Several:
    """The results of a function that has several, and its name."""

    results: tuple[Any, ...]
    name: str


Marked = (Row, Truth, Several)


def plain(value: Any, span: Span, use: str = "") -> Any:
    """Return an ordinary value.

    Parameters
    ----------
    value
        Anything from the machine's stack.
    span
        Where it is used.
    use
        What uses it, e.g. ``+``, for the message.

    Raises
    ------
    LanguageError
        E012 for a row, E018 for several results, and for what stands only as an argument.
    """
    if not isinstance(value, Marked):
        if value is None or isinstance(value, bool | tuple):
            raise _no_array(value, span)
        return value
    if isinstance(value, Truth):
        return as_number(value.condition)
    if isinstance(value, Row):
        what = "`'` makes a row vector, which only `@` and a scalar can multiply"
        if use:
            what = f"`'` makes a row vector, but `{use}` needs vectors"
        hint = "drop the `'`: a vector has no orientation here; use `@` for products"
        raise LanguageError("E012", what, span, hint=hint)
    what = f"`{value.name}` has {len(value.results)} results"
    raise LanguageError("E018", what, span, hint=f"take one of them: `{value.name}(…)[0]`")


def _no_array(value: Any, span: Span) -> LanguageError:
    """Return the error for ``None``, ``True``, ``False`` or a tuple where an array belongs."""
    what = f"`{value}` is no array" if not isinstance(value, tuple) else "a tuple is no array"
    return LanguageError("E018", what, span, hint="write a number, a name or a list in `[` `]`")


def as_number(condition: Any) -> Any:
    """Return a truth value as 0.0 or 1.0, elementwise."""
    if isinstance(condition, bool | np.bool_):
        return float(condition)
    if isinstance(condition, np.ndarray) and condition.dtype == np.bool_:
        return condition.astype(np.float64)
    return table_function("where")(condition, 1.0, 0.0)


def marked_shape(value: Any) -> Shape:
    """Return the shape of a value, marked or not."""
    if isinstance(value, Truth):
        return shape_of(value.condition)
    return shape_of(value.vector if isinstance(value, Row) else value)


def scalar_condition(value: Any, span: Span, use: str) -> Any:
    """Return a value that ``bool`` can look at.

    Raises
    ------
    LanguageError
        E009 for an array, E012 for a row, E018 for several results.
    """
    condition = value.condition if isinstance(value, Truth) else plain(value, span, use)
    if shape_of(condition) != ():
        instead = "`where(condition, a, b)`" if use == "if" else "`&`, `|`, `~`"
        what = f"`{use}` needs a scalar condition, and this is an array"
        raise LanguageError("E009", what, span, hint=f"use {instead}")
    return condition
