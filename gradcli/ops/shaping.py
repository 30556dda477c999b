"""Reshape, transpose, broadcast, concatenate.

May import `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import Linear

reshape = Op(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    Linear((lambda g, y, x, shape: np.reshape(g, np.shape(x)),)),
    params={"shape": None},
    numpy=(np.reshape,),
    samples=(call([1.0, 2.0, 3.0, 4.0], shape=(2, 2)),),
    bad=(call([1.0, 2.0, 3.0], shape=(2, 2)),),
    doc="The same elements in another shape.",
)


def _inverse_axes(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort(axes))


transpose = Op(
    "transpose",
    np.transpose,
    Linear((lambda g, y, x, axes=None: np.transpose(g, _inverse_axes(axes)),)),
    params={"axes": None},
    numpy=(np.transpose,),
    samples=(call([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),),
    doc="Axes in reverse, or in the given, order.",
)


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Return a cotangent summed over the axes along which an input was broadcast."""
    have = np.shape(g)
    if have == shape:
        return g
    lead = len(have) - len(shape)
    axes = tuple(range(lead)) + tuple(
        lead + i for i, n in enumerate(shape) if n == 1 and have[lead + i] != 1
    )
    if axes:
        g = np.sum(g, axis=axes, keepdims=True)
    return np.reshape(g, shape)


broadcast_to = Op(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    Linear((lambda g, y, x, shape: sum_to(g, np.shape(x)),)),
    params={"shape": None},
    numpy=(np.broadcast_to,),
    samples=(call([1.0, 2.0], shape=(3, 2)),),
    bad=(call([1.0, 2.0], shape=(3, 3)),),
    doc="Repeat along new or length-1 axes.",
)

TABLE = (reshape, transpose, broadcast_to)
