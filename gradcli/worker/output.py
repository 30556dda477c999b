"""What user code printed: its last part is kept, the rest is only counted.

May import `source` and the standard library.
"""

from __future__ import annotations

import threading
from typing import IO

from gradcli.source import safe_text

# Reliability: the last 16 KiB of what user code prints are kept.
KEPT_BYTES = 16 * 1024


class Tail:
    """Drain a stream in a thread and keep its end.

    Parameters
    ----------
    stream
        A binary stream; read until it closes.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._held = bytearray()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._drain, args=(stream,), daemon=True)
        self._thread.start()

    def _drain(self, stream: IO[bytes]) -> None:
        while data := stream.read1(1 << 16) if hasattr(stream, "read1") else stream.read(1):
            with self._lock:
                self._held += data
                del self._held[:-KEPT_BYTES]

    def take(self) -> list[str]:
        """Return the kept lines, safe to show, and forget them."""
        with self._lock:
            raw = bytes(self._held)
            self._held.clear()
        text = raw.decode("utf-8", "replace")
        return [safe_text(line) for line in text.splitlines() if line.strip()]
