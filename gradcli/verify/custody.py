"""The one process in which a user's function may come back to us.

Imports the standard library only. User code may fork and let both processes return: each
would go on examining, fork again, and report what the other found. The worker takes custody
for its own process; any other that returns from user code leaves at once.
"""

from __future__ import annotations

import os

_owner: list[int] = []


def take_custody() -> None:
    """Declare this process the one that examines."""
    _owner[:] = [os.getpid()]


def leave_if_forked() -> None:
    """End this process where it is one that user code forked off; see the module's text."""
    if _owner and os.getpid() not in _owner:
        os._exit(0)
