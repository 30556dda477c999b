"""What is replaced for a wider reach, that it is put back, and which functions get it."""

from __future__ import annotations

import gc
import math
import threading
import types

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.errors import TraceError
from gradcli.ir import attempts, reach
from gradcli.ir.tracing import trace_function

W = np.array([0.5, 1.5])
M = np.array([[2.0, 1.0], [0.5, 3.0]])
Y = np.array([1.0, 0.0])
WATCHED = {np: dict(vars(np)), np.linalg: dict(vars(np.linalg)), math: dict(vars(math))}
METHODS = dict(vars(np.ndarray))


@pytest.fixture(autouse=True)
def everything_is_put_back():
    yield
    for module, before in WATCHED.items():
        assert [n for n in before if vars(module).get(n) is not before[n]] == []
    assert {n: m for n, m in vars(np.ndarray).items() if METHODS.get(n) is not m} == {}
    assert np.vectorize.__call__.__module__.startswith("numpy")
    assert not reach._entered
    assert not reach._undo


def module_of(**names):
    """Return a function whose module has imported names of its own."""

    def f(w):
        z = zeros(2)  # noqa: F821
        z[0] = w[0] * w[1]
        return z.sum() + exp(w).sum() + sine(w[0]) + float64(w[1]) + dot([w[0], 1.0], w)  # noqa: F821

    return types.FunctionType(f.__code__, {"__name__": "elsewhere", **names})


def names():
    return {
        "zeros": np.zeros,
        "exp": np.exp,
        "sine": math.sin,
        "float64": np.float64,
        "dot": np.dot,
    }


def test_names_that_a_module_imported_are_followed_and_put_back():
    f = module_of(**names())
    expected = W[1] + math.exp(W[0]) + math.cos(W[0]) + 2 * W[0], W[0] + math.exp(W[1]) + 2
    assert np.allclose(grad(f)(W), expected, rtol=1e-14)
    assert f.__globals__ == {"__name__": "elsewhere", **names()}


def test_modules_below_the_function_are_found_as_they_are_met():
    inner = module_of(**names())
    outer = types.FunctionType(
        (lambda w: total([inner(w), w[0]])).__code__,  # noqa: F821
        {"__name__": "outer", "total": np.sum},
        closure=(types.CellType(inner),),
    )
    assert np.allclose(grad(outer)(W), grad(inner)(W) + Y, rtol=1e-14)
    assert outer.__globals__["total"] is np.sum
    assert inner.__globals__["zeros"] is np.zeros


def test_a_name_that_the_function_binds_anew_stays_so():
    space = {"__name__": "elsewhere", "np": np, "total": np.sum}
    code = compile(
        "def f(w):\n global total\n y = total([w[0], w[1]])\n total = 3\n return y", "f", "exec"
    )
    made = {}
    exec(code, space, made)
    trace_function(made["f"], (W,))
    assert space["total"] == 3


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, RecursionError])
def test_everything_is_put_back_after_any_exception(error):
    runs = []

    def f(w):
        runs.append(M.dot is not None and type(vars(np.ndarray)["dot"]))
        M.dot(w)
        raise error

    with pytest.raises(error):
        trace_function(f, (W,))
    assert runs[-1] is types.FunctionType


def test_everything_is_put_back_where_putting_in_place_fails(monkeypatch):
    def fail():
        raise MemoryError

    monkeypatch.setattr(reach.ndarrays, "install", fail)
    with pytest.raises(MemoryError):
        trace_function(lambda w: M.dot(w).sum(), (W,))


def test_a_function_is_run_twice_once_and_then_at_once():
    runs = []

    def f(w):
        runs.append(1)
        return M.dot(w).sum()

    counts = []
    for _ in range(3):
        runs.clear()
        trace_function(f, (W,))
        counts.append(len(runs))
    assert counts == [2, 1, 1]


def test_a_function_that_needs_nothing_is_run_once():
    runs = []
    trace_function(lambda w: (runs.append(1), (M @ w).sum())[1], (W,))
    assert runs == [1]


def test_what_functions_need_is_forgotten_with_them():
    def make():
        space = {"M": M}
        exec(compile("def f(w): return M.dot(w).sum()", "made", "exec"), space)
        return space.pop("f")

    before = len(attempts._NEEDS)
    f = make()
    trace_function(f, (W,))
    assert len(attempts._NEEDS) == before + 1
    del f
    gc.collect()
    assert len(attempts._NEEDS) == before


def written_into(w):
    M[0] = w
    return M.sum()


@pytest.mark.parametrize(
    ("f", "code"),
    [
        (lambda w: (M @ [w[0], w[1]]).sum(), "E060"),
        (written_into, "E061"),
        (lambda w: M.dot(complex(w[0])), "E060"),
        (lambda w: np.asarray(np.r_["r", w]).sum(), "E060"),
        (lambda w: np.frompyfunc(lambda t: t * t, 1, 1)(w).sum(), "E062"),
        (np.vectorize(np.sum, signature="(n)->()"), "E060"),
        (lambda w: np.array([w[0]], dtype=object).sum(), "E065"),
    ],
)
def test_what_cannot_be_followed_is_still_a_leak(f, code):
    before = M.copy()
    with pytest.raises(TraceError) as caught:
        trace_function(f, (W,))
    assert caught.value.diagnostic.code == code
    assert np.array_equal(M, before)


def test_nested_traces_reach_as_far():
    def f(w):
        return np.sum([grad(lambda v: M.dot(v).dot(v) * w[0])(w)[1], w[1]])

    expected = grad(lambda w: w[0] * ((M + M.T) @ w)[1] + w[1])(W)
    assert np.allclose(grad(f)(W), expected, rtol=1e-14)


def test_plain_arrays_and_other_threads_meet_what_they_always_did():
    seen = {}

    def others():
        seen["copy"] = type(M.copy())
        seen["dot"] = M.dot(W)

    def f(w):
        thread = threading.Thread(target=others)
        thread.start()
        thread.join()
        assert np.array_equal(M.dot(M), np.array([[4.5, 5.0], [2.5, 9.5]]))
        assert np.array_equal(np.c_[Y, Y], [[1, 1], [0, 0]])
        assert np.r_[0:3].tolist() == [0, 1, 2]
        assert len(np.r_) == 0
        assert isinstance(np.exp, np.ufunc)
        assert (np.exp.nin, np.add.identity) == (1, 0)
        assert {np.exp: 1}[np.exp] == 1
        assert np.vectorize(abs)([-1, 2]).tolist() == [1, 2]
        assert M.astype(np.float64, copy=False) is M
        out = np.empty((1, 2))
        assert M.take([0], axis=0, out=out) is out
        with pytest.raises(ValueError, match="not aligned"):
            M.dot(np.ones(3))
        with pytest.raises(TypeError):
            M.dot()
        return M.dot(w).sum()

    trace_function(f, (W,))
    assert seen["copy"] is np.ndarray
    assert np.array_equal(seen["dot"], M @ W)


def test_number_types_are_still_types():
    def f(w):
        made = np.zeros(2, dtype=np.float64)
        assert made.dtype == np.float64
        assert np.dtype(np.float32) == "f4"
        assert np.issubdtype(made.dtype, np.float64)
        assert type(np.float64(2.0)) == np.float64  # noqa: E721
        assert isinstance(np.float64(2.0), np.float64)
        assert not isinstance(2.0, np.float64)
        assert issubclass(np.float64, float)
        assert np.finfo(np.float32).bits == 32
        assert np.float64("1.5") == 1.5
        assert {np.float64: 1}[type(np.float64(1))] == 1
        assert repr(np.float64) == "<class 'numpy.float64'>"
        assert np.ones(1, np.float32).astype(np.float64).dtype.name == "float64"
        return np.float64(w[0]) + np.float64(w).sum()

    assert grad(f)(W).tolist() == [2.0, 1.0]
