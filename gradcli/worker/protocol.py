"""Messages between parent and worker: one JSON array a line, with a token.

May import the standard library only. Every message begins and ends with a newline and has
none inside, so one that was cut off by a kill, or bytes that user code wrote to the
descriptor, spoil themselves and nothing else; the token tells a message of ours from theirs.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

# A line over this size is not one of ours.
MOST_BYTES = 256 * 1024 * 1024


def send(fd: int, token: str, kind: str, body: Any) -> None:
    """Write one message to a descriptor.

    Parameters
    ----------
    fd
        The descriptor.
    token
        The token of this run.
    kind, body
        What the message is, and its JSON-ready content.
    """
    raw = json.dumps([token, kind, body], allow_nan=True).encode()
    view = memoryview(b"\n%b\n" % raw)
    while view:
        view = view[os.write(fd, view) :]


@dataclass(slots=True)
class Decoder:
    """Bytes in, messages out; bytes that are no message of this run are dropped.

    Parameters
    ----------
    token
        The token of this run.
    """

    token: str
    _held: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[tuple[str, Any]]:
        """Return the messages that `data` completes, as ``(kind, body)``."""
        start = len(self._held)
        self._held += data
        end = self._held.rfind(b"\n", start)
        if end < 0:
            if len(self._held) > MOST_BYTES:
                self._held.clear()
            return []
        lines = bytes(self._held[:end]).split(b"\n")
        del self._held[: end + 1]
        return [message for line in lines if (message := self._read(line)) is not None]

    def _read(self, line: bytes) -> tuple[str, Any] | None:
        """Return the message of a line, ``None`` where it is not one of this run."""
        try:
            token, kind, body = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            return None
        return (kind, body) if token == self.token else None
