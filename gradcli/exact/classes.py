"""The class of a point along one coordinate, from its two one-sided derivatives.

May import `limits`. The classes and their order are those of verdict.md section 2, step 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gradcli.exact.limits import STABLE, Side, SideKind


class PointClass(StrEnum):
    """What a function looks like at a point, along one coordinate."""

    SMOOTH = "SMOOTH"
    KINK = "KINK"
    JUMP = "JUMP"
    VERTICAL = "VERTICAL"
    EDGE = "EDGE"
    UNDEFINED = "UNDEFINED"
    INFINITE = "INFINITE"
    UNSETTLED = "UNSETTLED"
    BRANCH = "BRANCH"


@dataclass(frozen=True, slots=True)
class Point:
    """A classified point.

    Parameters
    ----------
    kind
        The class; `BRANCH` where a Python branch flips on a side, so that nothing is known
        of it from the recorded program.
    right, left
        The one-sided derivatives.
    truth
        The derivative at a smooth point; the existing side at an edge; ±inf at a vertical
        point whose sides agree.
    error
        How far `truth` may be off.
    digits
        Decimal digits to which the sides agree at a smooth point.
    """

    kind: PointClass
    right: Side
    left: Side
    truth: Any = None
    error: Any = 0
    digits: float | None = None

    @property
    def interval(self) -> tuple[Any, Any] | None:
        """The least and greatest one-sided derivative, where both exist."""
        if self.right.value is None or self.left.value is None:
            return None
        ends = (self.left.value, self.right.value)
        return min(ends), max(ends)


# Agreement that is complete is reported as this many digits.
ALL_DIGITS = 100.0


def classify(right: Side, left: Side) -> Point:
    """Return the class of a point.

    Parameters
    ----------
    right, left
        The one-sided derivatives.

    Returns
    -------
    Point
        The class, and the truth where there is one.
    """
    kinds = (right.kind, left.kind)
    if SideKind.BRANCH in kinds:
        return Point(PointClass.BRANCH, right, left)
    if kinds == (SideKind.UNDEFINED, SideKind.UNDEFINED):
        return Point(PointClass.UNDEFINED, right, left)
    if SideKind.JUMP in kinds:
        return Point(PointClass.JUMP, right, left)
    if SideKind.UNSETTLED in kinds:
        return Point(PointClass.UNSETTLED, right, left)
    if SideKind.UNDEFINED in kinds:
        side = left if right.kind is SideKind.UNDEFINED else right
        return Point(PointClass.EDGE, right, left, side.value, side.error)
    if SideKind.INFINITE in kinds:
        agree = right.value == left.value
        return Point(PointClass.VERTICAL, right, left, right.value if agree else None)
    return _finite(right, left)


def _finite(right: Side, left: Side) -> Point:
    """Tell a smooth point from a kink."""
    gap, size = abs(right.value - left.value), max(abs(right.value), abs(left.value))
    error = right.error + left.error
    if gap > STABLE * size + error:
        return Point(PointClass.KINK, right, left)
    truth = (right.value + left.value) / 2
    digits = ALL_DIGITS if gap == 0 else _digits(gap / size)
    return Point(PointClass.SMOOTH, right, left, truth, error + gap, digits)


def _digits(relative: Any) -> float:
    """Return -log10 of a relative difference."""
    return min(ALL_DIGITS, -float(relative.context.log10(relative)))
