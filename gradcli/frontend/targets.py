"""The functions of a module that can be checked, with their points and claims.

May import `claims`, `frameworks`, `marks`, `points`, `roles`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.frameworks import framework_used
from gradcli.frontend.marks import carries_gradient
from gradcli.frontend.points import Asked, Point, find_points, framework_of_points, taken_items
from gradcli.frontend.roles import Roles, add_lone, find_roles

# Why a function of compiled code is left alone: there is nothing to bind a value to.
_UNNAMED = "its parameters have no names; wrap it in a function of a file"


@dataclass(frozen=True, slots=True)
class Target:
    """A function to check.

    Parameters
    ----------
    name, line
        Its name and the 1-based line of its definition.
    function
        The callable whose derivative is in question.
    points
        Where to check; empty where it is skipped.
    claims
        Hand-written derivatives of it, in order of definition.
    skipped
        Why it is not checked; empty otherwise.
    framework
        The framework it computes with, e.g. ``torch``; empty for plain NumPy.
    """

    name: str
    line: int
    function: Callable[..., Any]
    points: tuple[Point, ...]
    claims: tuple[Claim, ...] = ()
    skipped: str = ""
    framework: str = ""


def public_functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the public top-level functions that the module defines itself, in order.

    Parameters
    ----------
    module
        A loaded module.

    Returns
    -------
    dict
        Functions by name; imported ones, classes and private ones are left out.
    """
    own = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and callable(value)
        and not inspect.isclass(value)
        and getattr(inspect.unwrap(value), "__module__", None) == module.__name__
        and hasattr(inspect.unwrap(value), "__code__")
    }
    return dict(sorted(own.items(), key=lambda item: line_of(item[1])))


def line_of(function: Callable[..., Any]) -> int:
    """Return the line of a function's definition, 0 where it has none."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_firstlineno if code is not None else 0


def find_targets(module: ModuleType, asked: Asked, named: str = "") -> list[Target]:
    """Return every target of a module, skipped ones included.

    Parameters
    ----------
    module
        A loaded module.
    asked
        What the command line says about points.
    named
        The function that was asked for by name: whatever it looks like, it is meant.

    Returns
    -------
    list of Target
        In the order of definition. A claim is not itself a target, unless it has claims of
        its own.
    """
    functions = public_functions(module)
    roles = find_roles(functions)
    targets = [n for n in functions if n not in roles.claiming or n in roles.claims]
    taken = taken_items([functions[name] for name in targets], vars(module), asked)
    points = {n: find_points(functions[n], vars(module), asked, taken) for n in targets}
    add_lone(roles, functions, [name for name, (found, _) in points.items() if found])
    roles.doubts.pop(named, None)
    return [
        _target(name, functions[name], points[name], roles, module)
        for name in targets
        if name not in roles.claiming or name in roles.claims
    ]


def _target(
    name: str,
    function: Callable[..., Any],
    found: tuple[tuple[Point, ...], str],
    roles: Roles,
    module: ModuleType,
) -> Target:
    """Return one target; a function that carries its own gradient is split in two."""
    points, reason = found
    claims = roles.claims.get(name, [])
    if points and name in roles.doubts:
        points, reason = (), roles.doubts[name]
    judged = function
    if carries_gradient(function):
        claims = [Claim(name, second_part(function), Order.GRADIENT), *claims]
        judged = first_part(function)
    framework = framework_used(function) or framework_of_points(function, vars(module))
    return Target(name, line_of(function), judged, points, tuple(claims), reason, framework)


def find_named(module: ModuleType, name: str, asked: Asked) -> Target | None:
    """Return the target of a name, which an installed module may only pass on.

    Parameters
    ----------
    module
        A loaded module, e.g. ``scipy.optimize``.
    name
        A function of it, wherever it is defined.
    asked
        What the command line says about points.

    Returns
    -------
    Target or None
        ``None`` where there is no function of that name. Claims are found where the
        module defines the function itself.
    """
    found = next((t for t in find_targets(module, asked, name) if t.name == name), None)
    function = getattr(module, name, None)
    if found is not None or not callable(function) or inspect.isclass(function):
        return found
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        return Target(name, 0, function, (), (), _UNNAMED)
    return _target(name, function, find_points(function, vars(module), asked), Roles(), module)


def first_part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the value part of a function that returns ``(value, gradient)``."""

    @functools.wraps(function)
    def value(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)[0]

    return value


def second_part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the gradient part of a function that returns ``(value, gradient)``."""

    @functools.wraps(function)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)[1]

    return gradient
