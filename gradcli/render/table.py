"""The report of ``check``: a table of targets, or a paragraph a claim of an expression.

May import `findings`, `mismatch`, `numbers`, `style`, `verdicts`, `reports`, `source`.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.render.findings import distinctions
from gradcli.render.mismatch import (
    MOST_WORST,
    beside,
    by_variable,
    mismatch,
    place_text,
    point_text,
)
from gradcli.render.numbers import number_text
from gradcli.render.style import Style
from gradcli.render.verdicts import bracket, painted_status, status_word, witness_lines
from gradcli.reports import CheckEntry, CheckReport, Counterexample, Status
from gradcli.source import safe_text

# The first column of the table is as wide as the longest status, whatever occurs.
STATUS_WIDTH = max(len(status) for status in Status)
_GAP = "  "
# The labels of a paragraph, and the column behind them.
_LABELS = ("claim", "gradcli", "smallest", "hint")
_LABEL_WIDTH = max(map(len, _LABELS))


def check_text(report: CheckReport, style: Style) -> str:
    """Return the report of a whole call."""
    typed = [e for e in report.entries if e.expr is not None]
    files = [e for e in report.entries if e.expr is None]
    lines = [*_table(files, style), *_paragraphs(typed, style), summary_text(report)]
    return "\n".join(lines) + "\n"


def summary_text(report: CheckReport) -> str:
    """Return the last line: how many were checked, and what was found.

    Examples
    --------
    >>> summary_text(CheckReport(()))
    'nothing to check'
    """
    skipped = report.count(Status.SKIPPED)
    checked = len(report.entries) - skipped
    if not report.entries:
        return "nothing to check"
    parts = [f"{checked} checked"]
    for status in (
        Status.WRONG,
        Status.KINK,
        Status.INCONCLUSIVE,
        Status.UNDEFINED,
        Status.ERROR,
        Status.SKIPPED,
    ):
        if count := report.count(status):
            word = "errors" if status is Status.ERROR and count > 1 else str(status)
            parts.append(f"{count} {word}")
    return ", ".join(parts)


def _table(entries: list[CheckEntry], style: Style) -> list[str]:
    """Return one line an entry, columns as wide as their widest cell."""
    if not entries:
        return []
    node_width = max(len(e.node) for e in entries)
    wrt_width = max(len(", ".join(e.wrt)) for e in entries)
    which = distinctions(entries)
    which_width = max(map(len, which))
    lines = []
    for entry, name in zip(entries, which, strict=True):
        status = painted_status(entry.verdict.status, style, STATUS_WIDTH)
        names = ", ".join(entry.wrt).ljust(wrt_width)
        cells = [status, entry.node.ljust(node_width), names]
        cells += [name.ljust(which_width)] if which_width else []
        cells.append(_remark(entry, style) + (" (in the baseline)" if entry.is_known else ""))
        lines.append(_GAP.join(cells).rstrip())
        lines += _rows([*_hint(entry), *_verbose(entry, style)])
    return lines


def _hint(entry: CheckEntry) -> list[tuple[str, str]]:
    """Return what is known beyond the cause of a claim that is wrong."""
    verdict = entry.verdict
    if (
        verdict.status is not Status.WRONG
        or not (entry.claimed_by or entry.claim)
        or not verdict.hint
    ):
        return []
    return [("hint", safe_text(verdict.hint))]


def _remark(entry: CheckEntry, style: Style) -> str:
    """Return the last column: the witnesses, the mismatch, or the reason."""
    if entry.remark:
        return entry.remark
    if entry.error is not None:
        return entry.error.what
    verdict = entry.verdict
    if verdict.status is not Status.WRONG:
        return bracket(verdict)
    if not verdict.findings and verdict.text:
        return verdict.text
    if entry.expected is None:
        return _found(entry, style) or bracket(verdict)
    if entry.claim is None:
        return f"gradcli {by_variable(entry.expected, style.digits)}{_cause(entry)}"
    shown = mismatch(entry.claim, entry.expected, style.digits)
    note = f"; {shown.note}" if shown.note else ""
    return f"claim {shown.claim}, {entry.referee} {shown.right}{note}{_cause(entry)}"


def _found(entry: CheckEntry, style: Style) -> str:
    """Return the worst entries of a claim whose arrays are too long to be kept."""
    known = [
        (place_text(f.variable, f.index), f.found, f.expected)
        for f in entry.verdict.findings[:MOST_WORST]
        if isinstance(f.expected, float)
    ]
    if not known or not entry.claimed_by:
        return ""
    claim, right = beside(known, style.digits)
    return f"claim {claim}, {entry.referee} {right}{_cause(entry)}"


def _cause(entry: CheckEntry) -> str:
    cause = entry.verdict.cause
    return "" if cause in {None, "unexplained"} else f" ({cause})"


def _paragraphs(entries: list[CheckEntry], style: Style) -> list[str]:
    """Return a heading a claimed variable, with the numbers below where it is wrong."""
    lines = []
    width = max((len(status_word(e.verdict.status)) for e in entries), default=0)
    for entry in entries:
        status = painted_status(entry.verdict.status, style, width)
        name = ", ".join(f"d{entry.label}/d{v}" for v in entry.wrt)
        place = f" at {entry.place}" if entry.place else ""
        lines.append(f"{status}{_GAP}{name}{place}{_heading(entry)}")
        lines += _details(entry, style)
        lines += _rows(_verbose(entry, style))
    return lines


def _heading(entry: CheckEntry) -> str:
    """Return what follows the name: nothing where the paragraph says it."""
    verdict = entry.verdict
    if entry.error is not None:
        return f"{_GAP}{entry.error.what}"
    if verdict.status is Status.WRONG:
        if not verdict.findings and verdict.text:
            # The claim as a whole is of no use: a shape, a container, an exception.
            return f"{_GAP}{verdict.text}"
        said = verdict.hint or verdict.cause in {None, "unexplained"}
        return "" if said else f"{_GAP}{verdict.cause}"
    inside = bracket(verdict)
    return f"{_GAP}{inside}" if inside else ""


def _details(entry: CheckEntry, style: Style) -> Iterable[str]:
    """Return claim, truth, smallest counter-example and hint of a claim that is wrong."""
    if entry.verdict.status is not Status.WRONG:
        return
    if entry.claim is not None and entry.expected is not None:
        shown = mismatch(entry.claim, entry.expected, style.digits)
        yield _detail("claim", shown.claim)
        yield _detail("gradcli", f"{shown.right}; {shown.note}" if shown.note else shown.right)
    elif entry.claim is not None:
        yield _detail("claim", by_variable(entry.claim, style.digits))
    elif entry.expected is not None:
        yield _detail("gradcli", by_variable(entry.expected, style.digits))
    if entry.counterexample is not None:
        yield _detail("smallest", _smallest(entry.counterexample, style))
    if entry.verdict.hint:
        yield _detail("hint", entry.verdict.hint)


def _detail(label: str, text: str) -> str:
    return f"  {label.ljust(_LABEL_WIDTH)}{_GAP}{text}"


def _smallest(small: Counterexample, style: Style) -> str:
    point = ", ".join(point_text(k, v, style.digits) for k, v in small.point.items())
    shown = mismatch({"": small.claim}, {"": small.expected}, style.digits)
    return f"{point}: claim {shown.claim}, gradcli {shown.right}"


def _verbose(entry: CheckEntry, style: Style) -> list[tuple[str, str]]:
    """Return what ``-v`` adds below an entry."""
    if not style.verbose:
        return []
    rows = []
    if entry.expr is None and entry.counterexample is not None:
        rows.append(("smallest", _smallest(entry.counterexample, style)))
    rows += witness_lines(entry.verdict, style)
    errors = (("abs error", entry.max_abs_err), ("rel error", entry.max_rel_err))
    rows += [(label, number_text(x, 2)) for label, x in errors if x is not None]
    return rows + ([("reproduce", safe_text(entry.command))] if entry.command else [])


def _rows(rows: list[tuple[str, str]]) -> list[str]:
    """Return lines below an entry, a label each, indented."""
    width = max((len(label) for label, _ in rows), default=0)
    return [f"    {label.ljust(width)}{_GAP}{text}" for label, text in rows]
