"""Did you mean: the known word nearest to an unknown one.

Imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable

# Words further apart than this many edits are different words.
_NEAR = 2
# Longer words are never typing errors of ours; comparing them would cost time for nothing.
_LONGEST = 64


def distance(a: str, b: str) -> int:
    """Return the number of insertions, deletions, replacements and swaps of neighbours.

    Examples
    --------
    >>> distance("grda", "grad"), distance("chek", "check"), distance("x", "ops")
    (1, 1, 3)
    """
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, p in enumerate(a, 1):
        row = [i]
        for j, q in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (p != q))
            if i > 1 and j > 1 and p == b[j - 2] and a[i - 2] == q:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to `word`, or ``None`` where none is near.

    A word of one or two letters is near to nothing but another writing of itself: with
    two edits every short word becomes every other.
    """
    if len(word) > _LONGEST:
        return None
    best: tuple[int, str] | None = None
    for candidate in known:
        if abs(len(candidate) - len(word)) > _NEAR:
            continue
        d = distance(word.lower(), candidate.lower())
        reach = _NEAR if len(word) > 2 else 1
        if d <= reach and (best is None or (d, candidate) < best):
            best = (d, candidate)
    return None if best is None else best[1]
