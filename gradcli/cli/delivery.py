"""A use case run, its report or failure rendered and written, its exit status returned.

May import `call`, `settings`, `render`, `reports`, `errors`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from gradcli.cli.call import Call
from gradcli.cli.settings import Settings
from gradcli.errors import Diagnostic, UsageError
from gradcli.render import text
from gradcli.render.diagnostics import diagnostics_text
from gradcli.render.style import DIGITS, Style, is_terminal, wants_colour
from gradcli.render.verdicts import verdict_text
from gradcli.reports import GradReport, Listing, ProductReport, Status
from gradcli.source import safe_text

Answer = GradReport | ProductReport
# Suffixes of ``-o`` that mean arrays instead of text.
ARRAY_SUFFIXES = (".npy", ".npz")


class Delivery:
    """Where the output of one call goes, and in which form.

    Parameters
    ----------
    settings
        The options of the call.
    call
        The call.
    """

    def __init__(self, settings: Settings, call: Call) -> None:
        self.settings = settings
        self.streams = call.streams
        refuse_output(settings)

    def style(self) -> Style:
        """Return how text on standard output is written."""
        settings = self.settings
        return Style(
            digits=settings.digits(DIGITS),
            colour=settings.output is None and wants_colour(settings.color, sys.stdout, os.environ),
            abbreviate=settings.output is None and is_terminal(sys.stdout),
            verbose=settings.flag("verbose"),
        )

    def answer(self, work: Callable[[], Answer]) -> int:
        """Run a use case that answers with numbers; write the answer; return its status."""
        self.style()  # A wrong --precision is refused before the work.
        report = work()
        self.warn(report.warnings)
        self._write(report)
        return report.exit_code

    def listing(self, work: Callable[[], Listing]) -> int:
        """Run a use case that reads the tables; write what it found."""
        listing = work()
        if self.settings.json:
            from gradcli.render import records

            self.write("".join(map(records.line, records.listing_records(listing))))
        else:
            self.write(listing.text)
        return 0

    def warn(self, warnings: Iterable[Diagnostic]) -> None:
        """Write warnings to standard error."""
        self.streams.write_message(diagnostics_text(warnings, error_style(self.settings.color)))

    def note(self, text: str) -> None:
        """Write one line of our own to standard error."""
        self.streams.write_message(f"{text}\n")

    def repeat(self, name: str, lines: Sequence[str]) -> None:
        """Repeat on standard error what user code printed, each line behind a mark."""
        if not self.settings.flag("quiet"):
            # A function is called many times, and prints the same as many times.
            runs = [(line, len(list(same))) for line, same in groupby(lines)]
            said = (line if n == 1 else f"{line}  ({n} times)" for line, n in runs)
            shown = "".join(f"  | {line}\n" for line in said)
            self.streams.write_message(f"printed by {safe_text(name)}:\n{shown}")

    def write(self, out: str) -> None:
        """Write text or records to standard output, or to the file of ``-o``."""
        path = self.settings.output
        if path is not None and path != "-":
            from gradcli.render.files import write_file

            write_file(path, out.encode("utf-8", "backslashreplace"))
        elif self.settings.json:
            self.streams.write_record(out)
        else:
            self.streams.write_text(out)

    def _write(self, report: Answer) -> None:
        settings = self.settings
        path = (settings.output or "").lower()
        if path.endswith(ARRAY_SUFFIXES):
            self._write_arrays(report)
        elif settings.json or path.endswith(".json"):
            self.write(_record_line(report, settings.flag("verbose")))
        elif settings.flag("quiet"):
            self.write(text.bare_text(text.bare_results(report), settings.digits(None)))
            self._say_unless_ok(report)
        else:
            self.write(text_of(report, self.style()))
            self._help(report)

    def _help(self, report: Answer) -> None:
        """Say on standard error what would cure a verdict that is not ok."""
        verdict = report.verdict
        if verdict is not None and verdict.status is not Status.OK and verdict.hint:
            self.streams.write_message(f"help: {verdict.hint}\n")

    def _write_arrays(self, report: Answer) -> None:
        """Write the results as a NumPy file."""
        from gradcli.render.files import array_bytes, write_file

        path = self.settings.output or ""
        if isinstance(report, GradReport):
            write_file(path, array_bytes(report.gradients, path))
        else:
            # What belongs to all variables together has no name of its own.
            named = {name or report.kind: value for name, value in report.results.items()}
            write_file(path, array_bytes(named, path))

    def _say_unless_ok(self, report: Answer) -> None:
        """Say on standard error what ``-q`` leaves out, where it sets the exit code."""
        verdict = report.verdict
        if verdict is not None and verdict.status is not Status.OK:
            style = error_style(self.settings.color)
            self.streams.write_message(f"check  {verdict_text(verdict, style)}\n")


def refuse_output(settings: Settings) -> None:
    """Refuse ``-o`` with ``--untrusted``."""
    if settings.flag("untrusted") and settings.output not in {None, "-"}:
        what = "`--untrusted` writes no files"
        raise UsageError("E095", what, hint="leave out -o and redirect standard output")


def error_style(color: str) -> Style:
    """Return how text on standard error is written."""
    return Style(colour=wants_colour(color, sys.stderr, os.environ))


def _record_line(report: Answer, verbose: bool) -> str:
    """Return the record of an answer."""
    from gradcli.render import records

    if isinstance(report, GradReport):
        return records.line(records.grad_record(report, verbose))
    return records.line(records.product_record(report, verbose))


def text_of(report: Answer, style: Style) -> str:
    """Return the text of an answer."""
    if isinstance(report, GradReport):
        return text.grad_text(report, style)
    return text.product_text(report, style)
