"""Largest and smallest elements; ties share the cotangent equally.

May import `axes`, `rows`, `entries`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.axes import SCALARS, dtype_of, fold, kept, shape_of, spread
from gradcli.ops.op import Composite, Kink, Op, call
from gradcli.ops.rows import reduce_rows
from gradcli.ops.rule import Custom


def _share(t: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Return `t` (of the output's shape, kept) where `x` is extreme, divided among ties."""
    hit = x == spread(y, shape_of(x), axis, keepdims)
    one = dtype_of(y).type(1)
    ties = np.sum(np.where(hit, one, 0 * one), axis=axis, keepdims=True)
    return np.where(hit, t / ties, 0.0)


def _share_of_all(g: Any, y: Any, x: Any) -> Any:
    """Return the pull-back of a plain array's one extreme element."""
    hit = x == y
    ties = np.count_nonzero(hit)
    out = np.zeros(x.shape, x.dtype)
    out[hit] = g / ties if ties > 1 else g
    return out


def _pull(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if not shape_of(x):
        return np.reshape(g, ())
    if axis is None and type(x) is np.ndarray and type(g) in SCALARS:
        return _share_of_all(g, y, x)
    return _share(kept(g, shape_of(x), axis, keepdims), y, x, axis, keepdims)


def _push(ts: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    weight = _share(1.0, y, x, axis, keepdims) if shape_of(x) else 1.0
    return np.sum(ts[0] * weight, axis=axis, keepdims=keepdims)


def _lead(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return how far the largest element is ahead of the second largest."""
    z = fold(x, axis)
    if shape_of(z)[-1] < 2:
        return np.ones(shape_of(z)[:-1])
    ordered = np.sort(z, axis=-1)
    return ordered[..., -1] - ordered[..., -2]


def _trail(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return how far the smallest element is below the second smallest."""
    return _lead(-x, axis)


def _form(better: str, name: str) -> Callable[..., Any]:
    """Return the array form: a chain of two-argument choices, so that SymPy can follow."""

    def form(m: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        prefer = getattr(m, better)

        def pick(row: list[Any]) -> Any:
            if not row:
                raise ValueError(f"{name} of no elements")
            best = row[0]
            for v in row[1:]:
                best = m.where(prefer(best, v), best, v)
            return best

        return reduce_rows(pick, x, axis, keepdims)

    return form


_TIE = "the mean of the tied branches"


_TIES = (call([2.0, 2.0]), call([[2.0, 2.0, 2.0], [1.0, 5.0, 3.0]], axis=1))


def _extreme(
    name: str,
    ufunc: Any,
    numpy: tuple[Any, ...],
    aliases: tuple[str, ...],
    better: str,
    margin: Any,
) -> Op:
    return Op(
        name,
        lambda x, axis=None, keepdims=False: ufunc.reduce(x, axis, None, None, keepdims),
        Custom((_pull,), _push),
        params={"axis": None, "keepdims": False},
        positions=("axis", "out", "keepdims"),
        numpy=numpy,
        aliases=aliases,
        form=_form(better, name),
        kink=Kink("a tie", margin, used="equal shares", convention=_TIE, samples=_TIES),
        samples=(
            call([1.0, 2.5, -3.0]),
            call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], axis=0),
            call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], axis=-1, keepdims=True),
            call([[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]], axis=(0, -1)),
            call(1.5),
        ),
        bad=(call([1.0, 2.0], axis=1), call([])),
        doc=f"The {'largest' if better == 'ge' else 'smallest'} element, overall or along axes.",
    )


# NumPy 2 keeps `amax` as a function of its own; before, both names were one object.
max_ = _extreme("max", np.maximum, tuple({np.max, np.amax}), ("amax",), "ge", _lead)
min_ = _extreme("min", np.minimum, tuple({np.min, np.amin}), ("amin",), "le", _trail)


def _ptp(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.max(x, axis=axis, keepdims=bool(keepdims)) - np.min(
        x, axis=axis, keepdims=bool(keepdims)
    )


ptp = Composite(
    "ptp",
    _ptp,
    params={"axis": None, "keepdims": False},
    numpy=(np.ptp,),
    samples=(call([1.0, 2.5, -3.0]), call([[1.0, 2.0, 0.5], [3.0, -4.0, 2.25]], axis=0)),
    doc="Largest minus smallest element.",
)

TABLE = (max_, min_, ptp)
