"""Array operations on the shapes of the house: scalars, empty, three-dimensional; all axes."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.engine.operators import grad, vjp
from gradcli.ops.registry import lookup
from tests.table.arrays import agrees

AXES = (None, 0, 1, -1, (0, 2), (-1, 0), (0, 1, 2))
REDUCTIONS = ("sum", "mean", "prod", "max", "min", "var", "std", "logsumexp", "norm", "median")
SCANS = ("cumsum", "cumprod", "sort", "softmax", "log_softmax")
POINT = np.linspace(-1.0, 2.5, 24).reshape(2, 3, 4) + 0.1 * np.sin(np.arange(24.0)).reshape(2, 3, 4)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_over_every_axis(name, axis, keepdims) -> None:
    if name == "norm" and axis == (0, 1, 2):
        pytest.skip("NumPy has norms over one or two axes")
    function = lookup(name)
    agrees(lambda x: function(x, axis=axis, keepdims=keepdims), POINT)


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("name", SCANS)
def test_scans_along_every_axis(name, axis) -> None:
    function = lookup(name)
    agrees(lambda x: function(x, axis=axis), POINT)


@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "cumprod", "sort"])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
def test_empty_arrays_have_empty_gradients(name, shape) -> None:
    function = lookup(name)
    x = np.zeros(shape)
    y, pullback = vjp(lambda v: function(v, axis=-1), x)
    (pulled,) = pullback(np.ones(np.shape(y))) if isinstance(pullback(y), tuple) else [pullback(y)]
    assert np.shape(pulled) == shape


@pytest.mark.parametrize("name", ["mean", "var", "std", "max", "min", "logsumexp", "norm"])
def test_reductions_of_a_scalar(name) -> None:
    function = lookup(name)
    slope = grad(function)(np.float64(1.5))
    want = 0.0 if name in {"var", "std"} else 1.0
    assert slope == want


@pytest.mark.parametrize("index", [0, -1, (1, 2), (..., 0), (slice(None), None, 1), [0, 0, 1]])
def test_indices_of_three_dimensional_arrays(index) -> None:
    index = np.array(index) if isinstance(index, list) else index
    agrees(lambda x: x[index], POINT)


def test_masks_and_fancy_indices() -> None:
    agrees(lambda x: x[POINT > 0.5], POINT)
    rows, columns = np.array([0, 1, 1]), np.array([2, 0, 0])
    agrees(lambda x: x[rows, :, columns], POINT)
    agrees(lambda x: x[:, rows][..., columns], POINT)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 2)),
        ((2, 3), (3, 4)),
        ((5, 2, 3), (3, 4)),
        ((3,), (5, 3, 2)),
        ((5, 2, 3), (3,)),
        ((5, 1, 2, 3), (4, 3, 2)),
        ((2, 0), (0, 3)),
    ],
)
def test_matrix_products_of_every_pattern(a, b) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(a), rng.standard_normal(b)
    agrees(lambda v: np.matmul(v, y), x)
    agrees(lambda v: np.matmul(x, v), y)
    if len(a) < 4:
        agrees(lambda v: np.dot(v, y), x)
        agrees(lambda v: np.dot(x, v), y)


SUBSCRIPTS = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ii", [(3, 3)]),
    ("ii->i", [(3, 3)]),
    ("iij->j", [(3, 3, 2)]),
    ("...ij,...j->...i", [(5, 2, 3), (5, 3)]),
    ("...ij,jk->...ik", [(5, 2, 3), (3, 4)]),
    ("ij,kl->", [(2, 3), (4, 5)]),
    ("i,ij,j", [(2,), (2, 3), (3,)]),
    ("ij,ij->ij", [(2, 1), (1, 3)]),
    ("ijk->kj", [(2, 3, 4)]),
    ("...,...", [(2, 3), (3,)]),
]


@pytest.mark.parametrize(("subscripts", "shapes"), SUBSCRIPTS)
def test_einsum(subscripts, shapes) -> None:
    rng = np.random.default_rng(0)
    xs = [rng.standard_normal(s) for s in shapes]
    for k in range(len(xs)):
        agrees(lambda v, k=k: np.einsum(subscripts, *xs[:k], v, *xs[k + 1 :]), xs[k])


def test_einsum_with_sublists() -> None:
    x, y = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    agrees(lambda v: np.einsum(v, [0, 1], y, [1], [0]), x)


@pytest.mark.parametrize("subscripts", ["ij,jk->ik", "ijk->i", "ij->k"])
def test_einsum_refuses_what_does_not_fit(subscripts) -> None:
    with pytest.raises((ValueError, KeyError)):
        grad(lambda v: np.sum(np.einsum(subscripts, v)))(np.ones((2, 2)))


def test_ufunc_methods() -> None:
    agrees(np.add.reduce, POINT)
    agrees(lambda x: np.multiply.reduce(x, axis=1), POINT)
    agrees(np.maximum.reduce, POINT)
    agrees(np.add.accumulate, POINT)
    agrees(lambda x: np.logaddexp.reduce(x, axis=-1), POINT)
    agrees(lambda x: np.maximum.accumulate(x, axis=1), POINT)
    agrees(lambda x: np.subtract.reduce(x, keepdims=True), POINT)
    agrees(lambda x: np.multiply.outer(x, np.array([1.0, 2.0])), POINT)
    agrees(lambda x: np.subtract.outer(np.array([1.0, 2.0]), x), POINT)


def test_lists_of_arrays() -> None:
    agrees(lambda x: np.stack([x, 2.0 * x], axis=-1), POINT)
    agrees(lambda x: np.concatenate([x, np.ones((1, 3, 4)), x]), POINT)
    agrees(lambda x: np.vstack([x[0], x[1]]), POINT)
    agrees(lambda x: np.hstack([x, x]), POINT)
    agrees(lambda x: np.block([[x[0], x[1]], [x[1], x[0]]]), POINT)
    agrees(lambda x: np.array_split(x, 2, axis=1)[1], POINT)
    agrees(lambda x: np.split(x, [1, 3], axis=2)[1], POINT)
    agrees(lambda x: np.column_stack([x[0, 0], x[1, 2]]), POINT)
    agrees(lambda x: np.select([POINT > 1.0, POINT > 0.0], [x * x, 2.0 * x], 7.0), POINT)


def test_makers_take_traced_values() -> None:
    agrees(lambda x: lookup("full")(2, 3, x[0]), np.array([1.5, 2.0]))
    agrees(lambda x: np.linspace(x[0], x[1], 4), np.array([1.5, 2.0]))
    agrees(lambda x: np.full_like(np.ones(3), 2.0) * np.sum(x), np.array([1.5, 2.0]))
    agrees(lambda x: np.average(POINT, weights=x, axis=1), np.array([1.5, 2.0, 0.5]))
    agrees(lambda x: np.pad(POINT[0], 1, constant_values=x[0]), np.array([1.5]))
