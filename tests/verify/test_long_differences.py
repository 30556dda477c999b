"""Differences of functions with many inputs: along directions and on a few entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.exact.contraction import contract
from gradcli.ir.tracing import trace_function
from gradcli.reports import Status, Verdict
from gradcli.verify.collect import collect
from gradcli.verify.functions import engine_gradient
from gradcli.verify.judge import judge
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.testimony import with_witnesses

POINT = np.random.default_rng(0).normal(size=150)


def subject(
    f: Callable[..., Any], original: Callable[..., Any] | None = None, point: Any = POINT
) -> Subject:
    program = contract(trace_function(f, [point]).program)
    return Subject(
        names=("x",),
        inputs=(point,),
        function=original or f,
        gradient=engine_gradient(program),
        program=program,
        wrt=(0,),
    )


def ruling(said: Subject, who: str = "gradcli") -> Verdict:
    evidence = collect(said)
    return with_witnesses(judge(evidence, who), evidence)


def squashed(x: Any) -> Any:
    return np.sum(np.tanh(x) ** 2)


def test_differences_speak_for_a_long_gradient() -> None:
    verdict = ruling(subject(squashed))
    assert (verdict.status, verdict.by) == (Status.OK, ("exact", "fd"))
    exact, _, fd = verdict.witnesses["x"]
    assert exact.at == ()
    assert len(fd.at) == len(fd.value) == len(fd.error) == 4
    for index, value, error in zip(fd.at, fd.value, fd.error, strict=True):
        assert abs(value - exact.value[index]) <= error < 1e-6
    assert fd.note == "4 random directions, 4 entries alone"


@pytest.mark.parametrize("entry", [0, 77, 149])
def test_a_callable_that_is_not_its_program_is_noticed(entry: int) -> None:
    def other(x: Any) -> Any:
        return squashed(x) + 1e-5 * x[entry]

    verdict = ruling(subject(squashed, other))
    assert verdict.cause == "FORWARD-FLOAT-MISMATCH"


def test_a_wrong_claim_is_wrong_even_so() -> None:
    said = subject(squashed, lambda x: squashed(x) + 1e-3 * x[7])
    wrong = said.gradient[0].copy()
    wrong[3] *= -1
    claim = Claimed((wrong,))
    assert ruling(replace(said, claim=claim), "claim").status is Status.WRONG


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.floor(1e4 * x)) * 1e-4 + np.sum(x**2),
        lambda x: np.sum(np.abs(x - np.round(x, 3))),
        lambda x: np.sum(np.maximum(x, 0.0) * np.arange(x.size)),
        lambda x: np.sum(np.sort(x) * np.arange(x.size)),
        np.max,
    ],
)
def test_steps_stay_within_the_branches_of_the_point(f: Callable[..., Any]) -> None:
    verdict = ruling(subject(f))
    assert (verdict.status, verdict.by) == (Status.OK, ("exact", "fd"))


def test_a_point_without_room_leaves_the_others_to_speak() -> None:
    def tied(x: Any) -> Any:
        return np.sum(np.floor(x - POINT)) + np.sum(x)

    verdict = ruling(subject(tied))
    assert verdict.status is not Status.OK
    assert verdict.cause == "JUMP"


def test_entries_of_0_are_judged_by_the_size_of_the_whole() -> None:
    point = np.random.default_rng(1).normal(size=400)
    verdict = ruling(subject(np.max, point=point))
    assert np.all(verdict.witnesses["x"][2].value == 0.0), "the greatest entry was not drawn"
    assert verdict.by == ("exact", "fd")
