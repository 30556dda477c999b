"""The lexer: text to tokens in one pass from left to right.

May import `tokens`, `characters`, `limits`, `errors`, `source`. Every step consumes at
least one character and looks ahead at most two, so the time is linear in the text.

Newlines inside brackets are blanks, elsewhere separators like ``;``. A dot that begins
``.*`` ``./`` ``.^`` belongs to the operator (``2.*x`` is 2 times x), except before ``**``
(``2.**x`` is 2.0 to the x).
"""

from __future__ import annotations

import re

from gradcli.errors import LanguageError
from gradcli.language.characters import foreign_character
from gradcli.language.limits import (
    LITERAL_CHARACTERS,
    NAME_CHARACTERS,
    TOKENS,
    over_limit,
)
from gradcli.language.tokens import (
    END,
    KEYWORDS,
    NAME,
    NUMBER,
    OPERATORS,
    SEPARATOR,
    SIGNS,
    SUPERSCRIPT,
    SUPERSCRIPTS,
    Token,
)
from gradcli.source import Source, Span, safe_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"[0-9]*")
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+")
_BLANKS = re.compile(r"[ \t]+")
# Numbers (the exponent of 1e5 is no name), attributes (nor is the T of x.T), names.
_WORDS = re.compile(
    r"[0-9]+\.?(?:[eE][+-]?[0-9]+)?|\.[ \t]*[A-Za-z_][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*"
)
_WORD_REST = re.compile(r"[A-Za-z0-9_.]*")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DECIMALS = frozenset("0123456789")
_BY_FIRST: dict[str, tuple[str, ...]] = {}
for _operator in OPERATORS:
    _BY_FIRST[_operator[0]] = (*_BY_FIRST.get(_operator[0], ()), _operator)


def is_name(text: str) -> bool:
    """Return whether `text` can name a variable (keywords cannot)."""
    return _NAME.fullmatch(text) is not None and text not in KEYWORDS


def tokenize(source: Source, limit: int = TOKENS) -> list[Token]:
    """Cut a text into tokens, the last of kind END.

    Parameters
    ----------
    source
        The text.
    limit
        Greatest number of tokens; separators at line ends and END do not count.

    Returns
    -------
    list of Token

    Raises
    ------
    LanguageError
        E003 for a malformed number, E013 for a character the language does not have.
    LimitError
        E019 for too many tokens, or a number or name that is too long.
    """
    return _Scan(source, limit).tokens()


def occurring_names(text: str) -> list[str]:
    """Return the names in a text, attributes left out, each once, in order; never raises.

    Used where options must be told from variables before anything is parsed.

    Examples
    --------
    >>> occurring_names("x'@A@x + sin(b).T")
    ['x', 'A', 'sin', 'b']
    """
    without_comments = re.sub(r"#[^\n]*", " ", text)
    return list(dict.fromkeys(n for n in _WORDS.findall(without_comments) if is_name(n)))


class _Scan:
    """One pass over one text."""

    def __init__(self, source: Source, limit: int) -> None:
        self.source = source
        self.text = source.text
        self.limit = limit
        self.pos = 0
        self.depth = 0
        self.blank = True
        self.counted = 0
        self.out: list[Token] = []

    def tokens(self) -> list[Token]:
        text, size = self.text, len(self.text)
        while self.pos < size:
            first = text[self.pos]
            if first in _LETTERS:
                self._name()
            elif first in _DECIMALS:
                self._number()
            elif first in {" ", "\t"}:
                self._skip(_BLANKS.match(text, self.pos).end())  # type: ignore[union-attr]
            elif first == "." and text[self.pos + 1 : self.pos + 2] in _DECIMALS:
                self._number()
            elif first in _BY_FIRST:
                self._operator(first)
            else:
                self._rare(first)
        self.out.append(Token(END, "", size, size, self.blank))
        return self.out

    def _skip(self, to: int) -> None:
        self.pos = to
        self.blank = True

    def _add(self, kind: str, end: int, value: float = 0.0) -> None:
        """Append the token that stands from the current place to `end`."""
        start = self.pos
        self.counted += 1
        if self.counted > self.limit:
            raise over_limit(
                "the text has too many tokens", f"{self.limit} tokens", Span(start, end)
            )
        self.out.append(Token(kind, self.text[start:end], start, end, self.blank, value))
        self.blank = False
        self.pos = end

    def _name(self) -> None:
        end = _NAME.match(self.text, self.pos).end()  # type: ignore[union-attr]
        if end - self.pos > NAME_CHARACTERS:
            what = f"a name has {end - self.pos} characters"
            raise over_limit(what, f"{NAME_CHARACTERS} characters", Span(self.pos, end))
        word = self.text[self.pos : end]
        self._add(word if word in KEYWORDS else NAME, end)

    def _operator(self, first: str) -> None:
        for operator in _BY_FIRST[first]:
            if self.text.startswith(operator, self.pos):
                if first in "([":
                    self.depth += 1
                elif first in ")]":
                    self.depth = max(0, self.depth - 1)
                kind = "^" if operator == "**" else operator
                self._add(kind, self.pos + len(operator))
                return
        raise foreign_character(self.source, self.pos)

    def _rare(self, first: str) -> None:
        """Scan separators, comments, Unicode signs, and what is not in the language."""
        if first == ";":
            self._add(SEPARATOR, self.pos + 1)
        elif first == "\n" or self.text.startswith("\r\n", self.pos):
            self._newline(self.pos + (1 if first == "\n" else 2))
        elif first == "#":
            end = self.text.find("\n", self.pos)
            end = len(self.text) if end < 0 else end
            # The CR of a CRLF belongs to the line's end, not to the comment.
            self._skip(end - 1 if self.text[end - 1 : end + 1] == "\r\n" else end)
        elif first in SIGNS:
            self._add(SIGNS[first], self.pos + 1)
        elif first in SUPERSCRIPTS:
            self._add(SUPERSCRIPT, self.pos + 1, SUPERSCRIPTS[first])
        else:
            raise foreign_character(self.source, self.pos)

    def _newline(self, end: int) -> None:
        last_is_separator = not self.out or self.out[-1].kind == SEPARATOR
        if self.depth == 0 and not last_is_separator:
            self.out.append(Token(SEPARATOR, "\n", self.pos, end, self.blank))
        self._skip(end)

    def _number(self) -> None:
        start, text = self.pos, self.text
        end = _DIGITS.match(text, start).end()  # type: ignore[union-attr]
        bare_dot = False
        if text[end : end + 1] == "." and not self._dot_is_operator(end):
            stop = _DIGITS.match(text, end + 1).end()  # type: ignore[union-attr]
            bare_dot = stop == end + 1
            end = stop
        exponent = _EXPONENT.match(text, end)
        if exponent is not None:
            end, bare_dot = exponent.end(), False
        self._check_number(start, end, bare_dot)
        self._add(NUMBER, end, float(text[start:end]))

    def _dot_is_operator(self, dot: int) -> bool:
        after = self.text[dot + 1 : dot + 3]
        return after[:1] in {"*", "/", "^"} and after != "**"

    def _check_number(self, start: int, end: int, bare_dot: bool) -> None:
        """Refuse what Python, C or a reader would take for another number."""
        text = self.text
        if end - start > LITERAL_CHARACTERS:
            what = f"a number has {end - start} characters"
            raise over_limit(what, f"{LITERAL_CHARACTERS} characters", Span(start, end))
        after = text[end : end + 1]
        literal = text[start:end]
        if after == "_":
            self._refuse(start, end, "a number has no `_`", "leave the `_` out")
        elif literal == "0" and after and after in "xXbBoO":
            hint = f"write the number in decimal, or `0*{after}` for a product"
            self._refuse(start, end, "numbers are decimal", hint)
        elif bare_dot and after in _LETTERS and after:
            self._refuse(
                start, end, "a number cannot end in a dot here", f"write `({literal[:-1]})`"
            )
        elif after == "." and text[end + 1 : end + 2] in _DECIMALS:
            self._refuse(start, end + 1, "a number has one dot", "write the number again")

    def _refuse(self, start: int, end: int, why: str, hint: str) -> None:
        """Raise E003 for the number with all the letters and digits that follow it."""
        stop = _WORD_REST.match(self.text, end).end()  # type: ignore[union-attr]
        shown = safe_text(self.text[start:stop], 40)
        raise LanguageError(
            "E003", f"`{shown}` is not a number: {why}", Span(start, stop), self.source, hint=hint
        )
