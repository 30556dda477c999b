"""Variance, standard deviation, weighted mean, covariance.

May import `axes`, `rows`, `op`, `rule` and NumPy. Values keep NumPy's order of operations,
so that a traced and a plain run agree bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import add_reduce, count, kept, shape_of
from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rows import reduce_rows
from gradcli.ops.rule import Custom


def _centred(x: Any, axis: Any) -> Any:
    if type(x) is np.ndarray:
        return x - add_reduce(x, axis, None, None, True) / count(x.shape, axis)
    return x - np.mean(x, axis=axis, keepdims=True)


def _freedom(x: Any, axis: Any, ddof: float) -> float:
    """Return the divisor of a variance, 0 where NumPy has 0."""
    return max(count(shape_of(x), axis) - ddof, 0)


def _over(a: Any, n: float) -> Any:
    """Return ``a/n``, NaN without degrees of freedom."""
    return a / n if n else a * np.nan


def _var_pull(g: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, **kw: Any) -> Any:
    g = kept(g, shape_of(x), axis, kw.get("keepdims", False))
    return _over(2.0 * g, _freedom(x, axis, ddof)) * _centred(x, axis)


def _var_push(ts: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, **kw: Any) -> Any:
    total = np.sum(ts[0] * _centred(x, axis), axis=axis, keepdims=kw.get("keepdims", False))
    return _over(2.0 * total, _freedom(x, axis, ddof))


def _std_scale(y: Any) -> Any:
    """Return the deviation as a divisor; 1 at a constant input, where the rest is 0."""
    return np.where(y == 0.0, 1.0, y)


def _std_pull(g: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, **kw: Any) -> Any:
    g = kept(g / _std_scale(y), shape_of(x), axis, kw.get("keepdims", False))
    return _over(g, _freedom(x, axis, ddof)) * _centred(x, axis)


def _std_push(ts: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, **kw: Any) -> Any:
    total = np.sum(ts[0] * _centred(x, axis), axis=axis, keepdims=kw.get("keepdims", False))
    return _over(total, _freedom(x, axis, ddof)) / _std_scale(y)


def _row_variance(m: Any, row: list[Any], ddof: float) -> Any:
    if not max(len(row) - ddof, 0):
        return m.convert(float("nan"))
    middle = sum(row) / m.convert(len(row))
    return sum((v - middle) * (v - middle) for v in row) / m.convert(len(row) - ddof)


def _var_form(m: Any, x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Any:
    return reduce_rows(lambda row: _row_variance(m, row, ddof), x, axis, keepdims)


def _std_form(m: Any, x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Any:
    return reduce_rows(lambda row: m.sqrt(_row_variance(m, row, ddof)), x, axis, keepdims)


_PARAMS = {"axis": None, "ddof": 0, "keepdims": False}
_POSITIONS = ("axis", "dtype", "out", "ddof", "keepdims")
_SAMPLES = (
    call([1.0, 2.0, -3.0]),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=0),
    call([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]], axis=-1, ddof=1, keepdims=True),
    call([[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]], axis=(0, -1)),
)
_BAD = (call([1.0, 2.0], axis=1),)

var = Op(
    "var",
    lambda x, axis=None, ddof=0, keepdims=False: np.var(x, axis=axis, ddof=ddof, keepdims=keepdims),
    Custom((_var_pull,), _var_push),
    params=_PARAMS,
    positions=_POSITIONS,
    numpy=(np.var,),
    form=_var_form,
    samples=_SAMPLES,
    bad=_BAD,
    doc="Variance; divided by n - ddof, ddof=0 as in NumPy.",
)
std = Op(
    "std",
    lambda x, axis=None, ddof=0, keepdims=False: np.std(x, axis=axis, ddof=ddof, keepdims=keepdims),
    Custom((_std_pull,), _std_push),
    params=_PARAMS,
    positions=_POSITIONS,
    numpy=(np.std,),
    form=_std_form,
    kink=Kink(
        "a constant input",
        lambda x, axis=None, ddof=0, keepdims=False: np.std(x, axis=axis),
        used="0",
        convention="the centre of the cone, as for norm",
        samples=(call([2.0, 2.0]), call([[1.0, 1.0, 1.0], [1.0, 2.0, 4.0]], axis=1, ddof=1)),
    ),
    samples=_SAMPLES,
    bad=_BAD,
    doc="Standard deviation; divided by n - ddof, ddof=0 as in NumPy; slope 0 at a constant.",
)


def _average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, keepdims: bool = False
) -> Any:
    keepdims = bool(keepdims)
    if weights is None:
        avg = np.mean(a, axis=axis, keepdims=keepdims)
        scale: Any = np.float64(count(shape_of(a), axis))
    else:
        weights = _weights_along(weights, shape_of(a), axis)
        scale = np.sum(weights, axis=axis, keepdims=keepdims)
        avg = np.sum(a * weights, axis=axis, keepdims=keepdims) / scale
    if returned:
        return avg, np.broadcast_to(scale, shape_of(avg))
    return avg


def _weights_along(weights: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Return one-dimensional weights laid along `axis`; full weights as they are.

    Raises
    ------
    TypeError
        If the shapes differ and no axis says how to lay the weights.
    """
    if shape_of(weights) == shape:
        return weights
    if not isinstance(axis, int) or shape_of(weights) != (shape[axis],):
        raise TypeError("weights must have the shape of the array, or lie along one axis of it")
    form = [1] * len(shape)
    form[axis] = shape[axis]
    return np.broadcast_to(np.reshape(weights, tuple(form)), shape)


average = Composite(
    "average",
    _average,
    params={"axis": None, "weights": None, "returned": False, "keepdims": False},
    numpy=(np.average,),
    samples=(
        call([1.0, 2.0, -3.0]),
        call([1.0, 2.0, -3.0], weights=[0.5, 1.0, 2.0]),
        call([[1.0, 2.0], [3.0, 5.0]], axis=1, weights=[0.5, 1.5]),
    ),
    bad=(call([1.0, 2.0], weights=[1.0, 2.0, 3.0]),),
    doc="Mean with weights.",
)


def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if fweights is not None or aweights is not None:
        raise TypeError("cov with weights is not followed; write it with average")
    x = _as_rows(m, rowvar)
    if y is not None:
        x = np.concatenate([x, _as_rows(y, rowvar)], axis=0)
    free = shape_of(x)[1] - (ddof if ddof is not None else 0 if bias else 1)
    x = x - np.mean(x, axis=1)[:, None]
    c = np.dot(x, np.transpose(x)) * np.true_divide(1, max(free, 0))
    return np.squeeze(c)


def _as_rows(x: Any, rowvar: bool) -> Any:
    """Return observations with one variable a row."""
    if len(shape_of(x)) < 2:
        return np.reshape(x, (1, -1))
    return x if rowvar else np.transpose(x)


def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, **_ignored: Any) -> Any:
    c = np.cov(x, y, rowvar)
    if not shape_of(c):
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    c = c / deviation[:, None]
    c = c / deviation[None, :]
    return np.clip(c, -1, 1)


_OBSERVATIONS = [[1.0, 2.0, 0.5, 3.0], [3.0, 4.0, -2.0, 0.25]]
cov = Composite(
    "cov",
    _cov,
    params={"y": None, "rowvar": True, "bias": False, "ddof": None},
    numpy=(np.cov,),
    samples=(call(_OBSERVATIONS), call(_OBSERVATIONS, rowvar=False, ddof=0)),
    doc="Covariance matrix of variables in rows.",
)
corrcoef = Composite(
    "corrcoef",
    _corrcoef,
    params={"y": None, "rowvar": True},
    numpy=(np.corrcoef,),
    samples=(call(_OBSERVATIONS),),
    doc="Correlation coefficients of variables in rows.",
)

TABLE = (var, std, average, cov, corrcoef)
