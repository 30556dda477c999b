"""Branches on which the float64 run and the exact run part.

May import `run`, `ties`, `report`. A comparison of numbers that rounding moved may come out
the other way in 200 digits; then the two runs are two functions, and neither gradient is
evidence about the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from gradcli.exact.gates import is_nan
from gradcli.exact.guards import guard_holds
from gradcli.exact.places import describe, number_text
from gradcli.exact.report import Split
from gradcli.exact.run import Run, flat
from gradcli.exact.ties import COMPARISONS, margins
from gradcli.ir.program import Record

# Splits that are listed.
_MOST = 5


def find_splits(run: Run) -> tuple[Split, ...]:
    """Return the first branches, Python's own first, on which float64 and exact run differ."""
    return tuple(islice(_all_splits(run), _MOST))


def _all_splits(run: Run) -> Iterator[Split]:
    for guard in run.program.guards:
        value = run.values[guard.ref] if guard.ref >= 0 else run.consts[~guard.ref]
        if not guard_holds(value, guard.value):
            seen = ", ".join(number_text(v) for v in flat(value)[:_MOST])
            yield Split("branch", guard.place, str(guard.value), seen, True)
    for record in run.program.records:
        if record[0].name in COMPARISONS:
            yield from _comparison(run, record)
        elif record[0].kink is not None:
            yield from _kink(run, record)


def _comparison(run: Run, record: Record) -> Iterator[Split]:
    out = record[3]
    floats = np.ravel(run.program.values[out]).tolist()
    for i, (a, b) in enumerate(zip(floats, flat(run.values[out]), strict=True)):
        if bool(a) != bool(b):
            place = run.program.places.get(out)
            what = f"{record[0].name} at {describe(run, record, i)}"
            yield Split(what, place, str(bool(a)), str(bool(b)), False)


def _kink(run: Run, record: Record) -> Iterator[Split]:
    """Yield the entries that lie on one side of a kink in float64 and on another exactly."""
    op, refs, params, out = record
    args = [run.program.value(r) for r in refs]
    with np.errstate(all="ignore"):
        floats = np.ravel(op.kink.margin(*args, **params)).tolist()  # type: ignore[union-attr]
    for i, (a, b) in enumerate(zip(floats, margins(run, run.values, record), strict=False)):
        if not is_nan(b) and not np.isnan(a) and _sign(a) != _sign(b):
            place = run.program.places.get(out)
            what = f"{op.name} at {describe(run, record, i)}"
            yield Split(what, place, number_text(a), number_text(b), False)


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)
