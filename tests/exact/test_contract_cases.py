"""The cases of the verdict's contract (section 9), a row each, by the way a user goes.

`CASES` go through the command line, with the exit status, the record and what is said on
standard error; the wrong rules and claims of cases 14, 35 and 37 through the rules
themselves, `check EXPR --claim` and `gradcli.check`. `test_cases.py` looks at the same cases
from inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradcli
from gradcli.exact.contraction import contract
from gradcli.exact.examine import examine
from gradcli.reports import Status

NAN, INF = float("nan"), float("inf")


class Case(NamedTuple):
    """A row: its number, the words of the command, and what is expected."""

    number: int
    words: str
    status: str
    gradient: dict[str, Any]
    exit: int = 0
    cause: str | None = None
    # A part of what standard error says, and of the exact witness's note.
    said: str = ""
    note: str = ""
    by: tuple[str, ...] = ("exact",)


ALL3 = ("exact", "sympy", "fd")
ROSENBROCK = "100*(y-x^2)^2+(1-x)^2"
BOWL = "1e8*x^2+1e-8*y^2"
LIMIT = "the value has the limit 1 here, the derivative 0: define it with where and a series"
RELU = "relu(x)-relu(-x)"

CASES = (
    Case(1, "2*dot(x,x) --x 0,1,2,3", "ok", {"x": [0, 4, 8, 12]}, by=ALL3),
    Case(2, "x^2 --x 1e8", "ok", {"x": 2e8}, by=ALL3),
    Case(3, "x^2 --x 1e-8", "ok", {"x": 2e-8}, by=ALL3),
    Case(4, "1e10+sin(x) --x 1", "ok", {"x": 0.54030230586814}, by=("exact", "sympy")),
    Case(5, "(1-cos(x))/x^2 --x 1e-4", "inconclusive", {"x": 4.41e-5}, 3, "ILL-CONDITIONED",
         "help: digits are lost at `(1-cos(x))`; write 2*sin(x/2)^2"),
    Case(7, "log(x) --x 1e-12", "ok", {"x": 1e12}, by=ALL3),
    Case(8, "sqrt(x) --x 1e-10", "ok", {"x": 5e4}, by=ALL3),
    Case(9, "asin(x) --x 0.999999999", "ok", {"x": 22360.68009678968}, by=ALL3),
    Case(11, "abs(x) --x 0", "kink", {"x": 0}, said="used 0", note="x in [-1, 1]"),
    Case(12, "abs(x) --x 1e-9", "ok", {"x": 1}, note="abs at x = 1e-09, margin 1e-09", by=ALL3),
    Case(13, "max(x,0)+x^2 --x=-1e-7", "ok", {"x": -2e-7}, by=ALL3),
    Case(14, "max(x,y) --x 1 --y 1", "kink", {"x": 0.5, "y": 0.5}, said="ties share equally",
         note="x in [0, 1]"),
    Case(15, "max(x,sin(x)) --x 0", "ok", {"x": 1}),
    Case(17, "x*abs(x) --x 0", "ok", {"x": 0}),
    Case(18, "sqrt(x^2) --x 0", "wrong", {"x": NAN}, 1, "nan-at-kink", "write abs(x)",
         "x in [-1, 1]"),
    # Automatic differentiation keeps the branch that was not taken apart: 0, not NaN.
    Case(19, "where(x>0,sqrt(x),0) --x=-1", "ok", {"x": 0}),
    Case(20, "abs(x-0.1) --x 0.1", "kink", {"x": 0}, note="x in [-1, 1]"),
    Case(22, "floor(x) --x 2.5", "ok", {"x": 0}),
    Case(23, "floor(x) --x 2.0", "inconclusive", {"x": 0}, 3, "JUMP"),
    Case(24, "x^1.5 --x 0", "kink", {"x": 0}),
    Case(25, "sqrt(x) --x 0", "kink", {"x": INF}),
    Case(27, "x/x --x 0", "undefined", {}, 2, said=LIMIT),
    Case(28, "sin(x)/x --x 0", "undefined", {}, 2, said=LIMIT),
    Case(29, "cbrt(x) --x 0", "kink", {"x": INF}),
    Case(31, "1/(1+exp(-x)) --x 40", "ok", {"x": 4.24835425529e-18}, by=("exact", "sympy")),
    Case(32, "sqrt(x^2+y^2) --x 3e-9 --y 4e-9", "ok", {"x": 0.6, "y": 0.8}, by=ALL3),
    Case(34, f"{ROSENBROCK} --x 1 --y 1", "ok", {"x": 0, "y": 0}),
    Case(35, f"{BOWL} --x 1 --y 1", "ok", {"x": 2e8, "y": 2e-8}),
    Case(37, "sin(x*y) --x 0.3 --y 0.7", "ok",
         {"x": 0.7 * np.cos(0.21), "y": 0.3 * np.cos(0.21)}, by=ALL3),
    Case(39, "expm1(x)/x --x 1e-6", "ok", {"x": 0.50000033333345833}),
    Case(40, "where(x>1,x^2,2*x-1) --x 1", "ok", {"x": 2}),
    Case(41, "where(x>1,x^2,x) --x 1", "kink", {"x": 1}, note="x in [1, 2]"),
    Case(48, "u=y;x^2 --x 3 --y 2", "ok", {"x": 6, "y": 0}, said="`y` is unused"),
    Case(49, f"{RELU} --x 0", "wrong", {"x": 0}, 1, "tie-convention", "join the pieces that tie"),
    Case(49, "max(x,0)-max(-x,0) --x 0", "ok", {"x": 1}),
)  # fmt: skip


def _exact(record: dict[str, Any]) -> dict[str, Any]:
    """Return what the exact witness said of the first variable."""
    name = next(iter(record["grad"]))
    (found,) = [w for w in record["check"]["witnesses"][name] if w["method"] == "exact"]
    return found


def _numbers(shown: Any) -> Any:
    return np.asarray(shown, dtype=object).astype(float)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.number}: {c.words}")
def test_cases_from_the_command_line(case: Case, cli: Any) -> None:
    if case.said:
        assert case.said in cli("grad", *case.words.split()).err
    said = cli("grad", *case.words.split(), "--json", "-v")
    assert said.status == case.exit
    if case.status == "undefined":
        assert said.record["error"]["code"] == "E030"
        return
    check = said.record["check"]
    assert (check["status"], check["cause"]) == (case.status, case.cause)
    for name, expected in case.gradient.items():
        # Cases 5 and 39 lose digits; the contract gives twelve of case 31.
        rel = {5: 1e-3, 31: 1e-11, 39: 1e-8}.get(case.number, 1e-14)
        np.testing.assert_allclose(_numbers(said.record["grad"][name]), expected, rtol=rel)
    assert set(case.by) <= set(check["by"])
    assert case.note in _exact(said.record)["note"]


def test_every_case_of_the_table_is_here() -> None:
    listed = {1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 15, 17, 18, 19, 20, 22, 23, 24, 25, 27, 28}
    listed |= {29, 31, 32, 34, 35, 37, 39, 40, 41, 48, 49}
    assert {c.number for c in CASES} == listed


def test_sympy_is_silent_where_it_knows_no_derivative(cli: Any) -> None:
    assert "sympy" not in cli("grad", "floor(x)", "--x", "2.5", "--json").record["check"]["by"]


def test_the_side_of_an_edge_and_an_infinite_slope_are_named(cli: Any) -> None:
    assert "only the right side exists" in cli("grad", "x^1.5", "--x", "0").out
    assert "slope is infinite" in cli("grad", "cbrt(x)", "--x", "0").out


def test_kinks_jumps_and_edges_count_under_strict(cli: Any) -> None:
    for words in ("abs(x)", "x^1.5", "cbrt(x)"):
        assert cli("grad", words, "--x", "0", "--strict").status == 3


def test_lost_digits_are_counted(cli: Any) -> None:
    out = cli("grad", "expm1(x)/x", "--x", "1e-6", "-v").out
    digits = next(float(x.split()[1]) for x in out.splitlines() if x.startswith("digits"))
    assert 8 <= digits <= 12


def test_case_35_a_flipped_sign_of_a_tiny_entry_is_wrong_there(cli: Any) -> None:
    words = ("check", BOWL, "--x", "1", "--y", "1")
    claims = ("--claim", "x: 2e8*x", "--claim", "y: -2e-8*y")
    said = cli(*words, *claims)
    assert said.status == 1
    lines = said.out.splitlines()
    assert lines[0].startswith("ok")
    assert next(x for x in lines if x.startswith("WRONG")).split() == ["WRONG", "df/dy"]
    report = gradcli.check(
        lambda x, y: 1e8 * x**2 + 1e-8 * y**2,
        1.0,
        1.0,
        claim=lambda x, y: (2e8 * x, -2e-8 * y),
    )
    (verdict,) = report.verdicts
    assert (verdict.status, verdict.cause) == (Status.WRONG, "sign-flipped")
    assert verdict.findings[0].variable == "y"


def test_case_14_each_partial_is_right_and_both_together_are_not(cli: Any) -> None:
    one = gradcli.check(np.maximum, 1.0, 1.0, claim=lambda x, y: (1.0, 0.0))
    assert one.verdicts[0].status is Status.KINK
    both = gradcli.check(np.maximum, 1.0, 1.0, claim=lambda x, y: (1.0, 1.0))
    assert (both.verdicts[0].status, both.verdicts[0].cause) == (Status.WRONG, "subgradient")
    words = ("check", "max(x,y)", "--x", "1", "--y", "1")
    assert cli(*words, "--claim", "x: 1", "--claim", "y: 0").status == 0
    assert cli(*words, "--claim", "x: 1", "--claim", "y: 1").status == 1


def test_case_14_a_rule_that_counts_a_tie_twice_is_wrong(traced: Any, with_rule: Any) -> None:
    program = with_rule(traced(np.maximum, 1.0, 1.0), "maximum", lambda g: 2.0 * g, 0)
    program = with_rule(program, "maximum", lambda g: 2.0 * g, 1)
    entries = examine(contract(program)).entries
    assert [(float(e.rules), e.inside) for e in entries] == [(1.0, False), (1.0, False)]


def test_case_37_a_rule_off_by_one_part_in_ten_million_is_wrong(
    traced: Callable[..., Any], with_rule: Any, cli: Any
) -> None:
    program = traced(lambda x, y: np.sin(x * y), 0.3, 0.7)
    wrong = examine(with_rule(program, "multiply", lambda g: (1 + 1e-7) * g))
    assert [e.rule_holds for e in wrong.entries] == [False, True]
    assert wrong.entries[0].confirmed
    claim = "x: (1+1e-7)*y*cos(x*y)"
    said = cli("check", "sin(x*y)", "--x", "0.3", "--y", "0.7", "--claim", claim)
    assert said.status == 1


def test_case_48_an_unused_entry_is_an_exact_zero_with_a_note(cli: Any) -> None:
    said = cli("grad", "x[0]^2", "--x", "1,2", "--json", "-v")
    assert said.record["grad"]["x"] == [2.0, 0.0]
    assert _exact(said.record)["note"] == "unused: x[1]"
    report = gradcli.check(lambda x, y: x * x, 3.0, 4.0)
    assert report.ok
