"""Decorators with which an author says what to check.

May import `errors` only; importing this costs nothing, so a user's module may carry the
marks in production. A mark sets an attribute and returns the function itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gradcli.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

_CASES = "__gradcli_cases__"
_CLAIM = "__gradcli_claim__"
_PAIR = "__gradcli_value_and_gradient__"


@dataclass(frozen=True, slots=True)
class ClaimMark:
    """What `gradient_of` noted: the target and the parameters it is differentiated by."""

    target: Callable[..., Any]
    wrt: tuple[str, ...] | None


def case(**point: Any) -> Callable[[F], F]:
    """Return a decorator that adds a point at which the function is checked.

    Parameters
    ----------
    **point
        A value for each parameter.

    Returns
    -------
    callable
        The decorator; it can be repeated, points are checked from top to bottom.

    Raises
    ------
    UsageError
        For a mark without a value.

    Examples
    --------
    >>> @case(x=2.0)
    ... def square(x):
    ...     return x * x
    >>> cases_of(square)
    ({'x': 2.0},)
    """
    if not point:
        raise UsageError("E054", "`case` needs a value for at least one parameter")

    def mark(function: F) -> F:
        setattr(function, _CASES, (point, *cases_of(function)))
        return function

    return mark


def gradient_of(
    target: Callable[..., Any], wrt: str | tuple[str, ...] | None = None
) -> Callable[[F], F]:
    """Return a decorator that says: this function is the hand-written gradient of `target`.

    Parameters
    ----------
    target
        The function whose derivative is claimed.
    wrt
        The parameter, or parameters, the claim is for; by default the first
        differentiable one, or all where the claim returns a tuple or a dict.

    Returns
    -------
    callable
        The decorator.
    """
    names = (wrt,) if isinstance(wrt, str) else wrt

    def mark(function: F) -> F:
        setattr(function, _CLAIM, ClaimMark(target, names))
        return function

    return mark


def returns_value_and_gradient(function: F) -> F:
    """Mark a function that returns ``(value, gradient)``: it carries its own claim."""
    setattr(function, _PAIR, True)
    return function


def cases_of(function: Callable[..., Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the points that `case` noted, in the order they are written."""
    return tuple(getattr(function, _CASES, ()))


def claim_mark(function: Callable[..., Any]) -> ClaimMark | None:
    """Return what `gradient_of` noted, or ``None``."""
    return getattr(function, _CLAIM, None)


def carries_gradient(function: Callable[..., Any]) -> bool:
    """Whether `returns_value_and_gradient` was noted."""
    return bool(getattr(function, _PAIR, False))
