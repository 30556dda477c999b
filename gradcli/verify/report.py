"""One unit of checking as JSON-ready data: what the worker sends to the parent.

May import `functions`, `collect`, `evidence`. The parent turns the evidence into a verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.errors import ShapeError, TraceError, UsageError
from gradcli.frontend.claims import Claim
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.reports import Array
from gradcli.verify.claims.reading import read_claim, takes_cotangent
from gradcli.verify.collect import collect, testimony
from gradcli.verify.diagnosis.claim_explanation import is_wrong
from gradcli.verify.diagnosis.whole_claim import explain_all
from gradcli.verify.evidence import Evidence, to_json
from gradcli.verify.functions import (
    Prepared,
    prepare,
    second_blocks,
    subjects,
    weighted_subject,
)
from gradcli.verify.mutation import mutate
from gradcli.verify.second_order import (
    block_subjects,
    claims_all_numbers,
    second_order_subjects,
)
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.weights import random_cotangents

# Arrays with more entries than this are not sent back to be shown.
_MOST_SHOWN = 10_000


def examine(
    target: Target,
    point: Point,
    claim: Claim | None,
    options: dict[str, Any],
    early: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Examine a target at a point and return everything the parent needs.

    Parameters
    ----------
    target, point, claim
        What to examine; without a claim, the engine's own gradient is.
    options
        ``trace``: whether to look inside; ``mutate``: whether to break the rules as well.
    early
        Gets the result before the search for an explanation, where there is one to search.

    Returns
    -------
    dict
        ``skipped``, or ``evidence`` (a list), ``who``, ``value``, ``gradient``, ``claim``,
        ``expected``, ``point``.
    """
    prepared = prepare(target.function, point, options.get("trace", True))
    if prepared.skipped:
        return {"skipped": prepared.skipped}
    first = len(point.wrt) > 1 and claim is not None and claim.order.is_second
    if first and claim is not None and not claims_all_numbers(claim, prepared):
        point = replace(point, wrt=point.wrt[:1])
        prepared = prepare(target.function, point, options.get("trace", True))
    said, found = _claimed(claim, prepared)
    if not found:
        return _unjudged(claim, prepared)
    evidence = [testimony(s) for s in found]
    result = {
        "skipped": "",
        "who": "claim" if claim is not None else "gradcli",
        "evidence": [to_json(e) for e in evidence],
        "value": _shown(prepared.output),
        "gradient": _by_name(prepared, _gradient(prepared, found)),
        "claim": _by_name(prepared, said.values) if said is not None else None,
        "point": _by_name(prepared, tuple(np.asarray(x) for x in prepared.callee.leaves)),
        "names": _judged_names(prepared, said),
        "opaque": prepared.attempt.opaque,
        "mutation": None,
    }
    if early is not None and any(map(is_wrong, evidence, found)):
        early(result)
    explained = explain_all(evidence, found, prepared, said)
    mutation = _mutation(found) if options.get("mutate") else None
    return {**result, "evidence": [to_json(e) for e in explained], "mutation": mutation}


def _claimed(claim: Claim | None, prepared: Prepared) -> tuple[Claimed | None, list[Subject]]:
    """Return what a claim says as a whole, where it does, and the subjects that judge it."""
    if claim is None:
        return None, list(subjects(prepared, None))
    if claim.order.is_second:
        return None, list(second_order_subjects(claim, prepared))
    shape = np.shape(prepared.output)
    if shape and takes_cotangent(claim, prepared):
        weights = list(random_cotangents(shape))
        claims = [read_claim(claim, prepared, weight) for weight in weights]
        pairs = zip(weights, claims, strict=True)
        return claims[0], [weighted_subject(prepared, w, c) for w, c in pairs]
    said = read_claim(claim, prepared)
    return said, list(subjects(prepared, said))


def _unjudged(claim: Claim | None, prepared: Prepared) -> dict[str, Any]:
    """Return the result for a claim that nothing here can judge: never a silent pass."""
    order = "claim" if claim is None else f"claimed {claim.order}"
    note = f"a {order} is judged for one array and a scalar output only"
    evidence = Evidence(float("nan"), trouble="REFERENCE-FAILED", trouble_note=note)
    return {
        "skipped": "",
        "who": "claim",
        "evidence": [to_json(evidence)],
        "value": _shown(prepared.output),
        "gradient": {},
        "claim": None,
        "point": _by_name(prepared, tuple(np.asarray(x) for x in prepared.callee.leaves)),
        "names": list(prepared.callee.names),
        "opaque": prepared.attempt.opaque,
        "mutation": None,
    }


def _mutation(found: list[Subject]) -> dict[str, Any]:
    """Return how many broken rules the verdict notices on the first part."""
    tally = mutate(found[0])
    return {"made": tally.made, "caught": tally.caught, "missed": list(tally.missed)}


def _judged_names(prepared: Prepared, said: Claimed | None) -> list[str]:
    """Return the names of the arrays that are judged: all, or those a claim speaks of."""
    names = prepared.callee.names
    if said is None or not said.values:
        return list(names)
    return [n for n, v in zip(names, said.values, strict=True) if v is not None]


def answer(target: Target, point: Point, options: dict[str, Any]) -> dict[str, Any]:
    """Return value, gradient and evidence of a function for ``grad FILE.py::FN``.

    Parameters
    ----------
    target, point
        What to differentiate.
    options
        ``cotangent``: nested lists, ``"ones"`` or ``None``; ``order``: 2 for Hessian blocks;
        ``check``: whether witnesses are asked.

    Returns
    -------
    dict
        ``value``, ``gradient``, ``second``, ``evidence``, ``names``.

    Raises
    ------
    TraceError
        Where the function cannot be followed: there is no gradient to give.
    ShapeError
        Where the output is no scalar and no cotangent was given.
    """
    prepared = prepare(target.function, point)
    if prepared.skipped:
        raise UsageError("E084", f"`{target.name}` {prepared.skipped}, which has no gradient")
    if prepared.attempt.run is None:
        what = f"`{target.name}`: {prepared.attempt.opaque}"
        raise TraceError("E060", what, hint="`gradcli check` judges it from outside")
    subject = weighted_subject(prepared, _weight(prepared, options.get("cotangent")))
    evidence = [collect(subject)] if options.get("check", True) else []
    second = None
    if options.get("order") == 2:
        second = second_blocks(prepared, subject)
        if options.get("check", True):
            evidence += [collect(row) for row in block_subjects(subject, second)]
    return {
        "value": np.asarray(prepared.output).tolist(),
        "gradient": {n: g.tolist() for n, g in zip(subject.names, subject.gradient, strict=True)},
        "second": second,
        "evidence": [to_json(e) for e in evidence],
        "names": list(subject.names),
    }


def _weight(prepared: Prepared, said: Any) -> Array:
    """Return the cotangent of the output."""
    shape = np.shape(prepared.output)
    if said is None:
        if shape != ():
            raise ShapeError(
                "E020",
                f"output has shape {shape}, a gradient needs a scalar",
                hint="return a scalar, e.g. its sum; or pass `--gradient ones`",
            )
        return np.ones(())
    if said == "ones":
        return np.ones(shape)
    weight = np.asarray(said, dtype=np.float64)
    if weight.shape != shape:
        what = f"the cotangent has shape {weight.shape}, the output {shape}"
        raise ShapeError("E021", what)
    return weight


def _gradient(prepared: Prepared, found: list[Subject]) -> tuple[Array | None, ...]:
    """Return the engine's gradient of a scalar function, its Jacobian of a small one."""
    if not found or not found[0].gradient or found[0].order != 1:
        return ()
    shape = np.shape(prepared.output)
    if shape == ():
        return found[0].gradient
    if len(found) != int(np.prod(shape)):
        return ()
    return tuple(
        np.stack([s.gradient[k] for s in found]).reshape(shape + np.shape(x))
        for k, x in enumerate(prepared.callee.leaves)
    )


def _by_name(prepared: Prepared, arrays: tuple[Array | None, ...]) -> dict[str, Any]:
    return {
        name: _shown(array)
        for name, array in zip(prepared.callee.names, arrays, strict=False)
        if array is not None
    }


def _shown(array: Array) -> Any:
    """Return an array as nested lists, or ``None`` where it is too large to be shown."""
    return np.asarray(array).tolist() if np.size(array) <= _MOST_SHOWN else None
