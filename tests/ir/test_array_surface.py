"""A traced array answers like the ndarray it stands for: value, gradient, nearby points."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.errors import TraceError
from gradcli.ir.fidelity import Outcome, replay_test, value_test
from gradcli.ir.tracing import trace_function

X = np.arange(1.0, 7.0).reshape(2, 3) + 0.137


def _copied_where(x):
    y = np.zeros((2, 3))
    np.copyto(y, x, where=x > 2)
    return y.sum()


def _sum_into_buffer(x):
    y = np.zeros(3)
    np.sum(x, axis=0, out=y)
    return np.dot(y, x[0])


def _put_functions(x):
    y = x * 1
    np.put(y, [0, 5], x[0, 1] * 2)
    np.place(y, y > 5, [x[0, 0]])
    np.putmask(y, y < 1.2, x * 3)
    np.fill_diagonal(y, x[1, 1])
    np.put_along_axis(y, np.array([[2], [2]]), x[1, 0], axis=1)
    return np.sum(y * np.arange(6.0).reshape(2, 3))


def _unpacked(x):
    first, second = x
    return (first * second).sum()


CASES = {
    "moments": lambda x: x.mean() * x.std() + x.var(ddof=1) + np.mean(a=x, axis=(0, 1)),
    "extremes": lambda x: x.max() - x.min() + x.max(axis=1).prod() + np.ptp(x),
    "scans": lambda x: x.cumsum()[-1] * x.cumprod()[1] + np.add.accumulate(x, axis=1)[0, 2],
    "trace": lambda x: x[:, :2].trace() + np.trace(x[:, :2]),
    "transposes": lambda x: (x.T @ x).sum() + x.transpose(1, 0)[2, 0] + x.swapaxes(0, 1)[0, 1],
    "shapes": lambda x: x.reshape(3, 2)[1].sum() * x.reshape(-1)[0] + x.ravel()[2] + x.flatten()[1],
    "squeezes": lambda x: x[None].squeeze()[0, 0] * np.expand_dims(x, 0)[0, 0, 1],
    "diagonals": lambda x: x.diagonal()[1] * np.diag(x[0])[1, 1],
    "repeats": lambda x: (x.repeat(2, axis=0) * np.arange(12.0).reshape(4, 3)).sum(),
    "clips": lambda x: x.clip(1.5, 4.2).sum() + x.clip(min=2).prod(),
    "parts": lambda x: x.real.sum() + x.conj().sum() + x.imag.sum() + (x.round(1) * x).sum(),
    "takes": lambda x: x.take([0, 4]).sum() + np.take(x, [0, 1], axis=1).prod(),
    "products": lambda x: x.dot(x.T)[0, 1] + np.einsum("ij,ij->", x, x) + np.vdot(x[0], x[1]),
    "selection": lambda x: np.where(x > 2, x * x, np.sin(x)).sum(),
    "any_all": lambda x: (x.sum() if (x > 2).any() else x.prod()) * (2.0 if np.all(x > 0) else 1),
    "orders": lambda x: (x.ravel()[x.ravel().argsort()[::-1]] * np.arange(6.0)).sum(),
    "positions": lambda x: x.ravel()[x.argmax()] * x[x.argmin(axis=0)[0], 0],
    "nonzero": lambda x: x[np.nonzero(x > 2)].sum() + x[np.where(x > 3)].prod(),
    "closeness": lambda x: x.sum() if np.allclose(x, x) and not np.array_equal(x, x + 1) else 0.0,
    "search": lambda x: x.ravel()[np.searchsorted([0.0, 2.5, 9.0], x[0, 1])] * x[0, 0],
    "search_in": lambda x: x.ravel()[x.ravel().searchsorted(2.5)] * x[0, 0],
    "iteration": lambda x: sum(sum(v * v for v in row) for row in x),
    "unpacking": _unpacked,
    "builtins": lambda x: max(x[0, 0], x[0, 1]) * min(x[1]) + sorted(x[1])[0] + sum(x[0]),
    "signs": lambda x: abs(x[0, 0] - 2) + abs(x).sum() + (-x).sum() + (+x).sum(),
    "remainders": lambda x: (x % 0.7).sum() + (7.3 % x).sum() + divmod(x[0, 0], 0.3)[1],
    "powers": lambda x: (x**2).sum() + (2**x).sum() + (x**x).sum() + 2.0 ** x[0, 1],
    "scalars_out": lambda x: x.tolist()[1][2] * x.item(0) * x.item((0, 1)) * x[0, 0].item(),
    "casts": lambda x: (x.astype(int) * x).sum() + ((x > 2).astype(float) * x).sum(),
    "counts": lambda x: (x > 3).sum() * x[0, 0] + np.count_nonzero(x > 2) * x[0, 1],
    "integers": lambda x: x[int(x[0, 0]), round(x[0, 1] - 0.1)] + math.floor(x[0, 1]) * x[0, 0],
    "copyto": _copied_where,
    "outers": lambda x: np.outer(x[0], x[1]).sum() + np.multiply.outer(x[0], x[1]).sum(),
    "reductions": lambda x: np.add.reduce(x).sum() + np.multiply.reduce(x, axis=1)[0],
    "joins": lambda x: np.concatenate([x, 2 * x]).sum() + np.hstack([x, x])[0, 3] * x[0, 0],
    "splits": lambda x: sum(p.prod() for p in np.split(x.ravel(), 3)),
    "linalg": lambda x: np.linalg.norm(x) + np.linalg.det(x @ x.T) + np.linalg.inv(x @ x.T)[0, 0],
    "flat": lambda x: sum(x.flat) + x.flat[3] * x.flat[1] + len(x.flat),
    "makers": lambda x: np.linspace(x[0, 0], x[0, 1], 5).sum() + np.full((2,), x[0, 0]).sum(),
    "ranges": lambda x: np.arange(x[0, 0], x[1, 2], 0.7).sum(),
    "conversions": lambda x: np.asarray(x[0, 0]).sum() + np.array(x, ndmin=3)[0, 0, 0],
    "forms": lambda x: np.ascontiguousarray(x.T).sum() + np.asfortranarray(x).prod(),
    "nested_lists": lambda x: np.array(x.tolist()).sum() + np.array((x[0], x[1])).prod(),
    "checked": lambda x: np.asarray_chkfinite(x).sum() + np.require(x, float, "C").sum(),
    "numpy_scalars": lambda x: (
        np.float64(2) * x[0, 0] + np.int64(3) * x[0, 1] + np.array(2.0) * x[1]
    ),
    "lists": lambda x: ([1.0, 2.0, 3.0] * x[0]).sum() + (x[0] * (1, 2, 3)).sum(),
    "masks": lambda x: x[(x > 1.5) & (x < 5.5) | ~(x > 2)].sum() + (1.0 * (x > 2) @ x[0]).sum(),
    "copies": lambda x: copy.deepcopy(x).sum() + copy.copy(x)[0, 0] ** 2,
    "instances": lambda x: (
        x.sum() if isinstance(x, np.ndarray) and isinstance(x[0, 0], float) else 0
    ),
    "forms_asked": lambda x: x.sum() * x.shape[1] * x.ndim * x.size * np.size(x, 1) * len(x),
    "dtypes": lambda x: x.sum() * (x.dtype == np.float64) * np.result_type(x, 1.0).itemsize,
    "keywords": lambda x: np.sum(x, axis=0, keepdims=True, dtype=float).prod() + np.sum(a=x),
    "membership": lambda x: x.sum() * (1.0 if 9.0 in x else 2.0),
    "dictionary": lambda x: {x[0, 0]: 2.0}.get(5.0, 1.0) * x.sum(),
    "modf": lambda x: np.modf(x)[0].sum() * x[0, 0] + np.divmod(x, 0.3)[1].sum(),
    "out": _sum_into_buffer,
    "put": _put_functions,
    "python_float": lambda x: math.exp(x[0, 0]) * math.sqrt(x[1, 2]) + math.hypot(x[0, 0], x[0, 1]),
}


def _difference_quotient(f, x, h=1e-6):
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        g[i] = (np.sum(f(up)) - np.sum(f(down))) / (2 * h)
    return g


@pytest.mark.parametrize("name", CASES)
def test_value_gradient_and_replay_agree_with_numpy(name):
    f = CASES[name]
    run = trace_function(f, (X,))
    assert value_test(run, f, (X,)).exact
    assert replay_test(run, f, (X,), np.random.default_rng(0)).outcome is Outcome.FAITHFUL
    gradient = grad(lambda x: np.sum(f(x)))(X)
    np.testing.assert_allclose(gradient, _difference_quotient(f, X), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("x", [np.float64(1.5), np.array(1.5), np.zeros(0), np.float32([1.5, 2])])
def test_scalars_empty_arrays_and_short_floats_keep_shape_and_dtype(x):
    run = trace_function(lambda x: x * 2 + np.exp(x), (x,))
    plain = x * 2 + np.exp(x)
    assert np.shape(run.output) == np.shape(plain)
    assert run.output.dtype == plain.dtype
    assert type(run.output) is type(plain)


MATH = (
    "sin cos tan asin acos atan sinh cosh tanh asinh atanh exp expm1 log log1p log2 log10 sqrt "
    "fabs degrees radians erf erfc gamma lgamma floor ceil trunc isnan isfinite isinf"
)


@pytest.mark.parametrize("name", MATH.split())
def test_math_functions_give_python_s_own_value(name):
    def call(x):
        return getattr(math, name)(x)

    assert trace_function(call, (0.375,)).output == call(0.375)
    assert trace_function(getattr(math, name), (0.375,)).output == call(0.375)


def test_math_functions_with_several_arguments():
    def f(x):
        parts = [math.atan2(x, 2.0), math.pow(x, 1.5), math.hypot(x, 1.0), math.copysign(x, -1.0)]
        parts += [math.fmod(x, 0.2), math.fsum([x, x, 0.5]), math.prod([x, x]), math.log(x, 3)]
        parts += [math.modf(x)[0], math.hypot(x, 1.0, 2.0)]
        return [*parts, 1.0 if math.isclose(x, x) else x]

    run = trace_function(f, (0.375,))
    np.testing.assert_allclose(run.output, f(0.375), rtol=3e-16)


def test_math_keeps_python_s_errors():
    def root(x):
        return math.sqrt(x)

    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        trace_function(root, (-1.0,))
    with pytest.raises(TypeError, match="Python scalars"):
        trace_function(root, (X,))


def test_the_array_api_is_numpy_s():
    def f(x):
        xp = x.__array_namespace__()
        return xp.sum(xp.asarray(x, copy=True)) if x.device == "cpu" else 0.0

    if hasattr(X, "__array_namespace__"):
        assert trace_function(f, (X,)).output == f(X)


def test_scipy_s_python_code_is_followed():
    special = pytest.importorskip("scipy.special")
    optimize = pytest.importorskip("scipy.optimize")
    for f in (optimize.rosen, optimize.rosen_der, special.softmax, special.logsumexp):
        run = trace_function(f, (X[0],))
        assert value_test(run, f, (X[0],)).outcome is Outcome.FAITHFUL
        replay = replay_test(run, f, (X[0],), np.random.default_rng(0))
        assert replay.outcome is Outcome.FAITHFUL


def test_an_unknown_function_is_refused_with_its_name_and_line():
    with pytest.raises(TraceError, match=r"np\.unwrap is called with x at test_array_surface\.py"):
        trace_function(lambda x: np.unwrap(x).sum(), (X,))


def test_an_unfollowed_keyword_is_refused_with_its_line():
    with pytest.raises(TraceError, match=r"`max` does not follow .*test_array_surface\.py"):
        trace_function(lambda x: np.max(x, initial=3.0), (X,))


def test_complex_numbers_are_refused():
    with pytest.raises(TraceError, match="complex"):
        trace_function(lambda x: x * 1j, (X,))


def test_masked_arrays_are_refused():
    masked = np.ma.masked_array(np.ones((2, 3)), mask=False)
    with pytest.raises(TraceError):
        trace_function(lambda x: np.add(x, masked), (X,))


def test_unsupported_operands_are_left_to_python():
    with pytest.raises(TypeError):
        trace_function(lambda x: x + "text", (X,))
    with pytest.raises(TypeError):
        trace_function(lambda x: x @ {"a": 1}, (X,))
    assert trace_function(lambda x: x.sum() if x is not None else 0.0, (X,)).output == X.sum()


def test_attributes_that_hand_out_memory_are_refused():
    for use in ("tobytes", "dumps"):
        with pytest.raises(TraceError, match=use):
            trace_function(lambda x, use=use: getattr(x, use)(), (X,))
    for name in ("data", "ctypes"):
        with pytest.raises(TraceError, match=name):
            trace_function(lambda x, name=name: getattr(x, name), (X,))


def test_reinterpreting_methods_are_refused():
    with pytest.raises(TraceError, match="byteswap"):
        trace_function(lambda x: x.byteswap(), (X,))
    with pytest.raises(TraceError, match="view"):
        trace_function(lambda x: x.view(np.int64), (X,))


def test_arrays_cannot_be_keys():
    with pytest.raises(TypeError, match="unhashable"):
        trace_function(lambda x: {x: 1}, (X,))
