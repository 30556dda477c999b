"""The cofactor matrix: the derivative of the determinant, also of singular matrices.

May import `axes`, `elimination`, `finite`, `op`, `rule` and NumPy. ``det(A)·inv(A)'`` is the
cofactor matrix where A is nonsingular, but cofactors are polynomials of the entries and exist
everywhere. To floats they are computed in three ways: as those polynomials up to 3×3, by
the inverse where the balanced matrix is well-conditioned, by singular values else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, matrix_transpose, multiply_reduce, shape_of
from gradcli.ops.linalg import elimination
from gradcli.ops.linalg.finite import nan_unless_finite
from gradcli.ops.op import Op, call
from gradcli.ops.rule import Custom

# Above this condition number `det·inv'` loses more digits than the decomposition does.
_WELL_CONDITIONED = 1e4

_A2 = [[1.0, 2.0], [3.0, 4.0]]
_A3 = [[2.0, 1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 1.5, -4.0]]
_A4 = [[2.0, 1.0, 0.5, 0.0], [-1.0, 3.0, 0.25, 1.0], [0.5, 1.5, -4.0, 2.0], [1.0, 0.0, 2.0, 5.0]]
_BATCH = [_A2, [[0.5, -1.0], [2.0, 7.0]]]


def over_matrices(g: Any) -> Any:
    """Return a batch of numbers shaped to multiply a batch of matrices."""
    return g[..., None, None] if shape_of(g) else g


# cof[i,j] = x[i+1,j+1]·x[i+2,j+2] - x[i+1,j+2]·x[i+2,j+1], numbers modulo 3.
_NEXT, _AFTER = np.array([1, 2, 0]), np.array([2, 0, 1])
_SIGNS = np.array([[1.0, -1.0], [-1.0, 1.0]])


def _factors(x: Any) -> tuple[Any, Any, Any, Any]:
    """Return the four factors of the cofactors of 3×3 matrices: ``a·b - c·d``."""
    down, below = _NEXT[:, None], _AFTER[:, None]
    return (
        x[..., down, _NEXT],
        x[..., below, _AFTER],
        x[..., down, _AFTER],
        x[..., below, _NEXT],
    )


def _polynomial_cofactors(x: Any) -> Any:
    """Return the cofactors of 1×1, 2×2 or 3×3 matrices as polynomials of the entries."""
    n = x.shape[-1]
    if n == 1:
        return np.ones(x.shape, dtype_of(x))
    if n == 2:
        return x[..., ::-1, ::-1] * _SIGNS.astype(dtype_of(x))
    a, b, c, d = _factors(x)
    return a * b - c * d


def _exclusive_products(s: Any) -> Any:
    """Return, for each of the numbers in the last axis, the product of the others."""
    n = s.shape[-1]
    kept = [np.delete(s, i, axis=-1) for i in range(n)]
    return np.stack([multiply_reduce(k, -1) for k in kept], axis=-1)


def _decomposed_cofactors(x: Any) -> Any:
    """Return cofactors from ``U diag(s) V'``: those of diag(s), turned back."""
    u, s, vt = nan_unless_finite(np.linalg.svd, x)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return sign[..., None, None] * ((u * _exclusive_products(s)[..., None, :]) @ vt)


def _balance(x: Any) -> tuple[Any, Any]:
    """Return a batch with rows and columns scaled to size 1, and the exponents of the scales.

    The scales are powers of 2, so scaling is exact. The second value is the exponent that
    each cofactor of the scaled matrix is short of.
    """
    rows = np.frexp(np.max(np.abs(x), axis=-1, keepdims=True))[1]
    x = np.ldexp(x, -rows)
    columns = np.frexp(np.max(np.abs(x), axis=-2, keepdims=True))[1]
    short = np.sum(rows, axis=-2, keepdims=True) - rows
    return np.ldexp(x, -columns), short + np.sum(columns, axis=-1, keepdims=True) - columns


def _float_cofactors(x: Any) -> Any:
    """Return the cofactors of a batch of float matrices."""
    x = np.asarray(x)
    if x.shape[-1] != x.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if x.shape[-1] <= 3 or not x.size:
        return _polynomial_cofactors(x) if x.size else x
    if not np.isfinite(x).all():
        return x * np.nan
    by_inverse = _inverted_cofactors(x)
    if by_inverse is not None:
        return by_inverse
    scaled, exponents = _balance(x)
    by_inverse = _inverted_cofactors(scaled)
    return np.ldexp(_decomposed_cofactors(scaled) if by_inverse is None else by_inverse, exponents)


def _inverted_cofactors(x: Any) -> Any:
    """Return ``det·inv'``, or ``None`` for matrices that are not well-conditioned."""
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return None
    size = np.abs(x).max(axis=(-2, -1)) * np.abs(inverse).max(axis=(-2, -1))
    if not (size * x.shape[-1] < _WELL_CONDITIONED).all():
        return None
    return over_matrices(np.linalg.det(x)) * np.swapaxes(inverse, -1, -2)


def _float_turn(x: Any, t: Any) -> Any:
    """Return the derivative of the cofactors in direction `t`, for float64 matrices.

    With ``x = U diag(s) V'`` and ``t = U T V'`` it is that of diag(s): off the diagonal
    ``-T[j,i]·p[i,j]``, on it the sum of ``T[j,j]·p[i,j]``, where p[i,j] is the product of
    all s but the i-th and the j-th.
    """
    x, t = np.broadcast_arrays(np.asarray(x), np.asarray(t))
    n = x.shape[-1]
    if n == 1 or not x.size:
        return np.zeros(x.shape, x.dtype)
    u, s, vt = nan_unless_finite(np.linalg.svd, x)
    turned = np.swapaxes(u, -1, -2) @ t @ np.swapaxes(vt, -1, -2)
    pairs = np.zeros(x.shape, x.dtype)
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
    samples=(call(_A3, _A3[::-1]), call(_A4, _A4[::-1]), call([_A3, _A3[::-1]], _A3[::-1])),
    doc="Derivative of the cofactor matrix in a direction.",
)


def _turn(x: Any, t: Any) -> Any:
    """Return the derivative of the cofactors of `x` along `t`; polynomials where few."""
    n = shape_of(x)[-1]
    if n == 1:
        return np.zeros(shape_of(t), dtype_of(t))
    if n == 2:
        return _polynomial_cofactors(t)
    if n > 3:
        return cofactor_turn(x, t)
    a, b, c, d = _factors(x)
    ta, tb, tc, td = _factors(t)
    return ta * b + a * tb - tc * d - c * td


# The Hessian of det is symmetric: pulling a cotangent back is turning along it.
cofactor = Op(
    "cofactor",
    _float_cofactors,
    Custom((lambda g, y, x: _turn(x, g),), lambda ts, y, x: _turn(x, ts[0])),
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


TABLE = (cofactor, cofactor_turn)
