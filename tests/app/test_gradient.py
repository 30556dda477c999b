"""The use case `grad EXPR` without the judge: values, gradients, variables, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.app.gradient import run
from gradcli.app.request import Point, Request
from gradcli.errors import GradcliError
from gradcli.reports import GradReport, Status

ASKED = frozenset({"wrt", "order", "cotangent", "dialect"})


def grad(expr: str, **options) -> GradReport:
    """Ask for a gradient; what is no field of a request is a variable."""
    values = {name: text for name, text in options.items() if name not in ASKED}
    asked = {name: value for name, value in options.items() if name in ASKED}
    return run(Request(expr, point=Point(tuple(values.items())), check=False, **asked))


def codes(report: GradReport) -> list[str]:
    return [w.code for w in report.warnings]


@pytest.mark.parametrize(
    ("expr", "values", "value", "gradients"),
    [
        ("2*dot(x,x)", {"x": "0,1,2,3"}, 28, {"x": [0, 4, 8, 12]}),
        ("x'@A@x", {"x": "1,2", "A": "1,2;3,4"}, 27, {"x": [12, 21], "A": [[1, 2], [2, 4]]}),
        ("-x^2", {"x": "3"}, -9, {"x": -6}),
        ("y = sum(x)", {"x": "arange(4)"}, 6, {"x": [1, 1, 1, 1]}),
        ("u = x*x; sum(u*x)", {"x": "1,2"}, 9, {"x": [3, 12]}),
        ("a if x > 0 else b", {"x": "1", "a": "2", "b": "3"}, 2, {"x": 0, "a": 1, "b": 0}),
        ("sum(where(x > 1, x^2, x))", {"x": "0,2"}, 4, {"x": [1, 4]}),
        ("x", {"x": "[[[1,2],[3,4]]]"}, None, None),
    ],
)  # fmt: skip
def test_values_and_gradients(expr: str, values: dict, value, gradients) -> None:
    if value is None:
        with pytest.raises(GradcliError) as problem:
            grad(expr, **values)
        assert problem.value.diagnostic.code == "E020"
        return
    report = grad(expr, **values)
    assert report.value == value
    assert list(report.gradients) == list(gradients)
    for name, expected in gradients.items():
        assert report.gradients[name].shape == np.shape(expected)
        np.testing.assert_array_equal(report.gradients[name], expected)
    assert report.exit_code == 0


def test_variables_come_in_the_order_of_binding_or_of_wrt() -> None:
    assert list(grad("a*b*c", c="1", a="2", b="3").gradients) == ["c", "a", "b"]
    assert list(grad("a*b*c", c="1", a="2", b="3", wrt=("b", "c")).gradients) == ["b", "c"]


def test_labels() -> None:
    assert grad("x", x="1").label == "f"
    assert grad("y = x", x="1").label == "y"
    assert grad("f*x", f="2", x="1").label == "value"
    assert grad("y = f*x", f="2", x="1").label == "y"


def test_second_derivatives() -> None:
    report = grad("sum(x^3)", x="1,2", order=2)
    np.testing.assert_array_equal(report.second["x"], [[6, 0], [0, 12]])
    assert grad("sin(x)", x="1", order=2).second["x"].shape == ()
    block = grad("sum(X^3)", X="1,2;3,4", order=2).second["X"]
    assert block.shape == (2, 2, 2, 2)
    assert block[1, 0, 1, 0] == 18


@pytest.mark.parametrize(
    ("text", "expected"), [("ones", [0, 2, 4]), ("1,10,100", [0, 20, 400]), ("ones(3)", [0, 2, 4])]
)
def test_a_cotangent_weighs_the_outputs(text: str, expected: list[float]) -> None:
    report = grad("x*x", x="0,1,2", cotangent=text)
    np.testing.assert_array_equal(report.gradients["x"], expected)
    np.testing.assert_array_equal(report.value, [0, 1, 4])


def test_second_derivatives_of_a_weighted_output() -> None:
    report = grad("x^3", x="1,2", cotangent="1,10", order=2)
    np.testing.assert_array_equal(report.second["x"], [[6, 0], [0, 120]])


@pytest.mark.parametrize(
    ("expr", "values", "held", "gradients"),
    [
        ("x[k]^2", {"x": "1,2,3", "k": "1"}, ["k"], {"x": [0, 4, 0]}),
        ("x^k", {"x": "-2", "k": "3"}, ["k"], {"x": 12}),
        ("x^k", {"x": "2", "k": "1"}, [], {"x": 1, "k": 2 * np.log(2)}),
        ("sum(x, axis=k)", {"x": "1,2", "k": "0"}, ["k"], {"x": [1, 1]}),
        ("sum(zeros(n) + x)", {"x": "2", "n": "3"}, ["n"], {"x": 3}),
        ("argmax(x)*y", {"x": "1,2", "y": "3"}, ["x"], {"y": 1}),
        ("x[argmax(x)]", {"x": "1,2"}, [], {"x": [0, 1]}),
        ("(x > 1)*y", {"x": "2", "y": "3"}, [], {"x": 0, "y": 1}),
        ("floor(x)*y", {"x": "2.5", "y": "3"}, [], {"x": 0, "y": 2}),
        ("y if t > 0 else -y", {"y": "2", "t": "1"}, [], {"y": 1, "t": 0}),
    ],
)
def test_variables_that_only_count_are_held(expr, values, held, gradients) -> None:
    report = grad(expr, **values)
    assert [w.what.split("`")[1] for w in report.warnings if w.code == "W106"] == held
    assert list(report.gradients) == list(gradients)
    for name, expected in gradients.items():
        np.testing.assert_allclose(report.gradients[name], expected, rtol=1e-15)


def test_a_held_variable_named_in_wrt_is_an_error() -> None:
    for expr, values in (("x[k]", {"x": "1,2", "k": "1"}), ("x^k", {"x": "-2", "k": "3"})):
        with pytest.raises(GradcliError) as problem:
            grad(expr, wrt=("k",), **values)
        assert problem.value.diagnostic.code == "E053"
        assert codes(grad(expr, wrt=("x",), **values)) == []


def test_an_unused_variable_has_gradient_zero_and_a_note() -> None:
    report = grad("u = y; x", x="1", y="2,3")
    assert codes(report) == ["W105"]
    np.testing.assert_array_equal(report.gradients["y"], [0, 0])
    assert codes(grad("0*y + x", x="1", y="2")) == []


@pytest.mark.parametrize(
    ("expr", "values", "options", "code"),
    [
        ("x*x", {"x": "0,1"}, {}, "E020"),
        ("w*x", {"x": "2"}, {}, "E005"),
        ("x", {"x": "1", "y": "2"}, {}, "E043"),
        ("x", {"x": "1"}, {"wrt": ("y",)}, "E053"),
        ("1 + 2", {}, {}, "E053"),
        ("x[k]", {"x": "1,2", "k": "0"}, {"wrt": ("k",)}, "E053"),
        ("zeros(n)[0]", {"n": "3"}, {}, "E053"),
        ("log(x)", {"x": "-1"}, {}, "E030"),
        ("x*x", {"x": "0,1"}, {"cotangent": "1,2,3"}, "E021"),
        ("x*x", {"x": "0,1"}, {"cotangent": "oops"}, "E040"),
        ("2x^", {"x": "1"}, {}, "E001"),
    ],
)
def test_refusals(expr: str, values: dict, options: dict, code: str) -> None:
    with pytest.raises(GradcliError) as problem:
        grad(expr, **options, **values)
    assert problem.value.diagnostic.code == code
    assert problem.value.exit_code == 2


@pytest.mark.parametrize(
    ("expr", "values", "what", "label"),
    [
        ("log(x)", {"x": "-1"}, "log is undefined at -1", "x = -1"),
        ("3 + sqrt(x-2)", {"x": "1"}, "sqrt is undefined at -1", "x-2 = -1"),
        ("sum(log(x))", {"x": "1,-3"}, "log is undefined at -3", "x[1] = -3"),
        ("x/y", {"x": "0", "y": "0"}, "`/` is undefined at (0, 0)", "x = 0, y = 0"),
        ("x^0.5", {"x": "-4"}, "`^` is undefined at (-4, 0.5)", "x = -4"),
        ("sum(log(X))", {"X": "1,2;3,-4"}, "log is undefined at -4", "X[1, 1] = -4"),
        ("log(-1)*x", {"x": "1"}, "log is undefined at -1", ""),
    ],
)
def test_a_value_that_is_nan_names_where_it_became_so(expr, values, what, label) -> None:
    with pytest.raises(GradcliError) as problem:
        grad(expr, **values)
    found = problem.value.diagnostic
    assert (found.code, found.what, found.label) == ("E030", what, label)
    assert found.hint


def test_nan_in_the_input_is_an_answer_without_a_verdict() -> None:
    report = grad("2*x", x="nan")
    assert np.isnan(report.value)
    assert codes(report) == ["W102"]
    assert report.exit_code == 3


@pytest.mark.parametrize(
    ("expr", "x"), [("exp(x)", "1000"), ("1/x", "0"), ("9**9**9**9*x", "1"), ("x", "inf")]
)
def test_an_infinite_value_is_an_answer_without_a_verdict(expr: str, x: str) -> None:
    report = grad(expr, x=x)
    assert np.isinf(report.value)
    assert codes(report) == ["W102"]
    assert report.exit_code == 3


def test_exact_where_others_are_not() -> None:
    for expr, x, value, slope in (
        ("x**0", "0", 1, 0), ("x**1", "0", 0, 1), ("x**2", "0", 0, 0), ("0*x", "5", 0, 0),
        ("x**3", "-2", -8, 12), ("x^2", "1e-200", 0, 2e-200), ("x", "5e-324", 5e-324, 1),
    ):  # fmt: skip
        report = grad(expr, x=x)
        assert (report.value, report.gradients["x"]) == (value, slope), expr


def test_the_matrix_dialect() -> None:
    report = grad("x'*A*x", x="1,2", A="1,2;3,4", dialect="matrix", wrt=("x",))
    np.testing.assert_array_equal(report.gradients["x"], [12, 21])


def test_a_bug_brings_the_program_listing(monkeypatch) -> None:
    import gradcli.app.gradient as module

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "pulled_back", broken)
    with pytest.raises(ZeroDivisionError) as bug:
        grad("2*x", x="1")
    assert "multiply" in bug.value.__notes__[0]


@pytest.mark.parametrize("p", ["1", "2", "3", "2.5"])
@pytest.mark.parametrize("names", [("x", "p"), ("p", "x")])
def test_the_order_of_a_norm_is_held_whatever_it_is(p: str, names: tuple[str, str]) -> None:
    values = {"x": "1,2", "p": p}
    report = grad("norm(x,p)", **{name: values[name] for name in names})
    assert codes(report) == ["W106"]
    x = np.array([1.0, 2.0])
    expected = (x / np.linalg.norm(x, float(p))) ** (float(p) - 1)
    np.testing.assert_allclose(report.gradients["x"], expected, rtol=1e-14)


def test_an_equality_that_holds_says_nothing_of_its_neighbours() -> None:
    report = grad("x if t == 1 else 2*x", x="3", t="1")
    assert codes(report) == ["W106"]
    assert list(report.gradients) == ["x"]
    assert codes(grad("x if t == 1 else 2*x", x="3", t="2")) == []


def test_a_place_without_a_rule_is_pointed_at() -> None:
    with pytest.raises(GradcliError) as problem:
        grad("n*jv(n,x)", n="2", x="1")
    found = problem.value.diagnostic
    assert (found.code, found.span.start, found.span.end) == ("E050", 2, 9)
    assert "--wrt" in found.hint


@pytest.mark.parametrize("expr", ["jv(n,x)", "polygamma(n,x)"])
def test_orders_of_special_functions_are_held(expr: str) -> None:
    report = grad(expr, n="2", x="1.5")
    assert codes(report) == ["W106"]
    assert list(report.gradients) == ["x"]


@pytest.mark.parametrize("wrt", [None, ("x",)])
def test_a_remark_on_the_text_is_given_once(wrt: tuple[str, ...] | None) -> None:
    report = grad("(x@x.T)*n^0", x="1,2", n="-2", wrt=wrt)
    assert codes(report).count("W103") == 1


def test_a_nan_among_the_inputs_is_no_point() -> None:
    asked = Request("sum(x*y)", point=Point((("x", "nan,1"), ("y", "2,3"))))
    verdict = run(asked).verdict
    assert verdict.status is Status.UNDEFINED
    assert "NaN" in verdict.text
