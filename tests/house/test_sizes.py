"""Files and functions stay small, and files say what they are for."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "gradcli").rglob("*.py"))
EVERY = [*PACKAGE, *sorted((ROOT / "tests").rglob("*.py")), *sorted(ROOT.glob("examples/**/*.py"))]
MOST_LINES = 350
MOST_FUNCTION_LINES = 50
MEDIAN_FUNCTION_LINES = 8
NAMELESS = frozenset({"utils.py", "helpers.py", "common.py", "misc.py"})


def test_no_file_is_long() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in EVERY
        if (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def function_sizes() -> dict[str, int]:
    """Lines of every function's body; its docstring is documentation, not length."""
    sizes = {}
    for path in PACKAGE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            body = node.body
            if ast.get_docstring(node) is not None:
                body = body[1:]
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            sizes[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    return sizes


def test_functions_are_short() -> None:
    sizes = function_sizes()
    assert {k: n for k, n in sizes.items() if n > MOST_FUNCTION_LINES} == {}
    assert median(sizes.values()) <= MEDIAN_FUNCTION_LINES


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in EVERY if path.name in NAMELESS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []
