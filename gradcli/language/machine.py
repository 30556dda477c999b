"""The machine that runs a lowered program: a stack, slots, and one loop.

May import `limits`, `errors`, `source`, `syntax`, NumPy. A `Step` is a procedure with the
node it belongs to; the modules `arithmetic`, `gathering` and `calls` hold the procedures,
`lowering` chooses them. Values stay on the stack only while they are needed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import Diagnostic, GradcliError, LanguageError, ShapeError
from gradcli.language.limits import Budget, Shape, over_limit
from gradcli.language.syntax import Node
from gradcli.source import Source, Span, safe_text

Watch = Callable[[Node, Sequence[Any], Any], None]
Mark = Callable[[Span], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Parameters
    ----------
    run
        The procedure; takes the machine and the step.
    node
        The node it computes, whose span errors point at.
    data
        What else it needs to know.
    """

    run: Callable[[Machine, Step], None]
    node: Node
    data: Any = None


# What NumPy and the op table raise for numbers and shapes that do not fit.
_REFUSALS = (ValueError, TypeError, IndexError, ArithmeticError, NotImplementedError)


class Machine:
    """One run of a program.

    Parameters
    ----------
    source, steps
        The text, for messages, and the lowered program.
    env
        Values of the free names.
    mark
        Called with the span of each operation before it is applied.
    watch
        Called with the node, the inputs and the result of each operation after it.
    notes
        Receives warnings, where given.
    """

    __slots__ = (
        "budget",
        "env",
        "mark",
        "notes",
        "pc",
        "slots",
        "source",
        "stack",
        "steps",
        "watch",
    )

    def __init__(
        self,
        source: Source,
        steps: Sequence[Step],
        env: Mapping[str, Any],
        mark: Mark | None = None,
        watch: Watch | None = None,
        notes: list[Diagnostic] | None = None,
    ) -> None:
        self.source = source
        self.steps = steps
        self.env = env
        self.mark = mark
        self.watch = watch
        self.notes = notes
        self.budget = Budget()
        self.stack: list[Any] = []
        self.slots: dict[int, Any] = {}
        self.pc = 0

    def run(self) -> Any:
        """Run all steps and return the value that is left.

        Raises
        ------
        GradcliError
            With the span of the node that failed.
        """
        steps, count = self.steps, len(self.steps)
        # What NumPy warns of (division by zero, too few values) shows in the result.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while self.pc < count:
                step = steps[self.pc]
                self.pc += 1
                try:
                    step.run(self, step)
                except GradcliError as problem:
                    problem.locate(self.source, step.node.span)
                    raise
                except MemoryError as problem:
                    error = over_limit("memory ran out", "the machine's memory", step.node.span)
                    error.locate(self.source)
                    raise error from problem
        return self.stack.pop()

    def take(self, count: int) -> list[Any]:
        """Remove the last `count` values from the stack and return them in order."""
        if count == 0:
            return []
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def begin(self, node: Node, shape: Shape, flops: float) -> None:
        """Announce an operation: check it against the budget, and mark its span."""
        if shape or flops:
            self.budget.spend(shape, flops, node.span)
        if self.mark is not None:
            self.mark(node.span)

    def apply(self, node: Node, function: Callable[..., Any], *args: Any, **params: Any) -> Any:
        """Apply NumPy's or the op table's function; what it refuses becomes our error.

        Raises
        ------
        GradcliError
            E021 or E031 with the function's reason.
        """
        try:
            return function(*args, **params)
        except _REFUSALS as problem:
            raise self._refusal(node, problem) from problem

    def give(self, node: Node, inputs: Sequence[Any], value: Any) -> None:
        """Push the result of an operation."""
        if self.watch is not None:
            self.watch(node, inputs, value)
        self.stack.append(value)

    def note(self, code: str, what: str, span: Span, hint: str) -> None:
        """Hand out a warning."""
        if self.notes is not None:
            self.notes.append(Diagnostic(code, what, span, self.source, hint=hint))

    def _refusal(self, node: Node, problem: Exception) -> GradcliError:
        """Return our error for an exception of NumPy's or the op table's."""
        name = getattr(node, "function", "") or getattr(node, "op", "") or "this"
        reason = safe_text(str(problem) or type(problem).__name__, 160).rstrip(".")
        what = f"`{name}` cannot be computed: {reason}"
        span = node.span
        # LinAlgError speaks of shapes ("must be square") and of numbers ("Singular matrix").
        if isinstance(problem, np.linalg.LinAlgError) and "must be" not in reason:
            hint = "check the matrix"
            return LanguageError("E031", what, span, self.source, hint=hint)
        return ShapeError("E021", what, span, self.source, hint=f"see `gradcli ops {name}`")
