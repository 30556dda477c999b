"""Limits on typed input, each with a name and a message, checked before the work is done.

May import `errors` and `source`. The figures are promises of the documentation: an input
over one of them is refused at once, whatever the machine it meets. Python's own limits
(recursion, memory) are never what stops an input.
"""

from __future__ import annotations

from math import prod

from gradcli.errors import LimitError
from gradcli.source import Span

EXPRESSION_BYTES = 64 * 1024
BATCH_LINE_BYTES = 8 * 1024 * 1024
VALUE_FILE_BYTES = 64 * 1024 * 1024
PYTHON_FILE_BYTES = 1_000_000
TOKENS = 20_000
TREE_NODES = 20_000
NESTING = 200
LITERAL_CHARACTERS = 64
NAME_CHARACTERS = 64
VARIABLES = 64
VALUES_PER_VARIABLE = 1_000_000
ARRAY_ELEMENTS = 5_000_000
ALL_ELEMENTS = 50_000_000
WORK_FLOPS = 2e10
WHOLE_NUMBER = 2**31
# NumPy 1.26 knows at most 32 dimensions; later ones 64.
DIMENSIONS = 32

Shape = tuple[int, ...]


def over_limit(what: str, limit: str, span: Span | None = None, hint: str = "") -> LimitError:
    """Return the error for an input over the limit described by `limit`."""
    return LimitError("E019", f"{what}; the limit is {limit}", span, hint=hint)


def check_text(text: str) -> None:
    """Refuse an expression longer than `EXPRESSION_BYTES`.

    Raises
    ------
    LimitError
        Where it is longer.
    """
    if len(text) * 4 <= EXPRESSION_BYTES:
        return
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > EXPRESSION_BYTES:
        raise over_limit(f"the expression has {size} bytes", f"{EXPRESSION_BYTES} bytes (64 KiB)")


class Budget:
    """What one run may still spend: elements of arrays and floating-point operations."""

    __slots__ = ("elements", "flops")

    def __init__(self) -> None:
        self.elements = 0
        self.flops = 0.0

    def spend(self, shape: Shape, flops: float, span: Span) -> None:
        """Account for an array of `shape` that takes `flops` operations to compute.

        Raises
        ------
        LimitError
            Where the array, or the sum over the run, is over a limit.
        """
        size = prod(shape)
        if size > ARRAY_ELEMENTS:
            raise over_limit(
                f"an array of {size:.6g} elements would be needed here",
                f"{ARRAY_ELEMENTS} elements",
                span,
            )
        self.elements += size
        if self.elements > ALL_ELEMENTS:
            raise over_limit(
                "all arrays of the expression together are too large",
                f"{ALL_ELEMENTS} elements",
                span,
            )
        self.flops += flops
        if self.flops > WORK_FLOPS:
            raise over_limit(
                f"about {self.flops:.2g} floating-point operations would be needed",
                f"{WORK_FLOPS:.0e}",
                span,
            )
