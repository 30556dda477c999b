"""Inverses and linear systems.

May import `axes`, `elimination`, `rotations`, `finite`, `op`, `rule` and NumPy. A singular matrix
raises NumPy's LinAlgError on floats, as in NumPy itself; over exact numbers the answer is
NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, matrix_transpose, shape_of
from gradcli.ops.linalg import elimination, rotations
from gradcli.ops.linalg.finite import finite_rank, nan_unless_finite
from gradcli.ops.op import Composite, Domain, Op, call
from gradcli.ops.rule import Custom

_A = [[1.0, 2.0], [3.0, 4.0]]
_A3 = [[2.0, 1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 1.5, -4.0]]
_BATCH = [_A, [[0.5, -1.0], [2.0, 7.0]]]
_TALL = [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]
_NONSINGULAR = Domain("a nonsingular matrix", lambda x, *_b: np.linalg.det(x) != 0)

# NumPy 2 takes a right-hand side as a vector only if it has one dimension; NumPy 1 also if
# it has one dimension less than the matrices.
_NUMPY_2 = int(np.__version__.split(".", maxsplit=1)[0]) >= 2

inv = Op(
    "inv",
    np.linalg.inv,
    Custom(
        (lambda g, y, x: -np.matmul(np.matmul(matrix_transpose(y), g), matrix_transpose(y)),),
        lambda ts, y, x: -np.matmul(np.matmul(y, ts[0]), y),
    ),
    numpy=(np.linalg.inv,),
    form=lambda m, x: elimination.each_matrix(lambda a: elimination.inverse(m, a), x),
    domain=_NONSINGULAR,
    samples=(call(_A), call(_A3), call(_BATCH)),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Inverse of a matrix.",
)


def _is_vector(a: Any, b: Any) -> bool:
    """Return whether `solve` takes `b` as a vector (or, in NumPy 1, as a batch of them)."""
    nb = len(shape_of(b))
    return nb == 1 or (not _NUMPY_2 and nb == len(shape_of(a)) - 1)


def _outer(u: Any, v: Any, vector: bool) -> Any:
    """Return ``u v'`` of vectors, ``U V'`` of matrices."""
    if vector:
        return u[..., :, None] * v[..., None, :]
    return np.matmul(u, matrix_transpose(v))


def _applied(a: Any, b: Any, vector: bool) -> Any:
    return np.matmul(a, b[..., None])[..., 0] if vector else np.matmul(a, b)


def _transposed_solve(a: Any, g: Any, vector: bool) -> Any:
    back = matrix_transpose(a)
    if vector and len(shape_of(g)) > 1:
        return np.linalg.solve(back, g[..., None])[..., 0]
    return np.linalg.solve(back, g)


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    vector = _is_vector(a, b)
    return -_outer(_transposed_solve(a, g, vector), y, vector)


def _solve_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    return _transposed_solve(a, g, _is_vector(a, b))


def _solve_push(ts: Any, y: Any, a: Any, b: Any) -> Any:
    vector = _is_vector(a, b)
    rhs: Any = None
    if ts[1] is not None:
        rhs = ts[1]
    if ts[0] is not None:
        moved = _applied(ts[0], y, vector)
        rhs = -moved if rhs is None else rhs - moved
    if vector and len(shape_of(rhs)) > 1:
        return np.linalg.solve(a, rhs[..., None])[..., 0]
    return np.linalg.solve(a, rhs)


def _solve_form(m: Any, a: Any, b: Any) -> Any:
    if _is_vector(a, b):
        b = b[..., None]
        return _solve_form(m, a, b)[..., 0]
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    n = a.shape[-1]
    both = np.concatenate(
        [np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, (*batch, *b.shape[-2:]))],
        axis=-1,
    )
    return elimination.each_matrix(
        lambda rows: elimination.solution(m, [r[:n] for r in rows], [r[n:] for r in rows]), both
    )


solve = Op(
    "solve",
    np.linalg.solve,
    Custom((_solve_left, _solve_right), _solve_push),
    arrays=2,
    numpy=(np.linalg.solve,),
    form=_solve_form,
    domain=_NONSINGULAR,
    samples=(
        call(_A, [5.0, 6.0]),
        call(_A3, [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]),
        call(_BATCH, _A),
        call(_A, _BATCH),
        call(_BATCH, [5.0, 6.0]),
    ),
    bad=(call(_A, [5.0, 6.0, 7.0]), call([[1.0, 2.0]], [1.0])),
    doc="Solution of a linear system, solve(A, b).",
)

# NumPy's default cut-off: singular values below this share of the largest count as zero.
_RCOND = 1e-15


def _pinv_form(m: Any, x: Any, rcond: Any = None) -> Any:
    cut = m.convert(_RCOND if rcond is None else rcond)

    def one(a: Any) -> Any:
        ut, s, vt = rotations.singular_factors(m, a, "pinv")
        used = [i for i, v in enumerate(s) if v > cut * s[0]]
        v = [[x / s[i] for x in vt[i]] for i in used]
        u = [ut[i] for i in used]
        if not used:
            return [[m.convert(0)] * len(a) for _ in a[0]]
        return elimination.product(m, elimination.transposed(v), u)

    return elimination.each_matrix(one, x)


def _pinv_pull(g: Any, y: Any, x: Any, rcond: Any = None) -> Any:
    """Return Golub and Pereyra's derivative (constant rank), transposed."""
    pt, gt = matrix_transpose(y), matrix_transpose(g)
    left = np.eye(shape_of(x)[-2], dtype=dtype_of(x)) - np.matmul(x, y)
    right = np.eye(shape_of(x)[-1], dtype=dtype_of(x)) - np.matmul(y, x)
    inner = -np.matmul(np.matmul(pt, g), pt)
    rows = np.matmul(np.matmul(left, gt), np.matmul(y, pt))
    columns = np.matmul(np.matmul(pt, y), np.matmul(gt, right))
    return inner + rows + columns


def _pinv_push(ts: Any, y: Any, x: Any, rcond: Any = None) -> Any:
    t = ts[0]
    pt, tt = matrix_transpose(y), matrix_transpose(t)
    left = np.eye(shape_of(x)[-2], dtype=dtype_of(x)) - np.matmul(x, y)
    right = np.eye(shape_of(x)[-1], dtype=dtype_of(x)) - np.matmul(y, x)
    inner = -np.matmul(np.matmul(y, t), y)
    rows = np.matmul(np.matmul(y, pt), np.matmul(tt, left))
    columns = np.matmul(np.matmul(right, tt), np.matmul(pt, y))
    return inner + rows + columns


def _pinv(x: Any, rcond: Any = None) -> Any:
    if rcond is None:
        return nan_unless_finite(np.linalg.pinv, x)
    return nan_unless_finite(lambda a: np.linalg.pinv(a, rcond), x)


pinv = Op(
    "pinv",
    _pinv,
    Custom((_pinv_pull,), _pinv_push),
    params={"rcond": None},
    positions=("rcond", "hermitian"),
    numpy=(np.linalg.pinv,),
    form=_pinv_form,
    samples=(call(_A), call(_TALL), call([[1.0, 3.0, 0.5], [2.0, 4.0, -1.0]]), call(_BATCH)),
    bad=(call([1.0, 2.0]),),
    doc="Pseudo-inverse (derivative at constant rank).",
    source="Golub and Pereyra 1973, equation 4.12",
)


def _fitted_pull(g: Any, y: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    """Return the cotangent of the matrix: that of its pseudo-inverse, ``x = pinv(a)·b``."""
    vector = len(shape_of(b)) == 1
    p = nan_unless_finite(np.linalg.pinv, a)
    return _pinv_pull(_outer(g, b, vector), p, a)


def _fitted_push(ts: Any, y: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    p = nan_unless_finite(np.linalg.pinv, a)
    total = 0.0 if ts[1] is None else np.matmul(p, ts[1])
    return total if ts[0] is None else total + np.matmul(_pinv_push(ts, p, a), b)


def _fitted_form(m: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    p = _pinv_form(m, a)
    return np.matmul(p, b)


least_squares = Op(
    "least_squares",
    lambda a, b, rcond=None: nan_unless_finite(lambda a, b: np.linalg.lstsq(a, b, rcond)[0], a, b),
    Custom(
        (
            _fitted_pull,
            lambda g, y, a, b, rcond=None: np.matmul(matrix_transpose(_pinv(a)), g),
        ),
        _fitted_push,
    ),
    arrays=2,
    params={"rcond": None},
    form=_fitted_form,
    samples=(
        call(_TALL, [1.0, 2.0, 4.0]),
        call(_TALL, [[1.0, 0.5], [2.0, -1.0], [4.0, 3.0]]),
        call([[1.0, 3.0, 0.5], [2.0, 4.0, -1.0]], [1.0, 2.0]),
    ),
    bad=(call(_A, [1.0, 2.0, 3.0]),),
    doc="The x of least length that makes the length of A@x - b least.",
)


def _misfit(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the solution and ``2(A x - b)``."""
    x = least_squares(a, b)
    return x, 2.0 * (np.matmul(a, x) - b)


def _residual_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    x, misfit = _misfit(a, b)
    vector = len(shape_of(b)) == 1
    return _outer(g * misfit, x, vector)


def _residual_push(ts: Any, y: Any, a: Any, b: Any) -> Any:
    x, misfit = _misfit(a, b)
    change = 0.0 if ts[1] is None else -ts[1]
    if ts[0] is not None:
        change = change + np.matmul(ts[0], x)
    return np.sum(misfit * change, axis=0, keepdims=len(shape_of(b)) == 1)


def _residual_form(m: Any, a: Any, b: Any) -> Any:
    rest = np.matmul(a, _fitted_form(m, a, b)) - b
    return np.sum(rest * rest, axis=0, keepdims=b.ndim == 1)


least_residuals = Op(
    "least_residuals",
    lambda a, b: nan_unless_finite(lambda a, b: np.linalg.lstsq(a, b, None)[1], a, b),
    Custom(
        (_residual_left, lambda g, y, a, b: -g * _misfit(a, b)[1]),
        _residual_push,
    ),
    arrays=2,
    form=_residual_form,
    samples=(
        call(_TALL, [1.0, 2.0, 4.0]),
        call(_TALL, [[1.0, 0.5], [2.0, -1.0], [4.0, 3.0]]),
    ),
    bad=(call(_A, [1.0, 2.0, 3.0]),),
    doc="The squared length of A@x - b at its least, for A of full column rank.",
)


def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return NumPy's four parts: solution, residuals, rank, singular values."""
    rows, columns = shape_of(a)
    x = least_squares(a, b, rcond=rcond)
    rank = finite_rank(a)
    unique = rank == columns and rows > columns
    residuals = least_residuals(a, b) if unique else np.zeros(0)
    s = nan_unless_finite(lambda a: np.linalg.svd(a, compute_uv=False), a)
    return x, residuals, rank, s


lstsq = Composite(
    "lstsq",
    _lstsq,
    arrays=2,
    params={"rcond": None},
    numpy=(np.linalg.lstsq,),
    samples=(call(_TALL, [1.0, 2.0, 4.0]),),
    bad=(call(_A, [1.0, 2.0, 3.0]),),
    doc="Least-squares solution, residuals, rank and singular values.",
)

TABLE = (inv, solve, pinv, least_squares, least_residuals, lstsq)
