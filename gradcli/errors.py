"""What went wrong, as data: a `Diagnostic`, and the exceptions that carry one.

May import `source` only. A diagnostic names a code (see `codes`), what happened, where,
and the cure; `lines()` is the text a person reads. Exceptions differ only in the exit
code their sort of failure has (see the README's table), so that every room can raise
and only the command line decides what to print.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcli.source import Source, Span, excerpt, safe_text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message: a code, one sentence, the place, and the cure.

    Parameters
    ----------
    code
        ``E…`` for an error, ``W…`` for a warning; explained by ``gradcli rule CODE``.
    what
        One sentence without a full stop. Outside text in it must have passed `safe_text`.
    span, source
        The offending range and its text, where there is one.
    label
        Words behind the carets, e.g. ``shape (4,)``.
    hint
        The cure, one sentence.
    """

    code: str
    what: str
    span: Span | None = None
    source: Source | None = None
    label: str = ""
    hint: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether the message is a warning."""
        return self.code.startswith("W")

    def lines(self) -> list[str]:
        """Return the one to four lines a person reads."""
        kind = "warning" if self.is_warning else "error"
        place = self._place()
        out = [f"{kind}[{self.code}]: {place}{self.what}"]
        if self.source is not None and self.span is not None:
            out += excerpt(self.source, self.span, self.label)
        if self.hint:
            out.append(f"help: {self.hint}")
        return out

    def _place(self) -> str:
        """Return ``name:line:column: `` for a text that has a name."""
        if self.source is None or self.source.name is None or self.span is None:
            return ""
        line, column = self.source.position(self.span.start)
        return f"{safe_text(self.source.name)}:{line}:{column}: "

    def at(self, source: Source, span: Span | None = None) -> Diagnostic:
        """Return the same message with its place filled in where it had none."""
        return replace(self, source=self.source or source, span=self.span or span)


class GradcliError(Exception):
    """A request that cannot be answered; `diagnostic` says why.

    Parameters
    ----------
    code, what, span, source, label, hint
        As in `Diagnostic`.
    """

    exit_code = 2

    def __init__(
        self,
        code: str,
        what: str,
        span: Span | None = None,
        source: Source | None = None,
        label: str = "",
        hint: str = "",
    ) -> None:
        self.diagnostic = Diagnostic(code, what, span, source, label, hint)
        super().__init__(what)

    def __str__(self) -> str:
        return "\n".join(self.diagnostic.lines())

    def locate(self, source: Source, span: Span | None = None) -> None:
        """Fill in the place where the raiser did not know it."""
        self.diagnostic = self.diagnostic.at(source, span)


class LanguageError(GradcliError):
    """The expression cannot be read: lexing, grammar, names, arity."""


class ValueSyntaxError(GradcliError):
    """A value given for a variable cannot be used."""


class ShapeError(GradcliError):
    """Shapes do not fit together, or an output is not a scalar where one is needed."""


class DomainError(GradcliError):
    """The value is NaN although every input is finite."""


class LimitError(GradcliError):
    """An input is over a documented limit."""


class UsageError(GradcliError):
    """The request as a whole cannot be used: options, targets, files."""


class TraceError(GradcliError):
    """A traced value went where it cannot be followed; the message names the user's line."""


class UserCodeError(GradcliError):
    """Code of the user's file raised or left."""


class NoVerdictError(GradcliError):
    """The request is fine but no verdict could be reached: time, memory, a dead worker."""

    exit_code = 3


class InternalError(GradcliError):
    """A bug in gradcli."""

    exit_code = 70
