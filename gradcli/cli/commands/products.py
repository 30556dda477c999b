"""``gradcli jacobian``, ``hessian``, ``jvp``, ``vjp`` and ``hvp``.

May import `cli.settings`, `cli.delivery`, `cli.questions`, `app`.
"""

from __future__ import annotations

from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.questions import question, target_of
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError


def run(settings: Settings, call: Call) -> int:
    """Answer with a full derivative or a product."""
    delivery = Delivery(settings, call)
    request = question(settings, call)
    kind = settings.command
    if target_of(settings) is not None:
        what = f"`gradcli {kind}` takes an expression, not a Python file"
        hint = f"use `gradcli.{kind}` in Python, or `gradcli grad FILE.py::FN`"
        raise UsageError("E092", what, hint=hint)
    from gradcli.app import products

    return delivery.answer(lambda: products.run(kind, request))
