"""One unit of checking as JSON-ready data: what the worker sends to the parent.

May import `functions`, `collect`, `evidence`. The parent turns the evidence into a verdict.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.reports import Array
from gradcli.verify.collect import collect
from gradcli.verify.evidence import to_json
from gradcli.verify.functions import (
    Prepared,
    prepare,
    read_claim,
    second_order_subjects,
    subjects,
)
from gradcli.verify.subject import Subject

# Arrays with more entries than this are not sent back to be shown.
_MOST_SHOWN = 10_000


def examine(
    target: Target, point: Point, claim: Claim | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Examine a target at a point and return everything the parent needs.

    Parameters
    ----------
    target, point, claim
        What to examine; without a claim, the engine's own gradient is.
    options
        ``trace``: whether to look inside.

    Returns
    -------
    dict
        ``skipped``, or ``evidence`` (a list), ``who``, ``value``, ``gradient``, ``claim``,
        ``expected``, ``point``.
    """
    prepared = prepare(target.function, point, options.get("trace", True))
    if prepared.skipped:
        return {"skipped": prepared.skipped}
    if claim is not None and claim.order is not Order.GRADIENT:
        found = list(second_order_subjects(claim, prepared))
        if not found:
            return {"skipped": f"a claimed {claim.order} needs one array and a scalar output"}
        said = None
    else:
        said = read_claim(claim, prepared) if claim is not None else None
        found = list(subjects(prepared, said))
    evidence = [collect(s) for s in found]
    return {
        "skipped": "",
        "who": "claim" if claim is not None else "gradcli",
        "evidence": [to_json(e) for e in evidence],
        "value": _shown(prepared.output),
        "gradient": _by_name(prepared, _gradient(prepared, found)),
        "claim": _by_name(prepared, said.values) if said is not None else None,
        "point": _by_name(prepared, tuple(np.asarray(x) for x in prepared.callee.leaves)),
        "names": list(prepared.callee.names),
        "opaque": prepared.attempt.opaque,
    }


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
