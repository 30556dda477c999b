"""Every sample of every array operation before the judge: all witnesses must say ok."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.ir.tracing import trace_function
from gradcli.reports import Status
from gradcli.verify.collect import collect
from gradcli.verify.functions import engine_gradient
from gradcli.verify.judge import judge
from gradcli.verify.subject import Subject
from tests.table.arrays import array_cases, floats, is_smooth, of_arrays, real_parts
from tests.table.points import each_case, weights


@pytest.mark.slow
@each_case(array_cases(is_smooth))
def test_the_judge_says_ok(case) -> None:
    f, xs = of_arrays(case), floats(case)
    us = [weights(y, i) for i, y in enumerate(real_parts(f(*xs)))]

    def total(*args):
        return sum(np.sum(u * y) for u, y in zip(us, real_parts(f(*args)), strict=True))

    wrt = tuple(range(len(xs)))
    program = trace_function(total, xs, traced=wrt).program
    inputs = tuple(np.asarray(x) for x in xs)
    names = tuple(f"x{k}" for k in wrt)
    subject = Subject(names, inputs, total, engine_gradient(program), program, wrt)
    verdict = judge(collect(subject))
    assert verdict.status is Status.OK, verdict.text
