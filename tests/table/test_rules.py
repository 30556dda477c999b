"""The kinds of rule, and the product in which a zero cotangent wins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.engine.operators import grad, jvp, vjp
from gradcli.engine.programs import trace
from gradcli.errors import UsageError
from gradcli.ops.elementwise.arithmetic import masked_multiply
from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.rule import MISSING, NONDIFF, ZERO, Elementwise, Flat, is_finite, safe_product

HUGE = 1e200


@pytest.mark.parametrize("g", [0.0, np.float64(0.0), -0.0, np.zeros(3), np.zeros((2, 2))])
@pytest.mark.parametrize("p", [math.inf, -math.inf, math.nan])
def test_a_zero_cotangent_wins(g: Any, p: float) -> None:
    with np.errstate(all="ignore"):
        assert np.all(safe_product(g, np.full(np.shape(g), p)[()]) == 0.0)


@pytest.mark.parametrize(("g", "p"), [(1.0, math.inf), (-2.0, math.inf), (HUGE, HUGE)])
def test_an_infinite_partial_stays_where_it_matters(g: float, p: float) -> None:
    with np.errstate(all="ignore"):
        assert safe_product(np.float64(g), p) == g * p
        assert safe_product(np.array([g, 0.0]), np.array([p, p])).tolist() == [g * p, 0.0]


def test_nan_is_not_hidden() -> None:
    assert math.isnan(safe_product(np.float64(1.0), math.nan))
    assert math.isnan(safe_product(np.float64(math.nan), 1.0))
    assert np.isnan(safe_product(np.array([math.nan, 1.0]), np.array([1.0, 2.0]))).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("x", [1e160, np.array([1.0, 1e160]), 5e-324, np.zeros(0), np.array(2.0)])
def test_large_numbers_take_the_careful_way_to_the_same_result(x: Any) -> None:
    np.testing.assert_array_equal(safe_product(x, 2.0), x * 2.0)


def test_finiteness_of_plain_values() -> None:
    assert is_finite(1.0)
    assert is_finite(np.float64(1e308))
    assert is_finite(np.ones((2, 0)))
    assert not is_finite(math.nan)
    assert not is_finite(np.array([1.0, math.inf]))
    assert not is_finite(object())


def test_a_traced_product_keeps_the_slope_in_a_zero_cotangent() -> None:
    """d(g·p)/dg is p also where g is 0: masking every zero would lose it."""
    assert grad(lambda g: masked_multiply(g, 3.0))(0.0) == 3.0
    assert grad(lambda g: masked_multiply(g, math.inf))(0.0) == 0.0
    assert grad(grad(lambda x: np.sin(x) * x))(0.0) == 2.0
    assert masked_multiply(0.0, math.nan) == 0.0
    assert masked_multiply(np.array([0.0, 2.0]), math.inf).tolist() == [0.0, math.inf]


def test_a_gradient_program_has_no_needless_masks() -> None:
    names = [op.name for op, *_ in trace(grad(np.sin), 0.5).records]
    assert names == ["sin", "cos"]


def test_nothings_flow_as_they_should() -> None:
    rule = Elementwise((lambda y, a, b: b, MISSING))
    probe = Op("probe", lambda a, b: a * b, rule, arrays=2)
    assert grad(lambda a: probe(a, 2.0))(3.0) == 2.0
    for spoiled in (
        lambda: grad(lambda b: probe(3.0, b))(2.0),
        lambda: jvp(lambda b: probe(3.0, b), (2.0,), (1.0,)),
    ):
        with pytest.raises(UsageError, match="probe"):
            spoiled()
    assert jvp(lambda a: probe(a, 2.0), (3.0,), (1.0,))[1] == 2.0
    for nothing in (ZERO, NONDIFF):
        flat = Op("flat", lambda a: a * 1.0, Flat(nothing))
        assert vjp(flat, 3.0)[1](np.float64(1.0))[0] == 0.0
        assert jvp(flat, (3.0,), (1.0,))[1] == 0.0


def test_constant_partials() -> None:
    for c in (0.0, 1.0, -1.0, 2.5):
        op = Op("linear", lambda x, c=c: c * x, Elementwise((c,)))
        assert grad(op)(3.0) == c
        assert jvp(op, (3.0,), (2.0,))[1] == 2.0 * c


def test_three_inputs() -> None:
    op = Op(
        "sum of products",
        lambda a, b, c: a * b * c,
        Elementwise((lambda y, a, b, c: b * c, lambda y, a, b, c: a * c, lambda y, a, b, c: a * b)),
        arrays=3,
    )
    assert vjp(op, 2.0, 3.0, 5.0)[1](np.float64(1.0)) == (15.0, 10.0, 6.0)


def test_valid_makes_a_partial_nan_outside() -> None:
    op = Op(
        "half line",
        lambda x: np.where(np.asarray(x) < 0, np.nan, x)[()],
        Elementwise((1.0,), valid=lambda x: x >= 0.0),
    )
    assert grad(op)(2.0) == 1.0
    assert math.isnan(grad(op)(-2.0))
    assert grad(grad(lambda x: op(x) ** 2))(2.0) == 2.0


def test_where_selects_instead_of_multiplying() -> None:
    where = FUNCTIONS["where"]
    x = np.array([1.0, -1.0, 4.0])
    _, pullback = vjp(lambda v: where(v > 0.0, np.sqrt(v), 0.0), x)
    assert pullback(np.ones(3))[0].tolist() == [0.5, 0.0, 0.25]
    _, t = jvp(lambda v: where(v > 0.0, np.sqrt(v), v), (x,), (np.ones(3),))
    assert t.tolist() == [0.5, 1.0, 0.25]
    assert jvp(lambda v: where(v > 0.0, 1.0, 2.0), (x,), (np.ones(3),))[1].tolist() == [0.0] * 3
