"""What the forked child does with one job: load, find targets, examine, tell.

May import `verify`, `frontend`. Every unit of work (a target at a point, with one claim or
none) is announced before it starts, so that the parent can start a clock, and skip it if
it kills the child.
"""

from __future__ import annotations

import importlib
import inspect
import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gradcli.errors import GradcliError, UsageError
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Asked, Point
from gradcli.frontend.pyfile import load, user_error
from gradcli.frontend.targets import Target, find_targets
from gradcli.source import safe_text
from gradcli.verify.report import answer, examine
from gradcli.verify.sampling import sample_points

Tell = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Unit:
    """One target at one point, with one claim or none."""

    target: Target
    point: Point
    claim: Claim | None


def warm_up() -> None:
    """Import what every job needs, before the first fork."""
    for name in ("sympy", "mpmath", "gradcli.verify.report", "gradcli.ops.registry"):
        importlib.import_module(name)


def run_job(job: dict[str, Any], tell: Tell) -> None:
    """Do one job.

    Parameters
    ----------
    job
        ``path`` or ``module``; ``function`` to look at one only; ``asked`` as the fields of
        `Asked`; ``pattern``, ``samples``, ``list``, ``first`` (units to skip) and
        ``options`` for the examination.
    tell
        Receives ``targets``, then for every unit ``begin`` and ``result`` or ``error``.
    """
    name = job.get("path") or job.get("module") or ""
    try:
        targets = _targets(job)
    except GradcliError as problem:
        tell("refused", _diagnostic(problem))
        return
    tell("targets", [_describe(t) for t in targets])
    if job.get("list"):
        return
    for number, unit in enumerate(_units(targets, job)):
        if number < job.get("first", 0):
            continue
        tell("begin", {"unit": number, **_about(unit)})
        try:
            tell("result", _work(unit, job))
        except GradcliError as problem:
            tell("error", _diagnostic(problem))
        except (Exception, SystemExit, KeyboardInterrupt) as problem:
            if is_our_bug(problem, unit.target.function):
                raise
            tell("error", _diagnostic(user_error(problem, name, f"in `{unit.target.name}`")))


def _work(unit: Unit, job: dict[str, Any]) -> dict[str, Any]:
    """Examine one unit, or answer for it."""
    options = job.get("options", {})
    if job.get("answer"):
        return answer(unit.target, unit.point, options)
    return examine(unit.target, unit.point, unit.claim, options)


def is_our_bug(problem: BaseException, function: Callable[..., Any]) -> bool:
    """Whether an exception comes from gradcli itself: no user code lies above our own.

    Parameters
    ----------
    problem
        The exception.
    function
        The user's function, whose file is the user's.
    """
    if isinstance(problem, SystemExit | KeyboardInterrupt):
        return False
    files = [frame.filename for frame in traceback.extract_tb(problem.__traceback__)]
    own = str(Path(__file__).resolve().parent.parent)
    last_ours = max((i for i, f in enumerate(files) if f.startswith(own)), default=-1)
    last_users = max((i for i, f in enumerate(files) if f == _file_of(function)), default=-1)
    return last_users < 0 or (last_ours > last_users and not _is_called_back(files, last_users))


def _file_of(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "" if code is None else code.co_filename


def _is_called_back(files: list[str], position: int) -> bool:
    """Whether user code called NumPy-like functions of ours with what they cannot take."""
    return any(
        f"{os.sep}gradcli{os.sep}ops" in f or f"{os.sep}gradcli{os.sep}ir" in f
        for f in files[position:]
    )


def _targets(job: dict[str, Any]) -> list[Target]:
    """Load the module and return the targets the job asks for."""
    module = load(job["path"]) if job.get("path") else _import(job["module"])
    asked = _asked(job.get("asked", {}))
    found = find_targets(module, asked)
    wanted = job.get("function")
    if wanted:
        found = [t for t in found if t.name == wanted]
        if not found:
            known = ", ".join(t.name for t in find_targets(module, asked)) or "none"
            what = f"there is no function `{safe_text(wanted)}` to check"
            raise UsageError("E084", what, hint=f"functions there: {safe_text(known, 200)}")
    pattern = job.get("pattern")
    only = job.get("only")
    found = [t for t in found if not pattern or pattern in t.name]
    found = [t for t in found if only is None or t.name in only]
    _refuse_strangers(asked, found)
    extra = tuple(_outside_claim(c) for c in job.get("claims", ()))
    return [replace(t, claims=extra) if extra else t for t in found]


def _refuse_strangers(asked: Asked, found: list[Target]) -> None:
    """Refuse a value, shape or ``--wrt`` for a name that no target has as a parameter."""
    known = {p for t in found for p in inspect.signature(t.function).parameters}
    for name in (*asked.values, *asked.shapes, *asked.wrt):
        if found and name not in known:
            hint = f"the parameters are {', '.join(sorted(known))}"
            raise UsageError("E043", f"`{safe_text(name)}` is no parameter here", hint=hint)


def _outside_claim(data: dict[str, Any]) -> Claim:
    """Return a claim that stands in another file or module."""
    module = load(data["path"]) if data.get("path") else _import(data["module"])
    name = data.get("function") or ""
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError("E084", f"there is no function `{safe_text(name)}` to claim a derivative")
    return Claim(name, function, Order.GRADIENT)


def _import(name: str) -> ModuleType:
    """Import an installed module that the user named."""
    try:
        return importlib.import_module(name)
    except Exception as problem:
        what = safe_text(f"{type(problem).__name__}: {problem}", 80)
        raise UsageError("E085", f"cannot import `{safe_text(name)}`: {what}") from problem


def _asked(data: dict[str, Any]) -> Asked:
    """Return what the command line said about points."""
    values = {k: np.asarray(v, dtype=np.float64)[()] for k, v in data.get("values", {}).items()}
    shapes = {k: tuple(v) for k, v in data.get("shapes", {}).items()}
    return Asked(values, shapes, tuple(data.get("wrt", ())), data.get("seed", 0))


def _units(targets: list[Target], job: dict[str, Any]) -> Iterator[Unit]:
    """Yield the units of work, in the order of the file."""
    for target in targets:
        for point in target.points:
            drawn = sample_points(target.function, point, job.get("samples", 0), job.get("seed", 0))
            for at in (point, *drawn):
                for claim in (not job.get("answer") and target.claims) or (None,):
                    yield Unit(target, at, claim)


def _describe(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "line": target.line,
        "skipped": target.skipped,
        "points": [p.label for p in target.points],
        "claims": [c.name for c in target.claims],
    }


def _about(unit: Unit) -> dict[str, Any]:
    return {
        "target": unit.target.name,
        "line": unit.target.line,
        "point": unit.point.label,
        "wrt": list(unit.point.wrt),
        "claim": unit.claim.name if unit.claim else None,
    }


def _diagnostic(problem: GradcliError) -> dict[str, Any]:
    said = problem.diagnostic
    return {"code": said.code, "what": said.what, "hint": said.hint, "exit": problem.exit_code}
