"""Numerically delicate points: claims that are right there, and slips that are tiny there.

Gradient checkers themselves err at them: Theano #144 reports one that overlooked a wrong
entry as soon as another one was exactly zero.
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip


def _hypot(x, y):
    return np.sqrt(x**2 + y**2)


def _hypot_grad(x, y):
    r = np.hypot(x, y)
    return x / r, y / r


def _rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def _rosenbrock_grad(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


def _badly_scaled(x, y):
    return 1e8 * x**2 + 1e-8 * y**2


def _big_constant(x):
    return 1e10 + np.sin(x)


def _sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def _sigmoid_grad(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def _near_tie(x):
    return np.maximum(x, 0.0) + x**2


def _power(x):
    return x**3.5


def _flat(x):
    return np.exp(-1.0 / x**2)


def _flat_grad(x):
    return 2.0 / x**3 * np.exp(-1.0 / x**2)


def _cancel(x):
    return np.log1p(x) - x


def _asin(x):
    return np.arcsin(x)


def _asin_grad(x):
    return 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


CASES = (
    Case(
        "hypotenuse",
        _hypot,
        _hypot_grad,
        (3e-9, 4e-9),
        ((3e-9, 4e-9), (1e100, 1e-100), (0.0, 2.0)),
        (
            *made(_hypot_grad, "sign", "factor", "swapped", "tiny"),
            slip("not divided", lambda x, y: (x, y)),
        ),
    ),
    Case(
        "Rosenbrock",
        _rosenbrock,
        _rosenbrock_grad,
        (np.array([-1.2, 1.0]),),
        ((np.array([1.0, 1.0]),), (np.array([1e5, -1e5]),), (np.zeros(2),)),
        (
            *made(_rosenbrock_grad, "sign", "half", "one entry"),
            slip(
                "second term forgotten",
                lambda x: np.array([-400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)]),
                "missing-path",
            ),
            slip(
                "two hundred for four hundred",
                lambda x: np.array(
                    [-200 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)]
                ),
            ),
        ),
    ),
    Case(
        "badly scaled",
        _badly_scaled,
        lambda x, y: (2e8 * x, 2e-8 * y),
        (1.0, 1.0),
        ((1.0, 1.0), (0.0, 1.0), (1e-100, 1e100)),
        (
            slip("sign of the small one", lambda x, y: (2e8 * x, -2e-8 * y), "sign-flipped"),
            slip("small one forgotten", lambda x, y: (2e8 * x, 0.0 * y), "missing-path"),
            slip("small one a little off", lambda x, y: (2e8 * x, 2.0001e-8 * y)),
        ),
    ),
    Case(
        "a large constant",
        _big_constant,
        np.cos,
        (1.0,),
        ((1.0,), (np.pi / 2,), (0.0,)),
        (*made(np.cos, "sign", "factor", "tiny"), slip("sin", np.sin)),
    ),
    Case(
        "saturated sigmoid",
        _sigmoid,
        _sigmoid_grad,
        (40.0,),
        ((40.0,), (-40.0,), (0.0,), (700.0,)),
        (
            *made(_sigmoid_grad, "sign", "factor"),
            slip("zero where it saturates", lambda x: 0.0 * x, "missing-path"),
            slip("value", _sigmoid),
        ),
    ),
    Case(
        "near a kink",
        _near_tie,
        lambda x: (x > 0) + 2 * x,
        (-1e-7,),
        ((-1e-7,), (1e-7,), (1e-300,)),
        (
            slip("other side", lambda x: (x < 0) + 2 * x),
            slip("mean of the sides", lambda x: 0.5 + 2 * x),
            slip("square forgotten", lambda x: (x > 0) * 1.0),
        ),
        moves=False,
    ),
    Case(
        "fractional power",
        _power,
        lambda x: 3.5 * x**2.5,
        (2.0,),
        ((0.0,), (1e-50,), (1e80,)),
        (
            *made(lambda x: 3.5 * x**2.5, "sign", "tiny"),
            slip("exponent kept", lambda x: 3.5 * x**3.5),
            slip("factor forgotten", lambda x: x**2.5, "constant-factor"),
        ),
    ),
    Case(
        "flat function",
        _flat,
        _flat_grad,
        (0.3,),
        ((0.1,), (-0.2,), (1e8,)),
        (*made(_flat_grad, "sign", "half"), slip("chain rule forgotten", _flat)),
    ),
    Case(
        "cancelling logarithm",
        _cancel,
        lambda x: -x / (1 + x),
        (0.5,),
        ((1e-12,), (-1e-9,), (0.0,), (1e300,)),
        (
            *made(lambda x: -x / (1 + x), "sign", "factor"),
            slip("one term", lambda x: 1 / (1 + x), "missing-path"),
        ),
    ),
    Case(
        "arc sine at its edge",
        _asin,
        _asin_grad,
        (0.3,),
        ((1 - 1e-9,), (-1 + 1e-12,), (0.0,)),
        (
            *made(_asin_grad, "sign", "thousandth"),
            slip("root forgotten", lambda x: 1.0 / (1 - x**2)),
            slip("arc cosine", lambda x: -_asin_grad(x), "sign-flipped"),
        ),
    ),
)
