"""Cholesky and QR factors.

May import `axes`, `elimination`, `rotations`, `op`, `rule` and NumPy. NumPy's Cholesky
reads one triangle and takes the other to be its mirror image; the derivative is of that
function: it lies in the triangle that is read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, matrix_transpose, shape_of
from gradcli.ops.entries import needs_numbers
from gradcli.ops.linalg import elimination, rotations
from gradcli.ops.op import Composite, Domain, Op, call
from gradcli.ops.rule import Custom

_S = [[4.0, 1.0], [1.0, 3.0]]
# Not symmetric: only one triangle is read, whatever stands in the other.
_N3 = [[4.0, 0.5, -1.0], [1.0, 3.0, 0.75], [0.5, -0.25, 2.0]]
_TALL = [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]


def _positive(x: Any, upper: bool = False) -> Any:
    return np.linalg.eigvalsh(x)[..., 0] > 0


def half_lower(x: Any, upper: bool = False) -> Any:
    """Return, for matrices like `x`, a triangle of ones with halves on its diagonal."""
    n = shape_of(x)[-1]
    half = np.tri(n) - 0.5 * np.eye(n)
    return (half.T if upper else half).astype(dtype_of(x))


def read_triangle(s: Any, upper: bool = False) -> Any:
    """Return the gradient in the triangle that is read, from that of the full matrix."""
    return (s + matrix_transpose(s)) * half_lower(s, upper)


def mirrored(t: Any, upper: bool = False) -> Any:
    """Return the symmetric matrix one of whose triangles is that of `t`."""
    half = t * half_lower(t, upper)
    return half + matrix_transpose(half)


def _right_divided(x: Any, lower: Any) -> Any:
    """Return ``x·lower⁻¹``."""
    return matrix_transpose(np.linalg.solve(matrix_transpose(lower), matrix_transpose(x)))


def _cholesky_pull(g: Any, y: Any, x: Any, upper: bool = False) -> Any:
    """Return ``L⁻ᵀ Φ(Lᵀ g) L⁻¹`` (Φ: lower triangle, diagonal halved), read as NumPy reads."""
    if upper:
        g, y = matrix_transpose(g), matrix_transpose(y)
    inner = np.matmul(matrix_transpose(y), np.tril(g)) * half_lower(y)
    outer = np.linalg.solve(matrix_transpose(y), inner)
    return read_triangle(_right_divided(outer, y), upper)


def _cholesky_push(ts: Any, y: Any, x: Any, upper: bool = False) -> Any:
    if upper:
        return matrix_transpose(_cholesky_push((matrix_transpose(ts[0]),), matrix_transpose(y), x))
    inner = np.linalg.solve(y, mirrored(ts[0]))
    inner = matrix_transpose(np.linalg.solve(y, matrix_transpose(inner)))
    return np.matmul(y, inner * half_lower(y))


def _cholesky(x: Any, upper: bool = False) -> Any:
    # NumPy 1 has no `upper`, and needs none: only who has it can ask for it.
    return np.linalg.cholesky(x, upper=True) if upper else np.linalg.cholesky(x)


def _cholesky_form(m: Any, x: Any, upper: bool = False) -> Any:
    def one(a: Any) -> Any:
        if upper:
            return elimination.transposed(elimination.lower_factor(m, elimination.transposed(a)))
        return elimination.lower_factor(m, a)

    return elimination.each_matrix(one, x)


cholesky = Op(
    "cholesky",
    _cholesky,
    Custom((_cholesky_pull,), _cholesky_push),
    params={"upper": False},
    numpy=(np.linalg.cholesky,),
    form=_cholesky_form,
    domain=Domain("a symmetric positive definite matrix", _positive),
    samples=(
        call(_S),
        call(_N3),
        call([_S, [[2.0, -0.5], [-0.5, 1.0]]]),
        *((call(_N3, upper=True),) if int(np.__version__[0]) >= 2 else ()),
    ),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Lower Cholesky factor; reads (and differentiates) the lower triangle only.",
    source="Murray 2016, section 4.1",
)


def _factors(y: Any, rows: int) -> tuple[Any, Any]:
    """Return Q and R from the packed form, Q above R'."""
    return y[..., :rows, :], matrix_transpose(y[..., rows:, :])


def _packed(q: Any, r: Any) -> Any:
    return np.concatenate([q, matrix_transpose(r)], axis=-2)


def _qr_float(x: Any) -> Any:
    return _packed(*np.linalg.qr(x))


def _mirror_lower(x: Any) -> Any:
    return x * np.tri(shape_of(x)[-1], dtype=dtype_of(x)) + matrix_transpose(np.tril(x, -1))


def _qr_pull(g: Any, y: Any, x: Any) -> Any:
    """Return the cotangent of a matrix from those of its factors (Liao et al. 2019)."""
    rows, columns = shape_of(x)[-2:]
    q, r = _factors(y, rows)
    gq, gr = _factors(g, rows)
    if rows >= columns:
        return _qr_tall(q, r, gq, gr)
    tail = x[..., :, rows:]
    gq = gq + np.matmul(tail, matrix_transpose(gr[..., :, rows:]))
    head = _qr_tall(q, r[..., :, :rows], gq, gr[..., :, :rows])
    return np.concatenate([head, np.matmul(q, gr[..., :, rows:])], axis=-1)


def _qr_tall(q: Any, r: Any, gq: Any, gr: Any) -> Any:
    inner = np.matmul(r, matrix_transpose(np.triu(gr))) - np.matmul(matrix_transpose(gq), q)
    total = gq + np.matmul(q, _mirror_lower(inner))
    return matrix_transpose(np.linalg.solve(r, matrix_transpose(total)))


def _qr_push(ts: Any, y: Any, x: Any) -> Any:
    rows, columns = shape_of(x)[-2:]
    q, r = _factors(y, rows)
    t = ts[0]
    n = min(rows, columns)
    dq, dr = _qr_tall_push(q, r[..., :, :n], t[..., :, :n])
    if columns > n:
        rest = np.matmul(matrix_transpose(dq), x[..., :, n:])
        rest = rest + np.matmul(matrix_transpose(q), t[..., :, n:])
        dr = np.concatenate([dr, rest], axis=-1)
    return _packed(dq, dr)


def _qr_tall_push(q: Any, r: Any, t: Any) -> tuple[Any, Any]:
    across = _divided_by(t, r)
    c = np.matmul(matrix_transpose(q), across)
    turn = np.tril(c, -1)
    upper = c - (turn - matrix_transpose(turn))
    return across - np.matmul(q, upper), np.matmul(upper, r)


def _divided_by(x: Any, r: Any) -> Any:
    """Return ``x·r⁻¹``."""
    return matrix_transpose(np.linalg.solve(matrix_transpose(r), matrix_transpose(x)))


def _qr_form(m: Any, x: Any) -> Any:
    needs_numbers(m, "qr")

    def one(a: Any) -> Any:
        guide = np.linalg.qr(rotations.floats(a))[1]
        k = min(len(a), len(a[0]))
        q: list[list[Any]] = []
        columns = elimination.transposed(a)
        for i in range(k):
            v = columns[i]
            for u in q:
                along = sum((p * s for p, s in zip(u, v, strict=True)), m.convert(0))
                v = [p - along * s for p, s in zip(v, u, strict=True)]
            length = m.sqrt(sum((p * p for p in v), m.convert(0)))
            if length == 0:
                return elimination.nan_matrix(m, len(a) + len(columns), k)
            length = -length if guide[i, i] < 0 else length
            q.append([p / length for p in v])
        r = elimination.product(m, q, a)
        low = [
            [v if j >= i else m.convert(0) for j, v in enumerate(row)] for i, row in enumerate(r)
        ]
        return [*elimination.transposed(q), *elimination.transposed(low)]

    return elimination.each_matrix(one, x)


qr_factors = Op(
    "qr_factors",
    _qr_float,
    Custom((_qr_pull,), _qr_push),
    form=_qr_form,
    samples=(
        call([[1.0, 2.0], [3.0, 4.0]]),
        call(_TALL),
        call([[1.0, 3.0, 0.5], [2.0, 4.0, -1.0]]),
    ),
    bad=(call([1.0, 2.0]),),
    doc="The factors of qr in one array: Q above the transpose of R.",
    source="Liao, Liu, Wang, Xiang 2019, equations 3.3 and 3.6",
)
_QRResult: Any = type(np.linalg.qr(np.eye(1)))


def _qr(a: Any, mode: str = "reduced") -> Any:
    if mode not in {"reduced", "r"}:
        raise TypeError(f"qr with mode {mode!r} is not followed")
    q, r = _factors(qr_factors(a), shape_of(a)[-2])
    return r if mode == "r" else _QRResult(q, r)


qr = Composite(
    "qr",
    _qr,
    params={"mode": "reduced"},
    numpy=(np.linalg.qr,),
    samples=(call(_TALL), call([[1.0, 2.0], [3.0, 4.0]])),
    bad=(call(_TALL, mode="complete"),),
    doc="QR factors, with NumPy's signs.",
)

TABLE = (cholesky, qr_factors, qr)
