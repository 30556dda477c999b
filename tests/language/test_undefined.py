"""The first operation that makes NaN out of numbers."""

import numpy as np
import pytest

from gradcli.language.interpret import interpret
from gradcli.language.parser import parse
from gradcli.language.undefined import domain_error, first_undefined

ENV = {"x": np.array([4.0, -9.0]), "s": -1.0, "z": 0.0, "A": np.array([[1.0, -2.0], [3.0, 4.0]])}

CASES = [
    ("log(s)", "log(s)", "log is undefined at -1", "s = -1", "log needs x > 0"),
    ("sqrt(x)", "sqrt(x)", "sqrt is undefined at -9", "x[1] = -9", "sqrt needs x >= 0"),
    ("sum(log(A))", "log(A)", "log is undefined at -2", "A[0,1] = -2", "log needs x > 0"),
    ("1 + log(2*s)*z", "log(2*s)", "log is undefined at -2", "2*s = -2", ""),
    ("log(-3)", "log(-3)", "log is undefined at -3", "", ""),
    ("log(x+1)[1]", "log(x+1)", "log is undefined at -8", "(x+1)[1] = -8", ""),
    ("z/z", "z/z", "0/0 is undefined", "z = 0", "nonzero divisor"),
    ("s^0.5", "s^0.5", "(-1)^0.5 is undefined", "s = -1", "or an integer"),
    ("x/z*z", "x/z*z", "inf*0 is undefined", "", "another point"),
    ("1/z - 1/z", "1/z - 1/z", "inf-inf is undefined", "", "another point"),
    (
        "zeta(0.5, s)",
        "zeta(0.5, s)",
        "zeta is undefined at (0.5, -1)",
        "s = -1",
        "needs x > 1, and q",
    ),
    ("polygamma(-2, s)", "polygamma(-2, s)", "polygamma is undefined at (-2, -1)", "", "n = 0, 1"),
    ("asin(2) + log(s)", "asin(2)", "asin is undefined at 2", "", ""),
    ("u = log(s); u + 1", "log(s)", "log is undefined at -1", "s = -1", ""),
    ("f(t) = log(t); f(s)", "log(t)", "log is undefined at -1", "t = -1", ""),
    ("where(x>0, sqrt(x), 0) + log(s)", "sqrt(x)", "sqrt is undefined at -9", "x[1] = -9", ""),
]


@pytest.mark.parametrize(("text", "where", "what", "label", "hint"), CASES)
def test_the_place_is_found(text, where, what, label, hint):
    program = parse(text, variables=ENV)
    error = domain_error(program, ENV)
    diagnostic = error.diagnostic
    assert diagnostic.code == "E030"
    assert text[diagnostic.span.start : diagnostic.span.end] == where
    assert diagnostic.what == what
    assert label in diagnostic.label
    assert hint in diagnostic.hint
    assert diagnostic.hint


def test_the_golden_message():
    program = parse("log(x)", variables=("x",))
    assert str(domain_error(program, {"x": -1.0})).split("\n") == [
        "error[E030]: log is undefined at -1",
        "  | log(x)",
        "  | ^^^^^^ x = -1",
        "help: log needs x > 0",
    ]


def test_nothing_is_found_where_nothing_is_undefined():
    for text, env in [("log(x)", {"x": 1.0}), ("x + 1", {"x": np.nan}), ("1/x", {"x": 0.0})]:
        program = parse(text, variables=env)
        interpret(program, env)
        assert first_undefined(program, env) is None
        assert domain_error(program, env) is None
