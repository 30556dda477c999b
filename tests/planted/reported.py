"""Wrong rules that public trackers report, at the points where they are wrong.

Each case names the reports it is written after; the cases are our own. Most of these rules
are right almost everywhere: a zero, a tie or a repeated index is what brings them to light.
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_C = np.array([1.0, -2.0, 0.5, 3.0])
_ZERO = np.array([2.0, 3.0, 0.0, 4.0])
_IDX = np.array([2, 2])


def _cumulated(x):
    return _C @ np.cumprod(x)


def _cumulated_grad(x):
    g = np.empty_like(x)
    tail = 0.0
    for i in range(x.size - 1, -1, -1):
        tail = _C[i] + (x[i + 1] * tail if i + 1 < x.size else 0.0)
        g[i] = np.prod(x[:i]) * tail
    return g


def _cumulated_divided(x):
    return np.cumsum((_C * np.cumprod(x))[::-1])[::-1] / x


def _product(x):
    return np.prod(x)


def _product_grad(x):
    return np.array([np.prod(np.delete(x, i)) for i in range(x.size)])


def _xlogy(x, y):
    return np.sum(np.where(x == 0, 0.0, x * np.log(y)))


def _xlogy_grad(x, y):
    return np.log(y), x / y


def _sinc(x):
    return np.sum(np.sinc(x))


def _sinc_grad(x):
    a = np.pi * np.where(np.abs(x) < 1e-3, 1.0, x)
    near = np.pi**2 * x * (-1.0 / 3.0 + (np.pi * x) ** 2 / 30.0 - (np.pi * x) ** 4 / 840.0)
    return np.where(np.abs(x) < 1e-3, near, np.pi * (a * np.cos(a) - np.sin(a)) / a**2)


def _sinc_unguarded(x):
    return (np.pi * x * np.cos(np.pi * x) - np.sin(np.pi * x)) / (np.pi * x**2)


def _asinh(x):
    a = np.abs(x)
    return np.sum(np.sign(x) * np.log1p(a + x**2 / (1 + np.sqrt(1 + x**2))))


def _asinh_grad(x):
    return 1.0 / np.hypot(1.0, x)


def _logaddexp(x, y):
    return np.sum(np.maximum(x, y) + np.log1p(np.exp(-np.abs(x - y))))


def _logaddexp_grad(x, y):
    e = np.exp(-np.abs(x - y))
    p = np.where(x >= y, 1.0, e) / (1.0 + e)
    return p, np.where(x >= y, e, 1.0) / (1.0 + e)


def _largest(x):
    return np.max(x)


def _first_largest(x):
    return (np.arange(x.size) == np.argmax(x)).astype(float)


def _squared_norm(x):
    return np.linalg.norm(x) ** 2


def _polynomial(x):
    return _C @ x ** np.arange(4)


def _polynomial_grad(x):
    return _C[1] + 2 * _C[2] * x + 3 * _C[3] * x**2


def _polynomial_naive(x):
    k = np.arange(4.0)
    return _C @ (k * np.float64(x) ** (k - 1))


def _spread(x):
    return np.std(x)


def _spread_grad(x):
    s = np.std(x)
    return (x - np.mean(x)) / (x.size * s) if s else np.zeros_like(x)


def _filled(x, v):
    y = x * 1.0
    y[_IDX] = v
    return np.sum(_C * y**2)


def _filled_grad(x, v):
    g = 2 * _C * x
    g[_IDX] = 0.0
    return g, 2 * _C[2] * v


def _clipped(x, low, high):
    return _C @ np.clip(x, low, high)


def _clipped_grad(x, low, high):
    inside = (x >= low) & (x <= high)
    return _C * inside, np.sum(_C[x < low]), np.sum(_C[x > high])


_MASK = np.array([False, True, False])


def _angles(y, x):
    return np.sum(np.where(_MASK, 0.0, np.arctan2(y, x)))


def _angles_grad(y, x):
    r = np.where(_MASK, 1.0, np.hypot(x, y))
    return np.where(_MASK, 0.0, x / r / r), np.where(_MASK, 0.0, -y / r / r)


CASES = (
    # TensorFlow #3862 and #119430, Theano #5197: the rule divides by the entries, and the
    # NaN is later replaced by zero.
    Case(
        "cumulated products with a zero",
        _cumulated,
        _cumulated_grad,
        (_ZERO,),
        ((np.array([0.0, 2.0, 0.0, 3.0]),), (np.zeros(4),), (np.array([1e-200, 0.0, 1e200, 1.0]),)),
        (
            slip("divided by the entries", _cumulated_divided, "non-finite"),
            slip("not a number replaced by zero", lambda x: np.nan_to_num(_cumulated_divided(x))),
            *made(_cumulated_grad, "sign", "reversed", "thousandth"),
        ),
    ),
    # PyTorch #773: the product over the entry.
    Case(
        "product with a zero",
        _product,
        _product_grad,
        (_ZERO,),
        ((np.array([0.0, 0.0, 3.0, 4.0]),), (np.array([0.0, 1e-300, 1e300, 1.0]),)),
        (
            slip("divided by the entry", lambda x: np.prod(x) / x, "non-finite"),
            slip("zero where divided by zero", lambda x: np.where(x == 0, 0.0, np.prod(x) / x)),
            *made(_product_grad, "factor", "rolled"),
        ),
    ),
    # PyTorch #80770, TensorFlow #56873 and #119476: the mask of the value put on the slope.
    Case(
        "x log y at zero",
        _xlogy,
        _xlogy_grad,
        (np.array([0.0, 1.0, 2.0]), np.array([2.0, 3.0, 0.5])),
        ((np.zeros(3), np.array([2.0, 1.0, 1e-300])), (np.array([0.0, 1e-300, -1.0]), np.ones(3))),
        (
            slip("masked like the value", lambda x, y: (np.where(x == 0, 0.0, np.log(y)), x / y)),
            slip("one added", lambda x, y: (np.log(y) + 1.0, x / y)),
            *made(_xlogy_grad, "sign", "swapped"),
        ),
    ),
    # PyTorch #53989, TensorFlow #127226, JAX #1722: the quotient has a hole at zero.
    Case(
        "sinc at zero",
        _sinc,
        _sinc_grad,
        (np.array([0.0, 0.4, -1.3]),),
        ((np.zeros(3),), (np.array([0.0, 1.0, -2.0]),), (np.array([1e-5, -1e-9, 1e-300]),)),
        (
            slip("hole not filled", _sinc_unguarded, "non-finite"),
            slip("without pi", lambda x: _sinc_grad(x / np.pi) / np.pi),
            slip("filled with one", lambda x: np.where(x == 0, 1.0, _sinc_grad(x))),
            *made(_sinc_grad, "sign", "half"),
        ),
    ),
    # tinygrad #17758: sign(x) times a function of |x|, differentiated factor by factor.
    Case(
        "inverse sinh by sign and absolute value",
        _asinh,
        _asinh_grad,
        (np.array([0.0, 0.7, -2.0]),),
        ((np.zeros(3),), (np.array([0.0, 1e-9, -1e-9]),), (np.array([1e8, -1e-150, 0.0]),)),
        (
            slip("zero at zero", lambda x: np.sign(x) ** 2 * _asinh_grad(x)),
            slip("sign kept", lambda x: np.sign(x) * _asinh_grad(x)),
            *made(_asinh_grad, "factor", "thousandth"),
        ),
    ),
    # TensorFlow #127232: at a tie the maximum gives all to one argument, |x - y| nothing.
    Case(
        "log of a sum of exponentials at a tie",
        _logaddexp,
        _logaddexp_grad,
        (np.array([1.0, 0.3]), np.array([1.0, -0.2])),
        (
            (np.zeros(2), np.zeros(2)),
            (np.array([700.0, -700.0]), np.array([700.0, 700.0])),
            (np.array([1.0, 2.0]), np.array([1.0 + 1e-12, 2.0])),
        ),
        (
            slip(
                "all to the first at a tie",
                lambda x, y: (
                    np.where(x == y, 1.0, _logaddexp_grad(x, y)[0]),
                    np.where(x == y, 0.0, _logaddexp_grad(x, y)[1]),
                ),
            ),
            *made(_logaddexp_grad, "swapped", "sign", "half"),
        ),
        moves=False,
    ),
    # Theano #4568, MXNet #18563: every tied entry gets a one, which is no subgradient.
    Case(
        "ties of a maximum",
        _largest,
        _first_largest,
        (np.array([2.0, 2.0, 1.0]),),
        ((np.full(3, 7.0),), (np.array([-1e-300, 0.0, 0.0]),), (np.array([1.0, 5.0, 1 + 1e-15]),)),
        (
            slip("one for every tie", lambda x: (x == np.max(x)).astype(float)),
            slip("a third each", lambda x: np.full(3, 1.0 / 3.0)),
            slip("nothing at a tie", np.zeros_like),
        ),
        moves=False,
    ),
    # JAX #4177, autograd #617: smooth at zero, but the rule goes through the norm.
    Case(
        "squared norm at zero",
        _squared_norm,
        lambda x: 2 * x,
        (np.zeros(3),),
        ((np.zeros(3),), (np.array([3e-160, 0.0, 4e-160]),), (np.array([1e150, -1.0, 0.0]),)),
        (
            slip(
                "through the norm",
                lambda x: 2 * np.linalg.norm(x) * (x / np.linalg.norm(x)),
                "non-finite",
            ),
            slip("of the norm", np.ones_like),
        ),
    ),
    # Drake #23862: k x^(k-1) at zero, for the constant term too.
    Case(
        "polynomial at zero",
        _polynomial,
        _polynomial_grad,
        (0.0,),
        ((0.0,), (1e-200,), (-1.0,), (1e90,)),
        (
            slip("zero times infinity", _polynomial_naive, "non-finite"),
            slip("constant term kept", lambda x: _polynomial_grad(x) + _C[0]),
            slip("powers not lowered", lambda x: _C @ (np.arange(4) * x ** np.arange(4))),
            *made(_polynomial_grad, "sign", "thousandth"),
        ),
    ),
    # PyTorch #4320 and #9238, Stan #411: no spread, no slope; infinity and NaN are no subgradients.
    Case(
        "no spread",
        _spread,
        _spread_grad,
        (np.full(4, 3.0),),
        ((np.full(4, 3.0),), (np.zeros(4),), (np.array([1e8, 1e8, 1e8 + 1, 1e8]),)),
        (
            slip("divided by nothing", lambda x: (x - np.mean(x)) / (4 * np.std(x))),
            slip("infinite", lambda x: np.full(4, np.inf)),
            slip("ones", np.ones_like),
        ),
        moves=False,
    ),
    # PyTorch #57006: a place that is written twice passes its cotangent once.
    Case(
        "written twice",
        _filled,
        _filled_grad,
        (np.array([0.4, 1.7, -0.6, 2.2]), 0.8),
        ((np.zeros(4), 0.0), (np.array([1.0, 2.0, 1e200, 3.0]), 1e-200)),
        (
            slip("counted twice", lambda x, v: (_filled_grad(x, v)[0], 2 * _filled_grad(x, v)[1])),
            slip("what was overwritten", lambda x, v: (2 * _C * x, _filled_grad(x, v)[1])),
            *made(_filled_grad, "sign", "thousandth"),
        ),
    ),
    # Theano #633 and #1010: bounds that move are taken for constants.
    Case(
        "clipped at moving bounds",
        _clipped,
        _clipped_grad,
        (np.array([-2.0, 0.3, 5.0, 0.1]), -1.0, 1.0),
        (
            (np.array([-1.0, 0.3, 1.0, 0.1]), -2.0, 2.0),
            (np.array([1 + 1e-12, 1 - 1e-12, -1.0 - 1e-12, 0.0]), -1.0, 1.0),
        ),
        (
            slip("bounds taken for constants", lambda *xs: (_clipped_grad(*xs)[0], 0.0, 0.0)),
            slip("mask forgotten", lambda *xs: (_C, *_clipped_grad(*xs)[1:])),
            slip("bounds exchanged", lambda *xs: [_clipped_grad(*xs)[i] for i in (0, 2, 1)]),
            *made(_clipped_grad, "sign"),
        ),
        moves=False,
    ),
    # JAX #1052: the angle of nothing, in a place that is masked out.
    Case(
        "masked angles",
        _angles,
        _angles_grad,
        (np.array([1.0, 0.0, -2.0]), np.array([0.5, 0.0, -1.0])),
        (
            (np.array([1e-200, 0.0, 0.0]), np.array([1e-200, 0.0, 3.0])),
            (np.array([1e150, 1.0, -1.0]), np.array([1e-150, 2.0, 1e-9])),
        ),
        (
            slip("nan behind the mask", lambda y, x: (x / (x**2 + y**2), -y / (x**2 + y**2))),
            slip(
                "sign of the second", lambda y, x: (_angles_grad(y, x)[0], -_angles_grad(y, x)[1])
            ),
            slip("not squared", lambda y, x: tuple(g * np.hypot(x, y) for g in _angles_grad(y, x))),
            *made(_angles_grad, "swapped"),
        ),
    ),
)
