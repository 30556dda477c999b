"""Determinants and their logarithms.

May import `axes`, `cofactors`, `elimination`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import matrix_transpose
from gradcli.ops.linalg import elimination
from gradcli.ops.linalg.cofactors import cofactors, over_matrices
from gradcli.ops.op import Composite, Domain, Kink, Op, call
from gradcli.ops.rule import ZERO, Custom, Flat

_A2 = [[1.0, 2.0], [3.0, 4.0]]
_A3 = [[2.0, 1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 1.5, -4.0]]
_A4 = [[2.0, 1.0, 0.5, 0.0], [-1.0, 3.0, 0.25, 1.0], [0.5, 1.5, -4.0, 2.0], [1.0, 0.0, 2.0, 5.0]]
_BATCH = [_A2, [[0.5, -1.0], [2.0, 7.0]]]


def _frobenius(a: Any, b: Any) -> Any:
    """Return the inner product of matrices, for each of a batch."""
    return np.sum(a * b, axis=(-2, -1))


det = Op(
    "det",
    np.linalg.det,
    Custom(
        (lambda g, y, x: over_matrices(g) * cofactors(x),),
        lambda ts, y, x: _frobenius(ts[0], cofactors(x)),
    ),
    numpy=(np.linalg.det,),
    form=lambda m, x: elimination.each_matrix(lambda a: elimination.determinant(m, a), x),
    samples=(call(_A2), call(_A3), call(_A4), call(_BATCH), call([[1.0, 2.0], [2.0, 4.0]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Determinant; its derivative is the cofactor matrix.",
    source="Jacobi's formula",
)


def _inverse_or_nan(x: Any) -> Any:
    """Return the inverse; NaN for a singular float64 matrix, so that a rule never raises."""
    if type(x) is not np.ndarray:
        return np.linalg.inv(x)
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return x * np.nan


def _log_pull(g: Any, y: Any, x: Any) -> Any:
    """Return ``g·x⁻¹'``, NaN where the logarithm is."""
    return over_matrices(np.where(y == y, g, np.nan)) * matrix_transpose(_inverse_or_nan(x))  # noqa: PLR0124


def _log_push(ts: Any, y: Any, x: Any) -> Any:
    slope = matrix_transpose(_inverse_or_nan(x))
    return np.where(y == y, _frobenius(ts[0], slope), np.nan)  # noqa: PLR0124


def _logabsdet_form(m: Any, x: Any) -> Any:
    def log(a: Any) -> Any:
        d = elimination.determinant(m, a)
        if m.symbolic:
            return m.log(m.sqrt(d * d))
        return m.log(abs(d)) if d != 0 else m.convert(float("-inf"))

    return elimination.each_matrix(log, x)


def _logdet(x: Any) -> Any:
    sign, log = np.linalg.slogdet(x)
    return np.where(sign >= 0, log, np.nan)[()]


def _logdet_form(m: Any, x: Any) -> Any:
    def log(a: Any) -> Any:
        d = elimination.determinant(m, a)
        if m.symbolic or d > 0:
            return m.log(d)
        return m.convert(float("-inf" if d == 0 else "nan"))

    return elimination.each_matrix(log, x)


def _sign_form(m: Any, x: Any) -> Any:
    def sign(a: Any) -> Any:
        d = elimination.determinant(m, a)
        return m.where(m.gt(d, 0), m.convert(1), m.where(m.lt(d, 0), m.convert(-1), d))

    return elimination.each_matrix(sign, x)


logabsdet = Op(
    "logabsdet",
    lambda x: np.linalg.slogdet(x)[1],
    Custom((_log_pull,), _log_push),
    form=_logabsdet_form,
    domain=Domain("a nonsingular matrix", lambda x: np.linalg.det(x) != 0),
    samples=(call(_A2), call(_A3), call(_BATCH)),
    bad=(call([1.0, 2.0]),),
    doc="Logarithm of the absolute value of the determinant.",
)
logdet = Op(
    "logdet",
    _logdet,
    Custom((_log_pull,), _log_push),
    form=_logdet_form,
    domain=Domain(
        "a matrix with positive determinant",
        lambda x: np.linalg.det(x) > 0,
        outside=(call([[0.0, 1.0], [1.0, 0.0]]), call(_A2)),
    ),
    samples=(call([[2.0, 1.0], [1.0, 3.0]]), call([[0.5, -1.0], [2.0, 7.0]])),
    bad=(call([1.0, 2.0]), call([[1.0, 2.0]])),
    doc="Logarithm of the determinant, without overflow.",
)
det_sign = Op(
    "det_sign",
    lambda x: np.linalg.slogdet(x)[0],
    Flat(ZERO),
    form=_sign_form,
    kink=Kink(
        "a singular matrix", np.linalg.det, jump=True, samples=(call([[1.0, 2.0], [2.0, 4.0]]),)
    ),
    samples=(call(_A2), call(_A3), call(_BATCH)),
    doc="Sign of the determinant.",
)


_SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))


def _slogdet(a: Any) -> Any:
    return _SlogdetResult(det_sign(a), logabsdet(a))


slogdet = Composite(
    "slogdet",
    _slogdet,
    numpy=(np.linalg.slogdet,),
    samples=(call(_A2), call(_A3)),
    doc="Sign of the determinant, and logarithm of its absolute value.",
)

TABLE = (det, logabsdet, logdet, det_sign, slogdet)
