"""What Python also has means the same: agreement with Python's own parser."""

import ast
import operator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.language.interpret import interpret
from gradcli.language.parser import parse
from gradcli.language.syntax import Binary, Conditional, Logic, Name, Number, Unary
from gradcli.source import Span

HERE = Span(0, 0)
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^", ast.MatMult: "@",
    ast.BitAnd: "&", ast.BitOr: "|", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.UAdd: "+", ast.USub: "-", ast.Not: "not", ast.Invert: "~",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip
FUNCTIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "^": operator.pow, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
ENV = {"x": 1.5, "y": -2.0, "abc": 0.25}


def ours(node):
    """Python's tree as a tree of ours."""
    if isinstance(node, ast.Constant):
        return Number(HERE, float(node.value))
    if isinstance(node, ast.Name):
        return Name(HERE, node.id)
    if isinstance(node, ast.UnaryOp):
        return Unary(HERE, SIGNS[type(node.op)], ours(node.operand))
    if isinstance(node, ast.BinOp):
        return Binary(HERE, SIGNS[type(node.op)], ours(node.left), ours(node.right), HERE)
    if isinstance(node, ast.Compare):
        (op,), (right,) = node.ops, node.comparators
        return Binary(HERE, SIGNS[type(op)], ours(node.left), ours(right), HERE)
    if isinstance(node, ast.BoolOp):
        joined = ours(node.values[0])
        for value in node.values[1:]:
            joined = Logic(HERE, SIGNS[type(node.op)], joined, ours(value))
        return joined
    assert isinstance(node, ast.IfExp)
    return Conditional(HERE, ours(node.body), ours(node.test), ours(node.orelse))


def value(node):
    """The value of Python's tree in float64."""
    if isinstance(node, ast.Constant):
        return np.float64(node.value)
    if isinstance(node, ast.Name):
        return np.float64(ENV[node.id])
    if isinstance(node, ast.UnaryOp):
        operand = value(node.operand)
        return {ast.UAdd: +operand, ast.USub: -operand, ast.Not: not operand}[type(node.op)]
    if isinstance(node, ast.BinOp):
        return FUNCTIONS[SIGNS[type(node.op)]](value(node.left), value(node.right))
    if isinstance(node, ast.Compare):
        sign = SIGNS[type(node.ops[0])]
        return np.float64(FUNCTIONS[sign](value(node.left), value(node.comparators[0])))
    if isinstance(node, ast.BoolOp):
        found = [bool(value(v)) for v in node.values]
        return np.float64(all(found) if isinstance(node.op, ast.And) else any(found))
    return value(node.body) if value(node.test) else value(node.orelse)


blank = st.sampled_from(["", "", " ", "  "])
literals = st.one_of(
    st.sampled_from(["0", "1", "2.", ".5", "1e-3", "2.5E2", "10"]),
    st.sampled_from(sorted(ENV)),
)


@st.composite
def arithmetic(draw, depth=4):
    """A text of arithmetic as Python writes it, brackets and blanks anywhere."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(literals)
    kind = draw(st.integers(0, 9))
    one = draw(arithmetic(depth - 1))
    if kind <= 1:
        return f"({draw(blank)}{one}{draw(blank)})"
    if kind == 2:
        return f"{draw(st.sampled_from('+-'))}{draw(blank)}{one}"
    sign = draw(st.sampled_from(["+", "-", "*", "/", "**"]))
    a, b = draw(blank), draw(blank)
    if one.endswith(".") and not a and sign in "*/":
        a = " "
    return f"{one}{a}{sign}{b}{draw(arithmetic(depth - 1))}"


@st.composite
def conditions(draw, depth=2):
    """A text of one condition."""
    if depth == 0 or draw(st.booleans()):
        sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        return f"{draw(arithmetic(2))} {sign} {draw(arithmetic(2))}"
    one = draw(conditions(depth - 1))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return f"not {one}"
    if kind == 1:
        return f"({one})"
    return f"{one} {draw(st.sampled_from(['and', 'or']))} {draw(conditions(depth - 1))}"


expressions = st.one_of(
    arithmetic(),
    conditions(),
    st.tuples(arithmetic(2), conditions(), arithmetic(2)).map(
        lambda t: f"{t[0]} if {t[1]} else {t[2]}"
    ),
)


@settings(max_examples=120, deadline=None)
@given(expressions)
def test_same_tree(text):
    assert parse(text).final == ours(ast.parse(text.strip(), mode="eval").body)


@settings(max_examples=100, deadline=None)
@given(expressions)
def test_same_value(text):
    with np.errstate(all="ignore"):
        expected = value(ast.parse(text.strip(), mode="eval").body)
    np.testing.assert_array_equal(interpret(parse(text, variables=ENV), ENV), expected)


matrices = st.recursive(
    st.sampled_from(["A", "b"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("@*+-/"), inner).map("".join),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"-{t}"),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(matrices)
def test_same_tree_with_matrix_products(text):
    assert parse(text).final == ours(ast.parse(text, mode="eval").body)


bits = st.recursive(
    st.sampled_from(["(x>1)", "(y<2)", "m"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("&|"), inner).map("".join),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"~{t}"),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(bits)
def test_same_tree_with_conditions_joined_elementwise(text):
    assert parse(text).final == ours(ast.parse(text, mode="eval").body)
