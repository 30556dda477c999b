"""Determinants and their logarithms, and the cofactor matrix that is their derivative.

May import `axes`, `elimination`, `op`, `rule` and NumPy. The derivative of det(A) is the
matrix of its cofactors, which exists for singular matrices too; ``det(A)·inv(A)'`` does
not. To float64 the cofactors are computed in three ways: polynomials up to 3×3, the
inverse where the matrix is well-conditioned, the singular value decomposition else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import multiply_reduce, shape_of
from gradcli.ops.linalg import elimination
from gradcli.ops.op import Composite, Domain, Kink, Op, call
from gradcli.ops.rule import ZERO, Custom, Flat

# Above this condition number `det·inv'` loses more digits than the decomposition does.
_WELL_CONDITIONED = 1e4

_A2 = [[1.0, 2.0], [3.0, 4.0]]
_A3 = [[2.0, 1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 1.5, -4.0]]
_A4 = [[2.0, 1.0, 0.5, 0.0], [-1.0, 3.0, 0.25, 1.0], [0.5, 1.5, -4.0, 2.0], [1.0, 0.0, 2.0, 5.0]]
_BATCH = [_A2, [[0.5, -1.0], [2.0, 7.0]]]


def matrix_transpose(x: Any) -> Any:
    """Return the transpose of the last two axes."""
    return x.T if len(x.shape) == 2 else np.swapaxes(x, -1, -2)


def _over_matrices(g: Any) -> Any:
    """Return a batch of numbers shaped to multiply a batch of matrices."""
    return g[..., None, None] if shape_of(g) else g


def _frobenius(a: Any, b: Any) -> Any:
    """Return the inner product of matrices, for each of a batch."""
    return np.sum(a * b, axis=(-2, -1))


def _polynomial_cofactors(x: Any) -> Any:
    """Return the cofactors of 1×1, 2×2 or 3×3 matrices as polynomials of the entries."""
    n = x.shape[-1]
    if n == 1:
        return np.ones(x.shape)
    if n == 2:
        rows = [[x[..., 1, 1], -x[..., 1, 0]], [-x[..., 0, 1], x[..., 0, 0]]]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
    r0, r1, r2 = x[..., 0, :], x[..., 1, :], x[..., 2, :]
    return np.stack([np.cross(r1, r2), np.cross(r2, r0), np.cross(r0, r1)], axis=-2)


def _exclusive_products(s: Any) -> Any:
    """Return, for each of the numbers in the last axis, the product of the others."""
    n = s.shape[-1]
    kept = [np.delete(s, i, axis=-1) for i in range(n)]
    return np.stack([multiply_reduce(k, -1) for k in kept], axis=-1)


def _decomposed_cofactors(x: Any) -> Any:
    """Return cofactors from ``U diag(s) V'``: those of diag(s), turned back."""
    u, s, vt = np.linalg.svd(x)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return sign[..., None, None] * ((u * _exclusive_products(s)[..., None, :]) @ vt)


def _float_cofactors(x: Any) -> Any:
    """Return the cofactors of a batch of float64 matrices."""
    x = np.asarray(x)
    if x.shape[-1] <= 3 or not x.size:
        return _polynomial_cofactors(x) if x.size else np.zeros(x.shape)
    if not np.isfinite(x).all():
        return np.full(x.shape, np.nan)
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return _decomposed_cofactors(x)
    size = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    if not (size < _WELL_CONDITIONED).all():
        return _decomposed_cofactors(x)
    return _over_matrices(np.linalg.det(x)) * np.swapaxes(inverse, -1, -2)


def _float_turn(x: Any, t: Any) -> Any:
    """Return the derivative of the cofactors in direction `t`, for float64 matrices.

    With ``x = U diag(s) V'`` and ``t = U T V'`` it is that of diag(s): off the diagonal
    ``-T[j,i]·p[i,j]``, on it the sum of ``T[j,j]·p[i,j]``, where p[i,j] is the product of
    all s but the i-th and the j-th.
    """
    x, t = np.broadcast_arrays(np.asarray(x), np.asarray(t))
    n = x.shape[-1]
    if n == 1 or not x.size:
        return np.zeros(x.shape)
    u, s, vt = np.linalg.svd(x)
    turned = np.swapaxes(u, -1, -2) @ t @ np.swapaxes(vt, -1, -2)
    pairs = np.zeros(x.shape)
    for i in range(n):
        for j in range(n):
            if i != j:
                pairs[..., i, j] = multiply_reduce(np.delete(s, [i, j], axis=-1), -1)
    inner = -np.swapaxes(turned, -1, -2) * pairs
    diagonal = np.diagonal(turned, axis1=-2, axis2=-1)
    inner[..., np.arange(n), np.arange(n)] = (pairs @ diagonal[..., None])[..., 0]
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return sign[..., None, None] * (u @ inner @ vt)


def _turn_form(m: Any, x: Any, t: Any) -> Any:
    """Return the derivative of the cofactors: minors of minors, exact for any matrix."""

    def turned(pair: list[list[Any]]) -> list[list[Any]]:
        n = len(pair) // 2
        a, d = pair[:n], pair[n:]
        rows: list[list[Any]] = []
        for i in range(n):
            kept = [r for k, r in enumerate(a) if k != i]
            change = [r for k, r in enumerate(d) if k != i]
            rows.append([_minor_change(m, kept, change, j) * (-1) ** (i + j) for j in range(n)])
        return rows

    both = np.concatenate(np.broadcast_arrays(x, t), axis=-2)
    return elimination.each_matrix(turned, both)


def _minor_change(m: Any, rows: list[list[Any]], change: list[list[Any]], j: int) -> Any:
    """Return the derivative of the minor without column `j` when the rows change."""
    a = [row[:j] + row[j + 1 :] for row in rows]
    d = [row[:j] + row[j + 1 :] for row in change]
    total = m.convert(0)
    for k in range(len(a)):
        total = total + elimination.determinant(m, [*a[:k], d[k], *a[k + 1 :]])
    return total


def _third_pull(g: Any, x: Any, t: Any) -> Any:
    """Return the cotangent of `x` in `cofactor_turn`, through inverses (nonsingular x only).

    ``<g, turn(x, t)> = det(x)·(tr P·tr Q - tr(P Q))`` with ``P = x⁻¹g``, ``Q = x⁻¹t``.
    """
    inv = np.linalg.inv(x)
    p, q = np.matmul(inv, g), np.matmul(inv, t)
    tr_p = np.trace(p, axis1=-2, axis2=-1)[..., None, None]
    tr_q = np.trace(q, axis1=-2, axis2=-1)[..., None, None]
    pq = np.matmul(p, q)
    value = tr_p * tr_q - np.trace(pq, axis1=-2, axis2=-1)[..., None, None]
    change = tr_q * p + tr_p * q - pq - np.matmul(q, p)
    inner = value * inv - np.matmul(change, inv)
    return matrix_transpose(inner) * np.linalg.det(x)[..., None, None]


cofactor_turn: Op = Op(
    "cofactor_turn",
    _float_turn,
    Custom(
        (lambda g, y, x, t: _third_pull(g, x, t), lambda g, y, x, t: cofactor_turn(x, g)),
        # The third derivative of det is symmetric: pushing along x is pulling back through it.
        lambda ts, y, x, t: (
            (0.0 if ts[0] is None else _third_pull(ts[0], x, t))
            + (0.0 if ts[1] is None else cofactor_turn(x, ts[1]))
        ),
    ),
    arrays=2,
    form=_turn_form,
    samples=(call(_A3, _A3[::-1]), call(_A4, _A4[::-1]), call(_BATCH, _BATCH)),
    doc="Derivative of the cofactor matrix in a direction.",
)


def _cofactor_pull(g: Any, y: Any, x: Any) -> Any:
    """Return the derivative along `g`: the Hessian of det is symmetric."""
    return cofactor_turn(x, g)


cofactor = Op(
    "cofactor",
    _float_cofactors,
    Custom((_cofactor_pull,), lambda ts, y, x: cofactor_turn(x, ts[0])),
    form=lambda m, x: elimination.each_matrix(lambda a: elimination.cofactors(m, a), x),
    samples=(call(_A2), call(_A3), call(_A4), call(_BATCH), call([[1.0, 2.0], [2.0, 4.0]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Matrix of signed minors, the derivative of det; right for singular matrices.",
)


def cofactors(x: Any) -> Any:
    """Return the cofactor matrix; as polynomials of the entries where these are few.

    Polynomials are differentiable to any order at any matrix.
    """
    if type(x) is not np.ndarray and x.shape[-1] <= 3:
        return _polynomial_cofactors(x)
    return cofactor(x)


det = Op(
    "det",
    np.linalg.det,
    Custom(
        (lambda g, y, x: _over_matrices(g) * cofactors(x),),
        lambda ts, y, x: _frobenius(ts[0], cofactors(x)),
    ),
    numpy=(np.linalg.det,),
    form=lambda m, x: elimination.each_matrix(lambda a: elimination.determinant(m, a), x),
    samples=(call(_A2), call(_A3), call(_A4), call(_BATCH), call([[1.0, 2.0], [2.0, 4.0]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Determinant; its derivative is the cofactor matrix.",
    source="Jacobi's formula",
)


def _inverse_or_nan(x: Any) -> Any:
    """Return the inverse; NaN for a singular float64 matrix, so that a rule never raises."""
    if type(x) is not np.ndarray:
        return np.linalg.inv(x)
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return np.full(x.shape, np.nan)


def _log_pull(g: Any, y: Any, x: Any) -> Any:
    """Return ``g·x⁻¹'``, NaN where the logarithm is."""
    return _over_matrices(np.where(y == y, g, np.nan)) * matrix_transpose(_inverse_or_nan(x))  # noqa: PLR0124


def _log_push(ts: Any, y: Any, x: Any) -> Any:
    slope = matrix_transpose(_inverse_or_nan(x))
    return np.where(y == y, _frobenius(ts[0], slope), np.nan)  # noqa: PLR0124


def _logabsdet_form(m: Any, x: Any) -> Any:
    def log(a: Any) -> Any:
        d = elimination.determinant(m, a)
        if m.symbolic:
            return m.log(m.sqrt(d * d))
        return m.log(abs(d)) if d != 0 else m.convert(float("-inf"))

    return elimination.each_matrix(log, x)


def _logdet(x: Any) -> Any:
    sign, log = np.linalg.slogdet(x)
    return np.where(sign >= 0, log, np.nan)[()]


def _logdet_form(m: Any, x: Any) -> Any:
    def log(a: Any) -> Any:
        d = elimination.determinant(m, a)
        if m.symbolic or d > 0:
            return m.log(d)
        return m.convert(float("-inf" if d == 0 else "nan"))

    return elimination.each_matrix(log, x)


def _sign_form(m: Any, x: Any) -> Any:
    def sign(a: Any) -> Any:
        d = elimination.determinant(m, a)
        return m.where(m.gt(d, 0), m.convert(1), m.where(m.lt(d, 0), m.convert(-1), d))

    return elimination.each_matrix(sign, x)


logabsdet = Op(
    "logabsdet",
    lambda x: np.linalg.slogdet(x)[1],
    Custom((_log_pull,), _log_push),
    form=_logabsdet_form,
    domain=Domain("a nonsingular matrix", lambda x: np.linalg.det(x) != 0),
    samples=(call(_A2), call(_A3), call(_BATCH)),
    bad=(call([1.0, 2.0]),),
    doc="Logarithm of the absolute value of the determinant.",
)
logdet = Op(
    "logdet",
    _logdet,
    Custom((_log_pull,), _log_push),
    form=_logdet_form,
    domain=Domain("a matrix with positive determinant", lambda x: np.linalg.det(x) > 0),
    samples=(call([[2.0, 1.0], [1.0, 3.0]]), call([[0.5, -1.0], [2.0, 7.0]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Logarithm of the determinant, without overflow.",
)
det_sign = Op(
    "det_sign",
    lambda x: np.linalg.slogdet(x)[0],
    Flat(ZERO),
    form=_sign_form,
    kink=Kink("a singular matrix", np.linalg.det, jump=True),
    samples=(call(_A2), call(_A3), call(_BATCH)),
    doc="Sign of the determinant.",
)


_SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))


def _slogdet(a: Any) -> Any:
    return _SlogdetResult(det_sign(a), logabsdet(a))


slogdet = Composite(
    "slogdet",
    _slogdet,
    numpy=(np.linalg.slogdet,),
    samples=(call(_A2), call(_A3)),
    doc="Sign of the determinant, and logarithm of its absolute value.",
)

TABLE = (cofactor, cofactor_turn, det, logabsdet, logdet, det_sign, slogdet)
