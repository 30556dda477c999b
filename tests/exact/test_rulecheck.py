"""The comparison of a rule with the truth, on the scale of what was added up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.exact.budget import Budget
from gradcli.exact.examine import examine
from gradcli.exact.report import ExactReport
from gradcli.exact.rulecheck import rule_is_right

CTX = mpmath.MPContext()
CTX.dps = 120


@pytest.mark.parametrize(
    ("rules", "truth", "error", "magnitude", "right"),
    [
        ("1", "1", 0, 1, True),
        ("1.000000000000000000005", "1", 0, 1, True),
        ("1.0000000000000000002", "1", 0, 1, False),
        ("1e-61", "0", 0, 1, True),
        ("1e-19", "0", 0, 1, False),
        ("1e-19", "0", 0, 100, True),
        ("1e-61", "0", 0, 0, False),
        ("1e-61", "0", "1e-60", 0, True),
        ("0", "1e-300", 0, 0, False),
        ("-1e-300", "1e-300", 0, 0, False),
        ("nan", "1", 0, 1, False),
        ("inf", "1", 0, 1, False),
        ("inf", "inf", 0, 1, True),
        ("-inf", "inf", 0, 1, False),
        ("1", "inf", 0, 1, False),
    ],
)
def test_rules_are_compared_on_the_right_scale(
    rules: str, truth: str, error: Any, magnitude: float, right: bool
) -> None:
    found = rule_is_right(CTX.mpf(rules), CTX.mpf(truth), CTX.mpf(error), magnitude)
    assert found is right


def test_cancelling_sums_of_the_rules_are_no_accusation(
    examined: Callable[..., ExactReport],
) -> None:
    (entry,) = examined(lambda x: np.arctan2(1.5 * x, 1.45 * x), 0.65).entries
    assert entry.truth == 0
    assert entry.rules != 0
    assert entry.magnitude > 0.1
    assert entry.rule_holds


def test_the_truth_is_the_middle_of_both_sides(examined: Callable[..., ExactReport]) -> None:
    (entry,) = examined(np.exp, 1.0).entries
    ctx = entry.truth.context
    assert abs(entry.truth - ctx.e) < ctx.mpf(10) ** -95
    assert abs(entry.right.value - ctx.e) > ctx.mpf(10) ** -52
    assert entry.digits == pytest.approx(50, abs=1)


def test_nobody_is_accused_on_a_truth_that_does_not_stay(traced: Any, with_rule: Any) -> None:
    program = traced(lambda x: np.sin(np.where(np.abs(x) > 1e-55, 2 * x, 3 * x)), 0.0)
    narrow = Budget(wide=0)
    (entry,) = examine(program, budget=narrow).entries
    assert (float(entry.truth), entry.rules) == (2, 3)
    assert (entry.rule_holds, entry.confirmed) == (False, False)
    broken = with_rule(program, "sin", lambda g: 1.1 * g)
    (wrong,) = examine(broken, budget=narrow).entries
    assert (wrong.rule_holds, wrong.confirmed) == (False, False)
    # Steps below the spacing of doubles see past the jump of the slope.
    (seen,) = examine(program).entries
    assert (float(seen.truth), seen.rule_holds) == (3, True)
