"""``gradcli ops``: every operation, or one in full.

May import `cli.settings`, `cli.delivery`, `app`.
"""

from __future__ import annotations

from gradcli.app.operations import operations
from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """List operations."""
    name = settings.operands[0] if settings.operands else None
    return Delivery(settings, call).listing(lambda: operations(name))
