"""Steps for signs: ``+ - * / ^ @``, comparisons, ``& | ~``, transposition.

May import `machine`, `flags`, `rows`, `shapes`, `syntax`, `errors`, the op table, NumPy.
Everything is done by Python's operators, so that arrays, tracers and entries do it alike.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcli.errors import LanguageError, ShapeError
from gradcli.language import rows
from gradcli.language.flags import Marked, Row, Truth, marked_shape, plain, scalar_condition
from gradcli.language.functions import table_function
from gradcli.language.machine import Machine, Step
from gradcli.language.shapes import broadcast, matmul_shape, shape_of, shape_text
from gradcli.language.syntax import Binary, Transpose, Unary
from gradcli.language.whole import whole_number
from gradcli.ops.pythonic import FLOAT

OPERATORS: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "+": ("add", operator.add),
    "-": ("subtract", operator.sub),
    "*": ("multiply", operator.mul),
    "/": ("divide", operator.truediv),
    "^": ("power", operator.pow),
    "<": ("less", operator.lt),
    "<=": ("less_equal", operator.le),
    ">": ("greater", operator.gt),
    ">=": ("greater_equal", operator.ge),
    "==": ("equal", operator.eq),
    "!=": ("not_equal", operator.ne),
}


def elementwise(machine: Machine, step: Step) -> None:
    """Apply ``+ - * / ^`` elementwise."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = machine.take(2)
    if isinstance(a, Marked) or isinstance(b, Marked):
        if rows.scales(machine, node, a, b):
            return
        a = plain(a, node.op_span, node.op)
        b = plain(b, node.op_span, node.op)
    _apply(machine, node, node.op, a, b)


def _apply(machine: Machine, node: Binary, op: str, a: Any, b: Any) -> None:
    name, function = OPERATORS[op]
    if type(a) is FLOAT and type(b) is FLOAT:
        if machine.mark is not None:
            machine.mark(node.span)
        # Python's own division and power raise, or leave the reals; NumPy's give inf or NaN.
        left: Any = np.float64(a) if op in "/^" else a
        machine.give(node, (a, b), float(function(left, b)))
        return
    shape_a, shape_b = shape_of(a), shape_of(b)
    if shape_a or shape_b:
        shape = shape_a
        if shape_a != shape_b:
            shape = broadcast(name, [shape_a, shape_b], node.span)
        machine.begin(node, shape, 0.0)
    elif machine.mark is not None:
        machine.mark(node.span)
    machine.give(node, (a, b), machine.apply(node, function, a, b))


def comparison(machine: Machine, step: Step) -> None:
    """Compare elementwise; the result is a truth value."""
    node: Binary = step.node  # type: ignore[assignment]
    name, function = OPERATORS[node.op]
    a, b = (plain(v, node.op_span, node.op) for v in machine.take(2))
    shape = broadcast(name, [shape_of(a), shape_of(b)], node.span)
    machine.begin(node, shape, 0.0)
    machine.give(node, (a, b), Truth(machine.apply(node, function, a, b)))


def bits(machine: Machine, step: Step) -> None:
    """Join conditions elementwise by ``&`` or ``|``."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = (_condition(v, node) for v in machine.take(2))
    shape = broadcast(node.op, [shape_of(a), shape_of(b)], node.span)
    machine.begin(node, shape, 0.0)
    function = table_function("logical_and" if node.op == "&" else "logical_or")
    machine.give(node, (a, b), Truth(machine.apply(node, function, a, b)))


def _condition(value: Any, node: Binary | Unary) -> Any:
    if isinstance(value, Truth):
        return value.condition
    what = f"`{node.op}` joins conditions, and this is a number"
    raise LanguageError("E007", what, node.span, hint="compare it first: `(x > 0)`")


def prefix(machine: Machine, step: Step) -> None:
    """Apply ``+``, ``-`` or ``~``."""
    node: Unary = step.node  # type: ignore[assignment]
    (value,) = machine.take(1)
    if node.op == "~":
        condition = _condition(value, node)
        machine.begin(node, shape_of(condition), 0.0)
        negate = table_function("logical_not")
        machine.give(node, (condition,), Truth(machine.apply(node, negate, condition)))
        return
    row = isinstance(value, Row)
    vector = value.vector if isinstance(value, Row) else plain(value, node.span, node.op)
    if node.op == "-":
        machine.begin(node, shape_of(vector), 0.0)
        machine.give(node, (vector,), Row(-vector) if row else -vector)
    else:
        machine.stack.append(Row(vector) if row else vector)


def negation(machine: Machine, step: Step) -> None:
    """Apply ``not`` to a scalar condition."""
    (value,) = machine.take(1)
    machine.stack.append(Truth(not bool(scalar_condition(value, step.node.span, "not"))))


def transposition(machine: Machine, step: Step) -> None:
    """Apply ``'`` or ``.T``."""
    node: Transpose = step.node  # type: ignore[assignment]
    (value,) = machine.take(1)
    if node.sign == "'" and isinstance(value, Row):
        machine.stack.append(value.vector)
        return
    array = plain(value, node.span, ".T")
    shape = shape_of(array)
    if node.sign == "'" and len(shape) == 1:
        machine.stack.append(Row(array))
    elif node.sign == "'" and len(shape) > 2:
        what = f"`'` needs a vector or a matrix, and this has shape {shape_text(shape)}"
        hint = "write `transpose(x, AXES)`"
        raise LanguageError("E012", what, node.span, hint=hint)
    elif len(shape) < 2:
        machine.stack.append(array)
    else:
        machine.begin(node, shape[::-1], 0.0)
        machine.give(node, (array,), array.T)


def product(machine: Machine, step: Step) -> None:
    """Apply ``@``: the matrix product, with rows where ``'`` made them."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = machine.take(2)
    _matmul(machine, node, a, b)


def _matmul(machine: Machine, node: Binary, a: Any, b: Any) -> None:
    if isinstance(a, Row) or isinstance(b, Row):
        rows.multiply(machine, node, a, b)
        return
    a, b = plain(a, node.op_span, "@"), plain(b, node.op_span, "@")
    shape, flops = matmul_shape(shape_of(a), shape_of(b), node.span)
    machine.begin(node, shape, flops)
    _note_transposed_vector(machine, node, a, b)
    machine.give(node, (a, b), machine.apply(node, operator.matmul, a, b))


def _note_transposed_vector(machine: Machine, node: Binary, a: Any, b: Any) -> None:
    """Warn where ``.T`` of a vector suggests an outer product."""
    right = node.right
    is_transposed = isinstance(right, Transpose) and right.sign == "T"
    if is_transposed and len(shape_of(a)) == len(shape_of(b)) == 1:
        what = "`.T` does nothing to a vector, so this product is a scalar"
        hint = "write `x'@x` for the scalar, `outer(x, x)` for the matrix"
        machine.note("W103", what, node.span, hint)


def dotted(machine: Machine, step: Step) -> None:
    """Apply ``·``: a product of which one operand is a scalar."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = machine.take(2)
    if marked_shape(a) != () and marked_shape(b) != ():
        what = "`·` needs a scalar on one side"
        hint = "write `*` for the elementwise product, `@` for the matrix product"
        raise LanguageError("E012", what, node.op_span, hint=hint)
    if not rows.scales(machine, node, a, b):
        _apply(machine, node, "*", plain(a, node.op_span), plain(b, node.op_span))


def matrix_product(machine: Machine, step: Step) -> None:
    """Apply ``*`` of the matrix dialect."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = machine.take(2)
    shape_a, shape_b = marked_shape(a), marked_shape(b)
    if shape_a == () or shape_b == ():
        if not rows.scales(machine, node, a, b):
            _apply(machine, node, "*", plain(a, node.op_span), plain(b, node.op_span))
        return
    if len(shape_a) == len(shape_b) == 1 and not isinstance(a, Row) and not isinstance(b, Row):
        what = "two column vectors have no matrix product"
        hint = "write `x'*y` for the scalar, `x.*y` for the elementwise product"
        raise LanguageError("E012", what, node.op_span, hint=hint)
    _matmul(machine, node, a, b)


def matrix_quotient(machine: Machine, step: Step) -> None:
    """Apply ``/`` of the matrix dialect: by a scalar only."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = machine.take(2)
    shape = marked_shape(b)
    if shape != ():
        what = f"`/` divides by a scalar here, and this has shape {shape_text(shape)}"
        hint = "write `./` for the elementwise quotient, or `solve(A, b)`"
        raise ShapeError("E021", what, node.right.span, hint=hint)
    if not rows.scales(machine, node, a, b):
        _apply(machine, node, "/", plain(a, node.op_span), plain(b, node.op_span))


def matrix_power(machine: Machine, step: Step) -> None:
    """Apply ``^`` of the matrix dialect: repeated products of a square matrix."""
    node: Binary = step.node  # type: ignore[assignment]
    a, b = (plain(v, node.op_span, "^") for v in machine.take(2))
    if shape_of(a) == () and shape_of(b) == ():
        _apply(machine, node, "^", a, b)
        return
    shape = shape_of(a)
    if len(shape) != 2 or shape[0] != shape[1] or shape_of(b) != ():
        what = "`^` is a power of a square matrix to a whole number here"
        hint = "write `.^` for the elementwise power"
        raise ShapeError("E021", what, node.span, hint=hint)
    exponent = whole_number(b, node.right.span, "the exponent of a matrix")
    machine.begin(node, shape, 2.0 * shape[0] ** 3 * max(1, abs(exponent).bit_length()))
    power = machine.apply(node, table_function("matpow"), a, exponent)
    machine.give(node, (a,), power)
