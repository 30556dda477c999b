"""The entry point: what belongs to the process and not to the call.

Imports nothing heavy before `run` has taken charge of signals: a Ctrl-C during the imports
must not end in a traceback.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

# One thread unless the user set it: the same input gives the same bytes, and start-up is faster.
_BLAS_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
# What a shell adds to the number of the signal that ended a process.
_SIGNALLED = 128


class Terminated(BaseException):
    """The process was asked to end; for Ctrl-C too, which click would announce with a newline.

    Parameters
    ----------
    number
        The signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def run() -> NoReturn:
    """Run the call of this process and end it."""
    try:
        _take_charge_of_signals()
        _prepare_imports()
        from gradcli.cli.dispatch import main
        from gradcli.cli.streams import open_streams

        status = main(sys.argv[1:], open_streams())
    except Terminated as end:
        status = _SIGNALLED + end.number
    # Everything is written, and temporary files and children are gone: taking Python apart
    # piece by piece would only cost time, and complain about streams that closed.
    os._exit(status)


def _take_charge_of_signals() -> None:
    """Turn signals into an exception, so that files and children are cleaned up."""
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        # What the caller has told this process to ignore stays ignored.
        if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    # A second signal does not wait for the clean-up of the first.
    signal.signal(number, lambda n, _: os._exit(_SIGNALLED + n))
    raise Terminated(number)


def _prepare_imports() -> None:
    """Set what NumPy reads when it is imported, and silence warnings of libraries."""
    for name in _BLAS_THREADS:
        os.environ.setdefault(name, "1")
    if sys.warnoptions:
        # `python -W error` is about the user's code; ours and our libraries' say nothing.
        import warnings

        warnings.resetwarnings()
        warnings.simplefilter("ignore")
