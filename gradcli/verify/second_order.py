"""Claims of second order: a claim on the gradient of ``<∇f, v>``, one subject per vector.

May import `functions`, `callables`, `claimed`, `engine`, `frontend`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcli.engine.jacobians import hvp
from gradcli.engine.operators import grad
from gradcli.exact.contraction import contract
from gradcli.frontend.claims import Claim, Order
from gradcli.reports import Array
from gradcli.verify.callables import Callee, as_output, try_trace
from gradcli.verify.claimed import claim_function
from gradcli.verify.functions import COTANGENTS, MOST_ROWS, Prepared, fresh
from gradcli.verify.subject import Claimed, Subject


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
        said = as_output(of_arrays(fresh(x)))
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
        said = as_output(claim.function(fresh(x), v.copy()))
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
