"""The documented examples, through a real shell and a real pipe, byte for byte."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"


@dataclass
class Example:
    name: str
    command: str = ""
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    status: int = 0


def _examples() -> list[Example]:
    found: list[Example] = []
    for file in sorted(HERE.glob("*.txt")):
        text = "\n".join(x for x in file.read_text().splitlines() if not x.startswith("#"))
        for block in text.strip().split("\n\n"):
            name, command, *rest = block.strip().splitlines()
            example = Example(f"{file.stem}-{name}", command.removeprefix("$ "))
            for line in rest:
                if line.startswith("2> "):
                    example.err.append(line[3:])
                elif line.startswith("= "):
                    example.status = int(line[2:])
                else:
                    example.out.append(line)
            found.append(example)
    return found


ALL = _examples()
# Each takes a process or several; these go through every command, verdict and stream.
EVERY_DAY = frozenset(
    f"examples-{n}" for n in (1, 2, 3, 5, 8, 9, 11, 14, 21, 24, 25, 28, 31, 37, 39, 40, 45)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("examples")
    for name in ("f.py", "model.py"):
        shutil.copy(EXAMPLES / name, made)
    return made


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(e, marks=() if e.name in EVERY_DAY else pytest.mark.slow, id=e.name)
        for e in ALL
    ],
)
def test_example(shell_for_session, folder: Path, example: Example) -> None:
    ended = shell_for_session(example.command, cwd=folder)
    assert ended.stdout.splitlines() == example.out
    if example.err == ["..."]:
        assert ended.stderr.startswith("error[")
    else:
        assert ended.stderr.splitlines() == example.err
    assert ended.status == example.status
    assert not ended.out or ended.out.endswith(b"\n")


def test_no_example_was_lost() -> None:
    assert len([e for e in ALL if e.name.startswith("examples-")]) == 40
