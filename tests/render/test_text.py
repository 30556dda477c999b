"""Reports as text."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.errors import UsageError
from gradcli.render.style import Style
from gradcli.render.text import bare_results, bare_text, grad_text, product_text
from gradcli.reports import Estimate, GradReport, ProductReport, Status, Verdict

OK = Verdict(Status.OK, by=("sympy", "fd"))
REPORT = GradReport(
    "x'@A@x",
    np.float64(27),
    {"x": np.array([12.0, 21.0]), "A": np.array([[1.0, 2.0], [2.0, 4.0]])},
    verdict=OK,
)


def test_labels_are_padded_to_the_widest() -> None:
    assert grad_text(REPORT, Style()) == (
        "f      27\ndf/dx  [12, 21]\ndf/dA  [[1, 2],\n        [2, 4]]\ncheck  ok (sympy, fd)\n"
    )


def test_second_derivatives_follow_their_gradient() -> None:
    report = GradReport("sin(x)", np.float64(1), {"x": np.float64(2)}, {"x": np.float64(-3)}, OK)
    assert grad_text(report, Style()).splitlines() == [
        "f        1",
        "df/dx    2",
        "d2f/dx2  -3",
        "check    ok (sympy, fd)",
    ]


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (OK, "ok (sympy, fd)"),
        (Verdict(Status.OK, by=("fd",), text="fd; not traced"), "ok (fd; not traced)"),
        (Verdict(Status.WRONG, "sign-flipped"), "WRONG (sign-flipped)"),
        (Verdict(Status.KINK, text="relu at x[1] = 0: 0 lies in [0, 1]"),
         "kink (relu at x[1] = 0: 0 lies in [0, 1])"),
        (Verdict(Status.INCONCLUSIVE, "JUMP"), "inconclusive (JUMP)"),
        (Verdict(Status.SKIPPED), "skipped"),
    ],
)  # fmt: skip
def test_check_line(verdict: Verdict, line: str) -> None:
    report = GradReport("x", np.float64(1), {"x": np.float64(1)}, verdict=verdict)
    assert grad_text(report, Style()).splitlines()[-1] == f"check  {line}"


def test_only_the_status_is_coloured() -> None:
    text = grad_text(REPORT, Style(colour=True))
    assert text.endswith("check  \x1b[32mok\x1b[0m (sympy, fd)\n")
    assert text.count("\x1b") == 2


def test_verbose_shows_every_witness_with_its_bar() -> None:
    ones = np.ones(2)
    told = Estimate(ones, ones * 1e-9, "fd", note="central")
    mute = Estimate(ones, ones, "sympy", status="unavailable", note="over the size gate")
    verdict = Verdict(Status.OK, by=("fd",), digits=15.5, witnesses={"x": (mute, told)})
    report = GradReport("x", np.float64(1), {"x": ones}, verdict=verdict)
    lines = grad_text(report, Style(verbose=True)).splitlines()
    assert lines[3:] == [
        "digits   15.5",
        "sympy x  unavailable  over the size gate",
        "fd x     [1, 1] ± [1e-09, 1e-09]  central",
    ]
    assert grad_text(report, Style()).count("\n") == 3


def test_bare_is_one_result_in_full_precision() -> None:
    one = GradReport("x", np.float64(1), {"x": np.array([1 / 3, -0.0])})
    assert bare_text(bare_results(one), None) == "[0.3333333333333333, 0]\n"
    with pytest.raises(UsageError, match="df/dx, df/dA"):
        bare_text(bare_results(REPORT), None)
    second = GradReport("x", np.float64(1), {"x": np.ones(1)}, {"x": np.ones((1, 1))})
    with pytest.raises(UsageError, match="d2f/dx2"):
        bare_text(bare_results(second), None)


@pytest.mark.parametrize(
    ("kind", "results", "lines"),
    [
        ("jacobian", {"x": np.eye(2)}, ["J  [[1, 0],", "    [0, 1]]"]),
        ("jacobian", {"x": np.ones(1), "A": np.ones(1)}, ["J_x  [1]", "J_A  [1]"]),
        ("hvp", {"x": np.ones(1)}, ["Hv  [1]"]),
        ("jvp", {"": np.float64(2)}, ["Jv  2"]),
        ("vjp", {"x": np.ones(1), "y": np.ones(1)}, ["vJ_x  [1]", "vJ_y  [1]"]),
    ],
)
def test_products(kind: str, results: dict, lines: list[str]) -> None:
    report = ProductReport(kind, "f", np.float64(0), results)
    assert product_text(report, Style()).splitlines() == lines


def test_hessian_names_its_rows() -> None:
    report = ProductReport("hessian", "f", np.float64(0), {"": np.eye(2)}, OK, rows=("x", "y[0]"))
    assert product_text(report, Style()).splitlines() == [
        "vars   x, y[0]",
        "H      [[1, 0],",
        "        [0, 1]]",
        "check  ok (sympy, fd)",
    ]
