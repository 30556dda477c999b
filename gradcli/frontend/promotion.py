"""Values of a point as the floating-point numbers that they stand for.

May import `frameworks`, `errors`, `source` and NumPy. Numbers become float64, nested lists of
them arrays; named tuples, dicts and other containers keep their form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.frontend.frameworks import as_numpy
from gradcli.source import safe_text


def is_number(value: Any) -> bool:
    """Whether a value is a real number that can be moved a little (not a bool)."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def promote(value: Any, name: str) -> Any:
    """Return a value with its numbers as float64; what is no number stays as it is.

    Raises
    ------
    UsageError
        For complex numbers: there is no gradient to check.
    """
    value = as_numpy(value)
    if isinstance(value, complex) or (isinstance(value, np.ndarray) and value.dtype.kind == "c"):
        raise UsageError("E063", f"`{safe_text(name)}` is complex; gradcli checks real functions")
    if is_number(value):
        return value if isinstance(value, np.float32) else float(value)
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype.kind in "iu" else value
    if isinstance(value, Mapping):
        return {k: promote(v, f"{name}[{k!r}]") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return _promote_sequence(value, name)
    return value


def _promote_sequence(value: Sequence[Any], name: str) -> Any:
    """Return nested lists of numbers as one array, other containers item by item."""
    make = getattr(value, "_make", None)
    if make is not None:
        # The parts of a named tuple are reached by name.
        fields = zip(value._fields, value, strict=True)  # type: ignore[attr-defined]
        return make(promote(v, f"{name}.{k}") for k, v in fields)
    try:
        array = np.asarray([as_numpy(v) for v in value])
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind in "iuf" and not _has_names(value):
        return array.astype(np.float64)
    items = [promote(v, f"{name}[{i}]") for i, v in enumerate(value)]
    return tuple(items) if isinstance(value, tuple) else items


def _has_names(value: Sequence[Any]) -> bool:
    """Whether named tuples stand in nested lists or tuples."""
    pending = [value]
    while pending:
        item = pending.pop()
        if hasattr(item, "_fields"):
            return True
        pending += [v for v in item if isinstance(v, list | tuple)]
    return False


def is_differentiable(value: Any) -> bool:
    """Whether a value holds floating-point numbers."""
    if isinstance(value, float | np.floating):
        return True
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    if isinstance(value, Mapping):
        return any(is_differentiable(v) for v in value.values())
    return isinstance(value, list | tuple) and any(is_differentiable(v) for v in value)
