"""What all tests share: hypothesis' profile, and a real shell for the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run, and no clock: a busy machine is no failure.
settings.register_profile("gradcli", deadline=None, derandomize=True)
settings.load_profile("gradcli")

# Variables that a user's surroundings may have and the tests must not inherit.
_FOREIGN = ("GRADCLI_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONWARNINGS")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    out: bytes
    err: bytes

    @property
    def stdout(self) -> str:
        return self.out.decode()

    @property
    def stderr(self) -> str:
        return self.err.decode()


class Shell:
    """Runs commands through bash, with `gradcli` on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(exist_ok=True)
        link = self.bin / "gradcli"
        script = Path(sys.executable).with_name("gradcli")
        if script.exists():
            link.symlink_to(script)
        else:
            link.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m gradcli "$@"\n')
            link.chmod(0o755)

    def environment(self, **more: str | None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        kept["PATH"] = f"{self.bin}{os.pathsep}{kept.get('PATH', '')}"
        kept |= {k: v for k, v in more.items() if v is not None}
        return {k: v for k, v in kept.items() if k not in more or more[k] is not None}

    def __call__(
        self,
        command: str | list[str],
        *,
        stdin: bytes | None = None,
        timeout: float = 300,
        cwd: Path | None = None,
        **env: str | None,
    ) -> Ended:
        """Run a shell command, or a list of words without a shell."""
        words = ["bash", "-c", command] if isinstance(command, str) else command
        if words[0] == "gradcli":
            words = [str(self.bin / "gradcli"), *words[1:]]
        done = subprocess.run(
            words,
            cwd=cwd or self.folder,
            env=self.environment(**env),
            capture_output=True,
            timeout=timeout,
            check=False,
            **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}),
        )
        return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def shell_for_session(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    return Shell(tmp_path_factory.mktemp("shell"))


@pytest.fixture
def shell(shell_for_session: Shell, tmp_path: Path) -> Shell:
    """A shell in an empty folder of its own."""
    own = Shell.__new__(Shell)
    own.folder, own.bin = tmp_path, shell_for_session.bin
    return own


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def record(self) -> dict[str, Any]:
        (line,) = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """The command line inside this process: fast enough for many calls."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GRADCLI_JSON"):
        monkeypatch.delenv(name, raising=False)

    from gradcli.cli.dispatch import main
    from gradcli.cli.streams import Streams

    def call(*argv: str) -> Said:
        capfd.readouterr()
        status = main(argv, Streams())
        out, err = capfd.readouterr()
        return Said(status, out, err)

    return call
