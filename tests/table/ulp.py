"""Measuring ULP: what a rule says in float64 against what is true."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import mpmath
import numpy as np

from gradcli.exact.gates import ReferenceFailed
from gradcli.exact.numbers import MpNumbers
from gradcli.ops.entries import EntryArray, lift
from gradcli.ops.op import Op
from tests.table.ulp_truths import Elementary

_SMALLEST = 5e-324
_LARGEST = 1.7976931348623157e308
# Digits for values: the forms of logaddexp or log1p look past 300 digits of 1.
_BITS_AS_DIGITS = 400


@dataclass
class Worst:
    """The largest error met, where it was met, and points where the kind of answer is wrong.

    Parameters
    ----------
    ulp
        Largest error in units in the last place of the true value.
    point
        Where.
    points
        How many points were measured.
    strays
        Points at which one side is NaN or infinite and the other is not.
    """

    ulp: float = 0.0
    point: tuple[float, ...] = ()
    points: int = 0
    strays: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, error: float | None, point: tuple[float, ...]) -> None:
        """Note one measurement; an error of ``None`` is an answer of the wrong kind."""
        self.points += 1
        if error is None:
            self.strays.append(point)
        elif error > self.ulp:
            self.ulp, self.point = error, point


def spacing(value: Any) -> float:
    """Return the unit in the last place of a (high-precision) number."""
    size = abs(float(value))
    return max(math.ulp(size), _SMALLEST) if math.isfinite(size) else math.ulp(_LARGEST)


def error_in_ulp(got: float, want: Any, term: Any | None, m: Any) -> float | None:
    """Return the error of a float against the truth; ``None`` if the kinds differ.

    A truth beyond the largest float must come out infinite (or as the largest float), a
    NaN truth as NaN. Where a `term` is given and the error is below half its ULP, the
    error counts as half a ULP: no float arithmetic does better near a zero.
    """
    if m.isnan(want):
        return 0.0 if math.isnan(got) else None
    if math.isnan(got):
        return None
    rounded = float(want)
    if math.isinf(rounded) or math.isinf(got):
        if math.isinf(rounded) and math.isinf(got):
            return 0.0 if (rounded > 0) == (got > 0) else None
        edge = got if math.isinf(rounded) else rounded
        return 1.0 if abs(edge) > 0.9999999999999989 * _LARGEST else None
    error = abs(m.mpf(got) - want)
    if term is not None and error <= 0.5 * spacing(term):
        return min(0.5, float(error / spacing(want)))
    return float(error / spacing(want))


def measure(
    got: Any, truth: Callable[..., Any], points: list[Any], m: Any, term: Any = None
) -> Worst:
    """Return the worst error of an array of floats against a truth at its points.

    A truth of ``None`` makes no claim: a pole, whose sign no real number has.
    """
    worst = Worst()
    values = np.broadcast_to(np.asarray(got, dtype=float), points[0].shape).tolist()
    for value, *xs in zip(values, *[p.tolist() for p in points], strict=True):
        exact = [m.mpf(x) for x in xs]
        try:
            told = truth(m, *exact)
            if told is None:
                continue
            want = m.convert(told)
        except (ZeroDivisionError, ValueError, OverflowError, ReferenceFailed):
            continue
        if isinstance(want, complex) or getattr(want, "imag", 0) != 0:
            want = m.nan
        largest = None if term is None else term(m, *exact)
        error = error_in_ulp(value, want, largest, m)
        worst.add(error, tuple(xs))
    return worst


def without_overflow(op: Op, points: list[Any]) -> list[Any]:
    """Return the points at which the value is no overflow: it is reported as infinite."""
    with np.errstate(all="ignore"):
        y = op.fn(*points)
    inputs_finite = np.logical_and.reduce([np.isfinite(p) for p in points])
    kept = ~(np.isinf(y) & inputs_finite & ~_is_pole(op, y))
    return [p[kept] for p in points]


def _is_pole(op: Op, y: Any) -> Any:
    """Where an infinite value is a pole of a logarithm, whose slope is claimed."""
    return np.isinf(y) & (op.name.startswith("log") or op.name == "atanh")


def elementary_rows(op: Op, facts: Elementary, rng: Any, n: int) -> list[tuple[str, Worst]]:
    """Return the worst errors of an elementary function's value and partials.

    The partials are measured against textbook formulas, the value against the scalar form.
    """
    m = mpmath.MPContext()
    m.prec = facts.bits
    points = without_overflow(op, [np.asarray(p) for p in facts.domain(rng, n)])
    with np.errstate(all="ignore"):
        rows = [
            (
                "value",
                measure(
                    in_pieces(op.fn, points), form_truth(op), points, MpNumbers(_BITS_AS_DIGITS)
                ),
            )
        ]
        for k, truth in enumerate(facts.partials):
            found = measure(rule_values(op, points, k), truth, points, m, facts.terms[k])
            rows.append((f"partial {k}", found))
    return rows


def special_rows(op: Op, domain: Any, rng: Any, n: int, digits: int) -> list[tuple[str, Worst]]:
    """Return the same for a special function; the truth is the rule on exact numbers.

    That the rules are right is tested elsewhere, against difference quotients; here the
    question is what float64 makes of them.
    """
    m = MpNumbers(digits)
    points = [np.asarray(p) for p in domain(rng, n)]
    exact = [lift(p, m) if p.dtype.kind == "f" else p for p in points]
    y = op(*exact)
    with np.errstate(all="ignore"):
        rows = [("value", compare(in_pieces(op.fn, points), y, points, m.ctx))]
        for k, partial in enumerate(op.rule.partials):
            if callable(partial):
                found = compare(rule_values(op, points, k), partial(y, *exact), points, m.ctx)
                rows.append((f"partial {k}", found))
    return rows


def form_truth(op: Op) -> Callable[..., Any]:
    """Return an operation's scalar form as a truth; a pole or an origin makes no claim."""

    def truth(m: Any, *xs: Any) -> Any:
        if not any(xs) and len(xs) > 1:
            return None
        value = m.call(op, op.mp, {}, *xs)
        return None if m.isinf(value) else value

    return truth


def compare(got: Any, want: EntryArray, points: list[Any], m: Any) -> Worst:
    """Return the worst error of an array of floats against exact numbers."""
    worst = Worst()
    values = np.broadcast_to(np.asarray(got, dtype=float), want.shape).ravel().tolist()
    for i, (value, exact) in enumerate(zip(values, want.entries.ravel(), strict=True)):
        worst.add(error_in_ulp(value, exact, None, m), tuple(float(p[i]) for p in points))
    return worst


# One call of a function that mpmath computes may take so many steps: it is asked in pieces.
_PIECE = 250


def in_pieces(f: Callable[..., Any], arrays: list[Any]) -> Any:
    """Return ``f(*arrays)`` of vectors, computed piece by piece."""
    whole = np.broadcast_arrays(*arrays)
    cuts = range(0, max(1, whole[0].size), _PIECE)
    parts = [[a[i : i + _PIECE] for a in whole] for i in cuts]
    return np.concatenate([np.broadcast_to(f(*p), p[0].shape) for p in parts])


def rule_values(op: Op, points: list[Any], k: int) -> Any:
    """Return what the k-th vjp of an operation gives for the cotangent 1."""
    with np.errstate(all="ignore"):
        y = in_pieces(op.fn, points)
        return in_pieces(lambda y, *xs: op.vjps[k](np.ones_like(y), y, *xs), [y, *points])
