"""``gradcli jacobian``, ``hessian``, ``jvp``, ``vjp`` and ``hvp``.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `app`.
"""

from __future__ import annotations

from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.questions import question, target_of
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """Answer with a full derivative or a product."""
    delivery = Delivery(settings, call)
    request = question(settings, call)
    kind = settings.command
    if target_of(settings) is not None:
        from gradcli.app import python_products

        return delivery.answer(lambda: python_products.run(kind, request, delivery.repeat))
    from gradcli.app import products

    return delivery.answer(lambda: products.run(kind, request))
