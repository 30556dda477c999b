"""Extrapolated quotients: exact on the polynomials they are made for, honest beyond."""

import numpy as np
import pytest

from gradcli.numeric.stencils import Jitter, central, lagrange_at_zero, one_sided, silence

STEPS = np.array([0.1, 0.2, 0.4])
QUIET = Jitter(np.zeros(1), 2.0**-53)


def read_central(f, x, steps=STEPS):
    plus, minus = (np.array([[f(x + s * h)] for h in steps]) for s in (1, -1))
    return central(steps, plus, minus, np.array([f(x)]), QUIET)


def read_right(f, x, sign=1.0):
    values = np.array([[f(x + sign * h)] for h in STEPS])
    return one_sided(STEPS, values, np.array([f(x)]), QUIET, sign)


@pytest.mark.parametrize("nodes", [[1.0, 2.0], [1.0, 4.0, 16.0], [0.3, 0.7, 1.9]])
def test_weights_interpolate_polynomials_at_zero(nodes):
    nodes = np.array(nodes)
    weights = lagrange_at_zero(nodes)
    for power in range(nodes.size):
        assert weights @ nodes**power == pytest.approx(float(power == 0), abs=1e-13)


@pytest.mark.parametrize("power", range(1, 7))
def test_the_central_stencil_is_exact_up_to_degree_six(power):
    reading = read_central(lambda x: x**power, 1.3)
    assert reading.value[0] == pytest.approx(power * 1.3 ** (power - 1), rel=1e-13)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("power", range(1, 4))
def test_a_one_sided_stencil_is_exact_up_to_degree_three(power, sign):
    reading = read_right(lambda x: x**power, 1.3, sign)
    assert reading.value[0] == pytest.approx(power * 1.3 ** (power - 1), rel=1e-12)


def test_steps_that_are_no_doublings_are_weighted_as_they_are():
    reading = read_central(lambda x: x**5, 1.3, np.array([0.1, 0.21, 0.37]))
    assert reading.value[0] == pytest.approx(5 * 1.3**4, rel=1e-13)


@pytest.mark.parametrize(("f", "slope"), [(np.sin, 1.0), (np.exp, 1.0), (lambda x: x * abs(x), 0)])
def test_the_truncation_bounds_the_error(f, slope):
    reading = read_central(f, 0.0)
    error = abs(reading.value[0] - slope)
    assert error <= reading.truncation[0] + reading.noise[0]


def test_the_bar_of_a_kink_reaches_both_slopes():
    reading = read_central(abs, 0.0)
    assert reading.value[0] == 0
    assert reading.truncation[0] == pytest.approx(1.0)


def test_noise_grows_as_the_inverse_of_the_step():
    wide = read_central(np.exp, 1.0)
    narrow = read_central(np.exp, 1.0, STEPS / 1024)
    assert narrow.noise[0] == pytest.approx(1024 * wide.noise[0], rel=0.2)


def test_a_value_that_is_not_finite_silences_its_output_only():
    plus = np.array([[1.0, 1.0], [2.0, np.nan], [4.0, 4.0]])
    reading = central(STEPS, plus, -plus, np.zeros(2), Jitter(np.zeros(2), 2.0**-53))
    assert np.isfinite(reading.value[0])
    assert np.isnan(reading.value[1])
    assert reading.truncation[1] == reading.noise[1] == np.inf


def test_silence_knows_nothing():
    assert np.isnan(silence(0.1, 2).value).all()
    assert np.isinf(silence(0.1, 2).noise).all()
