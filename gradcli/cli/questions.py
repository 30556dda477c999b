"""From the options of a call to the request of a use case.

May import `settings`, `call`, `argv`, `app.request`, `app.sources`, `errors`.
"""

from __future__ import annotations

import re
from typing import Any

from gradcli.app.request import Point, Request
from gradcli.app.sources import read_expression
from gradcli.cli.argv import is_target
from gradcli.cli.call import Call
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kKmMgG]?)(?:i?[bB])?\Z")
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
# What a Python target may take unless the user says otherwise.
DEFAULT_SECONDS = 30.0
DEFAULT_MEMORY = 2 * 1024**3


def question(settings: Settings, call: Call, expr: str | None = None) -> Request:
    """Return the request that the options of an expression command make.

    Parameters
    ----------
    settings
        The options.
    call
        Learns the expression where it comes from a file or stream.
    expr
        The expression, where the caller has it already.

    Raises
    ------
    UsageError
        For options that contradict each other.
    """
    options = settings.options
    origin = None
    if expr is None:
        expr, origin = expression_text(settings)
        call.expr = expr
    if target_of(settings) is not None and settings.flag("untrusted"):
        raise UsageError("E095", "`--untrusted` runs no Python files", hint="write an expression")
    return Request(
        expr=expr,
        origin=origin,
        point=point(settings),
        dialect=options.get("dialect") or "numpy",
        wrt=settings.wrt,
        check=not settings.flag("no_check"),
        strict=settings.flag("strict"),
        order=int(options.get("order") or 1),
        cotangent=options.get("gradient"),
        vectors=tuple(options.get("vector") or ()),
        layout=options.get("layout") or "numerator",
        verbose=settings.flag("verbose"),
        **limits(settings),
    )


def target_of(settings: Settings) -> str | None:
    """Return the Python file or function a call names, which only a word of the call can do.

    The same text in a file or on standard input is an expression: whoever wrote it did not
    write the command line.
    """
    word = settings.operands[0] if settings.operands else ""
    return word if is_target(word) else None


def point(settings: Settings) -> Point:
    """Return where the variables of a call get their values from."""
    options = settings.options
    return Point(
        bindings=settings.bindings,
        files=tuple(options.get("values") or ()),
        seed=options.get("seed") or 0,
        untrusted=settings.flag("untrusted"),
    )


def expression_text(settings: Settings) -> tuple[str, str | None]:
    """Return the expression of a call, and the name of the file it was read from."""
    path = settings.options.get("expr")
    given = settings.operands[0] if settings.operands else None
    if path is not None and given is not None:
        what = "the expression is given twice: on the command line and with --expr"
        raise UsageError("E092", what, hint="give it once")
    if path is None and given is not None and given != "-":
        return given, None
    source = path if path is not None else "-"
    return read_expression(source), source if source != "-" else None


def limits(settings: Settings) -> dict[str, Any]:
    """Return the limits on a Python target."""
    return {
        "timeout": _seconds(settings.options.get("timeout")),
        "memory": _bytes(settings.options.get("memory")),
    }


def _seconds(text: str | None) -> float:
    """Return a time limit in seconds."""
    if text is None:
        return DEFAULT_SECONDS
    try:
        seconds = float(text.strip().removesuffix("s"))
    except ValueError:
        seconds = -1.0
    if not 0.0 < seconds < float("inf"):
        shown = safe_text(text, SHOWN_CHARACTERS)
        what = f"`--timeout {shown}` is not a number of seconds"
        raise UsageError("E092", what, hint="write e.g. `--timeout 60`")
    return seconds


def _bytes(text: str | None) -> int:
    """Return a memory limit in bytes."""
    if text is None:
        return DEFAULT_MEMORY
    match = _SIZE.match(text.strip())
    if match is None:
        shown = safe_text(text, SHOWN_CHARACTERS)
        what = f"`--memory {shown}` is not a size"
        raise UsageError("E092", what, hint="write e.g. `--memory 512M` or `--memory 2G`")
    return int(float(match[1]) * _UNITS[match[2].lower()])
