"""Lists of exact scalars along the axes of an object array: the array forms' common frame.

May import `axes`, `entries` and NumPy. An array form that treats rows one by one (a
maximum, a sort, a log-sum-exp) is a function of a Python list; these apply it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.axes import fold, kept_shape, unfold
from gradcli.ops.entries import EntryArray, object_array

Entries = np.ndarray[Any, Any]


def reduce_rows(f: Callable[[list[Any]], Any], x: Entries, axis: Any, keepdims: bool) -> Any:
    """Return `f` of every row: the entries that a reduction over `axis` puts into one."""
    z = fold(x, axis)
    values = [f(row) for row in z.reshape(-1, z.shape[-1]).tolist()] if z.size else []
    if not z.size:
        values = [f([]) for _ in range(int(np.prod(z.shape[:-1], dtype=int)))]
    shape = kept_shape(x.shape, axis) if keepdims else z.shape[:-1]
    return object_array(values, shape)


def map_rows(f: Callable[[list[Any]], list[Any]], x: Entries, axis: Any) -> Entries:
    """Return the array whose rows along `axis` are `f` of the rows of `x`."""
    z = fold(x, axis)
    if not z.size:
        return x
    values = [v for row in z.reshape(-1, z.shape[-1]).tolist() for v in f(row)]
    out: Entries = unfold(object_array(values, z.shape), x.shape, axis)
    return out


def as_places(value: Any) -> Any:
    """Return positions (an answer of `argsort` and its like) as NumPy's integers.

    Over exact numbers they come as whole exact numbers, like every other result.
    """
    if type(value) is not EntryArray:
        return value
    return value.entries.astype(np.float64).astype(np.int64)


def is_nan(v: Any) -> bool:
    """Return whether an exact number is NaN; the only number unlike itself."""
    return bool(v != v)  # noqa: PLR0124
