"""Jacobi's methods over exact numbers: eigenvalues of symmetric matrices, singular values.

May import `elimination`, `rows` and NumPy. Rotations converge quadratically at any
precision and need nothing but arithmetic and square roots; an entry counts as zero when
adding it no longer changes its neighbours, so no precision has to be known.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.entries import needs_numbers
from gradcli.ops.linalg.elimination import Matrix, identity, nan_matrix, transposed

# Sweeps over all pairs; convergence is quadratic, so 60 digits need about 10.
_SWEEPS = 60


def _tangent(m: Any, app: Any, aqq: Any, apq: Any) -> tuple[Any, Any]:
    """Return cosine and sine of the rotation that makes `apq` zero (Rutishauser's formula)."""
    theta = (aqq - app) / (2 * apq)
    root = m.sqrt(theta * theta + 1)
    t = 1 / (theta + root) if theta >= 0 else 1 / (theta - root)
    c = 1 / m.sqrt(t * t + 1)
    return c, t * c


def _negligible(small: Any, large: Any) -> bool:
    """Return whether a tenth of a number, added to another of size `large`, is lost."""
    return bool(large + abs(small) / 10 == large)


def _rotate(rows: Matrix, p: int, q: int, c: Any, s: Any) -> None:
    rows[p], rows[q] = (
        [c * u - s * v for u, v in zip(rows[p], rows[q], strict=True)],
        [s * u + c * v for u, v in zip(rows[p], rows[q], strict=True)],
    )


def has_nan(a: Matrix) -> bool:
    """Return whether an exact matrix has an entry that is not a finite number."""
    return any(v - v != 0 for row in a for v in row)


def symmetric_eigen(m: Any, a: Matrix, name: str = "eigh") -> tuple[list[Any], Matrix]:
    """Return ascending eigenvalues and the eigenvectors as rows, from the lower triangle.

    Raises
    ------
    Unavailable
        Over symbols.
    """
    needs_numbers(m, name)
    n = len(a)
    if has_nan(a):
        return nan_matrix(m, 1, n)[0], nan_matrix(m, n, n)
    a = [[a[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]
    v = identity(m, n)
    scale = max((abs(x) for row in a for x in row), default=0)
    for _ in range(_SWEEPS):
        if not _sweep(m, a, v, scale):
            break
    order = sorted(range(n), key=lambda i: a[i][i])
    return [a[i][i] for i in order], [v[i] for i in order]


def _sweep(m: Any, a: Matrix, v: Matrix, scale: Any) -> bool:
    """Rotate every pair once; return whether anything was left to rotate."""
    turned = False
    for p in range(len(a)):
        for q in range(p + 1, len(a)):
            apq = a[p][q]
            if _negligible(apq, scale):
                a[p][q] = a[q][p] = m.convert(0)
                continue
            turned = True
            c, s = _tangent(m, a[p][p], a[q][q], apq)
            _rotate(a, p, q, c, s)
            for row in a:
                row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
            a[p][q] = a[q][p] = m.convert(0)
            _rotate(v, p, q, c, s)
    return turned


def singular_factors(m: Any, a: Matrix, name: str = "svd") -> tuple[Matrix, list[Any], Matrix]:
    """Return ``(Uᵀ, s, Vᵀ)`` with descending singular values, by one-sided rotations.

    The columns of `a` are rotated until they are orthogonal (Hestenes's method); their
    lengths are the singular values, with relative accuracy.

    Raises
    ------
    Unavailable
        Over symbols.
    """
    needs_numbers(m, name)
    rows, columns = len(a), len(a[0]) if a else 0
    k = min(rows, columns)
    if has_nan(a):
        return nan_matrix(m, k, rows), nan_matrix(m, 1, k)[0], nan_matrix(m, k, columns)
    if rows < columns:
        vt, s, ut = singular_factors(m, transposed(a), name)
        return ut, s, vt
    w, v = transposed(a), identity(m, columns)
    scale = m.sqrt(sum((x * x for row in a for x in row), m.convert(0)))
    for _ in range(_SWEEPS):
        if not _one_sided_sweep(m, w, v, scale):
            break
    lengths = [m.sqrt(sum((x * x for x in row), m.convert(0))) for row in w]
    order = sorted(range(columns), key=lambda i: lengths[i], reverse=True)
    u = [[x / lengths[i] for x in w[i]] if lengths[i] != 0 else list(w[i]) for i in order]
    return u, [lengths[i] for i in order], [v[i] for i in order]


def _one_sided_sweep(m: Any, w: Matrix, v: Matrix, scale: Any) -> bool:
    """Make every pair of columns orthogonal once; columns of pure rounding are left alone."""
    turned = False
    zero = m.convert(0)
    for p in range(len(w)):
        for q in range(p + 1, len(w)):
            apq = sum((x * y for x, y in zip(w[p], w[q], strict=True)), zero)
            app = sum((x * x for x in w[p]), zero)
            aqq = sum((x * x for x in w[q]), zero)
            least = m.sqrt(min(app, aqq))
            if _negligible(least, scale) or _negligible(apq, m.sqrt(app * aqq)):
                continue
            turned = True
            c, s = _tangent(m, app, aqq, apq)
            _rotate(w, p, q, c, s)
            _rotate(v, p, q, c, s)
    return turned


def aligned(rows: Matrix, guide: np.ndarray[Any, Any]) -> Matrix:
    """Return vectors with the signs they have in `guide` (the float64 factor's columns).

    An eigenvector has no sign of its own; LAPACK's choice is part of the function that
    is differentiated, so the exact twin takes it over.
    """
    out = []
    for i, row in enumerate(rows):
        sign = sum(float(x) * float(g) for x, g in zip(row, guide[:, i], strict=True))
        out.append([-x for x in row] if sign < 0 else row)
    return out


def floats(a: Matrix) -> np.ndarray[Any, Any]:
    """Return an exact matrix in float64."""
    return np.array([[float(x) for x in row] for row in a], dtype=np.float64)
