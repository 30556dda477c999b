"""What every witness said, as arrays with error bars, for a reader who asks (``-v``).

May import `evidence`, `agreement`, `reports`, NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.reports import Estimate, Verdict, silent
from gradcli.verify.agreement import number
from gradcli.verify.evidence import Entry, Evidence

# The order of the contract.
_METHODS = ("exact", "sympy", "fd")
# Entries at a kink whose one-sided derivatives are shown; more are counted.
_MOST_SIDES = 6
# Longer arrays in which a witness left gaps are shown as the entries that it spoke of.
MOST_GAPS = 12


def with_witnesses(verdict: Verdict, evidence: Evidence) -> Verdict:
    """Return the verdict with the numbers of every witness by variable.

    Parameters
    ----------
    verdict
        What the judge decided.
    evidence
        What was collected. Of a variable of which only some entries were examined, those are
        shown with their indices.
    """
    shown = {}
    for name in dict.fromkeys(entry.variable for entry in evidence.entries):
        entries = [entry for entry in evidence.entries if entry.variable == name]
        shape = _shape(entries)
        shown[name] = tuple(_estimate(m, evidence, entries, shape) for m in _METHODS)
    return replace(verdict, witnesses=shown)


def _shape(entries: Sequence[Entry]) -> tuple[int, ...] | None:
    """Return the shape of an array whose every entry is among these."""
    if len({len(entry.index) for entry in entries}) != 1:
        return None
    shape = tuple(1 + max(places) for places in zip(*(e.index for e in entries), strict=True))
    return shape if math.prod(shape) == len(entries) else None


def _estimate(
    method: str, evidence: Evidence, entries: Sequence[Entry], shape: tuple[int, ...] | None
) -> Estimate:
    """Return what one witness said of one variable."""
    status = evidence.status(method) or "unavailable"
    note = next((v.note for v in evidence.voices if v.method == method), "")
    if method == "exact":
        note = "; ".join(filter(None, (_sides(entries), note)))
    asked = [e for e in entries if not math.isnan(_said(method, e)[0])]
    if not asked and entries:
        return silent(method, status if status != "ok" else "unavailable", note, shape or ())
    if shape is None or (len(asked) < len(entries) > MOST_GAPS):
        value, error = (
            np.array(row) for row in zip(*(_said(method, e) for e in asked), strict=True)
        )
        return Estimate(value, error, method, note=note, at=tuple(e.index for e in asked))
    value = _array(entries, shape, lambda e: _said(method, e)[0])
    error = _array(entries, shape, lambda e: _said(method, e)[1])
    return Estimate(value, error, method, note=note)


def _sides(entries: Sequence[Entry]) -> str:
    """Return the one-sided derivatives of the entries that sit on a kink."""
    parts = []
    for e in entries:
        if e.point_class == "kink" and e.left is not None and e.right is not None:
            low, high = sorted((float(number(e.left)), float(number(e.right))))
            index = f"[{', '.join(map(str, e.index))}]" if e.index else ""
            parts.append(f"{e.variable}{index} in [{low:.6g}, {high:.6g}]")
    more = len(parts) - _MOST_SIDES
    text = ", ".join(parts[:_MOST_SIDES]) + (f" and {more} more" if more > 0 else "")
    return f"kink: {text}" if text else ""


def _array(entries: Iterable[Entry], shape: tuple[int, ...], said: Callable[[Entry], float]) -> Any:
    array = np.full(shape, np.nan)
    for entry in entries:
        array[entry.index] = said(entry)
    return array


def _said(method: str, entry: Entry) -> tuple[float, float]:
    """Return a witness's number and error bar for one entry; NaN where it was silent."""
    if method == "fd":
        bar = math.inf if entry.bar is None else entry.bar
        return (math.nan if entry.difference is None else entry.difference), bar
    text = entry.truth if method == "exact" else entry.symbolic
    if text is None:
        return math.nan, math.inf
    value = float(number(text))
    # A number of many digits is only rounded to be shown.
    return value, float(np.spacing(abs(value))) / 2 if math.isfinite(value) else math.inf
