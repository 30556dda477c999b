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
from math import isfinite
from typing import Any, Protocol

import numpy as np

from gradcli.ops.pythonic import FLOAT

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


def is_plain(x: Any) -> bool:
    """Whether a value is a number or an ndarray, not a duck: its bits may be looked at."""
    return type(x) in PLAIN


def is_finite(x: Any) -> bool:
    """Whether a plain value is finite throughout; of a duck nothing is known: ``False``.

    A sum of squares is finite only if every element is. It overflows for elements above
    1e154 (1e19 in float32), which then take the careful way: slower, not different.
    """
    kind = type(x)
    if kind in SCALARS:
        return isfinite(x)
    return kind is np.ndarray and isfinite(np.vdot(x, x))


def quotient(a: Any, b: Any) -> Any:
    """Return ``a/b`` by IEEE's rules also for Python floats, whose own division by 0 raises."""
    return np.true_divide(a, b) if type(b) is FLOAT else a / b


def safe_product(g: Any, p: Any) -> Any:
    """Return ``g*p`` where a zero cotangent wins over an infinite or NaN partial.

    A zero cotangent says that the output does not matter (an unselected `where` branch),
    so whatever the partial is there must not leak. A plain product has the type of the
    cotangent, whatever precision the partial was computed in.
    """
    kind = type(g)
    if kind in PLAIN:
        if type(p) in PLAIN:
            product = g * p
            if not is_finite(product):
                product = g * np.where(g == 0.0, 0.0, p)
            return as_type_of(g, product) if kind in _FORMATTED else product
        if np.all(g):
            # A recorded product without a zero: nothing to mask, and nothing to do for 1.
            return p if kind in SCALARS and g == 1.0 else g * p
    from gradcli.ops.elementwise.arithmetic import masked_multiply

    return masked_multiply.apply((g, p))


def as_type_of(g: Any, product: Any) -> Any:
    """Return a plain product in the floating-point format of the cotangent."""
    return product if product.dtype is g.dtype else product.astype(g.dtype)


SCALARS = frozenset({float, np.float64})
_NUMBERS = SCALARS | {int}
_FORMATTED = frozenset({np.ndarray, np.float32})
PLAIN = frozenset({np.ndarray, np.float64, float, int, bool, np.bool_, np.float32, np.int64})

Partial = float | Nothing | Callable[..., Any]


def _constant_vjp(c: float, inputs: int) -> Vjp:
    if c == 0.0:
        return lambda _g, _y, *_xs, **_params: ZERO
    if inputs > 2:
        return lambda g, _y, *_xs, **_params: g * c
    if c == 1.0:
        return lambda g, _y, _a, _b=None, **_params: g
    if c == -1.0:
        return lambda g, _y, _a, _b=None, **_params: -g
    return lambda g, _y, *_xs, **_params: g * c


def _constantly(c: float) -> Callable[..., Any]:
    return lambda *_xs, **_params: c


def _nothing_vjp(nothing: Nothing) -> Vjp:
    return lambda _g, _y, *_xs, **_params: nothing


def _partial_vjp(p: Callable[..., Any], inputs: int) -> Vjp:
    """Return a vjp that multiplies by a partial; numbers take the shortest way through."""
    if inputs == 1:

        def pull_one(g: Any, y: Any, x: Any, **params: Any) -> Any:
            slope = p(y, x, **params)
            if type(g) in SCALARS and type(slope) in _NUMBERS:
                product = g * slope
                if isfinite(product):
                    return product
            return safe_product(g, slope)

        return pull_one
    if inputs == 2:

        def pull_two(g: Any, y: Any, a: Any, b: Any, **params: Any) -> Any:
            slope = p(y, a, b, **params)
            if type(g) in SCALARS and type(slope) in _NUMBERS:
                product = g * slope
                if isfinite(product):
                    return product
            return safe_product(g, slope)

        return pull_two
    return lambda g, y, *xs, **params: safe_product(g, p(y, *xs, **params))


def _guarded_vjp(p: Callable[..., Any], valid: Callable[..., Any]) -> Vjp:
    """Return a vjp whose partial is NaN where the function has no real value.

    Where the value is finite the inputs were valid; only else is `valid` asked. The edge
    of the domain is seen from inside: -0.0 becomes 0.0, so that the slope of log is +inf.
    """

    def pull(g: Any, y: Any, *xs: Any, **params: Any) -> Any:
        if is_finite(y):
            return safe_product(g, p(y, *xs, **params))
        if is_plain(y):
            xs = tuple([x + 0.0 for x in xs])
        return safe_product(g, np.where(valid(*xs), p(y, *xs, **params), np.nan))

    return pull


@dataclass(frozen=True, slots=True)
class Elementwise:
    """Partials of an elementwise function, one per input.

    Parameters
    ----------
    partials
        Numbers, nothings, or functions ``(y, *xs, **params)`` that return an array.
    valid
        A predicate of the inputs, for functions whose partial has a finite value where
        the function itself has none (``1/x`` left of 0 for the logarithm): the partial is
        NaN where it does not hold.
    """

    partials: tuple[Partial, ...]
    valid: Callable[..., Any] | None = None

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return one vjp per input."""
        return tuple(self._vjp(p) for p in self.partials)

    def _vjp(self, p: Partial) -> Vjp:
        if isinstance(p, Nothing):
            return _nothing_vjp(p)
        if self.valid is not None:
            slope = p if callable(p) else _constantly(float(p))
            return _guarded_vjp(slope, self.valid)
        return (
            _partial_vjp(p, len(self.partials))
            if callable(p)
            else _constant_vjp(float(p), len(self.partials))
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
                if term is MISSING:
                    return MISSING
                if not isinstance(term, Nothing):
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
