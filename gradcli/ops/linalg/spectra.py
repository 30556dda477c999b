"""Eigenvalues and eigenvectors of symmetric matrices, singular values and vectors.

May import `axes`, `elimination`, `rotations`, `factors`, `finite`, `op`, `rule` and NumPy. Values
and vectors that come together are one operation with one packed output, unpacked by
reading. Where values repeat, vectors have no derivative: their cotangent then gives NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, here, matrix_transpose, shape_of
from gradcli.ops.entries import needs_numbers
from gradcli.ops.linalg import elimination, rotations
from gradcli.ops.linalg.factors import mirrored, read_triangle
from gradcli.ops.linalg.finite import finite_rank, nan_unless_finite
from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rule import NONDIFF, Custom, Flat

_S = [[4.0, 1.0], [1.0, 3.0]]
_S3 = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]]
# Not symmetric: only one triangle is read, whatever stands in the other.
_N3 = [[4.0, 7.0, -2.0], [1.0, 3.0, 9.0], [0.5, -0.25, 2.0]]
_A = [[1.0, 2.0], [3.0, 4.0]]
_TALL = [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]
_WIDE = [[1.0, 3.0, 0.5], [2.0, 4.0, -1.0]]


def _between(v: Any, middle: Any, w: Any) -> Any:
    """Return ``v·middle·w'``."""
    return np.matmul(np.matmul(v, middle), matrix_transpose(w))


def _diagonal_form(values: Any) -> Any:
    """Return diagonal matrices of the numbers in the last axis."""
    return values[..., :, None] * np.eye(shape_of(values)[-1], dtype=dtype_of(values))


def _divided(a: Any, b: Any) -> Any:
    """Return ``a/b``, 0 where `a` is and NaN where only `b` is."""
    return np.where(a == 0.0, 0.0, a / np.where(b == 0.0, np.nan, b))


def _over_gaps(x: Any, w: Any) -> Any:
    """Return ``x[i,j]/(w[j]-w[i])`` off the diagonal, 0 on it."""
    off = 1.0 - np.eye(shape_of(w)[-1], dtype=dtype_of(w))
    return _divided(x * off, w[..., None, :] - w[..., :, None])


# The stubs know UPLO as two literals, here it is what the user said.
_eigh: Any = np.linalg.eigh


def _is_upper(UPLO: str) -> bool:
    """Return which triangle is read.

    Raises
    ------
    ValueError
        If it is neither L nor U.
    """
    if UPLO.upper() not in {"L", "U"}:
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return UPLO.upper() == "U"


def _lower(x: Any, UPLO: str) -> Any:
    """Return the matrix whose lower triangle is the one to be read."""
    return np.swapaxes(x, -1, -2) if _is_upper(UPLO) else x


def _eigvalsh_pull(g: Any, y: Any, x: Any, UPLO: str = "L") -> Any:
    v = _eigh(x, UPLO)[1]
    return read_triangle(np.matmul(v * g[..., None, :], matrix_transpose(v)), _is_upper(UPLO))


def _eigvalsh_push(ts: Any, y: Any, x: Any, UPLO: str = "L") -> Any:
    v = _eigh(x, UPLO)[1]
    return np.sum(v * np.matmul(mirrored(ts[0], _is_upper(UPLO)), v), axis=-2)


eigvalsh = Op(
    "eigvalsh",
    lambda x, UPLO="L": np.linalg.eigvalsh(x, UPLO),
    Custom((_eigvalsh_pull,), _eigvalsh_push),
    params={"UPLO": "L"},
    numpy=(np.linalg.eigvalsh,),
    form=lambda m, x, UPLO="L": elimination.each_matrix(
        lambda a: rotations.symmetric_eigen(m, a, "eigvalsh")[0], _lower(x, UPLO)
    ),
    kink=Kink(
        "a repeated eigenvalue",
        lambda x, UPLO="L": np.diff(np.linalg.eigvalsh(x, UPLO), axis=-1),
        used="NumPy's eigenvectors",
        convention="one of the possible bases",
        samples=(call([[2.0, 0.0], [0.0, 2.0]]),),
    ),
    samples=(call(_S), call(_N3), call(_N3, UPLO="U"), call([_S, [[2.0, -0.5], [-0.5, 1.0]]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]]), call(_S, UPLO="X")),
    doc="Eigenvalues of a symmetric matrix, ascending; reads the lower triangle only.",
)


def _eigh_packed(x: Any, UPLO: str = "L") -> Any:
    w, v = _eigh(x, UPLO)
    return np.concatenate([w[..., None, :], v], axis=-2)


def _eigh_pull(g: Any, y: Any, x: Any, UPLO: str = "L") -> Any:
    w, v = y[..., 0, :], y[..., 1:, :]
    turned = np.matmul(matrix_transpose(v), g[..., 1:, :])
    middle = _diagonal_form(g[..., 0, :]) + _over_gaps(turned, w)
    return read_triangle(_between(v, middle, v), _is_upper(UPLO))


def _eigh_push(ts: Any, y: Any, x: Any, UPLO: str = "L") -> Any:
    w, v = y[..., 0, :], y[..., 1:, :]
    t = mirrored(ts[0], _is_upper(UPLO))
    inner = np.matmul(np.matmul(matrix_transpose(v), t), v)
    dw = np.diagonal(inner, axis1=-2, axis2=-1)
    return np.concatenate([dw[..., None, :], np.matmul(v, _over_gaps(inner, w))], axis=-2)


def _eigh_form(m: Any, x: Any, UPLO: str = "L") -> Any:
    def one(a: Any) -> Any:
        w, vectors = rotations.symmetric_eigen(m, a, "eigh")
        whole = elimination.transposed(a) if _is_upper(UPLO) else a
        guide = _eigh(rotations.floats(whole), UPLO)[1]
        return [w, *elimination.transposed(rotations.aligned(vectors, guide))]

    return elimination.each_matrix(one, _lower(x, UPLO))


eigh_factors = Op(
    "eigh_factors",
    _eigh_packed,
    Custom((_eigh_pull,), _eigh_push),
    params={"UPLO": "L"},
    form=_eigh_form,
    samples=(call(_S), call(_N3), call(_N3, UPLO="U"), call([_S, [[2.0, -0.5], [-0.5, 1.0]]])),
    bad=(call([1.0, 2.0]),),
    doc="Eigenvalues above the matrix of eigenvectors, of a symmetric matrix.",
)
_EighResult: Any = type(np.linalg.eigh(np.eye(1)))


def _numpy_eigh(a: Any, UPLO: str = "L") -> Any:
    y = eigh_factors(a, UPLO=UPLO)
    return _EighResult(y[..., 0, :], y[..., 1:, :])


eigh = Composite(
    "eigh",
    _numpy_eigh,
    params={"UPLO": "L"},
    numpy=(np.linalg.eigh,),
    samples=(call(_S), call(_N3, UPLO="U")),
    bad=(call(_S, UPLO="X"),),
    doc="Eigenvalues and eigenvectors of a symmetric matrix; reads one triangle only.",
)


def _small_svd(x: Any) -> Any:
    return nan_unless_finite(lambda a: np.linalg.svd(a, full_matrices=False), x)


def _svdvals_pull(g: Any, y: Any, x: Any) -> Any:
    u, _s, vh = _small_svd(x)
    return np.matmul(u * g[..., None, :], vh)


def _svdvals_push(ts: Any, y: Any, x: Any) -> Any:
    u, _s, vh = _small_svd(x)
    return np.sum(u * np.matmul(ts[0], matrix_transpose(vh)), axis=-2)


svdvals: Op = Op(
    "svdvals",
    lambda x: nan_unless_finite(lambda a: np.linalg.svd(a, compute_uv=False), x),
    Custom((_svdvals_pull,), _svdvals_push),
    numpy=here(np.linalg, "svdvals"),
    form=lambda m, x: elimination.each_matrix(
        lambda a: rotations.singular_factors(m, a, "svdvals")[1], x
    ),
    kink=Kink(
        "a zero or repeated singular value",
        lambda x: np.diff(svdvals(x), axis=-1, append=0.0),
        used="NumPy's singular vectors",
        convention="one of the possible bases",
        samples=(call([[1.0, 0.0], [0.0, 1.0]]), call([[1.0, 2.0], [2.0, 4.0]])),
    ),
    samples=(call(_A), call(_TALL), call(_WIDE), call([_A, _S])),
    bad=(call([1.0, 2.0]),),
    doc="Singular values, descending.",
)


def _svd_packed(x: Any) -> Any:
    u, s, vh = _small_svd(x)
    return np.concatenate([u, s[..., None, :], matrix_transpose(vh)], axis=-2)


def _svd_parts(y: Any, rows: int) -> tuple[Any, Any, Any]:
    return y[..., :rows, :], y[..., rows, :], y[..., rows + 1 :, :]


def _turning(v: Any, g: Any) -> Any:
    """Return ``v'g - g'v``: the part of a cotangent that turns vectors among themselves."""
    inner = np.matmul(matrix_transpose(v), g)
    return inner - matrix_transpose(inner)


def _svd_pull(g: Any, y: Any, x: Any) -> Any:
    rows, columns = shape_of(x)[-2:]
    u, s, v = _svd_parts(y, rows)
    gu, gs, gv = _svd_parts(g, rows)
    squares = s * s
    middle = _over_gaps(_turning(u, gu), squares) * s[..., None, :]
    middle = middle + s[..., :, None] * _over_gaps(_turning(v, gv), squares)
    total = _between(u, middle + _diagonal_form(gs), v)
    if rows > columns:
        rest = gu - np.matmul(u, np.matmul(matrix_transpose(u), gu))
        total = total + np.matmul(_divided(rest, s[..., None, :]), matrix_transpose(v))
    if columns > rows:
        rest = gv - np.matmul(v, np.matmul(matrix_transpose(v), gv))
        total = total + np.matmul(u, matrix_transpose(_divided(rest, s[..., None, :])))
    return total


def _svd_push(ts: Any, y: Any, x: Any) -> Any:
    rows, columns = shape_of(x)[-2:]
    t = ts[0]
    u, s, v = _svd_parts(y, rows)
    squares, across = s * s, s[..., None, :]
    p = np.matmul(np.matmul(matrix_transpose(u), t), v)
    pt = matrix_transpose(p)
    du = np.matmul(u, _over_gaps(p * across + s[..., :, None] * pt, squares))
    dv = np.matmul(v, _over_gaps(s[..., :, None] * p + pt * across, squares))
    if rows > columns:
        rest = np.matmul(t, v)
        du = du + _divided(rest - np.matmul(u, np.matmul(matrix_transpose(u), rest)), across)
    if columns > rows:
        rest = np.matmul(matrix_transpose(t), u)
        dv = dv + _divided(rest - np.matmul(v, np.matmul(matrix_transpose(v), rest)), across)
    ds = np.diagonal(p, axis1=-2, axis2=-1)
    return np.concatenate([du, ds[..., None, :], dv], axis=-2)


def _svd_form(m: Any, x: Any) -> Any:
    def one(a: Any) -> Any:
        ut, s, vt = rotations.singular_factors(m, a, "svd")
        guide = np.linalg.svd(rotations.floats(a), full_matrices=False)[0]
        flips = [a is not b for a, b in zip(rotations.aligned(ut, guide), ut, strict=True)]
        ut = [[-x for x in r] if f else r for r, f in zip(ut, flips, strict=True)]
        vt = [[-x for x in r] if f else r for r, f in zip(vt, flips, strict=True)]
        return [*elimination.transposed(ut), s, *elimination.transposed(vt)]

    return elimination.each_matrix(one, x)


svd_factors = Op(
    "svd_factors",
    _svd_packed,
    Custom((_svd_pull,), _svd_push),
    form=_svd_form,
    samples=(call(_A), call(_TALL), call(_WIDE)),
    bad=(call([1.0, 2.0]),),
    doc="U above the singular values above V, of the reduced decomposition.",
    source="Townsend 2016, Differentiating the SVD",
)
_SVDResult: Any = type(np.linalg.svd(np.eye(1)))


def _svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    if hermitian:
        raise TypeError("svd with hermitian=True is not followed")
    if not compute_uv:
        return svdvals(a)
    rows, columns = shape_of(a)[-2:]
    if full_matrices and rows != columns:
        raise TypeError("svd has a derivative with full_matrices=False only: say so")
    u, s, v = _svd_parts(svd_factors(a), rows)
    return _SVDResult(u, s, matrix_transpose(v))


svd = Composite(
    "svd",
    _svd,
    params={"full_matrices": True, "compute_uv": True, "hermitian": False},
    numpy=(np.linalg.svd,),
    samples=(call(_A), call(_TALL, full_matrices=False), call(_WIDE, compute_uv=False)),
    bad=(call(_TALL),),
    doc="Singular value decomposition, with NumPy's signs.",
)


def _cond(x: Any, p: Any = None) -> Any:
    if p in {None, 2, -2}:
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    pair = (-2, -1)
    return np.linalg.norm(x, p, pair) * np.linalg.norm(np.linalg.inv(x), p, pair)


cond = Composite(
    "cond",
    _cond,
    params={"p": None},
    numpy=(np.linalg.cond,),
    samples=(call(_A), call(_S3, p="fro")),
    doc="Condition number.",
)


def _rank_form(m: Any, x: Any) -> Any:
    needs_numbers(m, "matrix_rank")
    return np.linalg.matrix_rank(x.astype(np.float64))


matrix_rank = Op(
    "matrix_rank",
    finite_rank,
    Flat(NONDIFF),
    numpy=(np.linalg.matrix_rank,),
    form=_rank_form,
    samples=(call(_A), call([[1.0, 2.0], [2.0, 4.0]])),
    doc="Number of singular values that are not negligible.",
)

TABLE = (
    eigvalsh,
    eigh_factors,
    eigh,
    svdvals,
    svd_factors,
    svd,
    cond,
    matrix_rank,
)
