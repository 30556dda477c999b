"""JSON Schema of the records, from the same tables the records are built from.

May import `kinds`, `errors`.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import UsageError
from gradcli.render.kinds import KINDS, NUMBER, keys_of, nullable
from gradcli.source import SHOWN_CHARACTERS, safe_text

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ARRAY = {"anyOf": [NUMBER, {"type": "array", "items": {"$ref": "#/$defs/array"}}]}


def kind_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of record.

    Parameters
    ----------
    kind
        A kind of record, e.g. ``grad``.

    Returns
    -------
    dict
        A schema of draft 2020-12.

    Raises
    ------
    UsageError
        E092 for an unknown kind.
    """
    if kind not in KINDS:
        hint = f"the kinds are {', '.join(KINDS)}"
        shown = safe_text(kind, SHOWN_CHARACTERS)
        raise UsageError("E092", f"there are no records of kind `{shown}`", hint=hint)
    properties: dict[str, Any] = {}
    for key in keys_of(kind):
        schema = dict(nullable(key.schema) if key.optional else key.schema)
        properties[key.name] = {"description": key.meaning, **schema}
    properties["kind"] = {"description": "kind of this record", "const": kind}
    return {
        "$schema": _DIALECT,
        "title": f"gradcli {kind} record",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": {"array": _ARRAY},
    }
