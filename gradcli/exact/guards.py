"""What the branches of a recorded run say: whether another run takes them, whether it iterates.

May import `gates`, `ir` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.exact.gates import is_nan
from gradcli.ir.program import Guard, Program


def guard_holds(value: Any, recorded: Any) -> bool:
    """Whether a value steers a run the way it was recorded.

    Parameters
    ----------
    value
        Entry array of the value that was looked at.
    recorded
        What the float64 run saw: truth values, whole numbers or floats.
    """
    seen = np.asarray(recorded)
    if np.shape(value) != seen.shape:
        return False
    entries = value.entries.ravel().tolist()
    return all(_steers_alike(a, b) for a, b in zip(entries, seen.ravel().tolist(), strict=True))


def stops_at_tolerance(program: Program) -> bool:
    """Whether a loop of the function ends where a number has become small enough.

    Parameters
    ----------
    program
        The recorded program, with the places of its guards.

    Returns
    -------
    bool
        True where a line was asked several times and answered differently at last only, when
        what it compares had become small: the test of ``while abs(step) > 1e-12``. What such
        a function computes, and its derivative, is that of the limit only up to the tolerance.
    """
    asked: dict[tuple[str, int], list[Guard]] = {}
    for guard in program.guards:
        if guard.place is not None and isinstance(guard.value, bool | np.bool_):
            asked.setdefault((guard.place.file, guard.place.line), []).append(guard)
    return any(_changes_at_last(g) and _is_small(program, g[-1]) for g in asked.values())


def _changes_at_last(guards: list[Guard]) -> bool:
    *before, last = (bool(guard.value) for guard in guards)
    return len(before) > 1 and set(before) == {not last}


def _is_small(program: Program, guard: Guard) -> bool:
    """Whether both sides of a comparison are: ``while x > pi`` converges to nothing."""
    first = len(program.inputs)
    if guard.ref < first:
        return False
    refs = program.records[guard.ref - first][1]
    return all(np.max(np.abs(program.value(r)), initial=0.0) <= _SMALL for r in refs)


# A step or a residual, and the tolerance it is compared with, are no larger at the end.
_SMALL = 1e-3
# A float that was read is the same number if it agrees to what float64 rounding leaves.
_READ_TOLERANCE = 1e-9


def _steers_alike(value: Any, recorded: Any) -> bool:
    if isinstance(recorded, bool):
        return bool(value) == recorded
    if is_nan(value) or is_nan(recorded):
        return is_nan(value) and is_nan(recorded)
    if isinstance(recorded, int):
        return bool(recorded == value) or int(value) == recorded
    return bool(abs(value - recorded) <= _READ_TOLERANCE * max(1.0, abs(recorded)))
