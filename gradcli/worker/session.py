"""What the forked child does with one job: load, find targets, examine, tell.

May import `verify`, `frontend`. Every unit of work (a target at a point, with one claim or
none) is announced before it starts, so that the parent can start a clock, and skip it if
it kills the child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from gradcli.errors import GradcliError, TraceError
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.frameworks import FRAMEWORKS
from gradcli.frontend.points import Point
from gradcli.frontend.pyfile import user_error
from gradcli.frontend.rest import filled_claim, filled_function
from gradcli.frontend.targets import Target
from gradcli.verify.custody import take_custody
from gradcli.verify.foreign import bridged, is_followed, is_own
from gradcli.verify.products import product
from gradcli.verify.report import answer, examine
from gradcli.verify.sampling import sample_point
from gradcli.worker.loading import load_targets
from gradcli.worker.warned import count_warnings

Tell = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Unit:
    """One target at one point, or at a random one near it, with one claim or none.

    Parameters
    ----------
    target, point, claim
        The three.
    sample
        0 for the point itself, from 1 for a random one.
    """

    target: Target
    point: Point
    claim: Claim | None
    sample: int = 0

    @property
    def label(self) -> str:
        """What reports call the point."""
        return f"sample {self.sample}" if self.sample else self.point.label


def warm_up() -> None:
    """Import and fill what every job needs, before the first fork: the children share it."""
    for name in ("sympy", "mpmath", "gradcli.verify.report", "gradcli.ops.registry"):
        importlib.import_module(name)
    with contextlib.suppress(Exception):
        # A failure here is one of every job, and told there.
        _rehearse()
    # What is there now is never garbage; to look through it would copy it into every child.
    gc.collect()
    gc.freeze()


def _rehearse() -> None:
    """Examine a small function, which makes every library import and tabulate its own."""
    point = Point("", {"x": np.array([0.5, 2.0])}, ("x",))
    claim = Claim("claim", lambda x: np.exp(x) * (1.0 + x), Order.GRADIENT)
    examine(Target("f", 0, lambda x: np.sum(np.exp(x) * x), (point,)), point, claim, {})


def run_job(job: dict[str, Any], tell: Tell) -> None:
    """Do one job.

    Parameters
    ----------
    job
        ``path`` or ``module``; ``function`` to look at one only; ``asked`` as the fields of
        `Asked`; ``claims`` and ``hook`` as functions elsewhere; ``pattern``, ``samples``,
        ``list``, ``first`` (units to skip) and ``options`` for the examination.
    tell
        Receives ``targets``, then for every unit ``begin``, at times ``evidence`` (the
        result as far as it is known), and ``result`` or ``error``.
    """
    take_custody()
    counted, argv = count_warnings(), sys.argv
    # A file that reads its command line finds what `python FILE` would give it.
    sys.argv = [job.get("path") or job.get("module") or ""]
    try:
        _run(job, tell)
    finally:
        sys.argv = argv
        counted.tell()


def _run(job: dict[str, Any], tell: Tell) -> None:
    """Load the targets and work through their units."""
    name = job.get("path") or job.get("module") or ""
    try:
        targets = load_targets(job)
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
            tell("result", _work(unit, job, tell))
        except GradcliError as problem:
            tell("error", _diagnostic(problem))
        except (Exception, SystemExit, KeyboardInterrupt) as problem:
            functions = [f for _, f in _callables(unit)]
            if all(is_our_bug(problem, function) for function in functions):
                raise
            if _is_anothers(problem, unit, targets):
                kind = type(problem).__name__
                tell("result", {"skipped": f"its argument is no dict, as `POINTS` has it ({kind})"})
                continue
            tell("error", _diagnostic(user_error(problem, name, f"in {_raiser(problem, unit)}")))


def _is_anothers(problem: BaseException, unit: Unit, targets: Sequence[Target]) -> bool:
    """Whether a helper could not use a dict of ``POINTS`` that is a point of another function."""
    if unit.claim is not None or not isinstance(problem, TypeError | AttributeError | LookupError):
        return False
    has_dict = any(isinstance(value, Mapping) for value in unit.point.values.values())
    shared = any(
        t.claims and unit.point.label in [point.label for point in t.points]
        for t in targets
        if t.name != unit.target.name
    )
    return has_dict and shared and unit.point.label.startswith("POINTS")


def _work(unit: Unit, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Examine one unit, or answer for it; tell the evidence before its explanation."""
    options = dict(job.get("options", {}))
    if job.get("answer"):
        _refuse_framework(unit)
        return (product if "kind" in options else answer)(unit.target, unit.point, options)
    target, point, claim = unit.target, unit.point, unit.claim
    held = _held(unit)
    if held:
        return {"skipped": held}
    if claim is not None and claim.order.is_second and claim.wrt:
        point = replace(point, wrt=claim.wrt)
    if target.framework:
        label = FRAMEWORKS[target.framework]
        if claim is not None and claim.order is not Order.GRADIENT:
            return {"skipped": f"a claimed {claim.order} of a {label} function is not judged"}
        bridge = bridged(target, point, claim)
        options["trace"] = bridge[0] is target
        target, point, claim = bridge
    if unit.sample:
        drawn = sample_point(target.function, point, unit.sample - 1, job.get("seed", 0))
        if drawn is None:
            return {"skipped": f"{unit.label}: no random point with a finite value was found"}
        point = drawn
    return examine(target, point, claim, options, lambda found: tell("evidence", found))


def _held(unit: Unit) -> str:
    """Return why a claim by a parameter that does not move is not judged; empty where it is."""
    claim = unit.claim
    if claim is None or not claim.wrt:
        return ""
    names = inspect.signature(unit.target.function).parameters
    held = [n for n in claim.wrt if n in names and n not in unit.point.wrt]
    return f"`{claim.name}` is by `{held[0]}`, which is held constant" if held else ""


def _refuse_framework(unit: Unit) -> None:
    """Refuse to differentiate what only its framework can."""
    target = unit.target
    if target.framework and not is_followed(target.function, unit.point):
        label = FRAMEWORKS[target.framework]
        what = f"`{target.name}` computes with {label}, which gradcli does not look into"
        hint = f"`gradcli check` judges {label}'s own gradient of it"
        raise TraceError("E060", what, hint=hint)


def _callables(unit: Unit) -> list[tuple[str, Callable[..., Any]]]:
    """Return the function of a unit, and its claim, by name."""
    found = [(unit.target.name, unit.target.function)]
    return found if unit.claim is None else [*found, (unit.claim.name, unit.claim.function)]


def _raiser(problem: BaseException, unit: Unit) -> str:
    """Return which of function and claim an exception comes from, and who called that."""
    named = {_code_of(f): name for name, f in _callables(unit) if _code_of(f) is not None}
    frames = traceback.walk_tb(problem.__traceback__)
    met = [named[frame.f_code] for frame, _ in frames if frame.f_code in named]
    if not met:
        return f"`{unit.target.name}`"
    by = f", called by `{met[0]}`" if met[0] != met[-1] else ""
    return f"`{met[-1]}`{by}"


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


def _code_of(function: Callable[..., Any]) -> CodeType | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _file_of(function: Callable[..., Any]) -> str:
    code = _code_of(function)
    return "" if code is None else code.co_filename


def _is_called_back(files: list[str], position: int) -> bool:
    """Whether user code called NumPy-like functions of ours with what they cannot take."""
    return any(
        f"{os.sep}gradcli{os.sep}ops" in f or f"{os.sep}gradcli{os.sep}ir" in f
        for f in files[position:]
    )


def _units(targets: list[Target], job: dict[str, Any]) -> Iterator[Unit]:
    """Yield the units of work, in the order of the file."""
    for target in targets:
        for point in target.points:
            for sample in range(job.get("samples", 0) + 1):
                for claim in (not job.get("answer") and target.claims) or (None,):
                    yield _with_rest(Unit(target, point, claim, sample))


def _with_rest(unit: Unit) -> Unit:
    """Return a unit whose function and claim have what ``*args`` gets filled in."""
    target, rest, claim = unit.target, unit.point.rest, unit.claim
    if not rest:
        return unit
    if claim is not None and not is_own(claim):
        claim = replace(claim, function=filled_claim(claim.function, target.function, rest))
    target = replace(target, function=filled_function(target.function, rest))
    return replace(unit, target=target, claim=claim)


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
        "point": unit.label,
        "wrt": list(unit.point.wrt),
        "claim": unit.claim.name if unit.claim else None,
    }


def _diagnostic(problem: GradcliError) -> dict[str, Any]:
    said = problem.diagnostic
    return {"code": said.code, "what": said.what, "hint": said.hint, "exit": problem.exit_code}
