"""The cause of a wrong claim: of loops, of Jacobians, of one variable among several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.contraction import contract
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.ir.tracing import trace_function
from gradcli.reports import Verdict
from gradcli.testing import check
from gradcli.verify.diagnosis.effort import Effort
from gradcli.verify.diagnosis.hypotheses import Sample
from gradcli.verify.diagnosis.slips import find_slip
from gradcli.verify.diagnosis.smallest import smallest_failure
from gradcli.verify.report import examine

X = np.array([0.3, 0.2, -0.5])
A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])


def found(f: Callable[..., Any], claim: Callable[..., Any], *xs: Any) -> Verdict:
    return check(f, *xs, claim=claim).verdicts[0]


def waves(x: Any) -> Any:
    return np.sin(A @ x)


def slopes(x: Any) -> Any:
    return np.cos(A @ x)[:, None] * A


@pytest.mark.parametrize(
    ("change", "cause", "said"),
    [
        (lambda j: j.T, "transposed", "the claim is the transpose"),
        (lambda j: -j, "sign-flipped", "minus the gradient"),
        (lambda j: 2 * j, "constant-factor", "2 times"),
        (lambda j: j[[1, 0, 2]], "permuted", "other places"),
        (lambda j: np.roll(j, 1, 0), "off-by-one", "every row"),
        (lambda j: np.roll(j, -1, 1), "off-by-one", "every column"),
        (lambda j: j * [[1], [-1], [1]], "sign-flipped", "at output [1]: the claim is minus"),
    ],
)
def test_a_jacobian_is_compared_as_a_whole(
    change: Callable[[Any], Any], cause: str, said: str
) -> None:
    verdict = found(waves, lambda x: change(slopes(x)), X)
    assert verdict.cause == cause
    assert said in verdict.hint


def test_output_and_input_may_be_matrices() -> None:
    def product(x: Any) -> Any:
        return x @ A

    def exchanged(x: Any) -> Any:
        return np.einsum("im,jn->mnij", np.eye(3), A.T).transpose(0, 1, 2, 3)

    verdict = found(product, exchanged, A / 7)
    assert verdict.cause == "transposed"


def test_the_one_wrong_variable_is_named() -> None:
    def f(x: Any, w: Any) -> Any:
        return np.sum(x**2 * np.exp(w))

    def signed(x: Any, w: Any) -> Any:
        return 2 * x * np.exp(w), -(x**2) * np.exp(w)

    verdict = found(f, signed, X, X + 1)
    assert verdict.cause == "sign-flipped"
    assert verdict.hint == "the claim for `w` is minus the gradient"


def test_a_claim_for_another_variable_says_how_to_say_so() -> None:
    def loss(x: Any, w: Any) -> Any:
        return np.sum(x**2 * np.exp(w))

    point = Point("x0", {"x": X, "w": X + 1}, ("x", "w"))
    said = Claim("claim", lambda x, w: x**2 * np.exp(w), Order.GRADIENT)
    (evidence,) = examine(Target("loss", 1, loss, (point,)), point, said, {})["evidence"]
    assert evidence["explanation"]["cause"] == "wrong-variable"
    advice = 'if it is meant for `w`, say @gradcli.gradient_of(loss, wrt="w")'
    assert evidence["explanation"]["hint"].endswith(advice)


def rounds(x: Any) -> Any:
    total = 0.0
    for i in range(len(x) - 1):
        total = total + (x[i + 1] - x[i] ** 2) ** 2
    return total


def rounds_gradient(x: Any, sign: float) -> Any:
    g = np.zeros_like(x)
    r = x[1:] - x[:-1] ** 2
    g[1:] += 2 * r
    g[:-1] += sign * 4 * r * x[:-1]
    return g


def test_a_slip_in_every_round_of_a_loop_is_located() -> None:
    x = np.linspace(0.2, 1.7, 60)
    verdict = found(rounds, lambda x: rounds_gradient(x, 1.0), x)
    assert verdict.cause == "sign-flipped"
    assert "x[i] ** 2" in verdict.hint
    assert found(rounds, lambda x: rounds_gradient(x, 0.0), x).cause == "missing-path"


def test_a_smooth_tie_is_explained_from_the_truth() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.maximum(x, 0) - np.maximum(-x, 0) + x**2)

    verdict = found(f, lambda x: -(1 + 2 * x), np.array([0.0, 1.0]))
    assert verdict.cause == "sign-flipped"


@pytest.mark.parametrize("step", [1e-8, 1e-6])
def test_a_finite_difference_is_recognised(step: float) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.exp(x) * x[0])

    def forward(x: Any) -> Any:
        g = np.zeros_like(x)
        for i in range(len(x)):
            e = np.zeros_like(x)
            e[i] = step
            g[i] = (f(x + e) - f(x)) / step
        return g

    verdict = found(f, forward, np.array([1.0, 2.0]))
    assert verdict.status == "wrong"
    assert f"looks like a finite difference (forward, step {step:g})" in verdict.hint
    assert verdict.text != "unexplained"


def test_a_near_miss_that_is_no_difference_is_only_counted() -> None:
    verdict = found(
        lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) + np.array([0.0, 1e-9, 0.0]), X
    )
    assert (verdict.cause, verdict.hint) == ("unexplained", "agrees to 8 digits")


def test_nothing_is_searched_without_effort() -> None:
    none = Effort(visits=0.0)
    calls: list[Any] = []

    def at(*xs: Any) -> Any:
        calls.append(xs)
        return xs

    assert smallest_failure(at, at, [X], none, 1.0) is None
    assert not calls
    assert not Effort(seconds=0.0).spend(1.0)


def test_what_was_not_spent_comes_back() -> None:
    effort = Effort(visits=100.0)
    share = effort.share(0.25)
    assert (effort.left, share.left) == (75.0, 25.0)
    assert share.spend(20.0)
    assert not share.spend(10.0)
    effort.give_back(share)
    assert effort.left == 80.0


def test_a_slip_is_found_within_its_effort_only() -> None:
    run = trace_function(lambda x: np.sum(np.sin(x) * x**2), [X], names=["x"])
    program = contract(run.program, None)
    claim = np.cos(X) * X**2
    samples = [Sample((claim,), (claim + 2 * X * np.sin(X),))]
    located = find_slip(program, [[X]], samples, [0])
    assert located is not None
    assert located.name == "missing-path"
    assert find_slip(program, [[X]], samples, [0], Effort(visits=1.0)) is None


def test_one_point_alone_is_no_ground_for_a_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effort.__init__, "__defaults__", (30.0, 8.0))
    verdict = found(lambda x: np.sum(np.sin(x)), lambda x: -np.cos(x), X)
    assert verdict.status == "wrong"
    # What SymPy finds is a formula, no coincidence of numbers.
    assert verdict.cause == "term-missing"
