"""Products and cumulative products, with derivatives that are exact where factors are zero.

May import `axes`, `op`, `rule` and NumPy. The derivative of a product with respect to one
factor is the product of the others. It is formed from the products before and behind that
factor, never by dividing by it, so zeros (one, two or all) need no special case.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from gradcli.ops.axes import dtype_of, fold, kept, multiply_reduce, shape_of, unfold
from gradcli.ops.op import Op, call
from gradcli.ops.rule import Custom


def _before(z: Any) -> Any:
    """Return, for every element, the product of those before it in its row."""
    if type(z) is np.ndarray:
        out = np.ones(z.shape, z.dtype)
        np.multiply.accumulate(z[..., :-1], axis=-1, out=out[..., 1:])
        return out
    ones = np.ones((*shape_of(z)[:-1], 1), dtype_of(z))
    return np.concatenate([ones, np.cumprod(z[..., :-1], axis=-1)], axis=-1)


def _others(x: Any, axis: Any) -> Any:
    """Return, for every element, the product of all others that are reduced with it."""
    z = fold(x, axis)
    n = shape_of(z)[-1]
    if n == 0:
        return x
    if n == 1:
        return unfold(np.ones(shape_of(z), dtype_of(z)), shape_of(x), axis)
    if n == 2:
        return unfold(z[..., ::-1], shape_of(x), axis)
    product = _before(z) * _before(z[..., ::-1])[..., ::-1]
    return unfold(product, shape_of(x), axis)


def _prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return multiply_reduce(x, axis, None, None, keepdims)


def _prod_pull(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return kept(g, shape_of(x), axis, keepdims) * _others(x, axis)


def _prod_push(ts: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(ts[0] * _others(x, axis), axis=axis, keepdims=keepdims)


def _recurrence(a: Any, b: Any) -> Any:
    """Run ``s[i] = a[i]·s[i-1] + b[i]`` along the last axis."""
    a, b = np.broadcast_arrays(np.asarray(a), np.asarray(b))
    kind = np.result_type(a, b)
    if b.ndim == 1 and kind == np.float64:
        # Python's floats are the same doubles, and a step with them takes a tenth of the time.
        pairs = zip(a[1:].tolist(), b[1:].tolist(), strict=True)
        return np.array(list(accumulate(pairs, _step, initial=float(b[0])))) if b.size else b + 0.0
    s = np.empty(b.shape, dtype=kind)
    for i in range(b.shape[-1]):
        s[..., i] = b[..., i] if i == 0 else a[..., i] * s[..., i - 1] + b[..., i]
    return s


def _step(before: float, pair: tuple[float, float]) -> float:
    """Return the next state of a recurrence."""
    return pair[0] * before + pair[1]


def _backwards(a: Any, g: Any) -> Any:
    """Run ``r[i] = g[i] + a[i+1]·r[i+1]``: the transpose of the recurrence in `b`."""
    zero = np.zeros((*shape_of(a)[:-1], 1), dtype_of(a))
    behind = np.concatenate([zero, a[..., :0:-1]], axis=-1)
    return recurrence(behind, g[..., ::-1])[..., ::-1]


def _delayed(s: Any) -> Any:
    """Return ``s[i-1]``, with 0 in the first place."""
    zero = np.zeros((*shape_of(s)[:-1], 1), dtype_of(s))
    return np.concatenate([zero, s[..., :-1]], axis=-1)


recurrence: Op = Op(
    "recurrence",
    _recurrence,
    Custom(
        (
            lambda g, y, a, b: _backwards(a, g) * _delayed(y),
            lambda g, y, a, b: _backwards(a, g),
        ),
        lambda ts, y, a, b: recurrence(
            a,
            (0.0 if ts[0] is None else ts[0] * _delayed(y))
            + (np.zeros(shape_of(y)) if ts[1] is None else ts[1]),
        ),
    ),
    arrays=2,
    samples=(
        call([0.5, -2.0, 3.0], [1.0, 2.0, -1.0]),
        call([[0.5, 0.0], [1.5, 2.0]], [[1.0, 2.0], [-1.0, 4.0]]),
    ),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0]),),
    doc="s[i] = a[i]*s[i-1] + b[i] along the last axis, s[0] = b[0].",
)


def _cumprod(x: Any, axis: int | None = None) -> Any:
    return np.multiply.accumulate(np.ravel(x) if axis is None else x, axis=axis or 0)


def _cumprod_pull(g: Any, y: Any, x: Any, axis: int | None = None) -> Any:
    """Return the product before each element times the cotangents of all it reaches."""
    shape = shape_of(x)
    if axis is None:
        x, g, axis = np.ravel(x), np.ravel(g), 0
    z, h = fold(x, axis), fold(g, axis)
    if shape_of(z)[-1] == 0:
        return np.reshape(g, shape)
    return np.reshape(unfold(_before(z) * _backwards(z, h), shape_of(x), axis), shape)


def _cumprod_push(ts: Any, y: Any, x: Any, axis: int | None = None) -> Any:
    """Return y' from ``y'[i] = x[i]·y'[i-1] + t[i]·y[i-1]``."""
    t = ts[0]
    if axis is None:
        x, t, axis = np.ravel(x), np.ravel(t), 0
    z = fold(x, axis)
    if shape_of(z)[-1] == 0:
        return t
    return unfold(recurrence(z, fold(t, axis) * _before(z)), shape_of(x), axis)


prod = Op(
    "prod",
    _prod,
    Custom((_prod_pull,), _prod_push),
    params={"axis": None, "keepdims": False},
    positions=("axis", "dtype", "out", "keepdims"),
    numpy=(np.prod,),
    samples=(
        call([1.5, -2.0, 3.0]),
        call([1.5, 0.0, 3.0]),
        call([0.0, 2.0, 0.0]),
        call([[1.0, 2.0, 0.5], [3.0, 0.0, -2.0]], axis=0),
        call([[[1.0, 2.0], [3.0, 4.0]], [[0.5, 0.0], [2.0, 7.0]]], axis=(0, -1)),
        call([[1.0, 2.0], [3.0, 4.0]], axis=1, keepdims=True),
    ),
    bad=(call([1.0, 2.0], axis=1),),
    doc="Product over all elements or along axes; exact also where factors are zero.",
)
cumprod = Op(
    "cumprod",
    _cumprod,
    Custom((_cumprod_pull,), _cumprod_push),
    params={"axis": None},
    positions=("axis", "dtype", "out"),
    numpy=(np.cumprod,),
    samples=(
        call([1.5, -2.0, 3.0]),
        call([1.5, 0.0, 3.0, 2.0]),
        call([[1.0, 2.0], [0.0, 4.0]]),
        call([[1.0, 2.0], [0.0, 4.0]], axis=-1),
        call([[1.0, 2.0], [0.0, 4.0]], axis=0),
    ),
    bad=(call([1.0, 2.0], axis=1),),
    doc="Running products along an axis (of the flattened array if no axis is given).",
)

TABLE = (recurrence, prod, cumprod)
