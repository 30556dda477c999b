"""What a trace replaces in NumPy, `math` and `threading`, and that it is put back."""

from __future__ import annotations

import math
import pickle
import threading

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.ir.buffers import Buffer
from gradcli.ir.makers import ORIGINALS, REPLACEMENTS, RUNNING
from gradcli.ir.tracing import trace_function

X = np.array([1.5, -2.0, 0.25])
NAMESPACES = {np: dict(vars(np)), math: dict(vars(math)), threading: dict(vars(threading))}


@pytest.fixture(autouse=True)
def everything_is_put_back():
    yield
    for module, before in NAMESPACES.items():
        now = vars(module)
        assert [name for name in before if now.get(name) is not before[name]] == []
    assert not RUNNING


def test_functions_are_replaced_only_while_a_trace_runs():
    seen = []
    trace_function(lambda x: seen.append((np.zeros, math.sin)) or x, (X,))
    assert seen[0][0] is REPLACEMENTS["zeros"]
    assert seen[0][1] is not math.sin


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, RecursionError])
def test_they_are_put_back_after_any_exception(error):
    def f(x):
        raise error

    with pytest.raises(error):
        trace_function(f, (X,))


def test_they_are_put_back_after_a_leak():
    with pytest.raises(Exception, match="complex"):
        trace_function(lambda x: complex(x[0]), (X,))


def test_the_last_of_nested_traces_puts_them_back():
    def outer(x):
        grad(lambda y: np.array([y]).sum())(1.0)
        assert np.zeros is REPLACEMENTS["zeros"]
        y = np.zeros(1)
        y[0] = x[0]
        return y.sum()

    assert grad(outer)(X)[0] == 1.0


def test_names_that_the_user_replaced_meanwhile_are_put_back():
    def f(x):
        np.zeros = None
        return x.sum()

    trace_function(f, (X,))


@pytest.mark.parametrize("name", ORIGINALS)
def test_replacements_look_like_the_originals(name):
    original, replacement = ORIGINALS[name], REPLACEMENTS[name]
    assert replacement.__name__ == original.__name__
    assert replacement.__module__ == original.__module__
    assert replacement.__wrapped__ is original
    assert replacement._implementation is getattr(original, "_implementation", original)
    assert pickle.loads(pickle.dumps(original)) is original


def test_a_replacement_kept_by_the_user_passes_through_when_no_trace_runs():
    kept = {}
    trace_function(lambda x: kept.update(REPLACEMENTS) or x, (X,))
    assert type(kept["zeros"](3)) is np.ndarray
    assert type(kept["array"]([1.0, 2.0])) is np.ndarray
    assert kept["asarray"](X) is X
    assert kept["fromiter"]([1, 2], int).tolist() == [1, 2]
    assert kept["full"](2, 3.0).tolist() == [3.0, 3.0]
    assert kept["arange"](3).tolist() == [0, 1, 2]


def test_other_threads_get_plain_arrays():
    made = []

    def f(x):
        thread = threading.Thread(target=lambda: made.append(np.zeros(3)))
        thread.start()
        thread.join()
        return x.sum()

    trace_function(f, (X,))
    assert type(made[0]) is np.ndarray


def test_gradcli_s_own_code_gets_plain_arrays():
    seen = []

    def f(x):
        inner = trace_function(lambda y: y * 2, (np.ones(2),))
        seen.append(type(inner.trace.values[0]))
        return x.sum()

    trace_function(f, (X,))
    assert seen == [np.ndarray]


def test_makers_keep_numpy_s_signatures_and_errors():
    def f(x):
        assert np.array([1, 2], dtype=float, ndmin=2).shape == (1, 2)
        assert np.array(X, copy=False) is X
        assert np.asarray([1, 2], float).dtype == float
        assert np.zeros((2,), "f4", order="F").dtype == np.float32
        assert np.full((1, 2), 3, dtype=np.int32).dtype == np.int32
        assert np.arange(1, 7, 2).tolist() == [1, 3, 5]
        assert np.fromiter(iter([1.0, 2.0, 3.0]), float, count=2).tolist() == [1.0, 2.0]
        assert np.array("text").dtype.kind == "U"
        assert type(np.array([object()], dtype=object)) is np.ndarray
        with pytest.raises(ValueError, match="inhomogeneous"):
            np.array([[1.0], [1.0, 2.0]])
        with pytest.raises(ValueError, match="inhomogeneous"):
            np.array([x[:2], x])
        with pytest.raises(TypeError):
            np.zeros()
        with pytest.raises(ValueError, match="infs or NaNs"):
            np.asarray_chkfinite([np.nan])
        with pytest.raises(ValueError, match="infs or NaNs"):
            np.asarray_chkfinite(x / 0.0)
        return x.sum()

    trace_function(f, (X,))


def test_a_list_nested_beyond_numpy_s_limit_is_an_error():
    def f(x):
        deep = [x[0]]
        for _ in range(100):
            deep = [deep]
        return np.array(deep).sum()

    with pytest.raises(ValueError, match=r"nested|dimension"):
        trace_function(f, (X,))


def test_plain_lists_are_still_read_by_numpy():
    def f(x):
        assert type(np.array([1.0, 2.0])) is Buffer
        assert np.array([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
        return x.sum()

    trace_function(f, (X,))
