"""Trees: equality, printing, walking."""

import pytest

from gradcli.language.parser import parse
from gradcli.language.syntax import Binary, Name, Number, Unary, postorder
from gradcli.source import Span


def final(text):
    return parse(text).final


@pytest.mark.parametrize(
    "text",
    [
        "x+1",
        "f(x,axis=0)",
        "[1,2;3,4]",
        "x[1:,None,...]",
        "x'",
        "a if b else c",
        "-x",
        "sum((1,2))",
    ],
)
def test_equal_wherever_they_stand(text):
    assert final(text) == final("  " + text + "  ")
    assert hash(final(text)) == hash(final(" " + text))
    assert final(text) != final(f"({text})+1")


@pytest.mark.parametrize(
    ("one", "two"),
    [("x+1", "x+2"), ("x+1", "x-1"), ("x'", "x.T"), ("f(x)", "f(x,x)"), ("[1,2]", "[1;2]"),
     ("x", "y"), ("x[1]", "x[1:]"), ("np.sum(x)", "sum(x)"), ("f(a=1)", "f(b=1)")],
)  # fmt: skip
def test_different(one, two):
    assert final(one) != final(two)


def test_printing():
    assert repr(final("-x+2*y")) == (
        "Binary('+', Unary('-', Name('x')), Binary('*', Number(2.0), Name('y')))"
    )
    assert repr(final("f((1,),b=None)")) == (
        "Call('f', (Tuple((Number(1.0),)), Keyword('b', Literal(None))), '')"
    )


def test_postorder_is_left_to_right():
    names = [n.id for n in postorder(final("a + f(b, [c, d; e, g])[h:i]*j")) if isinstance(n, Name)]
    assert names == list("abcdeghij")


def test_nodes_are_frozen():
    node = Number(Span(0, 1), 2.0)
    with pytest.raises(AttributeError):
        node.value = 3.0
    assert node != 2.0
    assert Unary(Span(0, 1), "-", node).children() == (node,)
    assert isinstance(final("2x"), Binary)
