"""Second differences: the true second derivative lies within the bar, or there is no vote."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.numeric.differences import informative
from gradcli.numeric.second import slope_gradient
from gradcli.reports import Estimate


def second(f: Callable[..., Any], x: float, v: float = 1.0, **more: Any) -> Estimate:
    return slope_gradient(f, (x,), (v,), **more)


CASES: tuple[tuple[Callable[..., Any], float, float], ...] = (
    (np.sin, 1.0, -math.sin(1.0)),
    (np.cos, 1e-8, -1.0),
    (np.exp, -3.0, math.exp(-3.0)),
    (lambda x: x * x, 1e8, 2.0),
    (lambda x: x * x, 1e-8, 2.0),
    (np.log, 1e-12, -1e24),
    (np.sqrt, 1e-10, -0.25e15),
    (lambda x: np.sin(1e6 * x), 1.0, -1e12 * math.sin(1e6)),
    (lambda x: 1e10 + np.sin(x), 1.0, -math.sin(1.0)),
    (lambda x: (1 - np.cos(x)) / x**2, 1e-4, -1 / 12),
    (lambda x: np.maximum(x, 0.0) ** 2, 1e-3, 2.0),
    (lambda x: 3 * x, 1.3, 0.0),
    (lambda x: x**4, 0.0, 0.0),
)


@pytest.mark.parametrize(("f", "x", "true"), CASES)
def test_the_truth_lies_within_the_bar(f: Callable[..., Any], x: float, true: float) -> None:
    found = second(f, x)
    assert abs(found.value - true) <= found.error
    assert informative(found, max(abs(true), 1.0))


@pytest.mark.parametrize("v", [2.0, -0.5])
def test_it_is_linear_in_the_vector(v: float) -> None:
    found = second(np.sin, 1.0, v)
    assert abs(found.value + v * math.sin(1.0)) <= found.error < 1e-8


def test_every_entry_of_every_argument_is_mixed_with_the_vector() -> None:
    def f(x: Any, y: Any) -> Any:
        return x[0] ** 2 * x[1] * y + np.exp(y)

    xs, vs = (np.array([1.0, 2.0]), 0.5), (np.array([3.0, -1.0]), 2.0)
    by_x = slope_gradient(f, xs, vs, 0)
    by_y = slope_gradient(f, xs, vs, 1)
    # H = [[2xy·z, 2x·z, 2x·y], [2x·z, 0, x²], [2x·y, x², e^z]] at x = 1, y = 2, z = 1/2.
    assert np.all(abs(by_x.value - [2 * 3 - 1 + 4 * 2, 3 + 2]) <= by_x.error)
    assert abs(by_y.value - (4 * 3 - 1 + 2 * math.exp(0.5))) <= by_y.error
    assert max(by_x.error.max(), by_y.error) < 1e-7


def test_a_vector_that_undoes_the_coordinate_is_no_line_of_rounding_errors() -> None:
    found = slope_gradient(lambda x: np.sum(x**3), (np.array([0.1, 0.3]),), ([-1.0, 0.0],))
    assert np.all(abs(found.value - [-0.6, 0.0]) <= found.error)
    assert found.error.max() < 1e-8


def test_a_kink_has_no_vote() -> None:
    for f in (np.abs, lambda x: np.maximum(x, 0.0)):
        assert not informative(second(f, 0.0), 1.0)


def test_stencils_stay_within_the_margin() -> None:
    met: list[float] = []

    def f(x: Any) -> Any:
        met.append(float(x))
        return x**2

    found = second(f, 1.5, margin=lambda k: (np.array(1e-3), np.array(2e-2)))
    assert abs(found.value - 2.0) <= found.error < 1e-3
    assert 1.4e-4 < max(abs(x - 1.5) for x in met) <= 1e-3


def test_a_tread_is_no_derivative_of_zero() -> None:
    def f(x: Any) -> Any:
        return np.log(1 + x[0] ** 2 + x[1] ** 2)

    for x in ([-5.966e-08, -6.903e-09], [-1.055e-08, 2.392e-08], [3e-9, 1e-5]):
        found = slope_gradient(f, (np.array(x),), ([3.0, 1.0],))
        said = np.isfinite(found.error)
        assert np.all(np.abs(found.value - [6.0, 2.0])[said] <= found.error[said])


def test_underflow_may_hide_a_little() -> None:
    found = second(lambda x: 0.0 * x, 1.0)
    assert found.value == 0.0
    assert 0.0 < found.error < 1e-20
    relu = second(lambda x: np.maximum(x, 0.0) ** 2, -2.0)
    assert relu.value == 0.0
    assert 0.0 < relu.error < 1e-6
    hidden = second(lambda x: (1 + 1e-18 * x**2) - 1, 1.0)
    assert not abs(hidden.value - 2e-18) > hidden.error


def test_what_has_no_real_scalar_value_has_no_vote() -> None:
    assert not second(np.log, -1.0).speaks
    assert not second(lambda x: np.array([x, x]), 1.0).speaks
    assert not slope_gradient(np.sum, (np.array([1j]),), (np.ones(1),)).speaks
    assert second(np.sin, 1.0, 0.0).error == 0.0


def test_the_cost_stays_small() -> None:
    found = slope_gradient(lambda x: np.sum(np.sin(x)), (np.linspace(1, 2, 20),), (np.ones(20),))
    assert found.evaluations < 50 * 20
