"""The size gates of the witness, and the exceptions that end it.

May import `ops.entries`. All gates count work, so that they are deterministic; only the
deadline looks at a clock.
"""

from __future__ import annotations

from time import monotonic, thread_time

from gradcli.ops.entries import Unavailable

# verdict.md, section 2, step 9: the size up to which the witness is asked.
MAX_SYMBOLS = 30
MAX_NODES = 500
MAX_DERIVATIVE_STEPS = 20_000
# Numbers converted or folded while building; a constant costs microseconds, and a table
# of a million of them must not be walked before the gate says no.
MAX_CONSTANT_STEPS = 20_000
# reliability.md: the guard around SymPy, a safety net only. It counts the seconds this thread
# computes, not those it waits, so that a loaded machine gives the same answer.
MAX_SECONDS = 5.0


class Gated(Unavailable):
    """The function is over one of the size gates; the message says which."""


class TimeUp(Unavailable):
    """The guard on time fired."""


class Budget:
    """What one run of the witness may still spend.

    Parameters
    ----------
    seconds
        Time until the deadline.
    """

    __slots__ = ("constants", "deadline", "derivative_steps", "nodes", "refused", "work_until")

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self.deadline = monotonic() + seconds
        self.work_until = thread_time() + seconds
        self.nodes = 0
        self.constants = 0
        self.derivative_steps = 0
        # Functions whose evaluation was stopped, and why.
        self.refused: dict[str, str] = {}

    def spend_node(self) -> None:
        """Count one node of the function's own graph."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Gated(f"more than {MAX_NODES} operations on scalars")

    def spend_constant(self) -> None:
        """Count one number."""
        self.constants += 1
        if self.constants > MAX_CONSTANT_STEPS:
            raise Gated(f"more than {MAX_CONSTANT_STEPS} constants")

    def spend_derivative(self) -> None:
        """Count one operation of a derivative, and look at the clock."""
        self.derivative_steps += 1
        if self.derivative_steps > MAX_DERIVATIVE_STEPS:
            raise Gated(f"more than {MAX_DERIVATIVE_STEPS} operations while deriving")
        self.check_time()

    def check_time(self) -> None:
        """Raise if the deadline has passed.

        Raises
        ------
        TimeUp
            After `MAX_SECONDS`.
        """
        # The wall clock is cheap to read; only where it is late is the thread's asked.
        if monotonic() > self.deadline and thread_time() > self.work_until:
            raise TimeUp(f"no answer within {MAX_SECONDS:g} s")
