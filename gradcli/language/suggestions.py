"""Did-you-mean: the nearest known name to an unknown one.

Imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable

# difflib's ratio; below it a suggestion is more often noise than help.
_LEAST_RATIO = 0.65


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to `name`, or ``None``.

    Examples
    --------
    >>> nearest("sine", ["cos", "sinh", "sin"])
    'sin'
    >>> nearest("a", ["A", "b"])
    'A'
    """
    # Imported where a mistake is being reported: most calls have none.
    from difflib import get_close_matches

    candidates = list(known)
    for candidate in candidates:
        if candidate != name and candidate.lower() == name.lower():
            return candidate
    found = get_close_matches(name, candidates, n=1, cutoff=_LEAST_RATIO)
    return found[0] if found else None
