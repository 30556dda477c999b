"""Writes into traced arrays, buffers and their views: what NumPy would hold, exactly."""

from __future__ import annotations

import random

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.errors import TraceError
from gradcli.ir.rerun import rerun
from gradcli.ir.tracing import trace_function

X = np.random.default_rng(5).standard_normal(12)
_STEPS = 16


def _index(shape, r):
    """Return a random basic index."""
    parts = []
    for n in shape:
        choices = [slice(None), slice(r.randrange(max(1, n)), None), slice(None, None, -1)]
        choices += [slice(None, None, 2), slice(0, max(1, n - 1))]
        choices += [r.randrange(n)] if n and len(shape) > 1 and not parts else []
        parts.append(r.choice(choices))
    return tuple(parts)


def _step(kind, pool, x, r):
    """Do one random thing to a pool of arrays: view, copy, write."""
    p, q, c = r.choice(pool), r.choice(pool), r.random()
    views = {
        0: lambda: p[_index(p.shape, r)],
        1: lambda: p.T,
        2: lambda: p.reshape(-1),
        3: lambda: p.ravel()[::-1],
        4: p.copy,
        5: lambda: p * q.sum() * 0.1,
        6: lambda: np.array(p, order=r.choice("CFK")),
        7: lambda: np.swapaxes(p, 0, -1)[:2] if p.ndim else p,
    }
    if kind in views:
        pool.append(views[kind]())
    elif kind == 8:
        p[_index(p.shape, r)] = x[r.randrange(12)] * c
    elif kind == 9:
        p[_index(p.shape, r)] *= c + 0.5
    elif kind == 10:
        p += x[r.randrange(12)]
    elif kind == 11 and p.size:
        place = tuple(int(k) for k in np.unravel_index(r.randrange(p.size), p.shape))
        p[place] = p[place] * x[3] + c
    elif kind == 12 and p.ndim and p.size:
        rows = [r.randrange(p.shape[0]) for _ in range(3)]
        p[rows] = x[0] + c
        p[rows] += x[1]
    elif kind == 13 and p.shape == q.shape:
        p[...] = q * c
    elif kind == 14:
        p[p > c] = x[5]
    elif kind == 15 and p.ndim and p.size:
        np.add.at(p, ([0, 0, p.shape[0] - 1],), x[2])


def random_program(seed, buffers):
    """Return a function that makes arrays, takes views of them and writes into both."""

    def f(x):
        r = random.Random(seed)
        if buffers:
            pool = [np.zeros((3, 4)), np.ones(6), np.array(np.reshape(x, (3, 4)))]
            pool[0][...] = 1.5
        else:
            pool = [np.reshape(np.sin(x), (3, 4)), x[:6] * 1.0, np.reshape(x, (3, 4))]
        for _ in range(r.randrange(3, 18)):
            _step(r.randrange(_STEPS), pool, x, r)
        return sum(p.sum() * (i + 1) for i, p in enumerate(pool))

    return f


@pytest.mark.parametrize("buffers", [False, True], ids=["tracers", "buffers"])
@pytest.mark.parametrize("block", range(10))
def test_random_writes_through_views_agree_with_numpy(block, buffers):
    for seed in range(20 * block, 20 * block + 20):
        f = random_program(seed, buffers)
        run = trace_function(f, (X,))
        want = f(X.copy())
        assert abs(run.output - want) <= 1e-13 * abs(want), seed
        near = X + 1e-8
        outputs, broken = rerun(run.program, [near])
        assert broken is not None or abs(outputs[0] - f(near.copy())) <= 1e-12 * abs(want), seed


@pytest.mark.slow
@pytest.mark.parametrize("buffers", [False, True], ids=["tracers", "buffers"])
def test_thousands_of_random_writes_also_nested(buffers):
    for seed in range(1000, 3000):
        f = random_program(seed, buffers)
        want = f(X.copy())
        outer = trace_function(lambda x, f=f: trace_function(f, (x,)).output, (X,))
        assert abs(outer.output - want) <= 1e-13 * abs(want), seed
        outputs, broken = rerun(outer.program, [X])
        assert broken is None
        assert abs(outputs[0] - want) <= 1e-13 * abs(want), seed


def test_a_loop_of_writes_records_each_value_once():
    def f(x):
        y = np.zeros(1000)
        y[0] = x[0]
        for i in range(1, 1000):
            y[i] = 0.5 * y[i - 1]
        return y.sum()

    run = trace_function(f, (X,))
    assert len(run.program.records) < 1100
    np.testing.assert_allclose(grad(f)(X)[0], 2.0)


def test_a_trajectory_of_rows_reads_back_what_was_written():
    def f(x):
        Y = np.zeros((50, 12))
        Y[0] = x
        for i in range(49):
            Y[i + 1] = Y[i] + 0.1 * np.sin(Y[i])
        return Y[-1].sum()

    run = trace_function(f, (X,))
    assert run.output == f(X)
    assert len(run.program.records) < 250


def test_scalars_are_immutable():
    def f(x):
        a = x[0]
        b = a
        a += 1.0
        with pytest.raises(TypeError, match="item assignment"):
            a[()] = 2.0
        return a * b

    assert trace_function(f, (X,)).output == f(X)


def test_zero_dimensional_arrays_are_changed_in_place():
    def f(x):
        a = np.array(x[0])
        b = a
        a += 1.0
        return b * 2

    assert trace_function(f, (X,)).output == f(X)


def test_read_only_arrays_refuse_writes():
    def f(x):
        y = np.broadcast_to(x, (2, 12))
        y[0] = 1.0
        return y.sum()

    with pytest.raises(ValueError, match="read-only"):
        trace_function(f, (X,))


def test_in_place_casts_follow_numpy_s_rules():
    def wide_into_narrow(x):
        y = x.astype(np.float32)
        y += x
        return y.sum()

    def float_into_int(x):
        y = np.zeros(12, dtype=int)
        y += x
        return y.sum()

    assert trace_function(wide_into_narrow, (X,)).output.dtype == np.float32
    for f in (float_into_int,):
        with pytest.raises(TypeError):
            f(X)
        with pytest.raises(TypeError):
            trace_function(f, (X,))


def test_in_place_shapes_must_fit():
    def f(x):
        x += np.ones((2, 12))
        return x.sum()

    with pytest.raises(ValueError, match="broadcast"):
        f(X.copy())
    with pytest.raises(ValueError, match="broadcast"):
        trace_function(f, (X,))


def test_masks_can_be_written():
    def f(x):
        mask = x > 0
        mask[0] = True
        return (x * mask).sum()

    assert trace_function(f, (X,)).output == f(X)


def test_take_and_non_contiguous_ravel_are_copies():
    def f(x):
        m = np.reshape(x, (3, 4))
        row = np.take(m, 1, axis=0)
        row[:] = 0.0
        column = m.T.ravel()
        column[:] = 0.0
        return m.sum()

    assert trace_function(f, (X,)).output == f(X.copy())


def test_a_value_kept_in_a_part_does_not_follow_later_writes():
    def f(x):
        row = x * 2
        Y = np.zeros((2, 12))
        Y[0] = row
        row += 100.0
        row[0] = -1.0
        return Y.sum() + row.sum()

    assert trace_function(f, (X,)).output == f(X)


def test_ufunc_at_with_many_repetitions_sums():
    def f(x):
        y = np.zeros(2)
        np.add.at(y, np.zeros(240, dtype=int), np.tile(x, 20))
        return y[0] ** 2

    run = trace_function(f, (X,))
    np.testing.assert_allclose(run.output, f(X), rtol=1e-13)


def test_ufunc_at_keeps_the_order_of_other_ufuncs():
    def f(x):
        y = np.ones(3)
        np.multiply.at(y, [0, 1, 0], x[:3])
        np.negative.at(y, [2])
        return y.sum()

    assert trace_function(f, (X,)).output == f(X)


def test_where_needs_out():
    with pytest.raises(TraceError, match="where="):
        trace_function(lambda x: np.log(x, where=x > 0).sum(), (X,))


def test_out_into_a_plain_array_is_refused_but_augmented_assignment_is_not():
    plain = np.ones(12)

    def into_out(x):
        np.multiply(plain, x, out=plain)
        return plain.sum()

    with pytest.raises(TraceError) as caught:
        trace_function(into_out, (X,))
    assert caught.value.diagnostic.code == "E061"

    def augmented(x):
        K = plain
        K *= x
        return K.sum()

    plain[:] = 1.0
    run = trace_function(augmented, (X,))
    assert run.output == X.sum()
    assert [cut.code for cut in run.cuts] == ["E064"]
    np.testing.assert_array_equal(plain, X)  # the numbers are written as NumPy writes them


def test_augmented_assignment_to_an_integer_array_is_numpy_s_error():
    counts = np.zeros(12, dtype=int)

    def f(x):
        K = counts
        K += x
        return K.sum()

    with pytest.raises(TypeError):
        trace_function(f, (X,))
    assert not counts.any()
