"""Elementwise operations under the engine: shapes, argument patterns, the adjoint identity."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from gradcli.engine.operators import jvp, vjp
from tests.table.points import (
    SHAPES,
    Case,
    cases_of,
    each_case,
    elementwise_ops,
    parts,
    quietly,
    tiled,
    weights,
)

CASES = [c for c in cases_of(elementwise_ops()) if c.differentiable]
# Sums over a few dozen products of size 1.
ROUNDING = 1e-13


def patterns(case: Case) -> list[tuple[int, ...]]:
    """Return every non-empty choice of arguments that vary while the others are constant."""
    places = case.differentiable
    return [c for n in range(1, len(places) + 1) for c in combinations(places, n)]


def restricted(case: Case, xs: list[Any], chosen: tuple[int, ...]) -> Any:
    """Return the case as a function of the chosen arguments."""

    def f(*variables: Any) -> Any:
        args = list(xs)
        for k, v in zip(chosen, variables, strict=True):
            args[k] = v
        return case.call(*args)

    return f


@each_case(CASES)
def test_adjoint_identity_holds_for_every_pattern_and_shape(case: Case) -> None:
    for shape in SHAPES:
        xs = tiled(case, shape, spread=1e-3)
        for chosen in patterns(case):
            check_adjoint(case, xs, chosen)


def check_adjoint(case: Case, xs: list[Any], chosen: tuple[int, ...]) -> None:
    f = restricted(case, xs, chosen)
    point = [xs[k] for k in chosen]
    y, pullback = vjp(f, *point)
    np.testing.assert_array_equal(y, quietly(case.call)(*xs))
    u = weights(y)
    cotangents = pullback(u)
    tangents = [weights(x, seed=k + 1) for k, x in enumerate(point)]
    _, pushed = jvp(f, point, tangents)
    assert [np.shape(c) for c in cotangents] == [np.shape(x) for x in point]
    assert np.shape(pushed) == np.shape(y)
    left = np.sum(u * pushed)
    terms = [np.sum(c * t) for c, t in zip(cotangents, tangents, strict=True)]
    scale = np.sum(np.abs(u * pushed)) + sum(np.sum(np.abs(c)) for c in cotangents)
    assert abs(left - sum(terms)) <= ROUNDING * max(scale, 1e-300)


@each_case(CASES)
def test_cotangents_of_a_broadcast_are_sums_of_the_scalar_ones(case: Case) -> None:
    shape = SHAPES[2]
    xs = tiled(case, shape, spread=1e-3)
    y, pullback = vjp(
        restricted(case, xs, case.differentiable), *[xs[k] for k in case.differentiable]
    )
    u = weights(y)
    got = pullback(u)
    full = [np.broadcast_to(x, np.shape(y)) for x in xs]
    for k, c in zip(case.differentiable, got, strict=True):
        want = np.zeros(np.shape(y))
        for place in np.ndindex(np.shape(y)):
            scalars = [x[place] for x in full]
            _, pull = vjp(restricted(case, scalars, (k,)), scalars[k])
            want[place] = pull(u[place])[0]
        axes = tuple(i for i, n in enumerate(np.shape(xs[k])) if n != np.shape(y)[i])
        summed = want.sum(axis=axes, keepdims=True)
        scale = np.abs(want).sum(axis=axes, keepdims=True)
        assert np.all(np.abs(c - summed) <= ROUNDING * scale)


@each_case(CASES)
def test_a_constant_argument_costs_no_cotangent(case: Case) -> None:
    """Whatever the other partials are, even NaN, they are not asked for."""
    xs = case.arrays
    for k in case.differentiable:
        y, pullback = vjp(restricted(case, xs, (k,)), xs[k])
        assert np.isfinite(pullback(np.float64(1.0))[0])
        assert parts(y)[0] == quietly(case.call)(*xs)
