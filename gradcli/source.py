"""Text from outside: where a piece of it stands, and how it may be shown.

Every room above may import this one; it imports only the standard library.

Two things live here because everything else needs them to speak about input safely:
`Span`, a half-open range of characters in a text, with `excerpt`, which draws the
line and the caret under it; and `safe_text`, the one function that every piece of
outside text passes before it is shown. It makes control, bidirectional and
zero-width characters visible, so that no input can drive a terminal, hide text or
begin a line of ours.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Reliability promise: offending text in a message is cut at this many characters.
SHOWN_CHARACTERS = 80

# Unicode categories that change how text is shown without being seen themselves:
# control, format (bidi, zero width), surrogate, private use, unassigned, separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range ``[start, end)`` of character offsets in a source text."""

    start: int
    end: int

    def __or__(self, other: Span) -> Span:
        """Return the smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Source:
    """A text with the name it is known by (``None`` for text typed on the command line)."""

    text: str
    name: str | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and the 1-based column of a character offset."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def line_bounds(self, offset: int) -> tuple[int, int]:
        """Return the offsets where the line that holds `offset` starts and ends."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return start, len(self.text) if end < 0 else end


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def safe_text(text: object, limit: int | None = None) -> str:
    r"""Return outside text with every invisible or controlling character escaped.

    Parameters
    ----------
    text
        Anything that came from outside; ``str`` of it is shown.
    limit
        Greatest number of characters to show; a longer text ends in ``…``.

    Returns
    -------
    str
        One line; ``\x1b``, ``\u202e``, ``\x0a`` and their like stand for the characters.

    Examples
    --------
    >>> safe_text("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    raw = str(text)
    if limit is not None and len(raw) > limit:
        raw = raw[: limit - 1] + "…"
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(_escape(c) if unicodedata.category(c) in _HIDDEN else c for c in raw)


def _window(line: str, start: int, width: int) -> tuple[str, int]:
    """Cut a long line around `start`; return the piece and where `start` stands in it."""
    if len(line) <= width:
        return line, start
    first = max(0, min(start - width // 2, len(line) - width))
    piece = line[first : first + width]
    prefix = "…" if first else ""
    suffix = "…" if first + width < len(line) else ""
    return prefix + piece + suffix, start - first + len(prefix)


def excerpt(source: Source, span: Span, label: str = "") -> list[str]:
    """Draw the line that holds the span, and carets under the span.

    Parameters
    ----------
    source, span
        The text and the range to point at; a span over several lines is cut at the first.
    label
        Words that follow the carets.

    Returns
    -------
    list of str
        Two lines, each beginning ``  | ``; outside text in them is safe to show.
    """
    offset = min(span.start, len(source.text))
    start, end = source.line_bounds(offset)
    line, column = _window(source.text[start:end], offset - start, SHOWN_CHARACTERS)
    stop = column + max(1, min(span.end, end) - offset)
    stop = max(column + 1, min(stop, max(len(line), column + 1)))
    before = safe_text(line[:column])
    marked = safe_text(line[column:stop])
    after = safe_text(line[stop:])
    carets = " " * len(before) + "^" * max(1, len(marked))
    tail = f" {label}" if label else ""
    return [f"  | {before}{marked}{after}", f"  | {carets}{tail}"]
