"""What no file of the package may contain; reliability promises 1, 14 and 31."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "gradcli").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
COMPILERS = frozenset(
    {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify"}
)
# The two files whose purpose is to hand text to Python's compiler.
MAY_COMPILE = frozenset({"engine/replay.py", "frontend/pyfile.py"})
# Where each library may be imported; rooms below `gradcli/`.
HOMES = {
    "click": ("cli/",),
    "rich": ("render/", "cli/"),
    "sympy": ("symbolic/",),
    "mpmath": ("exact/", "symbolic/", "ops/fallback.py", "formula/"),
    "pickle": (),
    "marshal": (),
    "shelve": (),
    "socket": (),
    "urllib": (),
    "http": (),
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "gradcli").as_posix()


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in PACKAGE:
        yield name_of(path), ast.parse(path.read_text("utf-8"))


def called(node: ast.AST) -> str:
    """The name a call is made by, dots left out: `sympy.sympify` is `sympify`."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        # `re.compile` compiles a pattern, not Python.
        is_pattern = function.attr == "compile" and getattr(function.value, "id", "") == "re"
        return "" if is_pattern else function.attr
    return getattr(function, "id", "")


def is_false(node: ast.keyword) -> bool:
    return isinstance(node.value, ast.Constant) and node.value.value is False


def offences(tree: ast.AST, file: str) -> list[str]:
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if called(node) in COMPILERS and file not in MAY_COMPILE:
            found.append(f"{file}:{line} {called(node)}")
        if isinstance(node, ast.Assert):
            found.append(f"{file}:{line} assert")
        if isinstance(node, ast.keyword) and node.arg == "shell":
            found.append(f"{file}:{line} shell=")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not is_false(node):
            found.append(f"{file}:{line} allow_pickle")
        if called(node) == "print":
            found.append(f"{file}:{line} print")
    return found


def test_the_package_has_no_forbidden_names() -> None:
    assert [o for file, tree in trees() for o in offences(tree, file)] == []


@pytest.mark.parametrize(
    "text",
    ["eval('1')", "builtins.exec(x)", "sympy.sympify(t)", "assert x", "run(c, shell=True)",
     "np.load(f, allow_pickle=True)", "print(f'[bold]{x}')", "__import__(n)", "compile(t, f)"],
)  # fmt: skip
def test_the_search_finds_them(text: str) -> None:
    assert offences(ast.parse(text), "app/x.py")


def test_the_search_lets_patterns_and_closed_pickles_pass() -> None:
    assert not offences(ast.parse("re.compile('a'); np.load(f, allow_pickle=False)"), "app/x.py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_libraries_are_imported_at_home_only() -> None:
    wrong = [
        f"{file} imports {library}"
        for file, tree in trees()
        for library in imports(tree)
        if library in HOMES and not file.startswith(HOMES[library] or ("-",))
    ]
    assert wrong == []


def test_nothing_is_left_to_do() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:", "NotImplemented" + "Error()")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in (*PACKAGE, *TESTS)
        for word in words
        if word in path.read_text("utf-8")
    ]
    assert found == []
