"""Convolution and correlation of two sequences.

May import `axes`, `op`, `rule` and NumPy. Both are linear in either sequence; the
derivative of the ``valid`` and ``same`` parts is that of the full one with zeros where
the result was cut.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Multilinear


def _start(n: int, k: int, mode: str) -> int:
    """Return where the part that `mode` keeps begins in the full result."""
    if mode == "full":
        return 0
    short = min(n, k)
    return short - 1 if mode == "valid" else (short - 1) // 2


def _whole(g: Any, n: int, k: int, mode: str) -> Any:
    """Return a cotangent laid into the full result's length."""
    if mode == "full":
        return g
    start = _start(n, k, mode)
    rest = n + k - 1 - start - shape_of(g)[0]
    return np.concatenate([np.zeros(start, dtype_of(g)), g, np.zeros(rest, dtype_of(g))])


def _pull(g: Any, other: Any, n: int, k: int, mode: str) -> Any:
    """Return the sums of cotangents times the other sequence, at every shift."""
    full = _whole(g, n, k, mode)
    return np.convolve(full, other[::-1], "valid")


def _left(g: Any, y: Any, a: Any, v: Any, mode: str = "full") -> Any:
    n, k = a.shape[0], v.shape[0]
    return _pull(g, v, n, k, mode)


def _right(g: Any, y: Any, a: Any, v: Any, mode: str = "full") -> Any:
    n, k = a.shape[0], v.shape[0]
    return _pull(g, a, n, k, mode)


convolve = Op(
    "convolve",
    lambda a, v, mode="full": np.convolve(a, v, mode),
    Multilinear((_left, _right)),
    arrays=2,
    params={"mode": "full"},
    numpy=(np.convolve,),
    samples=(
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0]),
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0, 1.0], mode="valid"),
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0, 1.0], mode="same"),
        call([0.5, 2.0], [1.0, 2.0, 3.0, -1.0], mode="same"),
    ),
    bad=(call([], [1.0]), call([[1.0]], [1.0])),
    doc="Discrete convolution of two sequences.",
)


def _correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the correlation: a convolution with the reversed second sequence."""
    y = convolve(a, v[::-1], mode=mode)
    n, k = shape_of(a)[0], shape_of(v)[0]
    if mode == "same" and k > n:
        # NumPy cuts correlation and convolution differently where the second is longer.
        full = convolve(a, v[::-1], mode="full")
        start = (n + k - 1) - _start(n, k, mode) - max(n, k)
        return full[start : start + max(n, k)]
    return y


correlate = Composite(
    "correlate",
    _correlate,
    arrays=2,
    params={"mode": "valid"},
    numpy=(np.correlate,),
    samples=(
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0]),
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0, 1.0], mode="full"),
        call([1.0, 2.0, 3.0, -1.0], [0.5, 2.0, 1.0], mode="same"),
    ),
    doc="Cross-correlation of two sequences.",
)

TABLE = (convolve, correlate)
