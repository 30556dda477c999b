"""Ufuncs of SciPy, found when they are met: the table never imports SciPy for its names.

May import `op`. A row of the table names SciPy's function as text
(``"scipy.special.expit"``). When a duck meets a ufunc that the table does not know, its
name is looked up in the modules of SciPy that are already loaded; if the ufunc is theirs,
the row of that name is meant.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

from gradcli.ops.op import Function, Op

# The public module, and the private ones in which its Python wrappers find their ufuncs.
_MODULES = (
    "scipy.special",
    "scipy.special._ufuncs",
    "scipy.special._special_ufuncs",
    "scipy.special._gufuncs",
)


def computed_by(function: Function, target: Any) -> Function:
    """Return the same elementwise function with its float64 values computed by `target`.

    `math.exp` and `numpy.exp`, or two builds of the logistic function, may differ in the
    last digit; what a user's code calls is what a trace of it must compute.
    """
    if isinstance(function, Op) and function.mp is not None and function.fn != target:
        return function.computed_by(target)
    return function


def late_meaning(surface: MutableMapping[Any, Function], target: Any) -> Function | None:
    """Return what a ufunc of SciPy means, and remember it in `surface`."""
    name = getattr(target, "__name__", "")
    for module in _MODULES:
        if name and getattr(sys.modules.get(module), name, None) is target:
            function = surface.get(f"scipy.special.{name}")
            if function is not None:
                surface[target] = function = computed_by(function, target)
            return function
    return None
