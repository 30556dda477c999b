"""The missing or extra term is named as a formula, and only where nothing simpler fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.app.claimed_expression import check_expression
from gradcli.app.request import CheckRequest, Point
from gradcli.ops.op import Op
from gradcli.ops.registry import lookup
from gradcli.verify.diagnosis.matrix_terms import fitted_terms, sum_text

STREAM = np.random.default_rng(7)
POINTS = [
    (STREAM.normal(size=3), STREAM.normal(size=(3, 3)), STREAM.normal(size=())) for _ in range(5)
]
NAMES = ("x", "A", "s")


@pytest.mark.parametrize(
    ("truth", "text"),
    [
        (lambda x, A, s: A.T @ x, "A'@x"),
        (lambda x, A, s: (A + A.T) @ x, "(A + A')@x"),
        (lambda x, A, s: -2 * (A + A.T) @ x, "-2*(A + A')@x"),
        (lambda x, A, s: A @ x - A.T @ x, "A@x - A'@x"),
        (lambda x, A, s: x * x / 2, "(1/2)*x*x"),
        (lambda x, A, s: s * x - 3, "-3 + s*x"),
        (lambda x, A, s: np.outer(x, x), "outer(x, x)"),
        (lambda x, A, s: A @ A.T @ x, "A@A'@x"),
    ],
)
def test_products_of_variables_are_recognised(truth: Callable[..., Any], text: str) -> None:
    found = fitted_terms([truth(*p) for p in POINTS], POINTS, NAMES)
    assert found is not None
    assert sum_text(found) == text


@pytest.mark.parametrize(
    "truth",
    [
        lambda x, A, s: np.sin(x),
        lambda x, A, s: (1 + 1e-6) * x,
        lambda x, A, s: np.pi * (A @ x),
        lambda x, A, s: x + A @ x + A.T @ x,
        lambda x, A, s: 0 * x,
        lambda x, A, s: np.nan * x,
    ],
)
def test_what_is_no_plain_product_is_not(truth: Callable[..., Any]) -> None:
    assert fitted_terms([truth(*p) for p in POINTS], POINTS, NAMES) is None


def test_one_number_is_no_evidence() -> None:
    assert fitted_terms([np.array([2.0])], [(np.array([1.0]),)], ("x",)) is None


def hint(expr: str, claim: str, **values: str) -> tuple[str | None, str]:
    request = CheckRequest((), claims=(claim,), point=Point(tuple(values.items())))
    (entry,) = check_expression(expr, request)
    return entry.verdict.cause, entry.verdict.hint


@pytest.mark.parametrize(
    ("expr", "claim", "cause", "said"),
    [
        ("x^2", "x: 2*x+1", "term-extra", "the claim has `1` too much"),
        ("x^3", "x: 3*x^2-x", "term-extra", "the claim has `-x` too much"),
        ("x^3+x^2", "x: 3*x^2", "missing-path", "the claim lacks `2*x`"),
        ("x^3+x^2", "x: -3*x^2-2*x", "sign-flipped", "minus"),
    ],
)
def test_the_term_of_a_number_is_named(expr: str, claim: str, cause: str, said: str) -> None:
    found = hint(expr, claim, x="2")
    assert found[0] == cause
    assert said in found[1]
    assert ("`" in found[1]) == (cause != "sign-flipped")


def test_terms_of_entries_are_named_for_all_of_them_or_for_one() -> None:
    cause, said = hint("sum(x^3)", "x: 3*x^2+exp(x)", x="1,2")
    assert (cause, said) == ("term-extra", "the claim has `exp(x)` too much")
    cause, said = hint("sum(x^2)", "x: 2*x+[0,1]*cos(x)", x="1,2")
    assert (cause, said) == ("term-extra", "the claim has `cos(x[1])` too much at x[1]")


def test_a_claim_for_symmetric_matrices_says_so() -> None:
    cause, said = hint("x'@A@x", "x: 2*A@x", x="1,2", A="1,2;3,4")
    assert cause == "term-missing"
    assert said == "the claim holds when A = A'; general form: (A + A')@x"
    assert hint("x'@A@x", "x: 3*A@x", x="1,2", A="1,2;3,4")[1].endswith(
        "`2*A@x` where `A'@x` belongs"
    )


def test_the_term_of_a_function_is_named() -> None:
    def f(x: Any, A: Any) -> Any:
        return x @ A @ x + np.sum(x * np.log(x))

    point = (np.array([0.5, 1.5]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    verdict = gradcli.check(f, *point, claim=lambda x, A: A @ x + A.T @ x + np.log(x)).verdicts[0]
    assert (verdict.cause, verdict.hint.rsplit(": ")[-1]) == ("missing-path", "the claim lacks `1`")
    extra = gradcli.check(
        f, *point, claim=lambda x, A: A @ x + A.T @ x + np.log(x) + 1 - A.T @ x / 3
    ).verdicts[0]
    assert (extra.cause, extra.hint) == ("term-missing", "the claim lacks `(1/3)*A'@x`")


@pytest.fixture
def wrong_exp() -> Iterator[None]:
    """The rule of exp with a term too many."""
    op = lookup("exp")
    assert isinstance(op, Op)
    kept = op.vjps
    object.__setattr__(op, "vjps", (lambda g, y, x, **_: g * (y + x),))
    yield
    object.__setattr__(op, "vjps", kept)


@pytest.mark.usefixtures("wrong_exp")
def test_a_wrong_rule_of_our_own_is_named() -> None:
    verdict = gradcli.check(lambda x: np.exp(x) + x**2, 0.7).verdicts[0]
    assert (verdict.status, verdict.cause) == ("wrong", "term-extra")
    assert verdict.hint == "the gradient has `x` too much"
