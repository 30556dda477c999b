"""Records: strict JSON, every key, one order, and the schema that describes them."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.errors import Diagnostic, UsageError
from gradcli.render import records
from gradcli.render.kinds import KINDS, keys_of
from gradcli.render.schema import kind_schema
from gradcli.reports import (
    CheckEntry,
    CheckReport,
    Counterexample,
    Estimate,
    Failure,
    GradReport,
    Listing,
    ProductReport,
    Status,
    Verdict,
)
from gradcli.source import Source, Span

X = np.array([1.0, -0.0, math.inf, math.nan])
OK = Verdict(Status.OK, by=("sympy", "fd"), witnesses={"x": (Estimate(X, X, "fd"),)})
ERROR = Diagnostic("E021", "no", Span(0, 3), Source("A@x"))
GRAD = GradReport("2*x", np.float64(28), {"x": X}, verdict=OK)
CHECK = CheckEntry(
    "a.py::f", OK, 0, ("x",), {"x": X}, {"x": X}, {"x": X}, file="a.py", line=3, col=1,
    max_abs_err=0.5, seed=3, counterexample=Counterexample({"x": X}, X, X),
)  # fmt: skip
EVERY: list[dict[str, Any]] = [
    records.grad_record(GRAD),
    records.grad_record(GRAD, verbose=True),
    records.grad_record(GradReport("2*x", np.float64(1), {"x": X}, {"x": np.eye(4)}, id="a")),
    records.product_record(ProductReport("jacobian", "x", X, {"x": np.eye(4)}, layout="numerator")),
    records.product_record(ProductReport("hessian", "x", X, {"": np.eye(1)}, rows=("x",))),
    records.product_record(ProductReport("jvp", "x", X, {"": X}, OK)),
    records.product_record(ProductReport("vjp", "x", X, {"x": X})),
    records.product_record(ProductReport("hvp", "x", X, {"x": X})),
    records.check_record(CHECK),
    records.check_record(CHECK, verbose=True),
    records.summary_record(CheckReport((CHECK,), 1.5), 0, verbose=True),
    *(records.failure_record(Failure(kind, ERROR, 2, "A@x")) for kind in KINDS),
    *records.listing_records(Listing("rule", "", ({"code": "E001", "title": "t"},))),
]


@pytest.mark.parametrize("record", EVERY, ids=lambda r: r["kind"])
def test_every_key_is_there_in_the_declared_order(record: dict[str, Any]) -> None:
    assert list(record) == [key.name for key in keys_of(record["kind"])]


@pytest.mark.parametrize("record", EVERY, ids=lambda r: r["kind"])
def test_a_line_is_strict_json_and_fits_its_schema(record: dict[str, Any]) -> None:
    line = records.line(record)
    assert line.endswith("}\n")
    assert line.count("\n") == 1

    def refuse(word: str) -> None:
        raise AssertionError(word)

    back = json.loads(line, parse_constant=refuse)
    assert matches(back, kind_schema(record["kind"]), kind_schema(record["kind"]))


def matches(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """The part of JSON Schema that our schemas use."""
    if "$ref" in schema:
        return matches(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return any(matches(value, s, root) for s in schema["anyOf"])
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    kinds = schema.get("type", [])
    python = {"string": str, "number": (int, float), "integer": int, "boolean": bool,
              "object": dict, "array": list, "null": type(None)}  # fmt: skip
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(
        isinstance(value, python[k]) and (k == "boolean" or not isinstance(value, bool))
        for k in kinds
    ):
        return False
    if isinstance(value, list):
        return all(matches(item, schema.get("items", {}), root) for item in value)
    if isinstance(value, dict) and "properties" in schema:
        own, extra = schema["properties"], schema.get("additionalProperties", True)
        return (
            set(schema["required"]) <= set(value)
            and (extra is not False or set(value) <= set(own))
            and all(matches(v, own[k], root) for k, v in value.items() if k in own)
        )
    if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        return all(matches(v, schema["additionalProperties"], root) for v in value.values())
    return True


def test_the_schema_notices_a_wrong_record() -> None:
    schema = kind_schema("grad")
    record = json.loads(records.line(EVERY[0]))
    assert matches(record, schema, schema)
    for key, wrong in (("ok", 1), ("value", "x"), ("grad", [1.0]), ("schema", 2), ("id", [])):
        assert not matches({**record, key: wrong}, schema, schema), key
    assert not matches({k: v for k, v in record.items() if k != "grad2"}, schema, schema)


def test_the_documented_record() -> None:
    report = GradReport(
        "2*dot(x,x)", np.float64(28), {"x": np.array([-0.0, 4.0])},
        verdict=Verdict(Status.OK, by=("exact", "sympy", "fd")),
    )  # fmt: skip
    assert records.line(records.grad_record(report)) == (
        '{"schema":1,"kind":"grad","id":null,"ok":true,"expr":"2*dot(x,x)","value":28.0,'
        '"grad":{"x":[0.0,4.0]},"grad2":null,"check":{"status":"ok","cause":null,'
        '"by":["exact","sympy","fd"]},"warnings":[],"error":null}\n'
    )


def test_ok_is_exit_zero() -> None:
    assert EVERY[0]["ok"] is True
    assert records.failure_record(Failure("grad", ERROR, 2, "A@x"))["ok"] is False
    kink = GradReport("x", np.float64(0), {"x": X}, exit_code=3)
    assert records.grad_record(kink)["ok"] is False


def test_a_span_belongs_to_the_expression_of_the_record() -> None:
    own = records.failure_record(Failure("grad", ERROR, 2, "A@x"))
    other = records.failure_record(Failure("grad", ERROR, 2, "B@x"))
    assert own["error"] == {"code": "E021", "message": "no", "span": [0, 3], "exit": 2}
    assert other["error"]["span"] is None


def test_sizes_of_errors_appear_only_with_v() -> None:
    quiet, verbose = records.check_record(CHECK), records.check_record(CHECK, verbose=True)
    assert (quiet["max_abs_err"], verbose["max_abs_err"]) == (None, 0.5)
    assert quiet["witnesses"] == ["sympy", "fd"]
    assert verbose["witnesses"]["x"][0]["method"] == "fd"
    summary = records.summary_record(CheckReport((CHECK,), 1.5), 0)
    assert summary["seconds"] is None


def test_a_skipped_target_is_not_checked() -> None:
    skipped = CheckEntry("a.py::g", Verdict(Status.SKIPPED), 0)
    record = records.summary_record(CheckReport((CHECK, skipped)), 0)
    assert (record["checked"], record["passed"], record["skipped"]) == (1, 1, 1)


@given(st.text())
def test_no_text_can_split_or_colour_a_record(text: str) -> None:
    line = records.line(records.failure_record(Failure("grad", Diagnostic("E001", text), 2, text)))
    assert all(c.isprintable() or unicodedata.category(c) == "Zs" for c in line[:-1])
    assert len(line.splitlines()) == 1
    line.encode("utf-8")
    shown = "".join("�" if 0xD800 <= ord(c) < 0xE000 else c for c in text)
    assert json.loads(line)["expr"] == shown


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "\x7f", "\x9b", "\u202e", "\u200b", "\u2028", "\U000e0001"]
)
def test_hidden_characters_are_escaped(text: str) -> None:
    line = records.line({"x": text})
    assert line.isascii()
    assert json.loads(line) == {"x": text}


def test_an_unknown_kind_has_no_schema() -> None:
    with pytest.raises(UsageError, match="grads"):
        kind_schema("grads")
