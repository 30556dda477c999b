"""Work, counted: what an operation costs in high precision, and how much may be spent.

May import `ir`, `ops`. A unit of work is about one microsecond of a scalar operation at
200 digits. Budgets are counted, never timed, so that the same input always gives the same
report; the clock of the worker is only the last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcli.ir.program import Program, Record
from gradcli.ops.op import Op

# Units by the mpmath functions a scalar form calls, measured at 200 digits.
_FUNCTION_UNITS = {
    **dict.fromkeys(("where", "lt", "le", "gt", "ge", "eq", "ne", "land", "lor", "lnot"), 1),
    **dict.fromkeys(
        ("mpf", "convert", "sign", "floor", "ceil", "nint", "isnan", "isinf", "isfinite"), 3
    ),
    **dict.fromkeys(
        ("fdiv", "sqrt", "hypot", "cbrt", "root", "nthroot", "pi", "zero", "one", "nan", "inf"), 12
    ),
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "ln", "sin", "cos", "tan"), 40),
    **dict.fromkeys(
        (
            "sinh",
            "cosh",
            "tanh",
            "asin",
            "acos",
            "atan",
            "atan2",
            "power",
            "asinh",
            "acosh",
            "atanh",
        ),
        60,
    ),
    **dict.fromkeys(("erf", "erfc", "gamma", "rgamma", "loggamma"), 120),
}
_SLOW_FUNCTIONS = {"besselk": 200_000, "bessely": 50_000, "zeta": 15_000, "psi": 3_000}
_FUNCTION_UNITS.update(_SLOW_FUNCTIONS)
_UNKNOWN_FUNCTION = 600
_BASE = 4
# Units of one multiplication and addition inside a product or a factorisation.
_MULTIPLY_ADD = 4


@lru_cache(maxsize=512)
def weight(op: Op) -> int:
    """Return the units of one scalar evaluation of an elementwise operation.

    The names its form reads say which functions it calls; helpers of its module are
    looked into.
    """
    units, seen = _BASE, set()
    pending: list[Any] = [op.mp]
    while pending:
        function = pending.pop()
        code = getattr(function, "__code__", None)
        if code is None or code in seen:
            units += 0 if code is not None else _UNKNOWN_FUNCTION
            continue
        seen.add(code)
        for name in code.co_names:
            helper = function.__globals__.get(name)
            if name not in _FUNCTION_UNITS and hasattr(helper, "__code__"):
                pending.append(helper)
            else:
                units += _FUNCTION_UNITS.get(name, _UNKNOWN_FUNCTION)
    return units


def record_cost(program: Program, record: Record) -> int:
    """Return the units of one evaluation of a record, from its shapes."""
    op, refs, _params, out = record
    shapes = [np.shape(program.value(r)) for r in refs]
    entries = int(np.size(program.values[out]))
    if op.mp is not None:
        return entries * weight(op)
    most = max([entries, *(int(np.prod(s)) for s in shapes)])
    if op.name in _VIEWS:
        return _BASE + entries
    if op.form is not None:
        side = int(max([s[-1] for s in shapes if s] or [1]))
        return _MULTIPLY_ADD * most * max(side, 1)
    if len(refs) > 1 and shapes[0]:
        inner = shapes[0][-1] if op.name not in _LINEAR_IN_SIZE else 1
        return _MULTIPLY_ADD * entries * int(inner) + most
    return _BASE + most


# Operations that only look at their argument.
_VIEWS = frozenset({"getitem", "reshape", "transpose", "broadcast_to", "ravel", "swapaxes"})
# Operations of several arguments whose work grows with their size only.
_LINEAR_IN_SIZE = frozenset({"concatenate", "stack", "concat", "put", "outer", "kron", "getitem"})


def is_slow(program: Program) -> bool:
    """Return whether some operation takes many milliseconds for one number."""
    slowest = max((weight(r[0]) for r in program.records if r[0].mp is not None), default=0)
    return slowest >= min(_SLOW_FUNCTIONS["bessely"], _SLOW_FUNCTIONS["zeta"])


def program_cost(program: Program) -> int:
    """Return the units of one evaluation of a program at 200 digits."""
    return sum(record_cost(program, r) for r in program.records)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work the exact witness may do, in units (about microseconds).

    Parameters
    ----------
    evaluation
        The dearest single evaluation of the whole program over high precision.
    quotients
        Total work on one-sided quotients, entry by entry.
    subgradients
        Total work on the cells around a kink.
    nodes
        Total work of the per-node check.
    sampled
        Entries looked at where not all can be.
    directions
        Random directions.
    ties
        Coupled ties that are enumerated (verdict.md section 3).
    """

    evaluation: int = 2_000_000
    quotients: int = 4_000_000
    subgradients: int = 4_000_000
    nodes: int = 4_000_000
    sampled: int = 48
    directions: int = 3
    ties: int = 6

    def affords(self, program: Program) -> bool:
        """Return whether the program as a whole may be evaluated in high precision."""
        return program_cost(program) <= self.evaluation
