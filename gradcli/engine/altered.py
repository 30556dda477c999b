"""A program whose reverse sweep is wrong on purpose in one place.

May import `ir` and `ops`. Used to find out which slip a wrong gradient comes from, and to
show that a verdict notices broken rules: the forward values stay what they are, only the
vjp of one input of one operation is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcli.ir.program import Program
from gradcli.ops.op import Op
from gradcli.ops.rule import Nothing, Variadic, Vjp

# Takes the cotangent that would flow and the cotangent of the output.
Change = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Altered:
    """The rule of an operation with one vjp changed.

    Parameters
    ----------
    op
        The operation as it is.
    k
        The input whose vjp is changed.
    change
        ``(contribution, g)``: what flows instead.
    """

    op: Op
    k: int
    change: Change

    def vjps(self, apply: Callable[..., Any]) -> Sequence[Vjp]:
        """Return the vjps, one of them changed."""
        right, k = self.op.vjps, self.k
        if isinstance(right, Variadic):
            return Variadic(
                lambda i, *args, **params: (self.wrong if i == k else right[i])(*args, **params)
            )
        return tuple(self.wrong if i == k else pull for i, pull in enumerate(right))

    def wrong(self, g: Any, y: Any, *xs: Any, **params: Any) -> Any:
        """Return what flows instead of the right contribution; nothing stays nothing."""
        c = self.op.vjps[self.k](g, y, *xs, **params)
        return c if type(c) is Nothing else self.change(c, g)

    def jvp(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        """Return the jvp as it is."""
        return self.op.jvp


def altered(program: Program, record: int | Sequence[int], k: int, change: Change) -> Program:
    """Return a program whose reverse sweep is changed at one input of one record, or of some.

    Parameters
    ----------
    program
        The program.
    record
        Number of the record, or numbers of several.
    k
        Number of its input.
    change
        ``(contribution, g)``: the contribution that would flow, and the cotangent of the
        record's output; returns what flows instead.
    """
    records = list(program.records)
    for number in [record] if isinstance(record, int) else record:
        op, refs, params, out = records[number]
        wrong = replace(op, rule=Altered(op, k, change), accumulate=None)
        records[number] = (wrong, refs, params, out)
    return replace(program, records=records)
