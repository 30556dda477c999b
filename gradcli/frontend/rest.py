"""Functions with ``*args``, and claims of them, with what ``*args`` gets filled in.

May import `claims`, `items` and NumPy. SciPy's optimizers call a function and its derivatives
by position, ``f(x, *args)`` and ``jac(x, *args)``: a claim may name what the function does
not. Everything behind sees functions of named parameters only.
"""

from __future__ import annotations

import functools
import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.frontend.claims import takes_cotangent
from gradcli.frontend.items import named_parameters, rest_name


def filled_function(function: Callable[..., Any], rest: Sequence[Any]) -> Callable[..., Any]:
    """Return a function whose ``*args`` is given.

    Parameters
    ----------
    function
        A function with ``*args``.
    rest
        The values; arrays are copied at every call.
    """
    return _filled(function, {rest_name(function): tuple(rest)})


def filled_claim(
    claim: Callable[..., Any], function: Callable[..., Any], rest: Sequence[Any]
) -> Callable[..., Any]:
    """Return a claim with the values that ``*args`` of its target gets.

    Parameters
    ----------
    claim
        The claim.
    function
        The function it is a claim of.
    rest
        The values of its ``*args``: those of the claim's ``*args``, or of as many of its
        named parameters behind the ones that both have.

    Returns
    -------
    callable
        The claim itself where it has no place for them.
    """
    try:
        name = rest_name(claim)
    except (TypeError, ValueError):
        return claim
    if name:
        return _filled(claim, {name: tuple(rest)})
    places = _places(claim, [p.name for p in named_parameters(function)], len(rest))
    return _filled(claim, dict(zip(places, rest, strict=True))) if places else claim


def _places(function: Callable[..., Any], known: Sequence[str], count: int) -> list[str]:
    """Return the parameters of a claim that take the rest, or none where they are too few."""
    own = [p for p in named_parameters(function) if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    shared = [k for k, p in enumerate(own) if p.name in known]
    behind = own[shared[-1] + 1 if shared else len(known) :]
    candidates = [p for p in behind if not takes_cotangent(p.name)]
    if len(candidates) < count:
        candidates = behind
    required = [p for p in candidates if p.default is inspect.Parameter.empty]
    # A vector that a product is taken with stands in front of them.
    chosen = required[-count:] if len(required) >= count else candidates[:count]
    return [p.name for p in chosen] if len(chosen) == count else []


def _filled(function: Callable[..., Any], held: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function of the parameters that are not held."""
    whole = inspect.signature(function)
    left = [p for p in whole.parameters.values() if p.name not in held]
    shown = inspect.Signature(left)

    @functools.wraps(function)
    def filled(*args: Any, **kwargs: Any) -> Any:
        said = shown.bind(*args, **kwargs)
        said.apply_defaults()
        said.arguments.update({name: _copied(value) for name, value in held.items()})
        call = inspect.BoundArguments(whole, OrderedDict(said.arguments))
        return function(*call.args, **call.kwargs)

    vars(filled)["__signature__"] = shown
    return filled


def _copied(value: Any) -> Any:
    """Return fresh arrays, alone or in a tuple, so that no call finds what another wrote."""
    if isinstance(value, tuple):
        return tuple(v.copy() if isinstance(v, np.ndarray) else v for v in value)
    return value.copy() if isinstance(value, np.ndarray) else value
