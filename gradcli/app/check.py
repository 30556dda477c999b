"""The use case ``check``: every target in turn, files in a worker, expressions here.

May import `check_python`, `claimed_expression`, `crew`, `python_targets`, `request`, `worker`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from gradcli.app.baseline import read_baseline
from gradcli.app.bindings import bound_values, once
from gradcli.app.check_python import Job, check_python
from gradcli.app.claimed_expression import check_expression
from gradcli.app.crew import Crew, Task
from gradcli.app.last_failed import recall, remember
from gradcli.app.python_targets import PythonTarget, is_python_target, python_targets
from gradcli.app.request import CheckRequest
from gradcli.errors import Diagnostic, GradcliError, UsageError
from gradcli.reports import CheckEntry, CheckReport, Status, Verdict
from gradcli.source import SHOWN_CHARACTERS, safe_text
from gradcli.worker.parent import Limits, Worker

Printed = Callable[[str, list[str]], None]
# The claim that stands for a framework's own gradient.
_AUTO = "auto"
# Entries that count towards ``--maxfail``.
_FAILURES = frozenset({Status.WRONG, Status.ERROR, Status.INCONCLUSIVE, Status.UNDEFINED})


def run(
    request: CheckRequest,
    written: Callable[[CheckEntry], None],
    printed: Printed = lambda name, lines: None,
) -> CheckReport:
    """Check every target and return the whole.

    Parameters
    ----------
    request
        What to check.
    written
        Called with every entry as soon as it is known.
    printed
        Called with the name of a file or module and what its code printed, safe to show.

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
    for found in _entries(request, printed):
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


def _entries(request: CheckRequest, printed: Printed) -> Iterator[CheckEntry]:
    """Yield the entries of every target; a target that cannot be used is an entry, too."""
    with Crew(Limits(request.timeout, request.memory), request.jobs) as crew:
        words = ((word, _is_expression(word)) for word in request.targets)
        for typed, group in groupby(words, key=itemgetter(1)):
            if typed:
                for word, _ in group:
                    yield from check_expression(word, request)
            else:
                yield from crew.do(_tasks(request, [word for word, _ in group], printed))
    for text in request.expressions:
        yield from check_expression(text, request)


def _is_expression(word: str) -> bool:
    return not is_python_target(word) and not _looks_like_file(word)


def _tasks(request: CheckRequest, words: Sequence[str], printed: Printed) -> Iterator[Task]:
    """Yield one task a file or module that the words name."""
    # What no target can use is refused once, not for every file of a folder.
    _claim_targets(request.claims)
    for word in words:
        _refuse_untrusted(request, word)
        for target in python_targets(word):
            yield partial(_guarded, word, request, target, printed)


def _looks_like_file(word: str) -> bool:
    """Whether a word is meant as a path although nothing is there."""
    return word.endswith((".py", "/")) or "::" in word


def _refuse_untrusted(request: CheckRequest, word: str) -> None:
    if request.point.untrusted:
        shown = safe_text(word, SHOWN_CHARACTERS)
        what = f"`{shown}` would be run, which `--untrusted` forbids"
        raise UsageError("E087", what, hint="give an expression, or leave `--untrusted` out")


def _guarded(
    word: str, request: CheckRequest, target: PythonTarget, printed: Printed, worker: Worker
) -> Iterator[CheckEntry]:
    """Yield a target's entries; where it cannot be used, one that says why."""
    heard = False
    try:
        for entry in check_python(_job(request, target), worker):
            heard = True
            yield entry
        if not heard and word == target.path and not (request.pattern or request.last_failed):
            yield _without_functions(word)
    except GradcliError as problem:
        yield failed_entry(word, problem)
    finally:
        if lines := worker.printed():
            printed(target.name, lines)


def _without_functions(path: str) -> CheckEntry:
    """Return the entry of a named file that has nothing to check; in a folder, none is made."""
    reason = "defines no public function (classes and what is imported are left alone)"
    verdict = Verdict(Status.SKIPPED, text=reason)
    return CheckEntry(node=path, verdict=verdict, exit_code=0, file=path, remark=reason)


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
        verbose=request.verbose,
        hook=function_elsewhere(request.seed_hook, "--seed-hook") if request.seed_hook else None,
        only=_only(request, target),
    )


def _only(request: CheckRequest, target: PythonTarget) -> tuple[str, ...] | None:
    """Return the functions of a target that were not ok last time, where that is asked."""
    failed = recall() if request.last_failed else frozenset()
    if not failed:
        return None
    start = target.node("")
    return tuple(node[len(start) :] for node in failed if node.startswith(start))


def _claim_targets(claims: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return claims that are functions of other files or modules, JSON-ready."""
    return tuple(
        {_AUTO: True} if text == _AUTO else function_elsewhere(text, "--claim") for text in claims
    )


def function_elsewhere(text: str, option: str) -> dict[str, Any]:
    """Return the function that an option names, JSON-ready.

    Parameters
    ----------
    text
        ``FILE.py::FN`` or ``module:FN``.
    option
        The option it was given to.

    Raises
    ------
    UsageError
        E088 where the text names no function.
    """
    found = list(python_targets(text)) if is_python_target(text) else []
    if len(found) != 1 or found[0].function is None:
        what = f"`{option} {safe_text(text, SHOWN_CHARACTERS)}` names no function"
        hint = f"write `{option} FILE.py::FN` or `{option} module:FN`"
        if ": " in text:
            hint += "; `VAR: EXPR` claims the derivative of an expression"
        raise UsageError("E088", what, hint=hint)
    named = found[0]
    return {"path": named.path, "module": named.module, "function": named.function}


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
