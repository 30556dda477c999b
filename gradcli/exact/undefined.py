"""Where a value stops being a real number, and whether a limit would fill the hole.

May import `quotients`, `coordinates`, `run`, `report`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import GradcliError
from gradcli.exact.budget import Budget
from gradcli.exact.coordinates import Coordinate, coordinates
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.limits import SideKind, full_limit
from gradcli.exact.places import describe
from gradcli.exact.quotients import FIRST, Prober
from gradcli.exact.report import Hole, Origin
from gradcli.exact.run import Run, flat
from gradcli.ir.program import Program
from gradcli.ops.entries import Unavailable

# A value seen from both sides at 1e-50 is one value if it agrees to this.
_SAME_VALUE = 1e-20


def find_origin(run: Run) -> Origin | None:
    """Return the first operation whose result is NaN although its arguments are not."""
    for record in run.program.records:
        op, refs, _params, out = record
        bad = [i for i, v in enumerate(flat(run.values[out])) if _nan(v)]
        args = [run.values[r] if r >= 0 else run.consts[~r] for r in refs]
        if not bad or any(_nan(v) for a in args for v in flat(a)):
            continue
        domain = op.domain.text if op.domain is not None else ""
        place = run.program.places.get(out)
        return Origin(out, op.name, place, describe(run, record, bad[0]), domain)
    return None


def _nan(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(value, "_mpf_") and is_nan(value)


def hole_at_point(program: Program) -> Hole | None:
    """Return the limits of a scalar program that has no value where it was traced.

    Parameters
    ----------
    program
        A program with one scalar output, traced at the point.

    Returns
    -------
    Hole or None
        ``None`` where there is no limit, or where looking for one is too much work.
    """
    budget = Budget()
    if not budget.affords(program):
        return None
    try:
        prober = Prober(program, [program.values[s] for s in program.inputs], FIRST)
        coords = coordinates(prober.run, program.inputs)
        return find_hole(prober, coords[: budget.sampled])
    except (GradcliError, ReferenceFailed, Unavailable, ArithmeticError, ValueError):
        return None


def find_hole(prober: Prober, coords: Sequence[Coordinate]) -> Hole | None:
    """Return the limits of value and derivative where both sides of every coordinate have them.

    Parameters
    ----------
    prober
        Takes values beside the point.
    coords
        The coordinates along which the hole is approached.
    """
    limit, slopes = None, []
    for c in coords:
        found = _along(prober, c)
        if found is None:
            return None
        value, slope = found
        if limit is not None and not _same(limit, value):
            return None
        limit = value
        slopes.append(slope)
    return None if limit is None else Hole(limit, tuple(slopes))


def _along(prober: Prober, c: Coordinate) -> tuple[Any, Any] | None:
    """Return the limit of the value and of the derivative along one coordinate."""
    run = prober.run
    exponents = (*prober.scheme.exponents, *prober.scheme.further)
    steps = [prober.step(run, e) for e in exponents]
    right = [run.scalar(run.beside(c.direction, h)) for h in steps]
    left = [run.scalar(run.beside(c.direction, -h)) for h in steps]
    if any(is_nan(v) or is_infinite(v) for v in (*right, *left)):
        return None
    middle = (right[-1] + left[-1]) / 2
    if not _same(right[-1], left[-1], middle) or not _same(right[-2], right[-1], middle):
        return None
    slope = full_limit(steps, [(a - b) / 2 for a, b in zip(right, left, strict=True)])
    known = slope.kind is SideKind.FINITE
    return _tidy(middle, run), slope.value / c.scale if known else None


def _same(a: Any, b: Any, size: Any = None) -> bool:
    """Whether two values seen beside the point are one limit; near zero on the scale of 1."""
    return bool(abs(a - b) <= _SAME_VALUE * max(abs(a), abs(b), abs(size or 0), 1))


def _tidy(value: Any, run: Run) -> Any:
    """Return a limit without the trace of the distance it was seen from."""
    nearest = run.numbers.ctx.nint(value)
    return nearest if abs(value - nearest) <= _SAME_VALUE else value
