"""The full examination of one entry whose claim the first family of stencils does not confirm.

May import the room. Every step is a chance for the claim: a second family at shorter steps with
its noise measured anew, the two one-sided quotients, the search for a jump, the look for a
tread on which the function stands still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gradcli.numeric.edges import Hunt, jump_bar
from gradcli.numeric.ladder import Side
from gradcli.numeric.noise import SAMPLES, evaluation_noise
from gradcli.numeric.onesided import differ, side_slope
from gradcli.numeric.plateau import FAR, SPAN
from gradcli.numeric.section import Coordinate
from gradcli.numeric.slopes import Kind, Request, Slope, slope
from gradcli.numeric.stencils import Jitter

# A claim is contradicted only this many error bars away (verdict.md, §2, step 8).
CONTRADICTION = 10.0
# Nor is a claim contradicted that differs by less than this part: an iteration that stops at a
# tolerance has a slightly different slope from its limit.
TRUNCATED = 1e-4
# The bars are bounds: a right claim lies within one, and is granted a little more.
CONFIRMATION = 3.0
# One-sided slopes this many bars apart are a kink.
KINKED = 3.0
# The other witnesses look for a bar of this part of the claimed difference.
GOAL = 1 / 40
# The second family's first step is not a power of two away from the first family's.
DISJOINT = 0.7
# Jumps are looked for as far as this part of the entry. The widest tread of a rounded square,
# between half and one and a half quanta, begins or ends within 0.27 of any point on it; at 0, one
# whole entry away, many functions have a pole.
HORIZON = 0.3
# Doublings of the distance, on either side, that are bisected in search of a jump.
EDGES = 8
# An entry without any effect may have been absorbed by rounding further inside: part of the
# value, over the whole distance looked at, that a claim is granted.
ABSORBED = 0.01
# A function that stands still over this relative distance on both sides (float32 cannot), where
# its slope says it should have moved visibly, is a staircase: 0 may be its derivative.
TREAD = 2.0**-23


@dataclass(frozen=True, slots=True)
class Witness:
    """One estimate of one derivative: value, half-width of the bar, shortest step."""

    value: float = math.nan
    error: float = math.inf
    step: float = 0.0

    def confirms(self, claim: float, bound: float) -> bool:
        """Whether the claim lies within a few bars and its own bound."""
        return abs(claim - self.value) <= CONFIRMATION * self.error + bound

    def contradicts(self, claim: float, bound: float) -> bool:
        """Whether the witness knows something and the claim lies more than ten bars away."""
        bars = max(CONTRADICTION * self.error, TRUNCATED * abs(self.value))
        return math.isfinite(self.error) and not abs(claim - self.value) <= bars + bound

    def agrees(self, other: Witness) -> bool:
        """Whether two bars overlap."""
        return abs(self.value - other.value) <= self.error + other.error


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision on one entry, why, and what every witness said."""

    decision: str
    reason: str
    first: Witness
    second: Witness = Witness()
    left: Witness = Witness()
    right: Witness = Witness()


def examine(
    section: Coordinate, first: Witness, kind: int, claim: float, bound: float, informative: bool
) -> Ruling:
    """Decide on an entry that the first family does not confirm.

    Parameters
    ----------
    section, first, kind
        The line, the first family's estimate and its `Kind`.
    claim, bound
        What is claimed and how far it may be off by itself.
    informative
        Whether the first family's bar is small: without that, an infinite claim may be the right
        answer to a vertical tangent.
    """
    gap = abs(claim - first.value) if math.isfinite(claim) else math.inf
    fine = GOAL * gap if math.isfinite(gap) else 0.0
    left, right = (_side(section, side, fine) for side in (Side.LEFT, Side.RIGHT))
    ruling = Ruling("inconclusive", "", first, Witness(), left, right)
    if bool(differ(left.value, KINKED * left.error, right.value, KINKED * right.error)):
        return _kinked(ruling, claim, bound)
    if not first.contradicts(claim, bound) or not (informative or math.isfinite(claim)):
        reason = f"finite differences cannot tell: {first.value:.3g} ± {first.error:.1e}"
        return replace(ruling, reason=reason)
    if kind not in (Kind.SETTLED, Kind.FLAT, Kind.UNUSED):
        return replace(ruling, reason="the quotients do not settle at any step")
    return _accuse(section, ruling, kind, claim, bound, fine)


def _accuse(
    section: Coordinate, ruling: Ruling, kind: int, claim: float, bound: float, fine: float
) -> Ruling:
    """Call every remaining witness for an entry that the first family contradicts."""
    second = _second(section, ruling.first, fine)
    gap = fine / GOAL if fine else abs(ruling.first.value)
    bar = _absorbed(section) if kind == Kind.UNUSED else _jumps(section, ruling.first, gap)
    before = ruling.first.error
    ruling = replace(
        ruling,
        first=_wider(ruling.first, bar),
        second=_wider(second, bar),
        left=_wider(ruling.left, bar),
        right=_wider(ruling.right, bar),
    )
    everyone = (ruling.first, ruling.second, ruling.left, ruling.right)
    if not all(a.agrees(b) for a, b in combinations(everyone, 2)):
        return replace(ruling, reason="the quotients disagree with each other")
    if not all(w.contradicts(claim, bound) for w in everyone):
        jump = ruling.first.error > 2 * before
        reason = "a jump nearby could explain it" if jump else "not every quotient contradicts it"
        return replace(ruling, reason=reason)
    if claim == 0 and _stands_still(section, ruling.first.value):
        return replace(ruling, reason="the function is a staircase")
    reason = "two families of central differences and both one-sided quotients contradict it"
    return replace(ruling, decision="wrong", reason=reason)


def _kinked(ruling: Ruling, claim: float, bound: float) -> Ruling:
    """Decide where the one-sided slopes differ: inside them any slope is a subgradient."""
    low, high = sorted((ruling.left, ruling.right), key=lambda w: w.value)
    slack = bound + low.error + high.error
    if low.value - slack <= claim <= high.value + slack:
        between = f"between the one-sided slopes {low.value:.6g} and {high.value:.6g}"
        return replace(ruling, decision="kink", reason=between)
    outside = f"a kink, outside the one-sided slopes {low.value:.6g} and {high.value:.6g}"
    return replace(ruling, reason=outside)


def _side(section: Coordinate, side: Side, goal: float) -> Witness:
    """Return the one-sided slope as a witness."""
    return _witness(side_slope(section, side, goal))


def _second(section: Coordinate, first: Witness, goal: float) -> Witness:
    """Return the central slope at steps the first family has not used: a closer look.

    They begin halfway (in the logarithm) between the first family's step and the one at which
    its noise, growing as 1/step, would reach the goal.
    """
    noise = max(first.error * first.step, _roundoff(section))
    shortest = max(noise / goal if goal else 0.0, section.finest)
    start = DISJOINT * math.sqrt(first.step * min(shortest, first.step))
    along = evaluation_noise(section, start / (2 * SAMPLES))
    return _witness(slope(section, along, Request(start=start, goal=goal)))


def _witness(along: Slope) -> Witness:
    """Take a slope's number; one that did not settle says nothing."""
    silent = along.kind[0] in (Kind.UNSETTLED, Kind.SILENT, Kind.TREAD)
    error = math.inf if silent else float(along.error[0])
    return Witness(float(along.value[0]), error, float(along.step[0]))


def _roundoff(section: Coordinate) -> float:
    """Return the least noise of one value at the point."""
    return float(Jitter(np.zeros(1), section.probe.unit).of(section.probe.base)[0])


def _jumps(section: Coordinate, first: Witness, gap: float) -> float:
    """Return how much a jump within the entry's own size could change the slope."""
    inside = SPAN * first.step
    room = (inside, max(HORIZON * section.scale, 2 * inside))
    hunt = Hunt(first.value, gap, GOAL * gap, room, _roundoff(section), edges=EDGES)
    return jump_bar(section, 0, hunt)


def _absorbed(section: Coordinate) -> float:
    """Return the slope that rounding may have swallowed on the way to a value that never moves."""
    return float(ABSORBED * abs(section.probe.base[0]) / (FAR[-1] * max(section.scale, 1.0)))


def _stands_still(section: Coordinate, value: float) -> bool:
    """Whether nothing moves on either side over a distance at which the slope would show."""
    step = section.snap(TREAD * section.scale)
    visible = abs(value) * step / 2 > _roundoff(section)
    still = all(section.at(s * step)[0] == section.at(s * step / 2)[0] for s in (1.0, -1.0))
    return bool(visible) and still


def _wider(witness: Witness, bar: float) -> Witness:
    return replace(witness, error=witness.error + bar)
