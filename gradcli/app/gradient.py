"""The use case ``grad EXPR``: value, gradient, verdict.

May import `expression`, `variables`, `cotangent`, `sweeps`, `undefined`, `judging`,
`outcome`, `request`, `engine`, `reports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.app.cotangent import contracted, read_cotangent, require_scalar
from gradcli.app.expression import Expression, read
from gradcli.app.outcome import answer_exit, infinite_note
from gradcli.app.request import Request
from gradcli.app.sweeps import check_matrix, pulled_back
from gradcli.app.variables import Choice, choose
from gradcli.errors import Diagnostic, GradcliError
from gradcli.reports import GradReport, Id, Verdict


def run(request: Request) -> GradReport:
    """Return the value and the gradient of an expression, verified.

    Parameters
    ----------
    request
        The expression, its variables and what is asked of it.

    Returns
    -------
    GradReport

    Raises
    ------
    GradcliError
        For a request that cannot be used; see the codes.
    """
    notes: list[Diagnostic] = []
    return answer(request, read(request, notes), notes)


def answer(
    request: Request, expression: Expression, notes: Sequence[Diagnostic] = (), name: Id = None
) -> GradReport:
    """Return the report on an expression that has been read.

    Parameters
    ----------
    request
        What is asked.
    expression
        The expression at its point.
    notes
        Remarks made while it was read.
    name
        The id of a batch line.
    """
    remarks = list(notes)
    choice = choose(expression, request.wrt, located=request.check)
    program = choice.run.program
    try:
        value = choice.run.output
        cotangent: Any = 1.0
        if request.cotangent is None:
            require_scalar(expression, value)
        else:
            cotangent = read_cotangent(request.cotangent, value, request.point, remarks)
        if np.isnan(value).any():
            from gradcli.app.undefined import refuse_undefined

            refuse_undefined(expression, value, choice.run if request.check else None)
        found = dict(zip(choice.names, pulled_back(choice.run, cotangent), strict=True))
        second = _second(expression, choice, cotangent) if request.order == 2 else None
        verdict = _judged(request, expression, choice, cotangent, found, second)
    except GradcliError as problem:
        from gradcli.app.missing import placed

        raise placed(problem, expression, choice.names) from problem
    except Exception as bug:
        bug.add_note(str(program))
        raise
    remarks += choice.notes
    remarks += infinite_note(value)
    remarks += verdict.warnings if verdict is not None else ()
    return GradReport(
        expr=request.expr,
        value=np.asarray(value, dtype=np.float64),
        gradients=found,
        second=second,
        verdict=verdict,
        warnings=tuple(remarks),
        label=expression.label,
        exit_code=answer_exit(value, verdict, request.strict),
        id=name,
    )


def _second(expression: Expression, choice: Choice, cotangent: Any) -> Mapping[str, Any]:
    """Return the Hessian block of each variable."""
    from gradcli.engine.jacobians import hessian

    blocks = {}
    for name in choice.names:
        size = np.size(expression.values[name])
        check_matrix(size, size, len(choice.run.program.records))
        scalar = contracted(expression.function((name,)), cotangent)
        with np.errstate(all="ignore"):
            block = hessian(scalar)(expression.values[name])
        blocks[name] = np.asarray(block, dtype=np.float64)
    return blocks


def _judged(
    request: Request,
    expression: Expression,
    choice: Choice,
    cotangent: Any,
    gradients: Mapping[str, Any],
    second: Mapping[str, Any] | None,
) -> Verdict | None:
    """Return the verdict on the gradient, and on the second derivatives where there are any."""
    if not request.check:
        return None
    from gradcli.app.judging import judge_gradient, judge_second, worst_verdict

    verdict = judge_gradient(expression, choice, cotangent, gradients, request.verbose)
    if second is None:
        return verdict
    return worst_verdict([verdict, judge_second(expression, choice, cotangent, second)])
