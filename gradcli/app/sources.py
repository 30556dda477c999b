"""Where an expression is read from: the call itself, a file, or standard input.

May import `language.limits`, `errors`, `source`.
"""

from __future__ import annotations

import os
import stat
import sys

from gradcli.errors import UsageError
from gradcli.language.limits import EXPRESSION_BYTES, over_limit
from gradcli.source import SHOWN_CHARACTERS, safe_text


def read_expression(path: str) -> str:
    """Return the expression in a file, or on standard input for ``-``.

    Parameters
    ----------
    path
        A file name, or ``-``.

    Returns
    -------
    str
        The text without the newline at its end.

    Raises
    ------
    UsageError
        E044 where it cannot be read or is no text.
    LimitError
        E019 beyond `EXPRESSION_BYTES`; no more is read.
    """
    shown = safe_text(path, SHOWN_CHARACTERS) if path != "-" else "standard input"
    try:
        data = _standard_input() if path == "-" else _file(path)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "it cannot be read"
        raise UsageError("E044", f"`{shown}`: {why.lower()}", hint="check the name") from problem
    if len(data) > EXPRESSION_BYTES:
        raise over_limit(
            f"the expression in {shown} is longer", f"{EXPRESSION_BYTES} bytes (64 KiB)"
        )
    try:
        return data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise UsageError("E044", f"`{shown}` is not UTF-8", hint="save it as UTF-8") from problem


def _standard_input() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read(EXPRESSION_BYTES + 1)


def _file(path: str) -> bytes:
    """Return the beginning of a regular file; anything else could block for ever."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(0, "it is no regular file")
    with open(path, "rb") as file:
        return file.read(EXPRESSION_BYTES + 1)
