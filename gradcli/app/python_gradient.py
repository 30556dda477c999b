"""The use case ``grad FILE.py::FN``: value, gradient and verdict of a function of a file.

May import `check`, `check_python`, `python_targets`, `request`, `worker`, `verify`'s judge.
The file runs in the worker; this process only judges and reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcli.app.check import asked
from gradcli.app.check_python import Job, unit_error
from gradcli.app.outcome import answer_exit
from gradcli.app.python_targets import PythonTarget, python_targets
from gradcli.app.request import Request
from gradcli.errors import Diagnostic, DomainError, GradcliError, UsageError
from gradcli.language.values import read_value
from gradcli.reports import Array, GradReport, Verdict
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.whole import combine
from gradcli.worker.parent import Limits, Worker

# Receives the name of a file and what its code printed, safe to show.
Printed = Callable[[str, list[str]], None]


def gradient(request: Request, printed: Printed) -> GradReport:
    """Return the value and the gradient of a function of a file, verified.

    Parameters
    ----------
    request
        `expr` is ``FILE.py::FN``, or ``FILE.py`` with one function to differentiate.
    printed
        Called with what user code printed, if anything.

    Raises
    ------
    GradcliError
        For a file or function that cannot be used, code that raised, or no verdict in time.
    """
    found = ask(request, _options(request), printed)
    second = found.result["second"]
    return GradReport(
        expr=request.expr,
        value=found.value,
        gradients=arrays(found.result["gradient"]),
        second=arrays(second) if second is not None else None,
        verdict=found.verdict,
        warnings=found.warnings,
        exit_code=answer_exit(found.value, found.verdict, request.strict),
    )


class Answer(NamedTuple):
    """What the worker sent about one function, judged.

    Parameters
    ----------
    result
        As `verify.report.answer` or `verify.products.product` return it.
    value
        The value, nowhere NaN.
    verdict
        ``None`` where none was asked for.
    warnings
        What the user should know beside the numbers.
    """

    result: Mapping[str, Any]
    value: Array
    verdict: Verdict | None
    warnings: tuple[Diagnostic, ...]


def ask(request: Request, options: Mapping[str, Any], printed: Printed) -> Answer:
    """Let the worker answer for a function of a file, and judge what it sent.

    Parameters
    ----------
    request
        `expr` is ``FILE.py::FN``, or ``FILE.py`` with one function to differentiate.
    options
        What is asked, as `verify.report.answer` or `verify.products.product` take it.
    printed
        As in `gradient`.

    Raises
    ------
    GradcliError
        As `gradient`.
    """
    if request.point.untrusted:
        what = f"`{request.expr}` would be run, which `--untrusted` forbids"
        raise UsageError("E087", what, hint="give an expression, or leave `--untrusted` out")
    (target,) = python_targets(request.expr)
    job = Job(target, asked(request))
    with Worker(Limits(request.timeout, request.memory)) as worker:
        try:
            result = _ask(request, job, options, worker)
        finally:
            if lines := worker.printed():
                printed(target.name, lines)
    value = np.asarray(result["value"], dtype=np.float64)
    if np.isnan(value).any():
        what = f"the value of `{request.expr}` is NaN at this point"
        raise DomainError("E030", what, hint="choose a point where the function is defined")
    verdict = _verdict(result)
    return Answer(result, value, verdict, _warnings(value, verdict))


def _warnings(value: Array, verdict: Verdict | None) -> tuple[Diagnostic, ...]:
    notes = verdict.warnings if verdict is not None else ()
    if not np.isfinite(value).all():
        infinite = Diagnostic("W102", "the value is not finite: overflow or a pole")
        return (infinite, *notes)
    return notes


def _verdict(result: Mapping[str, Any]) -> Verdict | None:
    if not result["evidence"]:
        return None
    return combine([judge(from_json(e)) for e in result["evidence"]])


def arrays(shown: Mapping[str, Any]) -> dict[str, Array]:
    """Return nested lists by name as arrays."""
    return {k: np.asarray(v, dtype=np.float64) for k, v in shown.items()}


def _ask(request: Request, job: Job, options: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    """Let the worker answer, and return what it sent."""
    message = {**job.message(0), "answer": True, "options": dict(options)}
    about: dict[str, Any] = {}
    for found in worker.run(message):
        if found.kind == "targets":
            _one_target(request, job.target, found.body)
        elif found.kind == "begin":
            about = found.body
        elif found.kind == "result":
            result: dict[str, Any] = found.body
            return result
        else:
            raise unit_error(job, about, found)
    raise GradcliError("E084", f"`{request.expr}` gave no answer")


def _options(request: Request) -> dict[str, Any]:
    cotangent: Any = request.cotangent
    if cotangent is not None and cotangent.strip() != "ones":
        value = read_value(cotangent, "--gradient", seed=request.point.seed)
        cotangent = np.asarray(value).tolist()
    return {"cotangent": cotangent, "order": request.order, "check": request.check}


def _one_target(request: Request, target: PythonTarget, described: list[dict[str, Any]]) -> None:
    """Refuse a file with several functions to differentiate, and a function without a point."""
    usable = [t for t in described if not t["skipped"]]
    if target.function is None and len(usable) != 1:
        names = ", ".join(t["name"] for t in usable) or "none"
        what = f"`{request.expr}` has {len(usable)} functions to differentiate: {names}"
        raise UsageError("E084", what, hint="name one: FILE.py::FN")
    if target.function is not None and not usable:
        reason = described[0]["skipped"] if described else "not found"
        hint = "give its values, e.g. `--x 1,2`"
        raise UsageError("E084", f"`{request.expr}`: {reason}", hint=hint)
