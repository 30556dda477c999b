"""How far a claim and the gradient move apart with the rounding of constants.

May import `budget`, `bounded`, `floaterror`, `numbers`, `run`, `session`. Who writes ``(1/3)*x**3``
means a third, and ``x**2`` is its derivative; the program's own is that of the double beside it.
Each double is moved by half an ulp, wherever it stands in the function and in the claim: two
that cancel go on cancelling, and what both hold excuses nothing by itself. Where there are
many, bounds over all of them at once stand in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.exact.bounded import SHORT_BITS, Bounded, BoundedNumbers
from gradcli.exact.budget import program_cost
from gradcli.exact.classes import PointClass
from gradcli.exact.floaterror import coarsest, constants_sweep
from gradcli.exact.large import LargeSession
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


@dataclass(frozen=True, slots=True)
class Rival:
    """A claim's program beside the function's.

    Parameters
    ----------
    program
        The claim's program.
    values
        Its entries over some numbers; ``None`` where a branch flips.
    share
        The most that sums of shared data may have lost, by entry.
    """

    program: Program
    values: Callable[[Any], Sequence[Any] | None]
    share: Sequence[float]


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

    def inputs(self, arrays: Sequence[Any]) -> list[Any]:
        """Return a point over these numbers: inputs stay where they are."""
        plain = MpNumbers(self.digits)
        return [lift(x, plain) for x in arrays]


def constants_error(
    session: Session | LargeSession, entries: Sequence[Entry], rival: Rival
) -> list[float]:
    """Return how far a claim and the gradient move apart for half an ulp of every constant.

    Parameters
    ----------
    session, entries
        The function at its point, and the entries asked for.
    rival
        The claim, with as many entries.

    Returns
    -------
    list of float
        One distance per entry; infinite where it is not known.

    Notes
    -----
    A number that both programs hold in an array is data: neither author rounded it. Elsewhere
    an error of half an ulp in it would excuse a wrong claim where the data are nearly singular.
    """
    given = _data(session.program) & _data(rival.program)
    doubles = (_long_constants(session.program) | _long_constants(rival.program)) - given
    cost = (program_cost(session.program) + program_cost(rival.program)) * len(doubles)
    loose = _bounds(session, entries, rival, frozenset())
    if len(doubles) <= _MOST and cost <= _MOST_WORK and isinstance(session, Session):
        strict = _moved(session, entries, rival, sorted(doubles))
    else:
        strict = _bounds(session, entries, rival, given) if given else loose
    return [
        # Beside a kink a constant that moves leads into another branch.
        far if entry.kind is PointClass.KINK else max(near, min(far, most) if given else 0.0)
        for entry, near, far, most in zip(entries, strict, loose, rival.share, strict=True)
    ]


def _data(program: Program) -> frozenset[float]:
    """Return the entries of the arrays among a program's constants."""
    arrays = (np.asarray(c) for c in program.consts if np.size(c) > 1)
    return frozenset(x for a in arrays if a.dtype.kind == "f" for x in np.unique(a).tolist())


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


def _moved(
    session: Session, entries: Sequence[Entry], rival: Rival, doubles: Sequence[float]
) -> list[float]:
    """Return the distances when the doubles move one after another."""
    digits = session.rule_digits
    unit = float(np.finfo(coarsest(session.program)).eps) / 2
    here = _gaps(session, entries, rival, _Moved(digits, math.nan, 1))
    found = [0.0] * len(entries)
    for double in doubles:
        there = _gaps(session, entries, rival, _Moved(digits, double, 1 + session.zero + unit))
        found = [
            total + (math.inf if a is None or b is None else float(abs(a - b)))
            for total, a, b in zip(found, here, there, strict=True)
        ]
    return found


def _gaps(session: Session, entries: Sequence[Entry], rival: Rival, numbers: _Moved) -> list[Any]:
    """Return the claim minus the gradient by the rules, entry by entry."""
    said = rival.values(numbers)
    if said is None:
        return [None] * len(entries)
    run = start(session.program, numbers.inputs(session.inputs), numbers)
    adjoints = run.adjoints()
    rules = [_entry(adjoints[e.slot], e, session.zero) for e in entries]
    return [c - r for c, r in zip(said, rules, strict=True)]


def _entry(adjoint: Any, entry: Entry, zero: Any) -> Any:
    if adjoint is None:
        return zero
    return adjoint.entries[entry.index] if adjoint.shape else adjoint.entries[()]


def _bounds(
    session: Session | LargeSession,
    entries: Sequence[Entry],
    rival: Rival,
    given: frozenset[float],
) -> list[float]:
    """Return bounds over all constants at once, each taken for itself wherever it stands."""
    unit = float(np.finfo(coarsest(rival.program)).eps) / 2
    carried = rival.values(BoundedNumbers(exact=True, uncertain=unit, given=given))
    if carried is None:
        return [math.inf] * len(entries)
    errors = [c.e if isinstance(c, Bounded) else 0.0 for c in carried]
    if isinstance(session, LargeSession):
        return errors
    sweep = constants_sweep(session.program, session.inputs, given)
    own = (sweep.error_at(e.slot, e.index) for e in entries)
    return [a + b for a, b in zip(errors, own, strict=True)]
