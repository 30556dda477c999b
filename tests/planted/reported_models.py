"""Wrong gradients of models and of linear algebra that public trackers report.

Each case names the reports it is written after; the cases are our own.
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
_A = np.array([[2.0, 0.5, -1.0], [0.3, 1.5, 0.2], [-0.4, 0.7, 1.8]])
_b = np.array([1.0, -2.0, 0.5])
_w = np.array([0.3, -1.0, 2.0])
_X = np.array([[1.0, 0.3], [1.0, -1.2], [1.0, 0.8], [1.0, 2.0]])
_Y = np.array([0.4, 2.1, 0.9, 3.3])
_SCALE = 0.7
_TRIALS = 10.0
_T = np.array([[0.0, 0.2], [0.7, -0.5], [1.1, 0.9]])
_D = np.array([0.3, 1.2, -0.5])


def _minor(x):
    return x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0]


def _determinant(x):
    return np.linalg.det(x)


def _cofactors(x):
    return np.array([[x[1, 1], -x[1, 0]], [-x[0, 1], x[0, 0]]])


def _packed(v):
    return np.array([[v[0], v[1]], [v[1], v[2]]])


def _logdet(v):
    return np.log(v[0] * v[2] - v[1] ** 2)


def _logdet_grad(v):
    return np.array([v[2], -2 * v[1], v[0]]) / (v[0] * v[2] - v[1] ** 2)


def _lower(v):
    return np.array([v[2], -v[1], v[0]]) / (v[0] * v[2] - v[1] ** 2)


def _solution(a, b):
    return _w @ np.linalg.solve(a, b)


def _solution_grad(a, b):
    y = np.linalg.solve(a.T, _w)
    return -np.outer(y, np.linalg.solve(a, b)), y


def _gamma(b):
    eta = _X @ b
    return -np.sum(_Y * np.exp(-eta) + eta) / _SCALE


def _gamma_score(b):
    return _X.T @ (_Y * np.exp(-(_X @ b)) - 1.0) / _SCALE


def _variance(mu):
    return np.sum(mu * (1.0 - mu / _TRIALS))


def _variance_grad(mu):
    return 1.0 - 2.0 * mu / _TRIALS


def _kernel(log_ell):
    z = _T * np.exp(-log_ell)
    d2 = np.sum((z[:, None, :] - z[None, :, :]) ** 2, axis=2)
    return _D @ np.exp(-0.5 * d2) @ _D


def _kernel_parts(log_ell):
    z = _T * np.exp(-log_ell)
    sides = (z[:, None, :] - z[None, :, :]) ** 2
    k = np.exp(-0.5 * np.sum(sides, axis=2))
    return np.array([_D @ (k * sides[:, :, i]) @ _D for i in range(2)])


def _kernel_grad(log_ell):
    return np.sum(_kernel_parts(log_ell))


def _huber(r):
    a = np.abs(r)
    return _w @ np.where(a <= 1.0, 0.5 * r**2, a - 0.5)


def _huber_grad(r):
    return _w * np.clip(r, -1.0, 1.0)


def _mixture(z):
    e = np.exp(z - np.max(z))
    return _w @ (e / np.sum(e))


def _mixture_grad(z):
    e = np.exp(z - np.max(z))
    p = e / np.sum(e)
    return p * (_w - p @ _w)


def _softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def _shared(x, b):
    return np.sum((x + b) ** 2 * np.arange(1.0, 7.0).reshape(2, 3))


def _shared_grad(x, b):
    g = 2 * (x + b) * np.arange(1.0, 7.0).reshape(2, 3)
    return g, np.sum(g, axis=1, keepdims=True)


CASES = (
    # JAX #2380, TensorFlow #119477, PyTorch #80761, autograd #549: det(A) times the inverse.
    Case(
        "determinant of a singular matrix",
        _determinant,
        _cofactors,
        (_SINGULAR,),
        ((np.zeros((2, 2)),), (1e-150 * _SINGULAR,), (np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]]),)),
        (
            slip("determinant times an inverse", lambda x: _minor(x) * np.linalg.pinv(x).T),
            slip("inverse does not exist", lambda x: _cofactors(x) / _minor(x) * _minor(x)),
            slip("adjugate's sign", lambda x: np.abs(_cofactors(x))),
            *made(_cofactors, "sign", "thousandth"),
        ),
        moves=False,
    ),
    # PyTorch #30578 and #18825: a symmetric matrix by its triangle; the entry beside the
    # diagonal stands for two.
    Case(
        "log-determinant of a packed symmetric matrix",
        _logdet,
        _logdet_grad,
        (np.array([2.0, 0.5, 1.5]),),
        (
            (np.array([1.0, 0.0, 1.0]),),
            (np.array([1.0, 1.0 - 1e-6, 1.0]),),
            (1e-100 * np.ones(3) + np.array([1e-100, 0, 0]),),
        ),
        (
            slip("entry beside the diagonal once", _lower),
            slip("diagonal twice", lambda v: 2 * _lower(v) * np.array([1.0, 1.0, 1.0])),
            slip("not divided", lambda v: np.array([v[2], -2 * v[1], v[0]])),
            *made(_logdet_grad, "sign", "rolled"),
        ),
    ),
    # tenferro-rs #772: the matrix of a solve gets nothing.
    Case(
        "solve with a matrix that moves",
        _solution,
        _solution_grad,
        (_A, _b),
        ((np.eye(3), np.zeros(3)), (np.diag([1e-3, 1.0, 1e3]), _b), (1e50 * _A, _b)),
        (
            slip("nothing for the matrix", lambda a, b: (0 * a, _solution_grad(a, b)[1])),
            slip(
                "matrix not transposed",
                lambda a, b: (_solution_grad(a, b)[0], np.linalg.solve(a, _w)),
            ),
            slip(
                "transposed for the matrix",
                lambda a, b: (_solution_grad(a, b)[0].T, _solution_grad(a, b)[1]),
            ),
            *made(_solution_grad, "sign", "tiny"),
        ),
    ),
    # statsmodels #4616: scores of the gamma family that do not know of the scale.
    Case(
        "gamma regression with a scale",
        _gamma,
        _gamma_score,
        (np.array([0.1, 0.3]),),
        ((np.zeros(2),), (np.array([10.0, -3.0]),), (np.log([1.675, 1.0]),)),
        (
            slip("scale forgotten", lambda b: _SCALE * _gamma_score(b), "constant-factor"),
            slip("scale squared", lambda b: _gamma_score(b) / _SCALE, "constant-factor"),
            slip("scale times", lambda b: _SCALE**2 * _gamma_score(b), "constant-factor"),
            slip("one forgotten", lambda b: _X.T @ (_Y * np.exp(-(_X @ b))) / _SCALE),
            *made(_gamma_score, "sign", "one entry"),
        ),
    ),
    # statsmodels #9862: right for one trial, wrong by the number of trials else.
    Case(
        "binomial variance",
        _variance,
        _variance_grad,
        (np.array([5.0, 2.0, 7.5]),),
        ((np.array([5.0, 0.0, 10.0]),), (np.array([1e-200, 5.0 + 1e-12, 1e100]),)),
        (
            slip("one trial", lambda mu: 1.0 - 2.0 * mu),
            slip("two forgotten", lambda mu: 1.0 - mu / _TRIALS),
            *made(_variance_grad, "sign", "times n"),
        ),
    ),
    # GPy #21: parameters that are tied to one; scikit-learn #11113 and #18702: a right
    # gradient by the logarithm of a length looks wrong to who expects one by the length.
    Case(
        "kernel with tied lengths",
        _kernel,
        _kernel_grad,
        (0.2,),
        ((0.0,), (6.0,), (-2.5,)),
        (
            slip("one of the tied lengths", lambda t: _kernel_parts(t)[0]),
            slip(
                "mean of the tied lengths", lambda t: np.mean(_kernel_parts(t)), "constant-factor"
            ),
            slip("by the length, not its logarithm", lambda t: _kernel_grad(t) * np.exp(-t)),
            *made(_kernel_grad, "sign", "thousandth"),
        ),
    ),
    # chainer #1178: the incoming cotangent is not looked at.
    Case(
        "weighted Huber losses",
        _huber,
        _huber_grad,
        (np.array([0.4, -3.0, 1.7]),),
        ((np.array([1.0, -1.0, 0.0]),), (np.array([1 + 1e-12, 1e-200, -1e200]),)),
        (
            slip("weights not looked at", lambda r: np.clip(r, -1.0, 1.0)),
            slip("threshold of the signed residual", lambda r: _w * np.where(r <= 1.0, r, 1.0)),
            *made(_huber_grad, "sign", "rolled"),
        ),
    ),
    # jorgenkg/python-neural-network #6: the sigmoid's derivative; darknet #96: copied.
    Case(
        "softmax inside a sum",
        _mixture,
        _mixture_grad,
        (np.array([0.4, -1.1, 0.7]),),
        ((np.zeros(3),), (np.array([500.0, 0.0, -500.0]),), (np.array([30.0, 30.0, 0.0]),)),
        (
            slip("like the sigmoid", lambda z: _w * _softmax(z) * (1 - _softmax(z))),
            slip("copied", lambda z: _w + 0 * z),
            slip("mean not weighted", lambda z: _softmax(z) * (_w - np.mean(_w))),
            *made(_mixture_grad, "sign", "reversed"),
        ),
    ),
    # nd4j #2424, Gen.jl #432: a broadcast dimension is not summed, or another one is.
    Case(
        "a column shared by all columns",
        _shared,
        _shared_grad,
        (np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]), np.array([[0.1], [-0.4]])),
        ((np.zeros((2, 3)), np.zeros((2, 1))), (1e150 * np.ones((2, 3)), np.ones((2, 1)))),
        (
            slip("not summed", lambda x, b: (_shared_grad(x, b)[0],) * 2),
            slip(
                "first column only",
                lambda x, b: (_shared_grad(x, b)[0], _shared_grad(x, b)[0][:, :1]),
            ),
            slip(
                "mean of the columns",
                lambda x, b: (_shared_grad(x, b)[0], _shared_grad(x, b)[1] / 3),
            ),
            slip(
                "all summed",
                lambda x, b: (
                    _shared_grad(x, b)[0],
                    np.sum(_shared_grad(x, b)[0]) * np.ones((2, 1)),
                ),
            ),
            *made(_shared_grad, "factor"),
        ),
    ),
)
