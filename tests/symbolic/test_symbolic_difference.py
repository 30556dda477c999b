import time

import numpy as np
import pytest

from gradcli.language.parser import parse
from gradcli.symbolic import difference as room
from gradcli.symbolic.difference import Difference, difference
from gradcli.symbolic.expression import expression


def between(f, claim, index=(), **values):
    names = list(values)
    inputs = [np.asarray(v, dtype=float) for v in values.values()]
    source, said = (expression(parse(text), names) for text in (f, claim))
    return difference(source, said, inputs, 0, index, names=names)


@pytest.mark.parametrize(
    ("f", "claim", "missing", "extra"),
    [
        ("x^3+x^2", "3*x^2", ("2*x",), ()),
        ("x^2*sin(x)", "2*x*sin(x)", ("x**2*cos(x)",), ()),
        ("x^2", "2*x+1", (), ("1",)),
        ("(x+1)^2", "2*x", ("2",), ()),
        ("0.1*x^2+x^3", "3*x^2", ("0.2*x",), ()),
        ("x^2+sin(x)", "3*x+cos(x)", (), ("x",)),
        ("sin(x)-x^2", "cos(x)", ("-2*x",), ()),
        ("sin(x)-x^2", "cos(x)-5*x", (), ("-3*x",)),
    ],
)
def test_the_term_is_named(f, claim, missing, extra):
    assert between(f, claim, x=2.0) == Difference(missing, extra)


def test_the_term_of_one_entry_is_named_in_the_users_own_writing():
    found = between("sum(x^2)+x[0]*x[1]", "2*x", (1,), x=[1.0, 2.0])
    assert found == Difference(("x[0]",), ())
    A = [[1.0, 2.0], [3.0, 4.0]]
    found = between("x'@A@x", "A@x", (0,), x=[1.0, 2.0], A=A)
    assert found == Difference(("A[0,0]*x[0]", "A[1,0]*x[1]"), ())


@pytest.mark.parametrize(
    ("f", "claim"),
    [
        ("x^2", "2*x"),
        ("exp(-x^2)", "-2*x"),
        ("(x+3)^9", "2*x"),
        ("floor(x)", "2*x"),
        ("x^4+x^3+x^2+x", "0*x"),
    ],
)
def test_what_is_no_single_term_is_not_explained(f, claim):
    assert between(f, claim, x=2.0) is None


def test_products_of_many_sums_are_not_multiplied_out():
    start = time.process_time()
    product = "*".join(f"(x[{k}]+1)" for k in range(16))
    assert between(product, "2*x", (0,), x=np.arange(16.0)) is None
    assert time.process_time() - start < 2.0


def test_an_explanation_that_does_not_hold_at_the_point_is_dropped(monkeypatch):
    monkeypatch.setattr(room, "_terms", lambda e: frozenset({e}) if e.is_number else frozenset())
    assert between("x^3+x^2", "3*x^2", x=2.0) is None
    honest = room.as_sympy
    monkeypatch.undo()
    monkeypatch.setattr(room, "as_sympy", lambda *args: honest(*args) * 2)
    assert between("x^3+x^2", "3*x^2", x=2.0) is None
