"""Elementwise functions and sums of them.

A kind that public trackers report: NaN from the branch that `where` does not select
(TensorFlow #2540, JAX #347, PyTorch #156212).
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_X = np.array([0.4, -1.3, 2.2])


def _cubes(x):
    return np.sum(x**3)


def _cubes_grad(x):
    return 3 * x**2


def _expsin(x):
    return np.sum(np.exp(np.sin(x)))


def _expsin_grad(x):
    return np.exp(np.sin(x)) * np.cos(x)


def _softplus(x):
    return np.sum(np.logaddexp(0.0, x))


def _softplus_grad(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def _logs(x):
    return np.sum(np.log(x))


def _roots(x):
    return np.sum(np.sqrt(x))


def _gauss(x):
    return np.sum(np.exp(-0.5 * x**2))


def _gauss_grad(x):
    return -x * np.exp(-0.5 * x**2)


def _ratio(x):
    return np.sum(x / (1.0 + x**2))


def _ratio_grad(x):
    return (1.0 - x**2) / (1.0 + x**2) ** 2


def _twice(x):
    y = np.tanh(x)
    return np.sum(y * y + y)


def _twice_grad(x):
    y = np.tanh(x)
    return (2 * y + 1) * (1 - y**2)


def _absolute(x):
    return np.sum(np.abs(x))


def _relu(x):
    return np.sum(np.maximum(x, 0.0))


def _square_of_abs(x):
    return np.sum(x * np.abs(x))


def _guarded(x):
    return np.sum(np.where(x > 0, np.sqrt(np.abs(x)), 0.0))


def _guarded_grad(x):
    return np.where(x > 0, 0.5 / np.sqrt(np.where(x > 0, x, 1.0)), 0.0)


CASES = (
    Case(
        "cubes",
        _cubes,
        _cubes_grad,
        (_X,),
        ((np.zeros(3),), (np.array([1e100, -1e-100, 0.0]),), (np.array([1e-150, 1.0, 2.0]),)),
        (
            *made(_cubes_grad, "sign", "factor", "half", "rolled", "one entry", "tiny"),
            slip("wrong power", lambda x: 3 * x),
            slip("power rule forgotten", lambda x: x**2, "constant-factor"),
            slip("value returned", lambda x: x**3),
        ),
    ),
    Case(
        "exp of sin",
        _expsin,
        _expsin_grad,
        (_X,),
        ((np.array([0.0, np.pi / 2, np.pi]),), (np.array([1e-9, -1e-9, 50.0]),)),
        (
            *made(_expsin_grad, "sign", "reversed", "thousandth", "times n"),
            slip(
                "inner derivative forgotten",
                lambda x: np.exp(np.sin(x)),
                "missing-local-derivative",
            ),
            slip("outer derivative forgotten", np.cos, "missing-local-derivative"),
            slip("sin for cos", lambda x: np.exp(np.sin(x)) * np.sin(x)),
            slip("cos with a sign", lambda x: -np.exp(np.sin(x)) * np.cos(x), "sign-flipped"),
        ),
    ),
    Case(
        "softplus",
        _softplus,
        _softplus_grad,
        (_X,),
        ((np.array([40.0, -40.0, 0.0]),), (np.array([700.0, -700.0, 1e-12]),)),
        (
            *made(_softplus_grad, "sign", "half", "one over n"),
            slip("sigmoid of minus x", lambda x: _softplus_grad(-x)),
            slip("sigmoid prime", lambda x: _softplus_grad(x) * _softplus_grad(-x)),
        ),
    ),
    Case(
        "logarithms",
        _logs,
        lambda x: 1.0 / x,
        (np.abs(_X),),
        ((np.array([1e-12, 1.0, 1e12]),), (np.array([1e-300, 1e300, 2.0]),)),
        (
            *made(lambda x: 1.0 / x, "sign", "rolled", "tiny", "zero"),
            slip("no reciprocal", lambda x: x),
            slip("base ten", lambda x: 1.0 / (x * np.log(10.0)), "constant-factor"),
            slip("second derivative", lambda x: -1.0 / x**2),
        ),
    ),
    Case(
        "square roots",
        _roots,
        lambda x: 0.5 / np.sqrt(x),
        (np.abs(_X),),
        ((np.array([1e-10, 1.0, 1e10]),), (np.array([4e-300, 1e300, 0.25]),)),
        (
            *made(lambda x: 0.5 / np.sqrt(x), "sign", "factor", "one entry"),
            slip("half forgotten", lambda x: 1.0 / np.sqrt(x), "constant-factor"),
            slip("root not inverted", lambda x: 0.5 * np.sqrt(x)),
        ),
    ),
    Case(
        "gaussian bump",
        _gauss,
        _gauss_grad,
        (_X,),
        ((np.array([0.0, 1e-200, 5.0]),), (np.array([30.0, -30.0, 0.0]),)),
        (
            *made(_gauss_grad, "sign", "factor", "reversed"),
            slip(
                "chain rule forgotten",
                lambda x: np.exp(-0.5 * x**2),
                "missing-local-derivative",
            ),
            slip("two from the square", lambda x: -2 * x * np.exp(-0.5 * x**2), "constant-factor"),
        ),
    ),
    Case(
        "rational",
        _ratio,
        _ratio_grad,
        (_X,),
        ((np.array([1.0, -1.0, 0.0]),), (np.array([1e8, -1e-8, 3.0]),)),
        (
            *made(_ratio_grad, "sign", "thousandth"),
            slip("numerator only", lambda x: 1.0 / (1.0 + x**2), "missing-path"),
            slip("denominator only", lambda x: -2 * x**2 / (1.0 + x**2) ** 2, "missing-path"),
            slip(
                "sign in the quotient rule",
                lambda x: (1.0 + 3 * x**2) / (1.0 + x**2) ** 2,
                "sign-flipped",
            ),
            slip("square of the denominator lost", lambda x: (1.0 - x**2) / (1.0 + x**2)),
        ),
    ),
    Case(
        "a value used twice",
        _twice,
        _twice_grad,
        (_X,),
        ((np.zeros(3),), (np.array([5.0, -5.0, 1e-8]),)),
        (
            slip("used once", lambda x: 1 - np.tanh(x) ** 2, "missing-path"),
            slip(
                "only the square", lambda x: 2 * np.tanh(x) * (1 - np.tanh(x) ** 2), "missing-path"
            ),
            slip(
                "product counted once",
                lambda x: (np.tanh(x) + 1) * (1 - np.tanh(x) ** 2),
                "missing-path",
            ),
            slip("tanh prime forgotten", lambda x: 2 * np.tanh(x) + 1, "missing-local-derivative"),
            *made(_twice_grad, "sign", "rolled"),
        ),
    ),
    Case(
        "absolute values",
        _absolute,
        np.sign,
        (_X,),
        ((np.array([0.0, 1.0, -1.0]),), (np.zeros(3),), (np.array([1e-300, -1e-300, 5.0]),)),
        (
            slip("no sign", np.ones_like),
            slip("value", np.abs),
            slip("identity", lambda x: x),
            *made(np.sign, "sign", "factor"),
        ),
        moves=False,
    ),
    Case(
        "relu",
        _relu,
        lambda x: (x > 0).astype(float),
        (_X,),
        ((np.array([0.0, 1e-9, -1e-9]),), (np.zeros(3),)),
        (
            slip("mask turned round", lambda x: (x < 0).astype(float)),
            slip("everything passes", np.ones_like),
            slip("leaky", lambda x: np.where(x > 0, 1.0, 0.01)),
            slip("mask by the value", lambda x: np.maximum(x, 0.0)),
        ),
        moves=False,
    ),
    Case(
        "signed square",
        _square_of_abs,
        lambda x: 2 * np.abs(x),
        (_X,),
        ((np.zeros(3),), (np.array([0.0, 1e-200, -3.0]),)),
        (
            slip("two x", lambda x: 2 * x),
            slip("one path", np.abs, "constant-factor", "missing-path"),
            slip("other path", lambda x: x * np.sign(x), "constant-factor", "missing-path"),
        ),
        moves=False,
    ),
    Case(
        "dead branch of a root",
        _guarded,
        _guarded_grad,
        (np.array([0.5, -1.0, 2.0]),),
        ((np.array([-1.0, -2.0, 3.0]),), (np.array([-1e-9, 1e-9, 1.0]),)),
        (
            slip("nan in the dead branch", lambda x: 0.5 / np.sqrt(x), "non-finite"),
            slip("dead branch alive", lambda x: 0.5 / np.sqrt(np.abs(x))),
            *made(_guarded_grad, "sign", "factor"),
        ),
        moves=False,
    ),
)
