"""The report of ``check`` as workflow commands: annotations in a pull request.

May import `reports`, `verdicts`, `source`. The syntax and its escapes are those of GitHub's
documented workflow commands.
"""

from __future__ import annotations

from gradcli.render.findings import distinctions, is_failure, message
from gradcli.reports import CheckEntry, CheckReport, Status

_LEVELS = {Status.KINK: "notice", Status.SKIPPED: "notice", Status.INCONCLUSIVE: "warning"}


def github_text(report: CheckReport) -> str:
    """Return one annotation per entry that is not ok.

    Parameters
    ----------
    report
        What was found.
    """
    named = zip(report.entries, distinctions(report.entries), strict=True)
    shown = [(e, n) for e, n in named if is_failure(e) or e.verdict.status is Status.KINK]
    return "".join(_annotation(entry, name) + "\n" for entry, name in shown)


def _annotation(entry: CheckEntry, name: str) -> str:
    level = _LEVELS.get(entry.verdict.status, "error")
    title = f"gradcli {entry.node} ({name})" if name else f"gradcli {entry.node}"
    properties = {"file": entry.file, "line": entry.line, "title": title}
    said = ",".join(f"{k}={_property(str(v))}" for k, v in properties.items() if v is not None)
    return f"::{level} {said}::{_data(message(entry))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
