"""``gradcli check``: hand-written gradients judged.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `cli.exit_status`,
`cli.progress`, `app`, `render`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from gradcli.app.baseline import baseline_text
from gradcli.app.request import CheckRequest
from gradcli.app.sources import read_expression
from gradcli.cli.call import Call
from gradcli.cli.configuration import with_defaults
from gradcli.cli.delivery import ARRAY_SUFFIXES, Delivery
from gradcli.cli.exit_status import ANSWERED, NOTHING, worst
from gradcli.cli.progress import Progress
from gradcli.cli.questions import limits, point
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError
from gradcli.render.files import write_file
from gradcli.render.github import github_text
from gradcli.render.junit import junit_text
from gradcli.render.records import check_record, line, summary_record
from gradcli.render.sarif import sarif_text
from gradcli.render.style import Style
from gradcli.render.table import check_text
from gradcli.reports import CheckEntry, CheckReport, Status
from gradcli.source import SHOWN_CHARACTERS, safe_text

_SHAPE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*\(?([0-9,\s]*)\)?\s*\Z")


def run(settings: Settings, call: Call) -> int:
    """Judge every target and write one line or record each, and a summary."""
    settings = with_defaults(settings)
    call.json = settings.json
    delivery = Delivery(settings, call)
    request = check_request(settings)
    from gradcli.app import check

    verbose = settings.flag("verbose")
    streams = settings.json and settings.output in {None, "-"}
    records = settings.json or _has_suffix(settings, ".json")
    if _has_suffix(settings, *ARRAY_SUFFIXES):
        what = f"`check` has no arrays to write to {safe_text(settings.output, SHOWN_CHARACTERS)}"
        raise UsageError("E092", what, hint="write `-o FILE.json`, or use `gradcli grad -o FILE`")

    progress = Progress(call.streams, is_wanted=not settings.flag("quiet"))

    def written(entry: CheckEntry) -> None:
        progress.clear()
        delivery.warn(entry.warnings if entry.error is None else (*entry.warnings, entry.error))
        if streams:
            delivery.write(line(check_record(entry, verbose)))
        progress.step(entry.node)

    def printed(name: str, lines: Sequence[str]) -> None:
        progress.clear()
        delivery.repeat(name, lines)

    style = delivery.style()
    report = check.run(request, written, printed)
    progress.clear()
    status = report_status(report, request.list_only)
    if streams:
        delivery.write(line(summary_record(report, status, verbose)))
    elif records:
        found = [check_record(entry, verbose) for entry in report.entries]
        found.append(summary_record(report, status, verbose))
        delivery.write("".join(map(line, found)))
    else:
        delivery.write(_formatted(report, options_format(settings), style))
    if request.baseline is not None and not os.path.exists(request.baseline):
        status = _write_baseline(request.baseline, report, delivery)
    return status


def _has_suffix(settings: Settings, *suffixes: str) -> bool:
    """Return whether ``-o`` names a file of a sort, and no format says otherwise."""
    plain = options_format(settings) == "text"
    return plain and (settings.output or "").lower().endswith(suffixes)


def options_format(settings: Settings) -> str:
    """Return the format that was asked for."""
    return str(settings.options.get("format") or "text")


def _formatted(report: CheckReport, name: str, style: Style) -> str:
    """Return the report in a format for people or for tools."""
    if name == "github":
        return github_text(report)
    if name == "sarif":
        return sarif_text(report)
    if name == "junit":
        return junit_text(report)
    return check_text(report, style)


def _write_baseline(path: str, report: CheckReport, delivery: Delivery) -> int:
    """Write what fails now as known, say so, and succeed."""
    write_file(path, baseline_text(report).encode())
    count = sum(entry.exit_code != 0 for entry in report.entries)
    delivery.note(f"{count} known failures written to {safe_text(path, SHOWN_CHARACTERS)}")
    return report_status(report) if not report.entries else 0


def report_status(report: CheckReport, listing: bool = False) -> int:
    """Return the exit status of a whole call: nothing checked is not success.

    Where targets were only to be listed, the list is the answer.
    """
    judged = [e for e in report.entries if e.verdict.status is not Status.SKIPPED]
    if not judged:
        return ANSWERED if listing and report.entries else NOTHING
    return worst(entry.exit_code for entry in judged)


def check_request(settings: Settings) -> CheckRequest:
    """Return the request that the options of ``check`` make."""
    options = settings.options
    texts = [read_expression("-") for word in settings.operands if word == "-"]
    if options.get("expr") is not None:
        texts.append(read_expression(options["expr"]))
    most = _positive(options.get("maxfail"), "--maxfail")
    if settings.flag("exitfirst"):
        most = 1
    return CheckRequest(
        targets=tuple(word for word in settings.operands if word != "-"),
        expressions=tuple(texts),
        claims=tuple(options.get("claim") or ()),
        point=point(settings),
        dialect=options.get("dialect") or "numpy",
        wrt=settings.wrt,
        strict=settings.flag("strict"),
        samples=_counted(options.get("samples") or 0, "--samples"),
        shapes=tuple(_shape(text) for text in options.get("shape") or ()),
        pattern=options.get("keyword"),
        most_failures=most,
        list_only=settings.flag("list"),
        rtol=_tolerance(options.get("rtol"), "--rtol"),
        atol=_tolerance(options.get("atol"), "--atol"),
        verbose=settings.flag("verbose"),
        mutate=settings.flag("mutate"),
        baseline=options.get("baseline"),
        last_failed=settings.flag("lastfailed"),
        jobs=_positive(options.get("jobs"), "--jobs") or 1,
        seed_hook=options.get("seed_hook"),
        **limits(settings),
    )


def _counted(value: int, option: str) -> int:
    if value < 0:
        raise UsageError("E092", f"`{option} {value}` is negative", hint="write a number from 0")
    return value


def _positive(value: int | None, option: str) -> int | None:
    if value is not None and value < 1:
        raise UsageError("E092", f"`{option} {value}` is too small", hint="write a number from 1")
    return value


def _tolerance(value: float | None, option: str) -> float | None:
    if value is not None and not 0.0 <= value < float("inf"):
        what = f"`{option} {value:.6g}` is no tolerance"
        raise UsageError("E092", what, hint="write a number from 0, e.g. 1e-6")
    return value


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the variable and the shape of ``x=3,4``."""
    match = _SHAPE.match(text)
    sizes: Any = match and [part.strip() for part in match[2].split(",") if part.strip()]
    if match is None or not all(part.isdigit() for part in sizes):
        shown = safe_text(text, SHOWN_CHARACTERS)
        hint = "write e.g. `--shape x=3,4`"
        raise UsageError("E092", f"`--shape {shown}` is no variable and shape", hint=hint)
    return match[1], tuple(int(part) for part in sizes)
