"""Whole numbers: indices, sizes, counts and axes out of float64 or traced values.

May import `flags`, `shapes`, `limits`, `errors`, `source`, NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.flags import plain
from gradcli.language.limits import DIMENSIONS, WHOLE_NUMBER, over_limit
from gradcli.language.shapes import shape_of, shape_text
from gradcli.language.syntax import Node
from gradcli.source import Span


def whole_number(value: Any, span: Span, what: str) -> int:
    """Return an integral scalar as a Python int; a traced one leaves a guard.

    Parameters
    ----------
    value
        A scalar.
    span
        Where it stands.
    what
        What it is, e.g. ``an index``, for the message.

    Raises
    ------
    LanguageError
        E022 where it is not integral, or not a scalar.
    LimitError
        E019 beyond `WHOLE_NUMBER`.
    """
    value = plain(value, span)
    if shape_of(value) != ():
        shown = shape_text(shape_of(value))
        message = f"{what} is a whole number, and this has shape {shown}"
        raise LanguageError("E022", message, span, hint="write one number")
    number = seen_number(value)
    if not np.isfinite(number) or number != np.floor(number):
        message = f"{what} is a whole number, not {number:.6g}"
        raise LanguageError("E022", message, span, hint="write a whole number")
    if abs(number) > WHOLE_NUMBER:
        raise over_limit(f"{what} is {number:.6g}", "2**31", span)
    return int(number)


def seen_number(value: Any) -> float:
    """Return the number of a scalar; looking at a traced one leaves guards."""
    if not hasattr(type(value), "duck_level"):
        return float(value)
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        # Neither NaN nor an infinity has a whole number.
        return float(value)
    return float(number) if bool(value == number) else math.nan


def sizes_of(values: Sequence[Any], nodes: Sequence[Node]) -> tuple[int, ...]:
    """Return the sizes of an array, or the order of its axes.

    Raises
    ------
    LanguageError
        E022 where one is no whole number.
    LimitError
        E019 for more than `DIMENSIONS` of them.
    """
    if len(values) > DIMENSIONS:
        what, most = f"{len(values)} dimensions", f"{DIMENSIONS} dimensions"
        raise over_limit(what, most, nodes[-1].span)
    pairs = zip(values, nodes, strict=True)
    return tuple(whole_number(value, node.span, "a size") for value, node in pairs)


def whole_numbers(value: Any, span: Span, what: str) -> Any:
    """Return an integral array as an array of ints, a scalar as an int."""
    value = plain(value, span)
    shape = shape_of(value)
    if shape == ():
        return whole_number(value, span, what)
    out = np.empty(shape, dtype=np.int64)
    if type(value) is np.ndarray:
        flat = value.ravel()
        bad = ~(np.abs(flat) <= WHOLE_NUMBER) | (flat != np.floor(flat))
        if bad.any():
            return whole_number(float(flat[bad][0]), span, what)
        return value.astype(np.int64)
    for place in np.ndindex(*shape):
        out[place] = whole_number(value[place], span, what)
    return out
