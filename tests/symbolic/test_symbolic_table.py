"""Every operation of the table, as the table declares it, under SymPy."""

import mpmath
import numpy as np
import pytest

from gradcli.ops import registry
from gradcli.ops.op import Op
from gradcli.symbolic.witness import gradient

# SymPy's silence that is right, by the reason it gives; anything else is a hole in the room.
KNOWN_SILENCE = (
    "SymPy knows no derivative of",
    "SymPy cannot differentiate",
    "SymPy has no form of",
    "SymPy answers with",
    "does not settle",
    "variables, more than",
    "tie",
    "not finite",
    "division by zero",
    "isfinite",
    "isnan",
)


def calls():
    for name, function in registry.FUNCTIONS.items():
        # Makers of constants have no array arguments; a stopped gradient is not the slope.
        if function.arrays == 0 or name == "stop_gradient":
            continue
        for i, sample in enumerate(function.samples[:2]):
            yield pytest.param(function, sample, id=f"{name}-{i}")


def as_callable(function, sample):
    if function.arrays is None:
        return lambda *xs: function(list(xs), **sample.params)
    return lambda *xs: function(*xs, **sample.params)


@pytest.mark.parametrize(("function", "sample"), list(calls()))
def test_every_operation_of_the_table_agrees_with_mpmath_or_says_why_not(function, sample, referee):
    f = as_callable(function, sample)
    inputs = [np.asarray(a, dtype=float) for a in sample.args]
    positions = range(len(inputs))
    answer = gradient(f, inputs, list(positions))
    if answer.status == "unavailable":
        is_declared = isinstance(function, Op) and function.sym is False
        assert is_declared or any(k in answer.note for k in KNOWN_SILENCE), answer.note
        return
    assert answer.status in ("ok", "partial"), answer.note
    for k in positions:
        for said, truth in zip(answer.gradients[k].ravel(), referee(f, inputs, k), strict=True):
            if not mpmath.isnan(said):
                assert abs(said - truth) <= mpmath.mpf(10) ** -20 * (abs(truth) + abs(said) + 1)
