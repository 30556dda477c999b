"""A verdict as the words of a ``check`` line.

May import `numbers`, `style`, `reports`.
"""

from __future__ import annotations

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
    value = inline_text(estimate.value, style.digits)
    return f"{value} ± {inline_text(estimate.error, 2)}{note}"
