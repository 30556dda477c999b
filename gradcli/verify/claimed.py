"""What a hand-written gradient says, as one array per differentiated array.

May import `callables`, `frontend`, `ir`. Authors return gradients in many forms: one array
for the first parameter, a tuple for several, a dict by name, the same containers as the
parameter, a Jacobian, the elementwise derivative of an elementwise function. All become
arrays of shape ``output.shape + input.shape``; what fits none of these is named, never
reshaped by guessing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.ir.tree import flatten
from gradcli.reports import Array
from gradcli.verify.callables import Callee, as_output


@dataclass(frozen=True, slots=True)
class Form:
    """A claim taken apart.

    Parameters
    ----------
    parts
        Raw parts by the position of the array they claim; anything array-like, tracers
        included.
    trouble
        Why it cannot be taken apart; empty where it can.
    """

    parts: Mapping[int, Any]
    trouble: str = ""


def _positions(callee: Callee) -> dict[str, list[int]]:
    """Return the positions of the arrays of every differentiated parameter."""
    found: dict[str, list[int]] = {}
    start = 0
    for name, structure in zip(callee.wrt, callee.structures, strict=True):
        found[name] = list(range(start, start + structure.leaf_count))
        start += structure.leaf_count
    return found


def take_apart(result: Any, callee: Callee, wrt: Sequence[str] | None) -> Form:
    """Return the parts of a claim's result by the arrays they claim.

    Parameters
    ----------
    result
        What the claim returned.
    callee
        The function it is a claim of.
    wrt
        The parameters its author named, if any.
    """
    where = _positions(callee)
    unknown = [name for name in wrt or () if name not in where]
    if unknown:
        return Form({}, f"the claim is for `{unknown[0]}`, which is not differentiated here")
    names = list(wrt or callee.wrt)
    if isinstance(result, Mapping) and set(result) & set(callee.wrt):
        return _by_name({k: v for k, v in result.items() if k in where}, where)
    several = isinstance(result, tuple | list) and len(names) > 1 and len(result) == len(names)
    if several and (
        isinstance(result, tuple) or not _is_one_array(result, where[names[0]], callee)
    ):
        return _by_name(dict(zip(names, result, strict=True)), where)
    if isinstance(result, tuple) and len(result) == 1:
        result = result[0]
    return _by_name({names[0]: result}, where)


def _is_one_array(result: Any, positions: Sequence[int], callee: Callee) -> bool:
    """Whether a list is itself the gradient of the first array."""
    if len(positions) != 1:
        return False
    try:
        return bool(np.shape(result) == np.shape(callee.leaves[positions[0]]))
    except ValueError:
        return False


def _by_name(said: Mapping[str, Any], where: Mapping[str, list[int]]) -> Form:
    parts: dict[int, Any] = {}
    for name, value in said.items():
        positions = where[name]
        if len(positions) == 1:
            parts[positions[0]] = value
            continue
        leaves, _ = flatten(value)
        if len(leaves) != len(positions):
            what = f"the claim for `{name}` has {len(leaves)} parts, `{name}` has {len(positions)}"
            return Form({}, what)
        parts.update(zip(positions, leaves, strict=True))
    return Form(parts)


def fit(part: Any, output: tuple[int, ...], inner: tuple[int, ...]) -> Array | str:
    """Return one part of a claim as an array of shape ``output + inner``, or what is wrong.

    Parameters
    ----------
    part
        The part.
    output, inner
        Shapes of the function's output and of the input.
    """
    array = as_output(part)
    if array is None:
        return f"the claim returned {type(part).__name__}, which is no array of numbers"
    if array.shape == output + inner:
        return array
    if output == inner and array.shape == inner:
        return np.diag(array.ravel()).reshape(output + inner)
    return f"the claim has shape {array.shape}, the derivative {output + inner}"


def claim_function(claim: Callable[..., Any], callee: Callee) -> Callable[..., Any]:
    """Return a claim as a function of the differentiated arrays."""

    def of_arrays(*arrays: Any) -> Any:
        return callee.call(claim, arrays)

    return of_arrays
