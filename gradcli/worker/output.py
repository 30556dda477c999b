"""What user code printed: its last part is kept, the rest is only passed over.

May import `source` and the standard library.
"""

from __future__ import annotations

import os

from gradcli.source import safe_text

# Reliability: the last 16 KiB of what user code prints are kept.
KEPT_BYTES = 16 * 1024
_CHUNK = 1 << 16
# Reads in one go: a process that floods the pipe must not hold up its reader.
_MOST_READS = 64


class Tail:
    """The reading end of a pipe, of which the end of what comes through is kept.

    Parameters
    ----------
    fd
        The reading end; read without blocking, and closed where no writer is left.
    """

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._held = bytearray()

    @property
    def is_open(self) -> bool:
        """Whether something may still come."""
        return self._fd >= 0

    def fileno(self) -> int:
        """Return the descriptor, to be watched."""
        return self._fd

    def drain(self) -> None:
        """Read what is there now."""
        for _ in range(_MOST_READS):
            if not self.is_open:
                return
            try:
                data = os.read(self._fd, _CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                return
            self._held += data
            del self._held[:-KEPT_BYTES]

    def take(self) -> list[str]:
        """Return the kept lines, safe to show, and forget them."""
        self.drain()
        text = bytes(self._held).decode("utf-8", "replace")
        self._held.clear()
        return [safe_text(line) for line in text.splitlines() if line.strip()]

    def close(self) -> None:
        """Close the descriptor."""
        if self.is_open:
            os.close(self._fd)
            self._fd = -1
