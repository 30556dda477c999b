"""Parsing what stands between signs: names, calls, brackets, lists, indices.

May import `cursor`, `pasted`, `ambiguity`, `syntax`, `tokens`, `trampoline`. Every
procedure is a generator for `trampoline.run` and returns a node; `grammar` holds the
parser's own procedures, so that this module need not import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gradcli.errors import LanguageError
from gradcli.language.ambiguity import bar_error
from gradcli.language.cursor import Cursor
from gradcli.language.pasted import skip_prefix
from gradcli.language.syntax import (
    Call,
    Ellipsis,
    Index,
    Keyword,
    List,
    Literal,
    Name,
    NewAxis,
    Node,
    Number,
    Slice,
    Transpose,
    Tuple,
)
from gradcli.language.tokens import END, NAME, NUMBER, SEPARATOR, Token
from gradcli.language.trampoline import Steps
from gradcli.source import Span

Expression = Callable[[Cursor], Steps]
_LITERALS = {"True": True, "False": False, "None": None}


def postfix(cursor: Cursor, expression: Expression) -> Steps:
    """Parse an atom and the signs, methods and indices that follow it."""
    node: Node = yield atom(cursor, expression)
    while True:
        token = cursor.token
        if token.kind == "'":
            cursor.advance()
            node = Transpose(Span(node.span.start, token.end), node, "'")
        elif token.kind == ".":
            node = yield _attribute(cursor, node, expression)
        elif token.kind == "[" and not (cursor.in_list and token.blank):
            node = yield _index(cursor, node, expression)
        else:
            return node


def atom(cursor: Cursor, expression: Expression) -> Steps:
    """Parse a number, a name, a call, a bracket or a list."""
    token = cursor.token
    if token.kind == NUMBER:
        cursor.advance()
        return Number(token.span, token.value)
    if token.kind == NAME:
        return (yield _name(cursor, expression))
    if token.kind == "(":
        return (yield _group(cursor, expression))
    if token.kind == "[":
        return (yield _list(cursor, expression))
    if token.kind in _LITERALS and cursor.index == cursor.argument_at:
        if cursor.ahead(1).kind in {",", ")"}:
            cursor.advance()
            return Literal(token.span, _LITERALS[token.kind])
    elif token.kind == "|" or _closes_bars(cursor):
        raise bar_error(cursor)
    raise cursor.missing_operand()


def _closes_bars(cursor: Cursor) -> bool:
    """Return whether a value is missing because the ``|`` before was meant as a bar."""
    if cursor.index == 0 or cursor.previous.kind != "|":
        return False
    return sum(token.kind == "|" for token in cursor.tokens) > 1


def _name(cursor: Cursor, expression: Expression) -> Steps:
    start = cursor.token.start
    prefix = skip_prefix(cursor)
    token = cursor.advance()
    if cursor.token.kind == "(" and not (cursor.in_list and cursor.token.blank):
        args, end = yield _arguments(cursor, expression)
        return Call(Span(start, end), token.text, args, prefix, Span(start, token.end))
    return Name(Span(start, token.end), token.text)


def _arguments(cursor: Cursor, expression: Expression) -> Steps:
    """Parse ``(`` arguments ``)``; return a tuple of nodes and the end's offset."""
    opener = cursor.advance()
    cursor.enter(opener)
    was_list, cursor.in_list = cursor.in_list, False
    args: list[Node] = []
    named = False
    while cursor.token.kind != ")" or args:
        argument = yield _argument(cursor, expression)
        if named and not isinstance(argument, Keyword):
            what = "an argument without a name stands after a named one"
            raise cursor.error("E018", what, argument.span, "put named arguments last")
        named = isinstance(argument, Keyword)
        args.append(argument)
        if cursor.accept(",") is None:
            break
    closer = cursor.close(opener)
    cursor.in_list = was_list
    cursor.leave()
    return tuple(args), closer.end


def _argument(cursor: Cursor, expression: Expression) -> Steps:
    token = cursor.token
    if token.kind == NAME and cursor.ahead(1).kind == "=":
        cursor.advance()
        cursor.advance()
        cursor.argument_at = cursor.index
        value: Node = yield expression(cursor)
        return Keyword(token.span | value.span, token.text, value)
    cursor.argument_at = cursor.index
    return (yield expression(cursor))


def _group(cursor: Cursor, expression: Expression) -> Steps:
    """Parse ``(`` expression ``)``, or a tuple where an argument begins."""
    may_be_tuple = cursor.index == cursor.argument_at
    opener = cursor.advance()
    cursor.enter(opener)
    was_list, cursor.in_list = cursor.in_list, False
    node: Node = yield expression(cursor)
    items = [node]
    while may_be_tuple and cursor.accept(",") is not None:
        if cursor.token.kind == ")":
            break
        items.append((yield expression(cursor)))
    is_tuple = cursor.previous.kind == "," or len(items) > 1
    if cursor.token.kind == ",":
        what, hint = "a `,` cannot stand here", "write a list in `[` `]`"
        raise cursor.error("E001", what, cursor.token.span, hint)
    closer = cursor.close(opener)
    cursor.in_list = was_list
    cursor.leave()
    span = Span(opener.start, closer.end)
    if not is_tuple:
        return replace(node, span=span)
    if cursor.token.kind not in {",", ")"}:
        what = "a tuple stands only as an argument of its own"
        raise cursor.error("E001", what, span, "write a list in `[` `]`")
    return Tuple(span, tuple(items))


def _list(cursor: Cursor, expression: Expression) -> Steps:
    opener = cursor.advance()
    cursor.enter(opener)
    was_list, cursor.in_list = cursor.in_list, True
    rows: tuple[tuple[Node, ...], ...] = ()
    stacked = False
    if cursor.token.kind != "]":
        rows, stacked = yield rows_of(cursor, expression)
    closer = cursor.close(opener)
    cursor.in_list = was_list
    cursor.leave()
    return List(Span(opener.start, closer.end), rows, stacked)


def rows_of(cursor: Cursor, expression: Expression) -> Steps:
    """Parse rows separated by ``;``; return them and whether a ``;`` was there."""
    rows: list[tuple[Node, ...]] = []
    while True:
        entries: list[Node] = [(yield expression(cursor))]
        while cursor.token.kind == "," and cursor.ahead(1).kind not in {"]", SEPARATOR, END}:
            cursor.advance()
            entries.append((yield expression(cursor)))
        if cursor.token.kind == "," and cursor.in_list and cursor.ahead(1).kind == "]":
            what = "a list does not end in `,`"
            raise cursor.error("E015", what, cursor.token.span, "remove the `,`")
        rows.append(tuple(entries))
        if cursor.token.kind != SEPARATOR or cursor.ahead(1).kind == END:
            break
        cursor.advance()
    _check_lengths(cursor, rows)
    return tuple(rows), len(rows) > 1


def _check_lengths(cursor: Cursor, rows: list[tuple[Node, ...]]) -> None:
    for row in rows[1:]:
        if len(row) != len(rows[0]):
            what = f"rows have different lengths, {len(rows[0])} and {len(row)}"
            span = row[0].span | row[-1].span
            raise cursor.error("E015", what, span, "give every row the same number of entries")


def _index(cursor: Cursor, operand: Node, expression: Expression) -> Steps:
    opener = cursor.advance()
    cursor.enter(opener)
    was_list, cursor.in_list = cursor.in_list, False
    items: list[Node] = [(yield _index_item(cursor, expression))]
    while cursor.accept(",") is not None:
        if cursor.token.kind == "]":
            break
        items.append((yield _index_item(cursor, expression)))
    closer = cursor.close(opener)
    cursor.in_list = was_list
    cursor.leave()
    return Index(Span(operand.span.start, closer.end), operand, tuple(items))


def _index_item(cursor: Cursor, expression: Expression) -> Steps:
    token = cursor.token
    if token.kind == "...":
        cursor.advance()
        return Ellipsis(token.span)
    if skip_prefix_of_newaxis(cursor) or token.kind in {"newaxis", "None"}:
        return NewAxis(token.span | cursor.advance().span)
    parts: list[Node | None] = [None]
    colons = 0
    while True:
        if cursor.token.kind == ":" and colons < 2:
            cursor.advance()
            colons += 1
            parts.append(None)
        elif parts[-1] is None and cursor.token.kind not in {",", "]", ":"}:
            parts[-1] = yield expression(cursor)
        else:
            break
    if colons == 0:
        if parts[0] is None:
            raise cursor.missing_operand()
        return parts[0]
    span = Span(token.start, cursor.previous.end)
    return Slice(span, parts[0], parts[1], parts[2] if colons == 2 else None)


def skip_prefix_of_newaxis(cursor: Cursor) -> bool:
    """Consume the ``np.`` of ``np.newaxis`` and say whether it stood here."""
    if cursor.ahead(1).kind == "." and cursor.ahead(2).kind == "newaxis":
        return skip_prefix(cursor) != ""
    return False


def _attribute(cursor: Cursor, operand: Node, expression: Expression) -> Steps:
    """Parse ``.T`` or ``.method(arguments)``."""
    dot = cursor.advance()
    name = cursor.token
    if name.kind != NAME:
        raise _bad_dot(cursor, dot)
    cursor.advance()
    if cursor.token.kind == "(":
        args, end = yield _arguments(cursor, expression)
        span = Span(operand.span.start, end)
        return Call(span, name.text, (operand, *args), ".", name.span)
    if name.text == "T":
        return Transpose(Span(operand.span.start, name.end), operand, "T")
    shown = cursor.text(dot.span | name.span)
    hint = "`.T` and methods such as `x.sum()` are all there is"
    what = f"`{shown}` does not exist in an expression"
    raise cursor.error("E017", what, dot.span | name.span, hint)


def _bad_dot(cursor: Cursor, dot: Token) -> LanguageError:
    following = cursor.token.text
    if following in {"**", "'"}:
        hint = f"write `{following}`"
        return cursor.error("E001", f"`.{following}` is no sign", dot.span, hint)
    return cursor.error("E001", "`.` cannot stand here", dot.span, "remove it")
