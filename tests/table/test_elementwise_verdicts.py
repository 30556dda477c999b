"""The judge on every sample of every elementwise operation: right rules are called right."""

from __future__ import annotations

import pytest

from gradcli import check
from tests.table.points import Case, cases_of, each_case, elementwise_ops, quietly

CASES = [c for c in cases_of(elementwise_ops()) if c.differentiable]


@pytest.mark.slow
@each_case(CASES)
def test_the_judge_says_ok(case: Case) -> None:
    xs = case.arrays

    def f(*variables):
        args = list(xs)
        for k, v in zip(case.differentiable, variables, strict=True):
            args[k] = v
        return case.call(*args)

    report = quietly(check)(f, *[float(xs[k]) for k in case.differentiable])
    assert [v.status for v in report.verdicts] == ["ok"], str(report)
