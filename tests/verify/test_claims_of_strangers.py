"""Claims as people write them: their parameters, their containers, their backward passes."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from slips_of_strangers import WRONG
from strangers import HEAD, RIGHT

from gradcli.errors import UserCodeError
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.targets import find_targets
from gradcli.reports import Status, Verdict
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.report import examine
from gradcli.verify.whole import combine


def examined(tmp_path: Path, text: str) -> tuple[Verdict, dict[str, Any]]:
    """Return the verdict on the only claim of a file."""
    path = tmp_path / "user_file.py"
    path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    (target,) = (t for t in find_targets(load(str(path)), Asked()) if t.claims)
    result = examine(target, target.points[0], target.claims[0], {})
    return combine([judge(from_json(e), result["who"]) for e in result["evidence"]]), result


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_claim_is_ok_however_it_is_written(case: str, tmp_path: Path) -> None:
    verdict, _ = examined(tmp_path, RIGHT[case])
    assert verdict.status in (Status.OK, Status.KINK), verdict.text


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_claim_is_not(case: str, tmp_path: Path) -> None:
    verdict, _ = examined(tmp_path, WRONG[case])
    assert verdict.status is Status.WRONG, verdict.text


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("def f_grad(x):\n    x *= 2\n    return x", "MUTATES-INPUT"),
        ("n = []\ndef f_grad(x):\n    n.append(1)\n    return 2*x*len(n)", "NONDETERMINISTIC"),
    ],
)
def test_a_claim_that_cannot_be_asked_twice_is_not_judged(
    text: str, cause: str, tmp_path: Path
) -> None:
    verdict, _ = examined(tmp_path, f"def f(x): return np.sum(x**2)\n{text}\n")
    assert (verdict.status, verdict.cause) == (Status.INCONCLUSIVE, cause)
    assert "the claim" in verdict.text


@pytest.mark.parametrize(
    ("claim", "what"),
    [
        ("def f_grad(x, scale): return 2*x", "`f_grad` has a parameter `scale` that `f` lacks"),
        ("def f_grad(x): return {'y': 2*x}", "returned a dict with the key 'y'"),
        ("def f_grad(x): return {'x': x, 'dx': 2*x}", "two keys for one parameter: 'x', 'dx'"),
        ("def f_grad(x): return np.sum(x**3), 2*x", "`f_grad` returned 2 parts, for 1: x"),
    ],
)
def test_a_claim_that_cannot_be_understood_is_refused(
    claim: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(UserCodeError) as caught:
        examined(tmp_path, f"def f(x): return np.sum(x**2)\n{claim}\n")
    assert what in caught.value.diagnostic.what
    assert caught.value.diagnostic.hint


def test_the_parameters_that_are_judged_are_named(tmp_path: Path) -> None:
    _, result = examined(tmp_path, RIGHT["only the parameter that it fits"])
    assert result["names"] == ["w"]


def test_a_second_order_claim_of_several_arrays_is_not_passed_over(tmp_path: Path) -> None:
    text = """
        def f(p): return np.sum(p["a"]**2)*np.sum(p["b"])
        def f_hess(p): return np.eye(3)
    """
    verdict, _ = examined(tmp_path, text)
    assert (verdict.status, verdict.cause) == (Status.INCONCLUSIVE, "REFERENCE-FAILED")


MANY_TIES = """
        z0 = np.zeros(10)
        def f(z): return BODY
        def f_grad(z): return np.array([VALUE] + 9*[0.0])
    """


@pytest.mark.parametrize(
    ("body", "value", "status"),
    [
        ("np.sum(np.abs(np.diff(z)))", "1.5", Status.WRONG),
        ("-np.sum(np.abs(np.diff(z)))", "-1.5", Status.WRONG),
        # Neither side has a slope, but the cells beside the axis do.
        ("np.sum(np.maximum(0, np.minimum(z[1:], z[:-1])))", "0.5", Status.INCONCLUSIVE),
    ],
)
def test_beyond_the_sides_of_a_convex_kink_is_wrong_whatever_the_ties(
    body: str, value: str, status: Status, tmp_path: Path
) -> None:
    verdict, _ = examined(tmp_path, MANY_TIES.replace("BODY", body).replace("VALUE", value))
    assert verdict.status is status, verdict.text
    assert verdict.cause == ("subgradient" if status is Status.WRONG else "KINK-UNCHECKED")


def test_a_claim_is_not_passed_where_nothing_can_be_known(tmp_path: Path) -> None:
    """A hundred steps of a chaotic map: the claim lacks a factor, and no digit is known."""
    text = """
        def f(r=3.9, n=100):
            x = 0.3
            for _ in range(n):
                x = r*x*(1 - x)
            return x
        def f_grad(r, n=100):
            x, d = 0.3, 0.0
            for _ in range(n):
                d = x + r*d*(1 - 2*x)
                x = r*x*(1 - x)
            return d
    """
    verdict, _ = examined(tmp_path, text)
    assert (verdict.status, verdict.cause) == (Status.INCONCLUSIVE, "ILL-CONDITIONED")


def test_a_wrong_pullback_of_an_array_is_explained_without_a_jacobian(tmp_path: Path) -> None:
    text = """
        def f(x): return np.tanh(x)
        def f_vjp(x, g): return g*(1 - np.tanh(x))
    """
    verdict, result = examined(tmp_path, text)
    assert verdict.status is Status.WRONG
    assert np.shape(result["claim"]["x"]) == (3,)
