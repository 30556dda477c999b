"""Public checkers are asked fairly: a right claim is accepted and a wrong one is noticed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from checkers import CHECKERS, Answer, Checker, Problem
from interview import Question, answered

from plant import Case, slip

POINT = (np.array([0.4, 1.3]), 0.7)


def bent(x, s):
    return s * np.sum(x**3)


def bent_grad(x, s):
    return 3 * s * x**2, np.sum(x**3)


# Its error estimate of a cubic is below the rounding of a right claim.
FAIR = [c for c in CHECKERS if (c.name, c.rule[:1]) != ("jacobi", "3")]


@pytest.mark.parametrize("checker", FAIR, ids=lambda c: c.ask.__name__)
def test_right_is_accepted_and_wrong_is_noticed(checker) -> None:
    pytest.importorskip(checker.package)
    assert checker.ask(Problem(bent, bent_grad, POINT)) is Answer.ACCEPTED
    for place in (0, 1):
        wrong = Problem(bent, lambda *xs, at=place: spoiled(bent_grad(*xs), at), POINT)
        assert checker.ask(wrong) is Answer.REJECTED


def spoiled(gradients, place):
    return tuple(1.5 * g if i == place else g for i, g in enumerate(gradients))


def raising(problem: Problem) -> Answer:
    problem.claims(*problem.point)
    return Answer.ACCEPTED


def test_an_exception_counts_only_where_the_right_gradient_raises_none() -> None:
    text = slip("text", lambda x: "2x")
    case = Case("square", lambda x: x**2, lambda x: 2 * x, (3.0,), slips=(text,))
    checker = Checker("raising", "", raising, "")
    assert answered(checker, [case], Question(0, 0, wrong=True)) is Answer.REJECTED
    assert answered(checker, [case], Question(0, 0, wrong=False)) is Answer.ACCEPTED
    broken = Case("square", case.f, text.claim, (3.0,), slips=(text,))
    assert answered(checker, [broken], Question(0, 0, wrong=True)) is Answer.UNDECIDED
    assert answered(checker, [broken], Question(0, 0, wrong=False)) is Answer.UNDECIDED
