"""Products and rearrangements of stacked matrices under NumPy 2's names; tensor equations.

May import `axes`, `op`, `rule` and NumPy. On NumPy 1 they are there without its callables.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import here, matrix_transpose, normal_axis, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Multilinear

_A = [[1.0, 2.0], [3.0, 4.0]]
_STACK = [_A, [[0.5, -1.0], [2.0, 7.0]]]
_ROWS = [[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]]


def _last(x: Any, axis: int) -> Any:
    return x if axis == -1 else np.moveaxis(x, axis, -1)


def _over_axis(a: Any, b: Any, axis: int = -1) -> Any:
    """Return inner products along another axis than the last, else ``None``."""
    return None if axis == -1 else vecdot(_last(a, axis), _last(b, axis))


def _matvec(a: Any, v: Any) -> Any:
    return np.matmul(a, v[..., None])[..., 0]


def _vecmat(v: Any, a: Any) -> Any:
    return np.matmul(v[..., None, :], a)[..., 0, :]


def _tensorinv(a: Any, ind: int = 2) -> Any:
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = shape_of(a)
    wide = int(np.prod(shape[ind:]))
    return np.reshape(np.linalg.inv(np.reshape(a, (-1, wide))), (*shape[ind:], *shape[:ind]))


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    ndim = len(shape_of(a))
    if axes is not None:
        moved = [normal_axis(int(i), ndim) for i in axes]
        a = np.transpose(a, (*(i for i in range(ndim) if i not in moved), *moved))
    shape = shape_of(a)[len(shape_of(b)) :]
    size = int(np.prod(shape))
    return np.reshape(np.linalg.solve(np.reshape(a, (-1, size)), np.ravel(b)), shape)


vecdot: Op = Op(
    "vecdot",
    getattr(np, "vecdot", lambda a, b: np.add.reduce(np.multiply(a, b), -1)),
    Multilinear(
        (lambda g, y, a, b: g[..., None] * b, lambda g, y, a, b: g[..., None] * a),
    ),
    arrays=2,
    params={"axis": -1},
    numpy=(*here(np, "vecdot"), *here(np.linalg, "vecdot")),
    form=lambda m, a, b: np.add.reduce(np.asarray(a * b, dtype=object), -1),
    expand=_over_axis,
    samples=(call(_ROWS, [1.0, 2.0, 4.0]), call(_ROWS, _ROWS), call(_ROWS, _ROWS, axis=0)),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="Inner products along the last axis.",
)
matvec = Composite(
    "matvec",
    _matvec,
    arrays=2,
    numpy=here(np, "matvec"),
    samples=(call(_STACK, [1.0, 2.0]), call(_STACK, _A)),
    doc="Matrix times vector, for stacks of both.",
)
vecmat = Composite(
    "vecmat",
    _vecmat,
    arrays=2,
    numpy=here(np, "vecmat"),
    samples=(call([1.0, 2.0], _STACK), call(_A, _STACK)),
    doc="Vector times matrix, for stacks of both.",
)
transposed = Composite(
    "matrix_transpose",
    matrix_transpose,
    numpy=(*here(np, "matrix_transpose"), *here(np.linalg, "matrix_transpose")),
    samples=(call(_STACK), call(_ROWS)),
    doc="The last two axes interchanged.",
)
matrix_diagonal = Composite(
    "matrix_diagonal",
    lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1),
    params={"offset": 0},
    numpy=here(np.linalg, "diagonal"),
    samples=(call(_STACK), call(_ROWS, offset=1)),
    doc="Diagonals over the last two axes.",
)
tensorinv = Composite(
    "tensorinv",
    _tensorinv,
    params={"ind": 2},
    numpy=(np.linalg.tensorinv,),
    samples=(call(_A, ind=1), call([[[1.0, 2.0], [3.0, 4.0]]], ind=2)),
    bad=(call(_A, ind=0),),
    doc="Inverse with respect to a tensor product.",
)
tensorsolve = Composite(
    "tensorsolve",
    _tensorsolve,
    arrays=2,
    params={"axes": None},
    numpy=(np.linalg.tensorsolve,),
    samples=(call(_A, [1.0, 2.0]), call([[[1.0, 2.0]], [[3.0, 5.0]]], [[1.0], [2.0]])),
    doc="Solution of a tensor equation.",
)
TABLE = (
    vecdot,
    matvec,
    vecmat,
    transposed,
    matrix_diagonal,
    tensorinv,
    tensorsolve,
)
