"""Where a value that is NaN became NaN: the first operation that left its domain.

May import `expression`, `exact`, `language`, `ops`; `errors`, `source`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.app.expression import Expression, is_finite
from gradcli.errors import DomainError
from gradcli.ir.tracing import TracedRun
from gradcli.language.functions import find_function
from gradcli.language.interpret import interpret
from gradcli.source import Span

# Operators of the language under the names of the op table.
_OPERATORS = {"/": "divide", "^": "power", "m^": "power", "*": "multiply"}
# A label is a few words behind the caret; a longer argument is not repeated there.
_LONGEST_ARGUMENT = 24


def refuse_undefined(expression: Expression, value: Any, run: TracedRun | None = None) -> None:
    """Refuse a value that is NaN although every input is finite.

    Parameters
    ----------
    expression
        The expression at its point.
    value
        Its value there.
    run
        The traced run, where a limit that fills the hole is worth looking for.

    Raises
    ------
    DomainError
        E030, pointing at the operation whose result is NaN first.
    """
    if not np.isnan(value).any() or not is_finite(expression.values):
        return
    search = _Search(expression.text)
    interpret(expression.program, expression.values, watch=search)
    limit = "" if run is None else _limit(run, value)
    if search.found is not None:
        if limit:
            old = search.found.diagnostic
            search.found.diagnostic = replace(old, hint=f"{old.hint}; {limit}")
        search.found.locate(expression.program.source)
        raise search.found
    final = expression.program.final.span
    what = "the value is NaN although every input is finite"
    raise DomainError(
        "E030", what, final, expression.program.source, hint=limit or "choose another point"
    )


def _limit(run: TracedRun, value: Any) -> str:
    """Return the limit of a scalar value at a removable hole, in words."""
    if np.ndim(value) != 0:
        return ""
    from gradcli.exact.undefined import hole_at_point

    hole = hole_at_point(run.program)
    return "" if hole is None else hole.sentence()


class _Search:
    """Watches a run for the first operation that turns numbers into NaN.

    Parameters
    ----------
    text
        The expression, for labels.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: DomainError | None = None

    def __call__(self, node: Any, inputs: Sequence[Any], result: Any) -> None:
        """Look at one operation."""
        if self.found is not None or not _has_nan(result):
            return
        if not any(_has_nan(value) for value in inputs):
            self.found = self._error(node, inputs, result)

    def _error(self, node: Any, inputs: Sequence[Any], result: Any) -> DomainError:
        """Return the error for an operation: its name, the place, its domain."""
        typed: str = getattr(node, "function", "") or getattr(node, "op", "")
        function = find_function(_OPERATORS.get(typed, typed))
        name = typed or "the value"
        domain = getattr(function, "domain", None)
        place = _first_nan(result)
        arguments = [_entry(value, np.shape(result), place) for value in inputs]
        shown = ", ".join(f"{a:.6g}" for a in arguments if a is not None)
        known = len(inputs) > 0 and all(a is not None for a in arguments)
        shown_name = f"`{name}`" if name in _OPERATORS else name
        hint = f"{shown_name} needs {domain.text}" if domain is not None else "choose another point"
        what = f"{shown_name} is undefined"
        label = self._label(node, inputs, place, arguments) if known else ""
        at = f" at {shown}" if len(inputs) == 1 else f" at ({shown})"
        return DomainError(
            "E030", what + (at if known else " here"), node.span, label=label, hint=hint
        )

    def _label(
        self, node: Any, inputs: Sequence[Any], place: tuple[int, ...], numbers: Sequence[Any]
    ) -> str:
        """Return ``x[1] = -1`` for the arguments whose text is short."""
        parts = []
        for span, value, number in zip(_argument_spans(node), inputs, numbers, strict=False):
            text = self.text[span.start : span.end]
            if len(text) > _LONGEST_ARGUMENT or not text.isprintable() or text == f"{number:.6g}":
                continue
            inside = place[len(place) - np.ndim(value) :] if np.ndim(value) else ()
            index = f"[{', '.join(map(str, inside))}]" if inside else ""
            parts.append(f"{text}{index} = {number:.6g}")
        return ", ".join(dict.fromkeys(parts))


def _has_nan(value: Any) -> bool:
    try:
        return bool(np.isnan(value).any())
    except TypeError:
        return False


def _first_nan(result: Any) -> tuple[int, ...]:
    """Return the index of the first NaN of a result."""
    if np.ndim(result) == 0:
        return ()
    return tuple(int(k) for k in np.argwhere(np.isnan(result))[0])


def _entry(value: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> float | None:
    """Return the entry of an argument that belongs to a place of an elementwise result."""
    if np.ndim(value) == 0:
        return float(value)
    try:
        return float(np.broadcast_to(value, shape)[place])
    except ValueError:
        return None


def _argument_spans(node: Any) -> list[Span]:
    """Return the spans of a node's arguments."""
    parts = getattr(node, "args", None)
    if parts is None:
        named = (getattr(node, name, None) for name in ("left", "right", "operand"))
        parts = [part for part in named if part is not None]
    return [part.span for part in parts]
