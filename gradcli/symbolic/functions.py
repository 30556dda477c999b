"""The functions the witness knows: mpmath's name, SymPy's form, the value, the reach.

May import `ascending`; SymPy and mpmath arrive as arguments. This is the one place
where the two libraries' spellings meet; a function that is not here is *unavailable*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcli.symbolic.ascending import besseli, besselk, bessely

# Reach: log2 of the greatest argument for which mpmath answers in milliseconds
# (measured at 60 and 110 digits; beyond, the function is unavailable instead of slow).
_EXPONENTIAL = 27  # verdict.md: exp arguments above 1e8 are not evaluated
_PERIODIC = 50_000  # bits of π that argument reduction may ask for
_ANYTHING = 1 << 40
_GAUSSIAN = 14  # exp(-x²) has the exponential's reach
_SERIES = 53  # hypergeometric series have asymptotic forms, but not for the largest doubles
_ORDERED = 20
_PAIR = 10  # two parameters that are both large: neither a series nor an asymptotic form

# A special function of a number below 2**this is refused: its series asks for as many bits.
LEAST_EXPONENT = -1100
# Left of this mpmath walks a polygamma's recurrence step by step.
_SLOW_SIDE = -1000

# Working digits up to which a function answers within a fraction of a second (measured).
UNLIMITED = 1 << 20
_FAST = 1400
_SLOW = 400
_VERY_SLOW = 110


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Parameters
    ----------
    name
        mpmath's name, and the head of its nodes.
    sympy
        SymPy's name of the same function of the same arguments, or how to build it from
        ``(sympy, *args)``.
    value
        How to evaluate it from ``(context, *args)``; ``None``: the context's function `name`.
    reach
        Greatest log2 of the magnitude of an argument.
    digits
        Greatest working precision to ask for.
    orders
        Positions of arguments that are parameters: SymPy sees their number, not a symbol.
    """

    name: str
    sympy: str | Callable[..., Any]
    value: Callable[..., Any] | None = None
    reach: int = _SERIES
    digits: int = UNLIMITED
    orders: frozenset[int] = frozenset()

    def build(self, sympy: Any, *args: Any) -> Any:
        """Return SymPy's form of the function at `args`."""
        if isinstance(self.sympy, str):
            return getattr(sympy, self.sympy)(*args)
        return self.sympy(sympy, *args)

    @property
    def least(self) -> int:
        """Least log2 of the magnitude of an argument that is not 0."""
        return -_ANYTHING if self.digits == UNLIMITED else LEAST_EXPONENT

    def evaluate(self, context: Any, *args: Any) -> Any:
        """Return the value at mpmath numbers."""
        if self.value is None:
            return getattr(context, self.name)(*args)
        return self.value(context, *args)


_FIRST = frozenset({0})


def _lambert(context: Any, x: Any, branch: Any = 0) -> Any:
    return context.lambertw(x, int(branch))


def _polygamma(context: Any, order: Any, x: Any) -> Any:
    """Return ψ; left of 0 mpmath has a fast form of order 0 only."""
    if order and x < _SLOW_SIDE:
        raise NotImplementedError
    return context.psi(int(order), x)


def _zeta(context: Any, s: Any, a: Any = 1) -> Any:
    """Return ζ; left of 0, where mpmath 1.3 leaves out terms, through polygamma."""
    if a > 0:
        return context.zeta(s, a)
    if s < 2 or not context.isint(s):
        raise NotImplementedError
    # DLMF 25.11.12.
    return (-1) ** int(s) * _polygamma(context, s - 1, a) / context.fac(s - 1)


def _upper_gamma(context: Any, s: Any, x: Any) -> Any:
    """Return Γ(s, x) for x >= 0, where it is real for every s."""
    if x < 0:
        raise NotImplementedError
    return context.gammainc(s, x)


def _lower_gamma(context: Any, s: Any, x: Any) -> Any:
    """Return γ(s, x) for x >= 0, where it is real for every s."""
    if x < 0:
        raise NotImplementedError
    return context.gammainc(s, 0, x)


def _incomplete_beta(context: Any, a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the incomplete beta integral inside [0, 1], where it is real for every a, b."""
    if min(x, y) < 0 or max(x, y) > 1:
        raise NotImplementedError
    return context.betainc(a, b, x, y)


def _airy_ai_slope(context: Any, x: Any) -> Any:
    return context.airyai(x, derivative=1)


def _airy_bi_slope(context: Any, x: Any) -> Any:
    return context.airybi(x, derivative=1)


def _elementary(reach: int, *names: str) -> tuple[Function, ...]:
    """Return functions that both libraries call by one name."""
    return tuple(Function(name, name, reach=reach) for name in names)


def _special(name: str, sympy: str, digits: int = _SLOW, **how: Any) -> Function:
    """Return a function whose evaluation costs grow with the digits asked for."""
    return Function(name, sympy, digits=digits, **how)


_ELEMENTARY = (
    *_elementary(_EXPONENTIAL, "exp", "sinh", "cosh", "sech", "csch"),
    *_elementary(_PERIODIC, "sin", "cos", "tan", "cot", "sec", "csc"),
    *_elementary(_ANYTHING, "log", "sqrt", "tanh", "coth", "asinh", "acosh", "atanh"),
    *_elementary(_ANYTHING, "asin", "acos", "atan", "acot", "asec", "acsc", "atan2"),
    *_elementary(_ANYTHING, "floor", "sign"),
    Function("ceil", "ceiling", reach=_ANYTHING),
)
_GAMMA_FAMILY = (
    _special("gamma", "gamma"),
    _special("loggamma", "loggamma", reach=_ANYTHING),
    _special("psi", "polygamma", value=_polygamma, orders=_FIRST),
    _special("beta", "beta"),
    _special("uppergamma", "uppergamma", value=_upper_gamma, reach=_PAIR),
    _special("lowergamma", "lowergamma", value=_lower_gamma, reach=_PAIR),
    _special("betainc", "betainc", value=_incomplete_beta, reach=_PAIR),
    _special("zeta", "zeta", value=_zeta, orders=_FIRST),
    _special("altzeta", "dirichlet_eta"),
    _special("polylog", "polylog", _VERY_SLOW, orders=_FIRST),
)
_INTEGRALS = (
    _special("erf", "erf", _FAST, reach=_ANYTHING),
    _special("erfc", "erfc", _FAST, reach=_GAUSSIAN),
    _special("erfi", "erfi", _FAST, reach=_GAUSSIAN),
    _special("erfinv", "erfinv"),
    _special("erfcinv", "erfcinv", value=lambda c, x: c.erfinv(1 - x)),
    _special("ei", "Ei", _FAST, reach=_EXPONENTIAL),
    _special("expint", "expint", _VERY_SLOW, orders=_FIRST, reach=_EXPONENTIAL),
    _special("si", "Si", _FAST),
    _special("ci", "Ci", _FAST),
    _special("shi", "Shi", _FAST, reach=_EXPONENTIAL),
    _special("chi", "Chi", _FAST, reach=_EXPONENTIAL),
    _special("li", "li", _FAST),
    _special("fresnels", "fresnels"),
    _special("fresnelc", "fresnelc"),
    _special("ellipk", "elliptic_k", _FAST),
    _special("ellipe", "elliptic_e", _FAST),
    _special("ellipf", "elliptic_f"),
    _special("lambertw", "LambertW", _FAST, reach=_ANYTHING, value=_lambert, orders=frozenset({1})),
)
_SERIES_FUNCTIONS = (
    _special("besselj", "besselj", orders=_FIRST, reach=_ORDERED),
    _special("besseli", "besseli", orders=_FIRST, reach=_ORDERED, value=besseli),
    _special("bessely", "bessely", _VERY_SLOW, orders=_FIRST, reach=_ORDERED, value=bessely),
    _special("besselk", "besselk", _VERY_SLOW, orders=_FIRST, reach=_ORDERED, value=besselk),
    _special("airyai", "airyai", reach=_ORDERED),
    _special("airyaiprime", "airyaiprime", value=_airy_ai_slope, reach=_ORDERED),
    _special("airybi", "airybi", reach=_ORDERED),
    _special("airybiprime", "airybiprime", value=_airy_bi_slope, reach=_ORDERED),
    _special("legendre", "legendre", _VERY_SLOW, orders=_FIRST, reach=_PAIR),
    _special("hermite", "hermite", _VERY_SLOW, orders=_FIRST, reach=_PAIR),
    _special("laguerre", "assoc_laguerre", _VERY_SLOW, orders=frozenset({0, 1}), reach=_PAIR),
    _special("chebyt", "chebyshevt", _VERY_SLOW, orders=_FIRST, reach=_PAIR),
    _special("chebyu", "chebyshevu", _VERY_SLOW, orders=_FIRST, reach=_PAIR),
    Function("hyp0f1", lambda s, b, x: s.hyper((), (b,), x), None, _PAIR, _SLOW),
    Function("hyp1f1", lambda s, a, b, x: s.hyper((a,), (b,), x), None, _PAIR, _SLOW),
    Function("hyp2f1", lambda s, a, b, c, x: s.hyper((a, b), (c,), x), None, _PAIR, _SLOW),
)
_TABLE = (*_ELEMENTARY, *_GAMMA_FAMILY, *_INTEGRALS, *_SERIES_FUNCTIONS)
FUNCTIONS = {f.name: f for f in _TABLE}
# SymPy's class name to our head, for what comes back from SymPy.
HEADS = {f.sympy: f.name for f in _TABLE if isinstance(f.sympy, str)}

# Constants by our head: SymPy's class name, mpmath's attribute.
CONSTANTS = {
    "pi": "Pi",
    "e": "Exp1",
    "euler": "EulerGamma",
    "catalan": "Catalan",
    "phi": "GoldenRatio",
}
