"""User code in the worker: whatever it does, it is one entry, and never a verdict by accident."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.reports import CheckEntry, Status
from gradcli.worker.parent import Limits, Worker
from gradcli.worker.protocol import Decoder, send

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
def test_endless_code_ends_at_the_limit(
    worker: Worker, tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "limits", Limits(1.0, MEMORY))
    start = time.monotonic()
    (entry,) = check(worker, tmp_path, f"def f(x=2.0):\n    {body}\n")
    assert entry.verdict.cause == "TIME"
    assert entry.exit_code == 3
    assert time.monotonic() - start < 1.0 + 2.0


@pytest.mark.slow
def test_code_that_eats_memory_is_ended(tmp_path: Path) -> None:
    text = """
    import time
    def f(x=2.0):
        eaten = bytearray(10**9)
        eaten[::4096] = b"1" * len(eaten[::4096])
        time.sleep(2)
        return x
    """
    # On a busy machine a gigabyte takes its time: the clock must not be the first to end it.
    with Worker(Limits(10 * SECONDS, MEMORY)) as patient:
        (entry,) = check(patient, tmp_path, text)
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


FORKS = """
import os
{0}
def f(x=3.0):
    {1}
    return x * x
def g(x=2.0):
    return x
def without_point(z):
    return z
"""


@pytest.mark.parametrize(
    ("at_import", "in_function"),
    [
        ("", "os.fork()"),
        ("", "if os.fork() == 0: raise SystemExit(0)"),
        ("", "if os.fork() == 0: return x * 7"),
        ("os.fork()", "pass"),
    ],
)
def test_a_process_that_user_code_forks_off_never_reports(
    worker: Worker, tmp_path: Path, at_import: str, in_function: str
) -> None:
    entries = check(worker, tmp_path, FORKS.format(at_import, in_function))
    assert [entry.node.rpartition(":")[2] for entry in entries] == ["without_point", "f", "g"]
    assert [entry.verdict.status for entry in entries] == [Status.SKIPPED, Status.OK, Status.OK]


def test_whoever_has_heard_enough_leaves_nothing_behind(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "user_file.py"
    path.write_text("".join(f"def f{k}(x=1.0):\n    return x\n" for k in range(4)))
    job = Job(PythonTarget(str(path), None, None), {})
    assert next(check_python(job, worker)).node.endswith("f0")
    assert [e.node[-2:] for e in check_python(job, worker)] == ["f0", "f1", "f2", "f3"]


def test_the_server_is_started_anew_where_user_code_killed_it(
    worker: Worker, tmp_path: Path
) -> None:
    text = """
    import os
    import time
    def f(x=2.0):
        os.kill(os.getppid(), 9)
        time.sleep(0.5)
        return x
    def g(x=1.0):
        return 3 * x
    """
    first, second = check(worker, tmp_path, text)
    assert first.exit_code == 3
    assert second.verdict.status is Status.OK


NO_FORK = "import os; del os.fork; from gradcli.worker.server import main; main()"


NO_FORK_FILE = """
import os
import time
def f(x=2.0):
    print("said")
    return x * x
def leaves(x=2.0):
    os._exit(0)
def last(x=2.0):
    return 2 * x
"""


@pytest.mark.slow
def test_a_system_that_cannot_fork(tmp_path: Path) -> None:
    with Worker(Limits(SECONDS, MEMORY), [sys.executable, "-P", "-c", NO_FORK]) as single:
        found = check(single, tmp_path, NO_FORK_FILE)
        printed = single.printed()
    assert [entry.exit_code for entry in found] == [0, 3, 0]
    assert found[1].verdict.cause == "DIED"
    assert set(printed) == {"said"}


@pytest.mark.slow
def test_the_limits_hold_where_nothing_forks(tmp_path: Path) -> None:
    text = (
        NO_FORK_FILE
        + """
def loops(x=2.0):
    while True: pass
def eats(x=2.0):
    eaten = bytearray(10**9)
    eaten[::4096] = b"1" * len(eaten[::4096])
    time.sleep(2)
"""
    )
    limits = Limits(SECONDS, MEMORY)
    with Worker(limits, [sys.executable, "-P", "-c", NO_FORK]) as single:
        found = check(single, tmp_path, text)
        again = check(single, tmp_path, "def f(x=1.0):\n    return x\n")
    assert [entry.exit_code for entry in (*found, *again)] == [0, 3, 0, 3, 3, 0]
    assert [entry.verdict.cause for entry in found] == [None, "DIED", None, "TIME", "MEMORY"]


def test_warnings_are_counted_whatever_the_surroundings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    text = """
    import warnings
    warnings.warn("first")
    warnings.warn("second")
    def f(x=2.0):
        return x * x
    """
    with Worker(Limits(SECONDS, MEMORY)) as running:
        (entry,) = check(running, tmp_path, text)
        printed = running.printed()
    assert entry.verdict.status is Status.OK
    assert printed == ["user_file.py:3: UserWarning: first (the first of 2 warnings)"]


def test_half_a_message_spoils_only_itself() -> None:
    decoder = Decoder("t")
    read, write = os.pipe()
    os.write(write, b'["t","result",{"half')
    send(write, "t", "exit", -9)
    os.write(write, b"noise\n")
    send(write, "other", "result", 1)
    os.close(write)
    found = []
    with os.fdopen(read, "rb", buffering=0) as pipe:
        while data := pipe.read(7):
            found += decoder.feed(data)
    assert found == [("exit", -9)]


def test_a_file_that_cannot_be_loaded_is_one_entry(worker: Worker, tmp_path: Path) -> None:
    (entry,) = check(worker, tmp_path, "def f(:\n")
    assert entry.verdict.status is Status.ERROR
    assert entry.exit_code == 2
    assert entry.error is not None
    assert ":1: not valid Python" in entry.error.what
