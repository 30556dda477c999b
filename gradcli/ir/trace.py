"""A run being recorded: the lists that become a program, and the log of what left it.

May import `tracer`, `program`, `leaks`, `places` and `ops`. Recording an operation is one
append to two lists. Instead of asking at every record, a trace changes its class: a
`CarefulTrace` also notes the user's line and locks against other threads, a `ClosedTrace`
refuses everything.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from gradcli.ir.leaks import Leak, stale_leak
from gradcli.ir.places import library_place, user_place
from gradcli.ir.program import Guard, Place, Program, Record
from gradcli.ir.tracer import Tracer, primal
from gradcli.ops.op import NO_PARAMS, Op

# Later traces have higher levels, so an operation always belongs to the innermost trace
# among its arguments, whichever thread started it.
LEVELS = count(1)

# A constant array of at least this many elements is looked up before it is copied again:
# comparing costs about as much as copying, but a loop over one large array must not keep
# one copy per use.
_LARGE_CONSTANT = 512


class Group:
    """The handles that share the memory of one array.

    Parameters
    ----------
    owner
        The array that owns the memory; kept alive, because it is known by its identity.
    first
        The first handle seen on it: every other one is a view of it.
    """

    __slots__ = ("handles", "owner", "root")

    def __init__(self, owner: Any, first: Tracer) -> None:
        self.owner = owner
        # Another handle of the same slot, so that dropping `first` does not lose its value.
        self.root = Tracer(first.home, first.slot, first.value)
        self.handles = [weakref.ref(first)]


class Trace:
    """One run being recorded.

    Parameters
    ----------
    level
        Its rank among nested traces; an operation belongs to the highest.
    strict
        Whether a leak raises, or is only logged.
    locate
        Whether to note the user's line of every record.
    readable
        Whether compiled code may read the numbers of arrays that hold traced values.
    """

    __slots__ = (
        "aliases",
        "consts",
        "guards",
        "leaks",
        "level",
        "locate",
        "lock",
        "names",
        "places",
        "readable",
        "records",
        "snapshots",
        "strict",
        "tainted",
        "values",
    )
    is_open = True

    def __init__(
        self, level: int, strict: bool = True, locate: bool = False, readable: bool = True
    ) -> None:
        self.level = level
        self.readable = readable
        # Whether an array of real memory came to hold a traced value.
        self.tainted = False
        self.strict = strict
        self.locate = locate
        self.names: tuple[str, ...] = ()
        self.values: list[Any] = []
        self.records: list[Record] = []
        self.consts: list[Any] = []
        self.guards: list[Guard] = []
        self.places: dict[int, Place] = {}
        self.leaks: list[Leak] = []
        # Handles that share memory, by the identity of its owner (see `cells`).
        self.aliases: dict[int, Any] = {}
        # Large constants seen: identity -> (the array, the reference of its copy).
        self.snapshots: dict[int, tuple[Any, int]] = {}

    def be_careful(self) -> None:
        """Lock every record against other threads from now on."""
        self.lock = threading.RLock()
        self.__class__ = CarefulTrace

    def input(self, value: Any) -> Tracer:
        """Return a tracer of a new input."""
        self.values.append(value)
        return Tracer(self, len(self.values) - 1, value)

    def record(self, op: Op, refs: tuple[int, ...], params: Mapping[str, Any], y: Any) -> Tracer:
        """Append one operation whose value is `y`."""
        values = self.values
        out = len(values)
        values.append(y)
        self.records.append((op, refs, params, out))
        return Tracer(self, out, y)

    def record_right(self, op: Op, slot: int, number: Any, y: Any) -> Tracer:
        """Append a binary operation with a number on the right."""
        consts = self.consts
        consts.append(number)
        values = self.values
        out = len(values)
        values.append(y)
        self.records.append((op, (slot, -len(consts)), NO_PARAMS, out))
        return Tracer(self, out, y)

    def record_left(self, op: Op, number: Any, slot: int, y: Any) -> Tracer:
        """Append a binary operation with a number on the left."""
        consts = self.consts
        consts.append(number)
        values = self.values
        out = len(values)
        values.append(y)
        self.records.append((op, (-len(consts), slot), NO_PARAMS, out))
        return Tracer(self, out, y)

    def constant(self, value: Any) -> int:
        """Return a reference to a constant; what can change later is copied."""
        kind = type(value)
        if kind is np.ndarray:
            if value.flags.writeable:
                return self._snapshot(value)
        elif kind is Tracer:
            # An outer tracer is a handle that in-place code may rebind.
            value = Tracer(value.home, value.slot, value.value)
        self.consts.append(value)
        return -len(self.consts)

    def _snapshot(self, array: Any) -> int:
        """Return a reference to a copy of an array, the same one while it has not changed."""
        if array.size < _LARGE_CONSTANT:
            self.consts.append(array.copy())
            return -len(self.consts)
        known = self.snapshots.get(id(array))
        if known is not None and _same_bits(self.consts[~known[1]], array):
            return known[1]
        self.consts.append(array.copy())
        ref = -len(self.consts)
        self.snapshots[id(array)] = (array, ref)
        return ref

    def guard(self, slot: int, value: Any) -> None:
        """Note that a traced value was looked at."""
        place = user_place() if self.locate else None
        self.guards.append(Guard(slot, value, len(self.records), place))

    def leak(self, leak: Leak, slot: int) -> None:
        """Log a way out of the trace, then raise it where the run ends with it.

        Parameters
        ----------
        leak
            What happened.
        slot
            The value that left.

        Raises
        ------
        TraceError
            For a fatal leak of a strict trace.
        """
        name = leak.name if self.leaks else self._origin(slot)
        found = replace(leak, place=user_place(), inside=library_place(), name=name)
        self.leaks.append(found)
        if found.fatal and self.strict:
            raise found.error()

    def _origin(self, slot: int) -> str:
        """Return the name of the one argument a slot depends on, or words for several."""
        wanted = {slot}
        for _, refs, _, out in reversed(self.records):
            if out in wanted:
                wanted.discard(out)
                wanted.update(r for r in refs if r >= 0)
        names = {self.names[s].partition("[")[0] for s in wanted if s < len(self.names)}
        return names.pop() if len(names) == 1 else "a traced value"

    def note_view(self, made: Tracer, parent: Tracer) -> None:
        """Note that two handles share memory, where they do: a write must reach both."""
        y, p = primal(made.value), primal(parent.value)
        if type(y) is not np.ndarray:
            return
        owner = p if y is p or y.base is p else p.base
        if owner is None or (owner is not y.base and owner is not y):
            return
        group = self.aliases.get(id(owner))
        if group is None:
            group = self.aliases[id(owner)] = Group(owner, parent)
        group.handles.append(weakref.ref(made))

    def close(self) -> None:
        """Refuse every further record."""
        self.__class__ = ClosedTrace

    def program(self, outputs: tuple[int, ...]) -> Program:
        """Return what was recorded, with the given outputs."""
        return Program(
            inputs=tuple(range(len(self.names))),
            names=self.names,
            records=self.records,
            consts=self.consts,
            outputs=outputs,
            values=self.values,
            guards=tuple(self.guards),
            places=self.places,
        )


def _same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays are equal; one with a NaN never is, which costs only a copy."""
    return a.shape == b.shape and a.dtype == b.dtype and bool((a == b).all())


class CarefulTrace(Trace):
    """A trace that several threads may record, and that can note the user's lines."""

    __slots__ = ()

    def record(self, op: Op, refs: tuple[int, ...], params: Mapping[str, Any], y: Any) -> Tracer:
        """Append one operation whose value is `y`."""
        with self.lock:
            made = Trace.record(self, op, refs, params, y)
            return self._placed(made)

    def record_right(self, op: Op, slot: int, number: Any, y: Any) -> Tracer:
        """Append a binary operation with a number on the right."""
        with self.lock:
            return self._placed(Trace.record_right(self, op, slot, number, y))

    def record_left(self, op: Op, number: Any, slot: int, y: Any) -> Tracer:
        """Append a binary operation with a number on the left."""
        with self.lock:
            return self._placed(Trace.record_left(self, op, number, slot, y))

    def constant(self, value: Any) -> int:
        """Return a reference to a constant."""
        with self.lock:
            return Trace.constant(self, value)

    def guard(self, slot: int, value: Any) -> None:
        """Note that a traced value was looked at."""
        with self.lock:
            Trace.guard(self, slot, value)

    def _placed(self, made: Tracer) -> Tracer:
        """Note the user's line of a record."""
        if self.locate:
            place = user_place()
            if place is not None:
                self.places[made.slot] = place
        return made


class ClosedTrace(Trace):
    """A trace whose run is over: its values are fixed, nothing can be added."""

    __slots__ = ()
    is_open = False

    def _refuse(self) -> Tracer:
        raise replace(stale_leak(), place=user_place(), inside=library_place()).error()

    def record(self, op: Op, refs: tuple[int, ...], params: Mapping[str, Any], y: Any) -> Tracer:
        """Refuse."""
        return self._refuse()

    def record_right(self, op: Op, slot: int, number: Any, y: Any) -> Tracer:
        """Refuse."""
        return self._refuse()

    def record_left(self, op: Op, number: Any, slot: int, y: Any) -> Tracer:
        """Refuse."""
        return self._refuse()

    def guard(self, slot: int, value: Any) -> None:
        """Let code look at a value that is over."""

    def leak(self, leak: Leak, slot: int) -> None:
        """Let code look at a value that is over: it is a plain number by now."""
