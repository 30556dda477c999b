"""A guard before LAPACK's iterations: they are only shown finite numbers.

May import NumPy. OpenBLAS's divide-and-conquer SVD (gesdd, and gelsd, which is built on
it) runs without end on some matrices with infinite entries, and prints to the process's
stdout on others; nothing above it could then stop or redirect it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def nan_unless_finite(function: Callable[..., Any], *arrays: Any) -> Any:
    """Return ``function(*arrays)``, or NaN in its shapes where an entry is not finite.

    Parameters
    ----------
    function
        A factorisation or solver of NumPy's; may return a tuple.
    arrays
        Its arrays; ducks pass, they lead back to the table.
    """
    if all(type(x) is not np.ndarray or np.isfinite(x).all() for x in arrays):
        return function(*arrays)
    shown = function(*(_regular(x) for x in arrays))
    if not isinstance(shown, tuple):
        return np.full_like(shown, np.nan)
    return tuple(np.full_like(part, np.nan) for part in shown)


def finite_rank(x: Any) -> Any:
    """Return NumPy's rank; 0 where singular values are NaN, as they exceed nothing."""
    if type(x) is np.ndarray and not np.isfinite(x).all():
        x = np.zeros_like(x)
    return np.linalg.matrix_rank(x)


def _regular(x: Any) -> Any:
    """Return a matrix of the same shape and dtype on which everything converges."""
    if np.ndim(x) < 2:
        return np.zeros_like(x)
    eye = np.eye(*x.shape[-2:], dtype=x.dtype)
    return np.broadcast_to(eye, x.shape)
