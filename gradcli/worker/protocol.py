"""Messages between parent and worker: one JSON object a frame, with a token.

May import the standard library only. A frame is a length in decimal, a newline, and that
many bytes; the token tells a message of ours from bytes that user code wrote to the
descriptor by accident.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

# A frame over this size is not one of ours.
MOST_BYTES = 256 * 1024 * 1024
_LONGEST_HEADER = 20


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
    view = memoryview(b"%d\n" % len(raw) + raw)
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
        self._held += data
        out = []
        while (frame := self._next()) is not None:
            try:
                token, kind, body = json.loads(frame)
            except (ValueError, TypeError):
                continue
            if token == self.token:
                out.append((kind, body))
        return out

    def _next(self) -> bytes | None:
        """Return the next whole frame, or ``None``."""
        while True:
            end = self._held.find(b"\n")
            if end < 0:
                if len(self._held) > _LONGEST_HEADER:
                    self._held.clear()
                return None
            header = bytes(self._held[:end])
            if header.isdigit() and len(header) < _LONGEST_HEADER and int(header) <= MOST_BYTES:
                break
            del self._held[: end + 1]
        stop = end + 1 + int(header)
        if len(self._held) < stop:
            return None
        frame = bytes(self._held[end + 1 : stop])
        del self._held[:stop]
        return frame
