"""How far a gradient moves with the rounding of the constants in its function.

May import `budget`, `bounded`, `floaterror`, `numbers`, `run`. Who writes ``(1/3)*x**3`` means a
third, and ``x**2`` is its derivative; the program's own is that of the double beside it. Each
constant is moved by half an ulp, wherever it stands: two that cancel go on cancelling.
Where there are many, bounds over all of them at once stand in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.exact.bounded import SHORT_BITS
from gradcli.exact.budget import program_cost
from gradcli.exact.floaterror import coarsest, constants_sweep
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.report import Entry
from gradcli.exact.run import start
from gradcli.exact.session import Session
from gradcli.ir.program import Program
from gradcli.ops.entries import lift
from gradcli.ops.pythonic import FLOAT

# Constants that are moved one by one, and the work that may take.
_MOST = 24
_MOST_WORK = 4_000_000


class _Moved(MpNumbers):
    """Numbers of which one double stands for another number.

    Parameters
    ----------
    digits
        As in `MpNumbers`.
    double, factor
        The double, and what it is multiplied with where it is converted.
    """

    def __init__(self, digits: int, double: float, factor: Any) -> None:
        super().__init__(digits)
        self._double, self._factor = double, factor

    def convert(self, value: Any) -> Any:
        """Return the exact scalar of a number, but for the one that is moved."""
        number = super().convert(value)
        return number * self._factor if type(value) is FLOAT and value == self._double else number


def constants_error(
    session: Session, entries: Sequence[Entry], given: frozenset[float], share: Sequence[float]
) -> list[float]:
    """Return how far entries of the gradient move with the constants of the function.

    Parameters
    ----------
    session, entries
        The function at its point, and the entries asked for.
    given
        Constants that are data, and exact.
    share
        The most that sums of such data may have lost, by entry.

    Returns
    -------
    list of float
        One distance per entry, for half an ulp of every long constant.
    """
    program = session.program
    doubles = _long_constants(program) - given
    if len(doubles) <= _MOST and program_cost(program) * len(doubles) <= _MOST_WORK:
        found = np.zeros(len(entries))
        for double in sorted(doubles):
            found += _moved_by(session, entries, double)
        strict = found.tolist()
    else:
        sweep = constants_sweep(program, session.inputs, given)
        strict = [sweep.error_at(e.slot, e.index) for e in entries]
    loose = constants_sweep(program, session.inputs) if given else None
    if loose is None:
        return strict
    summed = [min(loose.error_at(e.slot, e.index), s) for e, s in zip(entries, share, strict=True)]
    return [max(pair) for pair in zip(strict, summed, strict=True)]


def _long_constants(program: Program) -> frozenset[float]:
    """Return the doubles among a program's constants that use too many bits to be typed."""
    arrays = (np.asarray(c) for c in program.consts)
    floats = (np.unique(a).tolist() for a in arrays if a.dtype.kind == "f")
    return frozenset(x for row in floats for x in row if _is_long(x))


def _is_long(x: float) -> bool:
    """Whether a double uses more bits than what people type exactly."""
    if not math.isfinite(x) or x == 0.0:
        return False
    digits = int(math.ldexp(math.frexp(x)[0], 53))
    return (digits // (digits & -digits)).bit_length() > SHORT_BITS


def _moved_by(session: Session, entries: Sequence[Entry], double: float) -> Any:
    """Return how far the entries move when one constant moves by half an ulp."""
    program = session.program
    plain = MpNumbers(session.rule_digits)
    unit = float(np.finfo(coarsest(program)).eps) / 2
    numbers = _Moved(session.rule_digits, double, plain.one + unit)
    point = [lift(x, plain) for x in session.inputs]
    adjoints = start(program, point, numbers).adjoints()
    return np.array([_distance(adjoints[e.slot], e) for e in entries])


def _distance(adjoint: Any, entry: Entry) -> float:
    """Return how far an entry of a moved gradient is from the rules' own."""
    if entry.rules is None:
        return math.inf
    if adjoint is None:
        return float(abs(entry.rules))
    moved = adjoint.entries[entry.index] if adjoint.shape else adjoint.entries[()]
    return float(abs(moved - entry.rules))
