"""Control flow, writes into buffers, functions that cannot be looked into, state."""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip


def _doubled(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b if np.sum(b) > 0 else 100 * b


def _doubled_grad(a):
    return _doubled(a) / a


def _newton(x):
    y = 1.0
    for _ in range(60):
        y = 0.5 * (y + x / y)
    return y


def _horner(c):
    total = 0.0
    for k in range(len(c) - 1, -1, -1):
        total = total * 1.7 + c[k]
    return total**2


def _horner_grad(c):
    powers = 1.7 ** np.arange(len(c))
    return 2 * (c @ powers) * powers


def _buffer(x):
    y = np.zeros(4)
    y[0] = x[0] * x[1]
    y[1:3] = np.sin(x)
    y[3] = y[0] + y[1]
    return np.sum(y**2)


def _buffer_grad(x):
    s, p = np.sin(x), x[0] * x[1]
    t = p + s[0]
    dp = 2 * p + 2 * t
    return np.array(
        [dp * x[1] + (2 * s[0] + 2 * t) * np.cos(x[0]), dp * x[0] + 2 * s[1] * np.cos(x[1])]
    )


def _piecewise(x):
    if x > 1.0:
        return x**2
    if x > -1.0:
        return 2 * x - 1.0
    return -3.0 + 0.5 * (x + 1.0)


def _piecewise_grad(x):
    if x > 1.0:
        return 2 * x
    return 2.0 if x > -1.0 else 0.5


def _opaque(x):
    text = [float(str(float(v))) for v in x]
    return text[0] ** 2 * text[1] + np.exp(-text[1])


def _opaque_grad(x):
    return np.array([2 * x[0] * x[1], x[0] ** 2 - np.exp(-x[1])])


def _masked(x):
    m = x > 0.5
    return np.sum(np.sqrt(x[m])) + np.sum(x[~m] ** 2)


def _masked_grad(x):
    m = x > 0.5
    return np.where(m, 0.5 / np.sqrt(np.where(m, x, 1.0)), 2 * x)


def _sorted(x):
    return np.sort(x) @ np.array([1.0, 2.0, 4.0])


def _sorted_grad(x):
    g = np.empty(3)
    g[np.argsort(x)] = [1.0, 2.0, 4.0]
    return g


class Stateful:
    """A pullback that keeps what it gave last time, and adds to it."""

    def __init__(self):
        self.last = 0.0

    def __call__(self, x):
        self.last = self.last + 2 * x
        return self.last


def _writes(x):
    x *= 2
    return x


_V = np.array([0.7, -1.2])
_U = np.array([0.9, 0.2, 1.8])


CASES = (
    Case(
        "doubling loop",
        _doubled,
        _doubled_grad,
        (2.0,),
        ((-2.0,), (1e-3,), (1500.0,)),
        (
            slip("one doubling less", lambda a: 0.5 * _doubled(a) / a, "constant-factor"),
            slip("the value", _doubled),
            *made(_doubled_grad, "sign", "thousandth"),
        ),
    ),
    Case(
        "Newton's root",
        _newton,
        lambda x: 0.5 / np.sqrt(x),
        (3.0,),
        ((1e-6,), (1e6,), (1.0,)),
        (
            slip("root not inverted", lambda x: 0.5 * np.sqrt(x)),
            slip("minus", lambda x: -0.5 / np.sqrt(x), "sign-flipped"),
            *made(lambda x: 0.5 / np.sqrt(x), "factor", "tiny"),
        ),
    ),
    Case(
        "Horner loop",
        _horner,
        _horner_grad,
        (np.array([1.0, -2.0, 0.5, 3.0]),),
        ((np.zeros(4),), (np.array([1e100, 0.0, 0.0, 1e-100]),)),
        (
            slip("powers turned round", lambda c: _horner_grad(c)[::-1]),
            slip("square forgotten", lambda c: 1.7 ** np.arange(4), "missing-local-derivative"),
            *made(_horner_grad, "sign", "half", "rolled"),
        ),
    ),
    Case(
        "writes into a buffer",
        _buffer,
        _buffer_grad,
        (_V,),
        ((np.zeros(2),), (np.array([np.pi, 1.0]),)),
        (
            slip(
                "second use of a slot forgotten",
                lambda x: np.array(
                    [
                        2 * x[0] * x[1] ** 2 + 2 * np.sin(x[0]) * np.cos(x[0]),
                        2 * x[0] ** 2 * x[1] + 2 * np.sin(x[1]) * np.cos(x[1]),
                    ]
                ),
                "missing-path",
            ),
            *made(_buffer_grad, "sign", "reversed", "one entry"),
        ),
    ),
    Case(
        "branches",
        _piecewise,
        _piecewise_grad,
        (2.0,),
        ((0.3,), (-2.0,), (1.0 + 1e-9,)),
        (
            slip("other branch", lambda x: 2.0),
            slip("third branch", lambda x: 0.5),
            *made(_piecewise_grad, "sign", "half"),
        ),
        moves=False,
    ),
    Case(
        "a function that hides its numbers",
        _opaque,
        _opaque_grad,
        (_V,),
        ((np.array([2.0, 3.0]),), (np.array([-0.3, 0.1]),)),
        (
            slip(
                "sign of one term", lambda x: np.array([2 * x[0] * x[1], x[0] ** 2 + np.exp(-x[1])])
            ),
            slip("one term", lambda x: np.array([2 * x[0] * x[1], x[0] ** 2])),
            slip("factor", lambda x: 2 * _opaque_grad(x), "fd-only"),
            slip("reversed", lambda x: _opaque_grad(x)[::-1], "fd-only"),
            *made(_opaque_grad, "one entry"),
        ),
    ),
    Case(
        "masks",
        _masked,
        _masked_grad,
        (_U,),
        ((np.array([0.6, 0.4, 100.0]),), (np.array([1e8, 0.0, -1e-8]),)),
        (
            slip("mask turned round", lambda x: np.where(x > 0.5, 2 * x, 0.5 / np.sqrt(np.abs(x)))),
            slip(
                "masked entries dropped", lambda x: np.where(x > 0.5, 0.5 / np.sqrt(np.abs(x)), 0.0)
            ),
            *made(_masked_grad, "sign"),
        ),
        moves=False,
    ),
    Case(
        "weights by rank",
        _sorted,
        _sorted_grad,
        (_U,),
        ((np.array([3.0, 1.0, 2.0]),), (np.array([1.0, 1.0 + 1e-13, -5.0]),)),
        (
            slip("weights in the given order", lambda x: np.array([1.0, 2.0, 4.0])),
            slip("ranks turned round", lambda x: _sorted_grad(-x)),
            *made(_sorted_grad, "sign", "rolled"),
        ),
        moves=False,
    ),
    Case(
        "claims with side effects",
        lambda x: x @ x,
        lambda x: 2 * x,
        (_V,),
        ((np.zeros(2),), (1e150 * _V,)),
        (
            slip("keeps state", Stateful(), "NONDETERMINISTIC"),
            slip("writes into its input", _writes, "MUTATES-INPUT"),
            slip("wrong shape", lambda x: np.array([2 * x])),
            slip("too short", lambda x: 2 * x[:1]),
            slip("no numbers", lambda x: None),
            slip("text", lambda x: "2x"),
        ),
    ),
)
