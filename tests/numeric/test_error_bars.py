"""The promise of the room: the true derivative lies inside the bar, at every scale."""

import math
from functools import cached_property

import mpmath
import numpy as np
import pytest

from gradcli.numeric.differences import gradient
from gradcli.numeric.onesided import one_sided

# The function in NumPy, and the same in mpmath's arithmetic.
FAMILIES = {
    "sin": (np.sin, mpmath.sin),
    "exp": (np.exp, mpmath.exp),
    "tanh": (np.tanh, mpmath.tanh),
    "arctan": (np.arctan, mpmath.atan),
    "log1p": (lambda u: np.log(1 + u * u), lambda u: mpmath.log(1 + u * u)),
    "lorentz": (lambda u: 1 / (1 + u * u), lambda u: 1 / (1 + u * u)),
    "cubic": (lambda u: u**3 - 2 * u + 1, lambda u: u**3 - 2 * u + 1),
    "gauss": (lambda u: np.exp(-u * u), lambda u: mpmath.exp(-u * u)),
    "root": (lambda u: np.sqrt(1 + u * u), lambda u: mpmath.sqrt(1 + u * u)),
    "sigmoid": (lambda u: 1 / (1 + np.exp(-u)), lambda u: 1 / (1 + mpmath.exp(-u))),
    "log": (lambda u: np.log(np.abs(u)), lambda u: mpmath.log(abs(u))),
    "power": (lambda u: np.abs(u) ** 1.75, lambda u: abs(u) ** mpmath.mpf(1.75)),
    "inverse": (lambda u: 1 / u, lambda u: 1 / u),
    "softplus": (lambda u: np.logaddexp(0, u), lambda u: mpmath.log(1 + mpmath.exp(u))),
    "product": (
        lambda u: np.sin(u) * np.exp(u / 4) * np.cos(2 * u),
        lambda u: mpmath.sin(u) * mpmath.exp(u / 4) * mpmath.cos(2 * u),
    ),
    "cancelling": (lambda u: (1e6 + np.sin(u)) - 1e6, mpmath.sin),
    "roots": (lambda u: (u - 1) * (u - 2) * (u - 3), lambda u: (u - 1) * (u - 2) * (u - 3)),
    "runge": (lambda u: 1 / (1 + 25 * u * u), lambda u: 1 / (1 + 25 * u * u)),
    "eighth": (lambda u: (1 + u / 4) ** 8, lambda u: (1 + u / 4) ** 8),
    "versine": (lambda u: 1 - np.cos(u), lambda u: 1 - mpmath.cos(u)),
}
DIGITS = 60


class Draw:
    """A f(x/L + b) with everything at random between 1e-8 and 1e8."""

    def __init__(self, name, rng, spread):
        self.f, self.exact = FAMILIES[name]
        self.height, self.length = 10 ** rng.uniform(-8, 8, 2)
        self.x = float(2 * rng.normal() * self.length * 10 ** rng.uniform(-spread, spread))
        self.shift = float(rng.normal()) if spread else 0.0

    def __call__(self, x):
        return self.height * self.f(x / self.length + self.shift)

    @cached_property
    def slope(self):
        with mpmath.workdps(DIGITS):
            at = mpmath.mpf(self.x) / self.length + self.shift
            return mpmath.diff(self.exact, at) * self.height / self.length

    def is_far(self):
        return abs(self.x / self.length + self.shift) > 100

    def miss(self, value, error):
        """How many bars the truth lies away; None where nothing is claimed."""
        if not math.isfinite(error):
            return None
        with mpmath.workdps(DIGITS):
            return float(abs(mpmath.mpf(float(value)) - self.slope) / mpmath.mpf(float(error)))


def draws(rng, spread, count):
    made = (Draw(name, rng, spread) for _ in range(count) for name in FAMILIES)
    return [draw for draw in made if not draw.is_far()]


@pytest.mark.parametrize(("spread", "seed"), [(0, 1), (4, 2)])
def test_the_true_error_is_inside_the_bar(spread, seed):
    misses, relative = [], []
    for draw in draws(np.random.default_rng(seed), spread, 15):
        estimate = gradient(draw, (np.array(draw.x),))
        misses.append(draw.miss(estimate.value, estimate.error))
        slope = abs(float(draw.slope))
        relative.append(float(estimate.error) / slope if slope else math.inf)
    known = [m for m in misses if m is not None]
    assert len(misses) >= 180
    assert len(known) >= 0.9 * len(misses)
    assert max(known) <= 1
    assert np.median(relative) < 1e-9
    if spread == 0:
        assert np.mean(np.array(relative) < 1e-6) > 0.95


def test_one_sided_bars_hold_the_truth_too():
    misses, kinks = [], 0
    for draw in draws(np.random.default_rng(3), 2, 6):
        sides = one_sided(draw, (np.array(draw.x),), ())
        kinks += bool(sides.differ)
        misses += [draw.miss(sides.left, sides.left_error)]
        misses += [draw.miss(sides.right, sides.right_error)]
    known = [m for m in misses if m is not None]
    assert len(known) >= 200
    assert max(known) <= 1
    assert kinks == 0


def test_noise_of_any_level_is_covered():
    def hashed(x):
        return math.modf(math.sin(float(x) * 1e9 / scale) * 43758.5453)[0]

    rng, known = np.random.default_rng(4), []
    for draw in draws(rng, 0, 6):
        scale, level = abs(draw.x), 10 ** rng.uniform(-13, -3)

        def noisy(x, draw=draw, level=level):
            plain = draw(x)
            return plain + level * hashed(x) * max(abs(plain), draw.height)

        estimate = gradient(noisy, (np.array(draw.x),))
        known.append(draw.miss(estimate.value, estimate.error))
    known = [m for m in known if m is not None]
    assert len(known) >= 100
    assert max(known) <= 1
