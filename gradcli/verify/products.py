"""Jacobians, Hessians and products of a Python function, with what is known about them.

May import `functions`, `second_order`, `collect`, `evidence`, `engine`, `frontend` and
`language`'s limits. Runs in the worker beside `report.answer`; the parent turns the evidence
into a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcli.engine.jacobians import hessian, hvp, jacobian
from gradcli.engine.operators import jvp
from gradcli.errors import ShapeError, TraceError, UsageError
from gradcli.exact.contraction import contract
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.language.limits import ARRAY_ELEMENTS, over_limit
from gradcli.reports import Array
from gradcli.source import safe_text
from gradcli.verify.callables import try_trace
from gradcli.verify.collect import collect
from gradcli.verify.evidence import to_json
from gradcli.verify.functions import Prepared, prepare, weighted_subject
from gradcli.verify.second_order import slope_subject
from gradcli.verify.subject import Subject
from gradcli.verify.weights import cotangents

Arrays = tuple[Array, ...]
Found = tuple[dict[str, Array], Iterator[Subject]]


def product(target: Target, point: Point, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Jacobian, a Hessian or a product of a function, and the evidence on it.

    Parameters
    ----------
    target, point
        What to differentiate, and where.
    options
        ``kind``: ``jacobian``, ``hessian``, ``jvp``, ``vjp`` or ``hvp``; ``vectors``: pairs of
        a name (or ``None``) and nested lists; ``check``: whether witnesses are asked.

    Returns
    -------
    dict
        ``value``, ``results`` by variable (``""``: all together), ``shapes`` of the
        variables, ``evidence``.

    Raises
    ------
    TraceError
        Where the function cannot be followed.
    ShapeError, UsageError
        For an output or a vector of another shape, and for a vector that is missing.
    """
    prepared = prepare(target.function, point)
    if prepared.skipped:
        raise UsageError("E084", f"`{target.name}` {prepared.skipped}, which has no gradient")
    if prepared.attempt.run is None:
        what = f"`{target.name}`: {prepared.attempt.opaque}"
        raise TraceError("E060", what, hint="`gradcli check` judges it from outside")
    with np.errstate(all="ignore"):
        results, subjects = _KINDS[options["kind"]](prepared, options.get("vectors", ()))
        evidence = [collect(s) for s in subjects] if options.get("check", True) else []
    callee = prepared.callee
    return {
        "value": np.asarray(prepared.output).tolist(),
        "results": {name: np.asarray(found).tolist() for name, found in results.items()},
        "shapes": {n: np.shape(x) for n, x in zip(callee.names, callee.leaves, strict=True)},
        "evidence": [to_json(e) for e in evidence],
    }


def _jacobian(prepared: Prepared, _: Any) -> Found:
    """Return the Jacobian by every array, judged row by row or along random cotangents."""
    callee, shape = prepared.callee, np.shape(prepared.output)
    _refuse_large(prod(shape), _total(prepared))
    parts = jacobian(callee, tuple(range(len(callee.leaves))))(*callee.leaves)

    def rows() -> Iterator[Subject]:
        for weight in cotangents(shape):
            said = tuple(np.tensordot(weight, part, axes=weight.ndim) for part in parts)
            yield replace(weighted_subject(prepared, weight), gradient=said)

    return dict(zip(callee.names, parts, strict=True)), rows()


def _vjp(prepared: Prepared, vectors: Any) -> Found:
    """Return the gradient of the output contracted with a vector."""
    if len(vectors) != 1 or vectors[0][0] is not None:
        hint = "give it once, of the output's shape: `--vector VALUE`"
        raise UsageError("E091" if not vectors else "E092", "there is one output", hint=hint)
    weight = _shaped(vectors[0][1], np.shape(prepared.output), "the output")
    subject = weighted_subject(prepared, weight)
    if np.ndim(weight) == 0:
        subject = _scaled(subject, prepared, weight)
    return dict(zip(subject.names, subject.gradient, strict=True)), iter([subject])


def _scaled(subject: Subject, prepared: Prepared, weight: Array) -> Subject:
    """Return the subject of a scalar output times a number."""
    callee, run = prepared.callee, prepared.attempt.run
    if run is None or weight == 1.0:
        return subject
    return replace(
        subject,
        function=lambda *xs: callee(*xs) * weight,
        program=contract(run.program, [weight]),
        gradient=tuple(g * weight for g in subject.gradient),
        gradient_at=None,
    )


def _jvp(prepared: Prepared, vectors: Any) -> Found:
    """Return the derivative in a direction, judged as that of a function of one number."""
    callee = prepared.callee
    tangents = _by_name(vectors, prepared)
    _, pushed = jvp(callee, callee.leaves, tangents)
    result = np.asarray(pushed)

    def along(t: Any) -> Any:
        return callee(*[x + t * v for x, v in zip(callee.leaves, tangents, strict=True)])

    def slopes() -> Iterator[Subject]:
        run = try_trace(along, [np.float64(0.0)], ["t"]).run
        for weight in cotangents(np.shape(prepared.output)):
            scalar = _weighted(along, weight)
            weights = None if weight.ndim == 0 else [weight]
            yield Subject(
                names=("t",),
                inputs=(np.zeros(()),),
                function=scalar,
                gradient=(np.sum(weight * result),),
                program=None if run is None else contract(run.program, weights),
                wrt=(0,),
            )

    return {"": result}, slopes()


def _weighted(function: Callable[..., Any], weight: Array) -> Callable[..., Any]:
    """Return the scalar function ``<weight, function>``."""
    if weight.ndim == 0:
        return function
    return lambda *xs: np.sum(np.asarray(function(*xs)) * weight)


def _hessian(prepared: Prepared, _: Any) -> Found:
    """Return the Hessian over all arrays together, judged row by row or along random vectors."""
    _require_scalar(prepared)
    callee, size = prepared.callee, _total(prepared)
    _refuse_large(size, size)
    shapes = [np.shape(x) for x in callee.leaves]
    flat = np.concatenate([np.ravel(x) for x in callee.leaves])
    matrix = np.asarray(hessian(lambda z: callee(*_split(z, shapes)))(flat))

    def rows() -> Iterator[Subject]:
        yield weighted_subject(prepared, np.ones(()))
        for weight in cotangents((size,), count=1):
            vectors, found = _split(weight, shapes), _split(weight @ matrix, shapes)
            yield _slope(prepared, vectors, tuple(map(np.asarray, found)))

    return {"": matrix}, rows()


def _hvp(prepared: Prepared, vectors: Any) -> Found:
    """Return the product of the Hessian with a vector."""
    _require_scalar(prepared)
    callee = prepared.callee
    given = _by_name(vectors, prepared)
    found = hvp(callee, callee.leaves, given)
    parts = tuple(map(np.asarray, found if len(callee.leaves) > 1 else (found,)))
    judged = iter([weighted_subject(prepared, np.ones(())), _slope(prepared, given, parts)])
    return dict(zip(callee.names, parts, strict=True)), judged


def _slope(prepared: Prepared, vectors: Sequence[Any], found: Arrays) -> Subject:
    """Return the subject ``<∇f, v>``, whose gradient is the Hessian times ``v``."""
    callee = prepared.callee
    return slope_subject(callee, callee.names, callee.leaves, vectors, found)


def _split(flat: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Return a vector over all arrays as one array each."""
    parts, start = [], 0
    for shape in shapes:
        size = prod(shape)
        parts.append(np.reshape(flat[start : start + size], shape) if shape else flat[start])
        start += size
    return parts


def _total(prepared: Prepared) -> int:
    return sum(prod(np.shape(x)) for x in prepared.callee.leaves)


def _refuse_large(rows: int, columns: int) -> None:
    """Refuse a matrix with more elements than any array may have."""
    if rows * columns > ARRAY_ELEMENTS:
        what = f"the matrix would have {rows} x {columns} elements"
        hint = "ask for products: `gradcli jvp`, `vjp` or `hvp`"
        raise over_limit(what, f"{ARRAY_ELEMENTS} elements", hint=hint)


def _require_scalar(prepared: Prepared) -> None:
    """Refuse an output that is no scalar."""
    shape = np.shape(prepared.output)
    if shape != ():
        what = f"output has shape {shape}, a Hessian needs a scalar"
        raise ShapeError("E020", what, hint="return a scalar, e.g. its sum")


def _by_name(vectors: Any, prepared: Prepared) -> tuple[Any, ...]:
    """Return one vector an array, in the order of the arrays."""
    names = prepared.callee.names
    found: dict[str, Any] = {}
    for said, value in vectors:
        name = names[0] if said is None and len(names) == 1 else said
        if name is None:
            hint = f'write `--vector "{names[0]}: VALUE"`, or choose variables with --wrt'
            raise UsageError("E092", "`--vector` does not say for which variable", hint=hint)
        if name not in names:
            what = f"`--vector` is for `{safe_text(name)}`, which is not differentiated"
            raise UsageError("E092", what, hint=f"variables: {', '.join(names[:8])}")
        if name in found:
            raise UsageError("E092", f"`{name}` has two vectors", hint="give one")
        found[name] = value
    missing = [name for name in names if name not in found]
    if missing:
        hint = f'add `--vector "{missing[0]}: VALUE"`'
        raise UsageError("E091", f"`{missing[0]}` has no vector", hint=hint)
    return tuple(
        _shaped(found[name], np.shape(x), f"`{name}`")
        for name, x in zip(names, prepared.callee.leaves, strict=True)
    )


def _shaped(value: Any, shape: tuple[int, ...], what: str) -> Any:
    """Return a vector that has the shape it must have."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        message = f"--vector has shape {array.shape}, {what} has shape {shape}"
        raise ShapeError("E021", message)
    return array if shape else array[()]


_KINDS: Mapping[str, Callable[[Prepared, Any], Found]] = MappingProxyType(
    {"jacobian": _jacobian, "hessian": _hessian, "jvp": _jvp, "vjp": _vjp, "hvp": _hvp}
)
