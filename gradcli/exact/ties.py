"""Where a program sits exactly on the kink of an operation, and how far from the others.

May import `run`, `ir`, `ops`. A tie is one entry of one operation whose margin is zero at
the point. What decides the branch beside the point is a few numbers of the program, the
tie's forms: the sign of a margin, which of several equal numbers becomes the largest, or
the order they fall into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.places import describe, record_of
from gradcli.exact.run import Changed, Run, Values, flat
from gradcli.ir.program import Place, Record

COMPARISONS = frozenset({"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"})
LARGEST = {"max": 1, "min": -1}
ORDERED = frozenset({"sort", "partition"})

# A margin below this share of its arguments, in units of the working precision, is zero.
_SLACK_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Tie:
    """One entry of one operation that sits on a kink.

    Parameters
    ----------
    slot, entry
        The operation (by its output) and the flat position of the entry.
    op, at, used, convention, jump
        What the op table says of the kink.
    place
        Where the operation stands in the user's text, where known.
    argument
        The tied argument as a user reads it, e.g. ``x[1] = 0``.
    kind
        ``sign``, ``largest``, ``smallest`` or ``order``: how the forms choose the branch.
    members
        Flat positions of the tied entries in the first argument; empty for ``sign``.
    """

    slot: int
    entry: int
    op: str
    at: str
    used: str
    convention: str
    jump: bool
    place: Place | None
    argument: str
    kind: str = "sign"
    members: tuple[int, ...] = ()

    @property
    def weight(self) -> int:
        """How many two-way ties this one is."""
        n = len(self.members)
        return 1 if self.kind == "sign" else (n * (n - 1) // 2 if self.kind == "order" else n - 1)


@dataclass(frozen=True, slots=True)
class Margin:
    """The entry of an operation that is nearest to a kink without sitting on it.

    Parameters
    ----------
    op, argument, place
        As in `Tie`.
    value
        The margin.
    """

    op: str
    argument: str
    place: Place | None
    value: float


# Margins that are described, the smallest first.
_MARGINS = 5


def find_ties(run: Run) -> tuple[list[Tie], list[Margin]]:
    """Return the ties at the point, and the nearest kinks that are not at the point."""
    ties: list[Tie] = []
    near: list[tuple[Record, int, Any]] = []
    for record in run.program.records:
        op = record[0]
        if op.name in LARGEST or op.name in ORDERED:
            ties += _group_ties(run, record)
            near += _sign_ties(run, record)[1]
        elif op.kink is not None or op.name in COMPARISONS:
            found, nearest = _sign_ties(run, record)
            ties += found
            near += nearest
    near.sort(key=lambda item: abs(item[2]))
    return ties, [_margin(run, *item) for item in near[:_MARGINS]]


def _margin(run: Run, record: Record, entry: int, value: Any) -> Margin:
    said = describe(run, record, entry)
    return Margin(record[0].name, said, run.program.places.get(record[3]), float(value))


def arguments(run: Run, values: Values, record: Record) -> list[Any]:
    """Return the arguments of a record among given values of the slots."""
    return [values[r] if r >= 0 else run.consts[~r] for r in record[1]]


def margins(run: Run, values: Values, record: Record) -> Any:
    """Return the margin of every entry of an operation, flat."""
    op, _refs, params, _out = record
    args = arguments(run, values, record)
    margin = args[0] - args[1] if op.name in COMPARISONS else op.kink.margin(*args, **params)  # type: ignore[union-attr]
    return flat(margin) if hasattr(margin, "entries") else []


def _sign_ties(run: Run, record: Record) -> tuple[list[Tie], list[tuple[Record, int, Any]]]:
    """Return the entries of an operation whose margin is zero, and the smallest other one."""
    sizes = [abs(v) for a in arguments(run, run.values, record) for v in flat(a) if _is_real(v)]
    zero = max(sizes, default=0) * run.numbers.mpf(10) ** (_SLACK_DIGITS - run.numbers.digits)
    ties, nearest = [], None
    for i, m in enumerate(margins(run, run.values, record)):
        if not _is_real(m):
            continue
        if abs(m) <= zero:
            ties.append(_tie(run, record, i))
        elif nearest is None or abs(m) < abs(nearest[1]):
            nearest = (i, m)
    return ties, [] if nearest is None else [(record, *nearest)]


def _is_real(value: Any) -> bool:
    return not isinstance(value, bool) and not is_nan(value) and not is_infinite(value)


def _tie(run: Run, record: Record, entry: int, **more: Any) -> Tie:
    """Return the tie of one entry with the table's words for it."""
    op, _refs, _params, out = record
    kink = op.kink
    said = (
        ("equal", "the branch taken", "the program's own", False)
        if kink is None
        else (kink.at, kink.used, kink.convention, kink.jump)
    )
    place = run.program.places.get(out)
    return Tie(out, entry, op.name, *said, place, describe(run, record, entry), **more)


def _group_ties(run: Run, record: Record) -> Iterator[Tie]:
    """Yield the ties inside the groups that a reduction or a sort runs over."""
    op, _refs, params, _out = record
    x = arguments(run, run.values, record)[0]
    for number, group in enumerate(groups(x.shape, params.get("axis"))):
        line = flat(x)[group]
        if op.name in LARGEST:
            best = max(line) if LARGEST[op.name] > 0 else min(line)
            members = tuple(int(i) for i, v in zip(group, line, strict=True) if v == best)
            kind = "largest" if LARGEST[op.name] > 0 else "smallest"
            if len(members) > 1:
                yield _tie(run, record, number, kind=kind, members=members)
            continue
        for members in _equal(group, line):
            yield _tie(run, record, number, kind="order", members=members)


def _equal(group: Any, line: Any) -> list[tuple[int, ...]]:
    """Return the positions of equal numbers, class by class."""
    classes: dict[Any, list[int]] = {}
    for i, v in zip(group, line, strict=True):
        classes.setdefault(v, []).append(int(i))
    return [tuple(c) for c in classes.values() if len(c) > 1]


def groups(shape: tuple[int, ...], axis: Any) -> Any:
    """Return the flat positions a reduction along `axis` runs over, one row per result."""
    positions = np.arange(int(np.prod(shape))).reshape(shape)
    if axis is None or not shape:
        return positions.reshape(1, -1)
    axes = tuple(a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,)))
    last = np.moveaxis(positions, axes, range(-len(axes), 0))
    kept = [n for a, n in enumerate(shape) if a not in axes]
    return last.reshape(int(np.prod(kept)), -1)


def forms(run: Run, values: Values, ties: Sequence[Tie]) -> list[list[Any]]:
    """Return the numbers that decide each tie, among given values of the slots."""
    known: dict[int, Any] = {}
    found = []
    for tie in ties:
        record = record_of(run.program, tie.slot)
        if tie.slot not in known:
            sign = tie.kind == "sign"
            first = None if sign else flat(arguments(run, values, record)[0])
            known[tie.slot] = margins(run, values, record) if sign else first
        numbers = known[tie.slot]
        chosen = tie.members or (tie.entry,)
        found.append([numbers[i] for i in chosen])
    return found


def by_slot(ties: Sequence[Tie]) -> dict[int, list[int]]:
    """Return the numbers of the ties of every operation that has some."""
    slots: dict[int, list[int]] = {}
    for number, tie in enumerate(ties):
        slots.setdefault(tie.slot, []).append(number)
    return slots


def moved(run: Run, values: Values, ties: Sequence[Tie]) -> frozenset[int]:
    """Return the numbers of the ties whose arguments differ from those at the point."""
    found: set[int] = set()
    for slot, numbers in by_slot(ties).items():
        record = record_of(run.program, slot)
        size = flat(run.values[slot]).size if record[0].mp is not None else 0
        for ref in record[1]:
            if ref >= 0 and values[ref] is not run.values[ref]:
                changed = _changes(values[ref], run.values[ref])
                aligned = values[ref].entries.size == size
                found.update(n for n in numbers if _is_moved(ties[n], changed, aligned))
    return frozenset(found)


def _changes(new: Any, old: Any) -> set[int]:
    """Return the positions at which a value differs."""
    a, b = flat(new), flat(old)
    positions = new.positions if isinstance(new, Changed) else range(len(a))
    return {i for i in positions if a[i] is not b[i] and a[i] != b[i]}


def _is_moved(tie: Tie, changed: set[int], aligned: bool) -> bool:
    """Whether a change touches a tie's own entries, where these are entries of the argument."""
    if tie.members:
        return not changed.isdisjoint(tie.members)
    return tie.entry in changed if aligned else bool(changed)


def branches(tie: Tie) -> list[np.ndarray[Any, Any]]:
    """Return, branch by branch, the linear conditions on the tie's forms (rows > 0)."""
    n = len(tie.members)
    if tie.kind == "sign":
        return [np.array([[1.0]]), np.array([[-1.0]])]
    unit = np.eye(n)
    if tie.kind in ("largest", "smallest"):
        sense = 1.0 if tie.kind == "largest" else -1.0
        rows = [[sense * (unit[i] - unit[j]) for j in range(n) if j != i] for i in range(n)]
        return [np.array(r) for r in rows]
    orders = permutations(range(n))
    return [np.array([unit[p[k]] - unit[p[k + 1]] for k in range(n - 1)]) for p in orders]


def signature(ties: Sequence[Tie], numbers: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return which branch every tie is in, from the values of its forms."""
    return tuple(_branch(t, line) for t, line in zip(ties, numbers, strict=True))


def _branch(tie: Tie, line: Sequence[Any]) -> Any:
    if tie.kind == "sign":
        return 0 if line[0] == 0 else (1 if line[0] > 0 else -1)
    order = sorted(range(len(line)), key=lambda i: line[i], reverse=tie.kind == "largest")
    return tuple(order) if tie.kind == "order" else order[0]
