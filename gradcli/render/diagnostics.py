"""Diagnostics as text on stderr.

May import `errors`, `style`.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.errors import Diagnostic
from gradcli.render.style import Style

# A message on stderr is at most 2 KiB, whatever the input.
LONGEST_MESSAGE = 2048


def diagnostic_text(diagnostic: Diagnostic, style: Style) -> str:
    """Return a diagnostic as one to four lines, each ended by a newline."""
    lines = diagnostic.lines()
    kind, colon, rest = lines[0].partition(": ")
    colour = "yellow" if diagnostic.is_warning else "red"
    painted = [style.paint(kind, "bold", colour) + colon + rest]
    for line in lines[1:]:
        head, mark, tail = line.partition("help: ")
        if mark and not head:
            painted.append(style.paint("help", "bold", "cyan") + ": " + tail)
        elif line.startswith("  | ") and line[4:].lstrip().startswith("^"):
            painted.append("  | " + style.paint(line[4:], "bold", colour))
        else:
            painted.append(line)
    return _cut("\n".join(painted)) + "\n"


def diagnostics_text(diagnostics: Iterable[Diagnostic], style: Style) -> str:
    """Return several diagnostics, each once."""
    texts = dict.fromkeys(diagnostic_text(d, style) for d in diagnostics)
    return "".join(texts)


def _cut(text: str) -> str:
    """Return a message within the limit."""
    encoded = text.encode("utf-8", "backslashreplace")
    if len(encoded) <= LONGEST_MESSAGE:
        return text
    return encoded[: LONGEST_MESSAGE - 4].decode("utf-8", "ignore") + "…"
