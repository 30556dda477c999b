"""However a check ends, no process of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradcli.app.check_python import Job
from gradcli.app.python_targets import PythonTarget
from gradcli.worker.parent import Limits, Worker

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

# User code that says who it is and never ends, with a process of its own beside it.
ENDLESS = """
import os
def f(x=2.0):
    forked = os.fork()
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    while True:
        pass
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def wait_until(holds, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def pids(folder: Path) -> list[int]:
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_endless_code_ends_with_the_command(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "a.py").write_text(ENDLESS)
    words = [sys.executable, "-P", "-m", "gradcli", "check", "a.py"]
    quiet = subprocess.DEVNULL
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = subprocess.Popen(words, cwd=tmp_path, stdout=quiet, stderr=quiet, env=path)
    assert wait_until(lambda: len(pids(tmp_path)) >= 2)
    command.send_signal(number)
    command.wait(timeout=10)
    started = pids(tmp_path)
    assert wait_until(lambda: not any(map(is_alive, started))), started


def test_a_child_nobody_heard_of_ends_with_the_worker(tmp_path: Path) -> None:
    worker = Worker(Limits(30.0))
    path = tmp_path / "a.py"
    path.write_text(ENDLESS.replace('"pids"', repr(str(tmp_path / "pids"))))
    target = PythonTarget(str(path), None, None)
    messages = worker.run(Job(target, {}).message(0))
    for found in messages:
        if found.kind == "begin":
            break
    assert wait_until(lambda: len(pids(tmp_path)) >= 2)
    worker._child = 0  # as if its beginning had not been read yet
    worker.close()
    started = pids(tmp_path)
    assert wait_until(lambda: not any(map(is_alive, started)), 2.0)


def test_a_closed_worker_starts_nothing() -> None:
    worker = Worker(Limits(5.0))
    worker.close()
    (only,) = worker.run({"path": "a.py"})
    assert only.kind == "died"
