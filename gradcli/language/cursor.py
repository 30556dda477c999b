"""The parser's place in the tokens: looking, consuming, brackets, nesting, syntax errors.

May import `tokens`, `limits`, `errors`, `source`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from gradcli.errors import LanguageError
from gradcli.language.limits import NESTING, over_limit
from gradcli.language.tokens import END, SEPARATOR, Token
from gradcli.source import Source, Span, safe_text

CLOSERS = {"(": ")", "[": "]"}
_EXPECTED_AFTER = {"(": "`(`", "[": "`[`", ",": "`,`"}


class Cursor:
    """Tokens, the current position among them, and what is open around it.

    Parameters
    ----------
    source, tokens
        The text and its tokens, END last.
    scope
        Names that are variables here: bound, assigned, or parameters.
    is_function
        Whether a name is a function of the op table.
    operations
        What a sign means in the dialect, where that is not the sign itself.
    """

    def __init__(
        self,
        source: Source,
        tokens: list[Token],
        scope: Collection[str],
        is_function: Callable[[str], bool],
        operations: Mapping[str, str],
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.scope = set(scope)
        self.is_function = is_function
        self.operations = operations
        self.index = 0
        self.nesting = 0
        # The innermost open bracket decides what two operands side by side mean.
        self.in_list = False
        # Index of the token where an argument begins: only there may a tuple or None stand.
        self.argument_at = -1

    @property
    def token(self) -> Token:
        """The current token."""
        return self.tokens[self.index]

    @property
    def previous(self) -> Token:
        """The token before the current one."""
        return self.tokens[self.index - 1]

    def ahead(self, n: int) -> Token:
        """Return the token `n` places ahead, END beyond the end."""
        return self.tokens[min(self.index + n, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Consume the current token and return it."""
        token = self.tokens[self.index]
        if token.kind != END:
            self.index += 1
        return token

    def accept(self, kind: str) -> Token | None:
        """Consume the current token if it is of `kind`."""
        return self.advance() if self.tokens[self.index].kind == kind else None

    def enter(self, token: Token) -> None:
        """Count one more open construct.

        Raises
        ------
        LimitError
            E019 beyond `NESTING`.
        """
        self.nesting += 1
        if self.nesting > NESTING:
            raise over_limit(
                "the expression is nested too deeply",
                f"{NESTING} open brackets, powers and signs",
                token.span,
                "name parts of it: `a = …; a + …`",
            )

    def leave(self) -> None:
        """Count one open construct less."""
        self.nesting -= 1

    def text(self, span: Span, limit: int = 60) -> str:
        """Return a piece of the source, safe to show."""
        return safe_text(self.source.text[span.start : span.end], limit)

    def error(self, code: str, what: str, span: Span, hint: str = "") -> LanguageError:
        """Return a language error at `span`."""
        return LanguageError(code, what, span, self.source, hint=hint)

    def close(self, opener: Token) -> Token:
        """Consume the bracket that closes `opener`.

        Raises
        ------
        LanguageError
            E001 where something else stands.
        """
        closer = CLOSERS[opener.kind]
        token = self.token
        if token.kind == closer:
            return self.advance()
        if token.kind in {END, SEPARATOR}:
            where = "at the end" if token.kind == END else "before `;`"
            what = f"`{opener.text}` is never closed"
            raise self.error("E001", what, opener.span, f"add `{closer}` {where}")
        if token.kind in {")", "]"}:
            what = f"`{opener.text}` is closed by `{token.text}`"
            raise self.error("E001", what, token.span, f"write `{closer}`")
        raise self.unexpected()

    def unexpected(self) -> LanguageError:
        """Return the error for a token that cannot continue what stands before it."""
        token = self.token
        hint = {
            "=": "write `==` to compare; only a name can be assigned",
            ",": "a list stands in brackets: `[1, 2]`",
            ")": "remove it, or add a `(`",
            "]": "remove it, or add a `[`",
            ":": "a range stands only in a value or an index",
            "not": "put `not …` in brackets",
            "...": "`...` stands only in an index",
            "else": "write `a if condition else b`",
        }.get(token.kind, "remove it")
        if token.kind == END:
            what = "the expression ends too early"
            return self.error("E001", what, token.span, "complete it")
        return self.error("E001", f"`{self.text(token.span)}` cannot stand here", token.span, hint)

    def missing_operand(self) -> LanguageError:
        """Return the error for a token that stands where a value is expected."""
        token = self.token
        after = self.text(self.previous.span) if self.index else ""
        if token.kind == END or token.text in {"\n", ";"}:
            if not after or self.previous.kind == SEPARATOR:
                what, hint = "there is no expression", "write one, e.g. `x^2`"
            else:
                what, hint = f"a value is missing after `{after}`", "complete the expression"
            span = self.previous.span if after else token.span
            return self.error("E001", what, span, hint)
        return self._misplaced(token, after)

    def _misplaced(self, token: Token, after: str) -> LanguageError:
        shown = self.text(token.span)
        hint = {
            "'": "`'` transposes what stands before it; there are no strings",
            "@": "`@` multiplies matrices; a file stands only at the start of a value",
            "&": "write `and` between conditions, `&` between bracketed comparisons",
            "=": "write `==` to compare",
            ":": "a range stands only in a value or an index",
            "True": "`True`, `False` and `None` stand only as arguments",
            "False": "`True`, `False` and `None` stand only as arguments",
            "None": "`True`, `False` and `None` stand only as arguments",
            "newaxis": "`newaxis` stands only in an index",
            "...": "`...` stands only in an index",
            "not": "put `not …` in brackets",
        }.get(token.kind, f"write a value before `{shown}`")
        if token.kind in {"*", ">", "<", "="} and after in {
            "*",
            ".*",
            "/",
            "=",
            "<",
            ">",
            "+",
            "-",
        }:
            hint = f"`{after}{shown}` is no operation of the language"
        return self.error("E001", f"`{shown}` cannot stand here", token.span, hint)
