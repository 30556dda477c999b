"""A verdict as the words of a ``check`` line.

May import `numbers`, `style`, `reports`, NumPy.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from gradcli.render.numbers import inline_text, number_text
from gradcli.render.style import Style
from gradcli.reports import Estimate, Status, Verdict

_COLOURS = {
    Status.OK: "green",
    Status.WRONG: "red",
    Status.ERROR: "red",
    Status.KINK: "yellow",
    Status.INCONCLUSIVE: "yellow",
    Status.UNDEFINED: "yellow",
    Status.SKIPPED: "dim",
}

# Arrays of up to this many entries are shown whole under ``-v``; of longer ones the first few.
_MOST_NUMBERS = 12
_FIRST_NUMBERS = 4


def status_word(status: Status) -> str:
    """Return the status as text shows it: only what is wrong is shouted."""
    return "WRONG" if status is Status.WRONG else str(status)


def painted_status(status: Status, style: Style, width: int = 0) -> str:
    """Return the status word in its colour, padded to `width`."""
    word = status_word(status)
    return style.paint(word, _COLOURS[status]) + " " * (width - len(word))


def bracket(verdict: Verdict) -> str:
    """Return what stands in brackets behind the status."""
    if verdict.text:
        return verdict.text
    if verdict.status is Status.OK:
        return ", ".join(verdict.by)
    return verdict.cause or ""


def verdict_text(verdict: Verdict, style: Style) -> str:
    """Return the payload of a ``check`` line, e.g. ``ok (exact, sympy, fd)``."""
    inside = bracket(verdict)
    word = painted_status(verdict.status, style)
    return f"{word} ({inside})" if inside else word


def witness_lines(verdict: Verdict, style: Style) -> list[tuple[str, str]]:
    """Return what ``-v`` adds: every witness's numbers with their error bars."""
    rows = []
    if verdict.digits is not None:
        rows.append(("digits", number_text(verdict.digits, 3)))
    for name, estimates in verdict.witnesses.items():
        rows += [(f"{e.method} {name}".rstrip(), _estimate_text(e, style)) for e in estimates]
    return rows


def _estimate_text(estimate: Estimate, style: Style) -> str:
    note = f"  {estimate.note}" if estimate.note else ""
    if not estimate.speaks:
        return estimate.status + note
    if estimate.at or estimate.value.size > _MOST_NUMBERS:
        return _first_numbers(estimate, style) + note
    value = inline_text(estimate.value, style.digits)
    return f"{value} ± {inline_text(estimate.error, 2)}{note}"


def _first_numbers(estimate: Estimate, style: Style) -> str:
    """Return the first entries of a long array, each with its place, and how many there are."""
    indices = estimate.at or tuple(np.ndindex(estimate.value.shape))
    rows = zip(indices, np.ravel(estimate.value), np.ravel(estimate.error), strict=True)
    numbers = [
        f"[{','.join(map(str, index))}] {number_text(x, style.digits)} ± {number_text(e, 2)}"
        for index, x, e in islice(rows, _FIRST_NUMBERS)
    ]
    dots = ["…"] if len(indices) > _FIRST_NUMBERS else []
    return f"{', '.join(numbers + dots)} ({len(indices)} entries)"
