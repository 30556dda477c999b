"""Elimination over exact numbers: LU, determinant, inverse, Cholesky; any scalar type.

May import `rows`, `entries` and NumPy. These are the array forms of linear algebra: they
take object arrays of mpmath numbers (pivots by size) or of SymPy expressions (no
comparisons of values: a pivot need only not be the number 0, and determinants are
expanded by minors, without division).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from gradcli.ops.entries import Unavailable, object_array
from gradcli.ops.rows import Entries

Matrix = list[list[Any]]

# Symbolic sizes: minors cost n·2^n products, and their expressions grow as fast.
SYMBOLIC_LIMIT = 6
# Up to here Cramer's rule has fewer nodes than elimination, and one denominator.
_CRAMER_LIMIT = 3


def each_matrix(f: Callable[[Matrix], Any], x: Entries) -> Entries:
    """Return `f` of every matrix of a batch; `f` gives a scalar, a row, or a matrix."""
    shape = x.shape[:-2]
    results = [f(x[i].tolist()) for i in np.ndindex(shape)]
    tails = [_form_of(r) for r in results]
    flat = [v for r in results for v in _flat(r)]
    return object_array(flat, (*shape, *(tails[0] if tails else ())))


def _form_of(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    if not value or not isinstance(value[0], list):
        return (len(value),)
    return (len(value), len(value[0]))


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return [value]
    if value and isinstance(value[0], list):
        return [v for row in value for v in row]
    return value


def nan_matrix(m: Any, rows: int, columns: int) -> Matrix:
    """Return a matrix of NaN: the answer where there is none."""
    nan = m.convert(float("nan"))
    return [[nan] * columns for _ in range(rows)]


def identity(m: Any, n: int) -> Matrix:
    """Return the identity matrix of exact numbers."""
    return [[m.convert(int(i == j)) for j in range(n)] for i in range(n)]


def product(m: Any, a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]]) -> Matrix:
    """Return the matrix product of two nested lists."""
    columns = list(zip(*b, strict=True))
    zero = m.convert(0)
    return [[sum((p * q for p, q in zip(row, c, strict=True)), zero) for c in columns] for row in a]


def transposed(a: Sequence[Sequence[Any]]) -> Matrix:
    """Return the transpose of a nested list."""
    return [list(column) for column in zip(*a, strict=True)]


def _pivot(m: Any, a: Matrix, k: int) -> int | None:
    """Return the row of a usable pivot in column `k`: the largest, or any but the number 0."""
    if m.symbolic:
        return next((i for i in range(k, len(a)) if a[i][k] != 0), None)
    best = max(range(k, len(a)), key=lambda i: abs(a[i][k]))
    return best if a[best][k] != 0 else None


def eliminate(m: Any, a: Matrix, b: Matrix) -> tuple[Any, Matrix | None]:
    """Return ``(det a, a⁻¹ b)`` by Gauss's elimination with row pivots.

    Parameters
    ----------
    m
        The number system.
    a, b
        A square matrix and right-hand sides, as nested lists; not changed.

    Returns
    -------
    tuple
        The determinant, and the solution or ``None`` where a pivot is the number 0.
    """
    n = len(a)
    a, b = [list(row) for row in a], [list(row) for row in b]
    det = m.convert(1)
    for k in range(n):
        p = _pivot(m, a, k)
        if p is None:
            return m.convert(0), None
        if p != k:
            a[k], a[p], b[k], b[p] = a[p], a[k], b[p], b[k]
            det = -det
        det = det * a[k][k]
        for i in range(k + 1, n):
            if a[i][k] != 0:
                f = a[i][k] / a[k][k]
                a[i] = [u - f * v for u, v in zip(a[i], a[k], strict=True)]
                b[i] = [u - f * v for u, v in zip(b[i], b[k], strict=True)]
    for k in reversed(range(n)):
        for j in range(k + 1, n):
            b[k] = [u - a[k][j] * v for u, v in zip(b[k], b[j], strict=True)]
        b[k] = [u / a[k][k] for u in b[k]]
    return det, b


def minors(m: Any, a: Matrix, limit: int = SYMBOLIC_LIMIT, name: str = "det") -> Any:
    """Return the determinant without division, by minors of growing size.

    Raises
    ------
    Unavailable
        If the matrix is larger than `limit`.
    """
    n = len(a)
    if n > limit:
        raise Unavailable(f"SymPy has no form of {name} of this size")
    below: dict[tuple[int, ...], Any] = {(): m.convert(1)}
    for size in range(1, n + 1):
        row = a[n - size]
        below = {
            columns: sum(
                (
                    row[c] * below[columns[:i] + columns[i + 1 :]] * (-1 if i % 2 else 1)
                    for i, c in enumerate(columns)
                ),
                m.convert(0),
            )
            for columns in combinations(range(n), size)
        }
    return below[tuple(range(n))]


def determinant(m: Any, a: Matrix) -> Any:
    """Return the determinant of a square nested list."""
    return minors(m, a) if m.symbolic else eliminate(m, a, [[] for _ in a])[0]


def _minor(a: Matrix, i: int, j: int) -> Matrix:
    return [row[:j] + row[j + 1 :] for k, row in enumerate(a) if k != i]


def cofactors(m: Any, a: Matrix) -> Matrix:
    """Return the matrix of signed minors; right for singular matrices too."""
    n = len(a)
    return [
        [determinant(m, _minor(a, i, j)) * (-1 if (i + j) % 2 else 1) for j in range(n)]
        for i in range(n)
    ]


def solution(m: Any, a: Matrix, b: Matrix) -> Matrix:
    """Return ``a⁻¹ b``; NaN for a singular matrix."""
    if m.symbolic and len(a) > SYMBOLIC_LIMIT:
        raise Unavailable("SymPy has no form of solve of this size")
    if m.symbolic and len(a) <= _CRAMER_LIMIT:
        return _cramer(m, a, b)
    x = eliminate(m, a, b)[1]
    return nan_matrix(m, len(a), len(b[0]) if b else 0) if x is None else x


def _cramer(m: Any, a: Matrix, b: Matrix) -> Matrix:
    """Return the solution by cofactors: the only division is by the determinant."""
    det = determinant(m, a)
    x = product(m, transposed(cofactors(m, a)), b)
    return [[v / det for v in row] for row in x]


def inverse(m: Any, a: Matrix) -> Matrix:
    """Return the inverse; NaN for a singular matrix."""
    return solution(m, a, identity(m, len(a)))


def lower_factor(m: Any, a: Matrix) -> Matrix:
    """Return the Cholesky factor, read from the lower triangle; NaN if not positive definite."""
    n = len(a)
    factor = [[m.convert(0)] * n for _ in range(n)]
    for j in range(n):
        pivot = a[j][j] - sum((v * v for v in factor[j][:j]), m.convert(0))
        if not m.symbolic and not pivot > 0:
            return nan_matrix(m, n, n)
        factor[j][j] = m.sqrt(pivot)
        for i in range(j + 1, n):
            rest = sum(
                (p * q for p, q in zip(factor[i][:j], factor[j][:j], strict=True)), m.convert(0)
            )
            factor[i][j] = (a[i][j] - rest) / factor[j][j]
    return factor
