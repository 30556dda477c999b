"""``gradcli grad``, the default command.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `app`.
"""

from __future__ import annotations

from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.questions import question, target_of
from gradcli.cli.settings import Settings


def run(settings: Settings, call: Call) -> int:
    """Answer one expression, one function of a file, or a batch of lines."""
    delivery = Delivery(settings, call)
    if settings.options.get("batch") is not None:
        from gradcli.cli.commands.batch import run_batch

        return run_batch(settings, call)
    request = question(settings, call)
    if target_of(settings) is not None:
        from gradcli.app import python_gradient

        return delivery.answer(lambda: python_gradient.gradient(request, delivery.repeat))
    from gradcli.app import gradient

    return delivery.answer(lambda: gradient.run(request))
