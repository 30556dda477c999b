"""The parser: a Pratt loop over binding powers, run without recursion.

May import `cursor`, `operands`, `ambiguity`, `statements`, `lexer`, `syntax`, `limits`,
`trampoline`; the op table only for the names of its functions.

The grammar (``sep`` is ``;`` or a newline; ``#`` begins a comment)::

    program  = {sep} {stmt sep {sep}} final {sep}
    stmt     = NAME "=" expr | NAME "(" [NAME {"," NAME}] ")" "=" expr
    final    = expr | NAME "=" expr
    expr     = logic [ "if" logic "else" expr ]
    logic    = conj {"or" conj}     conj = neg {"and" neg}     neg = {"not"} cmp
    cmp      = bits [ ("<"|"<="|">"|">="|"=="|"!=") bits ]
    bits     = band {"|" band}      band = sum {"&" sum}
    sum      = term {("+"|"-") term}
    term     = unary {("*"|"/"|"@"|".*"|"./"|"·") unary}
    unary    = ("+"|"-"|"~") unary | juxta
    juxta    = NUMBER power | power              (no blank after the NUMBER)
    power    = postfix [("^"|"**"|".^") unary]   (right associative)
    postfix  = atom {"'" | ".T" | "." NAME "(" args ")" | "[" index "]"}
    atom     = NUMBER | NAME | NAME "(" args ")" | "(" expr ")" | "[" [rows] "]"
    rows     = row {";" row}        row = expr {"," expr}
    index    = slice {"," slice}
    slice    = "..." | "newaxis" | "None" | [expr] ":" [expr] [":" [expr]] | expr
    args     = [arg {"," arg}]      arg = [NAME "="] (expr | tuple | "True" | "False" | "None")
    value    = expr ":" expr ":" expr | row {";" row} [";"] | row ","
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from gradcli.errors import GradcliError, LanguageError
from gradcli.language import ambiguity
from gradcli.language.cursor import Cursor
from gradcli.language.functions import is_function
from gradcli.language.lexer import tokenize
from gradcli.language.limits import TREE_NODES, check_text, over_limit
from gradcli.language.operands import postfix, rows_of
from gradcli.language.statements import program
from gradcli.language.syntax import (
    COMPARISONS,
    Binary,
    Conditional,
    Dialect,
    List,
    Logic,
    Node,
    Number,
    Program,
    Range,
    Unary,
    postorder,
)
from gradcli.language.tokens import END, NAME, NUMBER, SEPARATOR, SUPERSCRIPT, Token
from gradcli.language.trampoline import Steps, run
from gradcli.source import Source, Span

OR, AND, NOT, COMPARISON, BIT_OR, BIT_AND, SUM, TERM, UNARY = range(1, 10)
POWERS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(COMPARISONS, COMPARISON),
    "|": BIT_OR,
    "&": BIT_AND,
    "+": SUM,
    "-": SUM,
    **dict.fromkeys(("*", "/", "@", ".*", "./", "·"), TERM),
}
_ELEMENTWISE = {".*": "*", "./": "/", ".^": "^"}
OPERATIONS = {
    Dialect.NUMPY: _ELEMENTWISE,
    Dialect.MATRIX: {**_ELEMENTWISE, "*": "m*", "/": "m/", "^": "m^"},
}


def parse(
    text: str | Source,
    *,
    variables: Collection[str] = (),
    dialect: Dialect = Dialect.NUMPY,
    is_function: Callable[[str], bool] = is_function,
) -> Program:
    """Parse an expression with the statements before it.

    Parameters
    ----------
    text
        What was typed.
    variables
        Names that are bound to values: they win over functions, constants and module
        prefixes of the same name.
    dialect
        What ``*``, ``/`` and ``^`` mean.
    is_function
        Whether a name is a function; the op table by default.

    Returns
    -------
    Program

    Raises
    ------
    LanguageError
        Where the text is not in the language, or can be read in two ways.
    LimitError
        Where it is too long, has too many tokens or nodes, or is nested too deeply.
    """
    source = text if isinstance(text, Source) else Source(text)
    with _located(source):
        check_text(source.text)
        cursor = Cursor(source, tokenize(source), variables, is_function, OPERATIONS[dialect])
        parsed: Program = run(program(cursor, dialect, expression))
        _check_size(parsed.roots())
    return parsed


def parse_value(text: str | Source, *, is_function: Callable[[str], bool] = is_function) -> Node:
    """Parse a value of the command line: a range, rows of entries, or one expression.

    Raises
    ------
    LanguageError, LimitError
        As `parse`; E014 for a range without a count.
    """
    source = text if isinstance(text, Source) else Source(text)
    with _located(source):
        tokens = tokenize(source)
        _check_one_line(tokens)
        cursor = Cursor(source, tokens, (), is_function, OPERATIONS[Dialect.NUMPY])
        node: Node = run(_value(cursor))
        _check_size((node,))
    return node


def _check_one_line(tokens: list[Token]) -> None:
    """Refuse line ends between the rows of a value: a table is read with ``@``."""
    for token in tokens:
        if token.kind == SEPARATOR and token.text != ";":
            what = "a value stands on one line"
            hint = "separate rows by `;`, or read a table with `@FILE` or `@-`"
            raise LanguageError("E001", what, token.span, hint=hint)


class _located:
    """Fill in the source of errors raised inside a ``with`` block."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, GradcliError):
            error.locate(self.source)


def _check_size(roots: Iterable[Node]) -> None:
    count = sum(len(list(postorder(root))) for root in roots)
    if count > TREE_NODES:
        raise over_limit(f"the expression has {count} parts", f"{TREE_NODES} tree nodes")


def expression(cursor: Cursor) -> Steps:
    """Parse an expression, ``a if condition else b`` included."""
    body: Node = yield _binary(cursor, OR)
    if cursor.token.kind != "if":
        return body
    cursor.enter(cursor.advance())
    test: Node = yield _binary(cursor, OR)
    if cursor.accept("else") is None:
        what = "`if` needs an `else`"
        raise cursor.error("E001", what, cursor.token.span, "write `a if condition else b`")
    otherwise: Node = yield expression(cursor)
    cursor.leave()
    return Conditional(body.span | otherwise.span, body, test, otherwise)


def _binary(cursor: Cursor, least: int) -> Steps:
    """Parse operands joined by signs that bind at least as tightly as `least`."""
    if cursor.token.kind == "not" and least <= NOT:
        left: Node = yield _not(cursor)
    else:
        left = yield _unary(cursor)
    while True:
        sign = cursor.token
        power = POWERS.get(sign.kind, 0)
        if power < least or power == 0:
            return left
        if power == SUM:
            ambiguity.check_list_sign(cursor, sign)
        if power in {BIT_OR, BIT_AND}:
            ambiguity.check_bars(cursor, sign, left)
        cursor.advance()
        right: Node = yield (_unary(cursor) if power == TERM else _binary(cursor, power + 1))
        left = _joined(cursor, power, left, sign, right)


def _joined(cursor: Cursor, power: int, left: Node, sign: Token, right: Node) -> Node:
    """Return two operands joined by a sign, after the checks that belong to it."""
    span = left.span | right.span
    if power in {OR, AND}:
        return Logic(span, sign.kind, left, right)
    if power == COMPARISON:
        ambiguity.check_comparison(cursor, left, sign, right)
    elif power in {BIT_OR, BIT_AND}:
        ambiguity.check_bits_operand(cursor, sign, left)
        ambiguity.check_bits_operand(cursor, sign, right)
    elif sign.kind in {"/", "./"}:
        ambiguity.check_right_operand(cursor, left, sign, right)
    operation = cursor.operations.get(sign.kind, sign.kind)
    return Binary(span, operation, left, right, sign.span)


def _not(cursor: Cursor) -> Steps:
    token = cursor.advance()
    cursor.enter(token)
    operand: Node = yield _binary(cursor, NOT)
    cursor.leave()
    return Unary(token.span | operand.span, "not", operand)


def _unary(cursor: Cursor) -> Steps:
    token = cursor.token
    if token.kind not in {"+", "-", "~"}:
        return (yield _juxtaposition(cursor))
    cursor.advance()
    cursor.enter(token)
    operand: Node = yield _unary(cursor)
    cursor.leave()
    if token.kind == "~":
        ambiguity.check_bits_operand(cursor, token, operand)
    return Unary(token.span | operand.span, token.kind, operand)


def _juxtaposition(cursor: Cursor) -> Steps:
    """Parse ``2x``, a number directly followed by a name or a bracket, or a power."""
    token, after = cursor.token, cursor.ahead(1)
    if token.kind != NUMBER or after.blank or after.kind not in {NAME, "("}:
        return (yield _power(cursor))
    cursor.advance()
    number = Number(token.span, token.value)
    factor: Node = yield _power(cursor)
    return Binary(number.span | factor.span, "*", number, factor, Span(token.end, token.end))


def _power(cursor: Cursor) -> Steps:
    base: Node = yield postfix(cursor, expression)
    sign = cursor.token
    if sign.kind in {"^", ".^"}:
        ambiguity.check_function_power(cursor, base)
        cursor.advance()
        cursor.enter(sign)
        exponent: Node = yield _unary(cursor)
        cursor.leave()
        ambiguity.check_right_operand(cursor, base, sign, exponent)
        operation = cursor.operations.get(sign.kind, sign.kind)
        base = Binary(base.span | exponent.span, operation, base, exponent, sign.span)
    elif sign.kind == SUPERSCRIPT:
        ambiguity.check_function_power(cursor, base)
        cursor.advance()
        ambiguity.check_after_superscript(cursor, base, sign)
        operation = cursor.operations.get("^", "^")
        number = Number(sign.span, sign.value)
        base = Binary(base.span | sign.span, operation, base, number, sign.span)
    ambiguity.check_adjacent(cursor, base)
    return base


def _value(cursor: Cursor) -> Steps:
    cursor.in_list = True
    rows, stacked = yield rows_of(cursor, expression)
    first: Node = rows[0][0]
    span = Span(first.span.start, rows[-1][-1].span.end)
    result: Node = first
    if cursor.token.kind == ":" and not stacked and len(rows[0]) == 1:
        result = yield _range(cursor, first)
    elif cursor.token.kind == "," and not stacked:
        cursor.advance()
        result = List(span, rows, False)
    elif cursor.token.kind == SEPARATOR:
        cursor.advance()
        result = List(span, rows, True)
    elif stacked or len(rows[0]) > 1:
        result = List(span, rows, stacked)
    if cursor.token.kind != END:
        raise cursor.unexpected()
    return result


def _range(cursor: Cursor, start: Node) -> Steps:
    """Parse the rest of ``start:stop:count``."""
    cursor.advance()
    cursor.in_list = False
    stop: Node = yield expression(cursor)
    if cursor.accept(":") is None:
        a, b = cursor.text(start.span), cursor.text(stop.span)
        what = f"`{a}:{b}` may include its end or not"
        hint = f"write `{a}:{b}:COUNT` (both ends included), or `arange({b})`"
        raise cursor.error("E014", what, start.span | stop.span, hint)
    count: Node = yield expression(cursor)
    return Range(start.span | count.span, start, stop, count)
