"""What a job names: the module, its targets, the claims and the seed hook.

May import `frontend`, `verify`, `errors`, `source`.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.frameworks import FRAMEWORKS
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.targets import Target, find_named, find_targets
from gradcli.source import safe_text
from gradcli.verify.foreign import is_own, own_claim

# The claim of ``--claim auto``: whatever the function's framework says itself.
AUTO = "auto"


def load_targets(job: Mapping[str, Any]) -> list[Target]:
    """Load the module of a job and return the targets it asks for.

    Parameters
    ----------
    job
        As in `session.run_job`.

    Raises
    ------
    GradcliError
        For a module, function, claim or hook that cannot be used.
    """
    module = _module(job)
    found = _wanted(module, job)
    pattern, only = job.get("pattern"), job.get("only")
    found = [t for t in found if not pattern or pattern in t.name]
    found = [t for t in found if only is None or t.name in only]
    _refuse_strangers(_asked(job.get("asked", {})), found)
    found = _with_claims(found, job.get("claims", ()))
    if job.get("hook"):
        hook = _hook(job["hook"], job.get("seed", 0))
        found = [_seeded(target, hook) for target in found]
    return found


def _module(named: Mapping[str, Any]) -> ModuleType:
    """Return the module of a file, or an installed one that the user named."""
    if named.get("path"):
        return load(named["path"])
    name = named["module"]
    try:
        return importlib.import_module(name)
    except Exception as problem:
        what = safe_text(f"{type(problem).__name__}: {problem}", 80)
        raise UsageError("E085", f"cannot import `{safe_text(name)}`: {what}") from problem


def _asked(data: Mapping[str, Any]) -> Asked:
    """Return what the command line said about points."""
    values = {k: np.asarray(v, dtype=np.float64)[()] for k, v in data.get("values", {}).items()}
    shapes = {k: tuple(v) for k, v in data.get("shapes", {}).items()}
    return Asked(values, shapes, tuple(data.get("wrt", ())), data.get("seed", 0))


def _wanted(module: ModuleType, job: Mapping[str, Any]) -> list[Target]:
    """Return all targets of a module, or the one that is named."""
    asked = _asked(job.get("asked", {}))
    wanted = job.get("function")
    if not wanted:
        return find_targets(module, asked)
    found = find_named(module, wanted, asked)
    if found is None:
        known = ", ".join(t.name for t in find_targets(module, asked)) or "none"
        what = f"there is no function `{safe_text(wanted)}` to check"
        raise UsageError("E084", what, hint=f"functions there: {safe_text(known, 200)}")
    return [found]


def _refuse_strangers(asked: Asked, found: list[Target]) -> None:
    """Refuse a value, shape or ``--wrt`` for a name that no target has as a parameter."""
    named = [_parameters(t.function) for t in found]
    if not found or any(names is None for names in named):
        return
    known = {name for names in named for name in names or ()}
    for name in (*asked.values, *asked.shapes, *asked.wrt):
        if name not in known:
            hint = f"the parameters are {', '.join(sorted(known)) or 'none'}"
            raise UsageError("E043", f"`{safe_text(name)}` is no parameter here", hint=hint)


def _parameters(function: Callable[..., Any]) -> list[str] | None:
    """Return the names of the parameters, ``None`` where a function keeps them to itself."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def _with_claims(found: list[Target], said: Any) -> list[Target]:
    """Return the targets with the claims of the call, or with those that go without saying."""
    outside = tuple(_outside_claim(c) for c in said if not c.get(AUTO))
    if len(outside) < len(said):
        return [_with_own(target, outside) for target in _of_frameworks(found)]
    if outside:
        return [replace(target, claims=outside) for target in found]
    return [
        replace(target, claims=(own_claim(target.framework),))
        if target.framework and not target.claims
        else target
        for target in found
    ]


def _of_frameworks(found: list[Target]) -> list[Target]:
    """Return the targets with those skipped that no framework differentiates.

    Raises
    ------
    UsageError
        Where that is every one.
    """
    names = ", ".join(FRAMEWORKS.values())
    if found and not any(target.framework for target in found):
        what = f"`--claim auto` is for functions of {names}, and there is none here"
        hint = "without `--claim`, gradcli differentiates plain NumPy functions itself"
        raise UsageError("E092", what, hint=hint)
    reason = f"no function of {names}"
    return [t if t.framework or t.skipped else replace(t, points=(), skipped=reason) for t in found]


def _with_own(target: Target, outside: tuple[Claim, ...]) -> Target:
    if not target.framework:
        return target
    return replace(target, claims=(*target.claims, *outside, own_claim(target.framework)))


def _outside_claim(data: Mapping[str, Any]) -> Claim:
    """Return a claim that stands in another file or module."""
    name = data.get("function") or ""
    function = getattr(_module(data), name, None)
    if not callable(function):
        raise UsageError("E084", f"there is no function `{safe_text(name)}` to claim a derivative")
    return Claim(name, function, Order.GRADIENT)


def _hook(named: Mapping[str, Any], seed: int) -> Callable[[], Any]:
    """Return the function of ``--seed-hook``, ready to be called.

    It is given the seed, unless it has no parameters: ``random:seed`` and
    ``torch:manual_seed`` work as they are.
    """
    name = named.get("function") or ""
    function = getattr(_module(named), name, None)
    if not callable(function):
        raise UsageError("E084", f"there is no function `{safe_text(name)}` for `--seed-hook`")
    try:
        takes_seed = bool(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        takes_seed = True
    return functools.partial(function, seed) if takes_seed else function


def _seeded(target: Target, hook: Callable[[], Any]) -> Target:
    """Return a target whose function and claims begin with a call of the hook."""
    claims = tuple(
        claim if is_own(claim) else replace(claim, function=_after(hook, claim.function))
        for claim in target.claims
    )
    return replace(target, function=_after(hook, target.function), claims=claims)


def _after(hook: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is called behind the hook."""

    @functools.wraps(function)
    def seeded(*args: Any, **kwargs: Any) -> Any:
        hook()
        return function(*args, **kwargs)

    return seeded
