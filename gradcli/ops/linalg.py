"""Products of vectors and matrices.

May import `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import Multilinear


def _dot_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `a` in ``a @ b`` for operands of one or two dimensions."""
    if np.ndim(b) == 1:
        return g * b if np.ndim(a) == 1 else np.outer(g, b)
    return g @ b.T


def _dot_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `b` in ``a @ b`` for operands of one or two dimensions."""
    if np.ndim(a) == 1:
        return g * a if np.ndim(b) == 1 else np.outer(a, g)
    return a.T @ g


matmul = Op(
    "matmul",
    np.matmul,
    Multilinear((_dot_left, _dot_right)),
    arrays=2,
    numpy=(np.matmul,),
    samples=(call([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]),),
    bad=(call([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0, 7.0]),),
    doc="Matrix product.",
)
dot = Op(
    "dot",
    np.dot,
    Multilinear((_dot_left, _dot_right)),
    arrays=2,
    numpy=(np.dot,),
    samples=(call([1.0, 2.0], [5.0, 6.0]),),
    bad=(call([1.0, 2.0], [5.0, 6.0, 7.0]),),
    doc="Inner product; for matrices their product.",
)

TABLE = (matmul, dot)
