"""Every operation of a program checked alone: its local derivative against quotients of it.

May import `engine`, `ir`, `ops`, `numbers`. The cost is linear in the size of the program,
whatever the number of inputs, and a wrong rule is named by its node. The arguments are the
float64 values the program met, taken exactly. What is not affordable is sampled, and
counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.exact.batches import record_batches
from gradcli.exact.budget import Budget, record_cost
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.limits import STABLE
from gradcli.exact.linearity import adjoint_gap, is_linear, shrunk
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.run import FROZEN, flat
from gradcli.ir.program import Place, Program, Record
from gradcli.ops.entries import EntryArray, Unavailable, lift, object_array
from gradcli.ops.op import Op
from gradcli.ops.rule import MISSING, Flat, Nothing
from gradcli.ops.shaping import sum_to

DIGITS = 200
# Two steps: what is stable between them is a limit.
_FAR, _NEAR = 40, 50
# A quotient that falls with the step by this factor tends to zero.
_FALLS = 1e-9
# Linear operations on more entries are checked in whole numbers, which is exact, too.
_SMALL = 64
# Evaluations that the check of one argument of a whole-array operation takes.
_EVALUATIONS = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """A node whose rule disagrees with the operation.

    Parameters
    ----------
    slot
        Output slot of the node.
    op, place
        The operation and where it stands.
    argument
        Which argument the derivative is with respect to.
    at
        The arguments of the entry, as text; empty for whole-array operations.
    found, expected
        The local derivative by the rule and by quotients, as decimal strings.
    """

    slot: int
    op: str
    place: Place | None
    argument: int
    at: tuple[str, ...]
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class NodeSurvey:
    """What the per-node check covered.

    Parameters
    ----------
    faults
        Wrong nodes, in program order.
    checked, sliced, alike, unchecked
        Number of nodes checked (large ones at sampled entries), checked on a small slice of
        their arguments, left out because many of the same operation and shapes were
        checked, and not checked.
    reasons
        Why nodes were not checked: operation names.
    """

    faults: tuple[Fault, ...]
    checked: int
    sliced: int
    alike: int
    unchecked: int
    reasons: tuple[str, ...]


class _Checker:
    """The check of one program."""

    def __init__(self, program: Program, budget: Budget) -> None:
        self.program, self.budget = program, budget
        self.numbers = MpNumbers(DIGITS)
        self.rng = np.random.default_rng(5)
        self.faults: list[Fault] = []
        self.checked = self.sliced = self.alike = 0
        self.unchecked: list[str] = []

    def nodes(self, batch: Sequence[Record]) -> None:
        """Check some nodes of one operation that take numbers, or one of any kind."""
        op = batch[0][0]
        if op.name in FROZEN or (isinstance(op.rule, Flat) and op.rule.nothing is not MISSING):
            self.checked += len(batch)
            return
        try:
            with np.errstate(all="ignore"):
                if op.mp is not None:
                    self._elementwise(batch)
                else:
                    self._dispatch(batch[0])
        except (Unavailable, ReferenceFailed, ArithmeticError, ValueError, TypeError):
            self.unchecked += [op.name] * len(batch)

    def _dispatch(self, record: Record) -> None:
        op, refs, _params, _out = record
        args = [self.program.value(r) for r in refs]
        if is_linear(op) and sum(np.size(a) for a in args) > _SMALL:
            self._linear(record, args)
        elif record_cost(self.program, record) * _EVALUATIONS <= self.budget.nodes // 4:
            self._whole(record, args)
        else:
            self._slice(record, args)

    def _linear(self, record: Record, args: Sequence[Any]) -> None:
        """Check the transpose of a large linear operation in whole numbers."""
        gap = adjoint_gap(record[0], args, record[2], self.rng)
        if gap is not None:
            self._fault(record, 0, (), *gap)
        self.checked += 1

    def _slice(self, record: Record, args: Sequence[Any]) -> None:
        """Check an operation that is too large on a small part of its arguments."""
        small = shrunk(record[0], args, record[2])
        if small is None:
            self.unchecked.append(record[0].name)
            return
        self._whole(record, small)
        self.checked -= 1
        self.sliced += 1

    def _fault(
        self, record: Record, argument: int, at: tuple[str, ...], found: Any, expected: Any
    ) -> None:
        place = self.program.places.get(record[3])
        texts = (_text(found), _text(expected))
        self.faults.append(Fault(record[3], record[0].name, place, argument, at, *texts))

    def _elementwise(self, batch: Sequence[Record]) -> None:
        """Check the partials of an elementwise operation at (a sample of) its entries."""
        op, refs, params, _out = batch[0]
        columns = self._columns(batch)
        xs = [lift(c, self.numbers) for c in columns]
        y = op.apply(tuple(xs), params)
        ones = lift(np.ones(columns[0].shape), self.numbers)
        wrong: set[int] = set()
        for k, r in enumerate(refs):
            if r < 0 or columns[k].dtype.kind == "b":
                continue
            rule = flat(_as_entries(op.vjps[k](ones, y, *xs, **params), y))
            truths = self._quotients(op, xs, y, params, k)
            for i, (found, expected) in enumerate(zip(rule, truths, strict=True)):
                record = batch[i if len(batch) > 1 else 0]
                fresh = record[3] not in wrong
                if fresh and expected is not None and not _agree(found, *expected):
                    at = tuple(repr(c[i].item()) for c in columns)
                    self._fault(record, k, at, found, expected[0])
                    wrong.add(record[3])
        self.checked += len(batch) - len(wrong)

    def _columns(self, batch: Sequence[Record]) -> list[Any]:
        """Return the arguments, one flat array each, over a batch or the entries of one node."""
        rows = [[self.program.value(r) for r in record[1]] for record in batch]
        if len(batch) > 1:
            return [
                np.array([np.ravel(v)[0] for v in column]) for column in zip(*rows, strict=True)
            ]
        columns = [np.ravel(a) for a in np.broadcast_arrays(*rows[0])]
        size = columns[0].size
        if size <= self.budget.sampled:
            return columns
        chosen = np.sort(self.rng.choice(size, self.budget.sampled, replace=False))
        return [c[chosen] for c in columns]

    def _quotients(
        self, op: Op, xs: Sequence[Any], y: Any, params: Mapping[str, Any], k: int
    ) -> list[tuple[Any, Any] | None]:
        """Return, entry by entry, the derivative with its error, or ``None`` off smoothness."""
        m = self.numbers
        sides = []
        for sign in (1, -1):
            for exponent in (_FAR, _NEAR):
                h = sign * m.mpf(10) ** -exponent
                steps = [h * (abs(v) if v != 0 else 1) for v in flat(xs[k])]
                moved = [v + s for v, s in zip(flat(xs[k]), steps, strict=True)]
                line = EntryArray(object_array(moved, xs[k].shape), m)
                there = flat(op.apply((*xs[:k], line, *xs[k + 1 :]), params))
                sides.append([(b - a) / s for a, b, s in zip(flat(y), there, steps, strict=True)])
        return [_limit(*q) for q in zip(*sides, strict=True)]

    def _whole(self, record: Record, args: Sequence[Any]) -> None:
        """Check the vjps of a whole-array operation against slopes along random directions."""
        op, refs, params, _out = record
        m = self.numbers
        xs = [lift(a, m) for a in args]
        y = op.apply(tuple(xs), params)
        u = lift(self.rng.integers(1, 4, size=y.shape) * self.rng.choice([-1, 1], size=y.shape), m)
        for k, r in enumerate(refs):
            if r < 0 or np.asarray(args[k]).dtype.kind == "b":
                continue
            c = _as_entries(op.vjps[k](u, y, *xs, **params), xs[k])
            signs = self.rng.choice([-3, -2, -1, 1, 2, 3], size=flat(xs[k]).shape).tolist()
            d = [s * (abs(v) if v != 0 else 1) for s, v in zip(signs, flat(xs[k]), strict=True)]
            terms = [a * b for a, b in zip(flat(c), d, strict=True)]
            found, scale = sum(terms), sum(abs(t) for t in terms)
            expected = self._slope(op, xs, y, params, k, u, d)
            if expected is not None and not _agree(found, *expected, scale):
                self._fault(record, k, (), found, expected[0])
                return
        self.checked += 1

    def _slope(
        self,
        op: Op,
        xs: Sequence[Any],
        y: Any,
        params: Mapping[str, Any],
        k: int,
        u: Any,
        d: Sequence[Any],
    ) -> tuple[Any, Any] | None:
        """Return the derivative of ⟨u, op⟩ along a direction of one argument."""
        m = self.numbers
        qs = []
        for sign in (1, -1):
            for exponent in (_FAR, _NEAR):
                h = sign * m.mpf(10) ** -exponent
                moved = [v + h * t for v, t in zip(flat(xs[k]), d, strict=True)]
                line = EntryArray(object_array(moved, xs[k].shape), m)
                there = op.apply((*xs[:k], line, *xs[k + 1 :]), params)
                rows = zip(flat(u), flat(there), flat(y), strict=True)
                qs.append(sum(w * (b - a) for w, b, a in rows) / h)
        return _limit(*qs)


def _as_entries(cotangent: Any, like: Any) -> Any:
    """Return what a vjp gave as entries of the shape of `like`.

    Raises
    ------
    Unavailable
        Where the operation has no rule.
    """
    m = like.m
    if cotangent is MISSING:
        raise Unavailable("no rule")
    if isinstance(cotangent, Nothing):
        return lift(np.zeros(like.shape), m)
    if not isinstance(cotangent, EntryArray):
        cotangent = lift(cotangent, m)
    if cotangent.shape == like.shape:
        return cotangent
    if cotangent.size < like.size:
        return EntryArray(np.broadcast_to(cotangent.entries, like.shape), m)
    return sum_to(cotangent, like.shape)


def _limit(far_right: Any, right: Any, far_left: Any, left: Any) -> tuple[Any, Any] | None:
    """Return the limit of both sides with its error, or ``None`` where they are no limit."""
    if any(is_nan(q) or is_infinite(q) for q in (far_right, right, far_left, left)):
        return None
    pairs = ((far_right, right), (far_left, left))
    if all(abs(near) <= _FALLS * abs(far) for far, near in pairs):
        return right * 0, abs(right) + abs(left)
    if any(abs(near - far) > STABLE * abs(near) for far, near in pairs):
        return None
    size = max(abs(right), abs(left))
    return ((right + left) / 2, size * STABLE) if abs(right - left) <= STABLE * size else None


def _agree(found: Any, expected: Any, error: Any, scale: Any = 0) -> bool:
    """Whether a rule's number is the quotients' number."""
    if is_nan(found) or is_infinite(found):
        return False
    room = STABLE * max(abs(found), abs(expected), scale) + error
    return bool(abs(found - expected) <= 2 * room)


def _text(value: Any) -> str:
    return value.context.nstr(value, 20) if hasattr(value, "context") else repr(value)


def check_nodes(program: Program, budget: Budget | None = None) -> NodeSurvey:
    """Check the rule of every operation of a program at the values it met.

    Parameters
    ----------
    program
        The program.
    budget
        How much work may be done; beyond it nodes are sampled evenly.

    Returns
    -------
    NodeSurvey
        Wrong nodes, and what was covered.
    """
    budget = budget or Budget()
    checker = _Checker(program, budget)
    batches, checker.alike = record_batches(program)
    for batch in batches:
        if checker.numbers.work > budget.nodes:
            checker.unchecked += [batch[0][0].name] * len(batch)
        else:
            checker.nodes(batch)
    faults = sorted(checker.faults, key=lambda f: f.slot)
    return NodeSurvey(
        tuple(faults),
        checker.checked,
        checker.sliced,
        checker.alike,
        len(checker.unchecked),
        tuple(sorted(set(checker.unchecked))),
    )
