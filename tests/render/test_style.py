"""Who gets colours."""

from __future__ import annotations

import io

import pytest

from gradcli.errors import Diagnostic
from gradcli.render.diagnostics import LONGEST_MESSAGE, diagnostic_text, diagnostics_text
from gradcli.render.style import Style, wants_colour
from gradcli.source import Source, Span


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "expected"),
    [
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", False, {"TERM": "xterm"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "xterm", "FORCE_COLOR": "0"}, False),
        ("auto", True, {"TERM": "xterm", "FORCE_COLOR": "false"}, False),
        ("auto", True, {"TERM": "xterm", "FORCE_COLOR": ""}, False),
        ("auto", False, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(choice: str, terminal: bool, environ: dict[str, str], expected: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert wants_colour(choice, stream, environ) is expected


def test_no_stream_has_no_colour() -> None:
    assert not wants_colour("auto", None, {"TERM": "xterm"})
    closed = Terminal()
    closed.close()
    assert not wants_colour("auto", closed, {})


ERROR = Diagnostic("E012", "no", Span(1, 2), Source("x'*A"), hint="write `x'@A`")


def test_a_diagnostic_is_at_most_four_lines() -> None:
    assert diagnostic_text(ERROR, Style()).splitlines() == [
        "error[E012]: no",
        "  | x'*A",
        "  |  ^",
        "help: write `x'@A`",
    ]


def test_colours_do_not_change_the_words() -> None:
    import re

    painted = diagnostic_text(ERROR, Style(colour=True))
    assert "\x1b[1;31merror[E012]\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == diagnostic_text(ERROR, Style())


def test_the_same_warning_is_said_once() -> None:
    warning = Diagnostic("W104", "rounded")
    assert diagnostics_text([warning, warning], Style()) == "warning[W104]: rounded\n"


def test_a_message_is_at_most_two_kibibytes() -> None:
    long = Diagnostic("E001", "é" * 5000)
    assert len(diagnostic_text(long, Style()).encode()) <= LONGEST_MESSAGE
