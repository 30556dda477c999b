"""How a claim is called: its parameters beside those of the function it is a claim of.

May import `errors`, `source`, `callables`. Authors name parameters as they like: `f(x)` and
`df(t)`, `loss(w, reg=0.1)` and `loss_grad(w)`, a pullback with the cotangent in front. What has
the same name gets the same value; what is left is matched in order; a parameter that nothing
matches is named, never filled by guessing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.errors import UserCodeError
from gradcli.frontend.claims import Claim, Order, takes_cotangent
from gradcli.source import safe_text
from gradcli.verify.callables import Callee

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Match:
    """Which value every parameter of a claim gets.

    Parameters
    ----------
    sources
        Parameter of the claim → parameter of the function.
    cotangent
        The claim's parameter for the cotangent of the output; empty where it has none.
    in_order
        Whether it takes ``*args`` only, and so everything by position.
    """

    sources: Mapping[str, str]
    cotangent: str = ""
    in_order: bool = False


def match(claim: Claim, callee: Callee) -> Match:
    """Return which parameter of the function each parameter of a claim stands for.

    Parameters
    ----------
    claim
        The claim.
    callee
        The function it is a claim of.

    Raises
    ------
    UserCodeError
        Where a parameter of the claim has no counterpart.
    """
    given = [*_known(callee, callee.leaves)]
    own = _parameters(claim.function)
    if own is None or any(p.kind in _VARIADIC for p in own):
        kinds = {p.kind for p in own or ()}
        in_order = kinds == {inspect.Parameter.VAR_POSITIONAL}
        return Match({name: name for name in given}, in_order=in_order)
    sources = {p.name: p.name for p in own if p.name in given}
    free = [p for p in own if p.name not in given and p.default is inspect.Parameter.empty]
    cotangent = _cotangent(claim, [p.name for p in free])
    rest = [name for name in given if name not in sources]
    left = [p.name for p in free if p.name != cotangent]
    if len(left) > len(rest):
        raise _unmatched(claim, callee, left[len(rest)])
    sources.update(zip(left, rest, strict=False))
    return Match(sources, cotangent)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def _known(callee: Callee, arrays: Sequence[Any]) -> dict[str, Any]:
    """Return a value for every parameter of the function that has one, in order."""
    values = callee.arguments(arrays)
    found = {}
    for name, parameter in inspect.signature(callee.function).parameters.items():
        if name in values or parameter.default is not inspect.Parameter.empty:
            found[name] = values.get(name, parameter.default)
    return {**found, **values}


def _cotangent(claim: Claim, free: Sequence[str]) -> str:
    """Return the parameter that takes the cotangent, by its name or because it alone is left."""
    named = [name for name in free if takes_cotangent(name)]
    if named and claim.order in (Order.GRADIENT, Order.VJP):
        return named[0]
    if claim.order in (Order.VJP, Order.HVP) and free:
        return free[0] if claim.order is Order.VJP else free[-1]
    return ""


def _unmatched(claim: Claim, callee: Callee, name: str) -> UserCodeError:
    """Return the error that names a parameter without a counterpart."""
    function = getattr(callee.function, "__name__", "the function")
    what = f"`{safe_text(claim.name)}` has a parameter `{safe_text(name)}` that `{function}` lacks"
    hint = f"give it a default, or the parameters of `{function}`"
    return UserCodeError("E083", what, hint=hint)


def call_matched(
    claim: Claim, matched: Match, callee: Callee, arrays: Sequence[Any], cotangent: Any = None
) -> Any:
    """Call a claim with the values its parameters stand for.

    Parameters
    ----------
    claim, matched, callee
        The claim and how it is called.
    arrays
        The differentiated arrays.
    cotangent
        The cotangent (or the vector of a product), where the claim takes one.
    """
    values = _known(callee, arrays)
    named = {own: values[theirs] for own, theirs in matched.sources.items()}
    if matched.cotangent:
        named[matched.cotangent] = cotangent
    if matched.in_order:
        return callee.run(claim.function, list(named.values()), {})
    positional = [
        named.pop(p.name)
        for p in _parameters(claim.function) or ()
        if p.kind is inspect.Parameter.POSITIONAL_ONLY and p.name in named
    ]
    return callee.run(claim.function, positional, named)
