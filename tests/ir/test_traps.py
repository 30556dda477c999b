"""The planted traps: 22 functions traced right, 9 refused, 3 caught by the tests of a trace.

Small functions with the habits of real NumPy code. None may lose a dependence silently.
"""

from __future__ import annotations

import functools
import math
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gradcli.errors import TraceError
from gradcli.ir.fidelity import Outcome, replay_test, value_test
from gradcli.ir.tracing import trace_function

X = np.array([1.25, -0.5, 2.75])
GLOBAL = np.ones(3)


def view_of_buffer(x):
    y = np.zeros((2, 3))
    row = y[1]
    row[:] = x * x
    return y.sum()


def transposed_write(x):
    y = np.zeros((3, 2))
    y.T[0] = x
    y.ravel()[1] = x[2]
    return np.sum(y * np.arange(6.0).reshape(3, 2))


def out_argument(x):
    y = np.empty(3)
    np.exp(x, out=y)
    np.multiply(y, x, out=y)
    return y.sum()


def in_place_on_input(x):
    x += 1
    x[0] *= x[1]
    return np.sum(x)


def in_place_on_view_of_input(x):
    tail = x[1:]
    tail *= 2
    tail[0] = x[0]
    return np.dot(x, x)


def plain_times_traced(x):
    K = np.ones(3)
    K *= x
    return np.sum(K * x)


def item_and_tolist(x):
    a, b, c = x.tolist()
    return a * b + c * x[0].item() + x.item(1)


def whole_number(x):
    return x[int(x[0])] * round(2.6) + x[math.floor(abs(x[1]))]


def sum_of_scalars(x):
    return sum(v * v for v in x) + max(x)


def from_iterator(x):
    return np.fromiter((v * v for v in x), float).sum()


def short_floats(x):
    return np.sum(x.astype(np.float32).astype(np.float64))


def sorted_in_place(x):
    y = x.copy()
    y.sort()
    return np.dot(y, np.arange(3.0))


def add_at(x):
    y = np.zeros(3)
    np.add.at(y, [0, 0, 2], x)
    return np.sum(y * y)


def masked_output(x):
    y = np.zeros(3)
    np.log(x, out=y, where=x > 0)
    return y.sum()


def copied_buffer(x):
    y = np.zeros(3)
    y[0] = x[0]
    z = y.copy()
    z[1] = x[1]
    y[0] = 5.0
    return np.sum(y) + np.sum(z * z)


def integer_buffer(x):
    n = np.zeros(2, dtype=int)
    n[0] = x[2]
    return x[0] * n.sum()


def worker_thread(x):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda v: np.array([v, 2 * v]).sum(), list(x)))


@functools.cache
def _cached(v):
    return v * v


def empty_cache(x):
    _cached.cache_clear()
    y = _cached(x[0]) + _cached(x[1])
    _cached.cache_clear()
    return y


def traced_dot_method(x):
    return np.eye(3).dot(x).sum() + x.dot(GLOBAL)


def masked_assignment(x):
    y = np.array(x)
    y[y < 0] = 0.0
    y[x > 2] *= x[0]
    return y.sum()


def foreign_write(x):
    GLOBAL[1] = x[0]
    return GLOBAL.sum()


def foreign_slice_write(x):
    GLOBAL[:] = x
    return GLOBAL.sum()


def through_complex(x):
    return complex(x[0]).real


def packed(x):
    return struct.unpack("d", struct.pack("d", x[0]))[0]


def numpy_scalar_type(x):
    return np.float64(x[0]) * 2


def vectorized(x):
    return np.vectorize(lambda v: v * v)(x).sum()


def object_array(x):
    return np.array([x[0], x[1]], dtype=object).sum()


def quadrature(x):
    integrate = pytest.importorskip("scipy.integrate")
    return integrate.quad(lambda t: t * x[0], 0.0, 1.0)[0]


def formatted_value(x):
    return float("%.3f" % x[0]) * x[1]  # noqa: UP031


def only_printing(x):
    text = "%f" % x[0]  # noqa: UP031
    return np.sum(x) + 0 * len(text)


def swallowed(x):
    try:
        return complex(x[0]).real ** 2
    except Exception:
        return 0.0


def second_name(x):
    K = GLOBAL.copy()  # made by a method of a plain array, so it is plain itself
    kept = K
    K *= x
    return kept.sum() + K[0]


def through_text(x):
    return float(str(x[0])) * x[1]


_GENERATOR = np.random.default_rng(0)


def random_value(x):
    return x.sum() * _GENERATOR.random()


RIGHT = (
    *(view_of_buffer, transposed_write, out_argument, in_place_on_input, masked_assignment),
    *(in_place_on_view_of_input, plain_times_traced, item_and_tolist, whole_number),
    *(sum_of_scalars, from_iterator, short_floats, sorted_in_place, add_at, masked_output),
    *(copied_buffer, integer_buffer, worker_thread, empty_cache, traced_dot_method),
    *(numpy_scalar_type, vectorized),
)
REFUSED = {
    foreign_write: "E061",
    foreign_slice_write: "E061",
    through_complex: "E060",
    packed: "E060",
    object_array: "E065",
    quadrature: "E060",
    formatted_value: "E060",
    only_printing: "E060",
    swallowed: "E060",
}


@pytest.mark.parametrize("f", RIGHT, ids=lambda f: f.__name__)
def test_is_traced_right(f):
    run = trace_function(f, (X,))
    value = value_test(run, f, (X,))
    replay = replay_test(run, f, (X,), np.random.default_rng(1))
    assert (value.outcome, value.exact) == (Outcome.FAITHFUL, True)
    assert replay.outcome is Outcome.FAITHFUL, replay.text()
    assert replay.points == 5


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_is_refused_by_name_and_line(f):
    before = GLOBAL.copy()
    with pytest.raises(TraceError) as caught:
        trace_function(f, (X,))
    GLOBAL[:] = before
    assert caught.value.diagnostic.code == REFUSED[f]
    assert "test_traps.py:" in caught.value.diagnostic.what


@pytest.mark.parametrize("f", [second_name, through_text], ids=lambda f: f.__name__)
def test_is_caught_by_the_replay_test_only(f):
    run = trace_function(f, (X,))
    assert value_test(run, f, (X,)).outcome is Outcome.FAITHFUL
    replay = replay_test(run, f, (X,), np.random.default_rng(1))
    assert replay.outcome is Outcome.LOST
    assert replay.failed >= 3
    assert "test_traps.py" in replay.text()


def test_randomness_is_caught_by_the_value_test():
    run = trace_function(random_value, (X,))
    assert value_test(run, random_value, (X,)).outcome is Outcome.UNSTABLE


def test_a_leak_that_only_prints_passes_when_leaks_are_logged():
    run = trace_function(only_printing, (X,), strict=False)
    assert len(run.cuts) == 1
    replay = replay_test(run, only_printing, (X,), np.random.default_rng(1))
    assert replay.outcome is Outcome.FAITHFUL


def test_a_leak_that_matters_fails_the_replay_when_leaks_are_logged():
    run = trace_function(formatted_value, (X,), strict=False)
    replay = replay_test(run, formatted_value, (X,), np.random.default_rng(1))
    assert replay.outcome is Outcome.LOST
