"""Programs of the branches that a function takes beside the point.

May import `run`, `ir`. A recorded program is one path through Python's branches. Where a
step to the side flips one, the function is recorded anew a little farther on that side, and
what was recorded counts only if its own guards hold at the exact point in question. So
``if x > 0`` at 0 is seen from both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.exact.run import FROZEN, Direction, Run, start
from gradcli.ir.program import Program

# Records the function at a point: float arrays in, scalar program out.
Retrace = Callable[..., Program]

# Distances, relative to the scale of the direction, at which the function is recorded anew.
_DISTANCES = (1e-3, 1e-6, 1e-9, 1e-12)
# Branch programs that are kept.
_MOST = 16


class Branches:
    """The other branches of a program.

    Parameters
    ----------
    program
        The program at the point.
    retrace
        Records the function elsewhere.
    """

    def __init__(self, program: Program, retrace: Retrace) -> None:
        self.program, self.retrace = program, retrace
        self.programs: list[Program] = []
        self._runs: dict[tuple[int, int], Run] = {}

    def value(self, run: Run, direction: Direction, h: Any) -> Any:
        """Return the function's value at the point of `run` plus `h` times a direction.

        ``None`` where no recorded branch holds there, or where a value is frozen at the
        point: another branch's frozen values are not known.
        """
        if any(record[0].name in FROZEN for record in self.program.records):
            return None
        for number in range(len(self.programs)):
            found = self._value_of(number, run, direction, h)
            if found is not None:
                return found
        for distance in _DISTANCES:
            if len(self.programs) < _MOST and self._record(run, direction, h, distance):
                found = self._value_of(len(self.programs) - 1, run, direction, h)
                if found is not None:
                    return found
                self.programs.pop()
        return None

    def _value_of(self, number: int, run: Run, direction: Direction, h: Any) -> Any:
        """Return the value of one branch there, if its guards hold there."""
        key = (number, run.numbers.digits)
        if key not in self._runs:
            self._runs[key] = start(self.programs[number], run.inputs, run.numbers)
        there = self._runs[key].beside(direction, h)
        if self._runs[key].flipped(there) is not None:
            self._forget(number)
            return None
        return self._runs[key].scalar(there)

    def _forget(self, number: int) -> None:
        """Drop the runs of a branch that may be replaced by another one."""
        if number == len(self.programs) - 1:
            self._runs = {key: r for key, r in self._runs.items() if key[0] != number}

    def _record(self, run: Run, direction: Direction, h: Any, distance: float) -> bool:
        """Record the function a little farther along a direction."""
        point = _moved(run, direction, distance if h > 0 else -distance)
        try:
            with np.errstate(all="ignore"):
                program = self.retrace(*point)
        except Exception:
            # A user's function may raise anything at a point it was not asked for.
            return False
        if any(record[0].name in FROZEN for record in program.records):
            return False
        self.programs.append(program)
        return True


def _moved(run: Run, direction: Direction, distance: float) -> Sequence[Any]:
    """Return the inputs in float64, moved along a direction."""
    point = []
    for slot in run.program.inputs:
        array = np.array(run.program.values[slot], dtype=np.float64)
        line = array.reshape(-1)
        for i, d in direction.get(slot, {}).items():
            line[i] += distance * float(d)
        point.append(array if array.shape else array[()])
    return point
