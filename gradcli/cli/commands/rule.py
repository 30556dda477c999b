"""``gradcli rule``: what a diagnostic code means.

May import `cli.settings`, `cli.delivery`, `app`.
"""

from __future__ import annotations

from gradcli.app import catalogue
from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """Explain a code."""
    return Delivery(settings, call).listing(lambda: catalogue.rule(settings.operands[0]))
