"""Seldom used arguments, and calls that are refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.errors import GradcliError
from gradcli.ops.entries import EntryArray, Unavailable, lift
from gradcli.ops.registry import lookup
from tests.table.arrays import agrees
from tests.table.exactly import numbers

FACE = np.array([[1.0, 2.0, 0.5], [3.0, 4.0, -2.0]])
CUBE = np.linspace(-1.0, 2.5, 24).reshape(2, 3, 4)
ROW = np.array([1.0, 2.5, -0.5, 4.0])
PLACES = np.array([[0, 1, 0], [1, 0, 1]])

ODD = [
    (lambda x: np.take(x, [5, -1], axis=1, mode="clip"), FACE),
    (lambda x: np.choose(PLACES, [x, 2.0 * x]), FACE),
    (lambda x: np.compress([True, False, True], x, axis=1), FACE),
    (lambda x: np.extract(PLACES > 0, x), FACE),
    (lambda x: np.linalg.multi_dot([x[0], x.T, x, x.T @ x[:, 0]]), FACE[:, :2]),
    (lambda x: np.linalg.matrix_power(x, 1), FACE[:, :2]),
    (lambda x: np.cross(x, FACE.T, axis=0), FACE.T + 1.0),
    (lambda x: np.linalg.cross(x, FACE), FACE + 1.0),
    (lambda x: np.cov(x, FACE * 2.0), FACE),
    (np.cov, ROW),
    (np.corrcoef, ROW),
    (lambda x: np.average(x, axis=0, weights=[1.0, 3.0], returned=True)[0], FACE),
    (lambda x: np.quantile(x, [0.3, 0.6], axis=1, keepdims=True), FACE),
    (lambda x: np.correlate(x, ROW, "same"), ROW[:3]),
    (lambda x: np.correlate(x, ROW, "full"), ROW[:2]),
    (lambda x: np.diff(x, prepend=FACE[:, :1], append=9.0), FACE),
    (lambda x: np.linspace(x, 2.0 * x, 3, axis=1), ROW),
    (lambda x: np.linspace(x[0], x[1], 3, endpoint=False, retstep=True)[0], ROW),
    (lambda x: np.insert(x, 1, FACE[0], axis=0), FACE),
    (np.atleast_3d, CUBE),
    (lambda x: np.rot90(x, 4), FACE),
    (lambda x: np.pad(x, {1: (2, 0)}), FACE),
    (lambda x: np.pad(x, 1, constant_values=((1.0, 2.0), (3.0, 4.0))), FACE),
    (np.linalg.det, np.array([[2.0]])),
    (lambda x: np.gradient(x, 0.5, 2.0, axis=(0, 1))[1], np.vstack([FACE, FACE])),
    (lambda x: np.rollaxis(x, 2, -1), CUBE),
    (lambda x: np.trapezoid(x, FACE, axis=1), FACE + 1.0),
    (lambda x: np.vander(x, 1), ROW),
    (lambda x: np.linalg.tensorsolve(x, ROW[:2], axes=(0,)), np.array([[1.0, 2.0], [3.0, 5.0]])),
    (lambda x: np.cumprod(x, axis=1), np.zeros((2, 0))),
    (lambda x: np.linalg.norm(x, "fro"), FACE),
    (lambda x: np.sort(x, axis=None), FACE),
    (np.block, ROW),
]


@pytest.mark.parametrize(("f", "x"), ODD)
def test_odd_arguments_mean_what_they_mean_in_numpy(f, x) -> None:
    agrees(f, x)


REFUSED = [
    (lambda x: np.select([x > 0], [x, x]), "same length"),
    (lambda x: np.choose(np.array([0, 3, 1]), [x[0], x[0]]), "choice"),
    (lambda x: np.einsum("...ij->", x[0]), "subscripts"),
    (lambda x: lookup("einsum")("ij->", x, order="F"), "order="),
    (lambda x: np.linalg.norm(CUBE * x[0, 0], 1), "dimensions"),
    (lambda x: np.linalg.svd(x, hermitian=True), "hermitian"),
    (lambda x: np.cov(x, aweights=[1.0, 2.0, 3.0]), "weights"),
    (lambda x: np.quantile(x, 0.5, method="lower"), "linear"),
    (lambda x: np.gradient(x, ROW), "even spacing"),
    (lambda x: np.polyfit(x[0], x[1], 1, full=True), "full="),
    (lambda x: np.polyfit(x[0], x[1], -1), "deg"),
    (lambda x: np.bincount([0, 1], weights=x[0]), "same length"),
    (lambda x: np.piecewise(x[0], [x[0] > 0], [1.0, 2.0, 3.0]), "functions"),
    (lambda x: np.block([[x, [x]]]), "list of lists"),
    (lambda x: np.split(x, 2, axis=1), "equal division"),
    (lambda x: np.moveaxis(x, (0, 1), (0,)), "destinations"),
    (lambda x: np.moveaxis(x, (0, 1), (0, 0)), "repeated axis"),
    (lambda x: np.expand_dims(x, (0, 0)), "repeated axis"),
    (lambda x: np.pad(x, 1, mode="linear_ramp"), "linear_ramp"),
    (lambda x: np.diagonal(x, axis1=0, axis2=0), "same"),
    (lambda x: np.sum(x, None, float, None, False, 7), "positional"),
    (lambda x: np.average(x, weights=[1.0, 2.0]), "weights"),
    (lambda x: np.logaddexp.reduce(x[:0]), "no elements"),
]


@pytest.mark.parametrize(("f", "match"), REFUSED)
def test_what_is_not_followed_is_refused_by_name(f, match) -> None:
    with pytest.raises((GradcliError, ValueError, TypeError), match=match):
        grad(lambda x: np.sum(np.asarray(f(x))))(FACE)


# Over exact numbers: what has no answer is NaN, what SymPy cannot follow says so.

M = numbers(40)


def exact(x) -> EntryArray:
    return lift(np.asarray(x, dtype=float), M)


def plain(y) -> np.ndarray:
    return np.asarray(y.entries.astype(np.float64))


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("inv", [[1.0, 2.0], [2.0, 4.0]]),
        ("cholesky", [[1.0, 2.0], [2.0, 1.0]]),
        ("qr_factors", [[0.0, 1.0], [0.0, 2.0]]),
        ("logdet", [[0.0, 1.0], [1.0, 0.0]]),
        ("eigvalsh", [[np.nan, 1.0], [1.0, 0.0]]),
        ("svdvals", [[np.inf, 1.0], [1.0, 0.0]]),
        ("expm", [[np.nan, 1.0], [1.0, 0.0]]),
        ("max", [1.0, np.nan, 3.0]),
    ],
)
def test_exact_numbers_have_nan_where_there_is_no_answer(name, x) -> None:
    assert np.isnan(plain(lookup(name)(exact(x)))).any()


def test_exact_numbers_at_the_edge() -> None:
    assert plain(lookup("logdet")(exact(np.zeros((2, 2))))) == -np.inf
    assert plain(lookup("pinv")(exact(np.zeros((2, 3))))).tolist() == np.zeros((3, 2)).tolist()
    assert plain(lookup("pnorm")(exact([0.0, 0.0]), p=3.0)) == 0.0
    assert np.isnan(plain(np.var(exact([1.0]), ddof=1)))
    assert np.isnan(plain(np.sort(exact([np.nan, 2.0, 1.0])))).tolist() == [False, False, True]
    assert plain(np.argmax(exact([1.0, np.nan, 3.0]))) == 1
    assert np.sum(exact(np.zeros((0,)))).entries[()] == 0
    assert plain(np.sum(exact(np.zeros((2, 0))), axis=1)).tolist() == [0.0, 0.0]
    assert plain(np.sort(exact(np.zeros((2, 0))))).shape == (2, 0)
    assert repr(exact(1.0)).startswith("EntryArray")
    assert plain(exact([1.0]).copy().astype(float)).tolist() == [1.0]


def test_exact_extremes_of_nothing_are_refused() -> None:
    for name in ("max", "min", "argmax"):
        with pytest.raises(ValueError, match=r"empty|no elements"):
            lookup(name)(exact(np.zeros(0)))


class Symbols:
    """A number system of symbols, as far as the gates ask."""

    symbolic = True

    def convert(self, value):
        return value


@pytest.mark.parametrize("name", ["det", "solve", "expm", "eigvalsh", "svdvals", "argsort"])
def test_what_symbols_cannot_do_says_so(name) -> None:
    op = lookup(name)
    x = np.full((9, 9), 2.0, dtype=object) + np.eye(9)
    with pytest.raises(Unavailable, match="SymPy has no form"):
        op.form(Symbols(), *[x] * op.arrays, **op.params)


def test_symbols_are_solved_by_elimination_when_there_are_many() -> None:
    a = np.array([[0.0, 2, 1, 0], [1, 3, 1, 0], [0, 1, 4, 1], [1, 0, 1, 5]])
    x = lookup("inv").form(Symbols(), a.astype(object))
    np.testing.assert_allclose(x.astype(float), np.linalg.inv(a), rtol=1e-12)


def test_rules_at_non_finite_matrices_give_nan() -> None:
    a = np.full((4, 4), np.nan)
    assert np.isnan(lookup("cofactor").fn(a)).all()
    assert np.isnan(lookup("expm").fn(a)).all()
    assert lookup("logsumexp").fn(np.zeros((2, 0)), axis=1).tolist() == [-np.inf, -np.inf]


def test_domains_are_predicates() -> None:
    s = np.array([[2.0, 1.0], [1.0, 3.0]])
    for name in ("cholesky", "logdet", "logabsdet", "inv"):
        assert lookup(name).domain.holds(s)
        assert not lookup(name).domain.holds(np.array([[1.0, 2.0], [2.0, 4.0]]))
    assert lookup("max").kink.margin(np.array([3.0])) == 1.0
    assert lookup("partition").kink.margin(np.array([3.0, 1.0]), kth=0).tolist() == [2.0]
    assert repr(lookup("max")) == "<op max>"
