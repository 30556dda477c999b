"""What a hand-written gradient says, as one array per differentiated array.

May import `arguments`, `layout`, `callables`, `leftovers`, `frontend`. Every part becomes an array
of shape ``output.shape + input.shape``; a Jacobian and the elementwise derivative of an
elementwise function among them. What fits neither is named, never reshaped by guessing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.frontend.claims import Claim
from gradcli.reports import Array
from gradcli.verify.callables import Callee, as_output
from gradcli.verify.claims.arguments import call_matched, match
from gradcli.verify.claims.layout import Form, is_same_but_for_ones
from gradcli.verify.leftovers import put_back


def fit(part: Any, output: tuple[int, ...], inner: tuple[int, ...]) -> Array | str:
    """Return one part of a claim as an array of shape ``output + inner``, or what is wrong.

    Parameters
    ----------
    part
        The part.
    output, inner
        Shapes of the function's output and of the input.
    """
    array = as_output(_plain(part))
    if array is None:
        return f"the claim returned {type(part).__name__}, which is no array of numbers"
    if array.shape == output + inner:
        return array
    if output == inner and array.shape == inner:
        return np.diag(array.ravel()).reshape(output + inner)
    if is_same_but_for_ones(array.shape, output, inner):
        return array.reshape(output + inner)
    return f"the claim has shape {array.shape}, the derivative {output + inner}"


def _plain(part: Any) -> Any:
    """Return an array of Python's numbers, or of complex ones that are real, as floats."""
    if not isinstance(part, np.ndarray | np.generic):
        return part
    if part.dtype.kind == "c" and not np.any(part.imag):
        return part.real
    try:
        return part.astype(np.float64) if part.dtype.kind == "O" else part
    except (TypeError, ValueError):
        return part


def fit_all(
    form: Form, output: tuple[int, ...], callee: Callee
) -> tuple[tuple[Array | None, ...], str]:
    """Return the parts of a claim in their final shapes, and what does not fit.

    Parameters
    ----------
    form
        The claim taken apart.
    output
        Shape of what is differentiated.
    callee
        The function.
    """
    values: list[Array | None] = [None] * len(callee.leaves)
    if form.trouble:
        return tuple(values), form.trouble
    for k, part in form.parts.items():
        found = fit(part, output, np.shape(callee.leaves[k]))
        if isinstance(found, str):
            which = f" for `{callee.names[k]}`" if len(callee.leaves) > 1 else ""
            return tuple(values), found.replace("the claim", f"the claim{which}", 1)
        values[k] = found
    return tuple(values), ""


def claim_function(
    claim: Claim, callee: Callee, cotangent: Any = None, prime: bool = True
) -> Callable[..., Any]:
    """Return a claim as a function of the differentiated arrays.

    Parameters
    ----------
    claim, callee
        The claim, and the function it is a claim of.
    cotangent
        What the claim gets for the cotangent (or the vector of a product) it may take.
    prime
        Whether the function is called first, at the same arrays: a backward pass may use what
        the last forward pass stored.
    """
    matched = match(claim, callee)

    def of_arrays(*arrays: Any) -> Any:
        given = cotangent.copy() if isinstance(cotangent, np.ndarray) else cotangent
        with put_back(callee.function, arrays):
            if prime:
                callee(*arrays)
            return call_matched(claim, matched, callee, arrays, given)

    return of_arrays
