"""Evaluations that end: mpmath's work, counted in lines of Python, and stopped.

May import nothing of ours. mpmath answers any argument, if one waits: ``zeta(-1e6, 1, 1)``
or ``besselj(1e6, 1e6)`` for hours. Which arguments of which function take how long is in no
table, so an evaluation away from ordinary arguments is followed line by line by Python's own
trace hook and stopped after a number of lines. Lines, not seconds: the same argument gives
the same answer on every machine. Every room that evaluates through mpmath calls `counted`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from time import thread_time
from types import FrameType
from typing import Any

# Lines after which an evaluation is stopped; mpmath takes 20 ns to 1 µs for one, so this is
# between 10 ms and half a second. The dearest ordinary arguments take a third of it.
MAX_STEPS = 400_000
# Lines are no measure of numbers of millions of digits; for those alone there is a clock,
# read every so many lines, with the seconds of this thread that one evaluation may take.
MAX_SECONDS = 1.0
_READ_CLOCK = 1 << 4
# Arguments whose size is 0 or between these powers of two are evaluated without counting,
# which costs two to five times the evaluation: the tests hold every function to a bound there.
# Only the last argument may be negative: those before it are orders and parameters.
_ORDINARY = (-20, 5)
# Orders and other whole-number parameters up to this are ordinary.
_ORDINARY_ORDER = 8


class TooManySteps(Exception):
    """An evaluation was stopped: it takes more steps, or longer, than it may."""


def is_ordinary(xs: Sequence[Any], params: Mapping[str, Any]) -> bool:
    """Return whether arguments are such that every function is known to be quick."""
    low, high = _ORDINARY
    last = len(xs) - 1
    for place, x in enumerate(xs):
        raw = getattr(x, "_mpf_", None)
        if raw is None:
            return False
        sign, mantissa, exponent, bits = raw
        if exponent and not mantissa:
            return False
        if mantissa and ((sign and place < last) or not low <= exponent + bits <= high):
            return False
    orders = [v for v in params.values() if isinstance(v, int | float)]
    return all(abs(v) <= _ORDINARY_ORDER for v in orders)


def counted(
    function: Callable[..., Any],
    xs: Sequence[Any],
    params: Mapping[str, Any] | None = None,
    limit: int = MAX_STEPS,
) -> tuple[Any, int]:
    """Return a function's value and the lines of Python it took.

    Parameters
    ----------
    function
        What is called, with `xs` and the keywords `params`.
    xs
        The arguments.
    params
        Keywords; ``None``: there are none.
    limit
        Lines after which it is stopped.

    Raises
    ------
    TooManySteps
        Where it takes more than `limit` lines, or its numbers are so large that a few
        lines take for ever.
    """
    counter = _Counter(limit)
    before = sys.gettrace()
    sys.settrace(counter.enter)
    try:
        value = function(*xs, **(params or {}))
    finally:
        sys.settrace(before)
    return value, counter.steps


class _Counter:
    """Counts the lines of every frame entered while it is the trace function."""

    __slots__ = ("deadline", "limit", "steps")

    def __init__(self, limit: int) -> None:
        self.steps = 0
        self.limit = limit
        self.deadline = thread_time() + MAX_SECONDS

    def enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Return the function that sees a frame's lines."""
        return self.line

    def line(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Count one event of a frame: a line, or its end."""
        self.steps += 1
        if self.steps > self.limit:
            raise TooManySteps(f"more than {self.limit} steps")
        if not self.steps & (_READ_CLOCK - 1) and thread_time() > self.deadline:
            raise TooManySteps(f"more than {MAX_SECONDS:g} s")
        return self.line
