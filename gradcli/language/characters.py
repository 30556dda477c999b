"""Characters that the language does not have: which one it is, and what to write instead.

May import `errors` and `source`. Look-alikes of letters, control, bidirectional and
zero-width characters are refused by code point, so that no expression reads differently
from what it computes.
"""

from __future__ import annotations

import unicodedata

from gradcli.errors import LanguageError
from gradcli.source import Source, Span, safe_text

_INSTEAD = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "÷": "/",
    "⋅": "*",
    "∙": "*",
    "∗": "*",
    "∘": "*",
    "⊙": "*",
    "√": "sqrt(x)",
    "∛": "cbrt(x)",
    "∞": "inf",
    "∑": "sum(x)",
    "Σ": "sum(x)",
    "∏": "prod(x)",
    "‖": "norm(x)",
    "∥": "norm(x)",
    "’": "'",
    "′": "'",
    "ʹ": "'",
    "⊤": "'",
    "†": "'",
    "–": "-",
    "—": "-",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "¹": "^1",
    "⁰": "^0",
    "⁴": "^4",
    "⁵": "^5",
    "⁻": "^-",
    "%": "mod(x, y)",
    "½": "(1/2)",
    "¼": "(1/4)",
    "λ": "lam",
}
# Cyrillic and Greek letters with the shape of an ASCII letter.
_LOOK_ALIKES = dict(
    zip(
        "аеорсухіјѕԁԛԝАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "aeopcyxijsdqwABEKMHOPCTXIJSABEZHIKMNOPTYXo",
        strict=True,
    )
)
_ASCII_HINTS = {
    "%": "write `mod(x, y)` for the remainder",
    "!": "write `not`, `!=`, or `gamma(n + 1)` for a factorial",
    '"': "there are no strings in an expression",
    "\\": "write `solve(A, b)` for a left division; lines need no `\\` to continue inside brackets",
    "{": "use `(` `)` or `[` `]`",
    "}": "use `(` `)` or `[` `]`",
    "$": "a `$` may be left over from a shell; quote the expression with single quotes",
    "?": "write `a if condition else b`",
    "`": "a back quote has no meaning here",
}


def _replacement(character: str) -> str:
    """Return the ASCII spelling of a foreign character, or nothing."""
    known = _INSTEAD.get(character) or _LOOK_ALIKES.get(character)
    if known:
        return known
    folded = unicodedata.normalize("NFKC", character)
    if folded.isascii() and folded.isprintable() and folded != " ":
        return folded
    name = unicodedata.name(character, "")
    if name.startswith("GREEK ") and " LETTER " in name:
        word = name.split(" LETTER ")[1].split()[0].lower()
        return {"lamda": "lam"}.get(word, word)
    return ""


def _description(character: str) -> str:
    """Name a character: itself, its code point, its Unicode name."""
    name = unicodedata.name(character, "")
    category = unicodedata.category(character)
    if not name:
        name = {"Cc": "a control character", "Cs": "half of a character"}.get(category, "no name")
    return f"`{safe_text(character)}` (U+{ord(character):04X}, {name})"


def foreign_character(source: Source, offset: int) -> LanguageError:
    """Return the error for the character at `offset`, which begins no token.

    Parameters
    ----------
    source
        The text.
    offset
        Where the character stands.

    Returns
    -------
    LanguageError
        E013, naming the code point unless the character is a printable ASCII one.
    """
    character = source.text[offset]
    span = Span(offset, offset + 1)
    if character.isascii() and character.isprintable():
        hint = _ASCII_HINTS.get(character, "remove it")
        what = f"`{character}` is not part of the language"
        return LanguageError("E013", what, span, source, hint=hint)
    what = f"{_description(character)} is not part of the language"
    instead = _replacement(character)
    if instead:
        hint = f"write `{instead}`"
    elif unicodedata.category(character) in {"Zs", "Cf"}:
        hint = "remove it, or write an ordinary blank"
    else:
        hint = "names are made of ASCII letters, digits and `_`"
    return LanguageError("E013", what, span, source, hint=hint)
