import threading
import time

import numpy as np
import pytest

from gradcli.symbolic import limits
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.limits import Budget, TimeUp
from gradcli.symbolic.witness import gradient, hessian, witness


def silent_within(seconds, f, inputs, wrt):
    start = time.process_time()
    answer = gradient(f, inputs, wrt)
    assert time.process_time() - start < seconds
    assert answer.status == "unavailable"
    return answer.note


def test_thirty_symbols_pass_and_thirty_one_do_not():
    assert gradient(lambda x: np.sum(x**2), [np.ones(30)], [0]).status == "ok"
    note = silent_within(0.5, lambda x: np.sum(x**2), [np.ones(31)], [0])
    assert "31 variables, more than 30" in note


def test_only_the_differentiated_variables_count():
    a = np.arange(200.0).reshape(100, 2) / 100
    answer = gradient(lambda a, x: np.sum((a @ x) ** 2), [a, [1.0, 2.0]], [1])
    assert answer.status == "ok"
    expected = 2 * a.T @ (a @ np.array([1.0, 2.0]))
    np.testing.assert_allclose([float(v) for v in answer.gradients[0]], expected, rtol=1e-14)


def test_five_hundred_operations_pass_and_more_do_not():
    def chain(n):
        def f(x):
            for _ in range(n):
                x = np.sin(x)
            return x

        return f

    assert gradient(chain(limits.MAX_NODES - 1), [0.5], [0]).status == "ok"
    note = silent_within(0.5, chain(limits.MAX_NODES), [0.5], [0])
    assert "500 operations" in note
    assert "500 operations" in silent_within(0.5, chain(100_000), [0.5], [0])


def test_a_table_of_constants_is_refused_before_it_is_walked():
    big = np.ones((1000, 1000))
    note = silent_within(0.5, lambda a, x: np.sum(a * x), [big, 2.0], [1])
    assert "constants" in note
    note = silent_within(1.0, lambda x: np.sum(big * x), [2.0], [0])
    assert "constants" in note


def test_derivative_steps_are_counted():
    def f(x):
        for _ in range(6):
            x = np.sin(x) * np.sum(np.cos(x))
        return np.sum(x)

    x = np.linspace(0.1, 0.9, 10)
    assert gradient(f, [x], [0]).status == "ok"
    answer = hessian(f, [x], [0])
    assert answer.status == "unavailable"
    assert "20000 operations while deriving" in answer.note


def test_the_gates_answer_the_same_every_time():
    def f(x):
        return np.sum(np.outer(np.exp(x), np.sin(x)))

    steps = {gradient(f, [np.linspace(0, 1, 8)], [0]).steps for _ in range(3)}
    assert len(steps) == 1


def test_functions_of_two_large_numbers_are_refused_before_they_hang():
    from gradcli.ops.entries import wrap

    def beta(x):
        form = lambda t: x.m.betainc(t, 1e5, 0, 0.5)  # noqa: E731
        return wrap(np.frompyfunc(form, 1, 1)(x.entries), x.m)

    assert "betainc of a number beyond" in silent_within(0.3, beta, [1e5], [0])


@pytest.mark.parametrize("base", [0.0, 1.0])
def test_a_huge_exponent_of_nothing_and_of_one_is_no_work(base):
    start = time.process_time()
    answer = gradient(lambda x, y: x ** np.exp(y * y), [base, 1e4], [1])
    assert time.process_time() - start < 1.0
    assert float(answer.value[()]) == base


def test_functions_of_too_small_numbers_are_refused():
    from gradcli.ops.entries import wrap

    def tiny(x):
        form = lambda t: x.m.expint(2, x.m.exp(t))  # noqa: E731
        return wrap(np.frompyfunc(form, 1, 1)(x.entries), x.m)

    assert "expint of a number beyond" in silent_within(0.3, tiny, [-1e7], [0])


def test_a_virtual_table_is_refused_by_its_size():
    big = np.broadcast_to(1.0, (10**8,))
    note = silent_within(0.3, lambda a, x: np.sum(a * x), [big, 2.0], [1])
    assert "constants" in note


@pytest.mark.slow
def test_deep_cancellation_and_slow_functions_end_in_time():
    from gradcli.ops.entries import wrap

    def k0(x):
        return wrap(np.frompyfunc(lambda t: x.m.besselk(0, t), 1, 1)(x.entries), x.m)

    start = time.process_time()
    answer = gradient(lambda x: np.sum(k0(x) * k0(x)), [np.linspace(5, 60, 12)], [0])
    assert answer.status == "ok"
    gradient(lambda x: k0(x) - k0(x), [30.5], [0])
    assert time.process_time() - start < 4.0


def test_the_clock_stops_evaluation_with_a_status_of_its_own(monkeypatch):
    monkeypatch.setattr(limits.Budget.__init__, "__defaults__", (-1.0,))
    answer = gradient(np.sin, [0.5], [0])
    assert answer.status == "time"
    assert not answer.estimate(0).speaks
    with pytest.raises(TimeUp):
        Budget(0.0).check_time()


def test_it_works_off_the_main_thread():
    found = []

    def work():
        found.append(witness(lambda x: x**2, [3.0], [0])[0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0].value == 6.0


def test_mpmath_of_the_caller_keeps_its_precision():
    import mpmath

    before = mpmath.mp.dps
    gradient(np.tanh, [200.0], [0])
    assert mpmath.mp.dps == before


def test_folding_stays_bounded():
    graph = Graph(Budget())
    n = graph.number(3)
    for _ in range(200):
        n = graph.times(n, n)
    assert all(
        p is None or p.numerator.bit_length() < 5000
        for p in map(graph.as_number, range(len(graph)))
    )
