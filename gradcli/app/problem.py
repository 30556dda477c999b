"""An expression at its point, ready to be differentiated: what products and judges share.

May import `expression`, `request`, `errors`, `ir`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcli.app.expression import Expression
from gradcli.app.request import Request
from gradcli.errors import Diagnostic
from gradcli.ir.tracing import TracedRun


@dataclass(frozen=True, slots=True)
class Problem:
    """An expression at its point, ready to be differentiated.

    Parameters
    ----------
    request
        What is asked.
    expression
        The expression.
    names, run
        The variables, and the run with them traced.
    notes
        Receives remarks.
    """

    request: Request
    expression: Expression
    names: tuple[str, ...]
    run: TracedRun
    notes: list[Diagnostic]

    @property
    def value(self) -> Any:
        """The value."""
        return self.run.output

    @property
    def inputs(self) -> list[Any]:
        """The values of the variables."""
        return [self.expression.values[name] for name in self.names]

    @property
    def function(self) -> Callable[..., Any]:
        """The expression as a function of the variables."""
        function: Callable[..., Any] = self.expression.function(self.names)
        return function

    @property
    def work(self) -> int:
        """Number of operations one sweep visits."""
        return len(self.run.program.records)
