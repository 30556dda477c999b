"""The truth at many digits: functions and rules of the table on mpmath numbers.

`difference_quotient` knows nothing of derivative rules: it moves one element at a time by
1e-18 of its size and evaluates the *forward* program at 60 digits. `rule_gradient` runs the rules
themselves on the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.engine.vjp import reverse
from gradcli.exact.numbers import MpNumbers
from gradcli.ir.tracing import trace_function
from gradcli.ops.entries import EntryArray, lift
from tests.table.points import parts

DIGITS = 60
# Truncation 1e-36 against rounding 1e-60/1e-18: thirty-six good digits.
STEP = "1e-18"
_NOTHING = 1e-32
_SECOND_DIGITS = 60
_SECOND_STEP = "1e-15"


def numbers(digits: int = DIGITS) -> MpNumbers:
    """Return the number system of the exact witness."""
    return MpNumbers(digits)


def exact_value(f: Callable[..., Any], xs: Sequence[Any], digits: int = DIGITS) -> list[Any]:
    """Return the outputs of `f` at the exact values of `xs` as object arrays."""
    m = numbers(digits)
    return [_entries(y, m) for y in parts(f(*[_lifted(x, m) for x in xs]))]


def difference_quotient(
    f: Callable[..., Any], xs: Sequence[Any], us: Sequence[Any], wrt: Sequence[int]
) -> list[Any]:
    """Return central difference quotients of ``sum(u*f)`` by every element of the arguments.

    Parameters
    ----------
    f
        A function of arrays that runs on entry arrays.
    xs
        The point.
    us
        A cotangent for every output.
    wrt
        Positions of the arguments to differentiate.

    Returns
    -------
    list of object arrays
        One per position, of the argument's shape.
    """
    m = numbers()
    h = m.mpf(STEP)
    lifted = [_lifted(x, m) for x in xs]

    def total(k: int, place: tuple[int, ...], step: Any) -> Any:
        moved = lifted[k].entries.copy()
        moved[place] = moved[place] + step
        args = [EntryArray(moved, m) if i == k else x for i, x in enumerate(lifted)]
        return _weighted(parts(f(*args)), us, m)

    out = []
    for k in wrt:
        slopes = np.empty(lifted[k].shape, dtype=object)
        for place in np.ndindex(lifted[k].shape):
            step = h * (abs(lifted[k].entries[place]) or 1)
            slopes[place] = (total(k, place, step) - total(k, place, -step)) / (2 * step)
        out.append(slopes)
    return out


def second_quotient(f: Callable[..., Any], xs: Sequence[Any], i: int, j: int) -> Any:
    """Return the second difference quotient of a scalar function by arguments i and j.

    Truncation 1e-30 against rounding 1e-60/1e-30: thirty good digits.
    """
    m = numbers(_SECOND_DIGITS)
    h = m.mpf(_SECOND_STEP)
    point = [m.convert(x) for x in xs]

    hi, hj = h * (abs(point[i]) or 1), h * (abs(point[j]) or 1)

    def at(a: int, b: int) -> Any:
        moved = list(point)
        moved[i] = moved[i] + a * hi
        moved[j] = moved[j] + b * hj
        return _entries(f(*[EntryArray(np.array(v, dtype=object), m) for v in moved]), m)[()]

    return (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * hi * hj)


def rule_gradient(
    f: Callable[..., Any], xs: Sequence[Any], us: Sequence[Any], wrt: Sequence[int]
) -> list[Any]:
    """Return the reverse sweep of the traced program over mpmath numbers."""
    m = numbers()
    program = trace_function(f, xs, traced=tuple(wrt)).program
    values = evaluate(program, [lift(xs[k], m) for k in wrt])
    seeds: dict[int, Any] = {}
    for ref, u in zip(program.outputs, us, strict=True):
        if ref >= 0:
            seeds[ref] = lift(u, m)
    consts = [_lifted(c, m) for c in program.consts]
    swept = reverse(program.records, values, consts, seeds)
    found = [swept[slot] for slot in program.inputs]
    return [
        _entries(np.zeros(np.shape(xs[k])) if c is None else c, m)
        for k, c in zip(wrt, found, strict=True)
    ]


def gaps(got: Any, want: Any, scale: Any = None) -> float:
    """Return the largest relative error of an array against exact numbers.

    Parameters
    ----------
    got, want
        Floats or exact numbers, and exact numbers, of one shape.
    scale
        A size below which errors are not relative: the largest term of a cancelling sum.
    """
    worst = 0.0
    for g, w in zip(np.ravel(np.asarray(got, dtype=object)), np.ravel(want), strict=True):
        if w.context.isnan(w):
            return float("inf")
        # A slope of 1e-32 beside values of size 1 is the quotient's own truncation.
        error = 0 if abs(w) < _NOTHING and abs(g) < _NOTHING else abs(g - w)
        size = max(abs(w), abs(scale) if scale is not None else 0)
        worst = max(worst, float(error / size) if size else float(error))
    return worst


def _lifted(x: Any, m: MpNumbers) -> Any:
    """Return an argument as an entry array; integer parameters stay plain."""
    return lift(x, m) if np.asarray(x).dtype.kind == "f" else x


def _entries(y: Any, m: MpNumbers) -> Any:
    return y.entries if isinstance(y, EntryArray) else lift(y, m).entries


def _weighted(ys: Sequence[Any], us: Sequence[Any], m: MpNumbers) -> Any:
    total = m.zero
    for y, u in zip(ys, us, strict=True):
        for value, weight in zip(_entries(y, m).ravel(), np.ravel(u), strict=True):
            total = total + value * m.convert(weight)
    return total
