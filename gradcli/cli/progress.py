"""How far a long run is: one line on a terminal's standard error, gone when it ends.

May import `streams`, `render.style`, `source`.
"""

from __future__ import annotations

import os
import sys
import time

from gradcli.cli.streams import Streams
from gradcli.render.style import is_terminal
from gradcli.source import safe_text

# A run that is over sooner shows nothing; then the line changes at most this often.
_QUIET_SECONDS = 1.0
_EVERY_SECONDS = 0.1
# Room for the line on the narrowest usual terminal.
_SHOWN = 60
# Back to the first column, and erase to the end of the line (ECMA-48).
_ERASE = "\r\x1b[K"


class Progress:
    """The line about a run of many targets.

    Parameters
    ----------
    streams
        Where it is written.
    is_wanted
        Whether the user wants to hear of it.
    """

    def __init__(self, streams: Streams, is_wanted: bool) -> None:
        self._streams = streams
        self._is_on = (
            is_wanted and is_terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb"
        )
        self._next = time.monotonic() + _QUIET_SECONDS
        self._is_shown = False
        self._count = 0

    def step(self, name: str) -> None:
        """Count one more target that is done, and show it where it is time to."""
        self._count += 1
        now = time.monotonic()
        if self._is_on and now >= self._next:
            self._next = now + _EVERY_SECONDS
            self._is_shown = True
            said = f"{self._count} checked, last {safe_text(name)}"
            self._streams.write_message(f"{_ERASE}{said[:_SHOWN]}")

    def clear(self) -> None:
        """Take the line away before anything else is written."""
        if self._is_shown:
            self._is_shown = False
            self._streams.write_message(_ERASE)
