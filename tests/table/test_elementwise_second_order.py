"""Gradients of gradients: rules are differentiated again, at ordinary points and awkward ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.engine.operators import grad
from tests.table.exactly import exact_value, second_quotient
from tests.table.points import Case, cases_of, each_case, elementwise_ops

CASES = [c for c in cases_of(elementwise_ops()) if c.differentiable]
# A rule differentiated again is not tuned for digits, only for being right.
SECOND = 1e-10


def relative(got: Any, want: Any) -> float:
    return float(abs(got - want) / max(abs(want), 1e-12))


@each_case(CASES)
def test_second_partials_agree_with_difference_quotients(case: Case) -> None:
    xs = case.arrays
    for i in case.differentiable:
        for j in case.differentiable:
            first = grad(case.call, i)
            got = grad(lambda *v, first=first: first(*v), j)(*xs)
            assert relative(got, second_quotient(case.call, xs, i, j)) < SECOND


def nested(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    for _ in range(order):
        f = grad(f)
    return f


def _names(*cases: tuple[str, float, int]) -> Any:
    return pytest.mark.parametrize(("name", "x", "order"), cases)


@_names(
    # A rule written with abs, sign or a one-point `where` would answer 0 here.
    ("sigmoid", 0.0, 3),
    ("tanh", 0.0, 3),
    ("atan", 1.0, 2),
    ("atan", -1.0, 3),
    ("silu", 0.0, 3),
    ("softplus", 0.0, 4),
    ("logsigmoid", 0.0, 4),
    ("sinc", 0.0, 2),
    ("sinc", 0.0, 4),
    ("sinc", 1e-9, 2),
    ("gelu", 0.0, 3),
    ("rgamma", -2.0, 2),
    ("rgamma", 0.5, 2),
    ("ellipk", 0.0, 3),
    ("ellipe", 0.0, 3),
    ("ellipkm1", 1.0, 2),
    ("spence", 1.0, 3),
    ("lambertw", 0.0, 3),
    ("lambertw", 0.1, 2),
    ("erf", 0.0, 3),
    ("square", 0.0, 2),
)
def test_no_false_kink_in_a_rule(name: str, x: float, order: int) -> None:
    f = next(c for c in CASES if c.function.name == name).function
    got = nested(f, order)(x)
    want = high_order(f, x, order)
    assert relative(got, want) < SECOND


def high_order(f: Any, x: float, order: int) -> Any:
    """Return a derivative by the central difference of the given order, in exact numbers."""
    from math import comb

    from tests.table.exactly import lift, numbers

    m = numbers(300)
    h = m.mpf("1e-40")
    total = m.zero
    for k in range(order + 1):
        shifted = np.array(m.convert(x) + (order - 2 * k) * h / 2, dtype=object)
        value = f(type(lift(0.0, m))(shifted, m)).entries[()]
        total += (-1) ** k * comb(order, k) * value
    return total / h**order


@pytest.mark.parametrize(
    ("x", "n", "order", "want"),
    [
        (0.0, 2.0, 2, 2.0),
        (0.0, 3.0, 2, 0.0),
        (-2.0, 3.0, 2, -12.0),
        (-2.0, 3, 3, 6.0),
        (0.0, 1.0, 2, 0.0),
        (0.0, 0.0, 1, 0.0),
        (2.0, 0.1, 2, 0.1 * -0.9 * 2.0**-1.9),
    ],
)
def test_powers_with_a_fixed_exponent(x: float, n: float, order: int, want: float) -> None:
    got = nested(lambda v: v**n, order)(x)
    assert got == pytest.approx(want, rel=1e-14, abs=0)


def test_exact_value_helper_sees_a_wrong_form() -> None:
    """The yardstick itself: two functions that differ by 1e-30 are told apart."""
    a = exact_value(lambda x: x * 1.0, [1.5])[0][()]
    b = exact_value(lambda x: x * (1.0 + 2.0**-52), [1.5])[0][()]
    assert a != b
