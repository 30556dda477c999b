"""One-sided difference quotients of a program along a direction.

May import `run`, `limits`, `numbers`, `ir`. Two precisions are at hand: where the
quotients do not settle at once, the same differences are computed again with more digits,
and what does not come out again was rounding (sin² + cos² would else look like a power
law).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.limits import Side, SideKind, full_limit, quick_limit
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.run import Direction, Run, Values, start
from gradcli.ir.program import Guard, Program

# Digits added to tell a difference from rounding noise.
EXTRA_DIGITS = 60
# Differences that come out again to this are no noise.
REPRODUCED = 1e-8


@dataclass(frozen=True, slots=True)
class Scheme:
    """A choice of precision and steps.

    Parameters
    ----------
    digits
        Working digits.
    exponents
        Steps are the scale times 10 to minus these.
    further
        Further exponents, used where the first do not settle.
    """

    digits: int
    exponents: tuple[int, ...]
    further: tuple[int, ...]


# verdict.md section 2, steps 4 and 8.
FIRST = Scheme(200, (30, 40, 50), (60, 70))
CONFIRM = Scheme(400, (50, 60, 70), (80, 90))

# For functions whose series take long in many digits; the rule check needs 20 of them.
SLOW = Scheme(90, (18, 23, 28), (33, 38))
SLOW_CONFIRM = Scheme(140, (28, 33, 38), (43, 48))

# What a caller wants to see of the runs beside the point: (direction sign, values).
Watch = Callable[[Values], None]


class Prober:
    """Takes quotients of one program at one point.

    Parameters
    ----------
    program
        A program with a scalar output.
    inputs
        The point.
    scheme
        Precision and steps.
    limit
        Units of work after which `ReferenceFailed` is raised.
    """

    def __init__(
        self, program: Program, inputs: Sequence[Any], scheme: Scheme, limit: int | None = None
    ) -> None:
        self.program = program
        self.scheme = scheme
        self.run = start(program, inputs, MpNumbers(scheme.digits, limit))
        self._fine: Run | None = None
        self.crossed: Guard | None = None
        # How far a value of the function may be off by the rounding of these digits.
        self.noise: Any = 0

    @property
    def work(self) -> int:
        """Units of work spent so far."""
        fine = 0 if self._fine is None else self._fine.numbers.work
        return int(self.run.numbers.work + fine)

    def step(self, run: Run, exponent: int) -> Any:
        """Return 10**-exponent."""
        return run.numbers.mpf(10) ** -exponent

    def side(self, direction: Direction, sign: int, watch: Watch | None = None) -> Side:
        """Return the one-sided derivative along a direction.

        Parameters
        ----------
        direction
            The displacement at step 1.
        sign
            1 for the right side, -1 for the left; the derivative is with respect to the
            length along `direction` in both cases.
        watch
            Shown the values of every slot at the largest step.

        Returns
        -------
        Side
            The limit, or why there is none.
        """
        deltas = []
        for exponent in self.scheme.exponents:
            delta = self._difference(self.run, direction, sign, exponent, watch)
            watch = None
            if delta is None:
                return Side(SideKind.BRANCH)
            deltas.append(delta)
        steps = [self.step(self.run, e) for e in self.scheme.exponents]
        side = quick_limit(steps, deltas) or self._settle(direction, sign, deltas)
        if side.kind is not SideKind.FINITE:
            return side
        return replace(side, error=side.error + 2 * self.noise / steps[-1])

    def both(self, direction: Direction, watch: Watch | None = None) -> tuple[Side, Side]:
        """Return the right and the left derivative along a direction."""
        return self.side(direction, 1, watch), self.side(direction, -1, watch)

    def _difference(
        self, run: Run, direction: Direction, sign: int, exponent: int, watch: Watch | None = None
    ) -> Any:
        """Return ±(f(x ± h·d) − f(x)); ``None`` where a branch flips."""
        values = run.beside(direction, sign * self.step(run, exponent))
        flipped = run.flipped(values)
        if flipped is not None:
            self.crossed = self.crossed or flipped
            return None
        if watch is not None:
            watch(values)
        return sign * (run.scalar(values) - run.value)

    @property
    def fine(self) -> Run:
        """The same point with more digits."""
        if self._fine is None:
            numbers = MpNumbers(self.scheme.digits + EXTRA_DIGITS, self.run.numbers.limit)
            self._fine = start(self.program, self.run.inputs, numbers)
        return self._fine

    def _settle(self, direction: Direction, sign: int, deltas: list[Any]) -> Side:
        """Return the limit by more steps and more digits."""
        exponents = (*self.scheme.exponents, *self.scheme.further)
        checked = []
        for k, exponent in enumerate(exponents):
            coarse = deltas[k] if k < len(deltas) else None
            if coarse is None:
                coarse = self._difference(self.run, direction, sign, exponent)
            fine = self._difference(self.fine, direction, sign, exponent)
            if coarse is None or fine is None:
                return Side(SideKind.BRANCH)
            checked.append(_without_noise(coarse, fine))
        return full_limit([self.step(self.fine, e) for e in exponents], checked)


def _without_noise(coarse: Any, fine: Any) -> Any:
    """Return a difference, or zero where more digits give another one."""
    if is_nan(coarse) or is_nan(fine) or is_infinite(fine):
        return fine
    if abs(coarse - fine) <= REPRODUCED * abs(fine):
        return fine
    return fine * 0
