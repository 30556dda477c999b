"""What looks at a traced value is a guard, and the program says when it left the branch."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from gradcli.ir.rerun import rerun
from gradcli.ir.tracing import trace_function

X = np.array([1.5, -2.0, 0.25])


def guards(f, x=X):
    run = trace_function(f, (x,))
    assert np.array_equal(run.output, f(x))
    return run


@pytest.mark.parametrize(
    ("f", "moved"),
    [
        (lambda x: x[0] if x[0] > 1 else x[1], [0.5, -2.0, 0.25]),
        (lambda x: x.sum() if x[2] else x[0], [1.5, -2.0, 0.0]),
        (lambda x: x[int(x[0])], [0.5, -2.0, 0.25]),
        (lambda x: x[round(x[2])], [1.5, -2.0, 0.75]),
        (lambda x: x[math.floor(x[0])], [2.5, -2.0, 0.25]),
        (lambda x: x[math.ceil(x[2])], [1.5, -2.0, 1.25]),
        (lambda x: x[np.argmax(x)], [1.5, 2.0, 0.25]),
        (lambda x: x[x.argsort()] * np.arange(3), [1.5, 2.0, 0.25]),
        (lambda x: x[x > 0].sum(), [1.5, 2.0, 0.25]),
        (lambda x: x[np.nonzero(x > 0)], [1.5, 2.0, 0.25]),
        (lambda x: x.astype(int) * x, [2.5, -2.0, 0.25]),
        (lambda x: x.sum() if (x > -3).all() else 0.0, [1.5, -9.0, 0.25]),
        (lambda x: x.sum() if np.any(x < -1) else 0.0, [1.5, 2.0, 0.25]),
        (lambda x: x.sum() if 0.25 in x else x[0], [1.5, -2.0, 1.0]),
        (lambda x: max(x[0], x[1]), [1.5, 2.0, 0.25]),
        (lambda x: [0.0, 1.0, 2.0][int(x[0])] * x[1], [0.5, -2.0, 0.25]),
        (lambda x: sum(x[0] for _ in range(int(x[0] * 2))), [0.9, -2.0, 0.25]),
        (lambda x: x.sum() if math.isfinite(x[0]) else 0.0, [np.inf, -2.0, 0.25]),
        (lambda x: np.array(x > 0) * 2.0 + 0.0 * x, [1.5, 2.0, 0.25]),
    ],
)
def test_a_decision_is_guarded(f, moved):
    run = guards(f)
    assert run.program.guards
    outputs, broken = rerun(run.program, [X])
    assert broken is None
    np.testing.assert_array_equal(outputs[0], f(X))
    outputs, broken = rerun(run.program, [np.array(moved)])
    assert broken is not None
    assert outputs is None


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * (x > 0),
        lambda x: np.where(x > 0, x, -x),
        lambda x: (x > 0) * x * 2.0,
        lambda x: np.maximum(x, 0.0) * np.isfinite(x),
        lambda x: np.where((x > 0) & ~(x > 1) | (x < -1), x, 0.0),
    ],
)
def test_a_comparison_that_only_selects_is_not_a_guard(f):
    run = guards(f)
    assert not run.program.guards
    there = -X
    outputs, _ = rerun(run.program, [there])
    np.testing.assert_array_equal(outputs[0], f(there))


def test_masks_may_go_to_code_that_wants_plain_arrays():
    def f(x):
        mask = x > 0
        assert not hasattr(type(np.asarray(mask)), "duck_apply")
        picked = np.array([1.0, 2.0, 3.0])[mask]
        return picked.sum() * x[0] + operator.index(np.argmax(x)) + len(np.flatnonzero(mask))

    assert len(guards(f).program.guards) >= 3


def test_guards_of_an_inner_trace_stand_in_the_outer_one_too():
    def f(x):
        inner = trace_function(lambda y: y * 2 if y > 0 else -y, (x[0],))
        return inner.output

    run = guards(f)
    _, broken = rerun(run.program, [-X])
    assert broken is not None


def test_a_float_is_no_index():
    with pytest.raises(TypeError, match="scalar index"):
        trace_function(lambda x: [1.0, 2.0, 3.0][x[0]], (X,))
    with pytest.raises(IndexError):
        trace_function(lambda x: np.arange(3.0)[1.5] * x, (X,))


def test_truth_of_several_values_is_an_error_as_in_numpy():
    with pytest.raises(ValueError, match="ambiguous"):
        trace_function(lambda x: x if x > 0 else -x, (X,))


def test_text_is_logged_and_right(capsys):
    def f(x):
        print(f"{x[0]:.2f}", str(x[1]), x)
        return x.sum()

    run = trace_function(f, (X,))
    assert capsys.readouterr().out.startswith("1.50 -2.0 [")
    assert {cut.code for cut in run.cuts} == {"E064"}
    assert not any(cut.fatal for cut in run.cuts)
