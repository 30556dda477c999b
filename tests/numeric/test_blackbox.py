"""Rulings by finite differences alone: no right claim accused, planted errors found."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.numeric.accusation import Witness
from gradcli.numeric.blackbox import black_box, claim_bound


def rule(f, x, claim, **options):
    return black_box(f, (np.array(x),), claim, **options)


def versine_slope(x):
    """d/dx (1 − cos x)/x² with 60 digits."""
    with mpmath.workdps(60):
        x = mpmath.mpf(x)
        return float(mpmath.sin(x) / x**2 - 2 * (1 - mpmath.cos(x)) / x**3)


def cosine(x):
    with mpmath.workdps(400):
        return float(mpmath.cos(mpmath.mpf(x)))


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def control_flow(a):
    b = a * 2
    while abs(b) < 1000:
        b = b * 2
    return b if b > 0 else 100 * b


# Functions whose differences deceive, with the right gradient.
HARD = [
    ("1e10 + sin", lambda x: 1e10 + np.sin(x), 1.0, math.cos(1)),
    *(
        (f"(1 - cos x)/x^2 at {x}", lambda x: (1 - np.cos(x)) / x**2, x, versine_slope(x))
        for x in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 2e-8, 1.6e-8, 1.43e-8, 1.2e-8, 1e-8, 1e-9)
    ),
    ("log at 1e-12", np.log, 1e-12, 1e12),
    ("sqrt at 1e-10", np.sqrt, 1e-10, 5e4),
    ("asin near 1", np.arcsin, 1 - 1e-9, 22360.68009678968),
    ("x^2 at 1e8", lambda x: x**2, 1e8, 2e8),
    ("x^2 at 1e-8", lambda x: x**2, 1e-8, 2e-8),
    ("huge and tiny", lambda x: 1e8 * x[0] ** 2 + 1e-8 * x[1] ** 2, [1.0, 1.0], [2e8, 2e-8]),
    ("tiny values", lambda x: 1e-300 * np.sin(x), 1.0, 1e-300 * math.cos(1)),
    ("huge values", lambda x: 1e300 * np.sin(x), 1.0, 1e300 * math.cos(1)),
    ("norm of tiny", lambda x: np.sqrt(x[0] ** 2 + x[1] ** 2), [3e-9, 4e-9], [0.6, 0.8]),
    ("rosenbrock at its optimum", rosenbrock, [1.0, 1.0], [0.0, 0.0]),
    ("|x| beside 0", np.abs, 1e-9, 1.0),
    ("|x - 1| at 1e-9", lambda x: np.abs(x - 1), 1 - 1e-9, -1.0),
    ("|x - 1| at 1e-13", lambda x: np.abs(x - 1), 1 - 1e-13, -1.0),
    ("|x - 1| at 1e-15", lambda x: np.abs(x - 1), 1 - 1e-15, -1.0),
    ("|x| at 0, 0", np.abs, 0.0, 0.0),
    ("|x| at 0, 1", np.abs, 0.0, 1.0),
    ("relu at 0", lambda x: np.maximum(x, 0), 0.0, 0.0),
    ("relu at -1, 0, 2", lambda x: np.sum(np.maximum(x, 0)), [-1.0, 0.0, 2.0], [0.0, 0.0, 1.0]),
    ("max(x, 0) + x^2", lambda x: np.maximum(x, 0) + x**2, -1e-7, -2e-7),
    ("x |x|", lambda x: x * np.abs(x), 0.0, 0.0),
    ("max(x, sin x)", lambda x: np.maximum(x, np.sin(x)), 0.0, 1.0),
    ("floor", np.floor, 2.5, 0.0),
    ("floor, straight through", np.floor, 2.5, 1.0),
    ("fine floor", lambda x: np.floor(1e6 * x) / 1e6, 0.987654321, 0.0),
    ("on the edge of a cent", lambda x: np.round(1000 * 1.05**x, 2), 3.0, 0.0),
    ("medium floor", lambda x: np.floor(1e4 * x) / 1e4, 0.987654321, 0.0),
    ("coarse floor", lambda x: np.floor(30 * x) / 30, 0.987654321, 0.0),
    ("floor + x", lambda x: np.floor(1e4 * x) / 1e4 + x, 0.987654321, 1.0),
    ("absorbed", lambda x: (1e16 + x) - 1e16, 0.3, 1.0),
    ("partly absorbed", lambda x: (1e8 + x) - 1e8, 0.3, 1.0),
    ("sigmoid at 40", lambda x: 1 / (1 + np.exp(-x)), 40.0, 4.248354255291589e-18),
    ("its distance to 1", lambda x: 1 / (1 + np.exp(-x)) - 1, 40.0, 4.248354255291589e-18),
    ("its logarithm", lambda x: np.log(1 / (1 + np.exp(-x))), 36.5, 1.406e-16),
    ("underflow", lambda x: 1e200 * np.exp(-x), 800.0, -3.7e-148),
    ("underflow everywhere", lambda x: 1e200 * np.exp(-800 - 1e-3 * x), 1.0, -3.66e-151),
    ("float32 inside", lambda x: np.float64(np.sin(np.float32(x))), 1.0, math.cos(1)),
    ("float16 inside", lambda x: np.float64(np.sin(np.float16(x))), 1.0, math.cos(1)),
    ("fast", lambda x: np.sin(1e6 * x), 1.0, 1e6 * cosine(1e6)),
    *((f"sin at {x:g}", np.sin, x, cosine(x)) for x in (1e8, 1e12, 1e16, 1e20, 1e100, 1e308)),
    ("x^2 sin 1/x", lambda x: x**2 * np.sin(1 / x) if x else 0.0, 0.0, 0.0),
    ("cbrt at 0", np.cbrt, 0.0, math.inf),
    ("sqrt at 0", np.sqrt, 0.0, math.inf),
    ("x^1.5 at 0", lambda x: x**1.5, 0.0, 0.0),
    ("control flow", control_flow, 2.0, 512.0),
    ("unused", lambda x: x[0] ** 2, [1.0, 3.0], [2.0, 0.0]),
    ("noisy", lambda x: np.sin(x) + 1e-4 * math.sin(1e15 * float(x)), 1.0, math.cos(1)),
]


@pytest.mark.parametrize(("f", "x", "gradient"), [h[1:] for h in HARD], ids=[h[0] for h in HARD])
def test_no_right_claim_is_ever_called_wrong(f, x, gradient):
    ruling = rule(f, x, gradient)
    assert "wrong" not in ruling.decision
    assert ruling.decision.shape == ruling.reason.shape == np.shape(x)
    assert np.all(ruling.reason != "")


# Well-conditioned functions, on which every planted error must be found.
CLEAR = [
    ("log", np.log, 1e-12, 1e12),
    ("sqrt", np.sqrt, 1e-10, 5e4),
    ("square", lambda x: x**2, 1e8, 2e8),
    ("small square", lambda x: x**2, 1e-8, 2e-8),
    ("quadratic", lambda x: 2 * np.dot(x, x), [1.0, 2.0, 3.0], [4.0, 8.0, 12.0]),
    ("rosenbrock", rosenbrock, [-1.2, 1.0], [-215.6, -88.0]),
    ("fast", lambda x: np.sin(1e6 * x), 1.0, 1e6 * math.cos(1e6)),
    ("beside a kink", lambda x: np.abs(x - 1), 1 - 1e-9, -1.0),
    ("relu", lambda x: np.maximum(x, 0), 2.0, 1.0),
    ("tiny values", lambda x: 1e-300 * np.sin(x), 1.0, 1e-300 * math.cos(1)),
    ("negative power", lambda x: x**-3.0, 2.0, -3 / 16),
]


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 1.01, 0.999], ids=str)
@pytest.mark.parametrize(("f", "x", "gradient"), [c[1:] for c in CLEAR], ids=[c[0] for c in CLEAR])
def test_planted_factors_are_found(f, x, gradient, factor):
    gradient = np.array(gradient)
    assert np.all(rule(f, x, gradient).decision == "ok")
    assert np.all(rule(f, x, factor * gradient).decision == "wrong")


def test_one_wrong_entry_is_told_from_the_right_ones():
    x = np.linspace(-1, 2, 8)
    right = np.exp(x) / np.sum(np.exp(x))
    wrong = right.copy()
    wrong[5] *= 1.001
    ruling = rule(lambda x: np.log(np.sum(np.exp(x))), x, wrong)
    assert (ruling.decision == "wrong").tolist() == [i == 5 for i in range(8)]
    assert np.isfinite(ruling.second_error[5])
    assert np.isinf(np.delete(ruling.second_error, 5)).all()
    assert abs(ruling.first[5] - right[5]) <= ruling.first_error[5]
    assert abs(ruling.second[5] - right[5]) <= ruling.second_error[5]
    assert ruling.first_error[5] != ruling.second_error[5]


def test_missing_entries_and_infinite_claims_are_found():
    assert rule(np.sin, 1.0, 0.0).decision == "wrong"
    assert rule(lambda x: np.maximum(x, 0), -1.0, 1.0).decision == "wrong"
    assert rule(lambda x: x[0] ** 2, [1.0, 3.0], [2.0, 1.0]).decision.tolist() == ["ok", "wrong"]
    for claim in (math.nan, math.inf, -math.inf):
        assert rule(np.sin, 1.0, claim).decision == "wrong"
        assert rule(lambda x: x**2, 0.0, claim).decision == "wrong"


def test_a_constant_function_has_a_zero_gradient():
    assert rule(lambda x: 7.0, 1.0, 0.0).decision == "ok"
    assert rule(lambda x: 7.0, 1.0, 7.0).decision == "wrong"


def test_at_a_kink_any_slope_between_is_a_kink():
    for claim, decision in ((-1, "kink"), (0.3, "kink"), (1, "kink"), (2, "inconclusive")):
        ruling = rule(np.abs, 0.0, claim)
        assert ruling.decision == decision
        assert "one-sided slopes -1 and 1" in str(ruling.reason)


def test_at_an_optimum_zero_is_confirmed():
    assert np.all(rule(rosenbrock, [1.0, 1.0], [0.0, 0.0]).decision == "ok")
    assert rule(lambda x: x**2, 0.0, 0.0).decision == "ok"
    assert rule(lambda x: x**2, 0.0, 1e-3).decision == "wrong"


def test_single_precision_is_judged_as_single_precision():
    x = np.array([1.0, 2.0], np.float32)
    right = np.cos([1.0, 2.0])
    assert np.all(rule(lambda x: np.sum(np.sin(x)), x, right).decision == "ok")
    assert np.all(rule(lambda x: np.sum(np.sin(x)), x, -right).decision == "wrong")
    assert np.all(rule(lambda x: np.sum(np.sin(x)), x, 1.1 * right).decision == "wrong")
    assert "wrong" not in rule(lambda x: np.sum(np.sin(x)), x, right * (1 + 1e-6)).decision


def test_ten_bars_and_the_claims_own_bound_are_granted():
    witness = Witness(1.0, 0.1, 1e-3)
    assert not witness.contradicts(1.9, 0.0)
    assert witness.contradicts(2.1, 0.0)
    assert not witness.contradicts(2.1, 0.2)
    assert witness.confirms(1.2, 0.0)
    assert not witness.confirms(1.9, 0.0)
    assert witness.contradicts(math.nan, 0.0)
    assert not Witness().contradicts(5.0, 0.0)


def test_the_bound_of_the_claim_is_granted():
    def slope(x):
        return np.sin(x) / x**2 - 2 * (1 - np.cos(x)) / x**3

    def f(x):
        return 2 * (np.sin(x / 2) / x) ** 2

    x = np.array(1e-4)
    bound = claim_bound(slope, (x,))
    # The textbook form has no right digit here, and is known to have none.
    assert bound > abs(versine_slope(1e-4))
    assert rule(f, x, slope(x)).decision == "wrong"
    assert rule(f, x, slope(x), bound=bound).decision != "wrong"
    assert claim_bound(lambda x: 2 * x, (np.zeros((0, 2)),)).shape == (0, 2)
    assert claim_bound(np.cos, (x,)) < 1e-14


def test_shapes_arguments_and_refusals():
    def f(w, x):
        return w * np.sum(x**2)

    x = np.arange(1.0, 7.0).reshape(2, 3)
    ruling = black_box(f, (3.0, x), 6 * x, 1)
    assert ruling.decision.shape == (2, 3)
    assert np.all(ruling.decision == "ok")
    assert ruling.evaluations <= 150
    assert rule(lambda x: 1.0, np.zeros(0), np.zeros(0)).decision.shape == (0,)
    for bad in (np.zeros(3), np.zeros((3, 2))):
        with pytest.raises(ValueError, match="shape"):
            black_box(f, (3.0, x), bad, 1)
    with pytest.raises(ValueError, match="finite"):
        rule(np.log, -1.0, 1.0)


def iterate(a, tolerance):
    """Solve x = cos(a x); converges for a below 1.32 only."""
    x, count = 0.5, 0
    while abs(math.cos(a * x) - x) > tolerance:
        x, count = math.cos(a * x), count + 1
        assert count < 10_000
    return x


def implicit_slope(a):
    x = iterate(a, 1e-15)
    return -math.sin(a * x) * x / (1 + a * math.sin(a * x))


@pytest.mark.parametrize("a", [0.55, 0.7, 0.9])
def test_an_iteration_is_not_asked_where_it_would_never_end(a):
    slope = implicit_slope(a)
    for claim in (-slope, 1.1 * slope):
        assert rule(lambda a: iterate(a, 1e-12), a, claim).decision == "wrong"
    assert rule(lambda a: iterate(a, 1e-12), a, slope).decision != "wrong"


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8, 1e-10])
@pytest.mark.parametrize("a", [0.55, 0.7, 0.8, 0.9])
def test_the_limit_of_a_truncated_iteration_is_not_accused(a, tolerance):
    ruling = rule(lambda a: iterate(a, tolerance), a, implicit_slope(a))
    assert ruling.decision != "wrong"


def test_small_differences_are_neither_ok_nor_wrong():
    for factor, decision in ((1.00005, "inconclusive"), (1.0005, "wrong")):
        assert rule(np.sin, 1.0, factor * math.cos(1)).decision == decision


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=6),
    st.floats(-3, 3),
    st.sampled_from([1e-8, 1e-3, 1.0, 1e3, 1e8]),
)
def test_polynomials_at_any_scale_are_never_accused(coefficients, u, length):
    exact = np.polynomial.Polynomial(coefficients)
    ruling = rule(lambda x: exact(x / length), u * length, exact.deriv()(u) / length,
                  bound=1e-14 * np.polynomial.Polynomial(np.abs(coefficients)).deriv()(abs(u))
                  / length)  # fmt: skip
    assert ruling.decision != "wrong"


@settings(max_examples=40, deadline=None)
@given(st.floats(0.2, 3), st.sampled_from([-1.0, 2.0, 0.5, 1.01, 1.001]))
def test_random_points_with_planted_errors(x, factor):
    slope = math.exp(-x) * (math.cos(x) - math.sin(x))
    if abs(slope) < 1e-2:
        return
    f = rule(lambda x: np.exp(-x) * np.sin(x), x, factor * slope)
    assert f.decision == "wrong"
