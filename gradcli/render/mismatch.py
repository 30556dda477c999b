"""A wrong gradient beside the right one: the numbers that show the difference, no more.

May import `numbers` and NumPy. Short arrays are shown whole, with as many digits as the
difference needs; of long ones the entries that are off most, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from gradcli.render.numbers import inline_text, number_text

# Gradients of up to this many entries in all are shown whole.
MOST_WHOLE = 16
# Of longer ones this many entries, those that are off most.
MOST_WORST = 3
# A double has at most this many significant digits.
_EVERY_DIGIT = 17
# Entries closer than this, relative to themselves, differ by rounding alone, unless every
# difference is so small.
_ROUNDING = 1e-9
# Entries smaller than this, beside the largest, are compared as if they were this large.
_SMALL = 1e-6

Arrays = Mapping[str, Any]


class Mismatch(NamedTuple):
    """What to show of a wrong gradient.

    Parameters
    ----------
    claim, right
        The numbers of the two, on one line each.
    note
        What these numbers do not show: how far apart, how many; at times empty.
    """

    claim: str
    right: str
    note: str


class _Off(NamedTuple):
    """An entry that differs: relative to itself, its place, and both numbers."""

    error: float
    place: str
    claim: float
    right: float


def mismatch(claim: Arrays, right: Arrays, digits: int | None) -> Mismatch:
    """Return two gradients as they are shown beside each other.

    Parameters
    ----------
    claim, right
        Arrays by variable.
    digits
        Significant digits that are wanted; more are shown where the two look the same.
    """
    if sum(np.size(v) for v in right.values()) <= MOST_WHOLE or not _fit(claim, right):
        return _whole(claim, right, digits)
    off = _differing(claim, right)
    if not off:
        return _whole(claim, right, digits)
    claims, rights = beside([(w.place, w.claim, w.right) for w in off[:MOST_WORST]], digits)
    total = sum(np.size(v) for v in claim.values())
    verb = "differs" if len(off) == 1 else "differ"
    return Mismatch(claims, rights, f"{len(off)} of {total} entries {verb}")


def beside(entries: Iterable[tuple[str, float, float]], digits: int | None) -> tuple[str, str]:
    """Return claimed and right numbers, each with its place and told apart.

    Parameters
    ----------
    entries
        Place, claimed number, right number.
    digits
        As in `mismatch`.

    Examples
    --------
    >>> beside([("x[0]", 1.0, 2.0), ("x[4]", 0.5, 0.5000001)], 6)
    ('x[0] 1, x[4] 0.5', 'x[0] 2, x[4] 0.5000001')
    """
    claims, rights = [], []
    for place, claim, right in entries:
        shown, _ = _told_apart(partial(_pair, claim, right), digits)
        claims.append(f"{place} {shown[0]}")
        rights.append(f"{place} {shown[1]}")
    return ", ".join(claims), ", ".join(rights)


def _pair(claim: float, right: float, digits: int | None) -> tuple[str, str]:
    return number_text(claim, digits), number_text(right, digits)


def by_variable(values: Arrays, digits: int | None) -> str:
    """Return gradients on one line, named where there are several.

    Examples
    --------
    >>> by_variable({"w": np.array([1.0, 2.0])}, 6)
    '[1, 2]'
    """
    if len(values) == 1:
        return inline_text(next(iter(values.values())), digits)
    return ", ".join(f"{k} {inline_text(v, digits)}" for k, v in values.items())


def point_text(name: str, value: Any, digits: int | None) -> str:
    """Return one variable of a counter-example; of a long array what is not zero.

    Examples
    --------
    >>> point_text("x", np.eye(1, 20, 3)[0], 6)
    'x = 0 but x[3] = 1'
    """
    array = np.asarray(value)
    if array.size <= MOST_WHOLE:
        return f"{name} = {inline_text(array, digits)}"
    nonzero = [tuple(i) for i in np.argwhere(array).tolist()]
    if len(nonzero) <= MOST_WORST:
        said = "".join(
            f" but {place_text(name, i)} = {number_text(array[i], digits)}" for i in nonzero
        )
        return f"{name} = 0{said}"
    first = number_text(array.flat[0], digits)
    if np.all(array == array.flat[0]):
        return f"{name} = {first} everywhere"
    return f"{name} = [{first}, ...] of shape {array.shape}"


def _whole(claim: Arrays, right: Arrays, digits: int | None) -> Mismatch:
    """Return all numbers; how far the worst is off, where the usual digits hide it."""
    shown, is_clear = _told_apart(lambda d: (by_variable(claim, d), by_variable(right, d)), digits)
    off = [] if is_clear or not _fit(claim, right) else _differing(claim, right)
    note = f"{off[0].place} differs by {number_text(off[0].error, 1)} relative" if off else ""
    return Mismatch(*shown, note)


def _told_apart(
    texts: Callable[[int | None], tuple[str, str]], digits: int | None
) -> tuple[tuple[str, str], bool]:
    """Return two texts with as many digits as tell them apart, and whether those were enough."""
    usual = texts(digits)
    if usual[0] != usual[1] or digits is None:
        return usual, True
    for more in range(digits + 1, _EVERY_DIGIT + 1):
        found = texts(more)
        if found[0] != found[1]:
            return found, False
    return usual, False


def _fit(claim: Arrays, right: Arrays) -> bool:
    """Whether the two can be compared entry by entry."""
    return all(name in right and np.shape(right[name]) == np.shape(v) for name, v in claim.items())


def _differing(claim: Arrays, right: Arrays) -> list[_Off]:
    """Return the entries that differ by more than rounding, the worst first."""
    found: list[_Off] = []
    for name, value in claim.items():
        c, r = np.asarray(value, dtype=np.float64), np.asarray(right[name], dtype=np.float64)
        with np.errstate(all="ignore"):
            scale = np.max(np.abs(r), initial=0.0, where=np.isfinite(r))
            size = np.maximum(np.maximum(np.abs(c), np.abs(r)), _SMALL * scale)
            error = np.where(c == r, 0.0, np.abs(c - r) / size)
        # A number beside one that is none is as far off as can be.
        error = np.where(np.isnan(c) & np.isnan(r), 0.0, np.where(np.isnan(error), np.inf, error))
        found += [
            _Off(float(error[i]), place_text(name, i), float(c[i]), float(r[i]))
            for i in map(tuple, np.argwhere(error).tolist())
        ]
    found.sort(key=lambda off: -off.error)
    clear = [off for off in found if off.error > _ROUNDING]
    return clear or found


def place_text(name: str, index: tuple[int, ...]) -> str:
    """Return an entry of a variable as the language writes it.

    Examples
    --------
    >>> place_text("A", (0, 1)), place_text("x", ())
    ('A[0,1]', 'x')
    """
    return f"{name}[{','.join(map(str, index))}]" if index else name
