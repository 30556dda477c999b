"""What the teaching documents ask for, with their numbers, from Python and from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli

EXAMPLES = Path(__file__).parents[2] / "examples"
X = np.arange(4.0)


def test_s1_gradient_of_two_x_dot_x() -> None:
    value, gradient = gradcli.value_and_grad(lambda x: 2 * np.dot(x, x))(X)
    assert value == 28
    assert gradient.tolist() == [0, 4, 8, 12] == (4 * X).tolist()


def test_s6_non_scalar_output() -> None:
    with pytest.raises(gradcli.GradcliError) as refused:
        gradcli.grad(lambda x: x * x)(X)
    said = str(refused.value)
    assert all(word in said for word in ("sum", "cotangent", "jacobian"))
    _, pullback = gradcli.vjp(lambda x: x * x, X)
    assert pullback(np.ones(4))[0].tolist() == [0, 2, 4, 6]
    assert gradcli.jacobian(lambda x: x * x)(X).tolist() == np.diag([0, 2, 4, 6]).tolist()


@pytest.mark.parametrize(
    ("weight", "da", "db"),
    [([1, 1], [36, 81], [-12, -8]), ([1, 6], [36, 486], [-12, -48])],
)
def test_s7_weighted_cotangent(weight: Any, da: Any, db: Any) -> None:
    _, pullback = gradcli.vjp(
        lambda a, b: 3 * a**3 - b**2, np.array([2.0, 3.0]), np.array([6.0, 4.0])
    )
    found = pullback(np.array(weight, dtype=float))
    assert [g.tolist() for g in found] == [da, db]


def test_s8_detached_part() -> None:
    def z(x: Any) -> Any:
        return np.sum(gradcli.stop_gradient(x * x) * x)

    assert gradcli.grad(z)(X).tolist() == [0, 1, 4, 9]
    assert gradcli.grad(lambda x: np.sum(x * x))(X).tolist() == [0, 2, 4, 6]


def control_flow(a: Any) -> Any:
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b if np.sum(b) > 0 else 100 * b


@pytest.mark.parametrize(("a", "value", "slope"), [(2.0, 1024, 512), (-2.0, -102400, 51200)])
def test_s9_control_flow(a: float, value: float, slope: float) -> None:
    assert control_flow(a) == value
    assert gradcli.grad(control_flow)(a) == slope == value / a


@pytest.mark.parametrize("a", [np.array([0.3, -0.1]), np.array([[1.0, 2.0], [3.0, -4.0]])])
def test_s9_control_flow_on_arrays(a: Any) -> None:
    y, pullback = gradcli.vjp(control_flow, a)
    np.testing.assert_array_equal(pullback(np.ones_like(a))[0], y / a)


def test_s11_second_derivatives() -> None:
    sine = [np.sin, gradcli.grad(np.sin), gradcli.grad(gradcli.grad(np.sin))]
    assert [round(float(f(1.0)), 6) for f in sine] == [0.841471, 0.540302, -0.841471]

    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * x[::-1])

    x, v = np.array([0.3, -1.2, 2.0]), np.array([1.0, 0.5, -2.0])
    reverse = gradcli.hessian(f)(x) @ v
    forward = gradcli.hvp(f, (x,), (v,))
    np.testing.assert_allclose(reverse, forward, rtol=1e-13)


def test_s13_scalar_power() -> None:
    assert gradcli.grad(lambda x: x**3)(1.0) == 3


def test_s15_matrix_rules() -> None:
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    x = np.array([1.0, 2.0])
    assert gradcli.jacobian(lambda x: a @ x)(x).tolist() == a.tolist()
    assert gradcli.jacobian(lambda x: x @ a)(x).T.tolist() == a.tolist()
    assert gradcli.grad(lambda x: x @ a @ x)(x).tolist() == ((a + a.T) @ x).tolist()
    assert gradcli.grad(lambda x: np.linalg.norm(x) ** 2)(x) == pytest.approx(2 * x)
    assert gradcli.grad(lambda x: np.linalg.norm(x) ** 2)(a) == pytest.approx(2 * a)


# The transcripts run the same commands' relatives every day.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('gradcli grad -q "2*dot(x,x)" --x 0,1,2,3', "[0, 4, 8, 12]"),
        ('gradcli grad -q "x*x" --x 0,1,2,3 --gradient ones', "[0, 2, 4, 6]"),
        ('gradcli grad -q "3*a^3-b^2" --a 2,3 --b 6,4 --wrt a --gradient 1,6', "[36, 486]"),
        ('gradcli grad -q "3*a^3-b^2" --a 2,3 --b 6,4 --wrt b --gradient 1,6', "[-12, -48]"),
        ('gradcli grad -q "u = detach(x*x); sum(u*x)" --x 0,1,2,3', "[0, 1, 4, 9]"),
        ("gradcli grad -q f.py::f --a 2.0", "512"),
        ("gradcli grad -q f.py::f --a -2.0", "51200"),
        ('gradcli grad -q "x^3" --x 1', "3"),
        ('gradcli jacobian -q "A@x" --x 1,2 --A "1,2;3,4" --wrt x', "[[1, 2],\n [3, 4]]"),
        (
            'gradcli jacobian -q "A@x" --x 1,2 --A "1,2;3,4" --wrt x --layout denominator',
            "[[1, 3],\n [2, 4]]",
        ),
        ('gradcli grad -q "x\'@A@x" --x 1,2 --A "1,2;3,4" --wrt x', "[12, 21]"),
    ],
)
def test_from_the_shell(shell_for_session: Any, command: str, expected: str) -> None:
    ended = shell_for_session(command, cwd=EXAMPLES)
    assert ended.stdout.rstrip("\n") == expected
    assert ended.status == 0
