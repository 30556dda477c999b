"""Tokens: kinds, spans, numbers, limits."""

import pytest

from gradcli.errors import GradcliError, LimitError
from gradcli.language.lexer import is_name, occurring_names, tokenize
from gradcli.source import Source


def tokens(text, **kwargs):
    return tokenize(Source(text), **kwargs)


def kinds(text):
    return [t.kind for t in tokens(text)[:-1]]


def test_every_operator_is_a_token():
    text = "... ** .* ./ .^ <= >= == != + - * / @ ^ < > = & | ~ ( ) [ ] , : . ' × · − ᵀ ² ³"
    assert kinds(text) == [
        "...", "^", ".*", "./", ".^", "<=", ">=", "==", "!=", "+", "-", "*", "/", "@", "^", "<",
        ">", "=", "&", "|", "~", "(", ")", "[", "]", ",", ":", ".", "'", "*", "·", "-", "'",
        "superscript", "superscript",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3.0), (".5", 0.5), ("5.", 5.0), ("1e-3", 1e-3), ("2.5E6", 2.5e6), ("2.e5", 2e5),
     ("007", 7.0), ("1e400", float("inf")), ("0.1", 0.1), ("9007199254740993", 2.0**53)],
)  # fmt: skip
def test_a_number_is_a_double(text, value):
    (number, _end) = tokens(text)
    assert (number.kind, number.value, number.text) == ("number", value, text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("2.*x", ["2", ".*", "x"]),
        ("2./x", ["2", "./", "x"]),
        ("2.^x", ["2", ".^", "x"]),
        ("2.**x", ["2.", "**", "x"]),
        ("2..*x", ["2.", ".*", "x"]),
        ("2e", ["2", "e"]),
        ("2e+x", ["2", "e", "+", "x"]),
        ("2e+3", ["2e+3"]),
        ("1e5x", ["1e5", "x"]),
        ("2.e5x", ["2.e5", "x"]),
        ("0.5x", ["0.5", "x"]),
        ("x.T", ["x", ".", "T"]),
        ("x[...]", ["x", "[", "...", "]"]),
    ],
)
def test_cuts(text, pieces):
    assert [t.text for t in tokens(text)[:-1]] == pieces


def test_offsets_and_blanks():
    a, plus, b, end = tokens("a +b")
    assert (a.start, a.end, plus.start, b.start, end.start) == (0, 1, 2, 3, 4)
    assert (a.blank, plus.blank, b.blank) == (True, True, False)


def test_newlines_separate_outside_brackets_only():
    assert kinds("a\nb") == ["name", ";", "name"]
    assert kinds("a\r\n\r\n\nb") == ["name", ";", "name"]
    assert kinds("(a\nb)") == ["(", "name", "name", ")"]
    assert kinds("a # b\r\nc") == ["name", ";", "name"]
    assert kinds("# only a comment") == []


def test_limits_are_named():
    with pytest.raises(LimitError, match="20000 tokens"):
        tokens("+" * 20_001)
    assert len(tokens("+" * 20_000)) == 20_001
    assert len(tokens("\n".join(["x"] * 20_000), limit=20_000)) == 40_000
    for text in ("1" * 65, "x" * 65):
        with pytest.raises(LimitError, match="64 characters"):
            tokens(text)
    assert len(tokens("1" * 64 + " " + "x" * 64)) == 3


@pytest.mark.parametrize("text", ["x", "_a1", "Beta"])
def test_names(text):
    assert is_name(text)


@pytest.mark.parametrize("text", ["", "1x", "if", "None", "х", "a-b", "x "])
def test_no_names(text):
    assert not is_name(text)


def test_occurring_names_are_found_without_parsing():
    assert occurring_names("2*dot(x,x) + 1e5*e2 # y\n'") == ["dot", "x", "e2"]
    assert occurring_names("2e*x") == ["e", "x"]
    assert occurring_names("x.T@y . sum() + 2.*T") == ["x", "y", "T"]
    assert occurring_names("((( if ] \x00 z") == ["z"]


def test_a_lone_surrogate_is_an_error_of_ours():
    with pytest.raises(GradcliError, match="U\\+D800"):
        tokens("x\ud800")
