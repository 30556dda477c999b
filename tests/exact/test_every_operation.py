"""Every operation of the table at every sample: its rule against one-sided quotients."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from gradcli.exact.classes import PointClass
from gradcli.exact.contraction import contract
from gradcli.exact.examine import examine
from gradcli.ir.tracing import trace_function
from gradcli.ops.op import Op, Sample
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.rule import Elementwise, Nothing

OPERATIONS = [f for f in FUNCTIONS.values() if isinstance(f, Op)]


def _positions(op: Op, count: int) -> list[int]:
    """Return the arguments that an operation claims to have a derivative in."""
    if not isinstance(op.rule, Elementwise):
        return list(range(count))
    return [k for k, p in enumerate(op.rule.partials) if not isinstance(p, Nothing)]


def _examined(op: Op, sample: Sample) -> Any:
    args = sample.args
    arrays = [np.asarray(a) for a in args]
    wanted = [k for k in _positions(op, len(arrays)) if arrays[k].dtype.kind in "fi"]
    if not wanted or any(a.dtype.kind not in "fib" for a in arrays):
        return None
    floats = [a.astype(float)[()] if k in wanted else a[()] for k, a in enumerate(arrays)]

    def call(*xs: Any) -> Any:
        full = list(floats)
        for k, x in zip(wanted, xs, strict=True):
            full[k] = x
        return op(full, **sample.params) if op.arrays is None else op(*full, **sample.params)

    run = trace_function(call, [floats[k] for k in wanted])
    rng = np.random.default_rng(0)
    shapes = [np.shape(run.program.value(r)) for r in run.output_refs]
    weights = [rng.integers(1, 4, size=s).astype(float) for s in shapes]
    return examine(contract(run.program, weights))


def _is_bounded(entry: Any) -> bool:
    return not np.isfinite(entry.value) or abs(entry.truth - entry.value) <= entry.bound


def _complaints(op: Op, sample: Sample) -> list[str]:
    report = _examined(op, sample)
    if report is None:
        return []
    if not report.speaks:
        return [report.trouble_note]
    found = []
    for e in report.entries:
        if e.kind is PointClass.KINK and not e.inside:
            found.append(f"{e.name}: {e.value} is no subgradient")
        if e.kind in (PointClass.SMOOTH, PointClass.EDGE, PointClass.VERTICAL):
            if not e.rule_holds:
                found.append(f"{e.name}: rule {e.rules}, truth {e.truth}")
            elif e.kind is PointClass.SMOOTH and not _is_bounded(e):
                found.append(f"{e.name}: float {e.value} is off by more than {e.bound}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_every_rule_is_the_limit_of_quotients(op: Op) -> None:
    for sample in op.samples:
        assert _complaints(op, sample) == [], (sample.args, dict(sample.params))


def test_a_sample_of_the_table_every_day() -> None:
    chosen = [op for op in OPERATIONS if op.samples and op.name[0] in "aes"]
    outcomes = Counter(bool(_complaints(op, op.samples[0])) for op in chosen)
    assert outcomes[True] == 0
    assert outcomes[False] >= 20
