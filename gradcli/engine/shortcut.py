"""The gradient of a small function of one vector, without the ceremony of a general trace.

May import `runs`, the reverse sweep and `ir`. On four numbers the general way spends most of
its time on what this case does not need: containers, replacements in NumPy, other threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.runs import ONE, Argnums
from gradcli.engine.vjp import reverse
from gradcli.ir.confined import confined
from gradcli.ir.quick import DOUBLE


def shortcut(
    f: Callable[..., Any], argnums: Argnums
) -> Callable[[tuple[Any, ...]], tuple[float, Any] | None] | None:
    """Return the short way to value and gradient of a confined function of one vector.

    Parameters
    ----------
    f, argnums
        As in `operators.grad`.

    Returns
    -------
    callable or None
        ``(xs) -> (value, gradient)``, or ``None`` where the ordinary way must be taken:
        for this function, or for these arguments.
    """
    inside = confined(f) if type(argnums) is int and argnums in (0, -1) else None
    if inside is None:
        return None

    def value_and_gradient(xs: tuple[Any, ...]) -> tuple[float, Any] | None:
        if len(xs) != 1 or type(xs[0]) is not np.ndarray or xs[0].dtype is not DOUBLE:
            return None
        with np.errstate(all="ignore"):
            found = inside.trace(xs[0])
            if found is None:
                return None
            trace, slot = found
            value = trace.values[slot]
            if type(value) is not np.float64:
                return None
            (g, *_) = reverse(trace.records, trace.values, trace.consts, {slot: ONE})
        return float(value), np.zeros_like(xs[0]) if g is None else g

    return value_and_gradient
