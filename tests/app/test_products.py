"""Jacobians, Hessians and products, without the judge."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.app.products import row_labels, run
from gradcli.app.request import Point, Request
from gradcli.errors import GradcliError
from gradcli.reports import ProductReport


def ask(kind: str, expr: str, *vectors: str, wrt=None, layout="numerator", **values: str):
    return run(
        kind,
        Request(expr, point=Point(tuple(values.items())), wrt=wrt, vectors=vectors, layout=layout,
                check=False),
    )  # fmt: skip


def result(report: ProductReport, name: str = "") -> list:
    return report.results[name].tolist()


def test_jacobian() -> None:
    report = ask("jacobian", "A@x", x="1,1", A="1,2;3,4;5,6")
    assert result(report, "x") == [[1, 2], [3, 4], [5, 6]]
    assert report.results["A"].shape == (3, 3, 2)
    assert report.value.tolist() == [3, 7, 11]
    turned = ask("jacobian", "A@x", x="1,1", A="1,2;3,4;5,6", layout="denominator")
    assert result(turned, "x") == [[1, 3, 5], [2, 4, 6]]
    assert turned.results["A"].shape == (3, 2, 3)
    np.testing.assert_array_equal(turned.results["A"][1, :, 1], [1, 1])
    assert result(ask("jacobian", "sum(x^2)", x="1,2"), "x") == [2, 4]


def test_hessian_over_all_variables() -> None:
    report = ask("hessian", "100*(y-x^2)^2 + (1-x)^2", x="-1.2", y="1")
    np.testing.assert_allclose(report.results[""], [[1330, 480], [480, 200]], rtol=1e-13)
    assert report.rows == ("x", "y")
    mixed = ask("hessian", "sum(X^2)*a", a="3", X="1,2;3,4", wrt=("X", "a"))
    assert mixed.rows == ("X[0,0]", "X[0,1]", "X[1,0]", "X[1,1]", "a")
    np.testing.assert_array_equal(mixed.results[""][-1], [2, 4, 6, 8, 0])


def test_products() -> None:
    assert result(ask("jvp", "x^2", "1,0,-1", x="1,2,3")) == [2, 0, -6]
    assert result(ask("jvp", "dot(x,y)", "x: 1,0", "y: 0,1", x="1,2", y="3,4")) == 3 + 2
    both = ask("vjp", "3*a^3-b^2", "1,6", a="2,3", b="6,4")
    assert (result(both, "a"), result(both, "b")) == ([36, 486], [-12, -48])
    assert result(ask("hvp", "sum(x^3)", "1,0,-1", x="1,2,3"), "x") == [6, 0, -18]
    two = ask("hvp", "x^2*y", "x: 1", "y: 2", x="3", y="5")
    assert (result(two, "x"), result(two, "y")) == (10 + 12, 6)
    assert result(ask("jvp", "x", "pi:2pi:3", x="1,2,3")) == pytest.approx(
        [np.pi, 1.5 * np.pi, 2 * np.pi]
    )


@pytest.mark.parametrize(
    ("kind", "expr", "vectors", "values", "code"),
    [
        ("hessian", "x*x", (), {"x": "1,2"}, "E020"),
        ("hvp", "x*x", ("1,2",), {"x": "1,2"}, "E020"),
        ("jvp", "x*x", (), {"x": "1,2"}, "E091"),
        ("vjp", "x*x", (), {"x": "1,2"}, "E091"),
        ("vjp", "x*x", ("1,2", "1,2"), {"x": "1,2"}, "E092"),
        ("vjp", "x*x", ("1,2,3",), {"x": "1,2"}, "E021"),
        ("jvp", "x*x", ("1,2,3",), {"x": "1,2"}, "E021"),
        ("jvp", "x*y", ("1",), {"x": "1", "y": "2"}, "E092"),
        ("jvp", "x*y", ("x: 1",), {"x": "1", "y": "2"}, "E091"),
        ("jvp", "x*y", ("x: 1", "x: 2"), {"x": "1", "y": "2"}, "E092"),
        ("jvp", "x*y", ("z: 1",), {"x": "1", "y": "2"}, "E092"),
        ("jacobian", "log(x)", (), {"x": "-1,2"}, "E030"),
        ("jacobian", "x", (), {"x": "zeros(3000)"}, "E019"),
        ("hessian", "sum(x)", (), {"x": "zeros(3000)"}, "E019"),
    ],
)
def test_refusals(kind: str, expr: str, vectors: tuple, values: dict, code: str) -> None:
    with pytest.raises(GradcliError) as problem:
        ask(kind, expr, *vectors, **values)
    assert problem.value.diagnostic.code == code


def test_a_long_chain_of_a_large_matrix_is_refused_before_the_work() -> None:
    chain = "+".join(["x"] * 5000)
    with pytest.raises(GradcliError) as problem:
        ask("jacobian", chain, x="zeros(1000)")
    assert problem.value.diagnostic.code == "E019"


def test_row_labels() -> None:
    assert row_labels(["x", "v"], [1.0, np.zeros(2)]) == ("x", "v[0]", "v[1]")


@pytest.mark.parametrize("words", [("jacobian", "x[0:0]"), ("jvp", "x[0:0]", "--vector", "1,1")])
def test_an_output_without_entries_is_judged_as_a_whole(cli, words) -> None:
    said = cli(words[0], words[1], "--x", "1,2", *words[2:])
    assert said.status == 0
    assert "[]" in said.out
    assert "check  ok" in said.out
