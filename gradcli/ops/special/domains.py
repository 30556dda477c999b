"""Scalar forms that end where the operation does.

Imports nothing of ours. mpmath continues many functions beyond where SciPy's have a value:
``E1(-2)`` or ``zeta(0.5, q)``. A form that follows it gives the witnesses a number where the
function has none, and another branch of ``where(exp1(x) < 0, …)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def within(m: Any, inside: Any, form: Callable[..., Any], *xs: Any) -> Any:
    """Return a form's value where `inside` holds, else NaN; outside it is not evaluated.

    Parameters
    ----------
    m
        The number system.
    inside
        A truth of that system.
    form
        A function of the module's own, so that its cost can be read from its names.
    xs
        Its arguments.
    """
    if m.symbolic:
        # Terms choose when they are evaluated, and SymPy has to see the form itself.
        return m.where(inside, form(m, *xs), m.nan)
    return form(m, *xs) if inside else m.nan
