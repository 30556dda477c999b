"""The function under test as a witness sees it: counted, on fresh copies, never loud.

May import NumPy only. A neighbour at which the function is not finite, raises an arithmetic
or value error (``math.sqrt(-1)``), or changes its output's shape, reads as NaN: it lies
outside the domain. At the point itself every exception is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]

DOUBLE = np.dtype(np.float64)


def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """Return half the spacing at 1 of a floating dtype; that of float64 for any other."""
    known = np.issubdtype(dtype, np.floating) and dtype.itemsize < DOUBLE.itemsize
    return float(np.finfo(dtype if known else DOUBLE).eps) / 2


def coordinate_scale(x: Array) -> Floats:
    """Return the scale of every entry: its magnitude, 1 where it is 0 (verdict.md, §4)."""
    size = np.abs(x.astype(np.float64))
    return np.where(size > 0, size, 1.0)


class Probe:
    """A function of several arguments, ready to be evaluated beside one point.

    Parameters
    ----------
    function
        ``function(*xs)`` returns a number or an array.
    xs
        The point. Arguments that stand still may be anything; arrays among them are copied for
        every evaluation.
    moving
        Numbers of the arguments that will move: real arrays or numbers. Floating arrays keep
        their dtype, integers become float64, and numbers are handed over as NumPy scalars.

    Attributes
    ----------
    points : dict of int to ndarray
        The moving arguments.
    base : ndarray, shape (m,)
        The flattened value at the point, float64.
    shape : tuple of int
        Shape of the value.
    unit : float
        Unit roundoff of the coarsest floating dtype among the arguments and the value.
    evaluations : int
        How often the function was called.
    """

    __slots__ = ("_xs", "base", "evaluations", "function", "points", "shape", "unit")

    def __init__(
        self, function: Callable[..., Any], xs: Sequence[Any], moving: Iterable[int]
    ) -> None:
        self.function = function
        self._xs = tuple(xs)
        self.points = {k: _floating(self._xs[k]) for k in moving}
        self.evaluations = 0
        value = self._value({})
        self.shape = value.shape
        self.base = _real(value)
        arrays = [value, *self.points.values(), *(x for x in xs if isinstance(x, np.ndarray))]
        self.unit = max(unit_roundoff(a.dtype) for a in arrays)

    def __call__(self, moved: Mapping[int, Array]) -> Floats:
        """Return the flattened value with some arguments replaced, NaN outside the domain."""
        try:
            value = self._value(moved)
        except (ArithmeticError, ValueError):
            return np.full(self.base.size, np.nan)
        if value.shape != self.shape:
            return np.full(self.base.size, np.nan)
        return _real(value)

    @property
    def is_finite(self) -> bool:
        """Whether the value at the point has no NaN and no infinity."""
        return bool(np.all(np.isfinite(self.base)))

    def _value(self, moved: Mapping[int, Array]) -> Array:
        """Call the function once, on copies that it may change as it likes."""
        arguments = []
        for k, x in enumerate(self._xs):
            value = moved.get(k, self.points.get(k, x))
            copy = value.copy() if isinstance(value, np.ndarray) else value
            arguments.append(
                copy if isinstance(x, np.ndarray) or k not in self.points else copy[()]
            )
        self.evaluations += 1
        with np.errstate(all="ignore"):
            return np.asarray(self.function(*arguments))


def _floating(x: Any) -> Array:
    """Copy in C order; integers become float64, floating arrays keep their dtype."""
    array = np.array(x, order="C")
    return array if np.issubdtype(array.dtype, np.inexact) else array.astype(np.float64)


def _real(value: Array) -> Floats:
    """Flatten to float64; what is not a real number reads as NaN."""
    if np.issubdtype(value.dtype, np.number) and not np.iscomplexobj(value):
        return value.astype(np.float64).ravel()
    return np.full(value.size, np.nan)
