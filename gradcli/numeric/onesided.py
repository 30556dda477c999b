"""One-sided difference quotients in float64: how a kink of a black box shows itself.

May import the room. Stencils lie strictly on one side of the point, with three steps and two
levels of extrapolation in all powers of the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.numeric.ladder import Side
from gradcli.numeric.noise import evaluation_noise
from gradcli.numeric.probe import Floats, Probe
from gradcli.numeric.section import Coordinate, Section, direction
from gradcli.numeric.slopes import Request, Slope, slope


@dataclass(frozen=True, slots=True)
class OneSided:
    """The slopes on both sides of a point, of the output's shape.

    Parameters
    ----------
    left, left_error, right, right_error
        Estimates and half-widths of their bars; inf where a side is outside the domain, jumps,
        or has no finite slope that float64 can show.
    evaluations
        Function evaluations spent.
    """

    left: Floats
    left_error: Floats
    right: Floats
    right_error: Floats
    evaluations: int

    @property
    def differ(self) -> NDArray[np.bool_]:
        """Where both sides are known and differ by more than their bars: a kink."""
        return differ(self.left, self.left_error, self.right, self.right_error)


def differ(
    a: Floats | float, a_error: Floats | float, b: Floats | float, b_error: Floats | float
) -> NDArray[np.bool_]:
    """Return where two estimates lie apart by more than the sum of their bars."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(np.subtract(a, b)) > np.add(a_error, b_error))


def one_sided(
    f: Callable[..., Any],
    xs: Sequence[Any],
    where: int | tuple[int, ...] | NDArray[Any],
    k: int = 0,
) -> OneSided:
    """Return the one-sided derivatives of a function at a point.

    Parameters
    ----------
    f, xs
        ``f(*xs)`` returns a number or an array.
    where
        The entry to move, an index; or the direction to move along, a floating array of the
        argument's shape.
    k
        Number of the argument.

    Examples
    --------
    >>> sides = one_sided(np.abs, (np.array(0.0),), ())
    >>> float(sides.left.round(6)), float(sides.right.round(6)), bool(sides.differ)
    (-1.0, 1.0, True)
    """
    probe = Probe(f, xs, (k,))
    section: Section
    if isinstance(where, np.ndarray):
        section = direction(probe, {k: where.astype(np.float64)})
    else:
        point = probe.points[k]
        section = Coordinate(probe, k, int(np.arange(point.size).reshape(point.shape)[where]))
    left, right = side_slope(section, Side.LEFT), side_slope(section, Side.RIGHT)
    return OneSided(
        left.value.reshape(probe.shape),
        left.error.reshape(probe.shape),
        right.value.reshape(probe.shape),
        right.error.reshape(probe.shape),
        probe.evaluations,
    )


def side_slope(section: Section, side: Side, goal: float = 0.0) -> Slope:
    """Return the slope on one side, with the noise measured on that side."""
    noise = evaluation_noise(section, sign=float(side.value))
    return slope(section, noise, Request(side=side, goal=goal))
