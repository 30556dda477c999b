"""Python's operators on tracers, recorded without a detour through NumPy's protocols.

May import `quick`, `tracer` and `ops`; completes `Tracer`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ir.quick import ARITHMETIC, COMPARISONS, DOUBLE, NUMBERS, UFUNCS, UNARY, power
from gradcli.ir.tracer import CONVERTERS, Tracer
from gradcli.ops.op import NO_PARAMS, Op


def _is_operand(other: Any) -> bool:
    """Whether a value may stand beside a tracer; else Python asks the other side."""
    kind = type(other)
    if kind in NUMBERS or kind is np.ndarray or kind in CONVERTERS:
        return True
    return kind is complex or getattr(kind, "__array_ufunc__", None) is not None


def _recorded(op: Op, compute: Callable[[Any, Any], Any]) -> Any:
    """Return a binary operator that records `op` without a detour through the protocols."""

    def forward(self: Tracer, other: Any) -> Any:
        trace = self.home
        kind = type(other)
        if kind is Tracer and other.home is trace:
            y = compute(self.value, other.value)
            return trace.record(op, (self.slot, other.slot), NO_PARAMS, y)
        if kind in NUMBERS:
            return trace.record_right(op, self.slot, other, compute(self.value, other))
        if kind is np.ndarray and other.dtype is DOUBLE:
            y = compute(self.value, other)
            return trace.record(op, (self.slot, trace.constant(other)), NO_PARAMS, y)
        return op.apply((self, other), NO_PARAMS) if _is_operand(other) else NotImplemented

    return forward


def _recorded_reflected(op: Op, compute: Callable[[Any, Any], Any]) -> Any:
    """Return the reflected form of `_recorded`."""

    def backward(self: Tracer, other: Any) -> Any:
        if type(other) in NUMBERS:
            return self.home.record_left(op, other, self.slot, compute(other, self.value))
        return op.apply((other, self), NO_PARAMS) if _is_operand(other) else NotImplemented

    return backward


def _recorded_unary(op: Op, compute: Callable[[Any], Any]) -> Any:
    """Return a unary operator that records `op` at once."""

    def forward(self: Tracer) -> Any:
        return self.home.record(op, (self.slot,), NO_PARAMS, compute(self.value))

    return forward


for _name, (_ufunc, _compute) in {**ARITHMETIC, **COMPARISONS}.items():
    _op = UFUNCS[_ufunc][0]
    if _compute is power:
        _op = _op.computed_by(power)
    setattr(Tracer, f"__{_name}__", _recorded(_op, _compute))
    if _name in ARITHMETIC:
        setattr(Tracer, f"__r{_name}__", _recorded_reflected(_op, _compute))
for _name, (_ufunc, _operator) in UNARY.items():
    setattr(Tracer, f"__{_name}__", _recorded_unary(UFUNCS[_ufunc][0], _operator))
