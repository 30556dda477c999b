"""What SymPy says of one operation: its partial derivative by one argument.

May import `functions`, `graph`, `limits`, `translation`. The operation is built on fresh
real symbols, SymPy differentiates it, and the answer is kept as a small graph of its own,
to be copied wherever the operation occurs. So SymPy's work does not grow with the
function that is checked, and its tidying never sees that function.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradcli.symbolic.functions import CONSTANTS, FUNCTIONS
from gradcli.symbolic.graph import Graph
from gradcli.symbolic.limits import Budget
from gradcli.symbolic.translation import translate

# Distinct partials kept for the next function; each is a few hundred bytes.
MAX_KEPT = 4096

Key = tuple[str, tuple[Fraction | None, ...], int]


@dataclass(frozen=True, slots=True)
class Partial:
    """A partial derivative as a graph over the symbols ``0 … n-1``.

    Parameters
    ----------
    graph, root
        The graph and the node of the partial.
    positions
        The argument position that each symbol node stands for.
    """

    graph: Graph
    root: int
    positions: dict[int, int]

    @property
    def is_zero(self) -> bool:
        """Whether the operation does not depend on the argument at all."""
        return self.graph.as_number(self.root) == 0

    def copy_into(self, target: Graph, args: tuple[int, ...]) -> int:
        """Return the node of the partial at `args` in another graph."""
        made: dict[int, int] = {}
        for n in self.graph.reachable([self.root]):
            head = self.graph.heads[n]
            if head == "sym":
                made[n] = args[self.positions[n]]
            elif head in ("num", "opaque"):
                made[n] = target.node(head, (), self.graph.payloads[n])
            else:
                made[n] = target.apply(head, tuple(made[a] for a in self.graph.args[n]))
        return made[self.root]


_kept: dict[Key, Partial] = {}


def partial(head: str, args: tuple[Fraction | None, ...], position: int) -> Partial:
    """Return the partial derivative of an operation.

    Parameters
    ----------
    head
        The operation.
    args
        Its arguments: the number of those that are numbers, ``None`` for the others.
    position
        The argument to differentiate by.
    """
    numbers = tuple(v if i in _orders(head) else None for i, v in enumerate(args))
    key = (head, numbers, position)
    known = _kept.get(key)
    if known is None:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        known = _kept[key] = _derive(head, numbers, position)
    return known


def _orders(head: str) -> frozenset[int]:
    """Return the argument positions where SymPy should see a number as the number it is."""
    if head == "pow":
        return frozenset({1})
    function = FUNCTIONS.get(head)
    return frozenset() if function is None else function.orders


def build(sympy: Any, head: str, args: tuple[Any, ...]) -> Any:
    """Return SymPy's form of one operation at SymPy arguments."""
    arithmetic = _ARITHMETIC.get(head)
    if arithmetic is not None:
        return arithmetic(sympy, *args)
    if head in CONSTANTS:
        return getattr(sympy.S, CONSTANTS[head])
    return FUNCTIONS[head].build(sympy, *args)


def rational(sympy: Any, value: Fraction) -> Any:
    """Return SymPy's number of an exact rational."""
    return sympy.Rational(value.numerator, value.denominator)


_ARITHMETIC: dict[str, Any] = {
    "add": lambda s, a, b: a + b,
    "sub": lambda s, a, b: a - b,
    "mul": lambda s, a, b: a * b,
    "div": lambda s, a, b: a / b,
    "neg": lambda s, a: -a,
    "pow": lambda s, a, b: s.Pow(a, b),
}


def _derive(head: str, numbers: tuple[Fraction | None, ...], position: int) -> Partial:
    """Ask SymPy, and keep its answer; what it cannot do becomes an opaque node."""
    import sympy

    graph = Graph(Budget())
    symbols = [sympy.Dummy(f"u{i}", real=True) for i in range(len(numbers))]
    args = tuple(
        s if v is None else rational(sympy, v) for s, v in zip(symbols, numbers, strict=True)
    )
    nodes = {s: graph.symbol(f"u{i}") for i, s in enumerate(symbols)}
    positions = {node: i for i, node in enumerate(nodes.values())}
    try:
        answer = build(sympy, head, args).diff(symbols[position])
        if head == "pow":  # x**y*y/x has no value at 0, x**(y - 1)*y has
            answer = sympy.powsimp(answer)
        root = translate(answer, graph, nodes)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError) as e:
        root = graph.opaque(f"SymPy cannot differentiate {head}: {type(e).__name__}")
    except RecursionError:
        root = graph.opaque(f"SymPy loses itself in {head}")
    return Partial(graph, root, positions)
