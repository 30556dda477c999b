"""A wrong number and the right one never look the same, and long arrays stay short."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.render.findings import message
from gradcli.render.mismatch import MOST_WHOLE, mismatch, point_text
from gradcli.render.style import Style
from gradcli.render.table import check_text
from gradcli.reports import CheckEntry, CheckReport, Counterexample, Finding, Status, Verdict


def test_short_arrays_are_shown_whole() -> None:
    claim = {"w": np.array([1.0, 2.0]), "b": np.array(3.0)}
    right = {"w": np.array([1.0, 2.5]), "b": np.array(3.0)}
    assert mismatch(claim, right, 6) == ("w [1, 2], b 3", "w [1, 2.5], b 3", "")


def test_numbers_that_look_the_same_get_more_digits() -> None:
    right = {"x": np.array([0.6, 0.8])}
    shown = mismatch({"x": np.array([0.6, 0.8 * (1 - 2e-13)])}, right, 6)
    assert shown == ("[0.6, 0.7999999999998]", "[0.6, 0.8]", "x[1] differs by 2e-13 relative")


def test_the_last_bit_is_shown() -> None:
    shown = mismatch({"x": np.float64(0.1)}, {"x": np.nextafter(0.1, 1.0)}, 6)
    assert shown.claim != shown.right
    assert shown.note == "x differs by 1e-16 relative"


def test_of_long_arrays_the_worst_entries_are_shown() -> None:
    right = np.linspace(1.0, 2.0, 2000)
    claim = right * (1 + 1e-15)
    claim[[17, 1800]] = [3.2, 1.0]
    claim[3] += 1e-7
    shown = mismatch({"x": claim}, {"x": right}, 6)
    assert shown.claim.startswith("x[17] 3.2, x[1800] 1, x[3] 1.0015009")
    assert shown.right.startswith("x[17] 1.0085, x[1800] 1.90045, x[3] 1.0015008")
    assert shown.note == "3 of 2000 entries differ"


def test_one_wrong_entry_of_a_matrix() -> None:
    right = np.ones((5, 5))
    claim = right.copy()
    claim[2, 4] = np.nan
    shown = mismatch({"A": claim}, {"A": right}, 6)
    assert shown == ("A[2,4] nan", "A[2,4] 1", "1 of 25 entries differs")


def test_a_tiny_entry_does_not_hide_a_large_one() -> None:
    right = np.full(MOST_WHOLE + 1, 1.0)
    right[0] = 1e-20
    claim = right.copy()
    claim[0], claim[5] = 3e-20, 1.01
    assert mismatch({"x": claim}, {"x": right}, 6).claim == "x[5] 1.01"


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_entries_that_are_no_numbers_come_first(value: float) -> None:
    claim = np.arange(30.0)
    claim[29], claim[4] = value, 4.5
    shown = mismatch({"x": claim}, {"x": np.arange(30.0)}, 6)
    assert shown.claim.startswith("x[29] ")
    assert shown.note == "2 of 30 entries differ"


def entry(claim: Any, right: Any, **more: Any) -> CheckEntry:
    verdict = Verdict(Status.WRONG, "sign-flipped", text="", hint=more.pop("hint", ""))
    return CheckEntry("m.py::f", verdict, 1, wrt=("x",), claim=claim, expected=right, **more)


def test_a_long_gradient_is_one_short_line() -> None:
    found = entry({"x": -np.arange(5000.0)}, {"x": np.arange(5000.0)}, hint="minus\x1b[31m")
    row, hint, _ = check_text(CheckReport((found,)), Style()).splitlines()
    assert len(row) < 200
    assert row.endswith("; 4999 of 5000 entries differ (sign-flipped)")
    assert hint.startswith("    hint  minus")
    assert "\x1b" not in hint
    assert len(message(found)) < 200


def test_a_long_counter_example_says_what_is_not_zero() -> None:
    where = np.zeros(40)
    where[7] = 1.0
    small = Counterexample({"x": where}, where * 2, where * 3)
    found = entry({"x": where}, {"x": -where}, expr="sum(x)", label="f", counterexample=small)
    text = check_text(CheckReport((found,)), Style())
    assert "x = 0 but x[7] = 1: claim [7] 2, gradcli [7] 3" in text
    assert point_text("x", np.ones(40), 6) == "x = 1 everywhere"
    assert point_text("x", np.arange(40.0) + 1, 6) == "x = [1, ...] of shape (40,)"


def test_arrays_too_long_to_be_kept_are_told_of_by_their_findings() -> None:
    findings = (Finding("x", (7,), 1.0, 2.0), Finding("x", (9,), 1.0, (0.0, 1.0)))
    verdict = Verdict(Status.WRONG, "unexplained", text="at x[7]", findings=findings)
    known = CheckEntry("m.py::f", verdict, 1, wrt=("x",), claimed_by="f_grad")
    row = check_text(CheckReport((known,)), Style()).splitlines()[0]
    assert row.endswith("claim x[7] 1, gradcli x[7] 2")
    unclaimed = CheckEntry("m.py::f", verdict, 1, wrt=("x",))
    assert check_text(CheckReport((unclaimed,)), Style()).splitlines()[0].endswith("at x[7]")
