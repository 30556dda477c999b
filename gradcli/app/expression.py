"""A typed expression with its variables bound: parsed once, run as often as needed.

May import `bindings`, `request`, `language`, `ir`, `errors`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcli.app.bindings import bound_values
from gradcli.app.request import Request
from gradcli.errors import Diagnostic, UsageError
from gradcli.ir.program import Place
from gradcli.ir.tracing import TracedRun, trace_function
from gradcli.language.interpret import interpret
from gradcli.language.lexer import occurring_names
from gradcli.language.names import free_names
from gradcli.language.parser import parse
from gradcli.language.syntax import Dialect, Program
from gradcli.source import Source


class Expression(NamedTuple):
    """A typed expression at a point.

    Parameters
    ----------
    program
        The parsed text.
    values
        The value of every variable, in order of binding: floats and float64 arrays.
    """

    program: Program
    values: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The expression as typed."""
        return self.program.source.text

    @property
    def label(self) -> str:
        """What the value is called in text."""
        if self.program.label is not None:
            return self.program.label
        return "value" if "f" in self.values else "f"

    def value(self) -> Any:
        """Return the value at the point."""
        return interpret(self.program, self.values)

    def function(self, names: Sequence[str]) -> Any:
        """Return the expression as a plain function of the named variables."""
        program, values = self.program, self.values

        def evaluated(*args: Any) -> Any:
            given = dict(zip(names, map(_scalar_as_float, args), strict=True))
            return interpret(program, {**values, **given})

        return evaluated

    def trace(
        self, names: Sequence[str], located: bool = True, notes: list[Diagnostic] | None = None
    ) -> TracedRun:
        """Run the expression with the named variables traced.

        Parameters
        ----------
        names
            The variables that become inputs; the others are constants.
        located
            Whether every record learns its place in the text.
        notes
            Holds the remarks on the text afterwards, and nothing else.
        """
        program, values = self.program, self.values
        if notes is not None:
            notes.clear()

        def traced(*tracers: Any) -> Any:
            env = {**values, **dict(zip(names, tracers, strict=True))}
            watch = _Places(tracers[0].home, self.text) if located and tracers else None
            return interpret(program, env, watch=watch, notes=notes)

        inputs = [values[name] for name in names]
        return trace_function(traced, inputs, names=names)


def _scalar_as_float(value: Any) -> Any:
    """Return a plain scalar as the float that the expression itself is given."""
    is_scalar = type(value) is np.float64 or (type(value) is np.ndarray and value.ndim == 0)
    return float(value) if is_scalar else value


class _Places:
    """Notes the span of every record of a trace as the expression runs.

    Parameters
    ----------
    trace
        The trace.
    text
        The expression.
    """

    __slots__ = ("seen", "text", "trace")

    def __init__(self, trace: Any, text: str) -> None:
        self.trace = trace
        self.text = text
        self.seen = len(trace.values)

    def __call__(self, node: Any, inputs: Sequence[Any], result: Any) -> None:
        """Give the records since the last call the span of `node`."""
        end = len(self.trace.values)
        if end > self.seen:
            span = (node.span.start, node.span.end)
            place = Place(text=self.text[slice(*span)], span=span)
            self.trace.places.update(dict.fromkeys(range(self.seen, end), place))
            self.seen = end


def parsed(request: Request, names: Collection[str]) -> Program:
    """Return the expression of a request, parsed with the names that are bound."""
    source = Source(request.expr, request.origin)
    return parse(source, variables=names, dialect=Dialect(request.dialect))


def read(request: Request, notes: list[Diagnostic]) -> Expression:
    """Return the expression of a request with its variables bound.

    Parameters
    ----------
    request
        The request.
    notes
        Receives remarks on the values.

    Raises
    ------
    LanguageError, ValueSyntaxError, LimitError, UsageError
        For an expression or value that cannot be used.
    """
    typed = [name for name, _ in request.point.bindings]
    if not request.point.files:
        # A wrong expression is reported before its values are looked at.
        parsed(request, typed)
    values = bound_values(request.point, occurring_names(request.expr), notes)
    program = parsed(request, tuple(values))
    check_occurring(program, values)
    return Expression(program, values)


def check_occurring(program: Program, names: Collection[str]) -> None:
    """Refuse a bound variable that the expression does not have.

    Raises
    ------
    UsageError
        E043.
    """
    present = free_names(program, names)
    for name in names:
        if name not in present:
            known = ", ".join(present[:8])
            hint = f"the expression has {known}" if known else "the expression has no variables"
            raise UsageError("E043", f"`{name}` does not occur in the expression", hint=hint)


def is_finite(values: Mapping[str, Any]) -> bool:
    """Return whether every value is finite."""
    return all(bool(np.isfinite(value).all()) for value in values.values())
