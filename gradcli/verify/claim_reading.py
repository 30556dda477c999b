"""Read a hand-written first derivative: call it, take it apart, trace it where possible.

May import `functions`, `callables`, `claimed`, `conditions`, `frontend`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.frontend.claims import Claim
from gradcli.ir.program import Program
from gradcli.reports import Array
from gradcli.verify.callables import Callee, as_output, try_trace
from gradcli.verify.claimed import Form, claim_function, fit, take_apart
from gradcli.verify.conditions import call_twice
from gradcli.verify.functions import Prepared, as_traceable, fresh, unfaithful
from gradcli.verify.subject import Claimed


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
    with np.errstate(all="ignore"):
        form = take_apart(of_arrays(*[fresh(x) for x in callee.leaves]), callee, claim.wrt)
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
        result = of_arrays(*[as_traceable(x) for x in arrays])
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
