"""Plain numbers in text, read without the parser: the common case, and the large one.

May import `limits`, `errors`, NumPy. What is read here means exactly what the grammar says
it means (a test compares the two); anything else is left to the parser.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import ValueSyntaxError
from gradcli.language.limits import DIMENSIONS, LITERAL_CHARACTERS, over_limit
from gradcli.ops.pythonic import FLOAT
from gradcli.reports import Array

# Beyond it not every integer is a double.
LARGEST_INTEGER = 2**53

_CELL = re.compile(r"[+-]?[ \t]*(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NESTED = re.compile(r"\[[0-9eE+\-., \t\r\n\[\]]*\]")
_TOO_LONG = re.compile(rf"[0-9.eE+-]{{{LITERAL_CHARACTERS + 1}}}")
_INTEGER = re.compile(r"[+-]?[ \t]*[0-9]+")


@dataclass(frozen=True, slots=True)
class Numerals:
    """Numbers that were read, and whether an integer among them is beyond 2**53."""

    array: Array
    has_large_integer: bool = False


def number_of(cell: str) -> float | None:
    """Return the number that a cell of text is, or ``None``.

    Examples
    --------
    >>> number_of(" -1.5e3 "), number_of("0x10")
    (-1500.0, None)
    """
    cell = cell.strip(" \t")
    if len(cell) > LITERAL_CHARACTERS or _CELL.fullmatch(cell) is None:
        return None
    return float(cell.replace(" ", "").replace("\t", ""))


def is_large_integer(cell: str, value: float) -> bool:
    """Return whether a cell is an integer beyond 2**53, whatever it was rounded to."""
    if abs(value) < LARGEST_INTEGER or not _INTEGER.fullmatch(cell.strip(" \t")):
        return False
    return abs(int(cell.replace(" ", "").replace("\t", ""))) > LARGEST_INTEGER


def read_numerals(text: str) -> Numerals | None:
    """Return the array that a text of plain numbers means; ``None`` for other texts.

    Raises
    ------
    ValueSyntaxError
        E015 for rows of different lengths.
    """
    text = text.strip(" \t\r\n")
    if text.startswith("["):
        return _read_nested(text)
    rows = text.split(";")
    stacked = len(rows) > 1
    if stacked and not rows[-1].strip(" \t"):
        rows.pop()
    cells = [row.split(",") for row in rows]
    if not stacked and len(cells[0]) > 1 and not cells[0][-1].strip(" \t"):
        cells[0].pop()
        stacked_vector = True
    else:
        stacked_vector = len(cells[0]) > 1
    return _assembled(cells, stacked, stacked_vector)


def _assembled(cells: list[list[str]], stacked: bool, is_vector: bool) -> Numerals | None:
    values: list[float] = []
    large = False
    for row in cells:
        for cell in row:
            value = number_of(cell)
            if value is None:
                return None
            large = large or is_large_integer(cell, value)
            values.append(value)
    array = np.array(values, dtype=np.float64)
    if stacked:
        check_row_lengths([len(row) for row in cells])
        return Numerals(array.reshape(len(cells), -1), large)
    return Numerals(array if is_vector else array.reshape(()), large)


def check_row_lengths(lengths: list[int]) -> None:
    """Refuse rows of different lengths.

    Raises
    ------
    ValueSyntaxError
        E015, naming both lengths.
    """
    for n in lengths:
        if n != lengths[0]:
            what = f"rows have different lengths, {lengths[0]} and {n}"
            hint = "give every row the same number of entries"
            raise ValueSyntaxError("E015", what, hint=hint)


def _read_nested(text: str) -> Numerals | None:
    """Read brackets in brackets as JSON does, as far as JSON goes."""
    if _NESTED.fullmatch(text) is None or _TOO_LONG.search(text) is not None:
        return None
    large = False

    def integer(digits: str) -> float:
        nonlocal large
        large = large or abs(int(digits)) > LARGEST_INTEGER
        return float(digits)

    try:
        nested = json.loads(text, parse_int=integer)
    except (ValueError, RecursionError):
        return None
    flat, shape = flattened(nested)
    if not all(type(v) is FLOAT for v in flat):
        return None
    return Numerals(np.array(flat, dtype=np.float64).reshape(shape), large)


def flattened(nested: Any) -> tuple[list[Any], tuple[int, ...]]:
    """Return the leaves of nested lists, row by row, and their shape.

    Raises
    ------
    ValueSyntaxError
        E015 for rows of different lengths, E040 for numbers beside lists.
    LimitError
        E019 for more than `DIMENSIONS` lists in one another.
    """
    items = [nested]
    shape: list[int] = []
    while items and isinstance(items[0], list):
        if not all(isinstance(item, list) for item in items):
            raise _mixed()
        check_row_lengths([len(item) for item in items])
        shape.append(len(items[0]))
        if len(shape) > DIMENSIONS:
            raise over_limit("lists are nested too deeply", f"{DIMENSIONS} dimensions")
        items = [entry for item in items for entry in item]
    if any(isinstance(item, list) for item in items):
        raise _mixed()
    return items, tuple(shape)


def _mixed() -> ValueSyntaxError:
    what = "numbers stand beside lists"
    return ValueSyntaxError("E040", what, hint="nest all numbers equally deep")
