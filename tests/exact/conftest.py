"""Programs of small functions, and the exact witness's report on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.contraction import contract
from gradcli.exact.examine import examine
from gradcli.exact.report import ExactReport
from gradcli.ir.program import Program
from gradcli.ir.tracing import trace_function


def _traced(f: Callable[..., Any], *xs: Any) -> Program:
    arrays = [np.float64(x) if np.ndim(x) == 0 else np.asarray(x, dtype=float) for x in xs]
    return contract(trace_function(f, arrays).program)


@pytest.fixture(scope="session")
def traced() -> Callable[..., Program]:
    """Trace ``f(*xs)``, a scalar function."""
    return _traced


@pytest.fixture(scope="session")
def examined() -> Callable[..., ExactReport]:
    """Examine ``f`` at ``xs``; Python's branches are seen from both sides."""

    def report(f: Callable[..., Any], *xs: Any, **options: Any) -> ExactReport:
        options.setdefault("retrace", lambda *ys: _traced(f, *ys))
        return examine(_traced(f, *xs), **options)

    return report


@pytest.fixture(scope="session")
def with_rule() -> Callable[..., Program]:
    """Replace the vjps of the operations of one name by a changed version of them."""

    def changed(program: Program, name: str, change: Callable[[Any], Any], k: int = 0) -> Program:
        records = []
        for op, refs, params, out in program.records:
            new = op
            if op.name == name:
                new = dataclasses.replace(op)
                pulls = list(op.vjps)
                right = pulls[k]
                pulls[k] = lambda *a, _r=right, **p: change(_r(*a, **p))
                object.__setattr__(new, "vjps", tuple(pulls))
            records.append((new, refs, params, out))
        return dataclasses.replace(program, records=records)

    return changed
