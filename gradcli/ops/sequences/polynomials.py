"""Polynomials given by their coefficients, highest power first.

May import `axes`, `op` and NumPy. Composites, in NumPy's order of operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, shape_of
from gradcli.ops.op import Composite, call


def _polyval(p: Any, x: Any) -> Any:
    """Return the polynomial by Horner's rule, highest power first, as NumPy does."""
    y: Any = np.zeros(shape_of(x))
    for k in range(shape_of(p)[0]):
        y = y * x + p[k]
    return y


def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    if len(shape_of(x)) != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    count = shape_of(x)[0] if N is None else int(N)
    columns = [np.ones(shape_of(x))]
    for _ in range(count - 1):
        columns.append(columns[-1] * x if len(columns) > 1 else x)
    columns = columns[:count]
    return np.stack(columns if increasing else columns[::-1], axis=1)


def _polyder(p: Any, m: int = 1) -> Any:
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(int(m)):
        p = p[:-1] * np.arange(shape_of(p)[0] - 1.0, 0.0, -1.0)
    return p


def _polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    start = np.zeros(m) if k is None else np.broadcast_to(np.atleast_1d(k), (m,))
    for i in range(int(m)):
        whole = p / np.arange(float(shape_of(p)[0]), 0.0, -1.0)
        p = np.concatenate([whole, start[i : i + 1]])
    return p


def _polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """Return the least-squares polynomial; columns are scaled to length 1, as NumPy does."""
    if full or cov:
        raise TypeError("polyfit is followed without full= and cov=")
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if len(shape_of(x)) != 1 or shape_of(x)[0] != shape_of(y)[0] or not shape_of(x)[0]:
        raise TypeError("expected x and y to have same length")
    if rcond is None:
        rcond = shape_of(x)[0] * np.finfo(dtype_of(x)).eps
    lhs = np.vander(x, int(deg) + 1)
    if w is not None:
        lhs = lhs * w[:, None]
        y = y * (w[:, None] if len(shape_of(y)) == 2 else w)
    scale = np.sqrt(np.sum(lhs * lhs, axis=0))
    c = np.linalg.lstsq(lhs / scale, y, rcond)[0]
    return np.transpose(np.transpose(c) / scale)


polyval = Composite(
    "polyval",
    _polyval,
    arrays=2,
    numpy=(np.polyval,),
    samples=(call([1.0, -2.0, 3.0], 2.0), call([1.0, -2.0, 3.0], [0.5, 1.5])),
    doc="Polynomial with the given coefficients, highest power first.",
)
vander = Composite(
    "vander",
    _vander,
    params={"N": None, "increasing": False},
    numpy=(np.vander,),
    samples=(call([1.0, 2.0, 4.0]), call([1.0, 2.0], N=4, increasing=True)),
    bad=(call([[1.0]]),),
    doc="Matrix of powers.",
)

polyder = Composite(
    "polyder",
    _polyder,
    params={"m": 1},
    numpy=(np.polyder,),
    samples=(call([1.0, -2.0, 3.0]), call([1.0, -2.0, 3.0, 0.5], m=2)),
    bad=(call([1.0, 2.0], m=-1),),
    doc="Coefficients of the derivative of a polynomial.",
)
polyint = Composite(
    "polyint",
    _polyint,
    params={"m": 1, "k": None},
    numpy=(np.polyint,),
    samples=(call([1.0, -2.0, 3.0]), call([1.0, -2.0], m=2, k=[0.5, 2.0])),
    bad=(call([1.0, 2.0], m=-1),),
    doc="Coefficients of an integral of a polynomial.",
)
polyfit = Composite(
    "polyfit",
    _polyfit,
    arrays=2,
    params={"deg": 1, "rcond": None, "full": False, "w": None, "cov": False},
    numpy=(np.polyfit,),
    samples=(
        call([0.0, 1.0, 2.5, 4.0], [1.0, 0.5, 2.0, -1.0], deg=1),
        call([0.0, 1.0, 2.5, 4.0], [1.0, 0.5, 2.0, -1.0], deg=2, w=np.array([1.0, 2.0, 0.5, 1.0])),
    ),
    bad=(call([0.0, 1.0], [1.0], deg=1),),
    doc="Coefficients of the polynomial that fits points best.",
)

TABLE = (polyval, vander, polyder, polyint, polyfit)
