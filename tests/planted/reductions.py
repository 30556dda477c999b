"""Reductions, broadcasting, indexing: where a dimension or an entry gets lost.

Kinds that public trackers report: a bias that is not summed over the batch, or averaged
(nd4j #2424, jimfleming/differentiation #1) or summed over the wrong axis (Gen.jl #432); an
index that occurs twice and counts once (PyTorch #1528, #1631).
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
_V = np.array([0.4, 1.7, -0.6, 2.2])


def _mean_square(x):
    return np.mean(x**2)


def _mean_square_grad(x):
    return 2 * x / x.size


def _variance(x):
    return np.var(x)


def _variance_grad(x):
    return 2 * (x - np.mean(x)) / x.size


def _deviation(x):
    return np.std(x, ddof=1)


def _deviation_grad(x):
    return (x - np.mean(x)) / ((x.size - 1) * np.std(x, ddof=1))


def _product(x):
    return np.prod(x)


def _product_grad(x):
    return np.array([np.prod(np.delete(x, i)) for i in range(x.size)])


def _logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def _softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def _bias(x, b):
    return np.sum(np.tanh(x + b))


def _bias_grad(x, b):
    g = 1 - np.tanh(x + b) ** 2
    return g, np.sum(g, axis=0)


def _largest(x):
    return np.max(x)


def _largest_grad(x):
    ties = x == np.max(x)
    return ties / np.sum(ties)


def _windows(x):
    return np.sum((x[1:] - x[:-1]) ** 2)


def _windows_grad(x):
    d = x[1:] - x[:-1]
    g = np.zeros_like(x)
    g[1:] += 2 * d
    g[:-1] -= 2 * d
    return g


def _picked(x):
    rows = np.array([0, 1, 1, 3])
    return np.sum(x[rows] ** 2)


def _picked_grad(x):
    g = np.zeros_like(x)
    np.add.at(g, np.array([0, 1, 1, 3]), 2 * x[np.array([0, 1, 1, 3])])
    return g


def _picked_once(x):
    g = np.zeros_like(x)
    rows = np.array([0, 1, 1, 3])
    g[rows] += 2 * x[rows]
    return g


def _cumulated(x):
    return np.sum(np.cumsum(x) ** 2)


def _cumulated_grad(x):
    return 2 * np.cumsum(np.cumsum(x)[::-1])[::-1]


def _columns(x):
    return np.sum(np.sum(x, axis=0) ** 2)


def _columns_grad(x):
    return np.broadcast_to(2 * np.sum(x, axis=0), x.shape).copy()


CASES = (
    Case(
        "mean square",
        _mean_square,
        _mean_square_grad,
        (_X,),
        ((np.zeros((2, 3)),), (1e-150 * _X,), (1e150 * _X,)),
        (
            *made(_mean_square_grad, "sign", "times n", "half", "rolled"),
            slip("two forgotten", lambda x: x / x.size, "constant-factor"),
            slip("divided by the rows", lambda x: 2 * x / len(x), "constant-factor"),
        ),
    ),
    Case(
        "variance",
        _variance,
        _variance_grad,
        (_V,),
        ((np.full(4, 3.0),), (np.array([1e8, 1e8 + 1, 1e8 + 2, 1e8 - 1]),)),
        (
            *made(_variance_grad, "sign", "one over n"),
            slip("mean forgotten", lambda x: 2 * x / x.size),
            slip(
                "one degree less", lambda x: 2 * (x - np.mean(x)) / (x.size - 1), "constant-factor"
            ),
            slip("two forgotten", lambda x: (x - np.mean(x)) / x.size, "constant-factor"),
        ),
    ),
    Case(
        "standard deviation",
        _deviation,
        _deviation_grad,
        (_V,),
        ((1e100 * _V,), (1e-100 * _V,)),
        (
            *made(_deviation_grad, "sign", "factor"),
            slip(
                "wrong degrees",
                lambda x: (x - np.mean(x)) / (x.size * np.std(x, ddof=1)),
                "constant-factor",
            ),
            slip("of the variance", lambda x: 2 * (x - np.mean(x)) / (x.size - 1)),
        ),
    ),
    Case(
        "product",
        _product,
        _product_grad,
        (_V,),
        ((np.array([0.0, 2.0, 3.0, 4.0]),), (np.array([0.0, 0.0, 3.0, 4.0]),)),
        (
            *made(_product_grad, "sign", "reversed", "one entry"),
            slip("the product itself", lambda x: np.full_like(x, np.prod(x))),
            slip("times instead of over", lambda x: np.prod(x) * x),
        ),
    ),
    Case(
        "log-sum-exp",
        _logsumexp,
        _softmax,
        (_V,),
        (
            (np.array([1000.0, 1000.0, -1000.0, 0.0]),),
            (np.zeros(4),),
            (np.array([1.0, 1.0, 1.0, 0.5]),),
        ),
        (
            *made(_softmax, "sign", "times n", "rolled", "tiny"),
            slip("not normalised", np.exp),
            slip("uniform", lambda x: np.ones_like(x) / x.size),
            slip("jacobian's diagonal", lambda x: _softmax(x) * (1 - _softmax(x))),
        ),
    ),
    Case(
        "broadcast bias",
        _bias,
        _bias_grad,
        (_X, np.array([0.1, -0.2, 0.3])),
        ((np.zeros((2, 3)), np.zeros(3)), (_X, -_X[0])),
        (
            slip(
                "bias not summed",
                lambda x, b: (_bias_grad(x, b)[0], (1 - np.tanh(x + b) ** 2)[0]),
            ),
            slip(
                "bias averaged",
                lambda x, b: (_bias_grad(x, b)[0], np.mean(1 - np.tanh(x + b) ** 2, axis=0)),
            ),
            slip(
                "summed over the wrong axis",
                lambda x, b: (
                    _bias_grad(x, b)[0],
                    np.resize(np.sum(1 - np.tanh(x + b) ** 2, axis=1), 3),
                ),
            ),
            *made(_bias_grad, "sign", "factor"),
        ),
    ),
    Case(
        "largest",
        _largest,
        _largest_grad,
        (_V,),
        ((np.array([2.0, 2.0, 1.0, 0.0]),), (np.full(4, 7.0),), (np.array([1, 1 + 1e-12, 0, 0]),)),
        (
            slip("smallest", lambda x: (x == np.min(x)).astype(float)),
            slip("all", np.ones_like),
            slip("value", lambda x: np.where(x == np.max(x), x, 0.0)),
            *made(_largest_grad, "sign", "rolled", "zero"),
        ),
    ),
    Case(
        "differences",
        _windows,
        _windows_grad,
        (_V,),
        ((np.full(4, 5.0),), (1e8 + _V,), (np.array([0.0, 0.0, 1e-9, 1e9]),)),
        (
            slip("right ends only", lambda x: np.r_[0.0, 2 * np.diff(x)], "missing-path"),
            slip("left ends only", lambda x: np.r_[-2 * np.diff(x), 0.0], "missing-path"),
            slip(
                "left ends with the wrong sign",
                lambda x: np.r_[0.0, 2 * np.diff(x)] + np.r_[2 * np.diff(x), 0.0],
                "sign-flipped",
            ),
            *made(_windows_grad, "half", "reversed", "one entry"),
        ),
    ),
    Case(
        "rows picked twice",
        _picked,
        _picked_grad,
        (_V,),
        ((np.zeros(4),), (1e-200 * _V,)),
        (
            slip("repeated index counted once", _picked_once),
            slip("unpicked entries too", lambda x: 2 * x),
            *made(_picked_grad, "sign", "rolled"),
        ),
    ),
    Case(
        "cumulated sums",
        _cumulated,
        _cumulated_grad,
        (_V,),
        ((np.zeros(4),), (np.array([1.0, -1.0, 1.0, -1.0]),)),
        (
            slip("summed the wrong way", lambda x: 2 * np.cumsum(np.cumsum(x))),
            slip("not summed back", lambda x: 2 * np.cumsum(x), "missing-local-derivative"),
            *made(_cumulated_grad, "sign", "half"),
        ),
    ),
    Case(
        "squared column sums",
        _columns,
        _columns_grad,
        (_X,),
        ((np.zeros((2, 3)),), (np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]]),)),
        (
            slip("of the entries", lambda x: 2 * x),
            slip(
                "over the rows",
                lambda x: np.broadcast_to(2 * np.sum(x, axis=1, keepdims=True), x.shape).copy(),
            ),
            *made(_columns_grad, "sign", "half"),
        ),
    ),
)
