from fractions import Fraction

import mpmath
import pytest
import sympy

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.evaluate import Evaluator, plain_truth
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.limits import Budget
from gradcli.symbolic.translation import translate

x, y = sympy.symbols("x y", real=True)
POINT = {"x": Fraction(3, 8), "y": Fraction(-5, 4)}


def value(expression):
    graph = Graph(Budget())
    nodes = {s: graph.symbol(str(s)) for s in (x, y)}
    root = translate(expression, graph, nodes)
    point = {n: POINT[str(s)] for s, n in nodes.items()}
    return Evaluator(graph, mpmath.mp.clone(), point, plain_truth).value(root)


@pytest.mark.parametrize(
    "expression",
    [
        x + 2 * y - sympy.Rational(1, 3),
        x * y / 7,
        x**-2,
        sympy.sqrt(x) + 1 / sympy.sqrt(x),
        x**y,
        sympy.Max(x, y, 0, x * y),
        sympy.Min(x, y, 0),
        sympy.Abs(y),
        sympy.sign(y),
        sympy.Piecewise((x, x > 1), (y, y < 0), (0, True)),
        sympy.Piecewise((1, sympy.And(x > 0, x <= 1)), (2, True)),
        sympy.Piecewise((1, sympy.Or(sympy.Eq(x, y), y >= 0)), (2, True)),
        sympy.Piecewise((1, sympy.Not(sympy.Ne(x, y), evaluate=False)), (2, True)),
        sympy.Piecewise((1, sympy.ITE(x > 0, y < 0, y > 5)), (2, True)),
        sympy.Heaviside(y),
        sympy.DiracDelta(x),
        sympy.pi * sympy.E + sympy.EulerGamma * sympy.Catalan + sympy.GoldenRatio,
        sympy.hyper((1, 2), (3,), x),
        sympy.hyper((), (sympy.Rational(3, 2),), x),
        sympy.polygamma(1, x) + sympy.besselj(1, x) + sympy.LambertW(x, -1) * 0,
        sympy.ceiling(x) + sympy.floor(y),
    ],
)
def test_values_agree_with_sympys_own(expression):
    expected = expression.subs({x: POINT["x"], y: POINT["y"]})
    assert abs(value(expression) - mpmath.mpf(str(sympy.N(expected, 30)))) < 1e-14


@pytest.mark.parametrize(
    "expression",
    [
        sympy.Derivative(sympy.floor(x), x),
        sympy.oo + 0 * x,
        sympy.nan,
        sympy.zoo,
        sympy.I * x,
        sympy.meijerg(((), (1, 1)), ((0, 0, 2), ()), x),
        sympy.Integral(sympy.exp(x * y), (y, 0, x)),
        sympy.Piecewise((x, x > 1)),
    ],
)
def test_what_is_no_real_number_is_opaque(expression):
    with pytest.raises(Unavailable):
        value(expression)


def test_a_step_has_no_value_at_its_step():
    graph = Graph(Budget())
    at_zero = graph.symbol("x")
    for step in (sympy.Heaviside(x), sympy.DiracDelta(x)):
        root = translate(step, graph, {x: at_zero})
        evaluator = Evaluator(graph, mpmath.mp.clone(), {at_zero: Fraction(0)}, plain_truth)
        with pytest.raises(Unavailable):
            evaluator.value(root)
