"""One call from its first word to its exit status.

May import everything in this room, `errors`, and `render` for messages; the rest arrives
with the command that runs. Whatever happens ends in a documented exit status, at most four
lines on standard error, and no traceback unless ``--debug`` asks for one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from gradcli import __version__
from gradcli.cli import exit_status
from gradcli.cli.argv import normal_form
from gradcli.cli.call import Call
from gradcli.cli.params import VERSION_FLAG
from gradcli.cli.streams import ReaderGone, Streams
from gradcli.cli.words import guessed_command, sort, wants_json
from gradcli.errors import GradcliError, InternalError, NoVerdictError, UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

_COMPLETION = "_GRADCLI_COMPLETE"


def main(argv: Sequence[str], streams: Streams) -> int:
    """Run a call and return its exit status.

    Parameters
    ----------
    argv
        The words after the program's name.
    streams
        Where its output goes.

    Returns
    -------
    int
        An exit status of the table in `exit_status`.
    """
    call = Call(streams, json=wants_json(argv, os.environ), debug="--debug" in argv)
    try:
        try:
            return _dispatch(argv, call)
        except GradcliError as problem:
            return _fail(problem, call)
    except ReaderGone:
        return exit_status.BROKEN_PIPE
    except KeyboardInterrupt:
        return exit_status.INTERRUPTED
    except GradcliError as problem:
        # Standard output failed while the failure itself was written to it.
        return _fail_silently(problem, call)
    except MemoryError:
        return _fail_anyhow(NoVerdictError("E098", "memory ran out"), call)
    except Exception as bug:
        return _report_bug(bug, call)


def _dispatch(argv: Sequence[str], call: Call) -> int:
    """Put the words in order and hand them to click."""
    if list(argv) == [VERSION_FLAG]:
        call.streams.write_text(f"gradcli {__version__}\n")
        return exit_status.ANSWERED
    if os.environ.get(_COMPLETION):
        return _click([], call)
    call.kind = guessed_command(argv).kind
    if not argv:
        return _help([], call)
    words = sort(argv)
    call.expr = words.expr
    args = normal_form(words)
    if args[-1] == "--help" and "--" not in args:
        return _help(args[:-1], call)
    if args == (VERSION_FLAG,):
        return _dispatch(args, call)
    return _click(args, call)


def _help(names: Sequence[str], call: Call) -> int:
    """Write the help of the program, or of a command."""
    from gradcli.cli.interface import help_text

    call.streams.write_text(help_text(names))
    return exit_status.ANSWERED


def _click(args: Sequence[str], call: Call) -> int:
    """Run click; its exceptions become ours."""
    import click

    from gradcli.cli.interface import program

    try:
        status = program().main(list(args), prog_name="gradcli", standalone_mode=False, obj=call)
        return int(status or 0)
    except click.ClickException as problem:
        what = safe_text(problem.format_message(), 4 * SHOWN_CHARACTERS).rstrip(".")
        what = what[:1].lower() + what[1:]
        raise UsageError("E092", what, hint=f"see `gradcli {call.kind} --help`") from problem
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None


def _fail(problem: GradcliError, call: Call) -> int:
    """Report a request that could not be answered: text, and a record where asked for."""
    if call.json:
        from gradcli.render.records import failure_record, line
        from gradcli.reports import Failure

        failure = Failure(call.kind, problem.diagnostic, problem.exit_code, call.expr)
        call.streams.write_record(line(failure_record(failure)))
    return _fail_silently(problem, call)


def _fail_anyhow(problem: GradcliError, call: Call) -> int:
    """Report a failure where standard output may be the next thing to fail."""
    try:
        return _fail(problem, call)
    except (GradcliError, ReaderGone):
        return problem.exit_code


def _fail_silently(problem: GradcliError, call: Call) -> int:
    """Report a failure on standard error only."""
    from gradcli.render.diagnostics import diagnostic_text
    from gradcli.render.style import Style, wants_colour

    style = Style(colour=wants_colour(call.color, sys.stderr, os.environ))
    message = diagnostic_text(problem.diagnostic, style)
    call.streams.write_message(_traceback(problem, call) + message)
    return problem.exit_code


def _traceback(problem: BaseException, call: Call) -> str:
    """Return the traceback, where ``--debug`` asks for it."""
    if not call.debug:
        return ""
    import traceback

    lines = "".join(traceback.format_exception(problem)).splitlines()
    return "".join(f"{safe_text(line)}\n" for line in lines)


def _report_bug(bug: Exception, call: Call) -> int:
    """Report a bug of ours: what it is, where, and the program that brought it about."""
    last = bug.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    code = last.tb_frame.f_code if last is not None else None
    place = (
        ""
        if code is None or last is None
        else f" ({os.path.basename(code.co_filename)}:{last.tb_lineno})"
    )
    reason = safe_text(f"{type(bug).__name__}: {bug}", 2 * SHOWN_CHARACTERS)
    problem = InternalError(
        "E070",
        f"a bug in gradcli: {reason}{place}",
        hint="please report it, with the command, `gradcli doctor` and what follows",
    )
    status = _fail_anyhow(problem, call)
    notes = [note for text in getattr(bug, "__notes__", ()) for note in text.splitlines()]
    call.streams.write_message("".join(f"{safe_text(note)}\n" for note in notes))
    call.streams.write_message(_traceback(bug, call))
    return status
