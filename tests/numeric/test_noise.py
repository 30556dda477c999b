"""The measured evaluation noise: present where there is some, 0 where there is none."""

import math

import numpy as np
import pytest

from gradcli.numeric.noise import evaluation_noise
from gradcli.numeric.probe import Probe
from gradcli.numeric.section import Coordinate, direction


def along(f, x, spacing=None, sign=1.0):
    probe = Probe(f, (np.array(x),), (0,))
    return evaluation_noise(Coordinate(probe, 0, 0), spacing, sign)


def hashed(x):
    """Deterministic white noise, uniform on [-1, 1]."""
    return math.modf(math.sin(float(x) * 1e12) * 43758.5453)[0]


@pytest.mark.parametrize("level", [1e-12, 1e-8, 1e-4])
def test_artificial_noise_is_measured_within_a_factor_of_four(level):
    found = [along(lambda x: np.sin(x) + level * hashed(x), x)[0] for x in np.linspace(1, 2, 9)]
    # Uniform noise on [-1, 1] has deviation 1/sqrt(3) = 0.58.
    assert level * 0.58 / 4 < np.median(found) < level * 0.58 * 4
    assert min(found) > level * 0.05


@pytest.mark.parametrize(
    "f", [lambda x: 3.0 + 0 * x, lambda x: 2 * x, lambda x: 0.0, lambda x: 4 * x - 1]
)
def test_constant_and_linear_functions_have_next_to_none(f):
    assert along(f, 1.0)[0] <= 4e-16


def test_a_kink_at_the_point_is_not_noise():
    assert along(np.abs, 0.0)[0] < 1e-23


@pytest.mark.parametrize("x", [0.0, -1.0])
def test_the_edge_of_the_domain_turns_the_ray_round(x):
    with np.errstate(all="ignore"):
        inside = along(lambda t: np.sqrt(-t), x)
    assert np.isfinite(inside).all()


def test_an_isolated_point_has_no_measurable_noise():
    noise = along(lambda x: np.where(x == 1.0, 0.0, np.nan), 1.0)
    assert noise[0] == 0


def test_rounding_of_a_cancelling_sum_is_seen_in_every_draw():
    # Quanta of 1.2e-10: on one spacing the differences may be exactly regular.
    found = [along(lambda x: (1e6 + np.sin(x)) - 1e6, x)[0] for x in np.linspace(0.5, 3, 40)]
    assert min(found) > 1e-12
    assert np.median(found) > 1e-11


def test_every_output_has_its_own_level():
    noise = along(lambda x: np.array([x, 1e10 + np.sin(x), np.sin(x) + 1e-6 * hashed(x)]), 1.0)
    assert noise[0] < 1e-15
    assert 1e-8 < noise[1] < 1e-5
    assert 1e-7 < noise[2] < 1e-5


def test_float32_arithmetic_is_seen_through_a_float64_function():
    noise = along(lambda x: np.float64(np.sin(np.float32(x))), 1.0)
    assert 3e-9 < noise[0] < 3e-7


def test_a_direction_moves_every_entry():
    seen = []

    def f(x):
        seen.append(x)
        return np.sum(np.sin(x))

    probe = Probe(f, (np.array([1.0, 2.0]),), (0,))
    evaluation_noise(direction(probe, {0: np.array([1.0, -1.0])}))
    assert all(np.all(x != [1.0, 2.0]) for x in seen[1:])
    assert len(seen) == probe.evaluations == 22
