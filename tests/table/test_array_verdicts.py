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
from tests.table.arrays import (
    array_cases,
    array_functions,
    floats,
    is_smooth,
    of_arrays,
    real_parts,
)
from tests.table.points import Case, each_case, weights


def _subject(case: Case, sign=lambda u: u) -> Subject:
    """Return the weighted sum of a sample call's outputs, as the judge takes it."""
    f, xs = of_arrays(case), floats(case)
    us = [sign(weights(y, i)) for i, y in enumerate(real_parts(f(*xs)))]

    def total(*args):
        return sum(np.sum(u * y) for u, y in zip(us, real_parts(f(*args)), strict=True))

    wrt = tuple(range(len(xs)))
    program = trace_function(total, xs, traced=wrt).program
    inputs = tuple(np.asarray(x) for x in xs)
    names = tuple(f"x{k}" for k in wrt)
    return Subject(names, inputs, total, engine_gradient(program), program, wrt)


@pytest.mark.slow
@each_case(array_cases(is_smooth))
def test_the_judge_says_ok(case) -> None:
    verdict = judge(collect(_subject(case)))
    assert verdict.status is Status.OK, verdict.text


def _at_kinks() -> list[Case]:
    kinks = [(f, getattr(f, "kink", None)) for f in array_functions()]
    return [Case(f, s) for f, kink in kinks if kink is not None for s in kink.samples]


@pytest.mark.slow
@each_case(_at_kinks())
def test_the_judge_accepts_what_is_answered_at_a_kink(case) -> None:
    kink = case.function.kink
    verdict = judge(collect(_subject(case, np.abs)))
    if kink.jump:
        assert verdict.cause == "JUMP"
    elif "repeated" in kink.at:
        # Cones of matrices: too many bases to enumerate, and nothing wrong.
        assert verdict.status is not Status.WRONG
    else:
        assert verdict.status is Status.KINK, verdict.text
