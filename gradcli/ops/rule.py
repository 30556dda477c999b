"""The kinds of derivative rule, and how each gives a vjp and a jvp.

May import NumPy only. The notation of the whole table: ``y`` is the output, ``g`` the
cotangent of ``y``, ``t`` a tangent of an input, ``xs`` the inputs. A vjp has the signature
``(g, y, *xs, **params)`` and may return an array of the broadcast shape: the sweep sums it
back to the input's shape, once, centrally. A jvp has the signature
``(ts, y, *xs, **params)`` where ``ts`` holds ``None`` for inputs without a tangent.

Rules are plain NumPy over whatever is passed in, so that a sweep that is itself traced
gives the second derivative, and a sweep over mpmath numbers the exact one.

Three nothings, three names: `NONDIFF` (a derivative makes no sense: booleans, integers),
`ZERO` (the derivative exists and is zero), `MISSING` (it exists, and no rule is known).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import numpy as np

Vjp = Callable[..., Any]


class Nothing(Enum):
    """The three ways in which a rule can have no number to give."""

    NONDIFF = "not differentiable"
    ZERO = "zero"
    MISSING = "no rule"


NONDIFF = Nothing.NONDIFF
ZERO = Nothing.ZERO
MISSING = Nothing.MISSING


class Rule(Protocol):
    """What the table asks of a derivative rule."""

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the jvp."""


def safe_product(g: Any, p: Any) -> Any:
    """Return ``g*p`` where a zero cotangent wins over an infinite or NaN partial.

    A zero cotangent says that the output does not matter (an unselected `where` branch),
    so whatever the partial is there must not leak.
    """
    product = g * p
    if type(product) in _PLAIN and np.isfinite(product).all():
        return product
    return g * np.where(g == 0.0, 0.0, p)


_PLAIN = frozenset({np.ndarray, np.float64, np.float32})

Partial = float | Callable[..., Any]


def _constant_vjp(c: float) -> Vjp:
    if c == 0.0:
        return lambda _g, _y, *_xs, **_params: ZERO
    if c == 1.0:
        return lambda g, _y, *_xs, **_params: g
    if c == -1.0:
        return lambda g, _y, *_xs, **_params: -g
    return lambda g, _y, *_xs, **_params: g * c


def _partial_vjp(p: Callable[..., Any], singular: bool) -> Vjp:
    if singular:
        return lambda g, y, *xs, **params: safe_product(g, p(y, *xs, **params))
    return lambda g, y, *xs, **params: g * p(y, *xs, **params)


@dataclass(frozen=True, slots=True)
class Elementwise:
    """Partials of an elementwise function: numbers, or functions ``(y, *xs, **params)``.

    Parameters
    ----------
    partials
        One per input.
    singular
        Whether a partial can be infinite or NaN at a point where it does not matter;
        such a product passes `safe_product`. Off only where every partial is finite
        wherever the inputs are.
    """

    partials: tuple[Partial, ...]
    singular: bool = True

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""
        return tuple(
            _partial_vjp(p, self.singular) if callable(p) else _constant_vjp(float(p))
            for p in self.partials
        )

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the sum of tangent times partial: a diagonal map is its own transpose."""
        pulls = self.vjps(apply)

        def push(ts: Sequence[Any], y: Any, *xs: Any, **params: Any) -> Any:
            total: Any = ZERO
            for pull, t in zip(pulls, ts, strict=True):
                if t is None:
                    continue
                term = pull(t, y, *xs, **params)
                if term is not ZERO:
                    total = term if total is ZERO else total + term
            return total

        return push


@dataclass(frozen=True, slots=True)
class Linear:
    """A map that is linear in all its array inputs jointly; `transposes` are its vjps.

    Parameters
    ----------
    transposes
        One function ``(g, y, *xs, **params)`` per input, or, for an operation with any
        number of inputs, one function ``(k, g, y, *xs, **params)``.
    """

    transposes: tuple[Vjp, ...] | Vjp

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""
        if isinstance(self.transposes, tuple):
            return self.transposes
        return Variadic(self.transposes)

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the map itself, applied to the tangents."""

        def push(ts: Sequence[Any], y: Any, *xs: Any, **params: Any) -> Any:
            tangents = [np.zeros_like(x) if t is None else t for t, x in zip(ts, xs, strict=True)]
            return apply(tuple(tangents), params)

        return push


@dataclass(frozen=True, slots=True)
class Multilinear:
    """A product: linear in each input separately (matmul, outer, kron, …)."""

    pulls: tuple[Vjp, ...]

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""
        return self.pulls

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the product rule: the map with one input at a time replaced by its tangent."""

        def push(ts: Sequence[Any], y: Any, *xs: Any, **params: Any) -> Any:
            total: Any = ZERO
            for k, t in enumerate(ts):
                if t is not None:
                    term = apply((*xs[:k], t, *xs[k + 1 :]), params)
                    total = term if total is ZERO else total + term
            return total

        return push


@dataclass(frozen=True, slots=True)
class Custom:
    """A vjp per input and a jvp, written by hand.

    Parameters
    ----------
    pulls
        One vjp per input.
    push
        The jvp ``(ts, y, *xs, **params)``.
    """

    pulls: tuple[Vjp, ...]
    push: Callable[..., Any]

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""
        return self.pulls

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the jvp."""
        return self.push


@dataclass(frozen=True, slots=True)
class Flat:
    """An operation through which no derivative flows: `NONDIFF`, `ZERO` or `MISSING`."""

    nothing: Nothing

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return a vjp that gives the nothing, for every input."""
        return Variadic(lambda _k, *_args, **_params: self.nothing)

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return a jvp that gives the nothing."""
        return lambda *_args, **_params: self.nothing


class Variadic(Sequence[Vjp]):
    """The vjps of an operation with any number of inputs, made from one indexed function."""

    __slots__ = ("pull",)

    def __init__(self, pull: Callable[..., Any]) -> None:
        self.pull = pull

    def __getitem__(self, k: Any) -> Any:
        pull = self.pull
        return lambda *args, **params: pull(k, *args, **params)

    def __len__(self) -> int:
        return 0
