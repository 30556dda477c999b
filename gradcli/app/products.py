"""The use cases ``jacobian``, ``hessian``, ``jvp``, ``vjp`` and ``hvp`` of an expression.

May import `expression`, `variables`, `vectors`, `sweeps`, `undefined`, `judging`, `outcome`,
`request`, `engine`, `reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcli.app.cotangent import read_shaped, require_scalar
from gradcli.app.expression import read
from gradcli.app.missing import placed
from gradcli.app.outcome import answer_exit, infinite_note
from gradcli.app.problem import Problem
from gradcli.app.request import Request
from gradcli.app.sweeps import check_matrix, pulled_back, total_size
from gradcli.app.undefined import refuse_undefined
from gradcli.app.variables import choose
from gradcli.app.vectors import one_vector, vectors_by_name
from gradcli.errors import Diagnostic, GradcliError
from gradcli.reports import ProductReport, Verdict


@dataclass(frozen=True, slots=True)
class Found:
    """What a product came to.

    Parameters
    ----------
    results
        The result by variable; ``""`` for one that belongs to all together.
    verdict
        How it was judged; called only where the answer is verified.
    rows
        The labels of a Hessian's rows.
    """

    results: dict[str, Any]
    verdict: Callable[[], Verdict]
    rows: tuple[str, ...] = ()


def run(kind: str, request: Request) -> ProductReport:
    """Return a Jacobian, a Hessian or a product of an expression, verified.

    Parameters
    ----------
    kind
        ``jacobian``, ``hessian``, ``jvp``, ``vjp`` or ``hvp``.
    request
        The expression, its variables and what is asked of it.

    Raises
    ------
    GradcliError
        For a request that cannot be used; see the codes.
    """
    notes: list[Diagnostic] = []
    expression = read(request, notes)
    choice = choose(expression, request.wrt, located=request.check)
    problem = Problem(request, expression, choice.names, choice.run, notes)
    try:
        refuse_undefined(expression, problem.value)
        found = _KINDS[kind](problem)
        verdict = found.verdict() if request.check else None
    except GradcliError as error:
        raise placed(error, expression, choice.names) from error
    except Exception as bug:
        bug.add_note(str(choice.run.program))
        raise
    remarks = [*notes, *choice.notes, *infinite_note(problem.value)]
    remarks += verdict.warnings if verdict is not None else ()
    return ProductReport(
        kind=kind,
        expr=request.expr,
        value=np.asarray(problem.value, dtype=np.float64),
        results=found.results,
        verdict=verdict,
        warnings=tuple(remarks),
        rows=found.rows,
        layout=request.layout if kind == "jacobian" else None,
        exit_code=answer_exit(problem.value, verdict, request.strict),
    )


def _judging() -> Any:
    """Return the judge, which is imported only where an answer is verified."""
    from gradcli.app import judging

    return judging


def _jacobian(problem: Problem) -> Found:
    """Return the Jacobian by every variable."""
    from gradcli.engine.jacobians import jacobian

    check_matrix(np.size(problem.value), total_size(problem.inputs), problem.work)
    positions = tuple(range(len(problem.names)))
    with np.errstate(all="ignore"):
        parts = jacobian(problem.function, positions)(*problem.inputs)
    found = dict(zip(problem.names, map(_floats, parts), strict=True))
    shown = found
    if problem.request.layout == "denominator":
        shown = {k: inputs_first(v, np.ndim(problem.value)) for k, v in found.items()}
    return Found(shown, lambda: _judging().judge_jacobian(problem, found))


def _floats(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64)


def inputs_first(block: Any, outputs: int) -> Any:
    """Return a block with the axes of the input before those of the output."""
    return np.moveaxis(block, range(outputs), range(block.ndim - outputs, block.ndim))


def _hessian(problem: Problem) -> Found:
    """Return the Hessian over all variables together."""
    from gradcli.engine.jacobians import hessian

    require_scalar(problem.expression, problem.value)
    size = total_size(problem.inputs)
    check_matrix(size, size, problem.work)
    flat = np.concatenate([np.ravel(x) for x in problem.inputs])
    with np.errstate(all="ignore"):
        matrix = _floats(hessian(_of_flat(problem))(flat))
    rows = row_labels(problem.names, problem.inputs)
    return Found({"": matrix}, lambda: _judging().judge_hessian(problem, matrix), rows)


def _of_flat(problem: Problem) -> Callable[[Any], Any]:
    """Return the expression as a function of one vector that holds all variables."""
    shapes = [np.shape(x) for x in problem.inputs]
    function = problem.function

    def evaluated(flat: Any) -> Any:
        parts, start = [], 0
        for shape in shapes:
            size = int(np.prod(shape, dtype=np.int64))
            parts.append(np.reshape(flat[start : start + size], shape) if shape else flat[start])
            start += size
        return function(*parts)

    return evaluated


def row_labels(names: Sequence[str], inputs: Sequence[Any]) -> tuple[str, ...]:
    """Return one label an element: ``x``, or ``x[0]``, ``x[1]``, ….

    Examples
    --------
    >>> row_labels(["a", "X"], [1.0, np.zeros((1, 2))])
    ('a', 'X[0,0]', 'X[0,1]')
    """
    labels = []
    for name, value in zip(names, inputs, strict=True):
        if np.ndim(value) == 0:
            labels.append(name)
            continue
        places = product(*map(range, np.shape(value)))
        labels += [f"{name}[{','.join(map(str, place))}]" for place in places]
    return tuple(labels)


def _jvp(problem: Problem) -> Found:
    """Return the derivative in a direction."""
    from gradcli.engine.operators import jvp

    tangents = vectors_by_name(problem.request, problem.names, problem.inputs, problem.notes)
    with np.errstate(all="ignore"):
        _, pushed = jvp(problem.function, problem.inputs, tangents)
    result = _floats(pushed)
    return Found({"": result}, lambda: _judging().judge_jvp(problem, tangents, result))


def _vjp(problem: Problem) -> Found:
    """Return the gradient of the output contracted with a vector."""
    text = one_vector(problem.request)
    shape = np.shape(problem.value)
    g = read_shaped(text, "--vector", shape, "the output", problem.request.point, problem.notes)
    results = dict(zip(problem.names, pulled_back(problem.run, g), strict=True))
    return Found(results, lambda: _judging().judge_vjp(problem, g, results))


def _hvp(problem: Problem) -> Found:
    """Return the product of the Hessian with a vector."""
    from gradcli.engine.jacobians import hvp

    require_scalar(problem.expression, problem.value)
    vectors = vectors_by_name(problem.request, problem.names, problem.inputs, problem.notes)
    with np.errstate(all="ignore"):
        found = hvp(problem.function, problem.inputs, vectors)
    parts = found if len(problem.names) > 1 else (found,)
    results = dict(zip(problem.names, map(_floats, parts), strict=True))
    return Found(results, lambda: _judging().judge_hvp(problem, vectors, results))


_KINDS = MappingProxyType(
    {"jacobian": _jacobian, "hessian": _hessian, "jvp": _jvp, "vjp": _vjp, "hvp": _hvp}
)
