"""The options of a call as values: what `interface` parsed, and what they mean together.

May import `errors`, `source`, `app.request`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

# Seventeen digits tell any two doubles apart; more would be invented.
_MOST_DIGITS = 17


class Settings(NamedTuple):
    """The options of a call.

    Parameters
    ----------
    command
        The command's name.
    operands
        The expression, target or other words.
    options
        Every option by its Python name; ``None`` or empty where not given.
    """

    command: str
    operands: tuple[str, ...]
    options: Mapping[str, Any]

    def flag(self, name: str) -> bool:
        """Return whether a switch is on."""
        return bool(self.options.get(name))

    @property
    def json(self) -> bool:
        """Whether records are asked for."""
        return self.flag("json") or self.options.get("format") == "json"

    @property
    def color(self) -> str:
        """When colours are used."""
        return self.options.get("color") or "auto"

    @property
    def output(self) -> str | None:
        """The file that is written instead of standard output."""
        return self.options.get("output")

    def digits(self, default: int | None) -> int | None:
        """Return the significant digits of text; ``None`` for full precision.

        Raises
        ------
        UsageError
            E092 where ``--precision`` is neither a number of digits nor ``full``.
        """
        given = self.options.get("precision")
        if given is None:
            return default
        if given == "full":
            return None
        if given.isascii() and given.isdigit() and 1 <= int(given[:3]) <= _MOST_DIGITS:
            return int(given)
        shown = safe_text(given, SHOWN_CHARACTERS)
        hint = f"write a number from 1 to {_MOST_DIGITS}, or `full`"
        raise UsageError("E092", f"`--precision {shown}` is not a number of digits", hint=hint)

    @property
    def wrt(self) -> tuple[str, ...] | None:
        """The variables named in ``--wrt``.

        Raises
        ------
        UsageError
            E092 for an empty name or one that stands twice.
        """
        given = self.options.get("wrt")
        if given is None:
            return None
        names = tuple(name.strip(" ") for name in given.split(","))
        if "" in names or len(set(names)) < len(names):
            shown = safe_text(given, SHOWN_CHARACTERS)
            what = f"`--wrt {shown}` has an empty name or one that stands twice"
            raise UsageError("E092", what, hint="write e.g. `--wrt a,b`")
        return names

    @property
    def bindings(self) -> tuple[tuple[str, str], ...]:
        """The variables bound on the command line, in order.

        Raises
        ------
        UsageError
            E092 for a ``--set`` without ``=``.
        """
        pairs = []
        for text in self.options.get("set") or ():
            name, equals, value = text.partition("=")
            if not equals:
                shown = safe_text(text, SHOWN_CHARACTERS)
                what = f"`--set {shown}` has no `=`"
                raise UsageError("E092", what, hint="write `--set NAME=VALUE`")
            pairs.append((name.strip(" "), value))
        return tuple(pairs)
