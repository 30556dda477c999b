"""Array operations at the points where textbook rules fail: zeros, ties, singular, saturated."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcli.engine.jacobians import hessian
from gradcli.engine.operators import grad, jvp, vjp
from gradcli.errors import GradcliError
from gradcli.ops.op import Op
from gradcli.ops.registry import lookup
from tests.table.arrays import array_functions


def slope(f, x, g=None):
    """Return the pull-back of `g` (ones if none is given)."""
    y, pullback = vjp(f, np.asarray(x, dtype=float))
    (pulled,) = pullback(np.ones(np.shape(y)) if g is None else g)
    return pulled


# The golden examples of the command line.


def test_norm_squared_is_exact() -> None:
    got = grad(lambda x: np.linalg.norm(x) ** 2)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert got.tolist() == [[2.0, 4.0], [6.0, 8.0]]


def test_det_prints_as_its_cofactors() -> None:
    got = grad(np.linalg.det)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert [[f"{v:.6g}" for v in row] for row in got] == [["4", "-3"], ["-2", "1"]]


def test_the_other_golden_numbers() -> None:
    s = np.array([[2.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(grad(lookup("logdet"))(s), [[0.6, -0.2], [-0.2, 0.4]], rtol=1e-15)
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert grad(lambda x: np.trace(a @ x))(np.eye(2)).tolist() == [[1.0, 3.0], [2.0, 4.0]]
    got = grad(lookup("logsumexp"))(np.array([1.0, 2.0, 3.0]))
    assert [f"{v:.6g}" for v in got] == ["0.0900306", "0.244728", "0.665241"]
    x, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 0.0, 1.0])
    got = grad(lambda w: np.mean((x @ w - y) ** 2))(np.array([0.5, -1.0]))
    assert [f"{v:.6g}" for v in got] == ["-21.6667", "-28"]
    v = np.array([1.0, 2.0])
    assert grad(lambda v: v @ a @ v)(v).tolist() == [12.0, 21.0]
    assert grad(lambda m: v @ m @ v)(a).tolist() == [[1.0, 2.0], [2.0, 4.0]]


# Products with zero factors.


@pytest.mark.parametrize(
    ("x", "want"),
    [
        ([2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([5.0], [1.0]),
        ([1e-300, 1e-300, 1e300], [1.0, 1.0, 0.0]),
    ],
)
def test_prod_is_exact_at_zeros(x, want) -> None:
    assert grad(np.prod)(np.array(x)).tolist() == want


def test_second_derivative_of_prod_at_zeros() -> None:
    got = hessian(np.prod)(np.array([0.0, 0.0, 3.0]))
    assert got.tolist() == [[0.0, 3.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_cumprod_is_exact_at_zeros() -> None:
    assert slope(np.cumprod, [2.0, 0.0, 3.0, 4.0]).tolist() == [1.0, 2.0 * (1 + 3 + 12), 0.0, 0.0]


# Ties.


@pytest.mark.parametrize("f", [np.max, np.min])
def test_ties_share_the_cotangent(f) -> None:
    x = np.array([1.0, 3.0, 3.0, 1.0])
    want = [0.0, 0.5, 0.5, 0.0] if f is np.max else [0.5, 0.0, 0.0, 0.5]
    assert grad(f)(x).tolist() == want
    assert jvp(f, (x,), (np.ones(4),))[1] == 1.0


def test_ties_are_shared_row_by_row() -> None:
    x = [[1.0, 1.0], [2.0, 5.0], [3.0, 3.0]]
    assert slope(lambda v: np.max(v, axis=1), x).tolist() == [[0.5, 0.5], [0.0, 1.0], [0.5, 0.5]]


def test_sort_at_a_tie_is_a_permutation() -> None:
    got = slope(np.sort, [2.0, 1.0, 2.0], np.array([1.0, 10.0, 100.0]))
    assert got.tolist() == [10.0, 1.0, 100.0]


@pytest.mark.parametrize(
    ("name", "x", "margin"),
    [
        ("max", [1.0, 3.0, 3.0], 0.0),
        ("max", [1.0, 3.0, 3.5], 0.5),
        ("min", [1.0, 1.0, 3.0], 0.0),
        ("min", [1.0, 4.0, 3.0], 2.0),
        ("norm", [0.0, 0.0], 0.0),
        ("std", [2.0, 2.0], 0.0),
        ("eigvalsh", np.eye(2), 0.0),
        ("det_sign", [[1.0, 2.0], [2.0, 4.0]], 0.0),
    ],
)
def test_margins_are_zero_exactly_at_the_kink(name, x, margin) -> None:
    op = lookup(name)
    assert isinstance(op, Op)
    got = op.kink.margin(np.asarray(x, dtype=float), **op.params)
    assert np.min(np.abs(got)) == pytest.approx(margin, abs=1e-15)


# Norms and deviations where they are not differentiable.

NORMS = [None, 1, 2, 3, 2.5, np.inf]


@pytest.mark.parametrize("order", NORMS)
def test_every_norm_has_slope_zero_at_zero(order) -> None:
    assert grad(lambda x: np.linalg.norm(x, order))(np.zeros(3)).tolist() == [0.0] * 3


def test_deviation_of_a_constant_has_slope_zero() -> None:
    assert grad(np.std)(np.full(3, 7.0)).tolist() == [0.0] * 3
    got = slope(lambda x: np.std(x, axis=1), [[1.0, 1.0], [1.0, 3.0]])
    assert got.tolist() == [[0.0, 0.0], [-0.5, 0.5]]


def test_norms_of_rows_of_which_one_is_zero() -> None:
    got = slope(lambda x: np.linalg.norm(x, axis=1), [[3.0, 4.0], [0.0, 0.0]])
    assert got.tolist() == [[0.6000000000000001, 0.8], [0.0, 0.0]]


# Determinants of singular matrices.


@pytest.mark.parametrize("n", [2, 3, 4, 6])
def test_det_of_a_singular_matrix(n) -> None:
    rng = np.random.default_rng(n)
    a = rng.standard_normal((n, n - 1)) @ rng.standard_normal((n - 1, n))
    got = grad(np.linalg.det)(a)
    minors = [[_minor(a, i, j) for j in range(n)] for i in range(n)]
    np.testing.assert_allclose(got, minors, rtol=1e-9, atol=1e-12 * np.abs(minors).max())


def _minor(a, i, j):
    return (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1))


def test_det_of_rank_far_below_is_flat() -> None:
    assert np.abs(grad(np.linalg.det)(np.ones((4, 4)))).max() < 1e-15
    assert grad(np.linalg.det)(np.zeros((3, 3))).tolist() == np.zeros((3, 3)).tolist()


def test_second_derivative_of_det_at_singular_matrices() -> None:
    got = hessian(np.linalg.det)(np.zeros((2, 2))).reshape(4, 4)
    assert got.tolist() == [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]]
    a = np.diag([1.0, 2.0, 3.0, 0.0])
    got = hessian(np.linalg.det)(a)
    assert got[0, 0, 3, 3] == pytest.approx(6.0)
    assert got[0, 3, 3, 0] == pytest.approx(-6.0)
    assert got[0, 0, 1, 1] == pytest.approx(0.0, abs=1e-14)


def test_det_of_a_badly_scaled_matrix() -> None:
    scale = np.array([1e-8, 1.0, 1e8, 1e3])
    a = np.array([[2.0, 1, 0, 1], [1, 3, 1, 0], [0, 1, 4, 1], [1, 0, 1, 5]])
    got = grad(np.linalg.det)(scale[:, None] * a)
    want = grad(np.linalg.det)(a) * (np.prod(scale) / scale)[:, None]
    np.testing.assert_allclose(got, want, rtol=1e-12)


def test_logdet_outside_its_domain_is_nan() -> None:
    f = lookup("logdet")
    a = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert math.isnan(f(a))
    assert np.isnan(grad(f)(a)).all()
    assert f(np.zeros((2, 2))) == -math.inf
    assert np.isnan(grad(f)(np.zeros((2, 2)))).all()


def test_slogdet_has_parts() -> None:
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    result = np.linalg.slogdet(a)
    sign, log = vjp(lambda x: tuple(np.linalg.slogdet(x)), a)[0]
    assert (sign, log) == (result.sign, result.logabsdet)
    np.testing.assert_allclose(grad(lambda x: np.linalg.slogdet(x)[1])(a), np.linalg.inv(a).T)


# Triangles that are read, vectors without derivative.


def test_only_the_triangle_that_is_read_has_a_derivative() -> None:
    a = np.array([[4.0, 9.0], [1.0, 3.0]])
    for f in (np.linalg.cholesky, np.linalg.eigvalsh):
        got = slope(lambda x, f=f: f(x) ** 3, a)
        assert got[0, 1] == 0.0
        assert got[1, 0] != 0.0


def test_the_trace_of_eigenvalues_is_smooth_where_they_repeat() -> None:
    got = grad(lambda a: np.sum(np.linalg.eigvalsh(a)))(np.eye(3))
    np.testing.assert_allclose(got, np.eye(3), atol=1e-15)


def test_eigenvectors_where_values_repeat_have_no_derivative() -> None:
    got = grad(lambda a: np.linalg.eigh(a)[1][0, 1])(np.eye(2))
    assert np.isnan(got).any()


def test_full_svd_of_a_rectangle_is_refused() -> None:
    with pytest.raises(TypeError, match="full_matrices=False"):
        grad(lambda a: np.sum(np.linalg.svd(a)[0]))(np.ones((3, 2)))


# Saturated exponentials.


def test_confident_softmax_keeps_its_digits() -> None:
    x = np.array([0.0, -40.0, -45.0])
    rest = math.exp(-40.0) + math.exp(-45.0)
    share = 1.0 / (1.0 + rest)
    got = grad(lambda v: lookup("log_softmax")(v)[0])(x)
    assert got[0] == pytest.approx(rest * share, rel=1e-14)
    got = grad(lambda v: lookup("softmax")(v)[0])(x)
    assert got[0] == pytest.approx(rest * share * share, rel=1e-14)
    assert lookup("logsumexp")(x) == pytest.approx(rest, rel=1e-14)


def test_logsumexp_does_not_overflow() -> None:
    assert lookup("logsumexp")(np.array([1000.0, 1000.0])) == 1000.0 + math.log(2.0)
    assert lookup("logsumexp")(np.array([-math.inf, -math.inf])) == -math.inf
    assert lookup("logsumexp")(np.array([math.inf, 0.0])) == math.inf
    assert grad(lookup("logsumexp"))(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]


# Missing values.


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "var", "std", "max", "min"])
def test_missing_values_are_left_out(name) -> None:
    x = np.array([[1.0, math.nan, 0.5], [3.0, 4.0, -2.0]])
    whole, f = lookup(f"nan{name}"), lookup(name)
    y, pullback = vjp(lambda v: whole(v, axis=1), x)
    assert np.array_equal(y, getattr(np, f"nan{name}")(x, axis=1))
    (got,) = pullback(np.array([1.0, 10.0]))
    want = np.zeros(x.shape)
    want[0, [0, 2]] = slope(f, x[0, [0, 2]], np.float64(1.0))
    want[1] = slope(f, x[1], np.float64(10.0))
    np.testing.assert_allclose(got, want, rtol=1e-14)


# Reads and writes.


def test_repeated_reads_add_up() -> None:
    index = np.array([0, 2, 0, 0])
    assert slope(lambda x: x[index], np.ones(4)).tolist() == [3.0, 0.0, 1.0, 0.0]
    many = np.arange(500) % 7
    assert slope(lambda x: x[many], np.ones(9)).tolist() == [72.0] * 3 + [71.0] * 4 + [0.0, 0.0]


def test_overwritten_values_get_no_cotangent() -> None:
    put_set = lookup("put_set")
    index = np.array([0, 2, 0])
    got = slope(lambda v: put_set(np.zeros(3), v, index=index), np.ones(3))
    assert got.tolist() == [0.0, 1.0, 1.0]
    assert slope(lambda x: put_set(x, 1.0, index=index), np.ones(3)).tolist() == [0.0, 1.0, 0.0]
    put_add = lookup("put_add")
    got = slope(lambda v: put_add(np.zeros(3), v, index=index), np.ones(3))
    assert got.tolist() == [1.0, 1.0, 1.0]


def test_integer_places_may_carry_weights() -> None:
    places = np.array([0, 2, 0])
    got = slope(lambda w: np.bincount(places, weights=w, minlength=4) ** 2, [1.0, 2.0, 3.0])
    assert got.tolist() == [8.0, 4.0, 8.0]


def test_pieces_and_rows() -> None:
    x = np.array([[-1.0, 2.0], [3.0, -4.0]])
    got = slope(lambda v: np.piecewise(v, [v < 0, v >= 0], [lambda t: t * t, 5.0]), x)
    assert got.tolist() == [[-2.0, 0.0], [0.0, -8.0]]
    got = slope(lambda v: np.apply_along_axis(np.cumsum, 0, v * v), x)
    assert got.tolist() == [[-4.0, 8.0], [6.0, -8.0]]
    assert slope(lambda v: np.insert(v, 1, 9.0) ** 2, [1.0, 2.0]).tolist() == [2.0, 4.0]
    assert slope(lambda v: np.insert([1.0, 2.0], [0, 2], v) ** 2, [3.0, 4.0]).tolist() == [6.0, 8.0]


def test_an_order_that_depends_on_memory_is_refused() -> None:
    with pytest.raises(GradcliError, match="element order"):
        grad(lambda x: np.sum(np.reshape(x, (4,), order="A")))(np.ones((2, 2)))


def test_float32_stays_float32() -> None:
    x = np.array([[4.0, 1.0], [1.0, 3.0]], dtype=np.float32)
    scalars = ("sum", "prod", "max", "std", "det", "logdet", "norm", "logsumexp", "median")
    for f in map(lookup, scalars):
        y, pullback = vjp(f, x)
        assert y.dtype == np.float32
        assert pullback(np.float32(1.0))[0].dtype == np.float32, f.name
    same = ("cumsum", "cumprod", "sort", "softmax", "log_softmax", "inv", "pinv", "cholesky")
    for f in map(lookup, (*same, "cofactor", "tril", "eigh_factors", "svd_factors", "expm")):
        y, pullback = vjp(f, x)
        assert y.dtype == np.float32, f.name
        assert pullback(np.ones(y.shape, np.float32))[0].dtype == np.float32, f.name


AT_KINKS = [
    pytest.param(f, s, id=f"{f.name}-{i}")
    for f in array_functions()
    if getattr(f, "kink", None) is not None
    for i, s in enumerate(f.kink.samples)
]


@pytest.mark.parametrize(("op", "sample"), AT_KINKS)
def test_declared_kinks_have_a_margin_that_is_zero_there_and_not_beside(op, sample) -> None:
    params = {**op.params, **sample.params}
    xs = [np.asarray(a, dtype=float) for a in sample.args]
    assert np.min(np.abs(op.kink.margin(*xs, **params))) < 1e-15
    beside = [x + 1e-3 * np.cos(1.0 + np.arange(float(x.size))).reshape(x.shape) for x in xs]
    assert np.min(np.abs(op.kink.margin(*beside, **params))) > 1e-7
