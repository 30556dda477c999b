"""A call in one normal form: options first, then ``--``, then operands.

May import `words`, `params`, `suggestion`, `language.lexer`, `errors`, `source`.

click would take ``--x`` for an unknown option and ``-x^2`` for a bundle of switches. What
comes out here has ``--set NAME=VALUE`` for every binding, and nothing left to guess; a
``--NAME`` that is neither an option nor a variable of the expression is refused.
"""

from __future__ import annotations

import re

from gradcli.cli.params import COMMANDS, VERSION_FLAG, Command, options_of
from gradcli.cli.suggestion import nearest
from gradcli.cli.words import Words, unknown_option
from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, Source, safe_text

_TARGET = re.compile(r"\.py(::[^:]+)?\Z")
_MODULE_TARGET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*\Z")
_BARE_WORD = re.compile(r"[A-Za-z][A-Za-z_-]*\Z")


def is_target(word: str) -> bool:
    """Return whether a word names a Python file, or a function in one."""
    return _TARGET.search(word) is not None


def is_module_target(word: str) -> bool:
    """Return whether a word names a function of an installed module."""
    return _MODULE_TARGET.match(word) is not None


def normal_form(words: Words) -> tuple[str, ...]:
    """Return a call in normal form: the command's name, options, ``--`` and operands.

    Parameters
    ----------
    words
        From `sort`.

    Returns
    -------
    tuple of str
        The words for click; only ``--help``, behind its command, or ``--version`` where
        these are asked for.

    Raises
    ------
    UsageError
        E090 for an unknown option or command or a superfluous word, E091 for a missing
        value or operand.
    """
    command = words.command
    if words.wants_help:
        named = words.is_named or words.operands or words.bindings
        return (command.name, "--help") if named else ("--help",)
    if words.wants_version:
        return (VERSION_FLAG,)
    if not words.is_named:
        _refuse_misspelt_command(words)
    _check_bindings(words)
    _check_operands(words)
    sets = [f"--set={name}={value}" for name, value in words.bindings]
    return (command.name, *words.options, *sets, "--", *words.operands)


def _refuse_misspelt_command(words: Words) -> None:
    """Refuse a first word that looks like a command and is no bound variable."""
    if not words.operands or not _BARE_WORD.match(words.operands[0]):
        return
    word = words.operands[0]
    bound = {name for name, _ in words.bindings}
    bound |= {o[len("--set=") :].partition("=")[0] for o in words.options if o.startswith("--set=")}
    if word in bound:
        return
    near = "--help" if word == "help" else nearest(word, COMMANDS)
    if near is not None:
        raise UsageError("E090", f"unknown command `{word}`", hint=f"did you mean `{near}`?")
    if len(words.operands) > 1:
        hint = f"the commands are {', '.join(COMMANDS)}; an expression is one word, in quotes"
        raise UsageError("E090", f"unknown command `{word}`", hint=hint)


def _typed_expressions(words: Words) -> list[str] | None:
    """Return the expressions on the command line; ``None`` where a target hides its names."""
    from_elsewhere = {"expr", "batch"} & words.seen
    if not words.operands and from_elsewhere:
        return None
    hidden = any(
        w == "-" or is_target(w) or is_module_target(w) or _is_folder(w) for w in words.operands
    )
    return None if hidden else words.operands


def _is_folder(word: str) -> bool:
    """Return whether a word names a folder that is there."""
    if not word or "\0" in word:
        return False
    from os.path import isdir

    return isdir(word)


def _check_bindings(words: Words) -> None:
    """Refuse a ``--NAME`` that is neither an option nor a variable of the expression."""
    if not words.bindings:
        return
    if not words.operands and not {"expr", "batch"} & words.seen:
        _refuse_swallowed_expression(words)
        return
    from gradcli.language.lexer import is_name, occurring_names, tokenize

    typed = _typed_expressions(words)
    occurring = None if typed is None else [n for text in typed for n in occurring_names(text)]
    for name, value in words.bindings:
        if not is_name(name) or (occurring is not None and name not in occurring):
            # A look-alike letter in the expression is why the name is not found in it.
            for text in typed or ():
                tokenize(Source(text))
            if typed and not "".join(typed).strip():
                raise UsageError("E001", "the expression is empty", hint="write one, e.g. 'x^2'")
            known = options_of(words.command)
            raise unknown_option(f"--{name}", known, _variables(occurring or []))
        if value is None:
            hint = f"write `--{name} VALUE`"
            raise UsageError("E091", f"`--{name}` needs a value", hint=hint)


def _variables(names: list[str]) -> list[str]:
    """Return the names of an expression that are no functions and no constants."""
    from gradcli.language.functions import is_function
    from gradcli.language.names import CONSTANTS

    return [n for n in names if n not in CONSTANTS and not is_function(n)]


def _refuse_swallowed_expression(words: Words) -> None:
    """Refuse a misspelt switch that took the expression for its value."""
    known = options_of(words.command)
    for name, _ in words.bindings:
        if nearest(f"--{name}", [flag for flag in known if len(flag) > 2]) is not None:
            raise unknown_option(f"--{name}", known, ())


def _check_operands(words: Words) -> None:
    """Refuse a call with too many operands, or none."""
    command = words.command
    limit = None if command.many else 1 if command.operand else 0
    if limit is not None and len(words.operands) > limit:
        shown = safe_text(words.operands[limit], SHOWN_CHARACTERS)
        hint = (
            "quote the expression, so that the shell hands it over as one word"
            if command.evaluates
            else f"usage: gradcli {command.name} {command.operand}".rstrip()
        )
        raise UsageError("E090", f"`{shown}` is one word too many", hint=hint)
    given = words.operands or {"expr", "batch"} & words.seen
    if command.needs_operand and not given and not _expression_in_environment(command):
        what = "there is no expression" if command.evaluates else f"`{command.operand}` is missing"
        hint = f"usage: gradcli {command.name} {command.operand}"
        raise UsageError("E091", what, hint=hint)


def _expression_in_environment(command: Command) -> bool:
    """Return whether the environment names a file or stream to read the expression from."""
    import os

    names = ("GRADCLI_EXPR", "GRADCLI_BATCH") if command.evaluates else ()
    return any(os.environ.get(name) for name in names)
