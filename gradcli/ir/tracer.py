"""The tracer: an array that records what is done to it.

May import `ops` and `program`. A `Tracer` is a handle on one slot of a `Trace`; it is a
duck, never an ndarray subclass, because compiled code would read a subclass's memory and
lose the gradient without a word. Operators go straight to the record; everything else arrives
through NumPy's two protocols. Traces nest: a value may itself be a tracer of an outer
trace, and an operation belongs to the innermost (highest) level among its arguments.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcli.ir.program import Guard, Place, Record
from gradcli.ops.duck import SURFACE, Duck
from gradcli.ops.elementwise import arithmetic, comparison
from gradcli.ops.indexing import getitem
from gradcli.ops.op import NO_PARAMS, Op

_NUMBERS = frozenset({float, int, np.float64, bool, np.bool_})


class Trace:
    """One run being recorded.

    Parameters
    ----------
    level
        Depth of nesting, 1 for the outermost.
    """

    __slots__ = ("consts", "guards", "level", "places", "records", "values", "where")

    def __init__(self, level: int) -> None:
        self.level = level
        self.values: list[Any] = []
        self.records: list[Record] = []
        self.consts: list[Any] = []
        self.guards: list[Guard] = []
        self.places: dict[int, Place] = {}
        # Called after a record to find its place in the user's text; None: do not look.
        self.where: Callable[[], Place | None] | None = None

    def input(self, value: Any) -> Tracer:
        """Return a tracer of a new input."""
        self.values.append(value)
        return Tracer(self, len(self.values) - 1, value)

    def constant(self, value: Any) -> int:
        """Return a reference to a constant; arrays are copied, since user code reuses them."""
        if type(value) is np.ndarray and value.flags.writeable:
            value = value.copy()
        self.consts.append(value)
        return -len(self.consts)

    def record(self, op: Op, refs: tuple[int, ...], params: Mapping[str, Any], y: Any) -> Tracer:
        """Append one operation whose value is `y`."""
        values = self.values
        out = len(values)
        values.append(y)
        self.records.append((op, refs, params, out))
        if self.where is not None:
            place = self.where()
            if place is not None:
                self.places[out] = place
        return Tracer(self, out, y)

    def guard(self, tracer: Tracer, value: Any) -> None:
        """Note that a traced value was looked at."""
        place = self.where() if self.where is not None else None
        self.guards.append(Guard(tracer.slot, value, len(self.records), place))


class Tracer(Duck):
    """A traced array.

    Parameters
    ----------
    trace, slot, value
        The trace it belongs to, its slot there, its primal value.
    """

    __slots__ = ("slot", "trace", "value")

    def __init__(self, trace: Trace, slot: int, value: Any) -> None:
        self.trace = trace
        self.slot = slot
        self.value = value

    @property
    def duck_level(self) -> int:  # type: ignore[override]
        """The level of the trace."""
        return self.trace.level

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape."""
        return np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """The dtype."""
        return self.value.dtype if hasattr(self.value, "dtype") else np.dtype(type(self.value))

    def __repr__(self) -> str:
        return f"Tracer({self.value!r})"

    def duck_apply(self, op: Op, args: tuple[Any, ...], params: Mapping[str, Any]) -> Tracer:
        """Record one operation of which this trace is the innermost."""
        trace = self.trace
        refs = []
        primals = []
        for a in args:
            if type(a) is Tracer and a.trace is trace:
                refs.append(a.slot)
                primals.append(a.value)
            else:
                refs.append(trace.constant(a))
                primals.append(a)
        return trace.record(op, tuple(refs), params, op.apply(tuple(primals), params))

    def __bool__(self) -> bool:
        seen = bool(self.value)
        self.trace.guard(self, seen)
        return seen

    def __getitem__(self, index: Any) -> Any:
        return self.duck_apply(getitem, (self,), {"index": index})


def _recorded(op: Op, compute: Callable[[Any, Any], Any]) -> Any:
    """Return a binary operator that records `op` without a detour through the protocols."""

    def forward(self: Tracer, other: Any) -> Any:
        trace = self.trace
        kind = type(other)
        if kind is Tracer and other.trace is trace:
            refs, b = (self.slot, other.slot), other.value
        elif kind in _NUMBERS:
            trace.consts.append(other)
            refs, b = (self.slot, -len(trace.consts)), other
        else:
            return op.apply((self, other), NO_PARAMS)
        return trace.record(op, refs, NO_PARAMS, compute(self.value, b))

    return forward


def _recorded_reflected(op: Op, compute: Callable[[Any, Any], Any]) -> Any:
    """Return the reflected form of `_recorded`."""

    def backward(self: Tracer, other: Any) -> Any:
        if type(other) not in _NUMBERS:
            return op.apply((other, self), NO_PARAMS)
        trace = self.trace
        trace.consts.append(other)
        refs = (-len(trace.consts), self.slot)
        return trace.record(op, refs, NO_PARAMS, compute(other, self.value))

    return backward


_OPERATORS: Mapping[str, tuple[Op, Callable[[Any, Any], Any]]] = {
    "add": (arithmetic.add, operator.add),
    "sub": (arithmetic.subtract, operator.sub),
    "mul": (arithmetic.multiply, operator.mul),
    "truediv": (arithmetic.divide, operator.truediv),
    "pow": (arithmetic.power, operator.pow),
}
_COMPARISONS: Mapping[str, tuple[Op, Callable[[Any, Any], Any]]] = {
    "lt": (comparison.less, operator.lt),
    "le": (comparison.less_equal, operator.le),
    "gt": (comparison.greater, operator.gt),
    "ge": (comparison.greater_equal, operator.ge),
    "eq": (comparison.equal, operator.eq),
    "ne": (comparison.not_equal, operator.ne),
}
for _name, (_op, _compute) in _OPERATORS.items():
    setattr(Tracer, f"__{_name}__", _recorded(_op, _compute))
    setattr(Tracer, f"__r{_name}__", _recorded_reflected(_op, _compute))
for _name, (_op, _compute) in _COMPARISONS.items():
    setattr(Tracer, f"__{_name}__", _recorded(_op, _compute))

__all__ = ["SURFACE", "Trace", "Tracer"]
