"""Questions whose answers are truth values, positions or counts: they have no derivative.

May import `axes`, `rows`, `entries`, `op`, `rule` and NumPy. A program that used such an
answer holds only while the answer stays the same; their array forms let it be asked again
of exact numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.axes import fold, shape_of, unfold
from gradcli.ops.entries import needs_numbers
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.reductions.ordering import SORT_KEY
from gradcli.ops.rows import Entries, as_places, reduce_rows
from gradcli.ops.rule import NONDIFF, Flat


def _positions(x: Entries, axis: int | None, keepdims: bool, f: Callable[[list[Any]], int]) -> Any:
    """Return one position per row, as NumPy's integers."""
    found = np.asarray(reduce_rows(f, x, axis, keepdims), dtype=np.int64)
    return found[()]


def _row_best(sign: int) -> Callable[[list[Any]], int]:
    """Return the position of a row's largest (sign 1) or smallest element, NaN first."""

    def best(row: list[Any]) -> int:
        if not row:
            raise ValueError("attempt to get the position in an empty sequence")
        at = 0
        for i, v in enumerate(row):
            if v != v:  # noqa: PLR0124 (NaN is unlike itself)
                return i
            if sign * v > sign * row[at]:
                at = i
        return at

    return best


def _best_form(name: str, sign: int) -> Callable[..., Any]:
    def form(m: Any, x: Entries, axis: int | None = None, keepdims: bool = False) -> Any:
        needs_numbers(m, name)
        return _positions(x, axis, keepdims, _row_best(sign))

    return form


def _position_op(name: str, function: Any, sign: int) -> Op:
    return Op(
        name,
        lambda x, axis=None, keepdims=False: function(x, axis=axis, keepdims=keepdims),
        Flat(NONDIFF),
        params={"axis": None, "keepdims": False},
        positions=("axis", "out"),
        numpy=(function,),
        form=_best_form(name, sign),
        samples=(call([1.0, 3.0, -2.0]), call([[1.0, 2.0], [3.0, 0.5]], axis=0)),
        bad=(call([]), call([1.0], axis=1)),
        doc=f"Position of the {'largest' if sign > 0 else 'smallest'} element.",
    )


argmax = _position_op("argmax", np.argmax, 1)
argmin = _position_op("argmin", np.argmin, -1)


def _row_order(row: list[Any]) -> list[int]:
    return sorted(range(len(row)), key=lambda i: SORT_KEY(row[i]))


def _argsort_form(m: Any, x: Entries, axis: int | None = -1, kind: Any = None) -> Any:
    needs_numbers(m, "argsort")
    z = x.ravel() if axis is None else x
    along = 0 if axis is None else axis
    rows = fold(z, along)
    order = [_row_order(row) for row in rows.reshape(-1, rows.shape[-1]).tolist()]
    return unfold(np.asarray(order, dtype=np.int64).reshape(rows.shape), z.shape, along)


argsort = Op(
    "argsort",
    lambda x, axis=-1, kind=None: np.argsort(x, axis=axis, kind=kind),
    Flat(NONDIFF),
    params={"axis": -1, "kind": None},
    positions=("axis", "kind", "order"),
    numpy=(np.argsort,),
    form=_argsort_form,
    samples=(call([1.0, 3.0, -2.0]), call([[1.0, 2.0], [3.0, 0.5]], axis=0)),
    bad=(call([1.0], axis=1),),
    doc="Positions that would sort the elements.",
)
argpartition = Op(
    "argpartition",
    lambda x, kth=0, axis=-1: np.argpartition(x, kth, axis=axis),
    Flat(NONDIFF),
    params={"kth": 0, "axis": -1},
    positions=("kth", "axis", "kind", "order"),
    numpy=(np.argpartition,),
    form=lambda m, x, kth=0, axis=-1: np.argpartition(
        _floats(m, x, "argpartition"), kth, axis=axis
    ),
    samples=(call([1.0, 3.0, -2.0], kth=1),),
    bad=(call([1.0], kth=5),),
    doc="Positions that would partition the elements.",
)


def _floats(m: Any, x: Entries, name: str) -> Any:
    needs_numbers(m, name)
    return x.astype(np.float64)


def _truth_form(name: str, function: Any) -> Callable[..., Any]:
    def form(m: Any, x: Entries, axis: Any = None, keepdims: bool = False) -> Any:
        needs_numbers(m, name)
        true = np.asarray(x != 0, dtype=bool)
        return function(true, axis=axis, keepdims=keepdims)

    return form


def _count_form(m: Any, x: Entries, axis: Any = None, keepdims: bool = False) -> Any:
    needs_numbers(m, "count_nonzero")
    return np.count_nonzero(np.asarray(x != 0, dtype=bool), axis=axis, keepdims=keepdims)


def _truth_op(name: str, function: Any, doc: str) -> Op:
    return Op(
        name,
        lambda x, axis=None, keepdims=False: function(x, axis=axis, keepdims=keepdims),
        Flat(NONDIFF),
        params={"axis": None, "keepdims": False},
        positions=("axis", "out", "keepdims"),
        numpy=(function,),
        form=_truth_form(name, function),
        samples=(call([1.0, 0.0, -2.0]), call([[1.0, 2.0], [0.0, 0.0]], axis=0)),
        bad=(call([1.0], axis=1),),
        doc=doc,
    )


any_ = _truth_op("any", np.any, "Whether any element is true (not zero).")
all_ = _truth_op("all", np.all, "Whether all elements are true (not zero).")
count_nonzero = Op(
    "count_nonzero",
    lambda x, axis=None, keepdims=False: np.count_nonzero(x, axis=axis, keepdims=keepdims),
    Flat(NONDIFF),
    params={"axis": None, "keepdims": False},
    positions=("axis",),
    numpy=(np.count_nonzero,),
    form=_count_form,
    samples=(call([1.0, 0.0, -2.0]), call([[1.0, 2.0], [0.0, 0.0]], axis=0)),
    doc="Number of elements that are not zero.",
)


def _argwhere_form(m: Any, x: Entries) -> Any:
    needs_numbers(m, "argwhere")
    return np.argwhere(np.asarray(x != 0, dtype=bool))


argwhere = Op(
    "argwhere",
    np.argwhere,
    Flat(NONDIFF),
    numpy=(np.argwhere,),
    form=_argwhere_form,
    samples=(call([1.0, 0.0, -2.0]), call([[1.0, 2.0], [0.0, 0.0]])),
    doc="Positions of the elements that are not zero, one a row.",
)


def _nonzero(a: Any) -> Any:
    return tuple(np.transpose(as_places(np.argwhere(a))))


nonzero = Composite(
    "nonzero",
    _nonzero,
    numpy=(np.nonzero,),
    samples=(call([1.0, 0.0, -2.0]),),
    doc="Positions of the elements that are not zero, one array per dimension.",
)
flatnonzero = Composite(
    "flatnonzero",
    lambda a: as_places(np.argwhere(np.ravel(a)))[:, 0],
    numpy=(np.flatnonzero,),
    samples=(call([1.0, 0.0, -2.0]),),
    doc="Positions of the elements that are not zero in the flattened array.",
)


def _searchsorted(a: Any, v: Any, side: str = "left") -> Any:
    return np.searchsorted(a, v, side=side)  # type: ignore[call-overload]


def _searchsorted_form(m: Any, a: Entries, v: Entries, side: str = "left") -> Any:
    needs_numbers(m, "searchsorted")
    return np.searchsorted(a, v, side=side)  # type: ignore[call-overload]


searchsorted = Op(
    "searchsorted",
    _searchsorted,
    Flat(NONDIFF),
    arrays=2,
    params={"side": "left"},
    positions=("side", "sorter"),
    numpy=(np.searchsorted,),
    form=_searchsorted_form,
    samples=(call([1.0, 2.0, 4.0], [0.5, 2.0, 9.0]), call([1.0, 2.0], 2.0, side="right")),
    doc="Where elements would be inserted into a sorted array.",
)


def _same(a: Any, b: Any) -> Any:
    return shape_of(a) == shape_of(b) and np.all(np.equal(a, b))


_TOLERANCES = {"rtol": 1e-5, "atol": 1e-8, "equal_nan": False}
allclose = Composite(
    "allclose",
    lambda a, b, rtol=1e-5, atol=1e-8, equal_nan=False: np.all(np.isclose(a, b, rtol, atol)),
    arrays=2,
    params=_TOLERANCES,
    numpy=(np.allclose,),
    samples=(call([1.0, 2.0], [1.0, 2.5]),),
    doc="Whether all elements agree within tolerances.",
)
array_equal = Composite(
    "array_equal",
    lambda a1, a2, equal_nan=False: _same(a1, a2),
    arrays=2,
    numpy=(np.array_equal,),
    samples=(call([1.0, 2.0], [1.0, 2.5]),),
    doc="Whether two arrays have the same shape and elements.",
)

TABLE = (
    argmax,
    argmin,
    argsort,
    argpartition,
    any_,
    all_,
    count_nonzero,
    argwhere,
    nonzero,
    flatnonzero,
    searchsorted,
    allclose,
    array_equal,
)
