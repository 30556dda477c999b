"""The table as a whole: every family's operations by name and by NumPy callable.

May import the families, `duck`, `op`. Building it refuses two declarations of one name or
of one NumPy callable, so that a name means one thing in the language, the tracer and the
documentation.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from gradcli.errors import InternalError
from gradcli.ops.duck import SURFACE
from gradcli.ops.latecomers import computed_by
from gradcli.ops.op import Function

FAMILIES = (
    "elementwise.arithmetic",
    "elementwise.comparison",
    "elementwise.constants",
    "elementwise.roots",
    "elementwise.exponential",
    "elementwise.trigonometric",
    "elementwise.hyperbolic",
    "elementwise.sigmoids",
    "elementwise.activation",
    "elementwise.extremes",
    "elementwise.rounding",
    "elementwise.identities",
    "elementwise.formats",
    "special.information",
    "special.error",
    "special.normal",
    "special.sincs",
    "special.digammas",
    "special.gammas",
    "special.bessel",
    "special.airys",
    "special.elliptic",
    "special.integrals",
    "special.zetas",
    "frozen",
    "reductions.sums",
    "reductions.missing",
    "reductions.products",
    "reductions.extremes",
    "reductions.moments",
    "reductions.exponentials",
    "reductions.ordering",
    "reductions.predicates",
    "reductions.ufunc_methods",
    "shaping.layout",
    "shaping.joining",
    "shaping.moving",
    "shaping.triangles",
    "shaping.constants",
    "indexing.reading",
    "indexing.writing",
    "shaping.editing",
    "linalg.products",
    "linalg.contractions",
    "linalg.cofactors",
    "linalg.determinants",
    "linalg.solves",
    "linalg.factors",
    "linalg.spectra",
    "linalg.norms",
    "linalg.exponential",
    "linalg.spellings",
    "sequences.differences",
    "sequences.convolution",
    "sequences.interpolation",
    "sequences.polynomials",
)

_by_name: dict[str, Function] = {}
_spellings: dict[str, Function] = {}


def _declare(function: Function) -> None:
    for name in (function.name, *function.aliases):
        if name in _spellings:
            raise InternalError("E070", f"the op table declares `{name}` twice")
        _spellings[name] = function
    _by_name[function.name] = function
    for target in function.numpy:
        if target in SURFACE:
            raise InternalError("E070", f"the op table gives `{target!r}` two meanings")
        SURFACE[target] = computed_by(function, target) if callable(target) else function


for _family in FAMILIES:
    for _function in import_module(f"gradcli.ops.{_family}").TABLE:
        _declare(_function)

FUNCTIONS = MappingProxyType(_by_name)


def lookup(name: str) -> Function | None:
    """Return the function a name or alias means, or ``None``."""
    return _spellings.get(name)


def names() -> list[str]:
    """Return every name and alias of the table."""
    return list(_spellings)
