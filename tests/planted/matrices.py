"""Matrix calculus: transposes, inverses, traces, determinants, norms.

Kinds that public trackers report: an inverse that is not transposed in its pullback
(pytorch.github.io #2135), a quadratic form differentiated as if its matrix were symmetric
(distillpub/post--momentum #76), the gradient of a norm at zero (PyTorch #2421, autograd #151).
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_A = np.array([[2.0, 0.5, -1.0], [0.3, 1.5, 0.2], [-0.4, 0.7, 1.8]])
_B = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 3.0], [2.0, 1.0, -1.0]])
_x = np.array([1.0, -2.0, 0.5])
_S = _A @ _A.T
_SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])


def _quadratic(x):
    return x @ _A @ x


def _quadratic_grad(x):
    return (_A + _A.T) @ x


def _form(a):
    return _x @ a @ _B[2]


def _trace_product(x):
    return np.trace(_A @ x)


def _trace_square(x):
    return np.trace(x @ x)


def _determinant(x):
    return np.linalg.det(x)


def _cofactors(x):
    c = np.empty_like(x)
    for i in range(3):
        for j in range(3):
            m = np.delete(np.delete(x, i, 0), j, 1)
            c[i, j] = (-1) ** (i + j) * (m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])
    return c


def _logdet(x):
    return np.linalg.slogdet(x)[1]


def _logdet_grad(x):
    return np.linalg.inv(x).T


def _inverse_form(x):
    return _x @ np.linalg.inv(x) @ _B[0]


def _inverse_form_grad(x):
    inv = np.linalg.inv(x)
    return -np.outer(inv.T @ _x, inv @ _B[0])


def _solve_norm(x):
    y = np.linalg.solve(x, _x)
    return y @ y


def _solve_norm_grad(x):
    y = np.linalg.solve(x, _x)
    return -np.outer(np.linalg.solve(x.T, 2 * y), y)


def _frobenius(x):
    return np.linalg.norm(x)


def _frobenius_grad(x):
    n = np.linalg.norm(x)
    return x / n if n else np.zeros_like(x)


def _least_squares(w):
    r = _A @ w - _B[0]
    return 0.5 * r @ r


def _least_squares_grad(w):
    return _A.T @ (_A @ w - _B[0])


def _outer(u, v):
    return np.sum(np.outer(u, v) * _A)


CASES = (
    Case(
        "quadratic form",
        _quadratic,
        _quadratic_grad,
        (_x,),
        ((np.zeros(3),), (1e150 * _x,), (1e-150 * _x,)),
        (
            slip("symmetric A assumed", lambda x: 2 * _A @ x),
            slip("transpose only", lambda x: _A.T @ x, "missing-path"),
            slip("A only", lambda x: _A @ x, "missing-path"),
            *made(_quadratic_grad, "sign", "factor", "rolled", "one entry"),
        ),
    ),
    Case(
        "bilinear form",
        _form,
        lambda a: np.outer(_x, _B[2]),
        (_A,),
        ((np.zeros((3, 3)),), (1e200 * _A,)),
        (
            *made(lambda a: np.outer(_x, _B[2]), "transposed", "sign", "symmetrised"),
            slip("elementwise", lambda a: np.diag(_x * _B[2])),
            slip("times A", lambda a: np.outer(_x, _B[2]) * a),
        ),
    ),
    Case(
        "trace of a product",
        _trace_product,
        lambda x: _A.T.copy(),
        (_B,),
        ((np.zeros((3, 3)),), (_SINGULAR,)),
        (
            slip("not transposed", lambda x: _A.copy(), "transposed"),
            slip("identity", lambda x: np.eye(3)),
            slip("diagonal", lambda x: np.diag(np.diag(_A))),
            *made(lambda x: _A.T.copy(), "sign", "factor"),
        ),
    ),
    Case(
        "trace of a square",
        _trace_square,
        lambda x: 2 * x.T,
        (_B,),
        ((np.zeros((3, 3)),), (_SINGULAR,)),
        (
            slip("not transposed", lambda x: 2 * x, "transposed"),
            slip("one factor", lambda x: x.T, "constant-factor", "missing-path"),
            *made(lambda x: 2 * x.T, "sign", "symmetrised"),
        ),
    ),
    Case(
        "determinant",
        _determinant,
        _cofactors,
        (_A,),
        ((_SINGULAR,), (np.eye(3),), (np.zeros((3, 3)),)),
        (
            slip("adjugate", lambda x: _cofactors(x).T, "transposed"),
            slip("inverse transposed", lambda x: np.linalg.inv(x).T),
            slip("det times inverse", lambda x: np.linalg.det(x) * np.linalg.inv(x), "transposed"),
            *made(_cofactors, "sign", "factor", "one entry"),
        ),
    ),
    Case(
        "log-determinant",
        _logdet,
        _logdet_grad,
        (_A,),
        ((np.eye(3),), (1e-50 * _A,), (-_A,)),
        (
            slip("not transposed", np.linalg.inv, "transposed"),
            slip("of the determinant", _cofactors),
            slip(
                "counted for symmetric",
                lambda x: 2 * _logdet_grad(x) - np.diag(np.diag(_logdet_grad(x))),
            ),
            *made(_logdet_grad, "sign", "half"),
        ),
    ),
    Case(
        "inverse in a form",
        _inverse_form,
        _inverse_form_grad,
        (_A,),
        ((np.eye(3),), (1e3 * _A,)),
        (
            slip("sign of the inverse", lambda x: -_inverse_form_grad(x), "sign-flipped"),
            slip("one inverse", lambda x: -np.outer(_x, np.linalg.inv(x) @ _B[0])),
            slip(
                "not transposed inside",
                lambda x: -np.outer(np.linalg.inv(x) @ _x, np.linalg.inv(x) @ _B[0]),
            ),
            *made(_inverse_form_grad, "transposed", "thousandth"),
        ),
    ),
    Case(
        "norm of a solution",
        _solve_norm,
        _solve_norm_grad,
        (_A,),
        ((np.eye(3),), (np.diag([1e-3, 1.0, 1e3]),)),
        (
            slip(
                "adjoint solve not transposed",
                lambda x: (
                    -np.outer(
                        np.linalg.solve(x, 2 * np.linalg.solve(x, _x)), np.linalg.solve(x, _x)
                    )
                ),
            ),
            slip("two forgotten", lambda x: 0.5 * _solve_norm_grad(x), "constant-factor"),
            *made(_solve_norm_grad, "sign", "transposed"),
        ),
    ),
    Case(
        "Frobenius norm",
        _frobenius,
        _frobenius_grad,
        (_A,),
        ((np.zeros((3, 3)),), (1e-160 * _A,), (1e150 * _A,)),
        (
            slip("not divided", lambda x: x),
            slip("of the square", lambda x: 2 * x),
            slip("constant", lambda x: np.ones_like(x) / 3.0),
            *made(_frobenius_grad, "sign", "transposed", "tiny"),
        ),
    ),
    Case(
        "least squares",
        _least_squares,
        _least_squares_grad,
        (_x,),
        ((np.linalg.solve(_A, _B[0]),), (np.zeros(3),), (1e10 * _x,)),
        (
            slip("A for its transpose", lambda w: _A @ (_A @ w - _B[0])),
            slip("residual turned round", lambda w: _A.T @ (_B[0] - _A @ w), "sign-flipped"),
            slip("data forgotten", lambda w: _A.T @ _A @ w),
            slip("residual itself", lambda w: _A @ w - _B[0], "missing-local-derivative"),
            *made(_least_squares_grad, "factor"),
        ),
    ),
    Case(
        "outer product",
        _outer,
        lambda u, v: (_A @ v, _A.T @ u),
        (_x, _B[0]),
        ((np.zeros(3), _x), (_x, np.zeros(3))),
        (
            *made(lambda u, v: (_A @ v, _A.T @ u), "swapped", "sign", "factor"),
            slip("transposes exchanged", lambda u, v: (_A.T @ v, _A @ u)),
        ),
    ),
)
