"""Reports as records: one JSON object a line, strict JSON, every key always there.

May import `kinds`, `numbers`, `reports`, `errors`, `source`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from gradcli.errors import Diagnostic
from gradcli.render.kinds import KINDS, SCHEMA
from gradcli.render.numbers import json_array, json_number
from gradcli.reports import (
    CheckEntry,
    CheckReport,
    Estimate,
    Failure,
    GradReport,
    Id,
    Listing,
    ProductReport,
    Status,
    Verdict,
)

Record = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
# Categories whose characters are written as \u escapes, so that a record that is looked at
# on a terminal is as harmless as text is: control, format, private, unassigned, separators.
_ESCAPED = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})


def line(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON, ended by a newline."""
    text = _ENCODER.encode(record)
    if not (text.isascii() and text.isprintable()):
        text = "".join(_visible(c) for c in text)
    return text + "\n"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        # Half of a character (bytes of an argument that are not UTF-8) is not strict JSON.
        return "�"
    if category not in _ESCAPED:
        return character
    code = ord(character)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def grad_record(report: GradReport, verbose: bool = False) -> Record:
    """Return the record of a gradient."""
    return _record(
        "grad",
        report.exit_code,
        report.expr,
        {
            "value": json_array(report.value),
            "grad": _arrays(report.gradients),
            "grad2": None if report.second is None else _arrays(report.second),
            "check": _verdict(report.verdict, verbose),
        },
        report.warnings,
        report.id,
    )


def product_record(report: ProductReport, verbose: bool = False) -> Record:
    """Return the record of a Jacobian, a Hessian or a product."""
    results = report.results
    own: Record = {"value": json_array(report.value), "check": _verdict(report.verdict, verbose)}
    if report.kind == "jacobian":
        own |= {"jacobian": _arrays(results), "layout": report.layout}
    elif report.kind == "hessian":
        own |= {"vars": list(report.rows), "hessian": json_array(results[""])}
    else:
        own["result"] = json_array(results[""]) if report.kind == "jvp" else _arrays(results)
    return _record(report.kind, report.exit_code, report.expr, own, report.warnings)


def check_record(entry: CheckEntry, verbose: bool = False) -> Record:
    """Return the record of one checked target at one point."""
    verdict = entry.verdict
    small = entry.counterexample
    own = {
        "node": entry.node,
        "file": entry.file,
        "line": entry.line,
        "col": entry.col,
        "wrt": list(entry.wrt),
        "point": None if entry.point is None else _arrays(entry.point),
        "status": str(verdict.status),
        "cause": verdict.cause,
        "claim": None if entry.claim is None else _arrays(entry.claim),
        "claimed_by": entry.claimed_by or None,
        "expected": None if entry.expected is None else _arrays(entry.expected),
        "witnesses": _witnesses(verdict) if verbose else list(verdict.by),
        "digits": _optional(verdict.digits if verbose else None),
        "max_abs_err": _optional(entry.max_abs_err if verbose else None),
        "max_rel_err": _optional(entry.max_rel_err if verbose else None),
        "seed": entry.seed,
        "counterexample": small
        and {
            "point": _arrays(small.point),
            "claim": json_array(small.claim),
            "expected": json_array(small.expected),
            "command": entry.command,
        },
        "hint": verdict.hint or None,
    }
    record = _record("check", entry.exit_code, entry.expr, own, entry.warnings)
    if entry.error is not None:
        record["error"] = _error(entry.error, entry.exit_code, entry.expr)
    return record


def summary_record(report: CheckReport, exit_code: int, verbose: bool = False) -> Record:
    """Return the last record of ``check``."""
    skipped = report.count(Status.SKIPPED)
    own = {
        "checked": len(report.entries) - skipped,
        "passed": report.count(Status.OK),
        "wrong": report.count(Status.WRONG),
        "kink": report.count(Status.KINK),
        "inconclusive": report.count(Status.INCONCLUSIVE),
        "undefined": report.count(Status.UNDEFINED),
        "errors": report.count(Status.ERROR),
        "skipped": skipped,
        "seconds": _optional(report.seconds if verbose else None),
    }
    return _record("summary", exit_code, None, own)


def failure_record(failure: Failure) -> Record:
    """Return the record of a request that could not be answered."""
    record = _record(
        failure.kind, failure.exit_code, failure.expr, {}, failure.warnings, failure.id
    )
    record["error"] = _error(failure.diagnostic, failure.exit_code, failure.expr)
    return record


def listing_records(listing: Listing) -> list[Record]:
    """Return the records of a command that reads the tables."""
    return [_record(listing.kind, 0, None, item) for item in listing.items]


def _record(
    kind: str,
    exit_code: int,
    expr: str | None,
    own: Mapping[str, Any],
    warnings: Iterable[Diagnostic] = (),
    name: Id = None,
) -> Record:
    """Return a record: the common keys around a kind's own, null where not given."""
    record: Record = {
        "schema": SCHEMA,
        "kind": kind,
        "id": name,
        "ok": exit_code == 0,
        "expr": expr,
    }
    for key in KINDS[kind]:
        record[key.name] = own.get(key.name)
    record["warnings"] = [_warning(w, expr) for w in warnings]
    record["error"] = None
    return record


def _arrays(values: Mapping[str, Any]) -> Record:
    return {name: json_array(value) for name, value in values.items()}


def _optional(x: float | None) -> Any:
    return None if x is None else json_number(x)


def _verdict(verdict: Verdict | None, verbose: bool) -> Record | None:
    if verdict is None:
        return None
    out: Record = {"status": str(verdict.status), "cause": verdict.cause, "by": list(verdict.by)}
    if verbose:
        out["witnesses"] = _witnesses(verdict)
    return out


def _witnesses(verdict: Verdict) -> Record:
    return {
        name: [_estimate(estimate) for estimate in estimates]
        for name, estimates in verdict.witnesses.items()
    }


def _estimate(estimate: Estimate) -> Record:
    speaks = estimate.speaks
    return {
        "method": estimate.method,
        "status": estimate.status,
        "value": json_array(estimate.value) if speaks else None,
        "error": json_array(estimate.error) if speaks else None,
        "at": [list(index) for index in estimate.at] or None,
        "note": estimate.note,
    }


def _span(diagnostic: Diagnostic, expr: str | None) -> list[int] | None:
    """Return the span of a diagnostic, if it lies in the text of the record."""
    if diagnostic.span is None or diagnostic.source is None or diagnostic.source.text != expr:
        return None
    return [diagnostic.span.start, diagnostic.span.end]


def _warning(diagnostic: Diagnostic, expr: str | None) -> Record:
    return {
        "code": diagnostic.code,
        "message": diagnostic.what,
        "span": _span(diagnostic, expr),
    }


def _error(diagnostic: Diagnostic, exit_code: int, expr: str | None) -> Record:
    return {**_warning(diagnostic, expr), "exit": exit_code}
