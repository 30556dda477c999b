"""Which part of a claim's result belongs to which differentiated array.

May import `layout`, `errors`, `ir`. Authors return gradients in many forms: one
array, a tuple for several parameters, a dict in the order of the sweep, the containers of the
parameter, the value beside the gradient. Parts of a dict go by their keys; parts of a tuple by
the parameters in order, or by the only parameters that they fit. What fits none of these is
named, never reshaped by guessing.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from itertools import combinations, islice, permutations
from typing import Any

import numpy as np

from gradcli.errors import UserCodeError
from gradcli.ir.tree import LEAF
from gradcli.verify.claims.layout import Form, Layout, key_text, known_keys

# Ways to spread parts over parameters that are looked at before giving up.
_MOST_WAYS = 2000
# Keys and shapes that a sentence lists.
_MOST_NAMED = 6


def take_apart(result: Any, layout: Layout) -> Form:
    """Return the parts of a claim's result by the arrays they claim.

    Parameters
    ----------
    result
        What the claim returned.
    layout
        The function it is a claim of.

    Raises
    ------
    UserCodeError
        Where the claim returned a dict whose keys name no parameter.
    """
    unknown = [name for name in layout.wrt or () if name not in layout.callee.wrt]
    if unknown:
        return Form({}, f"the claim is for `{unknown[0]}`, which is not differentiated here")
    if result is None:
        return Form({}, "the claim returned nothing")
    if hasattr(result, "_fields") and not layout.fits(result, layout.names[0]):
        result = dict(zip(result._fields, result, strict=True))
    if isinstance(result, Mapping) and not layout.fits(result, layout.names[0]):
        named = _by_key(result, layout)
        if named is not None:
            return _spread_all(named, layout)
    return _spread_all(_by_order(result, layout), layout)


def _spread_all(said: Mapping[str, Any], layout: Layout) -> Form:
    parts: dict[int, Any] = {}
    for name, part in said.items():
        found, trouble = layout.spread(part, name)
        if trouble:
            return Form({}, trouble)
        parts.update(found)
    return Form(parts)


def _by_key(result: Mapping[Any, Any], layout: Layout) -> dict[str, Any] | None:
    """Return the parts of a dict by parameter; ``None`` where it is one parameter's own dict."""
    names = layout.callee.wrt
    known = known_keys(names)
    found = {known[k]: v for k, v in result.items() if k in known}
    if len({known[k] for k in result if k in known}) < sum(k in known for k in result):
        shown = ", ".join(key_text(k) for k in result if k in known)
        what = f"`{layout.claim}` returned a dict with two keys for one parameter: {shown}"
        raise UserCodeError("E083", what, hint="return one part for each parameter")
    if len(found) == len(result) and found:
        return found
    single = len(layout.names) == 1 and layout.structure(layout.names[0]).nodes != LEAF.nodes
    if not found and single:
        return None
    odd = [key_text(k) for k in result if k not in known][:_MOST_NAMED]
    # A part for a parameter that is held constant is no part of the gradient.
    held = set(layout.callee.constants)
    others = {k: v for k, v in result.items() if k not in known}
    if found and all(k in held or _is_value(v, layout) for k, v in others.items()):
        return found
    what = f"`{layout.claim}` returned a dict with the key {', '.join(odd)}"
    hint = f"name its parts as the parameters: {', '.join(names[:_MOST_NAMED])}"
    raise UserCodeError("E083", what, hint=hint)


def _by_order(result: Any, layout: Layout) -> dict[str, Any]:
    """Return the parts of a tuple, a list or one array by parameter."""
    names = layout.names
    if _starts_with_value(result, layout):
        result = result[1] if len(result) == 2 else result[1:]
    if isinstance(result, np.ndarray) and result.dtype.kind == "O":
        result = list(result)
    columns = _columns(result, layout)
    if columns:
        return columns
    several = isinstance(result, tuple | list) and len(result) > 1
    if several and not layout.fits(result, names[0]):
        parts = _without_held(result, layout)
        chosen = _fitting(list(parts), layout)
        if chosen is not None:
            return {n: p for n, p in zip(chosen, parts, strict=True) if p is not None}
        if len(parts) == len(names):
            return {n: p for n, p in zip(names, parts, strict=True) if p is not None}
    if isinstance(result, tuple) and len(result) == 1:
        result = result[0]
    whole = layout.fits(result, names[0])
    if isinstance(result, tuple) and len(result) > len(names) and not whole:
        raise _too_many(result, layout)
    (chosen_one,) = _fitting([result], layout) or names[:1]
    return {chosen_one: result}


def _too_many(result: Sequence[Any], layout: Layout) -> UserCodeError:
    """Return the error for a claim of more parts than there is to claim."""
    names = ", ".join(layout.names[:_MOST_NAMED])
    what = f"`{layout.claim}` returned {len(result)} parts, for {len(layout.names)}: {names}"
    hint = "return one part for each, or a dict by their names"
    return UserCodeError("E083", what, hint=hint)


def _starts_with_value(result: Any, layout: Layout) -> bool:
    """Whether a claim returned the value and then the gradient, in one part or in several."""
    if not isinstance(result, tuple) or len(result) < 2:
        return False
    if len(layout.names) == len(result) and all(map(layout.fits, result, layout.names)):
        return False
    return len(result) in (2, len(layout.names) + 1) and _is_value(result[0], layout)


def _is_value(part: Any, layout: Layout) -> bool:
    """Whether a part is the value of the function."""
    if layout.value is None:
        return False
    try:
        number = np.asarray(part, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    same = number.shape == layout.output
    return same and bool(np.allclose(number, layout.value, rtol=1e-9, atol=0.0))


def _columns(result: Any, layout: Layout) -> dict[str, Any]:
    """Return the columns of one array that claims every parameter that is a number.

    ``np.array([df_da, df_db])`` for `f(a, b)`, and the Jacobian of `curve_fit`'s models.
    """
    numbers = [n for n in layout.names if layout.is_number(n)]
    if len(numbers) < 2 or isinstance(result, tuple) or layout.fits(result, layout.names[0]):
        return {}
    try:
        array = result if hasattr(result, "shape") else np.asarray(result)
    except ValueError:
        return {}
    if np.shape(array) != (*layout.output, len(numbers)):
        return {}
    return {name: array[..., i] for i, name in enumerate(numbers)}


def _without_held(result: Sequence[Any], layout: Layout) -> Sequence[Any]:
    """Return a tuple with one part per parameter of the function, without the constants'."""
    every = list(inspect.signature(layout.callee.function).parameters)
    if layout.wrt is not None or len(result) != len(every) or len(result) == len(layout.names):
        return result
    return [part for name, part in zip(every, result, strict=True) if name in layout.names]


def _fitting(parts: list[Any], layout: Layout) -> list[str] | None:
    """Return the parameters that parts are for: the first ones, or the only ones they fit."""
    names = layout.names
    if len(parts) > len(names):
        return None

    def suits(chosen: Sequence[str]) -> bool:
        pairs = zip(parts, chosen, strict=True)
        return all(part is None or layout.fits(part, name) for part, name in pairs)

    first = names[: len(parts)]
    if suits(first):
        return first
    for spread in (combinations, permutations):
        ways = [w for w in islice(spread(names, len(parts)), _MOST_WAYS) if suits(w)]
        if ways:
            return list(ways[0]) if len(ways) == 1 else None
    return None
