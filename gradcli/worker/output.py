"""What user code printed: its last part is kept, the rest is only counted.

May import `source` and the standard library.
"""

from __future__ import annotations

import os
import threading

from gradcli.source import safe_text

# Reliability: the last 16 KiB of what user code prints are kept.
KEPT_BYTES = 16 * 1024


class Tail:
    """Drain a pipe in a thread and keep its end.

    Parameters
    ----------
    fd
        The reading end; closed by the thread when no writer is left, which a grandchild
        may delay without holding up anybody.
    """

    def __init__(self, fd: int) -> None:
        self._held = bytearray()
        self._lock = threading.Lock()
        threading.Thread(target=self._drain, args=(fd,), daemon=True).start()

    def _drain(self, fd: int) -> None:
        while data := os.read(fd, 1 << 16):
            with self._lock:
                self._held += data
                del self._held[:-KEPT_BYTES]
        os.close(fd)

    def take(self) -> list[str]:
        """Return the kept lines, safe to show, and forget them."""
        with self._lock:
            raw = bytes(self._held)
            self._held.clear()
        text = raw.decode("utf-8", "replace")
        return [safe_text(line) for line in text.splitlines() if line.strip()]
