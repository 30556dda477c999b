"""The expression graph: every scalar operation once, in the order of its making.

May import `limits`. A node is an int; its arguments are smaller ints, so counting up is
an order of dependence and no walk needs recursion. Equal nodes are one node. Nothing is
simplified but numbers with numbers, and the neutral elements that change neither value
nor domain (``a + 0``, ``1*a``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial

from gradcli.symbolic.limits import Budget

# Exact rationals wider than this stay unevaluated: folding must not become the work.
MAX_FOLDED_BITS = 4096
# An integer power of a number is folded up to this exponent.
MAX_FOLDED_EXPONENT = 8

Payload = Fraction | str | None

COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
# Operations whose output does not move with their inputs, wherever it has a slope.
STEPS = COMPARISONS | {"and", "or", "not"}


class Graph:
    """A growing expression graph.

    Parameters
    ----------
    budget
        What it may cost.
    """

    __slots__ = ("_known", "args", "budget", "deriving", "heads", "moving", "payloads")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.heads: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.payloads: list[Payload] = []
        # Whether a node depends on a symbol, other than through `frozen`.
        self.moving: list[bool] = []
        # Set while derivatives are made: their nodes are counted apart.
        self.deriving = False
        self._known: dict[tuple[object, ...], int] = {}

    def __len__(self) -> int:
        return len(self.heads)

    def node(self, head: str, args: tuple[int, ...], payload: Payload = None) -> int:
        """Return the node of an operation, a new one if there is none yet."""
        key = (head, payload, *args)
        known = self._known.get(key)
        if known is not None:
            return known
        if self.deriving and head != "num":
            self.budget.spend_derivative()
        elif head != "num":
            self.budget.spend_node()
        self._known[key] = new = len(self.heads)
        self.heads.append(head)
        self.args.append(args)
        self.payloads.append(payload)
        self.moving.append(
            head == "sym" or (head != "frozen" and any(self.moving[a] for a in args))
        )
        return new

    def number(self, value: Fraction | int) -> int:
        """Return the node of an exact number."""
        return self.node("num", (), Fraction(value))

    def symbol(self, name: str) -> int:
        """Return the node of a symbol."""
        return self.node("sym", (), name)

    def opaque(self, reason: str) -> int:
        """Return a node that has no value; whoever asks for it learns the reason."""
        return self.node("opaque", (), reason)

    def as_number(self, n: int) -> Fraction | None:
        """Return the exact number a node is, or ``None``."""
        value = self.payloads[n]
        return value if isinstance(value, Fraction) else None

    def _fold(self, value: Fraction) -> int | None:
        """Return the node of a folded number, or ``None`` for one too wide to keep."""
        width = value.numerator.bit_length() + value.denominator.bit_length()
        if width > MAX_FOLDED_BITS:
            return None
        self.budget.spend_constant()
        return self.number(value)

    def plus(self, a: int, b: int) -> int:
        """Return ``a + b``."""
        x, y = self.as_number(a), self.as_number(b)
        if x is not None and y is not None and (folded := self._fold(x + y)) is not None:
            return folded
        if x == 0:
            return b
        return a if y == 0 else self.node("add", (a, b))

    def minus(self, a: int, b: int) -> int:
        """Return ``a - b``."""
        x, y = self.as_number(a), self.as_number(b)
        if x is not None and y is not None and (folded := self._fold(x - y)) is not None:
            return folded
        if y == 0:
            return a
        return self.negative(b) if x == 0 else self.node("sub", (a, b))

    def times(self, a: int, b: int) -> int:
        """Return ``a * b``; zero times something stays, for the something may have no value."""
        x, y = self.as_number(a), self.as_number(b)
        if x is not None and y is not None and (folded := self._fold(x * y)) is not None:
            return folded
        if x == 1:
            return b
        return a if y == 1 else self.node("mul", (a, b))

    def over(self, a: int, b: int) -> int:
        """Return ``a / b``."""
        x, y = self.as_number(a), self.as_number(b)
        if x is not None and y and (folded := self._fold(x / y)) is not None:
            return folded
        return a if y == 1 else self.node("div", (a, b))

    def negative(self, a: int) -> int:
        """Return ``-a``."""
        x = self.as_number(a)
        return self.node("neg", (a,)) if x is None else self.number(-x)

    def power(self, a: int, b: int) -> int:
        """Return ``a ** b``; ``a ** 0`` stays."""
        x, y = self.as_number(a), self.as_number(b)
        if y == 1:
            return a
        small = y is not None and y.denominator == 1 and 0 <= y <= MAX_FOLDED_EXPONENT
        if x is not None and small and y is not None:
            folded = self._fold(x**y.numerator)
            if folded is not None:
                return folded
        return self.node("pow", (a, b))

    def compare(self, head: str, a: int, b: int) -> int:
        """Return the truth, 1 or 0, of a comparison."""
        x, y = self.as_number(a), self.as_number(b)
        if x is None or y is None:
            return self.node(head, (a, b))
        return self.number(int(_EXACT_TRUTH[head](x, y)))

    def where(self, c: int, a: int, b: int) -> int:
        """Return ``a`` where the truth `c` is not 0, else ``b``; the other is never looked at."""
        known = self.as_number(c)
        if known is not None:
            return a if known else b
        return a if a == b else self.node("where", (c, a, b))

    def apply(self, head: str, args: tuple[int, ...]) -> int:
        """Return the node of any operation, through the tidying constructor where it has one."""
        make = _TIDY.get(head)
        return self.node(head, args) if make is None else make(self, *args)

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """Return every node that the roots need, in order of dependence."""
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            n = waiting.pop()
            if n not in seen:
                seen.add(n)
                waiting.extend(self.args[n])
        return sorted(seen)


def _compare(head: str, graph: Graph, a: int, b: int) -> int:
    """Return a comparison, in the order of arguments that `partial` needs."""
    return graph.compare(head, a, b)


_EXACT_TRUTH: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
_TIDY: dict[str, Callable[..., int]] = {
    "add": Graph.plus,
    "sub": Graph.minus,
    "mul": Graph.times,
    "div": Graph.over,
    "neg": Graph.negative,
    "pow": Graph.power,
    "where": Graph.where,
    **{name: partial(_compare, name) for name in COMPARISONS},
}
