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
from gradcli.ir.storage import Array, Storage, converted, sealed
from gradcli.ir.trace import Trace
from gradcli.ir.tracer import CONVERTERS, Tracer, fresh, frozen_index, primal
from gradcli.ops.duck import BINARY_OPERATORS, COMPARISONS, UNARY_OPERATORS
from gradcli.ops.op import Op

# `Tracer.__class__` is a property that answers `isinstance`; this sets the real class.
_set_class = vars(object)["__class__"].__set__

# Functions whose result is a view where NumPy can make one: on the positions they act as
# on the array itself.
VIEWS = frozenset(
    {np.reshape, np.transpose, np.ravel, np.swapaxes, np.squeeze, np.moveaxis, np.rollaxis}
    | {np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.flip, np.real}
    | {np.flipud, np.fliplr, np.rot90, np.matrix_transpose}
)


class Cell:
    """Where a `Stored` stands in its storage, and what it last read there."""

    __slots__ = ("held", "positions", "storage", "version")

    def __init__(self, storage: Storage, positions: Array) -> None:
        self.storage = storage
        self.positions = positions
        self.version = -1
        self.held: Any = None


class Stored(Tracer):
    """A tracer that shares written memory."""

    __slots__ = ()

    def current(self) -> Any:
        """Return what stands at its positions: a tracer, or a plain array of constants."""
        cell = self.cell
        storage = cell.storage
        if cell.version != storage.version:
            cell.held = sealed(storage.read(cell.positions))
            cell.version = storage.version
            if cell.positions.size == storage.offset.size and storage.shape == self.shape:
                _rebase(storage, cell)
        return cell.held

    @property
    def home(self) -> Trace:  # type: ignore[override]
        """The trace of the contents."""
        return self.current().home  # type: ignore[no-any-return]

    @property
    def slot(self) -> int:  # type: ignore[override]
        """The slot of the contents."""
        return self.current().slot  # type: ignore[no-any-return]

    @property
    def value(self) -> Any:
        """The primal value of the contents."""
        now = self.current()
        return now.value if type(now) is Tracer else now

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
        now = self.current()
        return now.duck_level if type(now) is Tracer else 0

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
        if function in VIEWS and args[0] is self:
            return self._at(function(self.cell.positions, *args[1:], **kwargs))
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
            view.cell = Cell(self.cell.storage, positions)
            return view
        value = self.cell.storage.read(positions)
        return fresh(value) if type(value) is Tracer else value


def _rebase(storage: Storage, cell: Cell) -> None:
    """Let a fresh reading of the whole be the storage's only part."""
    if len(storage.parts) > 1 and np.array_equal(cell.positions, storage.everywhere()):
        storage.rebase(cell.held)


def _contents(value: Any) -> Any:
    return value.current() if type(value) is Stored else value


CONVERTERS[Stored] = _contents


def _attach(handle: Tracer, storage: Storage, positions: Array) -> None:
    """Turn a tracer into a `Stored`."""
    handle.cell = Cell(storage, positions)
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
        storage = Storage(handle)
        _attach(handle, storage, storage.everywhere())
    else:
        storage = Storage(group.root)
        root = primal(group.root)
        members = [h for h in (ref() for ref in group.handles) if type(h) is Tracer]
        for member in (*members, handle):
            value = primal(member)
            if type(member) is Tracer and _owner(value) == _owner(root):
                _attach(member, storage, located(value, root))
    return handle.cell.storage, handle.cell.positions


def _owner(array: Any) -> int:
    """Return the identity of the array that owns the memory."""
    base = getattr(array, "base", None)
    return id(array if base is None else base)


def located(child: Array, root: Array) -> Array:
    """Return the flat positions in `root` of the elements of an array in the same memory."""
    sought = addresses(child)
    if root.flags.c_contiguous:
        return (sought - _start(root)) // root.itemsize
    have = addresses(root).ravel()
    order = np.argsort(have)
    return order[np.searchsorted(have[order], sought)]


def _start(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def addresses(array: Array) -> Array:
    """Return the address of every element."""
    out = np.full(array.shape, _start(array), dtype=np.int64)
    for axis, (n, stride) in enumerate(zip(array.shape, array.strides, strict=True)):
        steps = np.arange(n, dtype=np.int64) * stride
        out += steps.reshape(tuple(-1 if k == axis else 1 for k in range(array.ndim)))
    return out


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
