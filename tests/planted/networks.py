"""Layers and losses of neural networks, and steps of differential equations.

Kinds that public trackers report: statistics of a normalisation taken as constants (CrypTen
#143), the softmax jacobian applied without its off-diagonal part (jorgenkg/python-neural-network
#6). A normalisation by the batch that is done twice is from experience.
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_W = np.array([[0.5, -0.3, 0.8], [-0.2, 0.9, 0.1]])
_H = np.array([0.4, -1.1, 0.7])
_C = np.array([0.2, -0.5])
_ONEHOT = np.array([0.0, 1.0, 0.0])


def _layer(w):
    return np.sum(_C * np.tanh(w @ _H))


def _layer_grad(w):
    return np.outer(_C * (1 - np.tanh(w @ _H) ** 2), _H)


def _two_layers(x):
    return np.sum(np.tanh(_W.T @ np.tanh(_W @ x)))


def _two_layers_grad(x):
    a = np.tanh(_W @ x)
    b = np.tanh(_W.T @ a)
    return _W.T @ ((_W @ (1 - b**2)) * (1 - a**2))


def _cross_entropy(z):
    m = np.max(z)
    return m + np.log(np.sum(np.exp(z - m))) - _ONEHOT @ z


def _cross_entropy_grad(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e) - _ONEHOT


def _layer_norm(x):
    y = (x - np.mean(x)) / np.sqrt(np.var(x) + 1e-5)
    return y @ _H


def _layer_norm_grad(x):
    s = np.sqrt(np.var(x) + 1e-5)
    y = (x - np.mean(x)) / s
    return (_H - np.mean(_H) - y * np.mean(_H * y)) / s


def _gelu(x):
    return np.sum(0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))))


def _gelu_grad(x):
    u = 0.7978845608028654 * (x + 0.044715 * x**3)
    t = np.tanh(u)
    du = 0.7978845608028654 * (1 + 0.134145 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * du


def _attention(q):
    s = _W @ q
    e = np.exp(s - np.max(s))
    return (e / np.sum(e)) @ _C


def _attention_grad(q):
    s = _W @ q
    e = np.exp(s - np.max(s))
    p = e / np.sum(e)
    return _W.T @ (p * _C - p * (p @ _C))


def _euler(x):
    a, v = x[0], x[1]
    for _ in range(5):
        a, v = a + 0.1 * v, v - 0.1 * np.sin(a)
    return a * a + v * v


def _euler_grad(x):
    a, v, path = x[0], x[1], []
    for _ in range(5):
        path.append(a)
        a, v = a + 0.1 * v, v - 0.1 * np.sin(a)
    ga, gv = 2 * a, 2 * v
    for a in reversed(path):
        ga, gv = ga - 0.1 * np.cos(a) * gv, gv + 0.1 * ga
    return np.array([ga, gv])


def _euler_stale(x):
    a, v, path = x[0], x[1], []
    for _ in range(5):
        path.append(a)
        a, v = a + 0.1 * v, v - 0.1 * np.sin(a)
    ga, gv = 2 * a, 2 * v
    for a in reversed(path):
        ga = ga - 0.1 * np.cos(a) * gv
        gv = gv + 0.1 * ga
    return np.array([ga, gv])


def _hinge(w):
    return np.sum(np.maximum(0.0, 1.0 - w * np.array([1.0, -1.0, 2.0])))


def _hinge_grad(w):
    s = np.array([1.0, -1.0, 2.0])
    return np.where(w * s < 1.0, -s, 0.0)


CASES = (
    Case(
        "dense layer",
        _layer,
        _layer_grad,
        (_W,),
        ((np.zeros((2, 3)),), (8.0 * _W,)),
        (
            slip("activation forgotten", lambda w: np.outer(_C, _H), "missing-local-derivative"),
            slip(
                "activation's value",
                lambda w: np.outer(_C * np.tanh(w @ _H), _H),
            ),
            slip(
                "square of the wrong thing",
                lambda w: np.outer(_C * (1 - (w @ _H) ** 2), _H),
            ),
            slip("inputs summed", lambda w: np.outer(_C * (1 - np.tanh(w @ _H) ** 2), _H * 0 + 1)),
            *made(_layer_grad, "sign", "factor", "one entry"),
        ),
    ),
    Case(
        "two layers",
        _two_layers,
        _two_layers_grad,
        (_H,),
        ((np.zeros(3),), (4 * _H,)),
        (
            slip(
                "inner activation forgotten",
                lambda x: _W.T @ (_W @ (1 - np.tanh(_W.T @ np.tanh(_W @ x)) ** 2)),
                "missing-local-derivative",
            ),
            slip(
                "outer activation forgotten",
                lambda x: _W.T @ ((_W @ np.ones(3)) * (1 - np.tanh(_W @ x) ** 2)),
                "missing-local-derivative",
            ),
            *made(_two_layers_grad, "sign", "rolled"),
        ),
    ),
    Case(
        "cross entropy",
        _cross_entropy,
        _cross_entropy_grad,
        (_H,),
        ((np.zeros(3),), (np.array([500.0, -500.0, 0.0]),), (np.array([2.0, 2.0, 2.0]),)),
        (
            slip("label forgotten", lambda z: _cross_entropy_grad(z) + _ONEHOT, "missing-path"),
            slip("one minus", lambda z: -_cross_entropy_grad(z), "sign-flipped"),
            slip("label added", lambda z: _cross_entropy_grad(z) + 2 * _ONEHOT, "sign-flipped"),
            slip("batch divided twice", lambda z: _cross_entropy_grad(z) / 3, "constant-factor"),
            *made(_cross_entropy_grad, "reversed"),
        ),
    ),
    Case(
        "layer norm",
        _layer_norm,
        _layer_norm_grad,
        (np.array([0.5, -1.0, 2.0]),),
        ((np.array([1.0, 1.0, 1.0]),), (np.array([100.0, -100.0, 3.0]),)),
        (
            slip(
                "statistics taken as constants",
                lambda x: _H / np.sqrt(np.var(x) + 1e-5),
                "missing-path",
            ),
            slip(
                "variance taken as a constant",
                lambda x: (_H - np.mean(_H)) / np.sqrt(np.var(x) + 1e-5),
                "missing-path",
            ),
            *made(_layer_norm_grad, "sign", "thousandth"),
        ),
    ),
    Case(
        "gelu by tanh",
        _gelu,
        _gelu_grad,
        (_H,),
        ((np.zeros(3),), (np.array([1.5, -1.5, 1e-9]),)),
        (
            slip(
                "cubic term forgotten",
                lambda x: (
                    0.5 * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))
                    + 0.5
                    * x
                    * (1 - np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)) ** 2)
                    * 0.7978845608028654
                ),
            ),
            slip(
                "first term only",
                lambda x: 0.5 * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))),
                "missing-path",
            ),
            *made(_gelu_grad, "sign", "tiny"),
        ),
    ),
    Case(
        "attention",
        _attention,
        _attention_grad,
        (_H,),
        ((np.zeros(3),), (3.0 * _H,)),
        (
            slip(
                "diagonal of the softmax only",
                lambda q: (
                    _W.T
                    @ (
                        np.exp(_W @ q)
                        / np.sum(np.exp(_W @ q))
                        * _C
                        * (1 - np.exp(_W @ q) / np.sum(np.exp(_W @ q)))
                    )
                ),
            ),
            slip(
                "off-diagonal part forgotten",
                lambda q: _W.T @ (np.exp(_W @ q) / np.sum(np.exp(_W @ q)) * _C),
            ),
            *made(_attention_grad, "sign", "half", "rolled"),
        ),
    ),
    Case(
        "Euler steps",
        _euler,
        _euler_grad,
        (np.array([1.0, 0.3]),),
        ((np.zeros(2),), (np.array([np.pi, 0.0]),), (np.array([1e-200, 1.0]),)),
        (
            slip("adjoint used before its update", _euler_stale),
            slip("one step only", lambda x: np.array([2 * x[0], 2 * x[1]])),
            *made(_euler_grad, "sign", "rolled", "thousandth"),
        ),
    ),
    Case(
        "hinge loss",
        _hinge,
        _hinge_grad,
        (np.array([0.3, 0.4, 0.1]),),
        ((np.array([1.0, -1.0, 0.5]),), (np.array([1 + 1e-12, 0.0, 5.0]),)),
        (
            slip(
                "margin at zero", lambda w: np.where(w * np.array([1.0, -1.0, 2.0]) < 0, -1.0, 0.0)
            ),
            slip("label forgotten", lambda w: np.where(_hinge_grad(w) != 0, -1.0, 0.0)),
            *made(_hinge_grad, "sign", "factor"),
        ),
        moves=False,
    ),
)
