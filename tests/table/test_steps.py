"""Evaluations end: what mpmath would compute for ever is stopped, and what it stops says so."""

from __future__ import annotations

import sys
from functools import partial
from time import thread_time

import mpmath
import numpy as np
import pytest

from gradcli.errors import LimitError
from gradcli.exact.cylinders import besseli, besselk, bessely
from gradcli.exact.exponentials import expint
from gradcli.exact.gates import ReferenceFailed
from gradcli.exact.gauss import hyp2f1
from gradcli.exact.numbers import MpNumbers
from gradcli.ops import fallback
from gradcli.ops.entries import Unavailable
from gradcli.ops.registry import FUNCTIONS, lookup
from gradcli.ops.special.zetas import zeta_derivative
from gradcli.ops.steps import MAX_STEPS, TooManySteps, counted, is_ordinary
from gradcli.symbolic.functions import FUNCTIONS as SYMBOLIC
from tests.table.points import elementwise_ops

SIXTY = MpNumbers(60)
MP = mpmath.MPContext()
# Of the clock in `steps`, and what may be needed to notice it.
SECONDS = 2.5


def test_lines_are_counted_and_the_trace_hook_is_given_back() -> None:
    def walk(n: int) -> int:
        total = 0
        for k in range(n):
            total += k
        return total

    before = sys.gettrace()
    value, steps = counted(walk, [100])
    assert value == 4950
    assert 200 <= steps <= 210
    assert counted(walk, [200])[1] - steps == 200
    with pytest.raises(TooManySteps, match="more than 50 steps"):
        counted(walk, [100], limit=50)
    assert sys.gettrace() is before


@pytest.mark.slow
def test_few_lines_of_large_numbers_are_stopped_by_the_clock() -> None:
    def squares(n: int) -> int:
        while True:
            n = n * n % (1 << 200_000)

    start = thread_time()
    with pytest.raises(TooManySteps, match="more than 1 s"):
        counted(squares, [3**120_000], limit=10**12)
    assert thread_time() - start < SECONDS


@pytest.mark.parametrize(
    ("xs", "params", "expected"),
    [
        ((0.0,), {}, True),
        ((1e-6,), {}, True),
        ((1e-7,), {}, False),
        ((31.9,), {}, True),
        ((32.1,), {}, False),
        ((-3.0,), {}, True),
        ((-3.0, 2.0), {}, False),
        ((3.0, -2.0), {}, True),
        ((np.inf,), {}, False),
        ((np.nan,), {}, False),
        ((1.0,), {"order": 8}, True),
        ((1.0,), {"order": 9}, False),
        ((1.0,), {"q": None, "approximate": "none"}, True),
    ],
)
def test_ordinary_arguments(xs: tuple[float, ...], params: dict[str, object], expected: bool):
    assert is_ordinary([MP.mpf(x) for x in xs], params) is expected
    assert not is_ordinary([object()], {})


HOSTILE = [
    ("polygamma", (1.0, -1e6), {}),
    ("polygamma", (1e6, 2.5), {}),
    ("kv", (1000.0, 1000.0), {}),
    ("expn", (1000.0, 1000.0), {}),
    ("hurwitz_zeta", (2.0, np.inf), {}),
    ("zeta_derivative", (-1000.5,), {"order": 50}),
    ("zeta_derivative", (0.5,), {"order": 1000}),
]


@pytest.mark.parametrize(("name", "xs", "params"), HOSTILE)
def test_exact_numbers_give_up(name: str, xs: tuple[float, ...], params: dict[str, int]) -> None:
    op = lookup(name)
    start = thread_time()
    with pytest.raises(ReferenceFailed, match=r"more than|too large"):
        SIXTY.call(op, op.mp, params, *map(SIXTY.mpf, xs))
    assert thread_time() - start < SECONDS


@pytest.mark.parametrize(("name", "xs"), [("gammainc", (1e6, -2.5)), ("hurwitz_zeta", (-2.5, 1e6))])
def test_outside_a_domain_nothing_is_waited_for(name: str, xs: tuple[float, ...]) -> None:
    op = lookup(name)
    value, steps = counted(partial(op.mp, SIXTY), list(map(SIXTY.mpf, xs)))
    assert SIXTY.isnan(value)
    assert steps < 100


@pytest.mark.parametrize("name", ["j0", "i1e", "sinc_derivative"])
def test_what_mpmath_does_not_expect_is_unavailable(name: str) -> None:
    op = lookup(name)
    with pytest.raises(Unavailable):
        SIXTY.call(op, op.mp, {}, SIXTY.inf)


def test_the_lines_of_a_counted_call_are_work() -> None:
    numbers, op = MpNumbers(60), lookup("polygamma")
    numbers.call(op, op.mp, {}, numbers.one, numbers.mpf(2.5))
    ordinary = numbers.work
    numbers.call(op, op.mp, {}, numbers.one, numbers.mpf(-1000.5))
    assert numbers.work > 3 * ordinary


@pytest.mark.parametrize(
    ("text", "xs", "params"),
    [("polygamma", (1, -1e6), {}), ("zeta_derivative", (-1e15,), {"order": 60})],
)
def test_floats_by_mpmath_are_refused(monkeypatch, text, xs, params) -> None:
    monkeypatch.setattr(fallback, "scipy_special", lambda: None)
    with pytest.raises(LimitError, match=r"more than \d+ steps at .*-1e\+"):
        FUNCTIONS[text](*xs, **params)


def test_arrays_by_mpmath_have_a_limit() -> None:
    with pytest.raises(LimitError, match="20000 values of a special function take about"):
        zeta_derivative(np.linspace(2.0, 3.0, 20_000))
    assert np.isfinite(zeta_derivative(np.linspace(2.0, 3.0, 70))).all()


def test_arrays_away_from_ordinary_points_share_a_limit(monkeypatch) -> None:
    monkeypatch.setattr(fallback, "_COUNTED_STEPS", 100_000)
    assert np.isinf(zeta_derivative(-300.5))
    with pytest.raises(LimitError, match="which is the limit"):
        zeta_derivative(np.full(60, -300.5))
    monkeypatch.setattr(fallback, "_COUNTED_SECONDS", -1.0)
    with pytest.raises(LimitError, match="more than -1 s"):
        zeta_derivative(-300.5)


def test_loops_of_scipy_have_a_limit() -> None:
    for call in (
        lambda: FUNCTIONS["yv"](1e9, 1e300),
        lambda: FUNCTIONS["yv"](-1e4, np.full(2_000, 1e17)),
        lambda: FUNCTIONS["zeta"](2.0, q=np.linspace(-9e3, -8e3, 2_000)),
    ):
        with pytest.raises(LimitError, match="steps; the limit is 1e"):
            call()
    assert np.isfinite(FUNCTIONS["yv"](2.0, 1e17))
    assert np.isfinite(FUNCTIONS["zeta"](2.0, q=-999.5))


@pytest.mark.parametrize("x", [-2.5, -2.0, -30.0, -50.5, 20.0])
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_of_zeta_equal_mpmath(order: int, x: float) -> None:
    said = SIXTY.call(zeta_derivative, zeta_derivative.mp, {"order": order}, SIXTY.mpf(x))
    context = mpmath.MPContext()
    context.dps = 80
    truth = context.zeta(context.mpf(x), 1, order)
    assert abs(context.mpf(said) - truth) <= abs(truth) * context.mpf(10) ** -56
    assert zeta_derivative(x, order=order) == pytest.approx(float(truth), rel=1e-15)


@pytest.mark.parametrize("x", [60.0, 200.5])
def test_derivatives_of_zeta_far_right_keep_their_digits(x: float) -> None:
    n = np.arange(2.0, 60.0)
    expected = -np.sum(np.log(n[::-1]) * n[::-1] ** -x)
    assert zeta_derivative(x) == pytest.approx(expected, rel=1e-14)


def test_derivatives_of_zeta_at_the_ends() -> None:
    assert zeta_derivative(-1e6) == np.inf
    assert zeta_derivative(-1e6 - 2.0, order=2) == np.inf
    assert zeta_derivative(1e300) == 0.0
    assert zeta_derivative(np.inf) == 0.0
    assert np.isnan(zeta_derivative(np.nan))


@pytest.mark.parametrize("order", [0, 1, -1, 2, -3, 30])
@pytest.mark.parametrize("x", [1e-20, 0.5, 8.1, 99.25, 999.0])
def test_bessel_y_equals_mpmath(order: int, x: float) -> None:
    context = mpmath.MPContext()
    context.dps = 50
    said = bessely(context, context.mpf(order), context.mpf(x))
    context.dps = 60
    truth = context.bessely(order, context.mpf(x))
    assert abs(said - truth) <= abs(truth) * context.mpf(10) ** -49


@pytest.mark.parametrize("order", [0, 1, 2.5, -3, 10])
@pytest.mark.parametrize("x", [1e-6, 0.01, 0.5, 1.0, 7.3, 30.5, 1000.0])
def test_bessel_k_by_its_integral_equals_mpmath(order: float, x: float) -> None:
    context = mpmath.MPContext()
    context.dps = 50
    said = besselk(context, context.mpf(order), context.mpf(x))
    context.dps = 55
    truth = context.besselk(order, x)
    assert abs(said - truth) <= truth * context.mpf(10) ** -48


@pytest.mark.parametrize("order", [1, 2, 7, 30, 400, 2.5])
@pytest.mark.parametrize("x", [1e-300, 1e-6, 0.3, 1.0, 1.5])
def test_exponential_integrals_by_their_series_equal_mpmath(order: float, x: float) -> None:
    context = mpmath.MPContext()
    context.dps = 50
    said = expint(context, context.mpf(order), context.mpf(x))
    context.dps = 60
    truth = context.expint(order, context.mpf(x))
    assert abs(said - truth) <= truth * context.mpf(10) ** -49


def test_bessel_i_of_whole_orders_is_even_in_the_order() -> None:
    for x in (1e-300, 2.5):
        assert besseli(MP, MP.mpf(-3), MP.mpf(x)) == MP.besseli(3, MP.mpf(x))
    assert besseli(MP, MP.mpf(-2.5), MP.mpf(2)) == MP.besseli(-2.5, 2)


SMALL = (0.5, 7.3, 31.0)
WHOLE = (0.0, 1.0, 2.5)
ORDINARY_STEPS = 4 * MAX_STEPS
NO_VALUE = (ReferenceFailed, Unavailable, TypeError, ArithmeticError, ValueError, MP.NoConvergence)


@pytest.mark.slow
@pytest.mark.parametrize("op", [op for op in elementwise_ops() if op.mp and op.arrays <= 2])
def test_ordinary_arguments_are_quick(op) -> None:
    """Where nothing is counted, 200 digits take few times the lines that counting allows."""
    numbers = MpNumbers(200)
    points = [(x,) for x in (*SMALL, -2.5, 1e-3)]
    if op.arrays == 2:
        points = [(n, *p) for n in WHOLE for p in points]
    for point in points:
        start = thread_time()
        try:
            _, steps = counted(
                partial(op.mp, numbers), [numbers.mpf(x) for x in point], limit=ORDINARY_STEPS
            )
        except NO_VALUE:
            continue
        assert steps <= ORDINARY_STEPS, point
        assert thread_time() - start < SECONDS, point


def test_symbolic_values_are_counted_once(monkeypatch) -> None:
    from gradcli.symbolic import evaluate
    from gradcli.symbolic.witness import gradient

    stopped = []

    def refuse(function, xs, params=None, limit=0):
        stopped.append(xs)
        raise TooManySteps("more than 3 steps")

    monkeypatch.setattr(evaluate, "counted", refuse)
    answer = gradient(lambda x: x * FUNCTIONS["jv"](2.0, x), [1000.0], [0])
    assert answer.status != "ok"
    assert "besselj" in SYMBOLIC
    assert "more than 3 steps" in answer.note
    assert len(stopped) == 1


@pytest.mark.parametrize("abc", [(0.5, 1.5, 2.0), (1.0, 1.0, 2.0), (-2.5, 3.5, 0.25), (2, 2, -1.5)])
@pytest.mark.parametrize("x", [-30.0, -7.0, -1.5, -0.1, 0.6, 0.94, 0.97])
def test_hypergeometric_function_equals_mpmath(abc: tuple[float, ...], x: float) -> None:
    context = mpmath.MPContext()
    context.dps = 40
    said = hyp2f1(context, *map(context.mpf, abc), context.mpf(x))
    context.dps = 50
    truth = context.hyp2f1(*map(context.mpf, abc), context.mpf(x))
    assert abs(said - truth) <= abs(truth) * context.mpf(10) ** -39


@pytest.mark.parametrize("name", ["y1", "k1"])
def test_bessel_functions_are_not_real_left_of_0(name: str) -> None:
    op = lookup(name)
    assert np.isnan(float(SIXTY.call(op, op.mp, {}, SIXTY.mpf(-2.5))))
