"""Piecewise linear interpolation.

May import `axes`, `entries`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.axes import shape_of
from gradcli.ops.entries import needs_numbers, object_array
from gradcli.ops.indexing.writing import put_add
from gradcli.ops.op import Kink, Op, call
from gradcli.ops.rows import as_places
from gradcli.ops.rule import Custom


def _segment(x: Any, xp: Any) -> Any:
    """Return the number of the segment in which each place lies, the right one at a knot."""
    right = as_places(np.searchsorted(xp, x, side="right"))
    return np.clip(right - 1, 0, shape_of(xp)[0] - 2)


def _parts(x: Any, xp: Any, fp: Any) -> tuple[Any, Any, Any, Any]:
    """Return segment, share of its right end, slope, and where x lies inside the knots."""
    k = _segment(x, xp)
    width = xp[k + 1] - xp[k]
    share = (x - xp[k]) / width
    return k, share, (fp[k + 1] - fp[k]) / width, (x >= xp[0]) & (x <= xp[-1])


def _shares(x: Any, xp: Any, fp: Any) -> tuple[Any, Any, Any]:
    """Return segment, clipped share of its right end, and slope (0 outside the knots)."""
    k, share, slope, inside = _parts(x, xp, fp)
    share = np.where(inside, share, np.where(x < xp[0], 0.0, 1.0))
    return k, share, np.where(inside, slope, 0.0)


def _interp_x(g: Any, y: Any, x: Any, xp: Any, fp: Any) -> Any:
    return g * _shares(x, xp, fp)[2]


def _gathered(k: Any, left: Any, right: Any, n: int) -> Any:
    """Return contributions of the two ends of every segment, added up per knot."""
    zeros = np.zeros(n)
    flat = np.ravel(k)
    ends = np.concatenate([flat, flat + 1])
    both = np.concatenate([np.ravel(left), np.ravel(right)])
    return put_add.apply((zeros, both), {"index": ends})


def _interp_xp(g: Any, y: Any, x: Any, xp: Any, fp: Any) -> Any:
    k, share, slope = _shares(x, xp, fp)
    moved = -(g * slope)
    return _gathered(k, moved * (1.0 - share), moved * share, shape_of(xp)[0])


def _interp_fp(g: Any, y: Any, x: Any, xp: Any, fp: Any) -> Any:
    k, share, _ = _shares(x, xp, fp)
    return _gathered(k, g * (1.0 - share), g * share, shape_of(xp)[0])


def _interp_push(ts: Any, y: Any, x: Any, xp: Any, fp: Any) -> Any:
    k, share, slope = _shares(x, xp, fp)
    total = np.zeros(shape_of(y))
    if ts[0] is not None:
        total = total + ts[0] * slope
    if ts[1] is not None:
        total = total - slope * (ts[1][k] * (1.0 - share) + ts[1][k + 1] * share)
    if ts[2] is not None:
        total = total + ts[2][k] * (1.0 - share) + ts[2][k + 1] * share
    return total


def _interp_form(m: Any, x: Any, xp: Any, fp: Any) -> Any:
    """Return the interpolated value of every place, exactly."""
    needs_numbers(m, "interp")
    values = []
    for v in np.ravel(x).tolist():
        if v <= xp[0]:
            values.append(fp[0])
        elif v >= xp[-1]:
            values.append(fp[-1])
        else:
            k = int(np.searchsorted(xp, v, side="right")) - 1
            slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k])
            values.append(fp[k] + slope * (v - xp[k]))
    return object_array(values, np.shape(x))


def _distance_to_knots(x: Any, xp: Any, fp: Any) -> Any:
    """Return the signed distance of every place to the nearest knot."""
    k, share, _slope, _inside = _parts(x, xp, fp)
    return np.where(share < 0.5, x - xp[k], x - xp[k + 1])


interp = Op(
    "interp",
    np.interp,
    Custom((_interp_x, _interp_xp, _interp_fp), _interp_push),
    arrays=3,
    positions=("left", "right", "period"),
    numpy=(np.interp,),
    form=_interp_form,
    kink=Kink(
        "a knot",
        _distance_to_knots,
        used="the slope to the right",
        convention="right-continuous",
        samples=(call([1.0, 0.5], [0.0, 1.0, 2.0], [1.0, 3.0, -2.0]),),
    ),
    samples=(
        call([0.5, 1.75, -1.0, 5.0], [0.0, 1.0, 2.0], [1.0, 3.0, -2.0]),
        call(0.25, [0.0, 1.0, 2.5], [1.0, 3.0, -2.0]),
    ),
    doc="Piecewise linear interpolation between increasing knots, constant beyond them.",
)

TABLE = (interp,)
