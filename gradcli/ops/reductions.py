"""Sums and products over axes.

May import `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import Linear


def normal_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes of a reduction as sorted non-negative numbers."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(int(a) % ndim for a in axes))


def spread(g: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    """Return a reduced array (a cotangent, a maximum) broadcast back to `shape`."""
    if not keepdims:
        axes = normal_axes(axis, len(shape))
        g = np.reshape(g, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    return np.broadcast_to(g, shape)


sum_ = Op(
    "sum",
    lambda x, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
    Linear(
        (lambda g, y, x, axis=None, keepdims=False: spread(g, np.shape(x), axis, keepdims),),
    ),
    params={"axis": None, "keepdims": False},
    numpy=(np.sum, (np.add, "reduce")),
    samples=(call([1.0, 2.0, -3.0]), call([[1.0, 2.0], [3.0, 4.0]], axis=0)),
    doc="Sum over all elements or along an axis.",
)

TABLE = (sum_,)
