"""Conditions under which a gradient can be judged at all: repeatable, and without side effects.

May import NumPy only. Tested before any witness: a function that answers differently to the
same question has no gradient to check, and one that writes into its input has a different
one each time it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Repeated:
    """Two calls on fresh copies of one point.

    Parameters
    ----------
    value
        What the first call returned.
    cause, note
        ``NONDETERMINISTIC`` or ``MUTATES-INPUT`` with one sentence, or two empty strings.
    """

    value: Any
    cause: str = ""
    note: str = ""


def same_bits(a: Any, b: Any) -> bool:
    """Whether two results are the same shape, dtype and bytes."""
    one, two = np.asarray(a), np.asarray(b)
    if one.shape != two.shape or one.dtype != two.dtype:
        return False
    if one.dtype.kind == "O":
        # Their bytes are addresses.
        return bool(np.all(one == two))
    return one.tobytes() == two.tobytes()


def call_twice(
    function: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str], who: str = ""
) -> Repeated:
    """Call a function twice on fresh copies and compare bit for bit.

    Parameters
    ----------
    function
        The original callable.
    inputs, names
        The point.
    who
        What the note calls it, e.g. ``the claim``; by default it is the function.

    Returns
    -------
    Repeated
        The value, and what is wrong with the function, if anything.
    """
    first_inputs = [_copy(x) for x in inputs]
    second_inputs = [_copy(x) for x in inputs]
    with np.errstate(all="ignore"):
        first = function(*first_inputs)
        second = function(*second_inputs)
    for name, before, after in zip(names, inputs, first_inputs, strict=True):
        if not same_bits(before, after):
            note = f"{who or 'the function'} writes into its input `{name}`"
            return Repeated(first, "MUTATES-INPUT", note)
    if not same_bits(first, second):
        values = f"{_shown(first)}, {_shown(second)}"
        note = f"{who or 'f(x)'} gave two different values at the same point: {values}"
        return Repeated(first, "NONDETERMINISTIC", note)
    return Repeated(first)


def _copy(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


def _shown(value: Any) -> str:
    return (
        repr(float(np.ravel(value)[0]))
        if np.size(value) == 1
        else f"an array of shape {np.shape(value)}"
    )
