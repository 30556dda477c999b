"""Arrays made while a trace runs: real memory that can also hold traced values (`Buffer`).

May import `calls`, `taints`, `trace`, `tracer` and `views`. ``y = np.zeros(3); y[0] = t`` is
how NumPy code is written, so the patched makers return a `Buffer`: an ndarray of real
numbers, which compiled code may read. The first traced write *taints* it: from then on a
`Storage` knows what stands at every position, every write goes to both, and every read of
the tainted memory gathers traced values. The taint belongs to the allocation: a view finds
its positions by its address, so rows, transposes and views of views need no code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from gradcli.ir.calls import WRITERS, deliver, put, ufunc_at
from gradcli.ir.taints import TAINTED, Taint
from gradcli.ir.trace import Trace
from gradcli.ir.tracer import (
    CONVERTERS,
    SPECIAL,
    Tracer,
    fresh,
    frozen_index,
    reveal,
    settled,
    unshared,
)
from gradcli.ir.views import VIEWS

_PLAIN_VALUES = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.bool_})


def plain_view(value: Any) -> Any:
    """Return a buffer's memory as a plain ndarray; anything else as it is."""
    return np.ndarray.view(value, np.ndarray) if type(value) is Buffer else value


def owner_of(buffer: Any) -> Any:
    """Return the buffer that stands for the allocation of a view."""
    base = buffer.base
    return base if type(base) is Buffer else buffer


def taint_of(buffer: Any) -> Taint | None:
    """Return the taint of a buffer's memory, if it holds traced values."""
    return TAINTED.get(id(owner_of(buffer))) if TAINTED else None


def contents(buffer: Any) -> Any:
    """Return what a buffer holds: a tracer if tainted, else its plain memory."""
    taint = taint_of(buffer)
    return plain_view(buffer) if taint is None else taint.contents(buffer)


def is_traced(value: Any) -> bool:
    """Whether a value holds traced numbers: a tracer of any kind, or a tainted buffer."""
    kind = type(value)
    return issubclass(kind, Tracer) or (kind is Buffer and taint_of(value) is not None)


def any_traced(values: Iterable[Any], depth: int = 4) -> bool:
    """Whether a traced value is among arguments, looking into lists and tuples."""
    for v in values:
        if type(v) in (list, tuple):
            if depth and any_traced(v, depth - 1):
                return True
        elif is_traced(v):
            return True
    return False


def _held(value: Any, depth: int = 4) -> Any:
    """Return an argument with buffers replaced by what they hold."""
    if type(value) is Buffer:
        return contents(value)
    if type(value) in (list, tuple) and depth:
        return type(value)(_held(v, depth - 1) for v in value)
    return value


class Buffer(np.ndarray[Any, Any]):
    """An array made while a trace runs."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        targets = kwargs.get("out", ())
        if any_traced(inputs) or any_traced(targets) or any_traced((kwargs.get("where"),)):
            return _traced_ufunc(ufunc, method, inputs, kwargs)
        if targets:
            kwargs["out"] = tuple(map(plain_view, targets))
        result = getattr(ufunc, method)(*map(plain_view, inputs), **kwargs)
        if targets:
            return targets[0] if len(targets) == 1 else targets
        return tuple(map(as_buffer, result)) if type(result) is tuple else as_buffer(result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not any_traced(args) and not any_traced(kwargs.values()):
            found = super().__array_function__(func, types, args, kwargs)
            if type(found) in (list, tuple):
                return type(found)(_made(v, args) for v in found)
            return _made(found, args)
        if func in SPECIAL:
            return SPECIAL[func](func, args, kwargs)
        if func in VIEWS and args and type(args[0]) is Buffer:
            found = func._implementation(*args, **kwargs)
            views = found if type(found) in (list, tuple) else (found,)
            if all(owner_of(v) is owner_of(args[0]) for v in views):
                return found
        kept = {k: v if k == "out" else _held(v) for k, v in kwargs.items()}
        held = _held(args)
        return _own(func(*held, **kept), held)

    def __getitem__(self, index: Any) -> Any:
        taint = taint_of(self)
        if taint is None:
            return super().__getitem__(index)
        index = frozen_index(index)
        real = super().__getitem__(index)
        if type(real) is Buffer and owner_of(real) is taint.owner:
            return real
        positions = taint.positions(self)[index]
        if type(positions) is np.int64:
            return taint.element(int(positions), real)
        value = taint.read(positions, real)
        return fresh(value) if type(value) is Tracer else as_buffer(np.array(value))

    def __setitem__(self, index: Any, value: Any) -> None:
        taint = taint_of(self)
        if taint is None and type(value) in _PLAIN_VALUES:
            super().__setitem__(index, value)
            return
        value = _fitting(settled(value), self.dtype)
        if taint is None and type(value) is not Tracer:
            super().__setitem__(index, value)
            return
        if taint is None:
            taint = _tainted(owner_of(self), value.home)
        taint.write(self, frozen_index(index), value)


def _fitting(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a value to be written: traced only where it and the array are floats."""
    if type(value) is Tracer and (value.dtype.kind != "f" or dtype.kind != "f"):
        value = value.astype(dtype)  # type: ignore[attr-defined]
        return reveal(value) if type(value) is Tracer and value.dtype.kind != "f" else value
    return value


def _tainted(owner: Any, home: Trace) -> Taint:
    """Return the taint of an allocation that receives its first traced value."""
    home.tainted = True
    taint = TAINTED[id(owner)] = Taint(owner, home.readable)
    return taint


def _made(result: Any, args: tuple[Any, ...]) -> Any:
    """Return a result as a buffer, unless it may be memory of a plain argument."""
    if type(result) is not np.ndarray:
        return result
    given = [v for a in args for v in (a if type(a) in (list, tuple) else (a,))]
    plain = [a for a in given if type(a) is np.ndarray]
    return result if any(np.may_share_memory(result, a) for a in plain) else as_buffer(result)


def _own(result: Any, held: tuple[Any, ...]) -> Any:
    """Return a result in memory of its own: the contents of a buffer are not to be shared."""
    return unshared(result, held) if type(result) is Tracer else as_buffer(result)


def as_buffer(made: Any) -> Any:
    """Return a freshly allocated array as a buffer; other values as they are."""
    if type(made) is np.ndarray and made.dtype.kind in "fiub":
        return made.view(Buffer)
    return made


def _traced_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a ufunc that has traced values among its arguments or targets."""
    if method == "at":
        return ufunc_at(ufunc, *inputs)
    targets = kwargs.pop("out", None)
    where = kwargs.pop("where", True)
    inputs = tuple([settled(v) if type(v) in (list, tuple) else v for v in inputs])
    if where is not True and targets is not None:
        masked = getattr(ufunc, method)(*map(_held, inputs), **kwargs)
        result = np.where(_held(where), masked, _held(targets[0]))
    else:
        if where is not True:
            kwargs["where"] = where
        result = getattr(ufunc, method)(*map(_held, inputs), **kwargs)
    if targets is None:
        return as_buffer(result)
    return deliver(targets, result, inputs[0], sys._getframe(2))


CONVERTERS[Buffer] = contents
WRITERS[Buffer] = Buffer.__setitem__


def _reading(name: str) -> Any:
    """Return a method that reads: from the traced contents where there are any."""
    native = getattr(np.ndarray, name)

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        if taint_of(self) is None:
            return native(self, *args, **kwargs)
        result = native(self, *args, **kwargs) if name in _MAYBE_VIEWS else None
        if type(result) is Buffer and owner_of(result) is owner_of(self):
            return result
        held = contents(self)
        return _own(getattr(held, name)(*args, **kwargs), (held,))

    return forward


def _calling(function: Any) -> Any:
    """Return a method that is a NumPy function, whose arguments may be traced."""

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return forward


def _fill(self: Any, value: Any) -> None:
    self[...] = value


def _sort(self: Any, axis: int = -1, **kwargs: Any) -> None:
    if taint_of(self) is None:
        np.ndarray.sort(self, axis=axis, **kwargs)
    else:
        put(self, ..., np.sort(contents(self), axis=axis))


def _exposed(name: str) -> Any:
    """Return a property of the memory itself, which a tainted buffer does not give away."""
    native = getattr(np.ndarray, name)
    return property(
        lambda self: (
            native.__get__(self) if taint_of(self) is None else getattr(contents(self), name)
        )
    )


_MAYBE_VIEWS = ("reshape", "ravel")
_READING = (
    *_MAYBE_VIEWS,
    *("sum", "prod", "mean", "std", "var", "max", "min", "any", "all", "cumsum", "cumprod"),
    *("copy", "astype", "flatten", "take", "repeat", "argsort", "argmax", "argmin", "nonzero"),
    *("compress", "choose", "argpartition", "partition", "clip", "round", "trace", "item"),
    *("tolist", "conj", "conjugate", "tobytes", "tofile", "dump", "dumps", "byteswap"),
    *("__float__", "__int__", "__complex__", "__bool__", "__index__", "__contains__"),
    *("__copy__", "__deepcopy__", "__reduce_ex__", "__str__", "__repr__", "__format__"),
    "__array__",
)
for _name in _READING:
    setattr(Buffer, _name, _reading(_name))
for _function in (np.dot, np.searchsorted, np.put):
    setattr(Buffer, _function.__name__, _calling(_function))
setattr(Buffer, "fill", _fill)  # noqa: B010
setattr(Buffer, "sort", _sort)  # noqa: B010
for _name in ("data", "ctypes", "flat"):
    setattr(Buffer, _name, _exposed(_name))
