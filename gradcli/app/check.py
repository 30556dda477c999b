"""The use case ``check``: every target in turn, files in a worker, expressions here.

May import `check_python`, `claimed_expression`, `python_targets`, `request`, `worker`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from gradcli.app.baseline import read_baseline
from gradcli.app.bindings import bound_values, once
from gradcli.app.check_python import Job, check_python
from gradcli.app.claimed_expression import check_expression
from gradcli.app.last_failed import recall, remember
from gradcli.app.python_targets import PythonTarget, is_python_target, python_targets
from gradcli.app.request import CheckRequest
from gradcli.errors import Diagnostic, GradcliError, UsageError
from gradcli.reports import CheckEntry, CheckReport, Status, Verdict
from gradcli.source import SHOWN_CHARACTERS, safe_text
from gradcli.worker.parent import Limits, Worker

# Entries that count towards ``--maxfail``.
_FAILURES = frozenset({Status.WRONG, Status.ERROR, Status.INCONCLUSIVE, Status.UNDEFINED})


def run(request: CheckRequest, written: Callable[[CheckEntry], None]) -> CheckReport:
    """Check every target and return the whole.

    Parameters
    ----------
    request
        What to check.
    written
        Called with every entry as soon as it is known.

    Returns
    -------
    CheckReport
        One entry a target, point and claim, in the order of the targets.

    Raises
    ------
    UsageError
        Where nothing was named.
    """
    if not request.targets and not request.expressions:
        raise UsageError("E091", "nothing to check", hint="name a file, a folder or an expression")
    start = time.monotonic()
    baseline = read_baseline(request.baseline) if request.baseline is not None else None
    entries: list[CheckEntry] = []
    failed = 0
    for found in _entries(request):
        entry = found if baseline is None else baseline.settle(found)
        entries.append(entry)
        written(entry)
        failed += entry.verdict.status in _FAILURES
        if request.most_failures is not None and failed >= request.most_failures:
            break
    # Only files are remembered: what someone typed is written nowhere.
    if files := [entry for entry in entries if entry.expr is None]:
        remember(files)
    return CheckReport(tuple(entries), time.monotonic() - start)


def _entries(request: CheckRequest) -> Iterator[CheckEntry]:
    """Yield the entries of every target; a target that cannot be used is an entry, too."""
    with ExitStack() as stack:
        worker: Worker | None = None
        for word in request.targets:
            if not is_python_target(word) and not _looks_like_file(word):
                yield from check_expression(word, request)
                continue
            _refuse_untrusted(request, word)
            if worker is None:
                limits = Limits(request.timeout, request.memory)
                worker = stack.enter_context(Worker(limits))
            for target in python_targets(word):
                yield from _guarded(word, request, target, worker)
    for text in request.expressions:
        yield from check_expression(text, request)


def _looks_like_file(word: str) -> bool:
    """Whether a word is meant as a path although nothing is there."""
    return word.endswith((".py", "/")) or "::" in word


def _refuse_untrusted(request: CheckRequest, word: str) -> None:
    if request.point.untrusted:
        shown = safe_text(word, SHOWN_CHARACTERS)
        what = f"`{shown}` would be run, which `--untrusted` forbids"
        raise UsageError("E087", what, hint="give an expression, or leave `--untrusted` out")


def _guarded(
    word: str, request: CheckRequest, target: PythonTarget, worker: Worker
) -> Iterator[CheckEntry]:
    """Yield a target's entries; where it cannot be used, one that says why."""
    try:
        yield from check_python(_job(request, target), worker)
    except GradcliError as problem:
        yield failed_entry(word, problem)


def failed_entry(node: str, problem: GradcliError) -> CheckEntry:
    """Return the entry of a target that cannot be used."""
    said = problem.diagnostic
    verdict = Verdict(Status.ERROR, text=said.what)
    return CheckEntry(node=node, verdict=verdict, exit_code=problem.exit_code, error=said)


def _job(request: CheckRequest, target: PythonTarget) -> Job:
    """Return the job of one Python target."""
    return Job(
        target,
        asked(request),
        pattern=request.pattern,
        samples=request.samples,
        seed=request.point.seed,
        listing=request.list_only,
        strict=request.strict,
        claims=_claim_targets(request.claims),
        rtol=request.rtol,
        atol=request.atol,
        mutate=request.mutate,
        only=_only(request, target),
    )


def _only(request: CheckRequest, target: PythonTarget) -> tuple[str, ...] | None:
    """Return the functions of a target that were not ok last time, where that is asked."""
    failed = recall() if request.last_failed else frozenset()
    if not failed:
        return None
    start = target.node("")
    return tuple(node[len(start) :] for node in failed if node.startswith(start))


def _claim_targets(claims: Sequence[str]) -> tuple[dict[str, str | None], ...]:
    """Return claims that are functions of other files or modules, JSON-ready."""
    found = []
    for text in claims:
        if not is_python_target(text):
            shown = safe_text(text, SHOWN_CHARACTERS)
            what = f"`--claim {shown}` is no function"
            hint = "for a Python target write `--claim FILE.py::FN` or `--claim module:FN`"
            raise UsageError("E088", what, hint=hint)
        (claim,) = python_targets(text)
        found.append({"path": claim.path, "module": claim.module, "function": claim.function})
    return tuple(found)


def asked(request: Any) -> dict[str, Any]:
    """Return what a request says about points of Python targets, JSON-ready.

    Parameters
    ----------
    request
        Has `point` and `wrt`, and `shapes` for ``check``.
    """
    notes: list[Diagnostic] = []
    values = bound_values(request.point, once(request.point.bindings), notes)
    return {
        "values": {name: np.asarray(value).tolist() for name, value in values.items()},
        "shapes": {name: list(shape) for name, shape in getattr(request, "shapes", ())},
        "wrt": list(request.wrt or ()),
        "seed": request.point.seed,
    }
