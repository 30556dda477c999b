"""The documented examples, through a real shell and a real pipe, byte for byte."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
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


@pytest.fixture(scope="module")
def running(shell_for_session, tmp_path_factory) -> dict[str, Future]:
    """Every example, started at once: a process waits more than it computes."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("f.py", "model.py"):
        shutil.copy(EXAMPLES / name, folder)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield {e.name: pool.submit(shell_for_session, e.command, cwd=folder) for e in ALL}


@pytest.mark.parametrize("example", ALL, ids=lambda e: e.name)
def test_example(running: dict[str, Future], example: Example) -> None:
    ended = running[example.name].result()
    assert ended.stdout.splitlines() == example.out
    if example.err == ["..."]:
        assert ended.stderr.startswith("error[")
    else:
        assert ended.stderr.splitlines() == example.err
    assert ended.status == example.status
    assert not ended.out or ended.out.endswith(b"\n")


def test_no_example_was_lost() -> None:
    assert len([e for e in ALL if e.name.startswith("examples-")]) == 40
