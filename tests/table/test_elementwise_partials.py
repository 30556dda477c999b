"""Every partial of every elementwise operation against difference quotients and SymPy."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.engine.operators import vjp
from tests.table.exactly import difference_quotient, gaps, rule_gradient
from tests.table.points import Case, cases_of, each_case, elementwise_ops, parts, quietly, weights
from tests.table.symbolically import symbolic_partial

CASES = [c for c in cases_of(elementwise_ops()) if c.differentiable]
# Samples are ordinary points; what float64 loses at hard ones is the ULP table's subject.
FLOAT = 2e-14
# Forty digits beside values of size 1, of which a slope of 1e-18 keeps twenty-two.
EXACT = 1e-22


def _functions(case: Case, wrt: tuple[int, ...]):
    """Return the case as a function of its differentiable arguments, and the point."""
    xs = case.arrays

    def f(*variables):
        args = list(xs)
        for k, v in zip(wrt, variables, strict=True):
            args[k] = v
        return case.call(*args)

    return f, [xs[k] for k in wrt]


@each_case(CASES)
def test_float_and_exact_rules_agree_with_difference_quotients(case: Case) -> None:
    f, xs = _functions(case, case.differentiable)
    us = [weights(y) for y in parts(quietly(f)(*xs))]
    wrt = range(len(xs))
    want = difference_quotient(f, xs, us, wrt)
    _, pullback = vjp(f, *xs)
    for k, (got, exact) in enumerate(
        zip(pullback(us[0]), rule_gradient(f, xs, us, wrt), strict=True)
    ):
        assert gaps(got, want[k]) < FLOAT
        assert gaps(exact, want[k]) < EXACT


@each_case(CASES)
def test_partials_agree_with_sympy(case: Case) -> None:
    f, xs = _functions(case, case.differentiable)
    _, pullback = vjp(f, *xs)
    gradient = pullback(np.float64(1.0))
    for k in range(len(xs)):
        want = symbolic_partial(f, xs, k)
        VOICES.setdefault(case.function.name, set()).add(want is not None)
        if want is not None:
            assert abs(gradient[k] - want) <= FLOAT * abs(want)


# SymPy leaves these unevaluated (floor), or does not evaluate them.
SILENT = {"mod", "fmod", "erfcinv", "zeta", "zeta_derivative"}
# By function: whether SymPy answered at some sample, and whether it did not at some.
VOICES: dict[str, set[bool]] = {}


def test_sympy_has_a_voice_almost_everywhere() -> None:
    """A witness that is always unavailable would let everything pass."""
    if len(VOICES) < len({c.function.name for c in CASES}):
        pytest.skip("runs after all of the tests above, in one process")
    assert {name for name, spoke in VOICES.items() if spoke == {False}} == SILENT
