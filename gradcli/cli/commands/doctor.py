"""``gradcli doctor``: versions and extras.

May import `cli.settings`, `cli.delivery`, `app`.
"""

from __future__ import annotations

from gradcli.app import catalogue
from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """List versions."""
    return Delivery(settings, call).listing(catalogue.doctor)
