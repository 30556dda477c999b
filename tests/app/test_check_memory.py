"""What check remembers between runs: a baseline, and what failed last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gradcli.app.baseline import baseline_text, read_baseline
from gradcli.app.last_failed import recall, remember
from gradcli.errors import UsageError
from gradcli.reports import CheckEntry, CheckReport, Status, Verdict

OLD = CheckEntry("m.py::f", Verdict(Status.WRONG, "sign-flipped", text="old"), 1)
NEW = CheckEntry("m.py::f", Verdict(Status.WRONG, "constant-factor", text="new"), 1)
FINE = CheckEntry("m.py::g", Verdict(Status.OK), 0)


def test_a_baseline_forgives_what_it_knows_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    assert read_baseline(str(file)).settle(OLD) is OLD
    file.write_text(baseline_text(CheckReport((OLD, FINE))), encoding="utf-8")
    baseline = read_baseline(str(file))
    settled = baseline.settle(OLD)
    assert settled.exit_code == 0
    assert settled.is_known
    assert baseline.settle(NEW) is NEW
    elsewhere = [replace(OLD, claimed_by="df"), replace(OLD, place="POINTS[1]")]
    assert [baseline.settle(entry) for entry in elsewhere] == elsewhere
    assert baseline.settle(FINE) is FINE


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"known": 3}', '{"known": [[1]]}', "\x00"])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "known.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="no baseline"):
        read_baseline(str(file))


def test_failures_are_remembered_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert recall() == frozenset()
    remember([OLD, FINE])
    assert recall() == {"m.py::f"}
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert recall() == frozenset()


def test_nothing_is_remembered_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    remember([OLD])
    assert recall() == frozenset()
