"""Idioms of everyday code that an ordinary trace cannot follow, each beside what it means."""

from __future__ import annotations

import copy
import functools

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.ir.fidelity import Outcome, replay_test, value_test
from gradcli.ir.tracing import trace_function

W = np.array([0.5, 1.5])
M = np.array([[2.0, 1.0], [0.5, 3.0]])
N = np.array([[2, 1], [1, 3]])
Y = np.array([1.0, 0.0])


class Model:
    """Holds its data, as course code does."""

    data = np.array([[1.0, 2.0], [3.0, 4.0], [-1.0, 1.0]])

    def __call__(self, w):
        return np.sum(self.data.dot(w) ** 2)


def copied_and_written(w):
    b, c, d = M.copy(), M.flatten(), M.astype(float)
    b[0, 1], c[0], d[1] = w[0], w[1], w
    return (b**2).sum() + c @ c + (d**2).sum()


def copied_by_copy(w):
    b, c = copy.copy(M), copy.deepcopy(M)
    b[0, 1], c[0] = w[0], w
    return (b**2).sum() + (c**2).sum()


def multiplied_into_out(w):
    out = np.zeros(2)
    M.dot(w, out=out)
    return out @ out


def added_at(w):
    z = np.zeros(3)
    np.add.at(z, [0, 0, 2], [w[0], w[1], 1.0])
    return z @ z


def two_results(w):
    a, b = np.vectorize(lambda t, s: (t * s, t + s))(w, 3.0)
    return a @ b


def first_result_is_whole(w):
    return np.sum(np.vectorize(lambda t: 1 if t < 1 else t)(w)) + w[0]


# The idiom, and the same in what an ordinary trace follows.
IDIOMS = {
    "dot": (lambda w: M.dot(w).sum(), lambda w: (M @ w).sum()),
    "dot_of_T": (lambda w: M.T.dot(w).dot(w), lambda w: (M.T @ w) @ w),
    "dot_of_integers": (lambda w: N.dot(w).sum(), lambda w: (N @ w).sum()),
    "dot_of_take": (lambda w: M.take([1], axis=0).dot(w)[0], lambda w: M[1] @ w),
    "dot_of_list": (lambda w: M.dot([w[0], 2.0])[1], lambda w: M[1] @ np.array([w[0], 2.0])),
    "dot_by_keyword": (lambda w: M.dot(b=w).sum(), lambda w: (M @ w).sum()),
    "dot_with_number": (lambda w: Y.dot(w[1]).sum(), lambda w: (Y * w[1]).sum()),
    "dot_bound": (lambda w: sum(map(M.dot, [w]))[1], lambda w: (M @ w)[1]),
    "dot_of_type": (lambda w: np.ndarray.dot(M, w)[0], lambda w: M[0] @ w),
    "dot_in_out": (multiplied_into_out, lambda w: (M @ w) @ (M @ w)),
    "dot_in_object": (Model(), lambda w: np.sum((Model.data @ w) ** 2)),
    "dot_in_partial": (
        functools.partial(lambda a, w: a.dot(w).sum(), M),
        lambda w: (M @ w).sum(),
    ),
    "copied": (copied_and_written, lambda w: w[0] ** 2 + 2 * w[1] ** 2 + w[0] ** 2 + 28.5),
    "copied_by_copy": (copied_by_copy, lambda w: 2 * w[0] ** 2 + w[1] ** 2 + 22.5),
    "sum": (lambda w: np.sum([v**2 for v in w]), lambda w: (w**2).sum()),
    "sum_of_lists": (lambda w: np.sum([[w[0], 1], (w[1], 2)]), lambda w: w.sum() + 3),
    "mean_of_tuple": (lambda w: np.mean((w[0], w[1] ** 2)), lambda w: (w[0] + w[1] ** 2) / 2),
    "max": (lambda w: np.max([w[0], w[1] ** 2]), lambda w: w[1] ** 2),
    "prod": (lambda w: np.prod((w[0], w[1])), lambda w: w[0] * w[1]),
    "dot_function": (lambda w: np.dot([w[0], w[1]], [1.0, 2.0]), lambda w: w[0] + 2 * w[1]),
    "norm": (lambda w: np.linalg.norm([w[0], w[1]]), np.linalg.norm),
    "det": (lambda w: np.linalg.det([[w[0], 1], [2, w[1]]]), lambda w: w[0] * w[1] - 2),
    "solve": (
        lambda w: np.linalg.solve([[w[0], 1], [2, w[1]]], [1, 2]).sum(),
        lambda w: np.linalg.solve(np.array([[w[0], 1], [2, w[1]]]), Y * 0 + [1, 2]).sum(),
    ),
    "ufunc": (lambda w: np.exp([w[0], w[1]]).sum(), lambda w: np.exp(w).sum()),
    "ufunc_of_two": (lambda w: np.add([w[0], 1.0], 2).prod(), lambda w: 3 * (w[0] + 2)),
    "ufunc_reduce": (lambda w: np.add.reduce([w[0], w[1]]), lambda w: w.sum()),
    "ufunc_at": (added_at, lambda w: (w[0] + w[1]) ** 2 + 1),
    "where": (lambda w: np.where([True, False], [w[0], 1], 2).sum(), lambda w: w[0] + 2),
    "einsum": (lambda w: np.einsum("i,i", [w[0], w[1]], w), lambda w: w @ w),
    "diag": (lambda w: np.diag([w[0], w[1]]).sum(), lambda w: w.sum()),
    "concatenate": (
        lambda w: np.concatenate([[w[0]], [1.0, 2.0], [w[1] ** 2]]).sum(),
        lambda w: w[0] + 3 + w[1] ** 2,
    ),
    "vstack": (lambda w: np.vstack([[w[0], 1], [2, w[1]]]).prod(), lambda w: 2 * w[0] * w[1]),
    "select": (
        lambda w: np.select([[True, False], [False, True]], [[w[0], 5], w * 2]).sum(),
        lambda w: w[0] + 2 * w[1],
    ),
    "tile": (lambda w: np.tile([w[0], w[1]], 2).prod(), lambda w: (w[0] * w[1]) ** 2),
    "buffer_times_list": (
        lambda w: (np.array([[1.0, 2.0]]) @ [w[0], w[1]])[0],
        lambda w: w[0] + 2 * w[1],
    ),
    "c_": (lambda w: (np.c_[Y, w, M] ** 2).sum(), lambda w: w @ w + 15.25),
    "r_": (lambda w: (np.r_[1.0, w, [w[0], 3]] ** 2).sum(), lambda w: w @ w + w[0] ** 2 + 10),
    "r_directive": (lambda w: (np.r_["0,2", w, Y] @ w).prod(), lambda w: (w @ w) * w[0]),
    "r_axes": (lambda w: (np.r_["1,2,0", w, Y] @ W)[1], lambda w: w[1] * 0.5),
    "r_slice": (lambda w: (np.r_[0 : w[1] : 5j] ** 2).sum(), lambda w: w[1] ** 2 * 1.875),
    "float64": (lambda w: np.float64(w[0]) * np.double(w[1]), lambda w: w[0] * w[1]),
    "ndenumerate": (
        lambda w: sum((i + 1) * (j + 2) * v**2 for (i, j), v in np.ndenumerate(M * w)),
        lambda w: ((M * w) ** 2 * np.array([[2, 3], [4, 6]])).sum(),
    ),
    "sum_where": (lambda w: np.sum(w**2, where=[True, False]), lambda w: w[0] ** 2),
    "prod_where": (lambda w: (w**2).prod(where=[False, True]), lambda w: w[1] ** 2),
    "mean_where": (lambda w: np.mean(M * w, axis=0, where=M >= 1)[0], lambda w: 2 * w[0]),
    "reduce_where": (lambda w: np.add.reduce(w**2, where=Y == 1), lambda w: w[0] ** 2),
    "linspace": (
        lambda w: (np.linspace([w[0], 1], w, 3)[1]).prod(),
        lambda w: w[0] * (1 + w[1]) / 2,
    ),
    "logspace": (
        lambda w: np.logspace(w[0], w[1], 3).sum(),
        lambda w: 10 ** w[0] + 10 ** ((w[0] + w[1]) / 2) + 10 ** w[1],
    ),
    "geomspace": (
        lambda w: np.geomspace(-w[0], -w[1], 3).sum(),
        lambda w: -(w[0] + np.sqrt(w[0] * w[1]) + w[1]),
    ),
    "vectorize": (
        lambda w: np.vectorize(lambda t: t * t if t > 1 else 2 * t)(w).sum(),
        lambda w: 2 * w[0] + w[1] ** 2,
    ),
    "vectorize_excluded": (
        lambda w: np.vectorize(lambda t, p: np.polyval(p, t), excluded=[1])(w, [1.0, w[0]]).sum(),
        lambda w: (w + w[0]).sum(),
    ),
    "vectorize_keyword": (
        lambda w: np.vectorize(lambda t, k=1.0: t * k)(w, k=w[::-1]).sum(),
        lambda w: 2 * w[0] * w[1],
    ),
    "vectorize_two_results": (two_results, lambda w: (3 * w) @ (w + 3)),
    "vectorize_of_integers": (first_result_is_whole, lambda w: w[0] + 2),
    "apply_along_axis": (
        lambda w: np.apply_along_axis(lambda r: r @ r, 1, M * w).sum(),
        lambda w: ((M * w) ** 2).sum(),
    ),
    "apply_over_axes": (
        lambda w: np.apply_over_axes(np.sum, M * w, [0, 1])[0, 0] ** 2,
        lambda w: (M * w).sum() ** 2,
    ),
    "piecewise": (
        lambda w: np.piecewise(w, [w < 1, w >= 1], [lambda t: t**2, lambda t: 3 * t]).sum(),
        lambda w: w[0] ** 2 + 3 * w[1],
    ),
}


@pytest.mark.parametrize("name", IDIOMS)
def test_an_idiom_is_followed(name):
    idiom, same = IDIOMS[name]
    run = trace_function(idiom, (W,))
    assert run.trace.leaks == []
    assert value_test(run, idiom, (W,)).outcome is Outcome.FAITHFUL
    found = replay_test(run, idiom, (W,), np.random.default_rng(1))
    assert found.outcome is Outcome.FAITHFUL, found.text()
    assert np.allclose(grad(idiom)(W), grad(same)(W), rtol=1e-12, atol=0)
    assert np.isclose(float(idiom(W)), float(same(W)), rtol=1e-12)
