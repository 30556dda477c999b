"""The verdict on an answer: what is asked of the judge, by kind of answer.

May import `expression`, `variables`, `verify`, `symbolic`, `engine`, `exact`, `reports`.

The judge knows scalar functions and their gradients. A Jacobian is judged row by row while
its outputs are few, else along a random cotangent; a Hessian as the gradients of the slopes
``<∇f, v>``; a directional derivative as the derivative of ``t -> <w, f(x + t v)>`` at 0.
SymPy always works from the syntax tree, never from the recorded program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.app.cotangent import contracted
from gradcli.app.expression import Expression
from gradcli.app.variables import Choice
from gradcli.engine.operators import grad
from gradcli.exact.contraction import contract
from gradcli.ir.program import Program
from gradcli.ir.tracing import trace_function
from gradcli.reports import Verdict
from gradcli.symbolic import witness as sympy
from gradcli.verify.collect import collect
from gradcli.verify.diagnosis.explanation import explained
from gradcli.verify.differences import second_differences
from gradcli.verify.judge import judge
from gradcli.verify.subject import Subject
from gradcli.verify.testimony import with_witnesses
from gradcli.verify.weights import cotangents
from gradcli.verify.whole import combine

if TYPE_CHECKING:
    from gradcli.app.problem import Problem

# Outputs, or rows of a Hessian, up to this many are judged one by one.
MOST_ROWS = 6
# A longer derivative is not shown.
LONGEST_FORMULA = 200

Function = Callable[..., Any]


def worst_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on an answer with several parts."""
    return combine(verdicts)


def judge_gradient(
    expression: Expression,
    choice: Choice,
    cotangent: Any,
    gradients: Mapping[str, Any],
    verbose: bool = False,
) -> Verdict:
    """Return the verdict on a gradient.

    Parameters
    ----------
    expression, choice
        The expression, and its run with the variables traced.
    cotangent
        The weight of the output, of its shape.
    gradients
        The gradient by variable.
    verbose
        Whether the witnesses' own numbers are wanted.
    """
    names = choice.names
    inputs = [expression.values[name] for name in names]
    function = expression.function(names)
    found = [gradients[name] for name in names]
    return _first_order(function, names, inputs, choice.run.program, cotangent, found, verbose)


def _first_order(
    function: Function,
    names: Sequence[str],
    inputs: Sequence[Any],
    program: Program,
    cotangent: Any,
    gradients: Sequence[Any],
    verbose: bool = False,
    scale: float = 0.0,
) -> Verdict:
    """Judge the gradient of ``<cotangent, function>``."""
    positions = tuple(range(len(names)))
    points = _arrays(inputs)
    plain = _is_plain(cotangent)

    heard: list[Any] = []

    def symbolic() -> Any:
        weight = None if plain else cotangent
        heard.append(
            sympy.gradient(function, points, positions, weight, names=names, with_formulas=verbose)
        )
        return heard[-1]

    subject = Subject(
        names=tuple(names),
        inputs=points,
        function=contracted(function, cotangent),
        gradient=_arrays(gradients),
        program=contract(program, None if plain else [cotangent]),
        wrt=positions,
        symbolic=symbolic,
        scale=scale,
    )
    verdict = _verdict(subject, verbose)
    return _with_formulas(verdict, names, heard[-1].formulas) if heard else verdict


def _verdict(subject: Subject, verbose: bool = False) -> Verdict:
    """Collect and judge; with what every witness said, where that is wanted."""
    evidence = collect(subject)
    verdict = explained(judge(evidence), evidence)
    return with_witnesses(verdict, evidence) if verbose else verdict


def _with_formulas(verdict: Verdict, names: Sequence[str], formulas: Sequence[Any]) -> Verdict:
    """Return a verdict whose SymPy witnesses show their derivatives, where these are short."""
    texts = dict(zip(names, map(_formula_text, formulas), strict=False))
    shown = {
        name: tuple(
            replace(e, note=texts[name]) if e.method == "sympy" and texts.get(name) else e
            for e in estimates
        )
        for name, estimates in verdict.witnesses.items()
    }
    return replace(verdict, witnesses=shown)


def _formula_text(formulas: Any) -> str:
    """Return the formulas of one variable's entries on one line, or nothing."""
    entries = [str(text) for text in np.ravel(formulas) if text is not None]
    text = ", ".join(entries)
    if len(entries) < np.size(formulas) or len(text) > LONGEST_FORMULA:
        return ""
    return text if np.ndim(formulas) == 0 else f"[{text}]"


def _is_plain(cotangent: Any) -> bool:
    """Return whether a cotangent leaves a scalar output as it is."""
    return np.ndim(cotangent) == 0 and cotangent == 1.0


def _arrays(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(np.asarray(value, dtype=np.float64) for value in values)


def judge_second(
    expression: Expression, choice: Choice, cotangent: Any, blocks: Mapping[str, Any]
) -> Verdict:
    """Return the verdict on the Hessian blocks of ``--order 2``."""
    verdicts = []
    for name, block in blocks.items():
        function = contracted(expression.function((name,)), cotangent)
        x = np.asarray(expression.values[name])
        matrix = np.reshape(block, (x.size, x.size))
        verdicts += _rows_of_hessian(function, (name,), [x], matrix)
    return combine(verdicts)


def judge_jacobian(problem: Problem, found: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a Jacobian in numerator layout."""
    shape = np.shape(problem.value)
    verdicts = []
    for cotangent in cotangents(shape, count=1, most=MOST_ROWS):
        rows = [np.tensordot(cotangent, found[name], axes=len(shape)) for name in problem.names]
        verdicts.append(_output_row(problem, cotangent, rows))
    return combine(verdicts)


def _output_row(problem: Problem, cotangent: Any, gradients: Sequence[Any]) -> Verdict:
    weight = 1.0 if np.ndim(problem.value) == 0 else cotangent
    program = problem.run.program
    return _first_order(problem.function, problem.names, problem.inputs, program, weight, gradients)


def judge_vjp(problem: Problem, cotangent: Any, results: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a vector-Jacobian product."""
    return _output_row(problem, cotangent, [results[name] for name in problem.names])


def judge_jvp(problem: Problem, tangents: Sequence[Any], result: Any) -> Verdict:
    """Return the verdict on a directional derivative, output by output."""
    function, inputs = problem.function, problem.inputs

    def along(t: Any) -> Any:
        return function(*[x + t * v for x, v in zip(inputs, tangents, strict=True)])

    program = trace_function(along, [0.0], names=["t"]).program
    verdicts = []
    for cotangent in cotangents(np.shape(problem.value), count=1, most=MOST_ROWS):
        weight = 1.0 if np.ndim(problem.value) == 0 else cotangent
        slope = np.sum(cotangent * result)
        scale = _steepest(problem, cotangent, tangents)
        verdicts.append(_first_order(along, ["t"], [0.0], program, weight, [slope], scale=scale))
    return combine(verdicts)


def _steepest(problem: Problem, cotangent: Any, tangents: Sequence[Any]) -> float:
    """Return the size a directional derivative could have: of the gradient, and the direction."""
    from gradcli.app.sweeps import pulled_back

    gradients = pulled_back(problem.run, cotangent)
    longest = max((float(np.max(np.abs(v), initial=0.0)) for v in tangents), default=0.0)
    steepest = max((float(np.max(np.abs(g), initial=0.0)) for g in gradients), default=0.0)
    return longest * steepest if np.isfinite(longest * steepest) else 0.0


def judge_hessian(problem: Problem, matrix: Any) -> Verdict:
    """Return the verdict on a Hessian over all variables."""
    rows = _rows_of_hessian(problem.function, problem.names, problem.inputs, matrix)
    return combine([_own_gradient(problem), *rows])


def judge_hvp(problem: Problem, vectors: Sequence[Any], results: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a Hessian-vector product."""
    found = [results[name] for name in problem.names]
    product = _slope(problem.function, problem.names, problem.inputs, vectors, found)
    return combine([_own_gradient(problem), product])


def _own_gradient(problem: Problem) -> Verdict:
    """Judge the first derivative, on whose program the exact witness of the second rests."""
    from gradcli.app.sweeps import pulled_back

    return _output_row(problem, 1.0, pulled_back(problem.run, 1.0))


def _rows_of_hessian(
    function: Function, names: Sequence[str], inputs: Sequence[Any], matrix: Any
) -> list[Verdict]:
    """Judge a Hessian row by row, or along a random vector where it is large."""
    shapes = [np.shape(x) for x in inputs]
    verdicts = []
    largest = float(np.max(np.abs(matrix), initial=0.0))
    scale = largest if np.isfinite(largest) else 0.0
    for flat in cotangents((len(matrix),), count=1, most=MOST_ROWS):
        vectors, found = _split(flat, shapes), _split(flat @ matrix, shapes)
        verdicts.append(_slope(function, names, inputs, vectors, found, scale))
    return verdicts


def _split(flat: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Return a vector over all variables as one array a variable."""
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape, dtype=np.int64))
        parts.append(flat[start : start + size].reshape(shape))
        start += size
    return parts


def _slope(
    function: Function,
    names: Sequence[str],
    inputs: Sequence[Any],
    vectors: Sequence[Any],
    found: Sequence[Any],
    scale: float = 0.0,
) -> Verdict:
    """Judge a Hessian-vector product: the gradient of ``<∇f, v>``."""
    positions = tuple(range(len(names)))
    points = _arrays(inputs)
    gradient = grad(function, positions)

    def slope(*xs: Any) -> Any:
        parts = gradient(*xs)
        terms = [np.sum(g * v) for g, v in zip(parts, vectors, strict=True)]
        return sum(terms[1:], terms[0])

    program = contract(trace_function(slope, inputs, names=names).program, None)
    subject = Subject(
        names=tuple(names),
        inputs=points,
        function=slope,
        gradient=_arrays(found),
        program=program,
        wrt=positions,
        symbolic=lambda: _without_value(
            sympy.hvp(function, points, positions, vectors, names=names)
        ),
        order=2,
        differences=second_differences(function, points, vectors, program),
        scale=scale,
    )
    return _verdict(subject)


def _without_value(answer: Any) -> Any:
    """Return SymPy's answer without the value of f, which is not the slope's."""
    return replace(answer, value=np.empty(0, dtype=object))
