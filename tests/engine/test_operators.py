"""The public operators: containers, dtypes, several arguments, nesting, refusals."""

import numpy as np
import pytest

import gradcli
from gradcli.errors import ShapeError, TraceError, UsageError

X = np.array([0.5, -1.5, 2.0])
A = np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 3.0], [4.0, 0.0, 1.0]])


def quadratic(x, a):
    return x @ a @ x


def test_the_gradient_of_each_argument():
    with_x, with_a = gradcli.grad(quadratic, (0, 1))(X, A)
    np.testing.assert_allclose(with_x, (A + A.T) @ X, rtol=1e-15)
    np.testing.assert_allclose(with_a, np.outer(X, X), rtol=1e-15)
    np.testing.assert_array_equal(gradcli.grad(quadratic, -1)(X, A), with_a)


def test_an_argument_that_is_not_there():
    with pytest.raises(UsageError, match="argnums=2"):
        gradcli.grad(quadratic, 2)(X, A)


def test_value_and_gradient_come_from_one_run():
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(np.exp(x))

    value, gradient = gradcli.value_and_grad(f)(X)
    assert (len(calls), type(value)) == (1, float)
    assert value == np.sum(np.exp(X))
    np.testing.assert_array_equal(gradient, np.exp(X))


def test_gradients_come_back_in_the_containers_of_the_arguments():
    def loss(p, data):
        return np.sum(np.tanh(data @ p["w"] + p["layers"][0][1]))

    params = {"w": X, "layers": [(1.0, 0.5)]}
    found = gradcli.grad(loss)(params, A)
    slope = 1 / np.cosh(A @ X + 0.5) ** 2
    assert type(found["layers"]) is list
    assert type(found["layers"][0]) is tuple
    np.testing.assert_allclose(found["w"], A.T @ slope, rtol=1e-14)
    assert found["layers"][0][0] == 0.0
    np.testing.assert_allclose(found["layers"][0][1], slope.sum(), rtol=1e-14)


def test_dtypes_follow_numpy():
    single = gradcli.grad(lambda x: np.sum(x * x))(X.astype(np.float32))
    assert single.dtype == np.float32
    assert type(gradcli.grad(lambda x: x * x)(3.0)) is np.float64


@pytest.mark.parametrize("point", [3, np.arange(3), True, 1j, "3", None])
def test_what_has_no_gradient_is_refused(point):
    with pytest.raises(UsageError, match="has no gradient"):
        gradcli.grad(lambda x: x * 2)(point)


def test_an_array_output_is_refused_with_the_ways_out():
    with pytest.raises(ShapeError, match=r"shape \(3,\)") as caught:
        gradcli.grad(lambda x: x * x)(X)
    for cure in ("np.sum", "vjp", "jacobian"):
        assert cure in caught.value.diagnostic.hint


def test_pullback_and_pushforward_agree():
    def f(x):
        return np.sin(x) * np.roll(x, 1)

    rng = np.random.default_rng(1)
    u, v = rng.normal(size=(2, 3))
    _, pullback = gradcli.vjp(f, X)
    _, pushed = gradcli.jvp(f, (X,), (v,))
    assert np.dot(u, pushed) == pytest.approx(np.dot(pullback(u)[0], v), rel=1e-14)


def test_a_misshapen_cotangent_or_tangent_is_refused():
    _, pullback = gradcli.vjp(np.sin, X)
    with pytest.raises(ShapeError, match="cotangent"):
        pullback(np.ones(2))
    with pytest.raises(ShapeError, match="tangents"):
        gradcli.jvp(np.sin, (X,), (1.0,))


@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 2)])
def test_shapes_of_jacobians(shape):
    x = np.ones(shape)
    found = gradcli.jacobian(lambda x: np.sin(x) * 2.0)(x)
    assert np.shape(found) == shape + shape
    size = x.size
    np.testing.assert_allclose(np.reshape(found, (size, size)), np.eye(size) * 2 * np.cos(1.0))


def test_wide_and_tall_jacobians_agree():
    wide = gradcli.jacobian(lambda x: A[:1] @ np.sin(x))(X)
    tall = gradcli.jacobian(lambda x: np.concatenate([A @ np.sin(x), np.sin(x)]))(X)
    np.testing.assert_allclose(tall[:1], wide, rtol=1e-15)


def test_hessian_and_its_product():
    def f(x):
        return np.sum(np.sin(x) * np.roll(x, 1) ** 2)

    full = gradcli.hessian(f)(X)
    np.testing.assert_allclose(full, full.T, rtol=1e-14)
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(gradcli.hvp(f, (X,), (v,)), full @ v, rtol=1e-13)


def test_any_nesting_to_the_fourth_order():
    f = np.sin
    for _ in range(4):
        f = gradcli.grad(f)
    assert f(0.7) == pytest.approx(np.sin(0.7), rel=1e-14)


def test_inner_and_outer_variables_are_not_confused():
    # d/dx [x · d/dy (x·y)] = 2x: perturbation confusion gives x + y or 1.
    def outer(x):
        return x * gradcli.grad(lambda y: x * y)(3.0)

    assert gradcli.grad(outer)(5.0) == 10.0


def test_the_gradient_program_is_a_program():
    program = gradcli.trace(lambda x: np.sum(x**3), X)
    assert "return" in str(program.gradient())
    with pytest.raises(ShapeError, match="needs a scalar"):
        gradcli.trace(lambda x: x**3, X).gradient()


def test_printing_is_harmless(capsys):
    def f(x):
        print(x)
        return np.sum(x * x)

    np.testing.assert_array_equal(gradcli.grad(f)(X), 2 * X)
    assert capsys.readouterr().out


@pytest.mark.parametrize("operate", [gradcli.grad, gradcli.value_and_grad, gradcli.jacobian])
def test_a_number_that_came_back_from_text_is_not_lost_in_silence(operate):
    with pytest.raises(TraceError, match="a dependence was lost"):
        operate(lambda x: float(f"{x:.17g}") * 2.0 + x)(1.5)


def test_no_product_is_lost_in_silence():
    def f(x):
        return float(f"{x:.17g}") * 2.0 + x

    with pytest.raises(TraceError, match="a dependence was lost"):
        gradcli.vjp(f, 1.5)
    with pytest.raises(TraceError, match="a dependence was lost"):
        gradcli.jvp(f, (1.5,), (1.0,))
    with pytest.raises(TraceError, match="a dependence was lost"):
        gradcli.trace(f, 1.5)


def test_the_replay_test_on_request():
    secret = []

    def remembers(x):
        # The second call reads what the first one left: no program can be this function.
        secret.append(float(len(secret)))
        return x * secret[-1]

    assert gradcli.grad(lambda x: x * x, verify=True)(3.0) == 6.0
    with pytest.raises(TraceError, match="two different values"):
        gradcli.grad(remembers, verify=True)(3.0)
