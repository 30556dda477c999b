"""Extended precision and whole-array magnitudes, for programs too large for more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.exact.examine import float_gradients
from gradcli.exact.extended import has_extended, make_extended
from gradcli.exact.magnitudes import magnitudes
from gradcli.exact.slopes import Slopes
from gradcli.ir.program import Program

Traced = Callable[..., Program]
needs_extended = pytest.mark.skipif(not has_extended(), reason="long double is a double here")


@needs_extended
def test_a_step_that_crosses_a_kink_is_shortened(traced: Traced) -> None:
    program = traced(lambda x: np.sum(np.maximum(x, 0.0)), [3e-6, 1.0])
    extended = make_extended(program)
    assert extended is not None
    slope, error = extended.slope({0: np.array([-1.0, 0.0])})  # type: ignore[misc]
    assert float(slope) == pytest.approx(-1.0, abs=1e-9)
    assert error < 1e-8


@needs_extended
@pytest.mark.parametrize("f", [np.abs, np.floor, lambda x: np.where(x > 0, 2 * x, x)])
def test_at_a_kink_there_is_no_slope(f: Any, traced: Traced) -> None:
    extended = make_extended(traced(f, 0.0))
    assert extended is not None
    assert extended.slope({0: np.float64(1.0)}) is None


@needs_extended
def test_the_largest_element_may_not_change(traced: Traced) -> None:
    extended = make_extended(traced(np.max, [1.0, 1.0 + 3e-6]))
    assert extended is not None
    slope, _ = extended.slope({0: np.array([1.0, 0.0])})  # type: ignore[misc]
    assert float(slope) == pytest.approx(0.0, abs=1e-9)


@needs_extended
def test_slopes_have_ten_digits(traced: Traced) -> None:
    program = traced(lambda x: np.sum(np.sin(x) * np.exp(x)), np.linspace(0, 1, 50))
    extended = make_extended(program)
    assert extended is not None
    d = np.random.default_rng(0).normal(size=50)
    slope, error = extended.slope({0: d})  # type: ignore[misc]
    expected = float(float_gradients(program, (0,))[0] @ d)
    assert float(slope) == pytest.approx(expected, rel=1e-11)
    assert abs(float(slope) - expected) <= 4 * float(error)


def test_magnitudes_do_not_cancel(traced: Traced) -> None:
    a = np.array([[1.0, -2.0], [-1.0, 2.0], [3.0, 0.5]])
    (sizes,) = magnitudes(traced(lambda x: np.sum(a @ x), [1.0, 1.0]), (0,))
    assert sizes.tolist() == [5.0, 4.5]
    (sizes,) = magnitudes(traced(lambda x: np.sin(x) - np.sin(x), 1.0), (0,))
    assert sizes == pytest.approx(2 * np.cos(1.0))


@needs_extended
def test_wrong_entries_are_found_by_halving(traced: Traced) -> None:
    program = traced(lambda x, y: np.sum(np.sin(x)) + np.sum(np.exp(y)), np.ones(40), np.ones(30))
    gradients = [np.array(g) for g in float_gradients(program, (0, 1))]
    gradients[1][17] *= 1 + 1e-8
    sizes = magnitudes(program, (0, 1))
    slopes = Slopes(make_extended(program), (0, 1), gradients, sizes, np.random.default_rng(0))
    assert slopes.wrong(3) == [(1, 17)]
    assert not slopes.unlocated
    slope, _ = slopes.along(1, 17)
    assert float(slope) == pytest.approx(np.e, rel=1e-11)
