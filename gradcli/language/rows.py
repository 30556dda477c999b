"""What may be done with a row ``x'``, and the rewrite offered for everything else.

May import `machine`, `flags`, `shapes`, `syntax`, `errors`, the op table.
"""

from __future__ import annotations

import operator
from typing import Any

from gradcli.errors import LanguageError
from gradcli.language.flags import Row, marked_shape, plain
from gradcli.language.functions import table_function
from gradcli.language.machine import Machine
from gradcli.language.shapes import disagreement, matmul_shape, shape_of
from gradcli.language.syntax import Binary, Node, Transpose
from gradcli.source import Span, safe_text

_PRODUCTS = frozenset({"*", "/", "·", "m*", "m/"})


def scales(machine: Machine, node: Binary, a: Any, b: Any) -> bool:
    """Multiply or divide a row by a scalar; return whether there was a row.

    Raises
    ------
    LanguageError
        E012 for every other operation on a row.
    """
    if not isinstance(a, Row) and not isinstance(b, Row):
        return False
    other = b if isinstance(a, Row) else a
    divides = node.op in {"/", "m/"}
    if (
        node.op not in _PRODUCTS
        or isinstance(other, Row)
        or marked_shape(other) != ()
        or (divides and isinstance(b, Row))
    ):
        raise misuse(machine, node)
    x = a.vector if isinstance(a, Row) else plain(a, node.op_span)
    y = b.vector if isinstance(b, Row) else plain(b, node.op_span)
    machine.begin(node, marked_shape(a if isinstance(a, Row) else b), 0.0)
    machine.give(node, (x, y), Row(x / y if divides else x * y))
    return True


def misuse(machine: Machine, node: Binary) -> LanguageError:
    """Return E012 for a row in an operation that is no product with a scalar."""
    if node.op == "*":
        what = "`'` makes a row vector, but `*` is elementwise"
        product = _written_as_product(machine, node)
        hint = f"write `{product}`, or add `--dialect matrix`"
        return LanguageError("E012", what, node.op_span, hint=hint)
    sign = machine.source.text[node.op_span.start : node.op_span.end]
    what = f"`'` makes a row vector, but `{sign}` needs vectors"
    hint = "drop the `'`: a vector has no orientation here"
    if isinstance(node.left, Transpose) and isinstance(node.right, Transpose):
        hint = "transpose the result instead: `(x + y)'`"
    return LanguageError("E012", what, node.op_span, hint=hint)


def _written_as_product(machine: Machine, node: Binary) -> str:
    """Return the chain of products around `node` with ``@`` from `node` on."""
    text = machine.source.text
    top: Node = node
    signs = [node.op_span]
    for step in machine.steps:
        above = step.node
        if isinstance(above, Binary) and above.op == "*" and above.left is top:
            top = above
            signs.append(above.op_span)
    pieces = []
    at = top.span.start
    for sign in signs:
        pieces.append(text[at : sign.start])
        at = sign.end
    pieces.append(text[at : top.span.end])
    return safe_text("@".join(pieces), 80)


def multiply(machine: Machine, node: Binary, a: Any, b: Any) -> None:
    """Apply ``@`` where an operand is a row.

    Raises
    ------
    LanguageError
        E012 for products that have no meaning (row @ row, matrix @ row).
    """
    if isinstance(a, Row) and not isinstance(b, Row):
        x, y = a.vector, plain(b, node.op_span, "@")
        if len(shape_of(y)) > 2:
            raise _no_product(node, "a row and an array of more than two dimensions")
        shape, flops = matmul_shape(shape_of(x), shape_of(y), node.span)
        machine.begin(node, shape, flops)
        value = machine.apply(node, operator.matmul, x, y)
        machine.give(node, (x, y), Row(value) if shape else value)
    elif isinstance(a, Row):
        raise _no_product(node, "two rows")
    else:
        x, y = plain(a, node.op_span, "@"), b.vector
        shape_x = shape_of(x)
        if shape_x == ():
            raise disagreement("matmul", [(), shape_of(y)], node.span, "use `*` with a scalar")
        if len(shape_x) != 1:
            raise _no_product(node, "a matrix and a row")
        shape = (*shape_x, *shape_of(y))
        machine.begin(node, shape, 0.0)
        machine.give(node, (x, y), machine.apply(node, table_function("outer"), x, y))


def _no_product(node: Binary, operands: str) -> LanguageError:
    what = f"{operands} have no product"
    hint = "`row @ vector`, `vector @ row` and `row @ matrix` have one: move or drop the `'`"
    return LanguageError("E012", what, node.op_span, hint=hint)


def final_value(value: Any, span: Span) -> Any:
    """Return the value that a program gives out: a row as a vector, truth as 0 or 1."""
    if isinstance(value, Row):
        return value.vector
    return plain(value, span)
