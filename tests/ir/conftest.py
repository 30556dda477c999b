"""Every program that a trace makes in these tests is validated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gradcli.ir import tracing
from gradcli.ir.validate import differences, problems

# Longer programs are checked in form only.
_EVALUATED = 5000


@pytest.fixture(autouse=True)
def valid_programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check the form of every recorded program, and that every record computes its value."""
    finish = tracing._finish
    found: list[str] = []

    def finish_and_check(*args: Any) -> Any:
        run = finish(*args)
        found.extend(problems(run.program))
        if len(run.program.records) < _EVALUATED:
            found.extend(differences(run.program))
        return run

    monkeypatch.setattr(tracing, "_finish", finish_and_check)
    yield
    assert found == []
