"""Rules of the array families against one another and against high-precision quotients."""

from __future__ import annotations

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.engine.jacobians import hvp
from gradcli.engine.operators import jvp, vjp
from gradcli.engine.vjp import reverse
from gradcli.ir.tracing import trace_function
from gradcli.ops.entries import EntryArray, lift
from tests.table.arrays import array_cases, floats, is_smooth, of_arrays, real_parts
from tests.table.exactly import difference_quotient, numbers, rule_gradient
from tests.table.points import each_case, quietly, weights

# `lstsq` has a rank among its parts; its floating-point parts are cases of their own.
CASES = array_cases(lambda f: is_smooth(f) and f.name != "lstsq")
# In units of the largest entry of the gradient; the samples are well-conditioned.
FLOAT, EXACT, SECOND = 1e-12, 1e-22, 1e-9


def _function(case):
    f = of_arrays(case)
    return quietly(lambda *xs: real_parts(f(*xs)))


def _apart(got, want, at_least: float = 0.0) -> float:
    """Return the largest difference in units of the largest entry that is wanted."""
    got, want = np.asarray(got, dtype=object), np.asarray(want, dtype=object)
    assert got.shape == want.shape
    scale = max([at_least, *(float(abs(v)) for v in want.ravel())]) or 1.0
    return max(
        [float(abs(a - b)) / scale for a, b in zip(got.ravel(), want.ravel(), strict=True)],
        default=0.0,
    )


def _tangents(xs, seed: int = 1):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 1.5, np.shape(x))[()] for x in xs]


@each_case(CASES)
def test_both_sweeps_are_the_slope_of_the_exact_forward_program(case) -> None:
    f, xs = _function(case), floats(case)
    us = [weights(y, i) for i, y in enumerate(f(*xs))]
    wrt = range(len(xs))
    want = difference_quotient(f, xs, us, wrt)
    exact = rule_gradient(f, xs, us, wrt)
    pulled = vjp(f, *xs)[1](us)
    for k in wrt:
        assert _apart(pulled[k], want[k]) < FLOAT
        assert _apart(exact[k], want[k]) < EXACT
    ts = _tangents(xs)
    pushed = jvp(f, tuple(xs), tuple(ts))[1]
    forward = [np.ravel(u * t) for u, t in zip(us, pushed, strict=True)]
    back = [np.ravel(g * t) for g, t in zip(pulled, ts, strict=True)]
    size = sum(float(np.abs(t).sum()) for t in forward) or 1.0
    assert abs(sum(t.sum() for t in forward) - sum(t.sum() for t in back)) < FLOAT * size


@each_case(CASES)
def test_second_order_is_the_slope_of_the_exact_gradient(case) -> None:
    f, xs = _function(case), floats(case)
    us = [weights(y, i) for i, y in enumerate(f(*xs))]

    def total(*args):
        return sum(np.sum(u * np.sin(y)) for u, y in zip(us, f(*args), strict=True))

    ts = _tangents(xs)
    got = hvp(total, tuple(xs), tuple(ts))
    got = got if isinstance(got, tuple) else (got,)
    for g, want, size in zip(got, *_exact_hvp(total, xs, ts), strict=True):
        assert _apart(g, want, at_least=1e-3 * size) < SECOND


def _exact_hvp(f, xs, ts):
    """Return the quotient of exact gradients at both sides, and the gradients' sizes."""
    m = numbers()
    program = trace_function(f, xs, traced=tuple(range(len(xs)))).program
    if program.outputs[0] < 0:
        return [np.zeros(np.shape(x)) for x in xs], [0.0] * len(xs)
    consts = [lift(c, m) for c in program.consts]
    h = m.mpf("1e-25")

    def gradient(side):
        point = [
            EntryArray(
                np.asarray(lift(x, m).entries + side * h * lift(t, m).entries, dtype=object), m
            )
            for x, t in zip(xs, ts, strict=True)
        ]
        values = evaluate(program, point)
        swept = reverse(program.records, values, consts, {program.outputs[0]: lift(1.0, m)})
        zeros = [lift(np.zeros(np.shape(x)), m) for x in xs]
        found = [swept[slot] for slot in program.inputs]
        return [
            np.asarray((z if g is None else g).entries, dtype=object)
            for g, z in zip(found, zeros, strict=True)
        ]

    right, left = gradient(1), gradient(-1)
    slopes = [np.asarray((a - b) / (2 * h), dtype=object) for a, b in zip(right, left, strict=True)]
    sizes = [max([float(abs(v)) for v in a.ravel()], default=0.0) for a in right]
    return slopes, sizes
