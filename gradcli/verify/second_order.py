"""Second order: a Hessian, or a claim of one, as the gradients of the slopes ``<∇f, v>``.

May import `functions`, `callables`, `claims`, `differences`, `engine`, `frontend`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.jacobians import hvp
from gradcli.engine.operators import grad
from gradcli.exact.contraction import contract
from gradcli.frontend.claims import Claim, Order
from gradcli.reports import Array
from gradcli.verify.callables import Callee, as_output, try_trace
from gradcli.verify.claims.shapes import claim_function
from gradcli.verify.differences import second_differences
from gradcli.verify.functions import Prepared, fresh
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.weights import cotangents, random_cotangents


def second_order_subjects(claim: Claim, prepared: Prepared) -> Iterator[Subject]:
    """Yield one subject per vector of a claimed Hessian or Hessian-vector product.

    Parameters
    ----------
    claim, prepared
        The claim, and the function it is a claim of; nothing is yielded unless the function
        has a scalar output and is differentiated by one array, or by numbers only.
    """
    callee = prepared.callee
    if np.shape(prepared.output) != () or (len(callee.leaves) > 1 and not _all_numbers(callee)):
        return
    rows = _hessian_rows if claim.order is Order.HESSIAN else _product_rows
    for vectors, row in rows(claim, callee):
        yield _second_order_subject(callee, vectors, row)


def claims_all_numbers(claim: Claim, prepared: Prepared) -> bool:
    """Whether a claim is the Hessian by all parameters together, each of them a number."""
    callee = prepared.callee
    several = claim.order is Order.HESSIAN and len(callee.leaves) > 1 and _all_numbers(callee)
    said = _hessian(claim, callee) if several else None
    return said is not None and said.shape == (len(callee.leaves),) * 2


def _all_numbers(callee: Callee) -> bool:
    return all(np.shape(leaf) == () for leaf in callee.leaves)


def _hessian(claim: Claim, callee: Callee) -> Array | None:
    return as_output(claim_function(claim, callee)(*[fresh(x) for x in callee.leaves]))


def _shape(callee: Callee) -> tuple[int, ...]:
    """Return the shape of the point: of the one array, or of all numbers as a vector."""
    return np.shape(callee.leaves[0]) if len(callee.leaves) == 1 else (len(callee.leaves),)


def _split(callee: Callee, array: Array) -> tuple[Any, ...]:
    """Return an array of the point's shape as one array per leaf."""
    return (array,) if len(callee.leaves) == 1 else tuple(array)


def _hessian_rows(claim: Claim, callee: Callee) -> Iterator[tuple[tuple[Any, ...], Claimed]]:
    """Yield vectors with what a claimed Hessian makes of them."""
    shape = _shape(callee)
    said = _hessian(claim, callee)
    if said is None or said.shape != shape + shape:
        found = None if said is None else said.shape
        what = f"the claim has shape {found}, the Hessian {shape + shape}"
        yield _split(callee, np.ones(shape)), Claimed((), trouble=what)
        return
    for v in cotangents(shape):
        yield _split(callee, v), Claimed(_split(callee, np.tensordot(v, said, axes=len(shape))))


def _product_rows(claim: Claim, callee: Callee) -> Iterator[tuple[tuple[Any, ...], Claimed]]:
    """Yield random vectors with what a claimed product makes of them."""
    shape = _shape(callee)
    for v in random_cotangents(shape):
        said = as_output(claim_function(claim, callee, v)(*[fresh(x) for x in callee.leaves]))
        if said is None or said.shape != shape:
            row = Claimed((), trouble="wrong shape of the product")
        else:
            row = Claimed(_split(callee, said))
        yield _split(callee, v), row


def _second_order_subject(callee: Callee, vectors: tuple[Any, ...], claim: Claimed) -> Subject:
    """Return the subject ``<∇f, v>`` of a claim, with the engine's own product beside it."""
    subject = slope_subject(callee, callee.names, callee.leaves, vectors, (), claim=claim)
    if subject.program is None:
        return subject
    found = hvp(callee, callee.leaves, vectors)
    products = found if isinstance(found, tuple) else (found,)
    return replace(subject, gradient=tuple(np.asarray(p) for p in products))


def slope_subject(
    function: Callable[..., Any],
    names: Sequence[str],
    leaves: Sequence[Any],
    vectors: Sequence[Any],
    found: Sequence[Any],
    claim: Claimed | None = None,
    scale: float = 0.0,
) -> Subject:
    """Return the subject ``<∇f, v>``, whose gradient is the Hessian times v.

    Parameters
    ----------
    function, names, leaves
        The scalar function of arrays at its point.
    vectors
        One vector per array.
    found
        The product that is judged, one array per array; empty where only a claim is.
    claim
        A claimed product.
    scale
        The size of the Hessian, where the product alone does not tell.

    Notes
    -----
    Its differences are second differences of `function`; those of its slope would take the
    engine's gradient for the truth.
    """
    gradient = grad(function, tuple(range(len(leaves))))

    def slope(*xs: Any) -> Any:
        terms = [np.sum(g * v) for g, v in zip(gradient(*xs), vectors, strict=True)]
        return sum(terms[1:], terms[0])

    attempt = try_trace(slope, leaves, names)
    program = None if attempt.run is None else contract(attempt.run.program, None)
    inputs = tuple(np.asarray(x) for x in leaves)
    return Subject(
        names=tuple(names),
        inputs=inputs,
        function=slope,
        gradient=tuple(np.asarray(g) for g in found),
        program=program,
        wrt=tuple(range(len(leaves))),
        claim=claim,
        opaque=attempt.opaque,
        order=2,
        differences=second_differences(function, inputs, vectors, program),
        scale=scale,
    )


def block_subjects(subject: Subject, blocks: Mapping[str, Any]) -> Iterator[Subject]:
    """Yield the rows of the Hessian block of every array, or a random sum of many rows.

    Parameters
    ----------
    subject
        The scalar function at its point.
    blocks
        The Hessian by each array alone, of shape ``x.shape + x.shape``.
    """
    for k, name in enumerate(subject.names):
        x = subject.inputs[k]
        matrix = np.reshape(np.asarray(blocks[name], dtype=np.float64), (x.size, x.size))
        largest = float(np.max(np.abs(matrix), initial=0.0))
        scale = largest if np.isfinite(largest) else 0.0
        for weight in cotangents((x.size,), count=1):
            row, v = (np.reshape(w, x.shape) for w in (weight @ matrix, weight))
            leaf = np.float64(x) if x.ndim == 0 else x
            alone = _alone(subject, k)
            yield slope_subject(alone, (name,), (leaf,), (v,), (row,), scale=scale)


def _alone(subject: Subject, k: int) -> Callable[[Any], Any]:
    """Return a subject's function of one array, the others held where they are."""

    def function(x: Any) -> Any:
        return subject.function(*[x if j == k else y[()] for j, y in enumerate(subject.inputs)])

    return function
