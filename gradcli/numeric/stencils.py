"""Difference quotients at three steps, extrapolated twice, with what is known of their error.

May import NumPy and `probe`. Steps need not be exact multiples of each other: the weights are
Lagrange's, at the steps that were taken. Central quotients have errors in even powers of the
step, one-sided ones in all powers (Richardson; Ralston and Rabinowitz, *A First Course in
Numerical Analysis*, §4.2).

The truncation of the second level is bounded by the disagreement of the two first-level values,
one whole order too pessimistic on purpose: it stays a bound where the third derivative jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcli.numeric.probe import Floats

# Steps of a stencil: j, j + 1, j + 2 on a ladder of doublings.
NODES = 3
# The noise of one value is taken as this many measured deviations, at least as this many
# units of roundoff of the value (a chain of a few operations), and never below one subnormal.
DEVIATIONS = 3.0
ROUNDOFFS = 4.0
SUBNORMAL = float(np.finfo(np.float64).smallest_subnormal)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one stencil says about every output.

    Parameters
    ----------
    step
        The shortest step.
    value, truncation, noise
        Estimate of the derivative and the two halves of its error; NaN and inf outside the
        domain. At a kink the truncation covers both one-sided slopes.
    variation
        Steepest quotient met; 0 when no point of the stencil differs from the base.
    """

    step: float
    value: Floats
    truncation: Floats
    noise: Floats
    variation: Floats


@dataclass(frozen=True, slots=True)
class Jitter:
    """The noise of single values: the measured deviation and the unit roundoff."""

    deviation: Floats
    unit: float

    def of(self, values: Floats) -> Floats:
        """Return the noise of values, shape (..., m)."""
        rounding = ROUNDOFFS * self.unit * np.abs(values)
        return np.maximum(np.maximum(DEVIATIONS * self.deviation, rounding), SUBNORMAL)


def lagrange_at_zero(nodes: Floats) -> Floats:
    """Return the weights of the interpolating polynomial's value at 0.

    Parameters
    ----------
    nodes
        Distinct abscissae, shape (p,).

    Returns
    -------
    ndarray, shape (p,)
        They sum to 1.

    Examples
    --------
    >>> lagrange_at_zero(np.array([1.0, 4.0])).round(3).tolist()
    [1.333, -0.333]
    """
    weights = np.ones(nodes.size)
    for j, node in enumerate(nodes):
        others = np.delete(nodes, j)
        weights[j] = np.prod(others / (others - node))
    return weights


def silence(step: float, size: int) -> Reading:
    """Return the reading of a stencil that leaves the domain."""
    nothing, unbounded = np.full(size, np.nan), np.full(size, np.inf)
    return Reading(step, nothing, unbounded, unbounded, unbounded)


def central(steps: Floats, plus: Floats, minus: Floats, base: Floats, jitter: Jitter) -> Reading:
    """Read a symmetric stencil.

    Parameters
    ----------
    steps
        Three increasing steps.
    plus, minus
        Values at +steps and −steps, shape (3, m).
    base
        Values at the point, shape (m,).
    jitter
        Noise of one value.

    Returns
    -------
    Reading
        Its truncation holds the slope's jump as well (`_gap`), so that |x| at 0 reads 0 ± 1.
    """
    with np.errstate(all="ignore"):
        wide = steps[:, None]
        quotients = (plus - minus) / (2 * wide)
        value, truncation, weights = extrapolate(quotients, (steps / steps[0]) ** 2)
        noise = np.abs(weights) @ ((jitter.of(plus) + jitter.of(minus)) / (2 * wide))
        gap = _gap(steps, (plus - base) + (minus - base))
        variation = np.maximum(np.abs(plus - base), np.abs(minus - base)) / wide
        return _checked(steps, value, truncation + np.abs(gap) / 2, noise, variation)


def one_sided(steps: Floats, values: Floats, base: Floats, jitter: Jitter, sign: float) -> Reading:
    """Read a stencil on one side of the point; `sign` is +1 for the right one."""
    with np.errstate(all="ignore"):
        wide = steps[:, None]
        quotients = sign * (values - base) / wide
        value, truncation, weights = extrapolate(quotients, steps / steps[0])
        noise = np.abs(weights) @ (jitter.of(values) / wide)
        noise = noise + np.abs(weights @ (1 / steps)) * jitter.of(base)
        return _checked(steps, value, truncation, noise, np.abs(quotients))


def extrapolate(quotients: Floats, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the second-level value, the spread of the first level, and the weights."""
    weights = lagrange_at_zero(nodes)
    near = lagrange_at_zero(nodes[:2]) @ quotients[:2]
    far = lagrange_at_zero(nodes[1:]) @ quotients[1:]
    return weights @ quotients, np.abs(near - far), weights


def _gap(steps: Floats, doubled: Floats) -> Floats:
    """Return the right slope minus the left one, extrapolated from f(x+h) + f(x−h) − 2 f(x).

    Over h it is J + f″h + f⁗h³/12 + …: the weights keep J and remove h and h³.
    """
    nodes = steps / steps[0]
    powers = np.array([np.ones(NODES), nodes, nodes**3])
    weights = np.linalg.solve(powers, np.array([1.0, 0.0, 0.0]))
    return np.asarray(weights @ (doubled / steps[:, None]))


def _checked(
    steps: Floats, value: Floats, truncation: Floats, noise: Floats, variation: Floats
) -> Reading:
    """Silence the outputs at which anything is not finite."""
    sound = np.isfinite(value) & np.isfinite(truncation) & np.isfinite(noise)
    return Reading(
        float(steps[0]),
        np.where(sound, value, np.nan),
        np.where(sound, truncation, np.inf),
        np.where(sound, noise, np.inf),
        np.where(sound, variation.max(axis=0), np.inf),
    )
