"""``gradcli grad --batch``: a stream of records.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `cli.exit_status`, `app`, `render`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from gradcli.app import batch
from gradcli.cli.call import Call
from gradcli.cli.delivery import refuse_output
from gradcli.cli.exit_status import worst
from gradcli.cli.questions import question, target_of
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError
from gradcli.render.files import replacing
from gradcli.render.records import failure_record, grad_record, line
from gradcli.reports import Failure, GradReport
from gradcli.source import SHOWN_CHARACTERS, safe_text


def run_batch(settings: Settings, call: Call) -> int:
    """Answer every line with a record, flushed as it is written."""
    call.json = True
    _refuse_contradictions(settings)
    path: str = settings.options["batch"]
    expr = None if settings.operands or settings.options.get("expr") else ""
    request = question(settings, call, expr)
    call.expr = request.expr or None
    if target_of(settings) is not None:
        raise UsageError("E092", "`--batch` takes an expression", hint="loop in the shell instead")
    verbose = settings.flag("verbose")
    with _opened(path) as stream, _sink(settings, call) as write:
        statuses = set()
        for report in batch.run(stream, request):
            write(_encoded(report, verbose))
            statuses.add(report.exit_code)
    return worst(statuses)


def _encoded(report: GradReport | Failure, verbose: bool) -> bytes:
    if isinstance(report, GradReport):
        return line(grad_record(report, verbose)).encode("utf-8")
    return line(failure_record(report)).encode("utf-8")


def _refuse_contradictions(settings: Settings) -> None:
    """Refuse what cannot go with a stream of lines."""
    refuse_output(settings)
    path = settings.options["batch"]
    given = settings.operands[0] if settings.operands else settings.options.get("expr")
    if path == "-" and given == "-":
        what = "the expression and the lines cannot both come from standard input"
        raise UsageError("E092", what, hint="write the expression on the command line")


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open the lines: a file, a pipe, or standard input."""
    if path == "-":
        yield sys.stdin.buffer if sys.stdin is not None else io.BytesIO()
        return
    try:
        stream = open(path, "rb")  # noqa: SIM115  (closed below, after the last line)
    except (OSError, ValueError) as problem:
        shown = safe_text(path, SHOWN_CHARACTERS)
        why = (getattr(problem, "strerror", None) or "it cannot be read").lower()
        raise UsageError("E044", f"`{shown}`: {why}", hint="check the name") from problem
    with stream:
        yield stream


@contextmanager
def _sink(settings: Settings, call: Call) -> Iterator[Callable[[bytes], Any]]:
    """Return what writes a record: to standard output, or to the file of ``-o``."""
    if settings.output in {None, "-"}:
        yield call.streams.write_bytes
        return
    with replacing(settings.output or "") as file:
        yield file.write
