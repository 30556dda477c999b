"""Reports of check for tools: annotations, SARIF, JUnit."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import numpy as np

from gradcli.render.github import github_text
from gradcli.render.junit import junit_text
from gradcli.render.sarif import sarif_text
from gradcli.reports import CheckEntry, CheckReport, Status, Verdict

HOSTILE = "m.py::f%\n::error::x"
WRONG = CheckEntry(
    HOSTILE,
    Verdict(Status.WRONG, "sign-flipped", hint="the claim is minus the gradient\x1b[31m"),
    1,
    claim={"x": np.array([1.0])},
    expected={"x": np.array([-1.0])},
    file="m,:.py",
    line=7,
)
REPORT = CheckReport(
    (
        CheckEntry("m.py::ok", Verdict(Status.OK, text="exact"), 0, file="m.py", line=1),
        WRONG,
        CheckEntry("m.py::none", Verdict(Status.SKIPPED, text="no point for `w`"), 0),
        CheckEntry("m.py::e", Verdict(Status.ERROR, text="boom"), 2),
        CheckEntry("m.py::k", Verdict(Status.KINK, text="relu"), 0),
    )
)


def test_github_annotations_cannot_be_forged() -> None:
    lines = github_text(REPORT).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::error file=m%2C%3A.py,line=7,title=gradcli m.py%3A%3Af%25%0A")
    assert "claim [1], gradcli [-1]" in lines[0]
    assert "\x1b" not in lines[0]
    assert lines[1].startswith("::error title")
    assert lines[2].startswith("::notice")


def test_sarif_is_strict_json_with_places() -> None:
    log = json.loads(sarif_text(REPORT))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [r["ruleId"] for r in run["results"]] == ["sign-flipped", "error"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 7}
    assert {r["id"] for r in run["tool"]["driver"]["rules"]} == {"sign-flipped", "error"}


def test_junit_counts_every_entry_once() -> None:
    suite = ElementTree.fromstring(junit_text(REPORT).split("\n", 1)[1])
    counts = [suite.get(k) for k in ("tests", "failures", "errors", "skipped")]
    assert counts == ["5", "1", "1", "1"]
    assert [len(case) for case in suite] == [0, 1, 1, 1, 0]
    assert suite[1][0].get("type") == "sign-flipped"
