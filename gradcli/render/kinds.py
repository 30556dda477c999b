"""The keys of every kind of record, declared once: their order, their JSON types, their meaning.

Imports the standard library only. `records` builds records from these tables, `schema`
prints them as JSON Schema, and so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# Rises only when a key is removed or renamed.
SCHEMA = 1

Schema = Mapping[str, Any]

NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
ARRAY: Schema = {"$ref": "#/$defs/array"}
ARRAYS: Schema = {"type": "object", "additionalProperties": ARRAY}
MATRIX: Schema = {"type": "array", "items": {"type": "array", "items": NUMBER}}
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
COUNT: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
SPAN: Schema = {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}
STATUS: Schema = {"enum": ["ok", "wrong", "kink", "inconclusive", "undefined", "error", "skipped"]}


def _object(**properties: Schema) -> Schema:
    """Return the schema of an object with exactly these keys, in this order."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


_WITNESS = _object(
    method=TEXT,
    status=TEXT,
    value=nullable(ARRAY),
    error=nullable(ARRAY),
    at=nullable(ARRAY),
    note=TEXT,
)
WARNING = _object(code=TEXT, message=TEXT, span=nullable(SPAN))
ERROR = _object(code=TEXT, message=TEXT, span=nullable(SPAN), exit=COUNT)
_VERDICT_KEYS = {"status": STATUS, "cause": nullable(TEXT), "by": TEXTS}
VERDICT: Schema = {
    "type": "object",
    "properties": {
        **_VERDICT_KEYS,
        "witnesses": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _WITNESS},
        },
    },
    "required": list(_VERDICT_KEYS),
    "additionalProperties": False,
}
COUNTEREXAMPLE = _object(point=ARRAYS, claim=ARRAY, expected=ARRAY, command=TEXT)
ID: Schema = {"type": ["string", "number", "null"]}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record.

    Parameters
    ----------
    name
        The key.
    schema
        The JSON Schema of its value.
    meaning
        One line for a reader of the schema.
    optional
        Whether the value is null where it does not apply.
    """

    name: str
    schema: Schema
    meaning: str
    optional: bool = True


HEAD = (
    Key("schema", {"const": SCHEMA}, "version of the records", False),
    Key("kind", TEXT, "kind of this record", False),
    Key("id", ID, "the id of a batch line", False),
    Key("ok", FLAG, "whether the exit code of this record is 0", False),
    Key("expr", TEXT, "the expression or target as given"),
)
TAIL = (
    Key("warnings", {"type": "array", "items": WARNING}, "remarks", False),
    Key("error", ERROR, "why there is no answer"),
)
_VALUE = Key("value", ARRAY, "the value of the function")
_CHECK = Key("check", VERDICT, "the verdict; null with --no-check")

KINDS: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "grad": (
            _VALUE,
            Key("grad", ARRAYS, "the gradient by variable"),
            Key("grad2", ARRAYS, "the Hessian block of each variable, with --order 2"),
            _CHECK,
        ),
        "jacobian": (
            _VALUE,
            Key("jacobian", ARRAYS, "the Jacobian by variable"),
            Key("layout", {"enum": ["numerator", "denominator"]}, "what the rows are"),
            _CHECK,
        ),
        "hessian": (
            _VALUE,
            Key("vars", TEXTS, "one label a row"),
            Key("hessian", MATRIX, "the Hessian over all variables"),
            _CHECK,
        ),
        "hvp": (_VALUE, Key("result", ARRAYS, "Hessian times vector by variable"), _CHECK),
        "vjp": (_VALUE, Key("result", ARRAYS, "vector times Jacobian by variable"), _CHECK),
        "jvp": (_VALUE, Key("result", ARRAY, "Jacobian times vector"), _CHECK),
        "check": (
            Key("node", TEXT, "the target"),
            Key("file", TEXT, "its file"),
            Key("line", COUNT, "its line"),
            Key("col", COUNT, "its column"),
            Key("wrt", TEXTS, "the variables differentiated by"),
            Key("point", ARRAYS, "the inputs by variable"),
            Key("status", STATUS, "the verdict"),
            Key("cause", TEXT, "the worst entry's cause; null when ok"),
            Key("claim", ARRAYS, "the hand-written gradient by variable"),
            Key("claimed_by", TEXT, "the function that claims it; null for gradcli's own"),
            Key("expected", ARRAYS, "the right gradient by variable"),
            Key(
                "witnesses",
                {"anyOf": [TEXTS, VERDICT["properties"]["witnesses"]]},
                "the witnesses that spoke; with -v their numbers by variable",
            ),
            Key("digits", NUMBER, "decimal digits on which the gradient and the truth agree"),
            Key("max_abs_err", NUMBER, "greatest absolute error, with -v"),
            Key("max_rel_err", NUMBER, "greatest relative error, with -v"),
            Key("seed", COUNT, "seed of a random point"),
            Key("counterexample", COUNTEREXAMPLE, "the smallest point found at which it fails"),
            Key("hint", TEXT, "the cure"),
        ),
        "summary": (
            *(
                Key(name, COUNT, f"number of targets {name}")
                for name in (
                    "checked", "passed", "wrong", "kink", "inconclusive", "undefined", "errors",
                    "skipped",
                )
            ),
            Key("seconds", NUMBER, "time taken, with -v"),
        ),
        "op": (
            Key("name", TEXT, "the operation"),
            Key("aliases", TEXTS, "its other names"),
            Key("signature", TEXT, "how it is called"),
            Key("rule", TEXT, "its derivative rule: a formula (y is the value) or its kind"),
            Key("domain", TEXT, "where it has a value"),
            Key("kink", TEXT, "where it has no derivative, and what is answered there"),
            Key("doc", TEXT, "what it does"),
            Key("source", TEXT, "where the derivative is from"),
            Key("example", TEXT, "a command that differentiates it"),
        ),
        "rule": (
            Key("code", TEXT, "the diagnostic code"),
            Key("title", TEXT, "its name"),
            Key("meaning", TEXT, "what has happened"),
            Key("example", TEXT, "an input that brings it about"),
            Key("cure", TEXT, "what to do"),
        ),
        "doctor": (
            Key("versions", {"type": "object", "additionalProperties": TEXT}, "versions"),
            Key(
                "extras",
                {"type": "object", "additionalProperties": nullable(TEXT)},
                "optional packages; null where absent",
            ),
            Key("platform", TEXT, "operating system and machine"),
        ),
        "schema": (Key("json_schema", {"type": "object"}, "the schema that was asked for"),),
        "completion": (Key("script", TEXT, "what the shell reads"),),
    }
)  # fmt: skip


def keys_of(kind: str) -> tuple[Key, ...]:
    """Return every key of a kind, in order."""
    return (*HEAD, *KINDS[kind], *TAIL)
