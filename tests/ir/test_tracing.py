"""Running a function on traced values: inputs, outputs, nesting, places, length."""

from __future__ import annotations

import collections
import functools
import sys
import threading

import numpy as np
import pytest

from gradcli.engine.operators import grad, vjp
from gradcli.errors import TraceError, UsageError
from gradcli.ir.trace import CarefulTrace
from gradcli.ir.tracing import trace_function

X = np.array([1.5, -2.0, 0.25])
Pair = collections.namedtuple("Pair", "left right")


def test_arguments_are_taken_apart_and_named():
    point = ({"w": [X, 2.0], "b": (np.float64(3.0),)}, Pair(np.ones(2), 4.0))

    def f(params, pair):
        assert type(pair) is Pair
        (b,) = params["b"]
        return params["w"][0].sum() * params["w"][1] + b * pair.left.sum() * pair.right

    run = trace_function(f, point)
    assert run.output == f(*point)
    assert run.program.names == (
        *("params['w'][0]", "params['w'][1]", "params['b'][0]"),
        *("pair[0]", "pair[1]"),
    )
    params, pair = run.unflatten_inputs(range(5))
    assert params == {"w": [0, 1], "b": (2,)}
    assert pair == Pair(3, 4)


def test_only_the_chosen_arguments_are_traced_in_the_wanted_order():
    def f(a, n, b):
        assert type(n) is int
        return a * n + b

    run = trace_function(f, (2.0, 3, 4.0), traced=(2, 0), names=("a", "n", "b"))
    assert run.program.names == ("b", "a")
    assert run.positions == (2, 0)
    assert [float(run.trace.values[s]) for s in run.input_slots] == [4.0, 2.0]


def test_keyword_arguments_are_held_constant():
    run = trace_function(lambda x, *, power: x**power, (3.0,), kwargs={"power": 2})
    assert run.output == 9.0


@pytest.mark.parametrize("value", [3, True, 1j, "text", None, np.arange(3), np.array([1j])])
def test_arguments_without_a_gradient_are_refused_by_name(value):
    with pytest.raises(UsageError, match="`x`") as caught:
        trace_function(lambda x: x, (value,))
    assert caught.value.diagnostic.code == "E052"


def test_the_caller_s_arrays_are_not_changed_and_not_kept():
    x = X.copy()

    def f(x):
        x[0] = 7.0
        x *= 2
        return x.sum()

    run = trace_function(f, (x,))
    np.testing.assert_array_equal(x, X)
    x[:] = 0.0
    np.testing.assert_array_equal(run.trace.values[0], X)


def test_outputs_keep_their_containers():
    def f(x):
        y = np.zeros(2)
        y[0] = x[0]
        written = x * 1
        written[1] = 0.0
        return {"a": [x.sum(), 5.0], "b": (y, written, "note", X)}

    run = trace_function(f, (X,))
    plain = f(X)
    assert run.output["a"] == plain["a"]
    assert run.output["b"][2] == "note"
    for mine, theirs in zip(run.output["b"], plain["b"], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert [ref >= 0 for ref in run.output_refs] == [True, False, True, True, False, False]
    assert run.output["b"][3] is X


def test_a_result_that_does_not_depend_on_the_input_is_a_constant():
    run = trace_function(lambda x: 2.5, (X,))
    assert run.output == 2.5
    assert run.output_refs[0] < 0


def test_traces_nest_to_any_depth():
    derivative = lambda x: x**5  # noqa: E731
    for _ in range(4):
        derivative = grad(derivative)
    assert derivative(2.0) == 120.0 * 2.0


def test_an_inner_trace_may_use_values_of_the_outer_one():
    def outer(x):
        inner = grad(lambda y: y * y * x)
        return inner(3.0) + grad(lambda y: x * y)(1.0)

    assert grad(outer)(2.0) == 7.0


def test_an_inner_value_that_outlives_its_trace_is_refused():
    kept = []
    grad(lambda x: kept.append(x) or x.sum())(X)
    assert kept[0].shape == (3,)
    with pytest.raises(TraceError) as caught:
        trace_function(lambda x: x * kept[0], (X,))
    assert caught.value.diagnostic.code == "E069"


def test_a_closed_value_may_be_looked_at():
    kept = []
    trace_function(lambda x: kept.append(x.sum()) or x.sum(), (X,))
    assert float(kept[0]) == X.sum()
    assert f"{kept[0]:.2f}" == f"{X.sum():.2f}"


def test_writing_into_an_outer_array_from_an_inner_trace_does_not_pass_unseen():
    def outer(x):
        store = np.zeros(1)

        def inner(y):
            store[0] = y * y
            return y * 3.0

        return grad(inner)(x[0]) + store[0]

    with pytest.raises(TraceError):
        trace_function(outer, (X,))


def test_exceptions_of_the_function_arrive_unchanged():
    with pytest.raises(ZeroDivisionError):
        trace_function(lambda x: 1 / 0, (X,))


def test_the_first_leak_is_reported_whatever_arrives():
    def f(x):
        try:
            a = complex(x[0])
        except TraceError:
            a = 0.0
        return np.float64(x[1] + a)

    with pytest.raises(TraceError, match=r"complex\(\)"):
        trace_function(f, (X,))


def test_leaks_are_only_logged_when_not_strict():
    run = trace_function(lambda x: complex(x[0]).real * x[1], (X,), strict=False)
    assert run.output == X[0] * X[1]
    assert [cut.code for cut in run.cuts] == ["E060"]


def test_the_name_of_the_argument_is_said_where_there_is_one():
    with pytest.raises(TraceError, match="cannot follow beta through"):
        trace_function(lambda alpha, beta: alpha * complex(beta * 2), (1.0, 2.0))
    with pytest.raises(TraceError, match="cannot follow a traced value through"):
        trace_function(lambda alpha, beta: complex(beta * alpha), (1.0, 2.0))


def test_places_name_the_user_s_line():
    def f(x):
        y = x * 2
        if y[0] > 0:
            y = np.sin(y)
        return y.sum()

    run = trace_function(f, (X,), locate=True)
    texts = [place.text for place in run.program.places.values()]
    assert texts == ["y = x * 2", "if y[0] > 0:", "if y[0] > 0:", "y = np.sin(y)", "return y.sum()"]
    assert run.program.guards[0].place.text == "if y[0] > 0:"
    assert all(p.file == __file__ for p in run.program.places.values())


def test_places_are_off_by_default():
    assert not trace_function(lambda x: x * 2, (X,)).program.places


@pytest.mark.parametrize("locate", [False, True])
def test_a_loop_of_100000_operations(locate):
    n = 100_000 if not locate else 1000

    def f(x):
        s = x[0]
        for _ in range(n):
            s = s * 1.0
        return s

    run = trace_function(f, (X,), locate=locate)
    assert len(run.program.records) == n + 1
    assert grad(f)(X)[0] == 1.0


def test_a_long_chain_of_views_is_written():
    def f(x):
        y = np.zeros(2000)
        y[:3] = x
        while len(y) > 3:
            y = y[1:] if len(y) % 2 else y[:-1]
        y[0] = x[0]
        return y.sum()

    assert trace_function(f, (X,)).output == f(X)

    def g(x):
        y = np.concatenate([x] * 500)
        v = y
        while len(v) > 1:
            v = v[1:]
        v += 1.0
        return y.sum()

    assert trace_function(g, (X,)).output == g(X)


def test_deeply_nested_arguments_do_not_recurse():
    nested = [X]
    for _ in range(50_000):
        nested = [nested]

    def f(x):
        while isinstance(x, list):
            (x,) = x
        return x.sum()

    run = trace_function(f, (nested,))
    assert run.output == X.sum()


def test_two_threads_may_trace_at_once():
    results = {}

    def work(k):
        results[k] = [grad(lambda x: (np.array([x[0], k]) * x[:2]).sum())(X) for _ in range(50)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for k in range(4):
        for g in results[k]:
            np.testing.assert_array_equal(g, [2 * X[0], k, 0.0])


def test_several_threads_may_record_one_trace():
    def f(x):
        parts = [None] * 4

        def work(k):
            assert type(x.home) is CarefulTrace
            s = x[k % 3]
            for _ in range(500):
                s = s * 1.0 + 0.5
            parts[k] = s

        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return sum(parts)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert grad(f)(X).tolist() == [2.0, 1.0, 1.0]
    finally:
        sys.setswitchinterval(interval)


def test_a_leak_raises_where_it_happens():
    seen = []

    def f(x):
        try:
            complex(x[0])
        except TraceError as problem:
            seen.append(problem.diagnostic.code)
        return x.sum()

    with pytest.raises(TraceError):
        trace_function(f, (X,))
    # Once in an ordinary trace, once with everything in place.
    assert seen == ["E060", "E060"]


def test_a_constant_of_an_inner_trace_does_not_follow_later_writes():
    def outer(x):
        _, pullback = vjp(lambda y: (y * x).sum(), np.ones(3))
        x += 100.0
        (g,) = pullback(1.0)
        return g.sum()

    assert trace_function(outer, (X,)).output == X.sum()
    np.testing.assert_array_equal(grad(outer)(X), np.ones(3))


def test_equal_numbers_do_not_share_a_cached_derivative():
    square = functools.cache(lambda v: v * v)

    def f(x):
        square.cache_clear()
        return square(x[0]) + 3.0 * square(x[1])

    assert grad(f)(np.array([2.0, 2.0])).tolist() == [4.0, 12.0]
    run = trace_function(f, (np.array([2.0, 2.0]),))
    assert {cut.what.split()[0] for cut in run.cuts} == {"hash()"}
