"""Where the ULP of a function is measured: every magnitude, and the edges on purpose.

A *domain* is a function of a random generator and a number of points that returns one
array per input. Edges: 0, -0, denormals, 1 and its neighbours, multiples of pi/2 and
theirs, the edges of overflow, infinity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Points = list[Any]
Domain = Callable[[np.random.Generator, int], Points]

# From so many points on, every edge of one input meets every edge of the other.
_MANY = 1000
TINY = 5e-324
NORMAL = 2.2250738585072014e-308
HUGE = 1.7976931348623157e308
_MAGNITUDES = [0.0, -0.0, TINY, 2 * TINY, 1e-320, NORMAL, np.nextafter(NORMAL, 0), 1e-300, 1e-154]
_MAGNITUDES += [1.5e-154, 1e-16, 1e-8, 0.5, 1.0, 2.0, 3.0, 1e8, 1e16, 1e154, 1.4e154, 1e300, HUGE]


def neighbours(x: float, count: int = 4) -> list[float]:
    """Return a float and its nearest neighbours on both sides."""
    out, up, down = [x], x, x
    for _ in range(count):
        up, down = float(np.nextafter(up, np.inf)), float(np.nextafter(down, -np.inf))
        out += [up, down]
    return out


EDGES = np.array(
    _MAGNITUDES
    + [-x for x in _MAGNITUDES]
    + [s * y for x in (0.5, 1.0, 2.0) for y in neighbours(x) for s in (-1, 1)]
)
TURNS = np.array(
    [
        s * y
        for k in (1, 2, 3, 4, 11, 22, 355, 710)
        for y in neighbours(k * math.pi / 2)
        for s in (-1, 1)
    ]
)
EXPONENTS = np.array(
    [
        y
        for x in (709.782712893384, -708.39641853226408, -745.13321910194122, 710.4758600739439)
        for y in neighbours(x)
    ]
    + [-744.0, -710.0, 1023.0, 1023.9999, 1024.0, -1022.0, -1074.0, -1075.0]
)


def everywhere(rng: np.random.Generator, n: int) -> Any:
    """Return numbers of every magnitude and both signs, half of them of ordinary size."""
    wide = np.exp(rng.uniform(-744, 709, n // 2)) * rng.choice([-1.0, 1.0], n // 2)
    plain = rng.uniform(-8.0, 8.0, n // 4)
    near = np.exp(rng.uniform(-40, 6, n - len(wide) - len(plain)))
    return np.concatenate([wide, plain, near * rng.choice([-1.0, 1.0], len(near))])


def line(rng: np.random.Generator, n: int) -> Points:
    """The whole line."""
    return [np.concatenate([EDGES, everywhere(rng, n)])]


def angles(rng: np.random.Generator, n: int) -> Points:
    """The whole line and the neighbours of multiples of pi/2."""
    return [np.concatenate([EDGES, TURNS, everywhere(rng, n)])]


def exponents(rng: np.random.Generator, n: int) -> Points:
    """Arguments of exponentials: where they neither vanish nor overflow, and the edges."""
    return [
        np.concatenate([EDGES, EXPONENTS, rng.uniform(-745, 711, n // 2), everywhere(rng, n // 2)])
    ]


def positive(rng: np.random.Generator, n: int) -> Points:
    """Positive numbers, and the edges of both signs."""
    return [np.concatenate([EDGES, np.abs(everywhere(rng, n))])]


def unit(rng: np.random.Generator, n: int) -> Points:
    """The interval from -1 to 1, dense at both ends and at 0."""
    ends = 1.0 - np.exp(rng.uniform(-37, -0.1, n // 2))
    inner = np.exp(rng.uniform(-744, -0.01, n // 4))
    x = np.concatenate([ends, inner, rng.uniform(0, 1, n - len(ends) - len(inner))])
    return [np.concatenate([EDGES, x * rng.choice([-1.0, 1.0], len(x))])]


def open_unit(rng: np.random.Generator, n: int) -> Points:
    """The interval from 0 to 1."""
    return [np.abs(unit(rng, n)[0])]


def above_one(rng: np.random.Generator, n: int) -> Points:
    """Numbers from 1 on, dense at 1."""
    near = 1.0 + np.exp(rng.uniform(-37, 3, n // 2))
    return [np.concatenate([EDGES, near, np.exp(rng.uniform(0, 709, n // 2))])]


def above_minus_one(rng: np.random.Generator, n: int) -> Points:
    """Numbers from -1 on, dense at -1 and at 0."""
    near = -1.0 + np.exp(rng.uniform(-37, 3, n // 4))
    return [np.concatenate([EDGES, near, everywhere(rng, n)])]


def pairs(rng: np.random.Generator, n: int) -> Points:
    """Two numbers: every edge with every edge, every magnitude with its like and any other."""
    edges = EDGES if n >= _MANY else EDGES[::4]
    a, b = (g.ravel() for g in np.meshgrid(edges, edges))
    x, y = everywhere(rng, n // 2), everywhere(rng, n // 2)
    like = x[: n // 4] * np.exp(rng.uniform(-3, 3, n // 4))
    rng.shuffle(y)
    return [np.concatenate([a, x, x[: n // 4]]), np.concatenate([b, y, like])]


def exponent_pairs(rng: np.random.Generator, n: int) -> Points:
    """Two arguments of exponentials, near each other and far apart."""
    a = np.concatenate([rng.uniform(-700, 700, n // 2), everywhere(rng, n // 4)])
    b = np.concatenate([rng.uniform(-700, 700, n // 4), a[: n // 4] + rng.uniform(-9, 9, n // 4)])
    b = np.concatenate([b, everywhere(rng, len(a) - len(b))])
    edges = EDGES[::3] if n >= _MANY else EDGES[::9]
    e, f = (g.ravel() for g in np.meshgrid(edges, edges))
    return [np.concatenate([a, e]), np.concatenate([b, f])]


def powers(rng: np.random.Generator, n: int) -> Points:
    """A base and an exponent: positive bases with any exponent, any base with an integer."""
    base = np.abs(everywhere(rng, n // 2))
    room = 745.0 / np.maximum(np.abs(np.log(base)), 1e-3)
    exponent = np.clip(rng.uniform(-1, 1, n // 2) * room, -1e5, 1e5)
    small = np.exp(rng.uniform(-5, 5, n // 4))
    common = rng.choice(
        [-2.0, -1.0, -0.5, 0.0, 0.1, 1 / 3, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 8.0], n // 4
    )
    signed = everywhere(rng, n // 4)
    whole = np.round(rng.uniform(-12, 12, n // 4))
    e, f = (
        g.ravel() for g in np.meshgrid(EDGES[::2], [0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 0.1, -0.5, 9.0])
    )
    return [
        np.concatenate([base, small, signed, e]),
        np.concatenate([exponent, common, whole, f]),
    ]


def box(*sides: tuple[float, float], edges: Sequence[Sequence[float]] = ()) -> Domain:
    """Return a domain of independent uniform numbers, with some points on purpose."""

    def points(rng: np.random.Generator, n: int) -> Points:
        columns = [rng.uniform(a, b, n) for a, b in sides]
        extra = np.array(edges, dtype=float).reshape(len(edges), len(sides))
        return [np.concatenate([extra[:, k], c]) for k, c in enumerate(columns)]

    return points


def scales(*sides: tuple[float, float], signed: bool = False) -> Domain:
    """Return a domain of independent numbers whose logarithms are uniform."""

    def points(rng: np.random.Generator, n: int) -> Points:
        columns = [np.exp(rng.uniform(math.log(a), math.log(b), n)) for a, b in sides]
        return [c * rng.choice([-1.0, 1.0], n) if signed else c for c in columns]

    return points
