"""The words of a call, sorted: options, bindings, operands.

May import `params`, `suggestion`, `errors`, `source`.

The command is found, its own and the global options are known, ``--NAME VALUE`` with an
unknown NAME binds a variable, and a word with a single leading ``-`` that is not a declared
short option of this command is an operand: ``-x^2`` is an expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gradcli.cli.params import (
    COMMANDS,
    DEFAULT,
    HELP_FLAGS,
    VERSION_FLAG,
    Command,
    Option,
    all_options,
    options_of,
)
from gradcli.cli.suggestion import nearest
from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

# What can be the name of an option or variable; `--x^2` and `--3` can only be expressions.
_LONG = re.compile(r"--[^\W\d][\w-]*(=|\Z)")


class Words:
    """The words of a call, sorted.

    Parameters
    ----------
    command
        The command that runs.
    is_named
        Whether it is written out.
    options, seen
        Known options in normal form, and their names.
    bindings
        What looks like ``--NAME VALUE``; ``None`` where the value is missing.
    operands
        The other words.
    wants_help, wants_version
        Whether ``--help`` or ``--version`` is among them.
    """

    def __init__(self, command: Command, is_named: bool) -> None:
        self.command = command
        self.is_named = is_named
        self.options: list[str] = []
        self.seen: set[str] = set()
        self.bindings: list[tuple[str, str | None]] = []
        self.operands: list[str] = []
        self.wants_help = False
        self.wants_version = False

    @property
    def expr(self) -> str | None:
        """The expression or target as given, where it stands on the command line."""
        given = self.operands[0] if self.command.evaluates and self.operands else "-"
        return None if given == "-" else given


def wants_json(argv: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return whether a call that could not be understood asked for records."""
    if environ.get("GRADCLI_JSON", "0").lower() not in {"0", "", "false", "no", "off"}:
        return True
    pairs = zip(argv, [*argv[1:], ""], strict=False)
    return any(
        word in {"--json", "--format=json"} or (word == "--format" and after == "json")
        for word, after in pairs
    )


def guessed_command(argv: Sequence[str]) -> Command:
    """Return the command of a call that could not be understood, for its record."""
    place = _command_place(argv)
    return DEFAULT if place is None else COMMANDS[argv[place]]


def sort(argv: Sequence[str]) -> Words:
    """Return the words of a call, sorted.

    Parameters
    ----------
    argv
        The words after the program's name.

    Raises
    ------
    UsageError
        E090 for an option the command does not have, E091 for a missing value.
    """
    place = _command_place(argv)
    command = DEFAULT if place is None else COMMANDS[argv[place]]
    words = Words(command, place is not None)
    _sort([word for position, word in enumerate(argv) if position != place], words)
    return words


def _command_place(argv: Sequence[str]) -> int | None:
    """Return where the command stands: it is the first operand, if it is a command."""
    known = all_options()
    position = 0
    while position < len(argv):
        word = argv[position]
        if word == "--":
            return None
        option = known.get(word.partition("=")[0])
        if _LONG.match(word):
            unknown = option is None and word not in HELP_FLAGS and word != VERSION_FLAG
            takes = unknown or (option is not None and option.takes_value)
            position += 2 if takes and "=" not in word else 1
        elif word in known:
            position += 2 if known[word].takes_value else 1
        elif word in HELP_FLAGS:
            position += 1
        else:
            return position if word in COMMANDS else None
    return None


def _sort(rest: Sequence[str], words: Words) -> None:
    """Sort words into options, bindings and operands."""
    command = words.command
    known = options_of(command)
    queue = list(reversed(rest))
    while queue:
        word = queue.pop()
        if word == "--":
            words.operands += reversed(queue)
            break
        if word in HELP_FLAGS:
            words.wants_help = True
        elif word == VERSION_FLAG:
            words.wants_version = True
        elif word in known or (_LONG.match(word) and word.partition("=")[0] in known):
            _take_option(words, word, known, queue)
        elif _LONG.match(word):
            _take_binding(words, word, queue)
        elif word.startswith("-") and word != "-" and not command.evaluates:
            raise unknown_option(word, known, ())
        else:
            words.operands.append(word)


def _take_option(words: Words, word: str, known: Mapping[str, Option], queue: list[str]) -> None:
    """Take a known option and its value."""
    flag, equals, value = word.partition("=")
    option = known[flag]
    words.seen.add(option.name)
    if not option.takes_value:
        if equals:
            raise UsageError("E090", f"`{flag}` takes no value", hint=f"write `{flag}` alone")
        words.options.append(flag)
        return
    if not equals:
        if not _value_follows(queue):
            hint = f"write `{flag} {option.metavar}`"
            raise UsageError("E091", f"`{flag}` needs a value", hint=hint)
        value = queue.pop()
    # click takes `-o=f` for the file `=f`: a short option and its value stay two words.
    words.options += [f"{flag}={value}"] if flag.startswith("--") else [flag, value]


def _value_follows(queue: Sequence[str]) -> bool:
    """Return whether the next word can be a value: another option cannot."""
    return bool(queue) and not _LONG.match(queue[-1]) and queue[-1] not in {"--", *HELP_FLAGS}


def _take_binding(words: Words, word: str, queue: list[str]) -> None:
    """Take ``--NAME VALUE`` of a variable; whether NAME is one is looked at later."""
    flag, equals, value = word.partition("=")
    if not words.command.evaluates:
        raise unknown_option(flag, options_of(words.command), ())
    if equals:
        words.bindings.append((flag[2:], value))
    elif _value_follows(queue):
        words.bindings.append((flag[2:], queue.pop()))
    else:
        words.bindings.append((flag[2:], None))


def unknown_option(flag: str, known: Mapping[str, Option], occurring: Sequence[str]) -> UsageError:
    """Return the error for a word that looks like an option."""
    variables = [f"--{name}" for name in occurring]
    long = [word for word in (*known, "--help", VERSION_FLAG) if len(word) > 2]
    # Two edits turn every one-letter name into some option: those are not compared.
    near = nearest(flag, [*variables, *long]) if len(flag) > 4 else None
    owners = [c.name for c in COMMANDS.values() if any(flag in o.flags for o in c.options)]
    if near is not None:
        hint = f"did you mean `{near}`?"
    elif owners:
        hint = f"it is an option of `gradcli {owners[0]}`"
    elif occurring:
        hint = f"the expression has {', '.join(occurring[:8])}; options: `gradcli --help`"
    else:
        hint = "see `gradcli --help`"
    shown = safe_text(flag, SHOWN_CHARACTERS)
    return UsageError("E090", f"`{shown}` is neither an option nor a variable here", hint=hint)
