"""The variables of a request and their values.

May import `request`, `language`, `errors`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from gradcli.app.request import Point
from gradcli.errors import Diagnostic, UsageError
from gradcli.language.lexer import is_name
from gradcli.language.limits import VALUE_FILE_BYTES
from gradcli.language.values import from_json, read_value
from gradcli.source import SHOWN_CHARACTERS, safe_text

Values = Mapping[str, Any]


def read_standard_input() -> str:
    """Return the text of standard input, at most as long as a value file may be."""
    try:
        data = sys.stdin.buffer.read(VALUE_FILE_BYTES + 1) if sys.stdin is not None else b""
    except OSError:
        data = b""
    return data.decode("utf-8-sig", "replace")


def bound_values(
    point: Point,
    occurring: Collection[str],
    notes: list[Diagnostic],
    stdin: Callable[[], str] = read_standard_input,
) -> dict[str, Any]:
    """Return the value of every variable, in order of binding.

    Parameters
    ----------
    point
        Where the values come from.
    occurring
        The names in the expression.
    notes
        Receives remarks on the values.
    stdin
        Reads standard input; called at most once, for ``@-``.

    Returns
    -------
    dict
        float for scalars, float64 arrays for the rest.

    Raises
    ------
    UsageError
        E043 for a name bound twice or one that does not occur.
    ValueSyntaxError, LimitError
        For a value that cannot be used.
    """
    texts = once(point.bindings)
    _check_occurring(texts, occurring)
    _check_streams(texts)
    values: dict[str, Any] = {}
    for name, text in texts.items():
        array = read_value(
            text,
            name,
            seed=point.seed,
            allow_files=not point.untrusted,
            stdin=stdin,
            notes=notes,
        )
        values[name] = unboxed(array)
    for path in point.files:
        _bind_file(path, point, occurring, values, notes)
    return values


def once(bindings: Collection[tuple[str, Any]]) -> dict[str, Any]:
    """Return bindings by name.

    Raises
    ------
    UsageError
        E043 for what is no name, or a name that is bound twice.
    """
    texts: dict[str, Any] = {}
    for name, text in bindings:
        if not is_name(name):
            shown = safe_text(name, SHOWN_CHARACTERS)
            hint = "a name is ASCII letters, digits and `_`, and no keyword"
            raise UsageError("E043", f"`{shown}` cannot name a variable", hint=hint)
        if name in texts:
            raise _twice(name)
        texts[name] = text
    return texts


def _twice(name: str) -> UsageError:
    return UsageError("E043", f"`{name}` is bound twice", hint="bind it once")


def _check_occurring(texts: Collection[str], occurring: Collection[str]) -> None:
    """Refuse a binding of a name that is not in the expression."""
    for name in texts:
        if name not in occurring:
            known = ", ".join(list(occurring)[:8])
            hint = f"the expression has {known}" if known else "the expression has no variables"
            raise UsageError("E043", f"`{name}` does not occur in the expression", hint=hint)


def _check_streams(texts: Mapping[str, Any]) -> None:
    """Refuse standard input for two variables."""
    readers = [name for name, text in texts.items() if text.strip() == "@-"]
    if len(readers) > 1:
        what = f"`@-` is given for {' and '.join(f'`{name}`' for name in readers[:2])}"
        raise UsageError("E043", what, hint="standard input can be read once")


def _bind_file(
    path: str,
    point: Point,
    occurring: Collection[str],
    values: dict[str, Any],
    notes: list[Diagnostic],
) -> None:
    """Bind every variable of a file that occurs; say which do not."""
    if point.untrusted:
        what = "files are not read with `--untrusted`"
        raise UsageError("E042", what, hint="write the numbers, or use `@-`")
    from gradcli.language.valuefiles import read_values

    found, ignored = read_values(path, occurring)
    for name, content in found.items():
        if name in values:
            raise _twice(name)
        values[name] = unboxed(from_json(_plain(content), name, seed=point.seed, notes=notes))
    if ignored:
        names = ", ".join(f"`{safe_text(name, 20)}`" for name in ignored[:8])
        more = ", …" if len(ignored) > 8 else ""
        verb = "does not occur and is" if len(ignored) == 1 else "do not occur and are"
        what = f"{names}{more} of `{safe_text(path, 40)}` {verb} left out"
        notes.append(Diagnostic("W107", what))


def _plain(content: Any) -> Any:
    """Return what a file holds as `from_json` takes it."""
    return content.tolist() if isinstance(content, np.ndarray) else content


def unboxed(array: Any) -> Any:
    """Return a scalar as a Python float, anything else as it is."""
    return float(array) if array.ndim == 0 else array
