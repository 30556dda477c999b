"""Defaults of ``check`` from the user's ``pyproject.toml``: the table ``[tool.gradcli]``.

May import `params`, `settings`, `suggestion`, `errors`, `source`. Flag beats environment
beats file; with ``--untrusted`` no file is looked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from gradcli.cli.params import CHECK, GLOBAL, Option
from gradcli.cli.settings import Settings
from gradcli.cli.suggestion import nearest
from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

_FILE = "pyproject.toml"
# A pyproject beyond this size is no pyproject.
_MOST_BYTES = 1_000_000
# Options that make no sense for every call in a folder.
_PER_CALL = frozenset(
    {"set", "values", "expr", "json", "output", "debug", "untrusted", "list", "claim"}
)


def with_defaults(settings: Settings) -> Settings:
    """Return the settings with what is not given taken from the configuration file.

    Raises
    ------
    UsageError
        E097 for a file that cannot be used.
    """
    if settings.flag("untrusted"):
        return settings
    path = find_file()
    if path is None:
        return settings
    options = dict(settings.options)
    for name, value in _table(path).items():
        option = _option(name, path)
        if options.get(option.name) in {None, ()}:
            options[option.name] = _converted(option, value, path)
    return settings._replace(options=options)


def find_file() -> str | None:
    """Return the nearest ``pyproject.toml`` in or above the current folder."""
    try:
        folder = os.getcwd()
    except OSError:
        return None
    while True:
        path = os.path.join(folder, _FILE)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _refusal(path: str, why: str, hint: str) -> UsageError:
    shown = safe_text(os.path.basename(path), SHOWN_CHARACTERS)
    return UsageError("E097", f"[tool.gradcli] in `{shown}`: {why}", hint=hint)


def _table(path: str) -> Mapping[str, Any]:
    """Return the table of the file; empty where it has none."""
    import tomllib

    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES)
        if b"gradcli" not in data:
            return {}
        document = tomllib.loads(data.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        why = safe_text(problem, SHOWN_CHARACTERS)
        raise _refusal(path, why, "correct the file, or add --untrusted") from problem
    tool = document.get("tool", {})
    table = tool.get("gradcli", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise _refusal(path, "it is no table", "write [tool.gradcli]")
    return table


def _option(name: str, path: str) -> Option:
    known = {
        flag.lstrip("-"): option
        for option in (*CHECK.options, *GLOBAL)
        for flag in option.flags
        if option.name not in _PER_CALL and flag.startswith("--")
    }
    option = known.get(name) or known.get(name.replace("_", "-"))
    if option is None:
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else f"the keys are {', '.join(known)}"
        shown = safe_text(name, SHOWN_CHARACTERS)
        raise _refusal(path, f"`{shown}` is no option of check", hint)
    return option


def _converted(option: Option, value: Any, path: str) -> Any:
    """Return a value of the file as click would have given it."""
    given = f"`{option.flags[-1].lstrip('-')} = {safe_text(value, SHOWN_CHARACTERS)}`"
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "text": isinstance(value, str | int | float) and not isinstance(value, bool),
        "path": isinstance(value, str),
    }[option.kind]
    if not option.takes_value:
        fits = isinstance(value, bool)
    if option.multiple:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if option.choices and value not in option.choices:
        raise _refusal(path, f"{given} is not one of {', '.join(option.choices)}", "choose one")
    if not fits:
        raise _refusal(path, f"{given} has the wrong type", "see `gradcli check --help`")
    if option.multiple:
        return tuple(value)
    return str(value) if option.kind == "text" and option.takes_value else value
