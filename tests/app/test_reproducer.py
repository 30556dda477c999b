"""The command printed with a wrong claim shows it again: through a shell, with exit 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.app.reproducer import typed_command, value_text
from gradcli.language.values import read_value

TYPED = (
    """check "x'@A@x" --x 1,2 --A "1,2;3,4" --claim "x: 2*A@x" """,
    pytest.param(
        """check "-x^3+k*x^2" --x -2.5 --k 2 --claim "x: -3*x^2" """, marks=pytest.mark.slow
    ),
    pytest.param("""check "sum(X^3)" --X "[[1,2]]" --claim "X: 3*X" """, marks=pytest.mark.slow),
    pytest.param(
        """check "x'*A*x" --dialect matrix --x 0.1,1e-3 --A "1,2;3,4" --claim "x: A*x" """,
        marks=pytest.mark.slow,
    ),
)

FILE = """
import numpy as np
def f(x, k=2):
    return np.sum(x**k)
def grad_f(x, k=2):
    return x
POINTS = [np.array([1.0, -2.0])]
"""


@pytest.mark.parametrize("command", TYPED)
def test_a_typed_claim_is_wrong_again(shell: Any, command: str) -> None:
    ended = shell(f"gradcli {command} --json")
    assert ended.status == 1
    record = json.loads(ended.stdout.splitlines()[0])
    again = shell(record["counterexample"]["command"])
    assert again.status == 1
    assert "WRONG" in again.stdout
    assert again.stderr == ""


def test_the_command_is_shown_with_v_and_not_without(shell: Any) -> None:
    plain, loud = (shell(f"gradcli {TYPED[0]} {v}") for v in ("", "-v"))
    assert "reproduce" not in plain.stdout
    (line,) = [x for x in loud.stdout.splitlines() if "reproduce" in x]
    assert line.split("reproduce")[1].strip() == (
        """gradcli check 'x'"'"'@A@x' --x 1,0 --A '0,0;1,0' --claim 'x: 2*A@x'"""
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "more", ["--x 3,4", pytest.param("--samples 1 --seed 5", marks=pytest.mark.slow)]
)
def test_a_claim_of_a_file_is_wrong_again(shell: Any, tmp_path: Path, more: str) -> None:
    file = tmp_path / "a file.py"
    file.write_text(FILE)
    ended = shell(f"gradcli check '{file}' -v {more}")
    assert ended.status == 1
    *_, command = (x.split("reproduce")[1] for x in ended.stdout.splitlines() if "reproduce" in x)
    assert more in command
    assert shell(command.strip()).status == 1


@pytest.mark.parametrize(
    "value",
    [3.0, -0.1, 1e-300, [1.0, 2.5], [7.0], [[1.0, 2.0], [-3.0, 4e10]], [[1.0, 2.0]], [[1.0], [2.0]],
     [[[1.0, 2.0], [3.0, 4.0]]], [], [-1e-05]],
)  # fmt: skip
def test_every_digit_and_shape_of_a_value_comes_back(value: Any) -> None:
    array = np.asarray(value, dtype=float)
    found = read_value(value_text(array), "x")
    assert np.array_equal(found, array)
    assert np.shape(found) == array.shape


def test_our_own_gradient_is_reproduced_with_its_variables() -> None:
    found = typed_command("sqrt(x^2)", {"x": 0.0, "y": 1.0}, None, ("x",), "matrix")
    assert found == "gradcli check 'sqrt(x^2)' --x 0 --y 1 --wrt x --dialect matrix"
