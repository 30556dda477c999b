"""Arrays made from sizes and single values: zeros, eye, full, arange, linspace.

May import `axes`, `op` and NumPy. Their sizes are plain numbers; a value that fills or
bounds them may be traced.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import shape_of
from gradcli.ops.op import Composite, call


def _size(*dimensions: Any) -> tuple[int, ...]:
    """Return a shape given as one number, as several, or as a tuple."""
    parts = dimensions[0] if len(dimensions) == 1 else dimensions
    return tuple(_whole(n) for n in (parts if np.ndim(parts) else (parts,)))


def _whole(n: Any) -> int:
    """Return a size as an int.

    Raises
    ------
    ValueError
        If it is not a whole number, or negative.
    """
    if int(n) != n or n < 0:
        raise ValueError(f"a size must be a whole number, not {n}")
    return int(n)


def _eye(N: Any, M: Any = None, k: Any = 0) -> Any:
    return np.eye(_whole(N), None if M is None else _whole(M), k=int(k))


def _full(*arguments: Any, fill_value: Any = None) -> Any:
    """Return an array of one value: ``full(shape, value)`` or ``full(n, m, …, value)``."""
    if fill_value is None:
        *arguments, fill_value = arguments  # type: ignore[assignment]
    return np.broadcast_to(fill_value, _size(*arguments)) * 1.0


def _full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", **_rest: Any) -> Any:
    return np.broadcast_to(fill_value, shape_of(a)) * 1.0


def _arange(*bounds: Any, step: Any = None) -> Any:
    arguments = bounds if step is None else (*bounds, step)
    return np.arange(*arguments, dtype=np.float64)


def _linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return evenly spaced values between bounds that may be traced, as NumPy computes them."""
    n = _whole(num)
    gaps = n - 1 if endpoint else n
    shape = np.broadcast_shapes(shape_of(start), shape_of(stop))
    steps = np.reshape(np.arange(n, dtype=np.float64), (n,) + (1,) * len(shape))
    step = (stop - start) / gaps if gaps > 0 else np.nan
    y = steps * step + start if gaps > 0 else np.broadcast_to(start, (n, *shape)) * 1.0
    if endpoint and n > 1:
        y = np.concatenate([y[:-1], np.reshape(np.broadcast_to(stop, shape), (1, *shape))])
    if axis:
        y = np.moveaxis(y, 0, axis)
    return (y, step) if retstep else y


zeros = Composite(
    "zeros",
    lambda *shape: np.zeros(_size(*shape)),
    arrays=0,
    samples=(call(3), call(2, 3)),
    bad=(call(-1), call(1.5)),
    doc="An array of zeros of a given shape.",
)
ones = Composite(
    "ones",
    lambda *shape: np.ones(_size(*shape)),
    arrays=0,
    samples=(call(3), call(2, 3)),
    bad=(call(-1),),
    doc="An array of ones of a given shape.",
)
eye = Composite(
    "eye",
    _eye,
    params={"M": None, "k": 0},
    aliases=("identity",),
    arrays=0,
    samples=(call(2), call(2, 3), call(3, k=1)),
    bad=(call(-1),),
    doc="The identity matrix.",
)
full = Composite(
    "full",
    _full,
    arrays=0,
    params={"fill_value": None},
    samples=(call(2, 2, 0.5), call((2, 3), 1.5)),
    doc="An array of one value.",
)
full_like = Composite(
    "full_like",
    _full_like,
    params={"fill_value": 0.0},
    numpy=(np.full_like,),
    samples=(call([1.0, 2.0], fill_value=3.0),),
    doc="An array of one value, in the shape of another.",
)
arange = Composite(
    "arange",
    _arange,
    params={"step": None},
    arrays=0,
    samples=(call(4), call(1, 3), call(0, 1, 0.25)),
    doc="Evenly spaced numbers without the end.",
)
linspace = Composite(
    "linspace",
    _linspace,
    arrays=2,
    params={"num": 50, "endpoint": True, "retstep": False, "axis": 0},
    numpy=(np.linspace,),
    samples=(call(0.5, 2.0, num=5), call([0.0, 1.0], 2.0, num=3), call(0.0, 1.0, num=1)),
    bad=(call(0.0, 1.0, num=-1),),
    doc="Evenly spaced numbers with both ends.",
)

TABLE = (zeros, ones, eye, full, full_like, arange, linspace)
