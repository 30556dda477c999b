"""What is known of an array of real memory that holds traced values (`Taint`).

May import `leaks`, `storage`, `tracer` and `views`. Two things say what stands in a tainted
array: its storage, with the traced values, and the real memory, with numbers or NaN. Every
write goes to both, and every reading compares them, so that a write through some other
way (a plain view, compiled code) is noticed.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from gradcli.ir.leaks import behind_leak
from gradcli.ir.storage import Storage, sealed
from gradcli.ir.tracer import Tracer, primal
from gradcli.ir.views import Array, Layout


def plain_memory(array: Any) -> Any:
    """Return a buffer's memory as a plain ndarray; anything else as it is."""
    if issubclass(type(array), np.ndarray) and type(array) is not np.ndarray:
        return np.ndarray.view(array, np.ndarray)
    return array


class Taint:
    """What is known of one tainted allocation.

    Parameters
    ----------
    owner
        The buffer that stands for the allocation.
    readable
        Whether the real memory holds the numbers, for compiled code to read. Else it holds
        NaN wherever a traced value stands, so that code which reads it cannot lose a
        dependence without a sign.
    """

    __slots__ = ("held", "owner", "readable", "storage", "version", "whole")

    def __init__(self, owner: Any, readable: bool) -> None:
        self.owner = owner
        self.readable = readable
        self.storage = Storage(plain_memory(owner), Layout(plain_memory(owner)))
        self.whole: Array = self.storage.layout.whole
        self.version = -1
        self.held: Any = None

    def positions(self, buffer: Any) -> Array:
        """Return the positions of a view in its allocation."""
        return self.whole if buffer is self.owner else self.storage.layout.of(buffer)

    def contents(self, buffer: Any) -> Any:
        """Return what stands in a view, as a tracer or a plain array."""
        if buffer is not self.owner:
            value = self.read(self.positions(buffer), buffer)
            return value if type(value) is Tracer else np.array(value)
        if self.version != self.storage.version:
            self.held = sealed(self.read(self.whole, buffer))
            self.storage.rebase(self.held)
            self.version = self.storage.version
            self._write_real(plain_memory(buffer), ..., self.held)
        else:
            self._check(self.held, buffer, self.whole)
        return self.held if type(self.held) is Tracer else np.array(self.held)

    def read(self, positions: Array, real: Any) -> Any:
        """Return what stands at positions."""
        value = self.storage.read(positions)
        self._check(value, real, positions)
        return value

    def element(self, position: int, real: Any) -> Any:
        """Return what stands at one position."""
        value = self.storage.element(position)
        if type(value) is Tracer and not self.readable:
            if not np.isnan(real):
                self._behind()
        elif not _agree(primal(value), real):
            self._behind()
        return value

    def write(self, buffer: Any, index: Any, value: Any) -> None:
        """Write into the real memory and into the storage."""
        self._write_real(plain_memory(buffer), index, value)
        self.storage.write(self.positions(buffer)[index], value)

    def release(self) -> None:
        """Leave the plain numbers in the real memory, for whoever keeps the array."""
        if not self.readable and sys.getrefcount(self.owner) > _OWN_REFERENCES:
            plain_memory(self.owner)[...] = self.storage.numbers()

    def _write_real(self, real: Array, index: Any, value: Any) -> None:
        """Write the numbers, or the NaN that nothing may read."""
        if type(value) is Tracer and not self.readable:
            real[index] = np.broadcast_to(np.nan, value.shape)
        else:
            real[index] = primal(value)

    def _check(self, value: Any, real: Any, positions: Array) -> None:
        """Compare a reading with the real memory."""
        expected = primal(value)
        if type(value) is Tracer and not self.readable:
            expected = np.where(self.storage.is_traced(positions), np.nan, expected)
        if not _agree(expected, plain_memory(real)):
            self._behind()

    def _behind(self) -> None:
        """Say that something wrote into the memory behind our back."""
        for part in self.storage.parts:
            if type(part) is Tracer:
                part.home.leak(behind_leak(), part.slot)


# References to a buffer that nobody keeps: its taint's, and the argument of the question.
_OWN_REFERENCES = 2


def _agree(a: Any, b: Any) -> bool:
    """Whether two readings are the same numbers; a NaN is the same as a NaN."""
    return bool(np.all(a == b)) or bool(np.array_equal(a, b, equal_nan=True))


# The tainted allocations of the running traces, by the identity of their owner.
TAINTED: dict[int, Taint] = {}
