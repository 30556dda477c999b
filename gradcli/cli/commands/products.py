"""``gradcli jacobian``, ``hessian``, ``jvp``, ``vjp`` and ``hvp``.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `app`.
"""

from __future__ import annotations

from gradcli.cli.argv import is_target
from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.questions import question
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """Answer with a full derivative or a product."""
    delivery = Delivery(settings, call)
    request = question(settings, call)
    kind = settings.command
    if is_target(request.expr):
        from gradcli.app import function

        return delivery.answer(lambda: function.product(kind, request))
    from gradcli.app import products

    return delivery.answer(lambda: products.run(kind, request))
