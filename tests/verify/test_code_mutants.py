"""The code that decides has no line that its tests would not miss."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verify import code_mutants
from tests.verify.code_mutants import EQUIVALENT, ROOT, TESTS, mutants, unmatched

SOURCE = '''"""A text is no logic."""

LIMIT = 0.5


def decide(x: "float", y: float) -> str:
    """Neither is this."""
    if x < LIMIT and not y:
        return "ok"
    return max(-x, y + 2)
'''
CHANGES = {
    "0.5 -> 5.0", "0.5 -> 0.05",
    "x < LIMIT and (not y) -> True", "x < LIMIT and (not y) -> False",
    "x < LIMIT and (not y) -> x < LIMIT or not y",
    "x < LIMIT and (not y) -> x < LIMIT", "x < LIMIT and (not y) -> not y",
    "x < LIMIT -> x <= LIMIT", "x < LIMIT -> x > LIMIT", "not y -> y",
    "'ok' -> 'okX'",
    "max(-x, y + 2) -> min(-x, y + 2)", "-x -> x", "y + 2 -> y - 2", "2 -> 20", "2 -> 1",
}  # fmt: skip


def test_everything_that_decides_is_broken_once() -> None:
    found = [(m, ast.unparse(tree)) for m, tree in mutants(SOURCE)]
    assert {m.change for m, _ in found} == CHANGES
    texts = {text for _, text in found}
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    assert len(texts) == len(found) == len(CHANGES)
    assert {m.line for m, _ in found if m.change == "2 -> 1"} == {"return max(-x, y + 2)"}


@pytest.mark.parametrize("file", TESTS)
def test_every_declaration_fits_a_mutant(file: str) -> None:
    assert unmatched(file) == []
    assert all(EQUIVALENT.get(file, {}).values())


def test_a_declaration_that_fits_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    file = "gradcli/verify/agreement.py"
    key = ("return a == b", "a == b -> a != b")
    monkeypatch.setitem(code_mutants.EQUIVALENT, file, {key: "none of its lines"})
    assert unmatched(file) == [key]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_tests_that_see_nothing_let_every_mutant_live(tmp_path: Path) -> None:
    blind = tmp_path / "test_blind.py"
    blind.write_text("def test_nothing() -> None:\n    pass\n")
    script = (
        "from tests.verify import code_mutants as c\n"
        "every = c.mutants\n"
        "c.mutants = lambda source: list(every(source))[:2]\n"
        f"c.TESTS = {{'gradcli/verify/agreement.py': ({str(blind)!r},)}}\n"
        "c.EQUIVALENT = {}\n"
        "raise SystemExit(c.main(()))\n"
    )
    done = run("-c", script)
    assert done.returncode == 2, done.stderr
    assert done.stdout.count("survived") == 2


# All files take ten minutes: that is the command's, `python -m tests.verify.code_mutants`.
QUICK = ("gradcli/verify/decisions.py", "gradcli/verify/agreement.py")


@pytest.mark.slow
@pytest.mark.parametrize("file", QUICK)
def test_no_mutant_survives(file: str) -> None:
    done = run("-m", "tests.verify.code_mutants", file)
    assert done.returncode == 0, done.stdout
