"""Buffers: real numbers that compiled code may read, traced values where they were written."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.errors import TraceError
from gradcli.ir.buffers import Buffer
from gradcli.ir.fidelity import Outcome, replay_test
from gradcli.ir.taints import TAINTED
from gradcli.ir.tracing import trace_function

X = np.array([1.5, -2.0, 0.25])


def check(f):
    run = trace_function(f, (X,))
    assert np.array_equal(run.output, f(X)), (run.output, f(X))
    assert replay_test(run, f, (X,), np.random.default_rng(0)).outcome is Outcome.FAITHFUL
    return run


METHODS = (
    *("sum", "prod", "mean", "std", "var", "max", "min", "cumsum", "cumprod", "copy"),
    *("flatten", "ravel", "conj", "tolist"),
)


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_a_tainted_buffer_are_traced(name):
    def f(x):
        y = np.ones(3)
        y[:2] = x[:2]
        return np.sum(getattr(y, name)() * 2 if name != "tolist" else np.array(y.tolist()))

    check(f)


@pytest.mark.parametrize(
    "use",
    [
        lambda y, x: np.sum(y.reshape(2, 2).T @ np.ones(2)),
        lambda y, x: y.dot(x[0] * np.ones(4)),
        lambda y, x: np.concatenate([y, np.zeros(2), y]).sum(),
        lambda y, x: np.array([y[0], y[1], 2.0]).prod() + np.array([y, y]).sum(),
        lambda y, x: np.stack([y, y * 2]).sum() + np.dot(y, y),
        lambda y, x: y[y > 0].sum() + y[[0, 0, 1]].prod() + y[::2].sum(),
        lambda y, x: (y + 1).sum() + (2 * y).sum() + (y**2)[0] - y.astype(np.float32)[0],
        lambda y, x: y.clip(0, 1).sum() + y.round(1)[0] * y[0] + y.take([1])[0],
        lambda y, x: sum(v * v for v in y) + y.item(0) * y.max(),
        lambda y, x: np.linalg.norm(y) + np.split(y, 2)[1].sum() + y.T.sum(),
        lambda y, x: (y.argmax() + 1) * y[0] + y.argsort()[0] * y[1] + len(y.nonzero()[0]) * y[0],
        lambda y, x: np.where(y > 0, y, 0.0).sum() + np.maximum(y, 0.3).sum(),
        lambda y, x: y.flat[1] * y.flat[0],
        lambda y, x: np.asarray(y).sum() + np.asanyarray(y)[1] + np.array(y)[0] + np.copy(y)[1],
    ],
)
def test_uses_of_a_tainted_buffer_are_traced(use):
    def f(x):
        y = np.array([0.5, 1.0, 0.25, 2.0])
        y[:2] = x[:2] * x[2]
        return use(y, x)

    check(f)


def test_methods_that_write_reach_the_buffer():
    def f(x):
        y = np.zeros(3)
        y.fill(x[0])
        y[1] = x[1]
        y.sort()
        y.put([2], x[2])
        np.copyto(y[1:2], x[:1])
        return np.dot(y, np.arange(3.0))

    check(f)


def test_in_place_on_untainted_and_tainted_buffers():
    def f(x):
        y = np.zeros(3)
        y += 1
        z = y
        y += x
        y -= 0.5
        y /= np.array([1.0, 2.0, 4.0])
        return z.sum()

    check(f)


def test_results_of_untainted_buffers_are_buffers_too():
    def f(x):
        K = np.eye(3) + 1.0
        K[0] = x
        L = np.outer(np.ones(3), np.arange(3.0))
        L[1, 1] = x[0]
        return np.sum(K @ L)

    check(f)


def test_the_makers_hand_out_buffers_and_keep_dtype_and_shape():
    seen = {}

    def f(x):
        seen["made"] = [
            np.zeros(3),
            np.ones((2, 2), dtype=np.float32),
            np.empty(0),
            np.full(2, 7.0),
            np.eye(2),
            np.identity(2),
            np.arange(3),
            np.linspace(0, 1, 3),
            np.zeros_like(x),
            np.full_like(x, 2.0),
            np.array([1.0]),
            np.asarray([1.0]),
            np.copy(X),
        ]
        return x.sum()

    trace_function(f, (X,))
    assert all(type(a) is Buffer for a in seen["made"])
    assert seen["made"][1].dtype == np.float32
    assert seen["made"][6].dtype == np.arange(3).dtype


def test_asarray_of_a_plain_array_is_that_array():
    def f(x):
        assert np.asarray(X) is X
        y = np.zeros(2)
        assert np.asarray(y) is y
        return x.sum()

    trace_function(f, (X,))


def test_real_numbers_stand_in_a_readable_buffer():
    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        assert np.frombuffer(memoryview(y))[0] == X[0]
        return y.sum()

    trace_function(f, (X,), readable=True)


def compiled_sum(x):
    y = np.zeros(3)
    y[:] = x
    return sum(memoryview(y)) + x[0]


def test_what_compiled_code_reads_is_refused():
    with pytest.raises(TraceError, match=r"compiled code .*test_buffers\.py.* gave NaN"):
        trace_function(compiled_sum, (X,))
    run = trace_function(compiled_sum, (X,), readable=True)
    assert run.output == compiled_sum(X)
    replay = replay_test(run, compiled_sum, (X,), np.random.default_rng(0))
    assert replay.outcome is Outcome.LOST


def test_compiled_code_that_checks_what_it_reads_is_refused():
    linalg = pytest.importorskip("scipy.linalg")

    def f(x):
        y = np.eye(3)
        y[0, 0] = x[0]
        return linalg.cholesky(y).sum()

    with pytest.raises(TraceError, match="raised ValueError"):
        trace_function(f, (X,))


def test_a_function_that_is_nan_itself_is_not_suspected():
    def f(x):
        y = np.zeros(3)
        y[:] = np.log(x)
        return y.sum()

    assert np.isnan(trace_function(f, (X,)).output)


def test_an_error_of_the_function_itself_is_not_suspected():
    def f(x):
        y = np.zeros(3)
        y[:] = x
        raise KeyError("its own")

    with pytest.raises(KeyError):
        trace_function(f, (X,))


def test_a_write_behind_the_trace_is_noticed():
    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        y.view(np.ndarray)[1] = 5.0
        return y.sum()

    with pytest.raises(TraceError, match="behind the trace"):
        trace_function(f, (X,))


@pytest.mark.parametrize("place", [0, 1])
def test_a_write_behind_the_trace_is_noticed_at_one_element(place):
    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        y.view(np.ndarray)[place] = 5.0
        return y[place] + x[1]

    for readable in (False, True):
        with pytest.raises(TraceError, match="behind the trace"):
            trace_function(f, (X,), readable=readable)


def test_memory_of_a_tainted_buffer_is_not_given_away():
    for use in (lambda y: y.data, lambda y: y.ctypes, lambda y: y.tobytes(), float):

        def f(x, use=use):
            y = np.zeros(())
            y[...] = x[0]
            return use(y)

        with pytest.raises(TraceError):
            trace_function(f, (X,))


def test_a_buffer_that_is_overwritten_with_constants_is_a_constant():
    def f(x):
        y = np.zeros(3)
        y[:] = x
        y[:] = 2.0
        z = y * 1.0
        z[0] = x[0]
        return z.sum() + y.sum()

    check(f)


def test_short_floats_in_a_buffer_are_cast():
    def f(x):
        y = np.zeros(3, dtype=np.float32)
        y[:] = x / 3
        return y.sum() * x[0]

    run = check(f)
    assert run.output.dtype == f(X).dtype


def test_empty_and_zero_dimensional_buffers():
    def f(x):
        e = np.zeros((0, 3))
        e[...] = x
        z = np.zeros(())
        z[...] = x[0]
        return e.sum() + z * z[()]

    check(f)


def test_strided_and_overlapping_views():
    def f(x):
        y = np.zeros(9)
        a, b = y[:6], y[3:]
        a[::2] = x
        b[:] = b[::-1] * 2
        y.reshape(3, 3).T[1] += a[:3]
        return np.dot(y, np.arange(9.0))

    check(f)


def test_fortran_order():
    def f(x):
        y = np.zeros((2, 3), order="F")
        y[0] = x
        y.T[1] = x[:2]
        return (y * np.arange(6.0).reshape(2, 3)).sum() + y.ravel(order="F")[1]

    check(f)


def test_nothing_stays_tainted_after_a_run():
    kept = []

    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        kept.append(y)
        return y.sum()

    trace_function(f, (X,))
    assert not TAINTED
    assert (kept[0] + 1).tolist() == [2.5, 1.0, 1.0]


def test_a_large_constant_is_kept_once():
    A = np.ones((40, 40))

    def f(x):
        s = 0.0
        for _ in range(5):
            s = s + (A * x[0]).sum()
        A[0, 0] = 2.0
        s = s + (A * x[0]).sum()
        A[0, 0] = 1.0
        return s

    run = trace_function(f, (X,))
    assert sum(np.size(c) == A.size for c in run.program.consts) == 2
    assert run.output == f(X)


def test_work_arrays_are_copied_when_they_are_recorded():
    work = np.zeros(3)

    def f(x):
        total = 0.0
        for k in range(3):
            work[:] = k
            total = total + np.dot(work, x) + (work * x).sum() - (x / (work + 1.0))[0]
            total = total + (x * work)[1]
        index = np.array([0, 1, 2])
        picked = x[index]
        index[:] = 0
        return total + picked.sum()

    check(f)
