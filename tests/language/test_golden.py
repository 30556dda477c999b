"""The messages of the command line's examples, letter by letter."""

import numpy as np
import pytest

from gradcli.codes import CODES
from gradcli.errors import GradcliError
from gradcli.language.interpret import interpret
from gradcli.language.parser import parse
from gradcli.language.values import from_json

x2 = np.array([1.0, 2.0])
A = np.array([[1.0, 2.0], [3.0, 4.0]])

GOLDEN = [
    (
        "x'*A*x",
        {"x": x2, "A": A},
        """\
error[E012]: `'` makes a row vector, but `*` is elementwise
  | x'*A*x
  |   ^
help: write `x'@A@x`, or add `--dialect matrix`""",
    ),
    (
        "2*dot(x,x",
        {"x": x2},
        """\
error[E001]: `(` is never closed
  | 2*dot(x,x
  |      ^
help: add `)` at the end""",
    ),
    (
        "sine(x)",
        {"x": 1.0},
        """\
error[E002]: unknown function `sine`
  | sine(x)
  | ^^^^
help: did you mean `sin`?""",
    ),
    (
        "1/2x",
        {"x": 4.0},
        """\
error[E004]: `1/2x` can be read two ways
  | 1/2x
  |  ^^^
help: write `1/(2*x)` or `(1/2)*x`""",
    ),
    (
        "w*x",
        {"x": 2.0},
        """\
error[E005]: `w` has no value
  | w*x
  | ^
help: add `--w VALUE` (bound: x)""",
    ),
]


@pytest.mark.parametrize(("text", "env", "message"), GOLDEN)
def test_message(text, env, message):
    with pytest.raises(GradcliError) as caught:
        interpret(parse(text, variables=env), env)
    assert str(caught.value) == message


def test_shapes_of_a_product():
    with pytest.raises(GradcliError) as caught:
        interpret(parse("A@x", variables=("A", "x")), {"A": A, "x": np.ones(3)})
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == "E021"
    assert diagnostic.what == "matmul shapes (2,2) and (3,) do not agree"
    assert (diagnostic.span.start, diagnostic.span.end) == (0, 3)


def test_a_word_for_a_value():
    with pytest.raises(GradcliError) as caught:
        from_json("oops", "x")
    diagnostic = caught.value.diagnostic
    assert (diagnostic.code, diagnostic.span) == ("E040", None)
    assert diagnostic.what == "x: `oops` is not a number or array"


def test_every_code_is_complete():
    assert list(CODES) == sorted(CODES)
    for code, entry in CODES.items():
        assert code == entry.code
        assert code[0] in "EW"
        assert all((entry.title, entry.meaning, entry.cure))
        assert entry.meaning.endswith(".")


def test_every_code_that_the_room_raises_is_in_the_table():
    import re
    from pathlib import Path

    import gradcli.language

    folder = Path(gradcli.language.__file__).parent
    raised = {c for f in folder.glob("*.py") for c in re.findall(r'"([EW]\d{3})"', f.read_text())}
    assert len(raised) > 25
    assert raised - {"E070"} <= set(CODES)
