"""The report of `check`."""

from __future__ import annotations

import numpy as np

from gradcli.errors import Diagnostic
from gradcli.render.style import Style
from gradcli.render.table import check_text, summary_text
from gradcli.reports import CheckEntry, CheckReport, Counterexample, Status, Verdict

OK = Verdict(Status.OK, by=("exact", "sympy", "fd"))


def entry(node: str, verdict: Verdict, *wrt: str, **more) -> CheckEntry:
    return CheckEntry(node, verdict, 0, wrt, **more)


def test_the_table_of_a_file() -> None:
    bad = {"x": np.array([1.0, 2.0])}, {"x": np.array([0.6, 0.8])}
    report = CheckReport(
        (
            entry("model.py::loss", OK, "w", "b"),
            entry("model.py::bad_norm", Verdict(Status.WRONG, "unexplained"), "x",
                  claim=bad[0], expected=bad[1]),
            entry("model.py::hinge", Verdict(Status.KINK, text="maximum at w[0] = 1"), "w"),
        )
    )  # fmt: skip
    assert check_text(report, Style()).splitlines() == [
        "ok            model.py::loss      w, b  exact, sympy, fd",
        "WRONG         model.py::bad_norm  x     claim [1, 2], gradcli [0.6, 0.8]",
        "kink          model.py::hinge     w     maximum at w[0] = 1",
        "3 checked, 1 wrong, 1 kink",
    ]


def test_claims_and_points_are_named_where_a_target_has_several() -> None:
    report = CheckReport(
        (
            entry("a.py::f", OK, "x", claimed_by="df", place="POINTS[0]"),
            entry("a.py::f", OK, "x", claimed_by="df", place="POINTS[1]"),
            entry("a.py::g", OK, "x", claimed_by="dg"),
            entry("a.py::g", OK, "x", claimed_by="g_hess"),
            entry("a.py::h", OK, "x", claimed_by="dh", place="case 1"),
        )
    )
    assert [line[:35].rstrip() for line in check_text(report, Style()).splitlines()[:5]] == [
        "ok            a.py::f  x  POINTS[0]",
        "ok            a.py::f  x  POINTS[1]",
        "ok            a.py::g  x  dg",
        "ok            a.py::g  x  g_hess",
        "ok            a.py::h  x",
    ]


def test_a_named_cause_is_said() -> None:
    wrong = Verdict(Status.WRONG, "sign-flipped")
    one = entry("a.py::f", wrong, "x", claim={"x": np.ones(1)}, expected={"x": -np.ones(1)})
    assert (
        check_text(CheckReport((one,)), Style())
        .splitlines()[0]
        .endswith("claim [1], gradcli [-1] (sign-flipped)")
    )


def test_what_could_not_be_judged_says_why() -> None:
    error = Diagnostic("E083", "ValueError: no")
    lines = check_text(
        CheckReport(
            (
                entry("a.py::f", Verdict(Status.ERROR), error=error),
                entry("a.py::g", Verdict(Status.SKIPPED, text="no point for `w`")),
            )
        ),
        Style(),
    ).splitlines()
    assert lines == [
        "error         a.py::f    ValueError: no",
        "skipped       a.py::g    no point for `w`",
        "1 checked, 1 error, 1 skipped",
    ]


def claimed(verdict: Verdict, **more) -> CheckEntry:
    return CheckEntry("x'@A@x", verdict, 1, ("x",), expr="x'@A@x", **more)


def test_the_paragraph_of_an_expression() -> None:
    small = Counterexample(
        {"x": np.array([1.0, 0.0]), "A": np.array([[0.0, 0.0], [1.0, 0.0]])},
        np.array([0.0, 2.0]),
        np.array([0.0, 1.0]),
    )
    wrong = Verdict(Status.WRONG, "symmetric-matrix", hint="the claim holds when A = A'")
    one = claimed(
        wrong,
        claim={"x": np.array([10.0, 22.0])},
        expected={"x": np.array([12.0, 21.0])},
        counterexample=small,
    )
    assert check_text(CheckReport((one,)), Style()).splitlines() == [
        "WRONG  df/dx",
        "  claim     [10, 22]",
        "  gradcli   [12, 21]",
        "  smallest  x = [1, 0], A = [[0, 0], [1, 0]]: claim [0, 2], gradcli [0, 1]",
        "  hint      the claim holds when A = A'",
        "1 checked, 1 wrong",
    ]


def test_a_cause_without_a_hint_stands_in_the_heading() -> None:
    lines = check_text(CheckReport((claimed(Verdict(Status.WRONG, "sign-flipped")),)), Style())
    assert lines.splitlines()[0] == "WRONG  df/dx  sign-flipped"


def test_a_right_claim_names_its_witnesses() -> None:
    assert check_text(CheckReport((claimed(OK),)), Style()).splitlines() == [
        "ok  df/dx  exact, sympy, fd",
        "1 checked",
    ]


def test_an_empty_report_says_so() -> None:
    assert summary_text(CheckReport(())) == "nothing to check"
    skipped = entry("a.py::g", Verdict(Status.SKIPPED, text="no point"))
    assert summary_text(CheckReport((skipped,))) == "0 checked, 1 skipped"


def test_verbose_adds_error_sizes() -> None:
    one = entry("a.py::f", OK, "x", max_abs_err=1e-12, max_rel_err=2e-13)
    lines = check_text(CheckReport((one,)), Style(verbose=True)).splitlines()
    assert lines[1:3] == ["    abs error  1e-12", "    rel error  2e-13"]
    assert len(check_text(CheckReport((one,)), Style()).splitlines()) == 2


def test_a_claim_of_no_use_says_why() -> None:
    useless = Verdict(Status.WRONG, "unexplained", text="the claim has shape (), the gradient (2,)")
    claim = {"claim": {"x": np.array(6.0)}, "expected": {"x": np.array([2.0, 4.0])}}
    lines = check_text(CheckReport((claimed(useless, **claim),)), Style()).splitlines()
    assert lines[0] == "WRONG  df/dx  the claim has shape (), the gradient (2,)"
    row = entry("a.py::f", useless, "x", **claim)
    assert check_text(CheckReport((row,)), Style()).splitlines()[0].endswith("the gradient (2,)")
