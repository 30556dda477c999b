"""The number system of the witness: mpmath's names, answered with nodes of a graph.

May import `functions`, `term`, `ops.entries`. The op table's scalar forms are written
over a namespace ``m``; here ``m.sin(x)`` is a node, and what SymPy has no function for
(``expm1``, ``hypot``, ``cbrt``) is written out in functions it has. A name
that is not here is `Unavailable`, and the message names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from gradcli.ops.entries import Unavailable
from gradcli.ops.op import Op
from gradcli.symbolic.functions import CONSTANTS, FUNCTIONS
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.term import Decide, Term

# The op whose output has its input's value at the point and no derivative.
STOPPED = "stop_gradient"


class NoForm(Unavailable, AttributeError):
    """A name that this number system does not have."""


class SymNumbers:
    """Scalars that are nodes of one graph.

    Parameters
    ----------
    graph
        Where the nodes go.
    decide
        Tells the truth of a condition at the point (see `Term`).
    """

    symbolic = True
    inf = float("inf")
    ninf = -float("inf")
    nan = float("nan")

    def __init__(self, graph: Graph, decide: Decide) -> None:
        self.graph = graph
        self._decide = decide

    def __getattr__(self, name: str) -> Any:
        composed = _COMPOSED.get(name)
        if composed is not None:
            return lambda *xs, **params: composed(self, *xs, **params)
        if name in FUNCTIONS:
            return lambda *xs: self._node(name, *xs)
        if name in CONSTANTS:
            return self.term(self.graph.node(name, ()))
        raise NoForm(f"SymPy has no form of {name}")

    def term(self, node: int) -> Term:
        """Return a node as a scalar."""
        return Term(self.graph, node, self._decide)

    def _node(self, head: str, *xs: Any) -> Term:
        return self.term(self.graph.apply(head, tuple(self.convert(x).node for x in xs)))

    def convert(self, value: Any) -> Term:
        """Return a number or truth value as a term, at its exact value."""
        if type(value) is Term:
            return value
        node = Term(self.graph, 0, self._decide).lift(value)
        if node is None:
            raise Unavailable(f"a {type(value).__name__} is not a real number")
        return self.term(node)

    def call(self, op: Op, form: Callable[..., Any], params: Mapping[str, Any], *xs: Any) -> Term:
        """Evaluate the scalar form of an operation; a stopped gradient becomes a frozen node."""
        if op.name == STOPPED:
            return self._node("frozen", xs[0])
        return self.convert(form(self, *xs, **params))

    def finish(self, op: Op, value: Any) -> Term:
        """Return a result of `op` as a term."""
        return self.convert(value)

    def where(self, c: Any, a: Any, b: Any) -> Term:
        """Return `a` where `c` is true, else `b`."""
        return self._node("where", c, a, b)

    def lt(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a < b``."""
        return self._node("lt", a, b)

    def le(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a <= b``."""
        return self._node("le", a, b)

    def gt(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a > b``."""
        return self._node("gt", a, b)

    def ge(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a >= b``."""
        return self._node("ge", a, b)

    def eq(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a == b``."""
        return self._node("eq", a, b)

    def ne(self, a: Any, b: Any) -> Term:
        """Return the truth of ``a != b``."""
        return self._node("ne", a, b)

    def land(self, a: Any, b: Any) -> Term:
        """Return the truth of both."""
        return self._node("and", a, b)

    def lor(self, a: Any, b: Any) -> Term:
        """Return the truth of either."""
        return self._node("or", a, b)

    def lnot(self, a: Any) -> Term:
        """Return the opposite truth."""
        return self._node("not", a)


def _signed_root(m: SymNumbers, x: Any) -> Term:
    """Return the real cube root, odd in x."""
    third = Fraction(1, 3)
    return m.where(m.lt(x, 0), -((-x) ** third), x**third)


def _sinc(m: SymNumbers, x: Any) -> Term:
    """Return sin(x)/x, 1 at 0."""
    return m.where(m.eq(x, 0), 1, m.sin(x) / x)


def _log(m: SymNumbers, x: Any, base: Any = None) -> Term:
    natural = m._node("log", x)
    return natural if base is None else natural / m._node("log", base)


def _gammainc(m: SymNumbers, s: Any, a: Any = 0, b: Any = None, regularized: bool = False) -> Term:
    """Return the incomplete gamma integral from `a` to `b` in SymPy's two halves."""
    if b is None or (type(b) is not Term and b == m.inf):
        part = m.uppergamma(s, a)
    elif type(a) is not Term and a == 0:
        part = m.lowergamma(s, b)
    else:
        part = m.lowergamma(s, b) - m.lowergamma(s, a)
    return part / m.gamma(s) if regularized else part  # type: ignore[no-any-return]


def _betainc(
    m: SymNumbers, a: Any, b: Any, x: Any = 0, y: Any = 1, regularized: bool = False
) -> Term:
    part = m._node("betainc", a, b, x, y)
    return part / m.beta(a, b) if regularized else part


def _airy(kind: str) -> Callable[..., Term]:
    """Return an Airy function with mpmath's keyword for its first derivative."""

    def airy(m: SymNumbers, x: Any, derivative: int = 0) -> Term:
        if derivative not in (0, 1):
            raise Unavailable(f"SymPy has no form of derivative {derivative} of an Airy function")
        return m._node(f"airy{kind}prime" if derivative else f"airy{kind}", x)

    return airy


def _power(m: SymNumbers, a: Any, b: Any) -> Term:
    return m._node("pow", a, b)


def _polynomial_mod(m: SymNumbers, a: Any, b: Any) -> Term:
    """Return the remainder with the sign of the divisor."""
    return a - b * m.floor(a / b)  # type: ignore[no-any-return]


def _hypot(m: SymNumbers, a: Any, b: Any) -> Term:
    return m.sqrt(a * a + b * b)  # type: ignore[no-any-return]


_COMPOSED: dict[str, Callable[..., Any]] = {
    "mpf": lambda m, x=0: m.convert(x),
    "fadd": lambda m, a, b: m._node("add", a, b),
    "fsub": lambda m, a, b: m._node("sub", a, b),
    "fmul": lambda m, a, b: m._node("mul", a, b),
    "fdiv": lambda m, a, b: m._node("div", a, b),
    "fneg": lambda m, a: m._node("neg", a),
    "fabs": lambda m, x: abs(m.convert(x)),
    "absmax": lambda m, x: abs(m.convert(x)),
    "power": _power,
    "square": lambda m, x: x * x,
    "root": lambda m, x, n: x ** Fraction(1, int(n)),
    "cbrt": _signed_root,
    "hypot": _hypot,
    "log": _log,
    "ln": _log,
    "expm1": lambda m, x: m.exp(x) - 1,
    "log1p": lambda m, x: m._node("log", 1 + x),
    "log2": lambda m, x: m._node("log", x) / m._node("log", 2),
    "log10": lambda m, x: m._node("log", x) / m._node("log", 10),
    "exp2": lambda m, x: _power(m, 2, x),
    "sinpi": lambda m, x: m.sin(m.pi * x),
    "cospi": lambda m, x: m.cos(m.pi * x),
    "sinc": _sinc,
    "sincpi": lambda m, x: _sinc(m, m.pi * x),
    "fmod": _polynomial_mod,
    "degrees": lambda m, x: x * 180 / m.pi,
    "radians": lambda m, x: x * m.pi / 180,
    "digamma": lambda m, x: m.psi(0, x),
    "polygamma": lambda m, n, x: m.psi(n, x),
    "rgamma": lambda m, x: 1 / m.gamma(x),
    "factorial": lambda m, x: m.gamma(x + 1),
    "fac": lambda m, x: m.gamma(x + 1),
    "binomial": lambda m, n, k: m.gamma(n + 1) / (m.gamma(k + 1) * m.gamma(n - k + 1)),
    "gammainc": _gammainc,
    "betainc": _betainc,
    "e1": lambda m, x: m.expint(1, x),
    "j0": lambda m, x: m.besselj(0, x),
    "j1": lambda m, x: m.besselj(1, x),
    "ncdf": lambda m, x: m.erfc(-x / m.sqrt(2)) / 2,
    "airyai": _airy("ai"),
    "airybi": _airy("bi"),
    "fsum": lambda m, xs: sum(xs, m.convert(0)),
}
