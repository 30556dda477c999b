"""What the lexer hands to the parser: tokens, and the names of their kinds.

May import `source`. The kind of an operator or bracket is its text in the spelling the
grammar uses (`×` has the kind ``*``); the other kinds are named here.
"""

from __future__ import annotations

from typing import NamedTuple

from gradcli.source import Span

NUMBER = "number"
NAME = "name"
SUPERSCRIPT = "superscript"
SEPARATOR = ";"
END = "end"

KEYWORDS = frozenset({"if", "else", "and", "or", "not", "True", "False", "None", "newaxis"})

# Longest first where one begins another.
OPERATORS = (
    "...",
    "**",
    ".*",
    "./",
    ".^",
    "<=",
    ">=",
    "==",
    "!=",
    "+",
    "-",
    "*",
    "/",
    "@",
    "^",
    "<",
    ">",
    "=",
    "&",
    "|",
    "~",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "'",
)

# Unicode signs that are accepted, and the kind each one has.
SIGNS = {"×": "*", "·": "·", "−": "-", "ᵀ": "'"}
SUPERSCRIPTS = {"²": 2.0, "³": 3.0}


class Token(NamedTuple):
    """A piece of the text.

    Parameters
    ----------
    kind
        See the module.
    text
        The characters as typed.
    start, end
        Their offsets.
    blank
        Whether a blank, a newline or the beginning of the text stands before it.
    value
        The number of a NUMBER or SUPERSCRIPT.
    """

    kind: str
    text: str
    start: int
    end: int
    blank: bool
    value: float = 0.0

    @property
    def span(self) -> Span:
        """The range of the token."""
        return Span(self.start, self.end)

    @property
    def starts_operand(self) -> bool:
        """Whether an operand can begin with this token (signs left out)."""
        return self.kind in _OPERAND_STARTS


_OPERAND_STARTS = frozenset({NUMBER, NAME, "(", "[", "True", "False", "None", "newaxis"})
