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

from gradcli.exact.branches import Branches
from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.limits import Side, SideKind, full_limit, quick_limit
from gradcli.exact.numbers import MpNumbers
from gradcli.exact.run import Direction, Run, Values, start
from gradcli.ir.program import Program

# A difference that shrinks by this with more digits was rounding.
NOISE_SHRINKS = 1e-30
# … as is one within this many times the rounding that the finer run is expected to have.
NOISE_MARGIN = 100


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
    fine
        Working digits where the first do not tell a difference from rounding.
    rules
        Digits of the numbers that the engine's rules are run over.
    """

    digits: int
    exponents: tuple[int, ...]
    further: tuple[int, ...]
    fine: int
    rules: int


# verdict.md sections 1 and 2, steps 4 and 8.
FIRST = Scheme(200, (30, 40, 50), (60, 70), 400, 60)
CONFIRM = Scheme(400, (50, 60, 70), (80, 90), 500, 120)
# Where 200 digits do not reach. The value may be 616 decades above the derivative, the span
# of doubles; and a phase as large as a double, as in sin(x*x), turns 308 decades faster than
# its argument grows, so that steps have to be that much smaller.
WIDE = Scheme(1200, (330, 340, 350), (360, 370), 1700, 700)
WIDE_CONFIRM = Scheme(1500, (350, 360, 370), (380, 390), 2000, 900)
# For functions whose series take long in many digits; the rule check needs 20 of them.
SLOW = Scheme(90, (18, 23, 28), (33, 38), 180, 60)
SLOW_CONFIRM = Scheme(140, (28, 33, 38), (43, 48), 200, 120)

# Two differences that are one number agree to this.
_ONE_NUMBER = 1e-10
# A step has to stand out of a number's rounding by this.
STABLE_STEPS = 1e20

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
    branches
        Programs of the branches that Python takes beside the point.
    """

    def __init__(
        self,
        program: Program,
        inputs: Sequence[Any],
        scheme: Scheme,
        branches: Branches | None = None,
    ) -> None:
        self.program = program
        self.scheme = scheme
        self.branches = branches
        self.run = start(program, inputs, MpNumbers(scheme.digits))
        self._fine: Run | None = None
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
        side = None
        if deltas[-1] != 0 or self._is_flat(direction, sign):
            side = quick_limit(steps, deltas)
        if side is None:
            return self._settle(direction, sign, deltas)
        noise = self.fine_noise if deltas[-1] == 0 else self.noise
        return _with_noise(side, noise / steps[-1])

    def _is_flat(self, direction: Direction, sign: int) -> bool:
        """Whether a difference of exactly zero is still zero with more digits."""
        delta = self._difference(self.fine, direction, sign, self.scheme.exponents[-1])
        return delta is not None and abs(delta) <= NOISE_MARGIN * self.fine_noise

    def resolves(self, scale: Any) -> bool:
        """Whether the smallest step, in units of 1, changes a number of this size at all."""
        last = max(self.scheme.exponents + self.scheme.further)
        return bool(scale * STABLE_STEPS < self.step(self.run, last - self.scheme.fine))

    def both(self, direction: Direction, watch: Watch | None = None) -> tuple[Side, Side]:
        """Return the right and the left derivative along a direction."""
        return self.side(direction, 1, watch), self.side(direction, -1, watch)

    def _difference(
        self, run: Run, direction: Direction, sign: int, exponent: int, watch: Watch | None = None
    ) -> Any:
        """Return ±(f(x ± h·d) − f(x)); ``None`` where a branch flips that was never seen."""
        h = sign * self.step(run, exponent)
        values = run.beside(direction, h)
        if run.flipped(values) is None:
            if watch is not None:
                watch(values)
            return sign * (run.scalar(values) - run.value)
        there = None if self.branches is None else self.branches.value(run, direction, h)
        return None if there is None else sign * (there - run.value)

    @property
    def fine(self) -> Run:
        """The same point with more digits."""
        if self._fine is None:
            self._fine = start(self.program, self.run.inputs, MpNumbers(self.scheme.fine))
        return self._fine

    @property
    def fine_noise(self) -> Any:
        """How far a value may be off by the rounding of the finer run."""
        return self.noise * self.step(self.run, self.scheme.fine - self.scheme.digits)

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
            if self._is_garbage(coarse, fine):
                return Side(SideKind.UNSETTLED)
            checked.append(self._without_noise(coarse, fine))
        steps = [self.step(self.fine, e) for e in exponents]
        return _with_noise(full_limit(steps, checked), self.fine_noise / steps[-1])

    def _is_garbage(self, coarse: Any, fine: Any) -> bool:
        """Whether a difference could be rounding in either precision, and yet does not shrink.

        Then the digits do not reach to the function at all: 90 say nothing of tan(1e200).
        """
        if is_nan(coarse) or is_nan(fine) or is_infinite(coarse) or is_infinite(fine):
            return False
        size, gap = abs(fine), abs(fine - coarse)
        drowned = size <= NOISE_MARGIN * self.fine_noise and coarse != 0
        return bool(drowned and size > NOISE_SHRINKS * abs(coarse) and gap > _ONE_NUMBER * size)

    def _without_noise(self, coarse: Any, fine: Any) -> Any:
        """Return a difference, or zero where more digits show that it was rounding."""
        if is_nan(fine) or is_infinite(fine):
            return fine
        size = abs(fine)
        shrinks = not is_nan(coarse) and size <= NOISE_SHRINKS * abs(coarse)
        return fine * 0 if shrinks or size <= NOISE_MARGIN * self.fine_noise else fine


def _with_noise(side: Side, noise: Any) -> Side:
    """Return a limit whose error includes what the rounding of values does to it."""
    if side.kind is not SideKind.FINITE:
        return side
    return replace(side, error=side.error + 2 * noise)
