"""[tool.gradcli] of the user's pyproject: defaults of `check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradcli.cli.configuration import find_file, with_defaults
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)

    def options(text: str, **given: Any) -> dict[str, Any]:
        (tmp_path / "pyproject.toml").write_text(text)
        return dict(with_defaults(Settings("check", (), given)).options)

    return options


def test_the_nearest_file_above_is_read(configured) -> None:
    table = "[tool.gradcli]\nsamples = 3\nstrict = true\nrtol = 1e-6\ntimeout = 60\nformat = 'json'"
    assert configured(table) == {
        "samples": 3, "strict": True, "rtol": 1e-6, "timeout": "60", "format": "json",
    }  # fmt: skip
    assert configured("[tool.gradcli]\nshape = ['x=3,4']") == {"shape": ("x=3,4",)}


def test_what_is_given_wins(configured) -> None:
    assert configured("[tool.gradcli]\nsamples = 3", samples=5)["samples"] == 5
    assert configured("[tool.gradcli]\nstrict = true", strict=False)["strict"] is False


def test_untrusted_looks_for_no_file(configured) -> None:
    assert configured("[tool.gradcli]\nsamples = 3", untrusted=True) == {"untrusted": True}
    assert configured("[[[ gradcli", untrusted=True) == {"untrusted": True}


def test_files_without_the_table_say_nothing(configured) -> None:
    assert configured("") == {}
    assert configured("[tool.other]\nx = 1") == {}
    assert configured("[[[ broken, but not ours") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.gradcli]\nsampels = 3", "did you mean `samples`"),
        ("[tool.gradcli]\nsamples = 'many'", "wrong type"),
        ("[tool.gradcli]\nsamples = true", "wrong type"),
        ("[tool.gradcli]\nstrict = 1", "wrong type"),
        ("[tool.gradcli]\nformat = 'yaml'", "not one of"),
        ("[tool.gradcli]\nshape = 'x=3'", "wrong type"),
        ("[tool.gradcli]\noutput = 'x'", "no option of check"),
        ("[tool.gradcli]\nset = ['x=1']", "no option of check"),
        ("[tool.gradcli", "error"),
        ("tool.gradcli = 3", "no table"),
    ],
)
def test_mistakes_are_named(configured, text: str, said: str) -> None:
    with pytest.raises(UsageError) as problem:
        configured(text)
    assert problem.value.diagnostic.code == "E097"
    assert said in str(problem.value)


def test_a_folder_that_is_gone_has_no_file(tmp_path, monkeypatch) -> None:
    import os

    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "getcwd", gone)
    assert find_file() is None
