"""Norms of vectors and matrices; every norm has slope 0 at 0.

May import `axes`, `rows`, `spectra`, `op`, `rule` and NumPy. The Euclidean norm and the
p-norm are primitives; the others are sums, largest elements and singular values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import fold, kept, kept_shape, shape_of
from gradcli.ops.linalg.spectra import svdvals
from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rows import reduce_rows
from gradcli.ops.rule import Custom

_A = [[1.0, 2.0], [3.0, 4.0]]
_FACE = [[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]]
_CENTRE = "the centre of the subgradients, ‖0‖' = 0"


def _euclidean(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return np.linalg.norm(x, None, axis, keepdims)


def _per_length(g: Any, y: Any) -> Any:
    """Return ``g/y``, finite where the length is 0: what it multiplies is 0 there.

    Divided first: ``(g/y)·x`` rounds once where g is a multiple of y, as in norm(x)^2.
    """
    if type(y) is np.float64:
        return g / y if y else 0.0
    return g / np.where(y == 0.0, 1.0, y)


def _euclidean_pull(
    g: Any, y: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False
) -> Any:
    share = _per_length(g, y)
    return (share if axis is None else kept(share, shape_of(x), axis, keepdims)) * x


def _euclidean_push(
    ts: Any, y: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False
) -> Any:
    return _per_length(np.sum(ts[0] * x, axis=axis, keepdims=keepdims), y)


def _euclidean_form(
    m: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False
) -> Any:
    zero = m.convert(0)
    return reduce_rows(lambda row: m.sqrt(sum((v * v for v in row), zero)), x, axis, keepdims)


def _pnorm(x: Any, p: float = 2.0, axis: Any = None, keepdims: bool = False) -> Any:
    """Return NumPy's p-norm along one axis (over all elements if none is given)."""
    if axis is None:
        y = np.linalg.norm(np.ravel(x), p)
        return np.reshape(y, (1,) * len(shape_of(x))) if keepdims else y
    return np.linalg.norm(x, p, axis, keepdims)


def _pnorm_slope(y: Any, x: Any, p: float, axis: Any, keepdims: bool) -> Any:
    """Return ``sign(x)·(|x|/y)^(p-1)``, 0 where the norm is 0."""
    size = kept(y, shape_of(x), axis, keepdims)
    share = np.abs(x) / np.where(size == 0.0, 1.0, size)
    return np.sign(x) * np.where(size == 0.0, 0.0, np.power(share, p - 1.0))


def _pnorm_pull(
    g: Any, y: Any, x: Any, p: float = 2.0, axis: Any = None, keepdims: bool = False
) -> Any:
    return kept(g, shape_of(x), axis, keepdims) * _pnorm_slope(y, x, p, axis, keepdims)


def _pnorm_push(
    ts: Any, y: Any, x: Any, p: float = 2.0, axis: Any = None, keepdims: bool = False
) -> Any:
    slope = _pnorm_slope(y, x, p, axis, keepdims)
    return np.sum(ts[0] * slope, axis=axis, keepdims=keepdims)


def _pnorm_form(m: Any, x: Any, p: float = 2.0, axis: Any = None, keepdims: bool = False) -> Any:
    power, root = m.convert(p), m.fdiv(m.convert(1), m.convert(p))

    def size(row: list[Any]) -> Any:
        parts = [m.power(m.where(m.lt(v, 0), -v, v), power) for v in row]
        total = sum(parts, m.convert(0))
        if not m.symbolic and total == 0:
            return total
        return m.power(total, root)

    return reduce_rows(size, x, axis, keepdims)


def _pnorm_margin(x: Any, p: float = 2.0, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the norm, and for p at most 1 the elements themselves."""
    return np.max(np.abs(fold(x, axis)), axis=-1) if p > 1 else x


pnorm = Op(
    "pnorm",
    _pnorm,
    Custom((_pnorm_pull,), _pnorm_push),
    params={"p": 2.0, "axis": None, "keepdims": False},
    form=_pnorm_form,
    kink=Kink("0", _pnorm_margin, used="0", convention=_CENTRE, samples=(call([0.0, 0.0], p=3.0),)),
    samples=(
        call([3.0, -4.0], p=3.0),
        call(_FACE, p=1.5, axis=1),
        call(_FACE, p=4, axis=0, keepdims=True),
        call(_FACE, p=2.5),
    ),
    bad=(call([1.0, 2.0], axis=1),),
    doc="(sum of |x|^p)^(1/p).",
)


def _over(x: Any, axis: Any, keepdims: bool) -> Any:
    """Return the Euclidean norm over axes."""
    return norm.apply((x,), {"ord": None, "axis": axis, "keepdims": keepdims})


def _vector_norm(x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """Return a norm along one axis, as NumPy computes it."""
    if ord is None or ord == 2:
        return _over(x, axis, keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.where(x != 0, 1.0, 0.0), axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    return pnorm(x, p=ord, axis=axis, keepdims=keepdims)


def _singular(x: Any, axis: tuple[int, int]) -> Any:
    ndim = len(shape_of(x))
    if tuple(a % ndim for a in axis) != (ndim - 2, ndim - 1):
        x = np.moveaxis(x, axis, (-2, -1))
    return svdvals(x)


def _matrix_norm(x: Any, ord: Any, axis: tuple[int, int]) -> Any:
    """Return a matrix norm over two axes, as NumPy computes it."""
    if ord in {None, "fro", "f"}:
        return _over(x, axis, False)
    if ord == "nuc":
        return np.sum(_singular(x, axis), axis=-1)
    if ord in {2, -2}:
        return (np.max if ord == 2 else np.min)(_singular(x, axis), axis=-1)
    if ord not in {1, -1, np.inf, -np.inf}:
        raise ValueError("Invalid norm order for matrices.")
    ndim = len(shape_of(x))
    rows, columns = (a % ndim for a in axis)
    summed, left = (rows, columns) if abs(ord) == 1 else (columns, rows)
    totals = np.sum(np.abs(x), axis=summed)
    return (np.max if ord > 0 else np.min)(totals, axis=left - (left > summed))


def _other_norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return a norm over axes, or one that is not Euclidean, written in other operations."""
    ndim = len(shape_of(x))
    if ord is None or (axis is None and ord in {"f", "fro"} and ndim == 2):
        return _over(x, axis, keepdims)
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    if len(axes) == 1 and ord == 2:
        return _over(x, axis, keepdims)
    if len(axes) == 1:
        return _vector_norm(x, ord, int(axes[0]), keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    y = _matrix_norm(x, ord, (axes[0], axes[1]))
    return np.reshape(y, kept_shape(shape_of(x), tuple(axes))) if keepdims else y


norm: Op = Op(
    "norm",
    _euclidean,
    Custom((_euclidean_pull,), _euclidean_push),
    params={"ord": None, "axis": None, "keepdims": False},
    numpy=(np.linalg.norm,),
    aliases=("norm2", "norm_fro"),
    form=_euclidean_form,
    expand=_other_norm,
    kink=Kink(
        "0",
        lambda x, ord=None, axis=None, keepdims=False: np.linalg.norm(x, axis=axis),
        used="0",
        convention=_CENTRE,
        samples=(call([0.0, 0.0]), call([[3.0, 4.0], [0.0, 0.0]], axis=1)),
    ),
    samples=(
        call([3.0, 4.0]),
        call(_FACE),
        call(_FACE, axis=0),
        call(_FACE, axis=1, keepdims=True),
        call([_A, _A], axis=(0, 2)),
        call([_A, _A]),
        call(-2.5),
        *(call([3.0, -4.0, 0.5], ord=o) for o in (1, 2, 3, np.inf, -np.inf, 0, 2.5)),
        *(call(_FACE, ord=o) for o in (1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc")),
        call(_FACE, ord=1, axis=0, keepdims=True),
        call([_A, [[0.5, -1.0], [2.0, 7.0]]], ord="nuc", axis=(0, 2), keepdims=True),
        call([_A, [[0.5, -1.0], [2.0, 7.0]]], ord=1, axis=(2, 1)),
    ),
    bad=(call(_FACE, ord=3), call([1.0], ord="fro"), call([1.0, 2.0], axis=1)),
    doc="Euclidean norm of a vector, Frobenius norm of a matrix; other norms with ord=.",
)
norm1 = Composite(
    "norm1",
    lambda x, axis=None, keepdims=False: np.sum(np.abs(x), axis=axis, keepdims=keepdims),
    params={"axis": None, "keepdims": False},
    samples=(call([3.0, -4.0]), call(_FACE, axis=1)),
    doc="Sum of absolute values.",
)
norm_inf = Composite(
    "norm_inf",
    lambda x, axis=None, keepdims=False: np.max(np.abs(x), axis=axis, keepdims=keepdims),
    params={"axis": None, "keepdims": False},
    samples=(call([3.0, -4.0]), call(_FACE, axis=1)),
    doc="Largest absolute value.",
)
norm_nuc = Composite(
    "norm_nuc",
    lambda x: np.sum(svdvals(x), axis=-1),
    samples=(call(_A), call(_FACE)),
    bad=(call([1.0, 2.0]),),
    doc="Nuclear norm: the sum of the singular values.",
)
norm_spectral = Composite(
    "norm_spectral",
    lambda x: np.max(svdvals(x), axis=-1),
    samples=(call(_A), call(_FACE)),
    bad=(call([1.0, 2.0]),),
    doc="Spectral norm: the largest singular value.",
)


def _numpy_2_only() -> tuple[Composite, ...]:
    """Return the array-API spellings that NumPy 2 added."""
    if not hasattr(np.linalg, "vector_norm"):
        return ()
    vector = Composite(
        "vector_norm",
        lambda x, /, *, axis=None, keepdims=False, ord=2: (
            _vector_norm(x, ord, axis, keepdims)
            if axis is not None or ord == 2
            else _vector_norm(np.ravel(x), ord, 0, False)
        ),
        params={"axis": None, "keepdims": False, "ord": 2},
        numpy=(np.linalg.vector_norm,),
        samples=(call(_FACE), call(_FACE, axis=0, ord=1)),
        doc="Norm of all elements, or along an axis.",
    )
    matrix = Composite(
        "matrix_norm",
        lambda x, /, *, keepdims=False, ord="fro": norm(
            x, ord=ord, axis=(-2, -1), keepdims=keepdims
        ),
        params={"keepdims": False, "ord": "fro"},
        numpy=(np.linalg.matrix_norm,),
        samples=(call(_FACE), call([_A, _A], ord="nuc")),
        doc="Norm over the last two axes.",
    )
    return vector, matrix


TABLE = (norm, pnorm, norm1, norm_inf, norm_nuc, norm_spectral, *_numpy_2_only())
