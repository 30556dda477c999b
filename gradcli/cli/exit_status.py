"""Exit statuses, and which one wins when there are several.

Imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable

ANSWERED = 0
WRONG = 1
UNUSABLE = 2
NO_VERDICT = 3
NOTHING = 5
BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143

# The order of cli.md: what a caller must hear of first stands first.
_WORST_FIRST = (BUG, INTERRUPTED, UNUSABLE, WRONG, NO_VERDICT, NOTHING, ANSWERED)


def worst(statuses: Iterable[int]) -> int:
    """Return the status of a call whose parts ended with `statuses`; 0 where there are none.

    Examples
    --------
    >>> worst([0, 3, 1, 0])
    1
    """
    present = set(statuses)
    for status in _WORST_FIRST:
        if status in present:
            return status
    return max(present, default=ANSWERED)
