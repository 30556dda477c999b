"""`stop_gradient`: a value taken as a constant, by the sweeps and by every other witness.

May import `entries`, `op`, `rule` and NumPy. A witness that evaluates the function beside
the point would move a stopped value with it. So the values are *recorded* at the point,
call by call, and *replayed* in the same order elsewhere. If another number of calls
happens there, or one of another shape, the path was another: the replay says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.ops.axes import shape_of
from gradcli.ops.entries import EntryArray, entries_of
from gradcli.ops.op import Op, call
from gradcli.ops.rule import ZERO, Flat


@dataclass(slots=True)
class Replay:
    """The replay of recorded values.

    Parameters
    ----------
    values
        What the calls returned at the point, in order.
    used
        How many calls were made so far.
    strayed
        Whether a call came that the record does not have, or has in another shape.
    """

    values: Sequence[Any]
    used: int = 0
    strayed: bool = False

    @property
    def split(self) -> bool:
        """Whether the calls were other ones than at the point (PATH-SPLIT)."""
        return self.strayed or self.used != len(self.values)

    def next(self, x: Any) -> Any:
        """Return the recorded value of this call; `x` itself where there is none."""
        k = self.used
        self.used += 1
        if k >= len(self.values) or shape_of(self.values[k]) != shape_of(x):
            self.strayed = True
            return x
        return self.values[k]


@dataclass(slots=True)
class Recording:
    """Values of the calls so far, in order."""

    values: list[Any] = field(default_factory=list)


_mode: ContextVar[Recording | Replay | None] = ContextVar("frozen_mode", default=None)


@contextmanager
def recording() -> Iterator[list[Any]]:
    """Collect the value of every `stop_gradient` call.

    Yields
    ------
    list
        The values, in order of the calls: plain arrays, or entry arrays of exact numbers.
    """
    record = Recording()
    token = _mode.set(record)
    try:
        yield record.values
    finally:
        _mode.reset(token)


@contextmanager
def replaying(values: Sequence[Any]) -> Iterator[Replay]:
    """Let every `stop_gradient` call return the value recorded for it.

    Parameters
    ----------
    values
        As collected by `recording`.

    Yields
    ------
    Replay
        Its `split` tells, at the end, whether the calls were the recorded ones.
    """
    replay = Replay(values)
    token = _mode.set(replay)
    try:
        yield replay
    finally:
        _mode.reset(token)


def _plain(value: Any) -> Any:
    """Return a recorded value as floats."""
    if type(value) is EntryArray:
        return value.entries.astype(np.float64)[()]
    return value


def _stop(x: Any) -> Any:
    """Return the value of a plain array: recorded, replayed, or as it is."""
    mode = _mode.get()
    if mode is None:
        return x
    if isinstance(mode, Replay):
        return _plain(mode.next(x))
    value = x.copy() if type(x) is np.ndarray else x
    mode.values.append(value)
    return value


def _stop_form(m: Any, x: Any) -> Any:
    """Return the value of an entry array: recorded, replayed, or as it is."""
    mode = _mode.get()
    if mode is None:
        return x
    if isinstance(mode, Replay):
        return entries_of(mode.next(EntryArray(x, m)), m)
    mode.values.append(EntryArray(x, m))
    return x


stop_gradient = Op(
    "stop_gradient",
    _stop,
    Flat(ZERO),
    aliases=("detach",),
    # Symbols are stopped one by one: the graph of a symbolic witness keeps frozen nodes.
    sym=lambda m, x: x,
    form=_stop_form,
    samples=(call([1.0, 2.0]), call(1.5)),
    doc="The value as a constant: no derivative flows through it.",
)

TABLE = (stop_gradient,)
