"""How a reader wants text: digits, colours, abbreviation.

Imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TextIO

# Digits of `%.6g`, the text format's default.
DIGITS = 6
_OFF = frozenset({"", "0", "false", "no", "off"})
_CODES = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


class Style(NamedTuple):
    """How text is written.

    Parameters
    ----------
    digits
        Significant digits; ``None`` for the shortest text that reads back the same.
    colour
        Whether colours are used.
    abbreviate
        Whether long arrays are cut, which happens only on a terminal.
    verbose
        Whether the witnesses' numbers are shown.
    """

    digits: int | None = DIGITS
    colour: bool = False
    abbreviate: bool = False
    verbose: bool = False

    def paint(self, text: str, *names: str) -> str:
        """Return `text` in colours, if colours are used."""
        if not self.colour or not text:
            return text
        codes = ";".join(_CODES[name] for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def wants_colour(choice: str, stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Return whether colours go to a stream.

    Parameters
    ----------
    choice
        ``auto``, ``always`` or ``never``.
    stream
        Where the text goes.
    environ
        NO_COLOR (any text) wins over FORCE_COLOR (any text but 0, false, …), which wins
        over TERM=dumb and over the stream not being a terminal.

    Returns
    -------
    bool
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR")
    if forced is not None:
        return forced.lower() not in _OFF
    return environ.get("TERM", "dumb") != "dumb" and is_terminal(stream)
