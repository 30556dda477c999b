"""A process that ends with the one that started it.

May import nothing of gradcli. Endless user code must not outlive a gradcli that was killed.
"""

from __future__ import annotations

import os
import signal
import sys

# prctl's request that the kernel send a signal when the parent dies (linux/prctl.h).
_SET_DEATH_SIGNAL = 1


def end_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; Linux only.

    Parameters
    ----------
    parent
        Process identifier of the parent, which may have ended already.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
