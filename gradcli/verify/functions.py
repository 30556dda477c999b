"""Examine one Python function at one point: subjects, evidence, and what to report.

May import `callables`, `engine`, `exact`, `frontend`, `ir`, `weights`. A function with a scalar
output is one subject; one with an array output is a subject per output entry while they
are few, else a subject per random cotangent. Claims are read in `claims`, those of
second order in `second_order`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.engine.jacobians import hessian
from gradcli.engine.operators import grad
from gradcli.engine.vjp import reverse
from gradcli.exact.contraction import contract
from gradcli.frontend.points import Point
from gradcli.ir.fidelity import Outcome, replay_test, value_test
from gradcli.ir.program import Program
from gradcli.ir.tracing import TracedRun
from gradcli.reports import Array
from gradcli.verify.callables import (
    Attempt,
    Callee,
    as_output,
    make_callee,
    try_trace,
    unusable,
)
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.weights import cotangents


@dataclass(frozen=True, slots=True)
class Prepared:
    """A function at a point, ready to be examined.

    Parameters
    ----------
    callee
        The function of arrays.
    output
        Its value, a float array.
    attempt
        The traced run, or why there is none.
    skipped
        Why it is not checked; empty where it is.
    """

    callee: Callee
    output: Array
    attempt: Attempt
    skipped: str = ""


def prepare(function: Callable[..., Any], point: Point, trace: bool = True) -> Prepared:
    """Call and trace a user's function at a point.

    Parameters
    ----------
    function, point
        The target.
    trace
        Whether to look inside; without, it is a black box.
    """
    with np.errstate(all="ignore"):
        callee, raw = _first_call(function, point)
    output = as_output(raw)
    lacking = unusable(raw, callee.leaves[0])
    if output is None or lacking:
        return Prepared(callee, np.zeros(()), Attempt(None), lacking)
    if not trace:
        return Prepared(callee, output, Attempt(None, "not traced"))
    attempt = try_trace(callee, callee.leaves, callee.names, readable=True)
    return Prepared(callee, output, faithful(attempt, callee))


def _first_call(function: Callable[..., Any], point: Point) -> tuple[Callee, Any]:
    """Call a function at a point; where integers have to be integers, with those held."""
    callee = make_callee(function, point)
    try:
        return callee, callee(*[fresh(x) for x in callee.leaves])
    except (TypeError, IndexError):
        whole = point.with_integers()
        if whole is None:
            raise
        callee = make_callee(function, whole)
        return callee, callee(*[fresh(x) for x in callee.leaves])


def fresh(x: Any) -> Any:
    """Return an array that user code may write into."""
    return x.copy() if isinstance(x, np.ndarray) else x


def faithful(attempt: Attempt, callee: Callee) -> Attempt:
    """Return the attempt if the program replays as the function, else a black box."""
    if attempt.run is None:
        return attempt
    lost = unfaithful(attempt.run, callee, callee.leaves)
    return Attempt(None, lost) if lost else attempt


def unfaithful(run: TracedRun, function: Callable[..., Any], leaves: Sequence[Any]) -> str:
    """Return why a program is not the function it was recorded from; empty where it is.

    Parameters
    ----------
    run
        The traced run.
    function, leaves
        The original callable and its point.
    """
    valued = value_test(run, function, leaves)
    if valued.outcome is not Outcome.FAITHFUL:
        return "the traced run gave another value than the plain one"
    replayed = replay_test(run, function, leaves, np.random.default_rng(0))
    return "" if replayed.allows_gradient else replayed.text()


def subjects(prepared: Prepared, claim: Claimed | None) -> Iterator[Subject]:
    """Yield one subject per output entry, or per random cotangent of a large output."""
    for cotangent in cotangents(np.shape(prepared.output)):
        yield weighted_subject(prepared, cotangent, _contract_claim(claim, cotangent))


def _contract_claim(claim: Claimed | None, cotangent: Array) -> Claimed | None:
    """Return a claimed Jacobian as the claimed gradient of one contraction."""
    if claim is None or cotangent.ndim == 0:
        return claim
    axes = cotangent.ndim
    values = tuple(
        None if v is None else np.tensordot(cotangent, v, axes=axes) for v in claim.values
    )
    at = None if claim.at is None else _contracted_at(claim.at, cotangent)
    return Claimed(values, trouble=claim.trouble, cause=claim.cause, at=at)


def _contracted_at(at: Callable[..., Any], cotangent: Array) -> Callable[..., Any]:
    """Return a claimed Jacobian at any point, contracted."""

    def contracted(*arrays: Any) -> tuple[Array | None, ...]:
        return tuple(
            None if v is None else np.tensordot(cotangent, v, axes=cotangent.ndim)
            for v in at(*arrays)
        )

    return contracted


def weighted_subject(prepared: Prepared, cotangent: Array, claim: Claimed | None = None) -> Subject:
    """Return the subject ``<cotangent, f>``.

    Parameters
    ----------
    prepared
        The function at its point.
    cotangent
        Weights of the output, of its shape; 0-d for a scalar output.
    claim
        The claimed gradient of this scalar, where there is one; only the arrays it speaks
        of are judged then.
    """
    callee, run = prepared.callee, prepared.attempt.run
    judged = range(len(callee.leaves))
    if claim is not None and claim.values:
        judged = [k for k in judged if claim.values[k] is not None]  # type: ignore[assignment]

    def scalar(*arrays: Any) -> Any:
        return np.sum(np.asarray(callee(*arrays)) * cotangent)

    common: dict[str, Any] = {
        "names": callee.names,
        "inputs": tuple(np.asarray(x) for x in callee.leaves),
        "function": callee if cotangent.ndim == 0 else scalar,
        "wrt": tuple(judged),
        "claim": claim,
        "opaque": prepared.attempt.opaque,
        "naming": naming(callee),
    }
    if run is None:
        return Subject(**common)
    program = _scalar_program(run, cotangent)
    return Subject(
        **common,
        program=program,
        gradient=engine_gradient(program),
        gradient_at=_gradient_at(common["function"], len(callee.leaves)),
    )


def naming(callee: Callee) -> str:
    """Return how an author says which variable a claim is for, with ``?`` for its name.

    Parameters
    ----------
    callee
        The function.
    """
    name = getattr(callee.function, "__name__", "")
    if not name.isidentifier():
        return ""
    return f'if it is meant for `?`, say @gradcli.gradient_of({name}, wrt="?")'


def _gradient_at(function: Callable[..., Any], count: int) -> Callable[..., tuple[Array, ...]]:
    """Return the engine's gradient of a scalar function at any point."""
    differentiate = grad(function, tuple(range(count)))

    def gradient(*arrays: Any) -> tuple[Array, ...]:
        return tuple(np.asarray(g) for g in differentiate(*[as_traceable(x) for x in arrays]))

    return gradient


def as_traceable(x: Any) -> Any:
    """Return a 0-d array as the scalar the user's function would get."""
    return np.float64(x) if np.ndim(x) == 0 else x


def _scalar_program(run: TracedRun, cotangent: Array) -> Program:
    if cotangent.ndim == 0:
        return contract(run.program, None)
    return contract(run.program, [cotangent])


def engine_gradient(program: Program) -> tuple[Array, ...]:
    """Return the engine's float64 gradient of a scalar program at its point.

    Parameters
    ----------
    program
        A program with one scalar output.

    Returns
    -------
    tuple of array
        One per input, of its shape.
    """
    (ref,) = program.outputs
    values = program.values
    seeds = {ref: np.ones_like(values[ref])} if ref >= 0 else {}
    with np.errstate(all="ignore"):
        adjoint = reverse(program.records, values, program.consts, seeds)
    return tuple(
        np.zeros(np.shape(values[s])) if adjoint[s] is None else np.asarray(adjoint[s])
        for s in program.inputs
    )


def second_blocks(prepared: Prepared, subject: Subject) -> dict[str, Any]:
    """Return the Hessian block of each differentiated array, as nested lists."""
    blocks = {}
    for k, name in enumerate(subject.names):
        block = hessian(subject.function, k)(*prepared.callee.leaves)
        blocks[name] = np.asarray(block, dtype=np.float64).tolist()
    return blocks
