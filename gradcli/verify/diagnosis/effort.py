"""How much work the search for an explanation may do.

May import `ir`. Work is counted in visits of a record of a program, so that the same input
always gets the same explanation; the clock is a guard of last resort, for user code of which
no program is known.
"""

from __future__ import annotations

import time

import numpy as np

from gradcli.ir.program import Program

# Visits of a record for one wrong gradient; about three seconds of Python.
MOST_VISITS = 1_000_000.0
# Recording a function and sweeping back visits every record about this often.
TRACED_SWEEP = 4.0
# The guard: well under the 30 s that a unit of work has.
MOST_SECONDS = 8.0
# An array of this many entries costs as much again as the visit itself.
_ENTRIES = 1000.0
# Calling user code costs this many visits, however short it is.
_CALL = 20.0


class Effort:
    """Visits of records that are left.

    Parameters
    ----------
    visits
        How many there are.
    seconds
        Wall clock after which nothing is left either.
    """

    def __init__(self, visits: float = MOST_VISITS, seconds: float = MOST_SECONDS) -> None:
        self.left = visits
        self._until = time.monotonic() + seconds

    def spend(self, visits: float) -> bool:
        """Take visits; return whether there were so many, and time.

        Parameters
        ----------
        visits
            What the next step costs. A step that is not affordable is not made, and
            nothing is taken for it.
        """
        if visits > self.left or time.monotonic() > self._until:
            return False
        self.left -= visits
        return True

    def charge(self, visits: float) -> None:
        """Take visits that were made already.

        Parameters
        ----------
        visits
            How many.
        """
        self.left = max(0.0, self.left - visits)

    def share(self, part: float) -> Effort:
        """Return an effort of a part of what is left, taken from this one.

        Parameters
        ----------
        part
            Between 0 and 1.
        """
        taken = Effort(self.left * part)
        taken._until = self._until
        self.left -= taken.left
        return taken

    def give_back(self, share: Effort) -> None:
        """Take back what is left of a share."""
        self.left += share.left
        share.left = 0.0


def visits(program: Program | None) -> float:
    """Return what one sweep through a program costs.

    Parameters
    ----------
    program
        The program; ``None`` where it is not known: as much as a call.
    """
    if program is None:
        return _CALL
    entries = sum(np.size(program.values[out]) for _, _, _, out in program.records)
    return _CALL + len(program.records) + entries / _ENTRIES
