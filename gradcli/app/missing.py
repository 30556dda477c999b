"""Which operation has no derivative rule, where it stands, and what to do.

May import `expression`, `flow`, `errors`, `source`.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.app.expression import Expression
from gradcli.app.flow import is_blocked
from gradcli.errors import GradcliError, UsageError
from gradcli.source import Span

_CODE = "E050"


def placed(problem: GradcliError, expression: Expression, names: Sequence[str]) -> GradcliError:
    """Return an error of a sweep with its place in the text, where it lacks one.

    Parameters
    ----------
    problem
        The error; one that is not about a missing rule is returned as it is.
    expression, names
        The expression, and the variables it was differentiated by.
    """
    if problem.diagnostic.code != _CODE or problem.diagnostic.span is not None:
        return problem
    program = expression.trace(names).program
    # The sweep goes backwards: the last place without a rule is the one it met.
    for op, refs, _, out in reversed(program.records):
        place = program.places.get(out)
        blocked = any(
            ref >= 0 and is_blocked(op, position, program, refs, out)
            for position, ref in enumerate(refs)
        )
        if blocked and place is not None and place.span is not None:
            what = f"`{op.name}` has no derivative by this argument"
            hint = "name the other variables in --wrt: this one can only be held constant"
            span = Span(*place.span)
            return UsageError(_CODE, what, span, expression.program.source, hint=hint)
    return problem
