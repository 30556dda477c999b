"""Every block of the README that shows a command or Python is run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    found = []
    for block in BLOCKS:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), sessions(), ids=lambda t: t.split("\n")[0][:40])
def test_console_block(shell_for_session: Any, command: str, output: str) -> None:
    ended = shell_for_session(command, cwd=ROOT)
    assert ended.stdout == output


def test_python_blocks() -> None:
    found = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert found.attempted >= 3
    assert found.failed == 0


def test_the_two_commands_are_marked() -> None:
    for marker in ("install", "tests"):
        block = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", TEXT)
        assert block is not None
        assert block[1].count("\n") == 0


def test_every_exit_code_is_explained() -> None:
    for code in (0, 1, 2, 3, 5, 70, 130, 141, 143):
        assert re.search(rf"^\|[^|]*\b{code}\b[^|]*\|", TEXT, re.MULTILINE)
