import mpmath
import numpy as np
import pytest
from mpmath.ctx_mp import MPContext

from gradcli.ops.entries import wrap
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.steps import MAX_STEPS, TooManySteps, counted
from gradcli.symbolic.ascending import besseli, besselk, bessely
from gradcli.symbolic.witness import gradient


def form(write):
    """A function of one symbol, written over the namespace of numbers."""
    return lambda x: wrap(np.frompyfunc(lambda t: write(x.m, t), 1, 1)(x.entries), x.m)


FORMS = {
    "exp": (lambda m, x: m.exp(x), 0.7),
    "log": (lambda m, x: m.log(x), 1e-12),
    "log base 3": (lambda m, x: m.log(x, 3), 2.5),
    "sqrt": (lambda m, x: m.sqrt(x), 1e-10),
    "sin of a large angle": (lambda m, x: m.sin(x), 1e22),
    "tan": (lambda m, x: m.tan(x), 1.5707963267948966),
    "asin at the edge": (lambda m, x: m.asin(x), 1 - 1e-9),
    "acos": (lambda m, x: m.acos(x), -0.3),
    "atan": (lambda m, x: m.atan(x), 3.5),
    "sinh": (lambda m, x: m.sinh(x), 2.0),
    "cosh": (lambda m, x: m.cosh(x), 2.0),
    "tanh": (lambda m, x: m.tanh(x), 20.0),
    "asinh": (lambda m, x: m.asinh(x), -4.0),
    "acosh": (lambda m, x: m.acosh(x), 1.25),
    "atanh": (lambda m, x: m.atanh(x), 0.999),
    "expm1": (lambda m, x: m.expm1(x), 1e-12),
    "log1p": (lambda m, x: m.log1p(x), 1e-12),
    "cbrt": (lambda m, x: m.cbrt(x), 8.5),
    "a power": (lambda m, x: m.power(x, 1.5), 3.0),
    "a base": (lambda m, x: m.power(2.5, x), -3.0),
    "x to the x": (lambda m, x: x**x, 1.75),
    "gamma": (lambda m, x: m.gamma(x), 4.25),
    "loggamma": (lambda m, x: m.loggamma(x), 1e6),
    "digamma": (lambda m, x: m.digamma(x), 2.5),
    "trigamma": (lambda m, x: m.psi(1, x), 2.5),
    "beta": (lambda m, x: m.beta(x, 2.5), 1.5),
    "erf": (lambda m, x: m.erf(x), 0.3),
    "erfc in the tail": (lambda m, x: m.erfc(x), 12.0),
    "erfi": (lambda m, x: m.erfi(x), 0.8),
    "erfinv": (lambda m, x: m.erfinv(x), 0.9),
    "besselj": (lambda m, x: m.besselj(2, x), 3.0),
    "bessely": (lambda m, x: m.bessely(0, x), 3.0),
    "besseli": (lambda m, x: m.besseli(1, x), 3.0),
    "besselk": (lambda m, x: m.besselk(1, x), 2.0),
    "airyai": (lambda m, x: m.airyai(x), -1.5),
    "airyai'": (lambda m, x: m.airyai(x, derivative=1), 0.5),
    "airybi": (lambda m, x: m.airybi(x), 0.5),
    "ei": (lambda m, x: m.ei(x), 1.5),
    "e1": (lambda m, x: m.e1(x), 1.5),
    "expint": (lambda m, x: m.expint(3, x), 1.5),
    "si": (lambda m, x: m.si(x), 2.0),
    "ci": (lambda m, x: m.ci(x), 2.0),
    "shi": (lambda m, x: m.shi(x), 2.0),
    "chi": (lambda m, x: m.chi(x), 2.0),
    "lambertw": (lambda m, x: m.lambertw(x), 1.5),
    "lambertw of the lower branch": (lambda m, x: m.lambertw(x, -1), -0.2),
    "ellipk": (lambda m, x: m.ellipk(x), 0.6),
    "ellipe": (lambda m, x: m.ellipe(x), 0.6),
    "polylog": (lambda m, x: m.polylog(2, x), 0.4),
    "fresnels": (lambda m, x: m.fresnels(x), 0.9),
    "hurwitz zeta": (lambda m, x: m.zeta(3, x), 1.5),
    "incomplete gamma": (lambda m, x: m.gammainc(2.5, 0, x, regularized=True), 1.25),
    "upper incomplete gamma": (lambda m, x: m.gammainc(2.5, x), 1.25),
    "incomplete beta": (lambda m, x: m.betainc(2.0, 3.5, 0, x, regularized=True), 0.3),
    "hyp1f1": (lambda m, x: m.hyp1f1(1.5, 2.5, x), 0.5),
    "hyp2f1": (lambda m, x: m.hyp2f1(1.5, 2.5, 3.5, x), 0.25),
    "legendre": (lambda m, x: m.legendre(5, x), 0.3),
    "hermite": (lambda m, x: m.hermite(4, x), 0.3),
    "chebyt": (lambda m, x: m.chebyt(6, x), 0.3),
    "laguerre": (lambda m, x: m.laguerre(4, 0.5, x), 0.3),
    "a long composition": (
        lambda m, x: m.log(1 + m.exp(m.sin(x) ** 2)) / m.sqrt(1 + x * x) - m.atan2(x, 2),
        0.37,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_derivative_and_value_equal_mpmath_to_28_digits(name):
    write, at = FORMS[name]
    answer = gradient(form(write), [at], [0])
    assert answer.status == "ok", answer.note
    with mpmath.workdps(90):
        x, h = mpmath.mpf(at), mpmath.mpf(10) ** -33
        truth = (write(mpmath, x + h) - write(mpmath, x - h)) / (2 * h)
        value = write(mpmath, x)
        assert abs(answer.gradients[0][()] - truth) <= mpmath.mpf(10) ** -28 * abs(truth)
        assert abs(answer.value[()] - value) <= mpmath.mpf(10) ** -28 * abs(value)


CLOSED = [
    # f, point, derivative written with mpmath
    (lambda x: (1 - np.cos(x)) / x**2, 1e-8, lambda x: -x / 12 + x**3 / 180 - x**5 / 6720),
    (lambda x: np.log(1 + x) / x, 1e-300, lambda x: -mpmath.mpf(1) / 2),
    (np.tanh, 200.0, lambda x: mpmath.sech(x) ** 2),
    (lambda x: 1 / (1 + np.exp(-x)), 40.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
    (lambda x: 1 / (1 + np.exp(-x)), 800.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
    (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, 0.3, lambda x: mpmath.mpf(0)),
    (lambda x: np.expm1(x) / x, 1e-6, lambda x: (mpmath.exp(x) * (x - 1) + 1) / x**2),
    (lambda x: 1e10 + np.sin(x), 1.0, mpmath.cos),
    (np.exp, 1e5, mpmath.exp),
    (lambda x: 1 / ((1 + x) - 1), 1e-100, lambda x: -1 / x**2),
    (lambda x: (1 + x) - 1, 1e-200, lambda x: mpmath.mpf(1)),
]


def test_a_zero_of_a_rounded_number_asks_for_more_digits():
    """At few digits ndtr(31.5) is 1, and its logarithm 0 at every one of them."""
    answer = gradient(lambda x: np.log(FUNCTIONS["ndtr"](x)), [31.5], [])
    with mpmath.workdps(300):
        truth = mpmath.log(1 - mpmath.erfc(31.5 / mpmath.sqrt(2)) / 2)
        assert abs(answer.value[()] - truth) <= mpmath.mpf(10) ** -28 * abs(truth)


@pytest.mark.parametrize("case", range(len(CLOSED)))
def test_hard_points_are_settled_by_more_digits(case):
    f, at, derivative = CLOSED[case]
    answer = gradient(f, [at], [0])
    assert answer.status == "ok", answer.note
    with mpmath.workdps(900):
        truth = derivative(mpmath.mpf(at))
        assert abs(answer.gradients[0][()] - truth) <= mpmath.mpf(10) ** -25 * abs(truth)


def test_a_third_is_not_taken_for_exact():
    answer = gradient(lambda x: x / 3, [1.0], [0])
    with mpmath.workdps(120):
        assert abs(answer.gradients[0][()] - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -105


def test_what_is_left_of_a_cancelling_sum_is_zero():
    x = np.array([0.3, 1.7, 2.9, 7.0, 11.3])

    def f(x):
        return np.sum(np.log(3 * x) * np.exp(x) * np.exp(-x) - np.log(x))

    answer = gradient(f, [x], [0])
    assert answer.status == "ok", answer.note
    assert answer.texts(0) == ["0.0"] * 5


BESSEL = {"besseli": besseli, "besselk": besselk, "bessely": bessely}
# The second last is next to a zero of Y0, the last beyond the series.
BESSEL_POINTS = (1e-20, 1e-6, 0.5, 7.3, 30.5, 199.0, 0.8935769662791675, 1000.0)


@pytest.mark.parametrize("order", [0, 1, 2.5, -3, 10])
@pytest.mark.parametrize("name", BESSEL)
def test_bessel_functions_by_their_series_equal_mpmath(name, order):
    context = MPContext()
    for x in BESSEL_POINTS:
        context.dps = 50
        said = BESSEL[name](context, context.mpf(order), context.mpf(x))
        # mpmath itself loses 16 digits next to the zero.
        context.dps = 75
        # The sum of a negative whole order of I takes mpmath for ever.
        even = abs(order) if name == "besseli" and order == -3 else order
        truth = getattr(context, name)(even, context.mpf(x))
        assert abs(said - truth) <= abs(truth) * context.mpf(10) ** -49


@pytest.mark.slow
@pytest.mark.parametrize("name", BESSEL)
def test_bessel_functions_end_at_any_argument(name):
    context = MPContext()
    context.dps = 60
    for order in (1, -1, 100, -1e5):
        for x in (5e-324, 1e-9, 32.1, 200.1, 1e6):
            try:
                steps = counted(BESSEL[name], (context, context.mpf(order), context.mpf(x)))[1]
            except TooManySteps:
                steps = MAX_STEPS
                # Two large parameters have neither a series nor an asymptotic form.
                assert abs(order) >= 100, (order, x)
            assert steps <= MAX_STEPS


def test_bessel_functions_of_the_second_kind_are_not_real_left_of_0():
    for function in (besselk, bessely):
        with pytest.raises(ValueError, match="not real"):
            function(MPContext(), 1, MPContext().mpf(-2))


def test_hurwitz_zeta_left_of_0_goes_through_polygamma():
    """mpmath's own is wrong there; the exact witness adds up two other sums."""
    answer = gradient(lambda x: FUNCTIONS["zeta"](2.0, q=x), [-200.3], [0])
    with mpmath.workdps(60):
        part = mpmath.mpf(-200.3) + 201
        other = mpmath.zeta(3, 1 - part) - mpmath.zeta(3, 201.3)
        truth = -2 * (mpmath.zeta(3, part) - other)
        assert abs(answer.gradients[0][()] / truth - 1) < 1e-13
    assert gradient(lambda x: FUNCTIONS["zeta"](2.5, q=x), [-0.3], [0]).status != "ok"


def test_text_and_float_forms_of_the_numbers():
    answer = gradient(lambda x: np.sum(x**2) / 3, [[1.0, 0.1]], [0])
    assert answer.texts(0)[0].startswith("0.66666666666666666666666666666666666")
    # The double 0.1 is not one tenth, and the witness knows it.
    assert answer.texts(0)[1].startswith("0.0666666666666666703")
    estimate = answer.estimate(0)
    assert estimate.method == "sympy"
    assert estimate.speaks
    assert estimate.value.tolist() == [2 / 3, 0.2 / 3]
    assert (estimate.error <= 1e-16).all()
