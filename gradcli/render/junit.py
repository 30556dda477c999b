"""The report of ``check`` as JUnit XML, which every CI system reads.

May import `findings`, `reports`.
"""

from __future__ import annotations

from xml.etree import ElementTree

from gradcli.render.findings import distinctions, message
from gradcli.reports import CheckEntry, CheckReport, Status

_TAGS = {
    Status.WRONG: "failure",
    Status.INCONCLUSIVE: "failure",
    Status.UNDEFINED: "failure",
    Status.ERROR: "error",
    Status.SKIPPED: "skipped",
}


def junit_text(report: CheckReport) -> str:
    """Return the report as one test suite.

    Parameters
    ----------
    report
        What was found; one test case an entry.
    """
    tags = [_tag(entry) for entry in report.entries]
    suite = ElementTree.Element(
        "testsuite",
        name="gradcli",
        tests=str(len(tags)),
        failures=str(tags.count("failure")),
        errors=str(tags.count("error")),
        skipped=str(tags.count("skipped")),
    )
    for entry, name in zip(report.entries, distinctions(report.entries), strict=True):
        _add_case(suite, entry, name)
    body = ElementTree.tostring(suite, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _tag(entry: CheckEntry) -> str | None:
    """Return the element of an entry that did not pass; a known failure does not count."""
    return "skipped" if entry.is_known else _TAGS.get(entry.verdict.status)


def _add_case(suite: ElementTree.Element, entry: CheckEntry, which: str) -> None:
    file, _, name = entry.node.rpartition("::")
    name = f"{name} ({which})" if which else name
    case = ElementTree.SubElement(suite, "testcase", classname=file or "gradcli", name=name)
    tag = _tag(entry)
    if tag is not None:
        said = {"message": message(entry), "type": entry.verdict.cause or tag}
        ElementTree.SubElement(case, tag, said)
