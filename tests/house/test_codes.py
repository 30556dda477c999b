"""Every diagnostic code that is raised is in the table, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

from gradcli.codes import CODES

ROOT = Path(__file__).parents[2] / "gradcli"


def raised() -> set[str]:
    texts = [p.read_text("utf-8") for p in ROOT.rglob("*.py") if p.parent.name != "codes"]
    return set(re.findall(r'"([EW]\d{3})"', "\n".join(texts)))


def test_every_code_that_is_raised_is_explained() -> None:
    assert sorted(raised() - set(CODES)) == []


def test_every_code_that_is_explained_is_raised() -> None:
    assert sorted(set(CODES) - raised()) == []


def test_entries_are_sentences() -> None:
    for entry in CODES.values():
        assert re.fullmatch(r"[EW]\d{3}", entry.code)
        assert entry.meaning.endswith(".")
        assert entry.cure.endswith((".", "`", ":"))
        assert entry.title == entry.title.strip(".")
