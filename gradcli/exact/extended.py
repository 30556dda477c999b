"""The program and its sweep in extended precision, where the machine has it.

May import `engine`, `ir`. NumPy's long double has 64 bits of mantissa on x86: eleven more
than a double, at the speed of plain loops. For programs too large for 200 digits this shows
the rounding of the float64 sweep, and difference quotients with ten digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.engine.vjp import reverse
from gradcli.errors import GradcliError
from gradcli.exact.run import FROZEN
from gradcli.exact.ties import COMPARISONS, LARGEST, ORDERED
from gradcli.ir.program import Program, Record
from gradcli.ops.axes import spread

LONG = np.longdouble
# Bits of the mantissa from which a long double is worth its time.
_MANTISSA = 63
# Steps of the quotients, relative; the first that crosses no kink is used.
STEPS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
# The rounding of a value of the function, in units of its last place.
_NOISE = 64

Arrays = Mapping[int, Any]


def has_extended() -> bool:
    """Whether this machine's long double is longer than its double."""
    return int(np.finfo(LONG).nmant) >= _MANTISSA


class Extended:
    """A program in extended precision at a point.

    Parameters
    ----------
    program
        A program with one scalar output, traced at the point.

    Raises
    ------
    TypeError
        Where an operation does not take long doubles.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.held: dict[int, Any] = {}
        self.first = 0
        inputs = [np.asarray(program.values[s], dtype=LONG)[()] for s in program.inputs]
        self.values = evaluate(program, inputs)
        self.held = {r[3]: self.values[r[3]] for r in program.records if r[0].name in FROZEN}

    def gradient(self, slots: Sequence[int]) -> list[Any]:
        """Return the gradient by the engine's rules in extended precision."""
        ref = self.program.outputs[0]
        seed = {ref: np.ones(np.shape(self.values[ref]), dtype=LONG)[()]}
        adjoint = reverse(self.program.records, self.values, self.program.consts, seed)
        zeros = [np.zeros(np.shape(self.values[s]), dtype=LONG) for s in slots]
        return [z if adjoint[s] is None else adjoint[s] for s, z in zip(slots, zeros, strict=True)]

    def _beside(self, directions: Arrays, h: float) -> Sequence[Any]:
        inputs = [
            self.values[s] + LONG(h) * directions[s] if s in directions else self.values[s]
            for s in self.program.inputs
        ]
        return evaluate(self.program, inputs, self.held)

    def slope(self, directions: Arrays) -> tuple[Any, Any] | None:
        """Return the derivative along a direction and its error.

        ``None`` where every step crosses a kink.

        Parameters
        ----------
        directions
            One array per input that moves.
        """
        for h in STEPS[self.first :]:
            wide = self._quotient(directions, h)
            narrow = None if wide is None else self._quotient(directions, h / 2)
            if narrow is not None:
                # Kinks are as dense along the next direction.
                self.first = STEPS.index(h)
                # Both are off by a multiple of h², which their difference shows.
                noise = np.finfo(LONG).eps * abs(self.values[self.program.outputs[0]]) / LONG(h)
                return (4 * narrow - wide) / 3, abs(narrow - wide) + _NOISE * noise
        return None

    def _quotient(self, directions: Arrays, h: float) -> Any | None:
        """Return the central quotient with one step, if it crosses no kink."""
        ref = self.program.outputs[0]
        right, left = self._beside(directions, h), self._beside(directions, -h)
        if not (self._same_branches(right) and self._same_branches(left)):
            return None
        return (right[ref] - left[ref]) / (2 * LONG(h))

    def _same_branches(self, values: Sequence[Any]) -> bool:
        """Whether no guard, comparison, margin or largest element changes."""
        for guard in self.program.guards:
            if guard.ref >= 0 and np.any(values[guard.ref] != self.values[guard.ref]):
                return False
        return all(
            np.array_equal(self._branch(r, values), self._branch(r, self.values))
            for r in self.program.records
            if r[0].kink is not None or r[0].name in COMPARISONS
        )

    def _branch(self, record: Record, values: Sequence[Any]) -> Any:
        """Return which branch every entry of an operation takes."""
        op, refs, params, out = record
        if op.name in COMPARISONS:
            return values[out]
        args = [values[r] if r >= 0 else self.program.consts[~r] for r in refs]
        if op.name in LARGEST:
            y = spread(values[out], np.shape(args[0]), params["axis"], params["keepdims"])
            return args[0] == y
        if op.name in ORDERED:
            return np.argsort(args[0], axis=params.get("axis", -1), kind="stable")
        return np.sign(op.kink.margin(*args, **params)) if op.kink is not None else None


def make_extended(program: Program) -> Extended | None:
    """Return the program in extended precision, or ``None`` where that cannot be."""
    if not has_extended() or program.outputs[0] < 0:
        return None
    try:
        with np.errstate(all="ignore"):
            return Extended(program)
    except (TypeError, ValueError, GradcliError):
        return None
