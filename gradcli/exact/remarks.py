"""What the exact witness adds in words to its number, for a reader who asks (``-v``).

May import `ties`, `floaterror`. The distance to the nearest kink tells a reader how far the
answer carries; the place where digits go tells what to rewrite.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.exact.floaterror import Culprit
from gradcli.exact.ties import Margin

# Significant digits of a margin: a reader wants its size.
_MARGIN_DIGITS = 3
# Unused entries that are named; more are counted.
_MOST_UNUSED = 3


def remark(
    total: int,
    examined: int,
    margins: Sequence[Margin],
    unused: Sequence[str],
    culprit: Culprit | None,
) -> str:
    """Return the sentence of a report on one gradient, or nothing where there is none.

    Parameters
    ----------
    total, examined
        Entries in all, and those whose own quotients were taken.
    margins
        The nearest kinks that the point does not sit on, the nearest first.
    unused
        Names of the entries that the function does not depend on.
    culprit
        Where float digits are lost.
    """
    parts = []
    if examined != total:
        parts.append(f"{examined} of {total} entries one by one")
    if margins:
        near = margins[0]
        margin = f"{abs(near.value):.{_MARGIN_DIGITS}g}"
        parts.append(f"nearest kink: {near.op} at {near.argument}, margin {margin}")
    if unused:
        more = len(unused) - _MOST_UNUSED
        names = ", ".join(unused[:_MOST_UNUSED]) + (f" and {more} more" if more > 0 else "")
        parts.append(f"unused: {names}")
    if culprit is not None and culprit.rewrite:
        text = culprit.place.text if culprit.place is not None else ""
        parts.append(f"digits are lost at `{text or culprit.op}`: write {culprit.rewrite}")
    return "; ".join(parts)
