"""Numbers and arrays as text, which is again valid input; and as JSON values.

May import NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# On a terminal an array with more elements is cut to its edges, as NumPy does.
ABBREVIATED_ABOVE = 1000
_EDGE = 3


def number_text(x: float, digits: int | None) -> str:
    """Return a number as text; ``digits=None`` for the shortest that reads back the same.

    Examples
    --------
    >>> number_text(28.0, 6), number_text(-0.0, 6), number_text(1 / 3, None)
    ('28', '0', '0.3333333333333333')
    """
    x = float(x)
    if x == 0.0:
        return "0"
    if digits is not None:
        return f"{x:.{digits}g}"
    return repr(x).removesuffix(".0")


def array_text(value: Any, digits: int | None, indent: int = 0, abbreviate: bool = False) -> str:
    """Return an array as nested brackets, one innermost row a line.

    Parameters
    ----------
    value
        A number or an array.
    digits
        As in `number_text`.
    indent
        The column the text begins in, by which later lines are moved.
    abbreviate
        Whether an array of more than `ABBREVIATED_ABOVE` elements is cut.

    Returns
    -------
    str

    Examples
    --------
    >>> print(array_text(np.array([[1.0, 2.0], [2.0, 4.0]]), 6, indent=2))
    [[1, 2],
       [2, 4]]
    """
    array = np.asarray(value)
    if array.ndim == 0:
        return number_text(array.item(), digits)
    cut = abbreviate and array.size > ABBREVIATED_ABOVE
    return "\n".join(_rows(array, digits, indent, cut))


def _rows(array: Any, digits: int | None, indent: int, cut: bool) -> list[str]:
    """Return the lines of an array: every innermost row with the brackets around it."""
    if array.ndim == 1:
        return [_row(array, digits, cut)]
    if array.size == 0 and 0 in array.shape[:-1]:
        return [str(np.zeros(array.shape[: array.shape.index(0) + 1]).tolist()).replace(" ", "")]
    depth = array.ndim - 1
    flat = array.reshape(math.prod(array.shape[:-1]), array.shape[-1])
    lines: list[str] = []
    for k in range(len(flat)):
        if cut and _is_left_out(k, array.shape[:-1]):
            if lines[-1].strip() != "...,":
                lines.append(" " * (indent + depth) + "...,")
            continue
        opened, closed = _brackets(k, array.shape[:-1])
        before = "[" * depth if k == 0 else " " * (indent + depth - opened) + "[" * opened
        after = "]" * closed + ("" if k == len(flat) - 1 else ",")
        lines.append(before + _row(flat[k], digits, cut) + after)
    return lines


def _brackets(k: int, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many outer brackets open before, and close after, the k-th innermost row."""
    opened = closed = 0
    stride = 1
    for size in reversed(shape):
        stride *= size
        opened += k % stride == 0
        closed += (k + 1) % stride == 0
    return opened, closed


def _is_left_out(k: int, shape: tuple[int, ...]) -> bool:
    """Return whether the k-th innermost row is in the middle of a long array."""
    for size in reversed(shape):
        k, place = divmod(k, size)
        if size > 2 * _EDGE and _EDGE <= place < size - _EDGE:
            return True
    return False


def _row(row: Any, digits: int | None, cut: bool) -> str:
    """Return one innermost row in its brackets."""
    if cut and len(row) > 2 * _EDGE:
        head = [number_text(x, digits) for x in row[:_EDGE].tolist()]
        tail = [number_text(x, digits) for x in row[-_EDGE:].tolist()]
        return f"[{', '.join([*head, '...', *tail])}]"
    return f"[{', '.join([number_text(x, digits) for x in row.tolist()])}]"


def inline_text(value: Any, digits: int | None) -> str:
    """Return an array on one line, for sentences and tables.

    Examples
    --------
    >>> inline_text(np.array([[0.0, 0.0], [1.0, 0.0]]), 6)
    '[[0, 0], [1, 0]]'
    """
    return " ".join(line.strip() for line in array_text(value, digits).splitlines())


def json_number(x: Any) -> Any:
    """Return a number as strict JSON has it: non-finite ones are strings, −0.0 is 0.0."""
    x = float(x)
    if math.isfinite(x):
        return x + 0.0
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def json_array(value: Any) -> Any:
    """Return a number or an array as nested lists of JSON numbers.

    Examples
    --------
    >>> json_array(np.array([1.0, -0.0, np.inf]))
    [1.0, 0.0, 'Infinity']
    """
    if type(value) is float or type(value) is np.float64:
        return json_number(value)
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return json_number(array)
    if np.isfinite(array).all():
        return (array + 0.0).tolist()
    exact: list[Any] = [json_number(x) for x in array.ravel().tolist()]
    for size in reversed(array.shape[1:]):
        exact = [exact[k : k + size] for k in range(0, len(exact), size)]
    return exact
