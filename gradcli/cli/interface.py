"""click's commands, built from the tables of `params`.

May import click, `params`, `settings`, `call`. The module of a command is imported when the command
runs, not before: help and completion need the tables only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import click

from gradcli.cli.call import Call
from gradcli.cli.help_texts import COMMAND_HELP, EPILOG, INTRODUCTION
from gradcli.cli.params import COMMANDS, GLOBAL, Command, Option
from gradcli.cli.settings import Settings

# Help is as wide as this on every terminal: no width detection.
_WIDTH = 96
_TYPES: dict[str, Any] = {"int": click.INT, "number": click.FLOAT}


class _Commands(click.Group):
    """The commands by name, built when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = COMMANDS.get(cmd_name)
        return None if command is None else _build(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(c.name, c.summary) for c in COMMANDS.values()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        _write_options(formatter, "Options of every command", GLOBAL)


class _Command(click.Command):
    """One command, its own options first in its help."""

    def __init__(self, spec: Command, **settings: Any) -> None:
        super().__init__(spec.name, **settings)
        self.spec = spec

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [piece for piece in (self.spec.operand, "[OPTIONS]") if piece]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.spec.evaluates:
            variables = [("--NAME VALUE", "Bind a variable of the expression, e.g. --x 0,1,2,3.")]
            with formatter.section("Variables"):
                formatter.write_dl(variables)
        if self.spec.options:
            _write_options(formatter, "Options", self.spec.options)
        _write_options(formatter, "Options of every command", GLOBAL)


def _write_options(formatter: click.HelpFormatter, title: str, options: tuple[Option, ...]) -> None:
    rows = [
        (", ".join((*o.flags,)) + (f" {o.metavar}" if o.metavar else ""), o.help) for o in options
    ]
    if options is GLOBAL:
        rows += [("-h, --help", "Show help."), ("--version", "Show the version.")]
    with formatter.section(title):
        formatter.write_dl(rows)


def _parameter(option: Option) -> click.Option:
    """Return click's form of an option."""
    if not option.takes_value:
        return click.Option(
            [option.name, *option.flags], is_flag=True, default=None, envvar=option.variable
        )
    kind: Any = click.Choice(option.choices) if option.choices else _TYPES.get(option.kind)
    return click.Option(
        [option.name, *option.flags],
        metavar=option.metavar,
        type=kind or click.STRING,
        multiple=option.multiple,
        envvar=option.variable,
    )


def _runner(command: Command) -> Callable[..., int]:
    """Return the function that click calls: it imports the command's module and runs it."""

    def run(**options: Any) -> int:
        operands = tuple(options.pop("operands"))
        module = import_module(f"gradcli.cli.commands.{command.module}")
        call: Call = click.get_current_context().obj
        settings = Settings(command.name, operands, options)
        call.json, call.debug = settings.json, settings.flag("debug")
        call.color = settings.color
        status: int = module.run(settings, call)
        return status

    return run


_CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "terminal_width": _WIDTH,
    "max_content_width": _WIDTH,
}


def _build(command: Command) -> click.Command:
    parameters: list[click.Parameter] = [_parameter(o) for o in (*command.options, *GLOBAL)]
    parameters.append(click.Argument(["operands"], nargs=-1))
    return _Command(
        command,
        callback=_runner(command),
        params=parameters,
        help=COMMAND_HELP.get(command.name, command.summary),
        context_settings=_CONTEXT,
        epilog=EPILOG if command.evaluates else None,
    )


def program() -> click.Group:
    """Return the whole command line."""
    return _Commands("gradcli", help=INTRODUCTION, epilog=EPILOG, context_settings=_CONTEXT)


def help_text(names: Sequence[str]) -> str:
    """Return the help of the program, or of the command that `names` holds."""
    group = program()
    context = click.Context(group, info_name="gradcli", **_CONTEXT)
    command: click.Command = group
    for name in names:
        command = group.get_command(context, name) or group
        context = click.Context(command, context, name, **_CONTEXT)
    return command.get_help(context) + "\n"
