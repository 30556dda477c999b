"""Tracers that are written into: item assignment, in-place operators, views that follow.

May import `storage`, `trace` and `tracer`. NumPy's views see each other's writes. A tracer
whose memory is written for the first time becomes a `Stored`: a handle on positions of a
`Storage`, together with every live tracer whose value lies in the same memory (found by the
addresses of the primal values, so that rows, transposes, ravelled and reshaped views need
no code of their own). From then on reading gathers what stands at its positions, once per
version of the storage. Scalars stay immutable, as in NumPy.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import gradcli.ir.operators  # noqa: F401  (first: this file completes them in place)
from gradcli.ir.storage import Storage, converted, sealed
from gradcli.ir.trace import Trace
from gradcli.ir.tracer import CONVERTERS, Tracer, fresh, frozen_index, primal
from gradcli.ir.views import VIEWS, Array, Layout
from gradcli.ops.duck import BINARY_OPERATORS, COMPARISONS, SURFACE, UNARY_OPERATORS
from gradcli.ops.op import Op

# `Tracer.__class__` is a property that answers `isinstance`; this sets the real class.
_set_class = vars(object)["__class__"].__set__


class Cell:
    """Where a `Stored` stands in its storage, and what it last read there."""

    __slots__ = ("held", "home", "positions", "storage", "version")

    def __init__(self, home: Trace, storage: Storage, positions: Array) -> None:
        self.home = home
        self.storage = storage
        self.positions = positions
        self.version = -1
        self.held: Any = None

    def read(self, positions: Array) -> Tracer:
        """Return what stands at positions; constants are recorded, so that it stays traced."""
        value = self.storage.read(positions)
        if type(value) is Tracer:
            return value
        params = {**_RESHAPE.params, "shape": value.shape}
        return self.home.record(_RESHAPE, (self.home.constant(value),), params, value)


class Stored(Tracer):
    """A tracer that shares written memory."""

    __slots__ = ()

    def current(self) -> Tracer:
        """Return what stands at its positions."""
        cell = self.cell
        storage = cell.storage
        if cell.version != storage.version:
            cell.held = sealed(cell.read(cell.positions))
            cell.version = storage.version
            if cell.positions.size == storage.offset.size and storage.shape == self.shape:
                _rebase(storage, cell)
        return cell.held  # type: ignore[no-any-return]

    @property
    def home(self) -> Trace:  # type: ignore[override]
        """The trace of the contents."""
        return self.current().home

    @property
    def slot(self) -> int:  # type: ignore[override]
        """The slot of the contents."""
        return self.current().slot

    @property
    def value(self) -> Any:
        """The primal value of the contents."""
        return self.current().value

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape."""
        return self.cell.positions.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """The dtype."""
        return self.cell.storage.dtype  # type: ignore[no-any-return]

    @property
    def duck_level(self) -> int:  # type: ignore[override]
        """The level of the contents."""
        return self.current().duck_level

    def duck_apply(self, op: Op, args: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Apply an operation to the contents."""
        return op.apply(tuple(_contents(a) for a in args), params)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "at" or "out" in kwargs:
            return Tracer.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)
        return getattr(ufunc, method)(*map(_contents, inputs), **kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if function in VIEWS and args and args[0] is self:
            found = function(self.cell.positions, *args[1:], **kwargs)
            if type(found) in (list, tuple):
                return type(found)(map(self._at, found))
            return self._at(found)
        return super().__array_function__(function, types, args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        cell = self.cell
        sub = cell.positions[frozen_index(index)]
        if type(sub) is np.int64:
            return cell.storage.element(int(sub))
        return self._at(sub)

    def _at(self, positions: Array) -> Any:
        """Return a view at positions that are a view of its own, else a copy of what is there."""
        if np.may_share_memory(positions, self.cell.positions):
            view = Tracer.__new__(Stored)
            view.cell = Cell(self.cell.home, self.cell.storage, positions)
            return view
        return fresh(self.cell.read(positions))


_RESHAPE: Op = SURFACE[np.reshape]  # type: ignore[assignment]


def _rebase(storage: Storage, cell: Cell) -> None:
    """Let a fresh reading of the whole be the storage's only part."""
    if len(storage.parts) > 1 and np.array_equal(cell.positions, storage.layout.whole):
        storage.rebase(cell.held)


def _contents(value: Any) -> Any:
    return value.current() if type(value) is Stored else value


CONVERTERS[Stored] = _contents


def _attach(handle: Tracer, storage: Storage, positions: Array) -> None:
    """Turn a tracer into a `Stored`."""
    handle.cell = Cell(handle.home, storage, positions)
    _set_class(handle, Stored)


def storage_of(handle: Tracer) -> tuple[Storage, Array]:
    """Return the storage of a handle and its positions there, made at the first write.

    Raises
    ------
    TypeError
        For a scalar, which is immutable.
    ValueError
        For an array that NumPy would not let be written.
    """
    if type(handle) is Stored:
        return handle.cell.storage, handle.cell.positions
    array = primal(handle)
    if type(array) is not np.ndarray:
        raise TypeError(f"'{type(array).__name__}' object does not support item assignment")
    if not array.flags.writeable:
        raise ValueError("assignment destination is read-only")
    group = handle.home.aliases.pop(_owner(array), None)
    if group is None:
        storage = Storage(handle, Layout(array))
        _attach(handle, storage, storage.layout.whole)
    else:
        root = primal(group.root)
        storage = Storage(group.root, Layout(root))
        members = [h for h in (ref() for ref in group.handles) if type(h) is Tracer]
        for member in (*members, handle):
            value = primal(member)
            if type(member) is Tracer and _owner(value) == _owner(root):
                _attach(member, storage, storage.layout.of(value))
    return handle.cell.storage, handle.cell.positions


def _owner(array: Any) -> int:
    """Return the identity of the array that owns the memory."""
    base = getattr(array, "base", None)
    return id(array if base is None else base)


def assign(handle: Tracer, index: Any, value: Any) -> None:
    """Write ``handle[index] = value``."""
    storage, positions = storage_of(handle)
    storage.write(positions[frozen_index(index)], value)


def overwrite(handle: Tracer, value: Any) -> Tracer:
    """Give an array handle new contents of the same shape, and return it."""
    alone = type(handle) is Tracer and type(value) is Tracer
    if alone and _owner(primal(handle)) not in handle.home.aliases:
        new = converted(value, handle.dtype)
        if type(new) is Tracer and new.shape == handle.shape:
            handle.home, handle.slot, handle.value = new.home, new.slot, new.value
            return handle
    storage, positions = storage_of(handle)
    storage.write(positions, value)
    return handle


def _augmented(compute: Callable[[Any, Any], Any]) -> Any:
    """Return an in-place operator: arrays keep their handle, scalars make a new one."""

    def update(self: Tracer, other: Any) -> Any:
        result = compute(self, other)
        if type(primal(self)) is not np.ndarray or result is NotImplemented:
            return result
        if np.shape(result) != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape} doesn't match "
                f"the broadcast shape {np.shape(result)}"
            )
        if not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise TypeError(f"cannot cast output from {result.dtype!r} to {self.dtype!r}")
        return overwrite(self, result)

    return update


for _name in BINARY_OPERATORS:
    setattr(Tracer, f"__i{_name}__", _augmented(getattr(operator, f"__{_name}__")))
setattr(Tracer, "__setitem__", assign)  # noqa: B010  (it is not part of Tracer's own file)


def _of_contents(ufunc: Any, reflected: bool) -> Any:
    def forward(self: Stored, *others: Any) -> Any:
        args = (self, *others)
        return ufunc(*(args[::-1] if reflected else args))

    return forward


for _name, _ufunc in {**BINARY_OPERATORS, **COMPARISONS, **UNARY_OPERATORS}.items():
    setattr(Stored, f"__{_name}__", _of_contents(_ufunc, reflected=False))
for _name, _ufunc in BINARY_OPERATORS.items():
    setattr(Stored, f"__r{_name}__", _of_contents(_ufunc, reflected=True))
