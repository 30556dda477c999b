"""The matrix exponential.

May import `axes`, `elimination`, `op`, `rule` and NumPy. To float64 it is Higham's scaling
and squaring with a Padé approximant of degree 13; over exact numbers a scaled power series
that runs until its terms are lost in the sum. Its derivative in a direction E stands in
the exponential of a matrix of twice the size, ``[[A, E], [0, A]]``, upper right.
"""

from __future__ import annotations

from math import frexp
from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, matrix_transpose, shape_of
from gradcli.ops.entries import needs_numbers
from gradcli.ops.linalg import elimination
from gradcli.ops.op import Op, call
from gradcli.ops.rule import Custom

# Coefficients of the numerator of the [13/13] Padé approximant of exp, and the largest
# norm for which its backward error stays below half an ulp. Higham 2005, table 2.3.
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_THETA = 5.371920351148152

# A power series term is added while it is felt; this many always suffice for a matrix
# scaled to norm 1/2: 2^-n/n! is below 10^-1000 at n = 320.
_TERMS = 400


def _expm(x: Any) -> Any:
    """Return the exponential of one matrix or a batch."""
    x = np.asarray(x) * 1.0
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError("expm needs square matrices")
    if x.ndim > 2:
        return np.stack([_expm(a) for a in x]) if len(x) else x
    if not x.size or not np.isfinite(x).all():
        return x * np.nan
    size = np.linalg.norm(x, 1)
    halvings = max(frexp(size / _THETA)[1], 0) if size > _THETA else 0
    a = np.ldexp(x, -halvings)
    y = _approximant(a)
    for _ in range(halvings):
        y = y @ y
    return y


def _approximant(a: Any) -> Any:
    """Return the [13/13] Padé approximant."""
    b, one = _PADE, np.eye(a.shape[0], dtype=a.dtype)
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    high_odd = a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2)
    odd = a @ (high_odd + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    high_even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2)
    even = high_even + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    return np.linalg.solve(even - odd, even + odd)


def _expm_form(m: Any, x: Any) -> Any:
    needs_numbers(m, "expm")

    def one(a: Any) -> Any:
        n = len(a)
        size = max((sum(abs(v) for v in row) for row in a), default=0)
        if size - size != 0:
            return elimination.nan_matrix(m, n, n)
        halvings = max(frexp(float(size))[1] + 1, 0)
        scaled = [[v / 2**halvings for v in row] for row in a]
        y = term = elimination.identity(m, n)
        for k in range(1, _TERMS):
            term = [[v / k for v in row] for row in elimination.product(m, term, scaled)]
            total = [
                [p + q for p, q in zip(r, s, strict=True)] for r, s in zip(y, term, strict=True)
            ]
            if total == y:
                break
            y = total
        for _ in range(halvings):
            y = elimination.product(m, y, y)
        return y

    return elimination.each_matrix(one, x)


def _turned(a: Any, e: Any) -> Any:
    """Return the derivative of the exponential at `a` in direction `e`."""
    n = shape_of(a)[-1]
    upper = np.concatenate([a, e], axis=-1)
    lower = np.concatenate([np.zeros(shape_of(a), dtype_of(a)), a], axis=-1)
    return expm(np.concatenate([upper, lower], axis=-2))[..., :n, n:]


expm: Op = Op(
    "expm",
    _expm,
    Custom(
        (lambda g, y, x: _turned(matrix_transpose(x), g),),
        lambda ts, y, x: _turned(x, ts[0]),
    ),
    numpy=("scipy.linalg.expm",),
    form=_expm_form,
    samples=(
        call([[1.0, 2.0], [3.0, 4.0]]),
        call([[0.0, -8.0], [8.0, 0.0]]),
        call([[[0.5, 0.25], [-1.0, 0.0]], [[2.0, -1.0], [0.0, 1.0]]]),
    ),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Matrix exponential.",
    source="Higham 2005; Mathias 1996 for the derivative",
)

TABLE = (expm,)
