"""Parsing a program: assignments, function definitions, the final expression.

May import `cursor`, `syntax`, `tokens`, `trampoline`. Procedures are generators, as in
`operands`; `expression` is the parser's own.
"""

from __future__ import annotations

from gradcli.language.cursor import Cursor
from gradcli.language.operands import Expression
from gradcli.language.syntax import Assign, Define, Dialect, Node, Program
from gradcli.language.tokens import END, NAME, SEPARATOR
from gradcli.language.trampoline import Steps
from gradcli.source import Span


def program(cursor: Cursor, dialect: Dialect, expression: Expression) -> Steps:
    """Parse statements and the final expression; return a `Program`."""
    items: list[Node] = []
    _skip_separators(cursor)
    while cursor.token.kind != END:
        if items and not isinstance(items[-1], Assign | Define):
            what, hint = "the value of this expression is not used", "give it a name, or remove it"
            raise cursor.error("E001", what, items[-1].span, hint)
        items.append((yield _statement(cursor, expression)))
        if cursor.token.kind not in {END, SEPARATOR}:
            raise cursor.unexpected()
        _skip_separators(cursor)
    if not items:
        raise cursor.missing_operand()
    return _finished(cursor, items, dialect)


def _finished(cursor: Cursor, items: list[Node], dialect: Dialect) -> Program:
    last = items[-1]
    if isinstance(last, Define):
        what = "the last statement defines a function, and nothing is computed"
        hint = f"end with an expression, e.g. `{last.name}({', '.join(last.parameters)})`"
        raise cursor.error("E001", what, last.span, hint)
    statements = tuple(i for i in items[:-1] if isinstance(i, Assign | Define))
    if isinstance(last, Assign):
        return Program(cursor.source, statements, last.value, last.name, dialect, last.name_span)
    return Program(cursor.source, statements, last, None, dialect)


def _skip_separators(cursor: Cursor) -> None:
    while cursor.accept(SEPARATOR) is not None:
        pass


def _statement(cursor: Cursor, expression: Expression) -> Steps:
    name = cursor.token
    if name.kind == NAME and cursor.ahead(1).kind == "=":
        cursor.advance()
        cursor.advance()
        value: Node = yield expression(cursor)
        cursor.scope.add(name.text)
        return Assign(name.span | value.span, name.text, value, name.span)
    if _at_definition(cursor):
        return (yield _definition(cursor, expression))
    return (yield expression(cursor))


def _at_definition(cursor: Cursor) -> bool:
    """Return whether ``NAME "(" [NAME {"," NAME}] ")" "="`` begins here."""
    if cursor.token.kind != NAME or cursor.ahead(1).kind != "(":
        return False
    n = 2
    while cursor.ahead(n).kind == NAME:
        n += 1
        if cursor.ahead(n).kind != ",":
            break
        n += 1
    return cursor.ahead(n).kind == ")" and cursor.ahead(n + 1).kind == "="


def _definition(cursor: Cursor, expression: Expression) -> Steps:
    name = cursor.advance()
    parameters: list[str] = []
    while cursor.token.kind != "=":
        token = cursor.advance()
        if token.kind == NAME:
            parameters.append(token.text)
        elif token.kind == "," and cursor.token.kind == ")":
            raise cursor.error("E001", "`,` cannot stand here", token.span, "remove it")
    cursor.advance()
    outside = set(cursor.scope)
    cursor.scope.update(parameters)
    body: Node = yield expression(cursor)
    cursor.scope = outside | {name.text}
    span = Span(name.start, body.span.end)
    return Define(span, name.text, tuple(parameters), body, name.span)
