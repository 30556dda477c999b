"""The rest of an ndarray's methods, for tracers.

May import `calls`, `cells`, `conversions`, `leaks` and `tracer`. Methods that are a NumPy
function of the array come from `Duck`; here are copies, casts, scalars out, and writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcli.ir.calls import put
from gradcli.ir.cells import Stored, overwrite
from gradcli.ir.leaks import unknown_leak
from gradcli.ir.tracer import Tracer, fresh, primal, reveal, settled
from gradcli.ops.duck import METHODS, SURFACE
from gradcli.ops.elementwise.formats import cast as as_format
from gradcli.ops.op import Op
from gradcli.ops.rule import NONDIFF, Flat

_to_integer = Op(
    "to_integer",
    lambda x, dtype: np.asarray(x).astype(dtype)[()],
    Flat(NONDIFF),
    params={"dtype": "int64"},
    doc="Numbers as integers or truth values.",
)


def copied(self: Tracer, order: Any = "C") -> Any:
    """Return a copy: another handle on the same value, in memory of the wanted order."""
    now = settled(self)
    return fresh(now, order) if type(now) is Tracer else np.array(now, order=order)


def cast(
    self: Tracer,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: bool = True,
) -> Any:
    """Return the array in another dtype: recorded between floats, handed out for integers."""
    wanted = np.dtype(dtype)
    now = settled(self)
    if type(now) is not Tracer:
        return now.astype(wanted)
    if now.dtype == wanted:
        return copied(now, order) if copy else self
    if not np.can_cast(now.dtype, wanted, casting):  # type: ignore[arg-type]
        raise TypeError(f"Cannot cast array data from {now.dtype!r} to {wanted!r}")
    if wanted.kind == "f":
        if now.dtype.kind == "b":
            choose: Any = np.where
            return choose(now, wanted.type(1), wanted.type(0))
        return as_format(now, dtype=wanted.name)
    if wanted.kind in "biu":
        made = _to_integer(now, dtype=wanted.name)
        return reveal(made) if type(made) is Tracer else made
    now.home.leak(unknown_leak(f"astype({wanted.name})"), now.slot)
    return primal(now).astype(wanted)


def item(self: Tracer, *index: Any) -> Any:
    """Return one element as a traced scalar."""
    if not index:
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self if self.shape == () else self[(0,) * self.ndim]
    where = index[0] if len(index) == 1 else index
    return self[where] if type(where) is tuple else FlatView(self)[where]


def as_list(self: Tracer) -> Any:
    """Return nested lists of traced scalars."""
    if self.shape == ():
        return self
    rows: list[Any] = [self[i] for i in np.ndindex(self.shape)]
    for n in reversed(self.shape[1:]):
        rows = [rows[k : k + n] for k in range(0, len(rows), n)] if n else []
    return rows


class FlatView:
    """The elements of an array in C order (``x.flat``); writes reach the array.

    It is an iterator, as NumPy's is: `index` and `coords` tell of the element that is next.
    """

    __slots__ = ("array", "index")

    def __init__(self, array: Tracer) -> None:
        self.array = array
        self.index = 0

    @property
    def coords(self) -> tuple[int, ...]:
        """The indices of the next element; those behind the last one count on."""
        rest, found = self.index, []
        for n in reversed(self.array.shape[1:]):
            found.append(rest % n if n else 0)
            rest //= n or 1
        return (rest, *reversed(found)) if self.array.shape else ()

    @property
    def base(self) -> Any:
        """The array."""
        return self.array

    def _positions(self, index: Any) -> Any:
        shape = self.array.shape
        chosen = np.arange(self.array.size)[index]
        where = np.unravel_index(chosen, shape)
        return where[0] if len(where) == 1 else where

    def __len__(self) -> int:
        return self.array.size

    def __getitem__(self, index: Any) -> Any:
        return self.array[self._positions(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        put(self.array, self._positions(index), value)

    def __iter__(self) -> Iterator[Any]:
        self.index = 0
        return self

    def __next__(self) -> Any:
        if self.index >= len(self):
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.ravel(self.array).__array__(dtype)  # type: ignore[call-overload]

    def copy(self) -> Any:
        """Return the elements as a new vector."""
        return _flattened(self.array)


def _contains(self: Tracer, value: Any) -> bool:
    return bool((self == value).any())


def _fill(self: Tracer, value: Any) -> None:
    put(self, ..., value)


def _sort(self: Tracer, axis: int = -1, **kwargs: Any) -> None:
    overwrite(self, np.sort(settled(self), axis=axis))


def _clip(self: Tracer, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    return np.clip(self, min, max, out=out, **kwargs)  # type: ignore[call-overload]


def _view(self: Any, dtype: Any = None, type: Any = None) -> Any:
    if dtype is None or dtype is np.ndarray or np.dtype(dtype) == self.dtype:
        return np.reshape(self, self.shape)
    return _unsupported("view(dtype)")(self)


def _unsupported(name: str) -> Any:
    def forward(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        now: Any = settled(self)
        if issubclass(type(now), Tracer):
            now.home.leak(unknown_leak(f"ndarray.{name}"), now.slot)
        return getattr(primal(now), name)(*args, **kwargs)

    return forward


def _by_function(function: Any) -> Any:
    """Return a method that is a NumPy function, without the detour where nothing is said."""

    def forward(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        if not args and not kwargs and type(self) is Tracer:
            known = SURFACE.get(function)
            if type(known) is Op and known.arrays == 1:
                return self.duck_apply(known, (self,), known.params)
        return function(self, *args, **kwargs)

    return forward


def _dunder_deepcopy(self: Tracer, memo: Any) -> Any:
    return copied(self)


def _layout(self: Tracer) -> Any:
    """Return a plain array that lies in memory as this one would."""
    return self.cell.positions if type(self) is Stored else primal(self)


def _flattened(self: Tracer, order: Any = "C") -> Any:
    flat: Any = np.ravel(self, order=order)  # type: ignore[call-overload]
    return copied(flat)


def _real(self: Tracer) -> Any:
    return self


def _imaginary(self: Tracer) -> Any:
    return np.zeros(self.shape, dtype=self.dtype)


_METHODS: dict[str, Any] = {
    "copy": copied,
    "__copy__": copied,
    "__deepcopy__": _dunder_deepcopy,
    "astype": cast,
    "item": item,
    "tolist": as_list,
    "flat": property(FlatView),
    "flatten": _flattened,
    "real": property(_real),
    "imag": property(_imaginary),
    "__array_namespace__": lambda self, *, api_version=None: np,
    "device": property(lambda self: "cpu"),
    "T": property(_by_function(np.transpose)),
    "base": property(lambda self: None),
    "flags": property(lambda self: _layout(self).flags),
    "strides": property(lambda self: _layout(self).strides),
    "fill": _fill,
    "sort": _sort,
    "clip": _clip,
    "view": _view,
    "__contains__": _contains,
    "__divmod__": _by_function(np.divmod),
    "__rdivmod__": lambda self, other: np.divmod(other, self),
}
_FUNCTIONS = (
    *(np.any, np.all, np.argmax, np.argmin, np.argsort, np.nonzero, np.searchsorted),
    *(np.put, np.compress, np.choose, np.argpartition),
)
_REFUSED = ("byteswap", "getfield", "setfield", "newbyteorder", "partition", "resize", "setflags")

for _name, _method in _METHODS.items():
    setattr(Tracer, _name, _method)
for _function in _FUNCTIONS:
    setattr(Tracer, _function.__name__, _by_function(_function))
for _name, _function in METHODS.items():
    if _name not in _METHODS and hasattr(np.ndarray, _name):
        setattr(Tracer, _name, _by_function(_function))
for _name in _REFUSED:
    setattr(Tracer, _name, _unsupported(_name))
