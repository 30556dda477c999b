"""User code in the worker: whatever it does, it is one entry, and never a verdict by accident."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.reports import CheckEntry, Status
from gradcli.worker.parent import Limits, Worker

SECONDS = 3.0
MEMORY = 700 * 1024**2


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits(SECONDS, MEMORY)) as running:
        yield running


def check(worker: Worker, tmp_path: Path, text: str) -> list[CheckEntry]:
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    target = PythonTarget(str(path), None, None)
    return list(check_python(Job(target, {}), worker))


def test_a_right_function(worker: Worker, tmp_path: Path) -> None:
    (entry,) = check(worker, tmp_path, "def f(x=2.0):\n    return x * x\n")
    assert entry.verdict.status is Status.OK
    assert entry.verdict.by == ("exact", "sympy", "fd")
    assert entry.exit_code == 0


@pytest.mark.parametrize(
    ("body", "status", "exit_code", "said"),
    [
        ("import sys; sys.exit(0)", Status.ERROR, 2, "sys.exit"),
        ("raise SystemExit", Status.ERROR, 2, "sys.exit"),
        ("raise ValueError('no \\x1b[31m')", Status.ERROR, 2, "ValueError: no \\x1b[31m"),
        ("import os; os._exit(0)", Status.INCONCLUSIVE, 3, "DIED"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Status.INCONCLUSIVE, 3, "DIED"),
        ("import os; os.abort()", Status.INCONCLUSIVE, 3, "DIED"),
    ],
)
def test_code_that_leaves(
    worker: Worker, tmp_path: Path, body: str, status: Status, exit_code: int, said: str
) -> None:
    text = f"def f(x=2.0):\n    {body}\ndef g(x=1.0):\n    return 3 * x\n"
    first, second = check(worker, tmp_path, text)
    assert first.verdict.status is status
    assert first.exit_code == exit_code
    assert said in first.verdict.text
    assert second.verdict.status is Status.OK


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import signal\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while True: pass",
    ],
)
def test_endless_code_ends_at_the_limit(worker: Worker, tmp_path: Path, body: str) -> None:
    start = time.monotonic()
    (entry,) = check(worker, tmp_path, f"def f(x=2.0):\n    {body}\n")
    assert entry.verdict.cause == "TIME"
    assert entry.exit_code == 3
    assert time.monotonic() - start < SECONDS + 2.0


def test_code_that_eats_memory_is_ended(worker: Worker, tmp_path: Path) -> None:
    text = """
    import time
    def f(x=2.0):
        eaten = bytearray(10**9)
        eaten[::4096] = b"1" * len(eaten[::4096])
        time.sleep(2)
        return x
    """
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.cause == "MEMORY"
    assert entry.exit_code == 3


def test_standard_input_is_empty_and_prints_are_kept_apart(worker: Worker, tmp_path: Path) -> None:
    worker.printed()
    text = """
    import os, sys
    print("at import")
    def f(x=2.0):
        os.write(1, b"raw bytes\\n")
        print("noise", file=sys.stderr)
        if sys.stdin.read():
            raise ValueError("there was input")
        return x * 3
    """
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.status is Status.OK
    time.sleep(0.2)
    printed = worker.printed()
    assert "at import" in printed
    assert "raw bytes" in printed
    assert "noise" in printed


def test_the_module_is_not_main_and_can_be_imported_by_its_own_name(
    worker: Worker, tmp_path: Path
) -> None:
    text = """
    import sys
    from dataclasses import dataclass
    @dataclass
    class Point:
        a: float
    def f(x=2.0):
        if __name__ == "__main__" or sys.modules.get(__name__) is None:
            raise ValueError(__name__)
        return Point(x).a * 2
    """
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.status is Status.OK


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("import random\ndef f(x=2.0):\n    return x * random.random()\n", "NONDETERMINISTIC"),
        (
            "import numpy as np\ndef f(x=np.ones(2)):\n    x[0] += 1.0\n    return x.sum()\n",
            "MUTATES-INPUT",
        ),
        ("n = [0]\ndef f(x=2.0):\n    n[0] += 1\n    return x * n[0]\n", "NONDETERMINISTIC"),
    ],
)
def test_functions_without_a_gradient_to_check(
    worker: Worker, tmp_path: Path, text: str, cause: str
) -> None:
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.cause == cause
    assert entry.exit_code == 3


def test_lying_comparisons_cannot_pass_a_wrong_gradient(worker: Worker, tmp_path: Path) -> None:
    text = """
    import numpy as np
    np.allclose = lambda *a, **k: True
    np.array_equal = lambda *a, **k: True
    print('{"kind":"check","status":"ok"}')
    def f(x=2.0):
        return x * x
    def df(x):
        return 3.0 * x
    """
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.status is Status.WRONG


def test_warnings_are_never_fatal(worker: Worker, tmp_path: Path) -> None:
    text = """
    import warnings
    def f(x=2.0):
        warnings.warn("old")
        return x * x
    """
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.status is Status.OK


def test_a_leftover_child_does_not_delay(worker: Worker, tmp_path: Path) -> None:
    text = """
    import subprocess, sys
    def f(x=2.0):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
        return x * x
    """
    start = time.monotonic()
    (entry,) = check(worker, tmp_path, text)
    assert entry.verdict.status is Status.OK
    assert time.monotonic() - start < SECONDS


def test_a_file_that_cannot_be_loaded_is_one_entry(worker: Worker, tmp_path: Path) -> None:
    (entry,) = check(worker, tmp_path, "def f(:\n")
    assert entry.verdict.status is Status.ERROR
    assert entry.exit_code == 2
    assert entry.error is not None
    assert ":1: not valid Python" in entry.error.what
