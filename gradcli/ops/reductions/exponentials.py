"""Log-sum-exp, softmax and log-softmax, safe against overflow.

May import `axes`, `rows`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import add_reduce, fold, kept, shape_of, unfold
from gradcli.ops.entries import EntryArray
from gradcli.ops.op import Op, call
from gradcli.ops.rows import as_places, map_rows, reduce_rows
from gradcli.ops.rule import Custom


def _shift(x: Any, axis: Any) -> Any:
    """Return the largest element as a shift; 0 where it is not finite."""
    top = np.max(x, axis=axis, keepdims=True)
    return np.where(np.isfinite(top), top, 0.0)


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``m + log1p(sum of the other exponentials)``: no digit of a small rest is lost.

    One largest element is taken out of the sum as the 1 of `log1p`.
    """
    x = np.asarray(x)
    if axis is None and x.ndim and x.size:
        y = _logsumexp_of_all(x)
        return np.full((1,) * x.ndim, y) if keepdims else y
    if not x.size:
        with np.errstate(divide="ignore"):
            return np.log(add_reduce(np.exp(x), axis, None, None, keepdims))
    top = _shift(x, axis)
    e = np.exp(x - top)
    whole = add_reduce(e, axis, None, None, True)
    best = x == top
    ties = add_reduce(best, axis, e.dtype, None, True)
    rest = add_reduce(np.where(best, 0.0, e), axis, None, None, True) + (ties - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(ties > 0, np.log1p(rest), np.log(whole)) + top
    return y if keepdims else _dropped(y, axis)


def _logsumexp_of_all(x: Any) -> Any:
    """Return the same of all elements: the largest one is found by its place."""
    e = x.ravel()
    place = e.argmax()
    top = e[place]
    if not np.isfinite(top):
        return top
    e = np.exp(e - top)
    e[place] = 0.0
    return np.log1p(add_reduce(e)) + top


def _dropped(y: Any, axis: Any) -> Any:
    """Return a reduced array without its reduced axes; a scalar if none is left."""
    return np.squeeze(y, axis=axis)[()]


def _softmax(x: Any, axis: Any = None) -> Any:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return x - logsumexp(x, axis=axis, keepdims=True)


def _row_top(m: Any, row: list[Any]) -> Any:
    """Return a shift for exact exponentials: their exponents are unbounded, not their cost."""
    return m.convert(0) if m.symbolic or not row else max(row)


def _row_logsumexp(m: Any, row: list[Any]) -> Any:
    top = _row_top(m, row)
    total = m.convert(0)
    for v in row:
        total = total + m.exp(v - top)
    return m.log(total) + top


def _row_softmax(m: Any, row: list[Any]) -> list[Any]:
    top = _row_top(m, row)
    e = [m.exp(v - top) for v in row]
    total = sum(e)
    return [v / total for v in e]


def _row_log_softmax(m: Any, row: list[Any]) -> list[Any]:
    whole = _row_logsumexp(m, row)
    return [v - whole for v in row]


_AXIS = {"axis": None}
_SAMPLES = (
    call([1.0, 2.0, 3.0]),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=-1),
    call([[1.0, -40.0], [700.0, 4.0]], axis=0),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]]),
)
_BAD = (call([1.0, 2.0], axis=1),)

logsumexp = Op(
    "logsumexp",
    _logsumexp,
    Custom(
        (
            lambda g, y, x, axis=None, keepdims=False: (
                kept(g, shape_of(x), axis, keepdims) * softmax(x, axis=axis)
            ),
        ),
        lambda ts, y, x, axis=None, keepdims=False: np.sum(
            ts[0] * softmax(x, axis=axis), axis=axis, keepdims=keepdims
        ),
    ),
    params={"axis": None, "keepdims": False},
    positions=("axis", "b", "keepdims", "return_sign"),
    numpy=("scipy.special.logsumexp",),
    form=lambda m, x, axis=None, keepdims=False: reduce_rows(
        lambda row: _row_logsumexp(m, row), x, axis, keepdims
    ),
    samples=(*_SAMPLES, call([[1.0, 2.0], [3.0, 4.0]], axis=0, keepdims=True), call(1.5)),
    bad=_BAD,
    doc="log(sum(exp(x))), without overflow.",
)


def _is_numbers(*arrays: Any) -> bool:
    """Return whether all are arrays of numbers, plain or exact, and not empty."""
    return all(type(a) in _NUMBERS and a.size for a in arrays)


_NUMBERS = frozenset({np.ndarray, EntryArray})


def _largest_share(y: Any, axis: Any) -> Any:
    """Return ones at the first largest element of every row, zeros elsewhere."""
    z = fold(y, axis)
    first = np.asarray(as_places(np.argmax(z, axis=-1)))[..., None]
    return unfold((np.arange(z.shape[-1]) == first).astype(y.dtype), y.shape, axis)


def _softmax_along(t: Any, y: Any, x: Any, axis: Any = None) -> Any:
    """Return the softmax's Jacobian, which is symmetric, applied to `t`.

    It does not see a constant added to `t`, so `t` is taken relative to that of the
    largest share: the small difference of a share near 1 is then summed from small
    numbers instead of cancelling.
    """
    if _is_numbers(y, t):
        t = t - np.sum(t * _largest_share(y, axis), axis=axis, keepdims=True)
    return y * (t - np.sum(t * y, axis=axis, keepdims=True))


def _log_softmax_pull(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    """Return ``g - s·sum(g)``; for the largest share s, 1 - s is summed from the others."""
    s = softmax(x, axis=axis)
    whole = np.sum(g, axis=axis, keepdims=True)
    if not _is_numbers(s, g):
        return g - s * whole
    top = _largest_share(s, axis)
    rest = 1.0 - top
    others = np.sum(s * rest, axis=axis, keepdims=True)
    beside = np.sum(g * rest, axis=axis, keepdims=True)
    return np.where(top == 1.0, g * others - s * beside, g - s * whole)


softmax: Op = Op(
    "softmax",
    _softmax,
    Custom((_softmax_along,), lambda ts, y, x, axis=None: _softmax_along(ts[0], y, x, axis)),
    params=_AXIS,
    numpy=("scipy.special.softmax",),
    form=lambda m, x, axis=None: map_rows(lambda row: _row_softmax(m, row), x, axis),
    samples=_SAMPLES,
    bad=_BAD,
    doc="exp(x)/sum(exp(x)), over all elements or along an axis.",
)
log_softmax = Op(
    "log_softmax",
    _log_softmax,
    Custom(
        (_log_softmax_pull,),
        lambda ts, y, x, axis=None: (
            ts[0] - np.sum(ts[0] * softmax(x, axis=axis), axis=axis, keepdims=True)
        ),
    ),
    params=_AXIS,
    numpy=("scipy.special.log_softmax",),
    form=lambda m, x, axis=None: map_rows(lambda row: _row_log_softmax(m, row), x, axis),
    samples=_SAMPLES,
    bad=_BAD,
    doc="x - logsumexp(x), over all elements or along an axis.",
)

TABLE = (logsumexp, softmax, log_softmax)
