"""Examine one Python function at one point: subjects, evidence, and what to report.

May import `callables`, `claimed`, `collect`, `engine`, `frontend`, `ir`. A function with a scalar
output is one subject; one with an array output is a subject per output entry while they
are few, else a subject per random cotangent. A claim of second order is a claim on the
gradient of ``<∇f, v>``, one subject per vector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.engine.jacobians import hessian, hvp
from gradcli.engine.operators import grad
from gradcli.engine.vjp import reverse
from gradcli.exact.contraction import contract
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Point
from gradcli.ir.fidelity import Outcome, replay_test, value_test
from gradcli.ir.program import Program
from gradcli.ir.tracing import TracedRun
from gradcli.reports import Array
from gradcli.verify.callables import Attempt, Callee, as_output, make_callee, try_trace
from gradcli.verify.claimed import Form, claim_function, fit, take_apart
from gradcli.verify.conditions import call_twice
from gradcli.verify.subject import Claimed, Subject

# Array outputs with at most this many entries are examined entry by entry.
MOST_ROWS = 12
# Random cotangents that stand for the rows of a larger output.
COTANGENTS = 3


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
    callee = make_callee(function, point)
    raw = callee(*[_fresh(x) for x in callee.leaves])
    output = as_output(raw)
    if output is None:
        return Prepared(callee, np.zeros(()), Attempt(None), f"returns {type(raw).__name__}")
    if not trace:
        return Prepared(callee, output, Attempt(None, "not traced"))
    attempt = try_trace(callee, callee.leaves, callee.names, readable=True)
    return Prepared(callee, output, faithful(attempt, callee))


def _fresh(x: Any) -> Any:
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
    for cotangent in _cotangents(np.shape(prepared.output)):
        yield weighted_subject(prepared, cotangent, _contract_claim(claim, cotangent))


def _cotangents(shape: tuple[int, ...]) -> Iterator[Array]:
    size = int(np.prod(shape, dtype=np.int64))
    if size <= MOST_ROWS:
        yield from (np.eye(size)[k].reshape(shape) for k in range(size))
        return
    stream = np.random.default_rng(0)
    for _ in range(COTANGENTS):
        yield stream.standard_normal(shape)


def _contract_claim(claim: Claimed | None, cotangent: Array) -> Claimed | None:
    """Return a claimed Jacobian as the claimed gradient of one contraction."""
    if claim is None or cotangent.ndim == 0:
        return claim
    axes = cotangent.ndim
    values = tuple(
        None if v is None else np.tensordot(cotangent, v, axes=axes) for v in claim.values
    )
    at = None if claim.at is None else _contracted_at(claim.at, cotangent)
    return Claimed(values, None, (), claim.trouble, at)


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


def _gradient_at(function: Callable[..., Any], count: int) -> Callable[..., tuple[Array, ...]]:
    """Return the engine's gradient of a scalar function at any point."""
    differentiate = grad(function, tuple(range(count)))

    def gradient(*arrays: Any) -> tuple[Array, ...]:
        return tuple(np.asarray(g) for g in differentiate(*[_as_traceable(x) for x in arrays]))

    return gradient


def _as_traceable(x: Any) -> Any:
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


def read_claim(claim: Claim, prepared: Prepared) -> Claimed:
    """Call a hand-written first derivative, twice, and take its result apart.

    Parameters
    ----------
    claim
        The claim.
    prepared
        The function it is a claim of.
    """
    callee = prepared.callee
    of_arrays = claim_function(claim.function, callee)
    repeated = call_twice(_as_leaves(of_arrays, callee, claim), callee.leaves, callee.names)
    if repeated.cause:
        return Claimed((), trouble=f"the claim: {repeated.note}")
    form = take_apart(of_arrays(*[_fresh(x) for x in callee.leaves]), callee, claim.wrt)
    values, trouble = _fitted(form, prepared)
    if trouble:
        return Claimed(values, trouble=trouble)
    claimed = tuple(sorted(form.parts))
    program = None
    if np.shape(prepared.output) == ():
        program = _claim_program(of_arrays, callee, claim, claimed)
    return Claimed(values, program, claimed, at=_claim_at(of_arrays, prepared, claim))


def _claim_at(
    of_arrays: Callable[..., Any], prepared: Prepared, claim: Claim
) -> Callable[..., tuple[Array | None, ...]]:
    """Return a claim as a function of any point."""

    def at(*arrays: Any) -> tuple[Array | None, ...]:
        result = of_arrays(*[_as_traceable(x) for x in arrays])
        values, trouble = _fitted(take_apart(result, prepared.callee, claim.wrt), prepared)
        if trouble:
            raise ValueError(trouble)
        return values

    return at


def _as_leaves(of_arrays: Callable[..., Any], callee: Callee, claim: Claim) -> Callable[..., Any]:
    """Return a claim as a function whose result can be compared bit for bit."""

    def flat(*arrays: Any) -> Any:
        form = take_apart(of_arrays(*arrays), callee, claim.wrt)
        parts = [as_output(form.parts[k]) for k in sorted(form.parts)]
        return np.concatenate([p.ravel() for p in parts if p is not None] or [np.zeros(0)])

    return flat


def _fitted(form: Form, prepared: Prepared) -> tuple[tuple[Array | None, ...], str]:
    """Return the parts of a claim in their final shapes, and what does not fit."""
    values: list[Array | None] = [None] * len(prepared.callee.leaves)
    if form.trouble:
        return tuple(values), form.trouble
    for k, part in form.parts.items():
        inner = np.shape(prepared.callee.leaves[k])
        found = fit(part, np.shape(prepared.output), inner)
        if isinstance(found, str):
            return tuple(values), found
        values[k] = found
    return tuple(values), ""


def _claim_program(
    of_arrays: Callable[..., Any], callee: Callee, claim: Claim, claimed: Sequence[int]
) -> Program | None:
    """Return the claim's own program, one output per claimed array, where it can be traced."""

    def parts(*arrays: Any) -> Any:
        form = take_apart(of_arrays(*arrays), callee, claim.wrt)
        return [form.parts[k] for k in sorted(form.parts)]

    attempt = try_trace(parts, callee.leaves, callee.names, readable=True)
    if attempt.run is None or len(attempt.run.program.outputs) != len(claimed):
        return None
    lost = unfaithful(attempt.run, parts, callee.leaves)
    return None if lost else attempt.run.program


def second_order_subjects(claim: Claim, prepared: Prepared) -> Iterator[Subject]:
    """Yield one subject per vector of a claimed Hessian or Hessian-vector product."""
    callee = prepared.callee
    of_arrays = claim_function(claim.function, callee)
    x = np.asarray(callee.leaves[0])
    if len(callee.leaves) != 1 or np.shape(prepared.output) != ():
        return
    for v, row in _second_order_rows(claim, of_arrays, x):
        yield _second_order_subject(callee, v, row)


def _second_order_rows(
    claim: Claim, of_arrays: Callable[..., Any], x: Array
) -> Iterator[tuple[Array, Claimed]]:
    """Yield vectors with what the claim says the Hessian makes of them."""
    vectors = [np.eye(x.size)[k].reshape(x.shape) for k in range(min(x.size, MOST_ROWS))]
    if claim.order is Order.HESSIAN:
        said = as_output(of_arrays(_fresh(x)))
        if said is None or said.shape != x.shape + x.shape:
            shape = None if said is None else said.shape
            what = f"the claim has shape {shape}, the Hessian {x.shape + x.shape}"
            yield vectors[0], Claimed((), trouble=what)
            return
        for v in vectors:
            yield v, Claimed((np.tensordot(v, said, axes=x.ndim),))
        return
    stream = np.random.default_rng(0)
    for _ in range(COTANGENTS):
        v = stream.standard_normal(x.shape)
        said = as_output(claim.function(_fresh(x), v.copy()))
        fits = said is not None and said.shape == x.shape
        yield v, Claimed((said,)) if fits else Claimed((), trouble="wrong shape of the product")


def _second_order_subject(callee: Callee, v: Array, claim: Claimed) -> Subject:
    """Return the subject ``<∇f, v>``, whose gradient is the Hessian times ``v``."""

    def slope(x: Any) -> Any:
        return np.sum(grad(callee)(x) * v)

    attempt = try_trace(slope, callee.leaves, callee.names)
    program = None if attempt.run is None else contract(attempt.run.program, None)
    product = hvp(callee, callee.leaves, (v,)) if program is not None else ()
    return Subject(
        names=callee.names,
        inputs=tuple(np.asarray(x) for x in callee.leaves),
        function=slope,
        gradient=(np.asarray(product),) if program is not None else (),
        program=program,
        wrt=(0,),
        claim=claim,
        opaque=attempt.opaque,
        order=2,
    )
