"""Diagonals and triangles of matrices.

May import `axes`, `op` and NumPy. Composites over reading by index, writing into zeros,
and `where` with a constant mask.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axis, shape_of
from gradcli.ops.indexing.reading import put_zero
from gradcli.ops.op import Composite, call

_SQUARE = [[1.0, 2.0], [3.0, 4.0]]
_FACE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
_CUBE = [[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]]


def _places(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    """Return the row and column numbers of a diagonal."""
    start = max(-offset, 0)
    n = max(min(rows - start, columns - max(offset, 0)), 0)
    i = np.arange(start, start + n)
    return i, i + offset


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    ndim = len(shape_of(a))
    if ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    i, j = normal_axis(axis1, ndim), normal_axis(axis2, ndim)
    if i == j:
        raise ValueError("axis1 and axis2 cannot be the same")
    if (i, j) != (ndim - 2, ndim - 1):
        a = np.moveaxis(a, (i, j), (-2, -1))
    rows, columns = shape_of(a)[-2:]
    return a[(..., *_places(rows, columns, offset))]


def _diag(v: Any, k: int = 0) -> Any:
    shape = shape_of(v)
    if len(shape) == 1:
        n = shape[0] + abs(k)
        return put_zero.apply((v,), {"index": _places(n, n, k), "shape": (n, n)})
    if len(shape) == 2:
        return np.diagonal(v, k)
    raise ValueError("Input must be 1- or 2-d.")


def _triangle(m: Any, keep: Any) -> Any:
    shape = shape_of(m)
    if not shape:
        raise ValueError("a triangle needs an array of at least one dimension")
    rows = shape[-2] if len(shape) > 1 else shape[-1]
    mask = keep(np.ones((rows, shape[-1]), dtype=bool))
    return np.where(mask, m, 0.0)


def _trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


diagonal = Composite(
    "diagonal",
    _diagonal,
    params={"offset": 0, "axis1": 0, "axis2": 1},
    numpy=(np.diagonal,),
    samples=(call(_FACE), call(_FACE, offset=1), call(_CUBE, axis1=1, axis2=2)),
    bad=(call([1.0]),),
    doc="The elements on a diagonal.",
)
diag = Composite(
    "diag",
    _diag,
    params={"k": 0},
    numpy=(np.diag,),
    samples=(call([1.0, 2.0]), call([1.0, 2.0], k=-1), call(_FACE), call(_FACE, k=1)),
    bad=(call(1.0),),
    doc="A matrix with a given diagonal; of a matrix, its diagonal.",
)
diagflat = Composite(
    "diagflat",
    lambda v, k=0: _diag(np.ravel(v), k),
    params={"k": 0},
    numpy=(np.diagflat,),
    samples=(call(_SQUARE), call([1.0, 2.0], k=1)),
    doc="A matrix with the flattened input as its diagonal.",
)
tril = Composite(
    "tril",
    lambda m, k=0: _triangle(m, lambda ones: np.tril(ones, k)),
    params={"k": 0},
    numpy=(np.tril,),
    samples=(call(_SQUARE), call(_FACE, k=1), call(_CUBE, k=-1)),
    bad=(call(1.0),),
    doc="Lower triangle, zeros above.",
)
triu = Composite(
    "triu",
    lambda m, k=0: _triangle(m, lambda ones: np.triu(ones, k)),
    params={"k": 0},
    numpy=(np.triu,),
    samples=(call(_SQUARE), call(_FACE, k=1), call(_CUBE, k=-1)),
    bad=(call(1.0),),
    doc="Upper triangle, zeros below.",
)


def _matrix_trace(x: Any, *, offset: int = 0, dtype: Any = None) -> Any:
    return _trace(x, offset, -2, -1)


trace = Composite(
    "trace",
    _trace,
    params={"offset": 0, "axis1": 0, "axis2": 1},
    numpy=(np.trace,),
    aliases=("tr",),
    samples=(call(_SQUARE), call(_FACE, offset=1), call(_CUBE, axis1=1, axis2=2)),
    bad=(call([1.0]),),
    doc="Sum of the elements on a diagonal.",
)
matrix_trace = Composite(
    "matrix_trace",
    _matrix_trace,
    params={"offset": 0},
    numpy=(np.linalg.trace,) if hasattr(np.linalg, "trace") else (),
    samples=(call(_CUBE),),
    doc="Trace over the last two axes.",
)
TABLE = (diagonal, diag, diagflat, tril, triu, trace, matrix_trace)
