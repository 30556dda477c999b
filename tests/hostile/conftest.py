"""The command line inside this process: fast enough for many hostile strings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from gradcli.cli.dispatch import main
from gradcli.cli.streams import Streams


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
    for name in ("NO_COLOR", "FORCE_COLOR", "GRADCLI_JSON"):
        monkeypatch.delenv(name, raising=False)

    def call(*argv: str) -> Said:
        capfd.readouterr()
        status = main(argv, Streams())
        out, err = capfd.readouterr()
        return Said(status, out, err)

    return call
