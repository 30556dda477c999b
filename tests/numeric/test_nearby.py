"""Nearby points: every entry moved, by the size that was asked for, and nothing else changed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcli.numeric.nearby import nearby_points


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32]),
        hnp.array_shapes(min_dims=0, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False},
    ),
    st.sampled_from([1e-3, 1e-6, 1e-9, 1e-20]),
)
def test_every_entry_moves_and_stays_finite(x, size):
    (moved,) = nearby_points([x], np.random.default_rng(0), size)
    assert moved.shape == x.shape
    assert moved.dtype == x.dtype
    assert np.all(moved != x)
    assert np.isfinite(moved).all()


def test_the_size_of_the_move():
    x = np.concatenate([np.linspace(-10, 10, 500), np.zeros(500)])
    (moved,) = nearby_points([x], np.random.default_rng(0), 1e-3)
    ratio = np.abs(moved - x) / np.maximum(0.1, np.abs(x)) / 1e-3
    assert 0.49 < ratio.min() < 0.6
    assert 0.9 < ratio.max() < 1.01
    assert 0.4 < np.mean(moved > x) < 0.6


def test_integers_and_booleans_stand_still():
    whole, flags = np.arange(3), np.array([True, False])
    moved = nearby_points([whole, flags, 2.0], np.random.default_rng(0))
    assert moved[0].tolist() == [0, 1, 2]
    assert moved[1].tolist() == [True, False]
    assert moved[2] == pytest.approx(2, abs=2e-3)
    assert moved[0] is not whole


def test_the_largest_numbers_move_inwards():
    largest = np.array([np.finfo(np.float64).max, -np.finfo(np.float64).max])
    for seed in range(10):
        (moved,) = nearby_points([largest], np.random.default_rng(seed))
        assert np.isfinite(moved).all()


def test_draws_differ_and_repeat():
    x = np.ones(5)
    a, b = (nearby_points([x], np.random.default_rng(s))[0] for s in (1, 2))
    again = nearby_points([x], np.random.default_rng(1))[0]
    assert not np.array_equal(a, b)
    assert np.array_equal(a, again)
