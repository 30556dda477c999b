"""Calls that go straight to the record: Python's operators and NumPy's ufuncs, by their op.

May import `ops`. Each entry says which operation of the table is recorded and what computes
its value; both are the very function the user's code called, so that a replay is exact.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import gradcli.ops.registry  # noqa: F401  (fills SURFACE)
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Op
from gradcli.ops.pythonic import FLOAT

# Types of number that may stand in a record as they are.
NUMBERS = frozenset({float, int, np.float64, bool, np.bool_})
DOUBLE = np.dtype(np.float64)


def power(a: Any, b: Any) -> Any:
    """Return ``a**b`` as NumPy's numbers do: never complex."""
    return (np.float64(a) if type(a) is FLOAT else a) ** b


# Python's operators that go straight to the record, with the ufuncs they mean.
ARITHMETIC: Mapping[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "add": (np.add, operator.add),
    "sub": (np.subtract, operator.sub),
    "mul": (np.multiply, operator.mul),
    "truediv": (np.true_divide, operator.truediv),
    "pow": (np.power, power),
    "matmul": (np.matmul, operator.matmul),
}
COMPARISONS: Mapping[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "lt": (np.less, operator.lt),
    "le": (np.less_equal, operator.le),
    "gt": (np.greater, operator.gt),
    "ge": (np.greater_equal, operator.ge),
    "eq": (np.equal, operator.eq),
    "ne": (np.not_equal, operator.ne),
}
UNARY: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "neg": (np.negative, operator.neg),
    "abs": (np.absolute, operator.abs),
}
# The ufuncs whose operator on scalars gives the same bits, sooner.
_QUICK = {
    ufunc: compute
    for ufunc, compute in (*ARITHMETIC.values(), *COMPARISONS.values())
    if ufunc is not np.power
}

# Ufuncs that the table has as operations without params, with the quickest way to their
# value; the operation computes its value by that very ufunc, so that a replay is exact.
UFUNCS: Mapping[Any, tuple[Op, Callable[..., Any]]] = {
    target: (op, _QUICK.get(target, target))
    for target, op in SURFACE.items()
    if isinstance(target, np.ufunc)
    and target.nout == 1
    and isinstance(op, Op)
    and (not op.params or op.expand is not None)
}
