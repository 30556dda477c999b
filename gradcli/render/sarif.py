"""The report of ``check`` in SARIF 2.1.0 (OASIS), for code-scanning tools.

May import `findings`, `reports`.
"""

from __future__ import annotations

import json
from typing import Any

from gradcli import __version__
from gradcli.render.findings import distinctions, is_failure, message
from gradcli.reports import CheckEntry, CheckReport, Status

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Status.WRONG: "error", Status.ERROR: "error"}


def sarif_text(report: CheckReport) -> str:
    """Return the report as one SARIF log.

    Parameters
    ----------
    report
        What was found; entries that are ok or skipped are left out.
    """
    named = zip(report.entries, distinctions(report.entries), strict=True)
    found = [(entry, name) for entry, name in named if is_failure(entry)]
    rules = sorted({_rule(entry) for entry, _ in found})
    driver = {"name": "gradcli", "version": __version__, "rules": [{"id": r} for r in rules]}
    run = {"tool": {"driver": driver}, "results": [_result(*pair) for pair in found]}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1) + "\n"


def _rule(entry: CheckEntry) -> str:
    return entry.verdict.cause or str(entry.verdict.status)


def _result(entry: CheckEntry, name: str) -> dict[str, Any]:
    node = f"{entry.node} ({name})" if name else entry.node
    result: dict[str, Any] = {
        "ruleId": _rule(entry),
        "level": _LEVELS.get(entry.verdict.status, "warning"),
        "message": {"text": f"{node}: {message(entry)}"},
    }
    if entry.file is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": entry.file.replace("\\", "/")}}
        if entry.line:
            place["region"] = {"startLine": entry.line}
        result["locations"] = [{"physicalLocation": place}]
    return result
