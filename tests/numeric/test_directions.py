"""Random directions over long gradients, their miss probability, and bisection to the culprit."""

import math

import numpy as np
import pytest

from gradcli.numeric.directions import Directional, directional_check, locate


def f(x):
    return np.sum(np.sin(x) * x**2)


def slope(x):
    return np.cos(x) * x**2 + 2 * x * np.sin(x)


@pytest.fixture
def point():
    return np.random.default_rng(5).standard_normal((50, 20)) * 2


def check(x, claim, seed=0, **options):
    return directional_check(f, (x,), claim, 0, np.random.default_rng(seed), **options)


def test_a_right_gradient_is_not_contradicted(point):
    found = check(point, slope(point))
    assert found.known.all()
    assert not found.contradicts.any()
    assert np.all(np.abs(found.value - found.claimed) <= found.error + 1e-9)
    assert found.evaluations <= 100
    assert found.miss_probability(1e-3) < 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_one_flipped_entry_among_a_thousand_is_noticed(point, seed):
    claim = slope(point)
    claim[7, 3] *= -1
    assert check(point, claim, seed).contradicts.any()


def test_errors_that_cancel_in_the_sum_are_noticed(point):
    claim = slope(point)
    claim[0, 0] += 1
    claim[0, 1] -= 1
    assert check(point, claim).contradicts.all()


def test_a_small_relative_error_everywhere_is_noticed(point):
    assert check(point, slope(point) * (1 + 1e-6)).contradicts.any()


def test_the_claims_own_bound_is_granted(point):
    claim = slope(point)
    claim[7, 3] += 1e-3
    assert check(point, claim).contradicts.any()
    assert not check(point, claim, bound=2e-3).contradicts.any()


def test_the_miss_probability_is_that_of_a_normal_variable():
    zeros = np.zeros(2)
    found = Directional(zeros, zeros, zeros, np.array([1.0, 2.0]), 10.0, 0)
    # Deviation 0.1 · 10 = 1: within one deviation 68.3 %, within two 95.4 %.
    assert found.miss_probability(0.1) == pytest.approx(0.6827 * 0.9545, rel=1e-3)
    assert found.miss_probability(0.0) == 1.0
    unknown = Directional(zeros, zeros, zeros, np.array([np.inf, np.inf]), 10.0, 0)
    assert unknown.miss_probability(0.1) == 1.0
    assert not unknown.contradicts.any()


def test_the_miss_probability_is_kept():
    # Errors of exactly the size at which half of the directions should stay silent.
    x, rng = np.ones(30), np.random.default_rng(8)
    found = directional_check(np.sum, (x,), np.ones(30), 0, rng, 1)
    relative = float(found.threshold[0]) / (found.size * math.sqrt(2) * 0.4769)
    assert found.miss_probability(relative) == pytest.approx(0.5, rel=1e-3)
    missed = 0
    for _ in range(200):
        error = rng.standard_normal(30)
        error *= relative * found.size / np.linalg.norm(error)
        missed += not directional_check(np.sum, (x,), x + error, 0, rng, 1).contradicts[0]
    assert 0.3 < missed / 200 < 0.7


@pytest.mark.parametrize("where", [[0], [999], [123], [17, 640], [1, 2]])
def test_wrong_entries_are_located(point, where):
    claim = slope(point).ravel()
    claim[where] += 3.0
    found = locate(f, (point,), claim, 0, np.random.default_rng(1))
    assert list(found.indices) == where
    assert found.is_complete
    truth = slope(point).ravel()[where]
    assert np.all(np.abs(np.array(found.value) - truth) <= found.error)
    assert found.evaluations < 600 * len(where)


def test_a_limit_is_kept_and_said():
    x = np.linspace(1, 2, 64)
    found = locate(f, (x,), -slope(x), 0, np.random.default_rng(1), limit=2)
    assert len(found.indices) == 2
    assert not found.is_complete


def test_a_right_claim_has_nothing_to_locate():
    x = np.linspace(1, 2, 64)
    found = locate(f, (x,), slope(x), 0, np.random.default_rng(1))
    assert found.indices == ()
    assert not found.is_complete


def test_other_arguments_stand_still(point):
    def g(w, x):
        return w * f(x)

    rng = np.random.default_rng(2)
    assert not directional_check(g, (2.0, point), 2 * slope(point), 1, rng).contradicts.any()
    assert directional_check(g, (2.0, point), slope(point), 1, rng).contradicts.all()


def test_unusable_requests(point):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="scalar"):
        directional_check(np.sin, (point,), slope(point), 0, rng)
    with pytest.raises(ValueError, match="size"):
        directional_check(f, (point,), np.zeros(3), 0, rng)
    empty = directional_check(np.sum, (np.zeros(0),), np.zeros(0), 0, rng)
    assert not empty.contradicts.any()


def test_what_float64_cannot_show_does_not_contradict():
    big = np.full(20, 1e20)
    rng = np.random.default_rng(3)
    found = directional_check(lambda x: np.sum(np.sin(x)), (big,), np.cos(big), 0, rng)
    assert not found.known.any()
    assert not found.contradicts.any()
    one = np.array([2.5])
    assert not directional_check(lambda x: np.floor(x)[0], (one,), [1.0], 0, rng).contradicts.any()
