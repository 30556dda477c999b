"""Standard output and standard error, written straight to their descriptors.

Imports the standard library and `errors`.

Python's own text streams buffer, translate, and complain at exit about what could not be
flushed. Here every text is written whole, at once, and a failure is known at once: a
reader that has gone (`ReaderGone`), or an output that is closed or full (E094).
"""

from __future__ import annotations

import contextlib
import os
import select
import sys

from gradcli.errors import UsageError

_STDIN, _STDOUT, _STDERR = 0, 1, 2


class ReaderGone(Exception):
    """The reader of standard output has closed it.

    Not a `BrokenPipeError`: click would turn that into an exit status of its own.
    """


class Streams:
    """The two output streams of one call.

    Parameters
    ----------
    out_closed, err_closed
        Whether the stream was closed when the call began.
    """

    def __init__(self, out_closed: bool = False, err_closed: bool = False) -> None:
        self.out_closed = out_closed
        self.err_closed = err_closed

    def write_text(self, text: str) -> None:
        """Write text to standard output, in its encoding; what it lacks is escaped."""
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self.write_bytes(text.encode(encoding, "backslashreplace"))

    def write_record(self, line: str) -> None:
        """Write a record, which is UTF-8 whatever the locale."""
        self.write_bytes(line.encode("utf-8"))

    def write_bytes(self, data: bytes) -> None:
        """Write to standard output.

        Raises
        ------
        ReaderGone
            Where the reader has closed the pipe.
        UsageError
            E094 where the output is closed or full.
        """
        if self.out_closed:
            raise _unwritable("it is closed")
        try:
            _write_all(_STDOUT, data)
        except BrokenPipeError as problem:
            raise ReaderGone from problem
        except OSError as problem:
            raise _unwritable(problem.strerror or "it failed") from problem

    def write_message(self, text: str) -> None:
        """Write text to standard error, as far as that is possible."""
        if self.err_closed or not text:
            return
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        with contextlib.suppress(OSError):
            _write_all(_STDERR, text.encode(encoding, "backslashreplace"))


def _unwritable(why: str) -> UsageError:
    return UsageError("E094", f"standard output cannot be written: {why}", hint="see where it goes")


def _write_all(descriptor: int, data: bytes) -> None:
    """Write everything, waiting where the descriptor does not block."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


def open_streams() -> Streams:
    """Return the streams of this process, with closed descriptors replaced by /dev/null.

    A descriptor below three that stays closed would be given to the next file opened, and
    what is meant for a stream would be written into that file.
    """
    closed = [not _is_open(descriptor) for descriptor in (_STDIN, _STDOUT, _STDERR)]
    for descriptor, was_closed in enumerate(closed):
        if was_closed:
            # The lowest free number is given out, and all below are taken by now.
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
    return Streams(out_closed=closed[_STDOUT], err_closed=closed[_STDERR])


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
