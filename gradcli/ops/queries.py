"""Questions about an array's form, answered at once and never recorded.

May import NumPy only. A shape or a dtype does not depend on the numbers, so `np.shape`,
`np.result_type`, `np.zeros_like` and their like on a duck are plain Python: `QUERIES` maps
NumPy's function to the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np


def _form(a: Any) -> Any:
    """Return a dtype for a duck (NumPy's type functions take one), anything else as it is."""
    return a.dtype if hasattr(type(a), "duck_level") else a


def _size(a: Any, axis: Any = None) -> int:
    shape = np.shape(a)
    if axis is None:
        return int(np.prod(shape, dtype=np.int64))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return int(np.prod([shape[k] for k in axes], dtype=np.int64))


def _filled_like(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return the duck form of `np.zeros_like` and its like: a plain array of the duck's form."""

    def filled(
        a: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: bool = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> Any:
        return make(a.shape if shape is None else shape, dtype=a.dtype if dtype is None else dtype)

    return filled


_ANSWERS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: len(a.shape),
    np.size: _size,
    np.result_type: lambda *a: np.result_type(*map(_form, a)),
    np.common_type: lambda *a: np.common_type(*[np.empty(0, dtype=_form(v)) for v in a]),
    np.min_scalar_type: _form,
    np.can_cast: lambda a, to, casting="safe": np.can_cast(_form(a), to, casting),
    np.iscomplexobj: lambda a: a.dtype.kind == "c",
    np.isrealobj: lambda a: a.dtype.kind != "c",
    np.isfortran: lambda _a: False,
    np.zeros_like: _filled_like(np.zeros),
    np.ones_like: _filled_like(np.ones),
    np.empty_like: _filled_like(np.empty),
}
QUERIES: Mapping[Any, Callable[..., Any]] = MappingProxyType(_ANSWERS)
