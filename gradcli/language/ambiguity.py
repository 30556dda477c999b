"""Texts that people read in two ways, and the errors that offer both readings.

May import `cursor`, `syntax`, `tokens`, `errors`. Each function here belongs to one row
of the language's table of decisions.
"""

from __future__ import annotations

from gradcli.errors import LanguageError
from gradcli.language.cursor import Cursor
from gradcli.language.syntax import COMPARISONS, Binary, Name, Node, Number, Transpose, Unary
from gradcli.language.tokens import END, NAME, NUMBER, SEPARATOR, SUPERSCRIPT, Token
from gradcli.source import Span


def is_juxtaposed(node: Node) -> bool:
    """Return whether a node is a product like ``2x``, without brackets around it."""
    return (
        isinstance(node, Binary)
        and node.op_span.start == node.op_span.end
        and node.span.start == node.left.span.start
    )


def _behind_signs(node: Node) -> Node:
    """Return the operand of unbracketed prefix signs."""
    while isinstance(node, Unary) and node.span.end == node.operand.span.end:
        node = node.operand
    return node


def check_right_operand(cursor: Cursor, left: Node, sign: Token, right: Node) -> None:
    """Refuse ``1/2x``, ``2^3x`` and ``A^2'``.

    Raises
    ------
    LanguageError
        E004 with both readings.
    """
    bare = _behind_signs(right)
    if is_juxtaposed(bare):
        readings = _juxtaposition_readings(cursor, left, sign, right, bare)
    elif _ends_in_tick(bare) and sign.kind in {"^", ".^"}:
        body = cursor.text(Span(right.span.start, right.span.end - 1))
        base = cursor.text(left.span)
        readings = (f"({base}{sign.text}{body})'", f"{base}{sign.text}({cursor.text(right.span)})")
    else:
        return
    span = Span(sign.start, right.span.end)
    raise _two_ways(cursor, Span(left.span.start, right.span.end), span, readings)


def _ends_in_tick(node: Node) -> bool:
    return (
        isinstance(node, Transpose)
        and node.sign == "'"
        and node.span.start == node.operand.span.start
    )


def _juxtaposition_readings(
    cursor: Cursor, left: Node, sign: Token, right: Node, product: Node
) -> tuple[str, str]:
    """Return ``1/(2*x)`` and ``(1/2)*x`` for ``1/2x``."""
    number, factor = product.left, product.right  # type: ignore[attr-defined]
    signs = cursor.text(Span(right.span.start, product.span.start))
    base, literal, rest = cursor.text(left.span), cursor.text(number.span), cursor.text(factor.span)
    return (
        f"{base}{sign.text}({signs}{literal}*{rest})",
        f"({base}{sign.text}{signs}{literal})*{rest}",
    )


def _two_ways(cursor: Cursor, whole: Span, span: Span, readings: tuple[str, str]) -> LanguageError:
    what = f"`{cursor.text(whole)}` can be read two ways"
    return cursor.error("E004", what, span, f"write `{readings[0]}` or `{readings[1]}`")


def check_after_superscript(cursor: Cursor, base: Node, sign: Token) -> None:
    """Refuse what may not follow ``x²`` without brackets.

    Raises
    ------
    LanguageError
        E004 for another power or a transpose sign.
    """
    token = cursor.token
    if token.kind not in {SUPERSCRIPT, "^", ".^", "'"}:
        return
    text = cursor.text(base.span)
    square = f"{text}^{sign.value:g}"
    if token.kind == "'":
        readings = (f"({square})'", f"{text}'^{sign.value:g}")
    else:
        following = token if token.kind == SUPERSCRIPT else cursor.ahead(1)
        second = f"{following.value:g}" if following.value else cursor.text(following.span)
        readings = (f"({square})^{second}", f"{text}^({sign.value:g}^{second})")
    raise _two_ways(cursor, Span(base.span.start, token.end), token.span, readings)


def _operand_end(cursor: Cursor, index: int) -> int:
    """Return the index behind the operand that begins at a token: a name, call or bracket."""
    tokens = cursor.tokens
    if tokens[index].kind == NAME and tokens[index + 1].kind == "(":
        index += 1
    depth = 0
    while tokens[index].kind not in {END}:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(tokens[index].kind, 0)
        index += 1
        if depth <= 0:
            break
    return index


def _operand_text(cursor: Cursor, index: int) -> str:
    stop = max(_operand_end(cursor, index), index + 1)
    return cursor.text(Span(cursor.tokens[index].start, cursor.tokens[stop - 1].end))


def check_adjacent(cursor: Cursor, left: Node) -> None:
    """Refuse an operand that follows another without a sign between.

    Raises
    ------
    LanguageError
        E006 with the product (or the call) written out; E015 inside a bracket list.
    """
    token = cursor.token
    if not token.starts_operand:
        return
    span = Span(left.span.start, token.end)
    right = _operand_text(cursor, cursor.index)
    if isinstance(left, Name) and _is_bare_function(cursor, left):
        argument = right[1:-1] if right.startswith("(") and right.endswith(")") else right
        if cursor.token.kind == NUMBER and cursor.ahead(1).kind == NAME:
            argument += cursor.text(cursor.ahead(1).span)
        what = f"`{left.id}` is a function: its argument stands in brackets"
        raise cursor.error("E006", what, span, f"write `{left.id}({argument})`")
    if cursor.in_list:
        raise cursor.error(
            "E015", "the entries of a list are separated by commas", span, "separate by commas"
        )
    what = "a sign is missing between two values"
    raise cursor.error("E006", what, span, f"write `{cursor.text(left.span)}*{right}`")


def check_list_sign(cursor: Cursor, sign: Token) -> None:
    """Refuse ``[1 -2]``: a sign with a blank before it and none after.

    Raises
    ------
    LanguageError
        E015 inside a bracket list.
    """
    if cursor.in_list and sign.blank and not cursor.ahead(1).blank:
        raise cursor.error(
            "E015",
            f"`{sign.text}` may begin a new entry here, or be a sign between two values",
            sign.span,
            f"separate by commas, or write `{sign.text}` with a blank on both sides",
        )


def _is_bare_function(cursor: Cursor, name: Name) -> bool:
    return name.id not in cursor.scope and cursor.is_function(name.id)


_INVERSES = {
    "sin": "asin",
    "cos": "acos",
    "tan": "atan",
    "sinh": "asinh",
    "cosh": "acosh",
    "tanh": "atanh",
}


def check_function_power(cursor: Cursor, base: Node) -> None:
    """Refuse ``sin^2(x)``, read when the sign of the power is the current token.

    Raises
    ------
    LanguageError
        E006 with the call written out.
    """
    if not (isinstance(base, Name) and _is_bare_function(cursor, base)):
        return
    at = 1 if cursor.token.kind == SUPERSCRIPT else 2
    exponent = f"{cursor.token.value:g}"
    if at == 2:
        exponent = cursor.text(cursor.ahead(1).span)
        if cursor.ahead(1).kind == "-":
            exponent += cursor.text(cursor.ahead(2).span)
            at = 3
    start = min(cursor.index + at, len(cursor.tokens) - 1)
    argument = "x"
    if cursor.tokens[start].starts_operand:
        argument = _operand_text(cursor, start)
        argument = argument[1:-1] if argument.startswith("(") else argument
    call = f"{base.id}({argument})"
    hint = f"write `{call}^{exponent}`"
    if exponent.startswith("-"):
        inverse = f"{_INVERSES.get(base.id, 'the inverse function')}({argument})"
        hint = f"write `1/{call}` or `{inverse}`"
    what = f"`{base.id}` is a function: a power of it is written behind the call"
    raise cursor.error("E006", what, Span(base.span.start, cursor.token.end), hint)


def bar_error(cursor: Cursor) -> LanguageError:
    """Return the error for ``|x|`` and ``||x||``, where a value or a bar was expected."""
    tokens = cursor.tokens
    bars = [i for i, token in enumerate(tokens) if token.kind == "|"]
    later = [i for i in bars if i >= cursor.index]
    if len(later) == 1 and cursor.previous.kind == "|":
        what = "`||` does not join conditions"
        span = cursor.previous.span | cursor.token.span
        return cursor.error("E008", what, span, "write `or`, or `|` between bracketed comparisons")
    first = later[0] if later else bars[0]
    double = tokens[first + 1].kind == "|" and not tokens[first + 1].blank
    name, sign = ("norm", "||") if double else ("abs", "|")
    begin = first + len(sign)
    end = next((i for i in bars if i > begin), len(tokens) - 1)
    inner = cursor.text(Span(tokens[begin].start, tokens[end - 1].end)) if end > begin else "x"
    what = f"`{sign}` does not mean a {'norm' if double else 'magnitude'} here"
    return cursor.error("E008", what, tokens[first].span, f"write `{name}({inner})`")


def check_bars(cursor: Cursor, sign: Token, left: Node) -> None:
    """Refuse ``2|x|``: a bar after what is no condition, with another bar to come.

    Raises
    ------
    LanguageError
        E008.
    """
    if sign.kind == "|" and _is_arithmetic(left):
        later = cursor.tokens[cursor.index + 1 :]
        if any(token.kind == "|" for token in later):
            raise bar_error(cursor)


def check_comparison(cursor: Cursor, left: Node, sign: Token, right: Node) -> None:
    """Refuse chains, and ``&`` ``|`` ``~`` beside a comparison, once `right` has been read.

    Raises
    ------
    LanguageError
        E007.
    """
    for side in (left, right):
        if _is_bare_bits(side):
            raise _precedence_error(cursor, side)
    if cursor.token.kind in COMPARISONS:
        second = cursor.token
        a, b = cursor.text(left.span), cursor.text(right.span)
        c = _operand_text(cursor, min(cursor.index + 1, len(cursor.tokens) - 1))
        hint = f"write `({a} {sign.text} {b}) & ({b} {second.text} {c})`"
        span = Span(left.span.start, second.end)
        raise cursor.error("E007", "comparisons cannot be chained", span, hint)


def _is_bare_bits(node: Node) -> bool:
    """Return whether a node is ``a & b``, ``a | b`` or ``~a`` without brackets around it."""
    if isinstance(node, Binary):
        return node.op in {"&", "|"} and node.span.start == node.left.span.start
    return isinstance(node, Unary) and node.op == "~" and node.span.end == node.operand.span.end


def _precedence_error(cursor: Cursor, node: Node) -> LanguageError:
    sign = node.op  # type: ignore[attr-defined]
    what = f"`{sign}` binds tighter than a comparison"
    hint = f"put each comparison in brackets: `(a > 0) {sign} (b < 1)`"
    if sign == "~":
        hint = "put the comparison in brackets: `~(a > 0)`"
    return cursor.error("E007", what, node.span, hint)


def check_bits_operand(cursor: Cursor, sign: Token, operand: Node) -> None:
    """Refuse an operand of ``&``, ``|`` or ``~`` that cannot be a condition.

    Raises
    ------
    LanguageError
        E007.
    """
    if _is_arithmetic(operand):
        beside_comparison = cursor.token.kind in COMPARISONS or _follows_comparison(cursor, operand)
        what = f"`{sign.text}` joins conditions, and `{cursor.text(operand.span)}` is none"
        hint = f"write comparisons in brackets: `(a > 0) {sign.text} (b < 1)`"
        if beside_comparison:
            what = f"`{sign.text}` binds tighter than a comparison"
            hint = f"put each comparison in brackets: `(a > 0) {sign.text} (b < 1)`"
        raise cursor.error("E007", what, operand.span, hint)


def _is_arithmetic(node: Node) -> bool:
    """Return whether a node is a number or an operation on numbers, so no condition."""
    if isinstance(node, Binary):
        return node.op not in COMPARISONS | {"&", "|"}
    return isinstance(node, Number) or (isinstance(node, Unary) and node.op in {"+", "-"})


def _follows_comparison(cursor: Cursor, operand: Node) -> bool:
    """Return whether a comparison sign stands directly before an operand."""
    before = cursor.source.text[: operand.span.start].rstrip(" \t")
    return before.endswith(("<", ">", "=")) and not before.endswith(SEPARATOR)
