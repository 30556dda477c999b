"""``gradcli schema``: JSON Schema of the records.

May import `cli.settings`, `cli.delivery`, `render`.
"""

from __future__ import annotations

import json

from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.settings import Settings
from gradcli.render.kinds import KINDS
from gradcli.render.schema import kind_schema
from gradcli.reports import Listing


def run(settings: Settings, call: Call) -> int:
    """Print the schema of one kind of record, or of all."""
    return Delivery(settings, call).listing(lambda: _listing(settings))


def _listing(settings: Settings) -> Listing:
    if settings.operands:
        shown = kind_schema(settings.operands[0])
    else:
        shown = {"oneOf": [kind_schema(kind) for kind in KINDS]}
    text = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    return Listing("schema", text, ({"json_schema": shown},))
