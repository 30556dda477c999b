"""Promise 4: what Python itself reports of a call on hostile text (`sys.addaudithook`)."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

AUDITED = Path(__file__).with_name("audited.py")
ROOT = Path(__file__).parents[2]
LIBRARY = (
    os.path.realpath(sysconfig.get_path("stdlib")),
    *(os.path.realpath(path) for path in sys.path if "site-packages" in path),
)
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"},
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(ROOT),
}
# A word that occurs nowhere but in the hostile text.
MARK = "zqmark"

CALLS = [
    ("grad", f"2*{MARK}^2 + sin({MARK})", f"--{MARK}", "3"),
    ("grad", f"__import__('os').system('{MARK}')", "--x", "1"),
    ("grad", f"{MARK} = x; {MARK}*{MARK}", "--x", "@/etc/hostname", "--untrusted"),
    ("hessian", f"{MARK}^3", f"--{MARK}", "2", "--json"),
]


@pytest.mark.parametrize(
    "words",
    [CALLS[0], *(pytest.param(call, marks=pytest.mark.slow) for call in CALLS[1:])],
    ids=lambda w: w[0] + w[1][:12],
)
def test_nothing_happens_but_reading_our_own_modules(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    log = tmp_path / "log"
    subprocess.run(
        [sys.executable, str(AUDITED), str(log), *words],
        cwd=tmp_path, capture_output=True, timeout=60, check=False,
        env=ENVIRONMENT,
    )  # fmt: skip
    events = [line.split("\t") for line in log.read_text().splitlines()]
    assert len(events) > 50
    for name, *args in events:
        if name == "open":
            assert_reads_a_module(*args)
        elif name == "compile":
            assert MARK not in "".join(args)
            assert_installed(args[1])
        elif name == "exec":
            assert args[0] == "<string>" or args[0].startswith("<") or is_installed(args[0])
        else:
            assert name in {"import", "ctypes.dlopen"}, (name, args)
            assert MARK not in "".join(args)


def is_installed(path: str) -> bool:
    real = os.path.realpath(path)
    return path.startswith("<frozen") or real.startswith((*LIBRARY, str(ROOT / "gradcli")))


def assert_installed(path: str) -> None:
    assert is_installed(path), path


def assert_reads_a_module(path: str, mode: str, flags: str) -> None:
    assert mode in {"'r'", "'rb'", "None"}, (path, mode)
    assert not int(flags) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT), (path, flags)
    name = path.strip("'")
    # NumPy asks the kernel how large pages are; click and locale read nothing else.
    assert is_installed(name) or name.startswith(("/sys/", "/proc/")), name


def test_the_audit_would_notice(tmp_path: Path) -> None:
    """An explicit @file is opened, and -o is written: the log has both."""
    log, out = tmp_path / "log", tmp_path / "out.txt"
    (tmp_path / "x.csv").write_text("1,2")
    words = ("grad", "sum(x)", "--x", "@x.csv", "--no-check", "-o", str(out))
    subprocess.run(
        [sys.executable, str(AUDITED), str(log), *words],
        cwd=tmp_path, capture_output=True, timeout=60, check=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    text = log.read_text()
    assert "x.csv" in text
    assert "out.txt" in text
