"""Progress: on a terminal's standard error, after a second, and gone at the end."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from gradcli.cli import progress
from gradcli.cli.streams import Streams

FILE = "import time\ndef {name}(x=2.0):\n    time.sleep(0.35)\n    return x * x\n"


@pytest.fixture
def terminal(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    monkeypatch.setattr(Streams, "write_message", lambda self, text: said.append(text))
    monkeypatch.setenv("TERM", "xterm")
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return said, now


def test_nothing_is_said_in_the_first_second(terminal):
    said, now = terminal
    line = progress.Progress(Streams(), True)
    line.step("a")
    now[0] += 0.9
    line.step("b")
    line.clear()
    assert said == []
    now[0] += 0.2
    line.step("c\x1b[31m")
    assert said == ["\r\x1b[K3 checked, last c\\x1b[31m"]
    line.step("d")
    assert len(said) == 1
    now[0] += 0.1
    line.step("e" * 200)
    assert len(said[1]) < 80
    line.clear()
    line.clear()
    assert said[2:] == ["\r\x1b[K"]


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_and_a_quiet_user_see_nothing(terminal, monkeypatch, term):
    said, now = terminal
    lines = [progress.Progress(Streams(), False)]
    monkeypatch.setenv("TERM", term or "dumb")
    lines.append(progress.Progress(Streams(), True))
    now[0] += 5
    for line in lines:
        line.step("a")
        line.clear()
    assert said == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads a terminal as Linux has it")
def test_a_real_terminal_ends_clean(tmp_path: Path) -> None:
    names = ("f", "g", "h")
    (tmp_path / "a.py").write_text("".join(FILE.format(name=name) for name in names))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "gradcli", "check", "a.py"]
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    ended = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=path, text=True
    )
    out, _ = ended.communicate(timeout=120)
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 0.2)[0]:
        try:
            said += os.read(ours, 4096)
        except OSError:
            break
    assert ended.returncode == 0
    assert out.count("ok ") == len(names)
    assert b"checked, last a.py::" in said
    assert said.endswith(b"\r\x1b[K")
