"""The judge is asked the right question: a wrong answer of any kind is noticed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.app import judging
from gradcli.app.expression import read
from gradcli.app.problem import Problem
from gradcli.app.products import _judging
from gradcli.app.request import Point, Request
from gradcli.app.variables import choose
from gradcli.reports import Status, Verdict


def problem(expr: str, **values: str) -> Problem:
    request = Request(expr, point=Point(tuple(values.items())))
    expression = read(request, [])
    choice = choose(expression, None)
    return Problem(request, expression, choice.names, choice.run, [])


def second(found: dict[str, Any]) -> Verdict:
    asked = problem("sum(x^3)", x="1,2")
    choice = choose(asked.expression, None)
    return judging.judge_second(asked.expression, choice, 1.0, found)


def first(found: dict[str, Any], cotangent: Any) -> Verdict:
    asked = problem("x^2", x="1,2")
    choice = choose(asked.expression, None)
    return judging.judge_gradient(asked.expression, choice, cotangent, found)


CUBE = np.array([[6.0, 0.0], [0.0, 12.0]])
QUESTIONS = {
    "gradient": (lambda a: first({"x": a}, np.array([1.0, 10.0])), np.array([2.0, 40.0])),
    "order 2": (lambda a: second({"x": a}), CUBE),
    "jacobian": (
        lambda a: judging.judge_jacobian(problem("x^2", x="1,2"), {"x": a}),
        np.array([[2.0, 0.0], [0.0, 4.0]]),
    ),
    "large jacobian": (
        lambda a: judging.judge_jacobian(problem("x^2", x="ones(20)"), {"x": a}),
        2 * np.eye(20),
    ),
    "hessian": (
        lambda a: judging.judge_hessian(problem("sum(x^3)", x="1,2"), a),
        CUBE,
    ),
    "jvp": (
        lambda a: judging.judge_jvp(problem("x^2", x="1,2"), [np.array([1.0, 3.0])], a),
        np.array([2.0, 12.0]),
    ),
    "vjp": (
        lambda a: judging.judge_vjp(problem("x^2", x="1,2"), np.array([1.0, 3.0]), {"x": a}),
        np.array([2.0, 12.0]),
    ),
    "hvp": (
        lambda a: judging.judge_hvp(problem("sum(x^3)", x="1,2"), [np.array([1.0, 1.0])], {"x": a}),
        np.array([6.0, 12.0]),
    ),
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_right_answers_are_ok(kind: str) -> None:
    ask, right = QUESTIONS[kind]
    verdict = ask(right)
    assert verdict.status is Status.OK
    assert verdict.by[:2] == ("exact", "sympy")


@pytest.mark.parametrize("kind", QUESTIONS)
def test_wrong_answers_are_not(kind: str) -> None:
    ask, right = QUESTIONS[kind]
    last = (-1,) * right.ndim
    for change in (1.0, -2.0 * right[last], 1e-6):
        wrong = right.copy()
        wrong[last] += change
        assert ask(wrong).status not in {Status.OK, Status.KINK}, change


def test_the_judge_is_imported_only_when_asked() -> None:
    assert _judging() is judging


def test_a_derivative_is_shown_as_a_formula_where_it_is_short() -> None:
    asked = problem("sin(x)*y", x="1", y="2")
    choice = choose(asked.expression, None)
    found = {"x": np.array(2 * np.cos(1.0)), "y": np.array(np.sin(1.0))}
    verdict = judging.judge_gradient(asked.expression, choice, 1.0, found, verbose=True)
    notes = {
        name: next(e.note for e in told if e.method == "sympy")
        for name, told in verdict.witnesses.items()
    }
    assert notes == {"x": "y*cos(x)", "y": "sin(x)"}


@pytest.mark.parametrize(
    ("expr", "values", "tangents"),
    [
        ("sum(x^2)", {"x": "0,1"}, [np.array([1.0, 0.0])]),
        ("sum(x^3)", {"x": "1,1"}, [np.array([1.0, -1.0])]),
        ("x*y", {"x": "1", "y": "2"}, [np.array(1.0), np.array(-2.0)]),
    ],
)
def test_differences_vote_on_a_directional_derivative_of_zero(
    expr: str, values: dict[str, str], tangents: list[Any]
) -> None:
    asked = problem(expr, **values)
    assert judging.judge_jvp(asked, tangents, np.array(0.0)).by == ("exact", "sympy", "fd")
    assert judging.judge_jvp(asked, tangents, np.array(1e-3)).status is not Status.OK
