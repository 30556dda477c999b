"""gradcli: a gradient calculator and verifier for plain NumPy.

The public names are exported lazily, so that ``import gradcli`` imports neither NumPy nor
SymPy until one of them is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.engine.jacobians import hessian, hvp, jacobian
    from gradcli.engine.operators import grad, jvp, value_and_grad, vjp
    from gradcli.engine.programs import trace
    from gradcli.errors import GradcliError
    from gradcli.frontend.marks import case, gradient_of, returns_value_and_gradient
    from gradcli.ir.program import Program
    from gradcli.ops.frozen import stop_gradient
    from gradcli.testing import CheckReport, check

__version__ = "0.1.0"

_HOMES = {
    "CheckReport": "testing",
    "GradcliError": "errors",
    "Program": "ir.program",
    "case": "frontend.marks",
    "check": "testing",
    "grad": "engine.operators",
    "gradient_of": "frontend.marks",
    "hessian": "engine.jacobians",
    "hvp": "engine.jacobians",
    "jacobian": "engine.jacobians",
    "jvp": "engine.operators",
    "returns_value_and_gradient": "frontend.marks",
    "stop_gradient": "ops.frozen",
    "trace": "engine.programs",
    "value_and_grad": "engine.operators",
    "vjp": "engine.operators",
}

__all__ = [
    "CheckReport",
    "GradcliError",
    "Program",
    "case",
    "check",
    "grad",
    "gradient_of",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "returns_value_and_gradient",
    "stop_gradient",
    "trace",
    "value_and_grad",
    "vjp",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    value = getattr(import_module(f"gradcli.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
