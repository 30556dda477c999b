"""Hand-written gradients: run exactly where they can be followed, bounded where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.claims import examine_claim
from gradcli.exact.examine import examine
from gradcli.exact.report import ClaimReport
from gradcli.ir.tracing import trace_function

Traced = Callable[..., Any]


def judged(
    traced: Traced, f: Any, claim: Any, *xs: Any, follow: bool = True, wrt: Any = None
) -> ClaimReport:
    """Return what the witness says of a claim that returns one array per argument."""
    arrays = [np.float64(x) if np.ndim(x) == 0 else np.asarray(x, dtype=float) for x in xs]
    report = examine(traced(f, *xs), wrt=wrt)
    with np.errstate(all="ignore"):
        values = claim(*arrays)
    values = values if isinstance(values, tuple) else (values,)
    program = trace_function(claim, arrays).program if follow else None

    def at(*ys: Any) -> Any:
        said = claim(*ys)
        return said if isinstance(said, tuple) else (said,)

    return examine_claim(report, values, program, at=at)


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(
    ("f", "claim", "xs"),
    [
        (lambda x: np.sum(x**3), lambda x: 3 * x**2, ([1.0, -2.0, 0.0],)),
        (lambda x: 2.0**x, lambda x: np.log(2.0) * 2.0**x, (0.3,)),
        (lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), None, (0.7,)),
        (lambda x: np.log1p(x) - x, lambda x: -x / (1 + x), (1e-9,)),
        (lambda x: np.sin(x) ** 2, lambda x: np.sin(2 * x), (2.5,)),
        (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, lambda x: 0.0 * x, (2.5,)),
        (lambda x, y: x * np.exp(y), lambda x, y: (np.exp(y), x * np.exp(y)), (2.0, -0.5)),
    ],
)
def test_right_claims_hold(f: Any, claim: Any, xs: Any, follow: bool, traced: Traced) -> None:
    if claim is None:
        claim = lambda x: -x * 0.3989422804014327 * np.exp(-(x**2) / 2)  # noqa: E731
    report = judged(traced, f, claim, *xs, follow=follow)
    assert report.traced is follow
    assert [e.holds for e in report.entries] == [True] * len(report.entries)


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: -3 * x**2,
        lambda x: 3 * x**2 + 1e-6,
        lambda x: 3 * x**2 * (1 + 1e-9),
        lambda x: x**2,
        lambda x: 3 * np.roll(x, 1) ** 2,
        lambda x: np.where(x == 5.0, 3 * x, 3 * x**2),
    ],
)
def test_wrong_claims_do_not(wrong: Any, follow: bool, traced: Traced) -> None:
    report = judged(traced, lambda x: np.sum(x**3), wrong, [1.0, -2.0, 5.0], follow=follow)
    assert False in [e.holds for e in report.entries]


def test_a_claim_that_only_loses_digits_is_not_accused(traced: Traced) -> None:
    x = 1e-5
    report = judged(traced, lambda x: np.sin(x) - x, lambda x: np.cos(x) - 1, x)
    (entry,) = report.entries
    assert entry.holds
    assert abs(entry.value - (np.cos(x) - 1)) == 0
    assert entry.bound < 1e-13


def test_rounding_of_the_exact_run_itself_is_no_accusation(traced: Traced) -> None:
    def claim(x: Any) -> Any:
        return np.sin(2 * x) - 2 * np.sin(x) * np.cos(x)

    report = judged(traced, np.floor, claim, 0.7)
    (entry,) = report.entries
    assert entry.exact != 0
    assert entry.holds
    assert entry.allowed < 1e-50


def test_a_claim_wrong_far_below_its_own_rounding_is_found(traced: Traced) -> None:
    report = judged(traced, np.exp, lambda x: np.exp(x) * (1 + 2.0**-40), 0.3)
    assert report.entries[0].holds is False


def test_rounded_constants_of_the_author_are_allowed_for(traced: Traced) -> None:
    report = judged(traced, lambda x: 10.0**x, lambda x: 2.302585092994046 * 10.0**x, 0.3)
    assert report.entries[0].holds
    assert 0 < report.entries[0].allowed < 1e-14
    short = judged(traced, lambda x: 10.0**x, lambda x: 2.3025850 * 10.0**x, 0.3)
    assert short.entries[0].holds is False


def test_claims_at_kinks_are_subgradients_or_not(traced: Traced) -> None:
    tied = (1.0, 1.0)
    half = judged(traced, np.maximum, lambda x, y: (0.25 + 0 * x, 0.75 + 0 * y), *tied)
    assert [e.inside for e in half.entries] == [True, True]
    double = judged(traced, np.maximum, lambda x, y: (1 + 0 * x, 1 + 0 * y), *tied)
    assert [e.inside for e in double.entries] == [False, False]
    assert [e.holds for e in double.entries] == [None, None]


def test_vertical_tangents_need_the_right_infinity(traced: Traced) -> None:
    right = judged(traced, np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2), 0.0)
    assert right.entries[0].holds
    finite = judged(traced, np.cbrt, lambda x: 0 * x + 5.0, 0.0, follow=False)
    assert finite.entries[0].holds is False


def test_a_claim_of_some_inputs_leaves_the_others_to_the_engine(traced: Traced) -> None:
    report = examine(traced(lambda x, y: x * y**2, 2.0, 3.0))
    said = examine_claim(report, [np.float64(9.0), None])
    assert [e.value for e in said.entries] == [9.0, 12.0]
    assert [e.holds for e in said.entries] == [True, True]


def test_a_claim_that_branches_otherwise_is_taken_as_numbers(traced: Traced) -> None:
    def claim(x: Any) -> Any:
        return 2 * x if (x + 1e20) - 1e20 > 0.5 else 2.0 * x

    report = judged(traced, lambda x: x**2, claim, 0.7)
    assert not report.traced
    assert report.entries[0].holds


def test_a_nan_claim_never_holds(traced: Traced) -> None:
    report = judged(traced, lambda x: x**2, lambda x: x * np.nan, 0.7, follow=False)
    assert report.entries[0].holds is False
    followed = judged(traced, lambda x: x**2, lambda x: x * np.nan, 0.7)
    assert followed.entries[0].holds is False
