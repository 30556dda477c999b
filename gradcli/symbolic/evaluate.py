"""Values of a graph at the point, in mpmath, node by node and only where needed.

May import `functions`, `graph`, `limits`. Strictly real: a complex intermediate, a pole, an
infinity or a number too large to work with ends the evaluation with the name of the
operation. Conditions are evaluated first and choose the branch; the other one is never
looked at.

Two things are noted beside the values. *Exact* nodes carry no rounding at all, so a zero
of theirs is a zero. *Weak* nodes come from a sum that lost most of its digits, or that
swallowed a term whole: their values ask for a higher working precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from gradcli.ops.entries import Unavailable
from gradcli.ops.steps import TooManySteps, counted, is_ordinary
from gradcli.symbolic.functions import CONSTANTS, FUNCTIONS, UNLIMITED, Function
from gradcli.symbolic.graph import COMPARISONS, Graph

# Two sides of a condition that differ by fewer bits than this at the working precision
# are equal for us: what is left is rounding.
TIE_BITS = 16
# A term that keeps fewer bits than this in a sum counts as swallowed.
KEPT_BITS = 20
# Values beyond 2**(±this) are not worked with; verdict.md caps exp at arguments of 1e8.
MAX_EXPONENT = 1 << 28

# What to do at a tie: take the returned truth, or raise; `None` takes the plain truth.
OnTie = Callable[[int], "bool | None"]


def plain_truth(node: int) -> bool | None:
    """Take conditions as they are, ties included."""
    return None


def refuse_ties(node: int) -> bool | None:
    """Refuse to answer at a tie."""
    raise Unavailable("a branch is decided by a tie at this point")


class Evaluator:
    """Values of the nodes of one graph at one point, at one precision.

    Parameters
    ----------
    graph
        The graph; it may grow while the evaluator lives.
    context
        An mpmath context, at its working precision.
    point
        The number of every symbol.
    on_tie
        Asked where a condition between moving values is undecided.
    """

    __slots__ = ("context", "exact", "graph", "memo", "on_tie", "point", "weak")

    def __init__(
        self, graph: Graph, context: Any, point: Mapping[int, Fraction], on_tie: OnTie
    ) -> None:
        self.graph = graph
        self.context = context
        self.point = point
        self.on_tie = on_tie
        self.memo: dict[int, Any] = {}
        self.exact: set[int] = set()
        self.weak: set[int] = set()

    def value(self, root: int) -> Any:
        """Return the value of a node.

        Raises
        ------
        Unavailable
            Where the node has no finite real value; the message says which operation.
        TimeUp
            After the deadline.
        """
        waiting = [root]
        while waiting:
            n = waiting[-1]
            if n in self.memo:
                waiting.pop()
                continue
            needed = [a for a in self._needed(n) if a not in self.memo]
            if needed:
                waiting.extend(needed)
            else:
                self._settle(n)
        return self.memo[root]

    def _needed(self, n: int) -> tuple[int, ...]:
        """Return the arguments a node needs, as far as is known yet."""
        head, args = self.graph.heads[n], self.graph.args[n]
        if head == "where":
            condition = self.memo.get(args[0])
            return args[:1] if condition is None else (args[1 if condition else 2],)
        if head in ("and", "or"):
            first = self.memo.get(args[0])
            decided = first is None or bool(first) == (head == "or")
            return args[:1] if decided else args
        return args

    def _settle(self, n: int) -> None:
        """Compute one node whose needed arguments are known."""
        self.graph.budget.check_time()
        used = self._needed(n)
        value = self.memo[n] = self._real(n, self._compute(n))
        if any(a in self.weak for a in used) or (not value and self._is_rounded(n)):
            self.weak.add(n)

    def _is_rounded(self, n: int) -> bool:
        """Return whether a zero may be what is left of a number that was rounded: log(1 - ε)."""
        is_function = self.graph.heads[n] in FUNCTIONS
        return is_function and any(a not in self.exact for a in self.graph.args[n])

    def _compute(self, n: int) -> Any:
        head, args = self.graph.heads[n], self.graph.args[n]
        memo, c = self.memo, self.context
        special = _SPECIAL.get(head)
        if special is not None:
            return special(self, n)
        if head in COMPARISONS:
            return c.mpf(int(self._compare(n, head)))
        if head in CONSTANTS:
            return +getattr(c, head)
        values = [memo[a] for a in args]
        function = FUNCTIONS[head]
        for v in values:
            if v and not function.least <= c.mag(v) <= function.reach:
                raise Unavailable(f"{head} of a number beyond the evaluation limit")
        try:
            if function.digits == UNLIMITED or is_ordinary(values, {}):
                return function.evaluate(c, *values)
            return self._counted(function, values)
        except (ArithmeticError, ValueError, NotImplementedError, TypeError) as e:
            raise Unavailable(f"{head} has no value here ({type(e).__name__})") from e
        except (c.NoConvergence, RecursionError) as e:
            raise Unavailable(f"{head} could not be evaluated here") from e

    def _counted(self, function: Function, values: list[Any]) -> Any:
        """Return a value that may take for ever; what was stopped once is not tried again."""
        refused = self.graph.budget.refused
        if function.name not in refused:
            try:
                return counted(partial(function.evaluate, self.context), values)[0]
            except TooManySteps as e:
                refused[function.name] = str(e)
        raise Unavailable(f"{function.name} takes {refused[function.name]} here")

    def _real(self, n: int, value: Any) -> Any:
        """Return a value as a finite real number of workable size."""
        c = self.context
        if isinstance(value, c.mpc):
            if value.imag != 0:
                raise Unavailable(f"{self.graph.heads[n]} leaves the real numbers")
            value = value.real
        if not c.isfinite(value):
            raise Unavailable(f"{self.graph.heads[n]} is not finite here")
        if value and abs(c.mag(value)) > MAX_EXPONENT:
            raise Unavailable(f"{self.graph.heads[n]} is beyond the evaluation limit")
        return value

    def _compare(self, n: int, head: str) -> bool:
        a, b = (self.memo[i] for i in self.graph.args[n])
        if self.graph.moving[n]:
            margin = self.context.ldexp(max(abs(a), abs(b)), TIE_BITS - self.context.prec)
            if abs(a - b) <= margin:
                chosen = self.on_tie(n)
                if chosen is not None:
                    return chosen
        return bool(_TRUTH[head](a, b))


_TRUTH: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


def _number(ev: Evaluator, n: int) -> Any:
    """Return a number or a symbol's value."""
    payload = ev.graph.payloads[n]
    value = payload if isinstance(payload, Fraction) else ev.point[n]
    bottom = value.denominator
    if not bottom & (bottom - 1) and value.numerator.bit_length() <= ev.context.prec:
        ev.exact.add(n)
    return ev.context.mpf(value.numerator) / bottom


def _opaque(ev: Evaluator, n: int) -> Any:
    raise Unavailable(str(ev.graph.payloads[n]))


def _passed(ev: Evaluator, n: int, source: int) -> Any:
    """Return the value of another node, with what is known of its exactness."""
    if source in ev.exact:
        ev.exact.add(n)
    return ev.memo[source]


def _chosen(ev: Evaluator, n: int) -> Any:
    condition, a, b = ev.graph.args[n]
    return _passed(ev, n, a if ev.memo[condition] else b)


def _and(ev: Evaluator, n: int) -> Any:
    a, b = ev.graph.args[n]
    return ev.context.mpf(int(bool(ev.memo[a]) and bool(ev.memo[b])))


def _or(ev: Evaluator, n: int) -> Any:
    a, b = ev.graph.args[n]
    return ev.context.mpf(int(bool(ev.memo[a]) or bool(ev.memo[b])))


def _not(ev: Evaluator, n: int) -> Any:
    return ev.context.mpf(int(not ev.memo[ev.graph.args[n][0]]))


def _negated(ev: Evaluator, n: int) -> Any:
    return -_passed(ev, n, ev.graph.args[n][0])


def _sum(ev: Evaluator, n: int, sign: int) -> Any:
    """Return a sum or difference, noting what it lost."""
    i, j = ev.graph.args[n]
    c, a, b = ev.context, ev.memo[i], ev.memo[j]
    total = a + b if sign > 0 else a - b
    if not a or not b:
        if (i in ev.exact) and (j in ev.exact):
            ev.exact.add(n)
        return total
    top, bottom = max(c.mag(a), c.mag(b)), min(_last_bit(a), _last_bit(b))
    if i in ev.exact and j in ev.exact and top - bottom < c.prec:
        ev.exact.add(n)
    elif _is_weak(c, total, a, b, top):
        ev.weak.add(n)
    return total


def _is_weak(c: Any, total: Any, a: Any, b: Any, top: int) -> bool:
    """Return whether a sum lost half of its bits, or swallowed a term whole."""
    if abs(c.mag(a) - c.mag(b)) > c.prec - KEPT_BITS:
        return True
    return not total or bool(c.mag(total) < top - c.prec // 2)


def _last_bit(x: Any) -> int:
    """Return the place of the last set bit of a nonzero mpf."""
    return int(x._mpf_[2])


def _bits(x: Any) -> int:
    """Return the length of the mantissa of an mpf."""
    return int(x._mpf_[3])


def _product(ev: Evaluator, n: int) -> Any:
    i, j = ev.graph.args[n]
    a, b = ev.memo[i], ev.memo[j]
    fits = {i, j} <= ev.exact and _bits(a) + _bits(b) <= ev.context.prec
    if fits or (i in ev.exact and not a) or (j in ev.exact and not b):
        ev.exact.add(n)
    return a * b


def _quotient(ev: Evaluator, n: int) -> Any:
    i, j = ev.graph.args[n]
    a, b = ev.memo[i], ev.memo[j]
    if not b:
        raise Unavailable("division by zero")
    if i in ev.exact and not a:
        ev.exact.add(n)
    return a / b


def _powered(ev: Evaluator, n: int) -> Any:
    i, j = ev.graph.args[n]
    c, a, b = ev.context, ev.memo[i], ev.memo[j]
    if not a and b < 0:
        raise Unavailable("a negative power of zero")
    if not a or a == 1:
        # Said here, because mpmath would square its way up to the exponent.
        ev.exact.update({n} if {i, j} <= ev.exact else ())
        return c.mpf(1) if a or not b else c.mpf(0)
    if b and c.mag(b) + c.mag(c.mag(a)) > _CHEAP_POWER:
        size = c.mag(b) + c.mag(c.ln(abs(a)))
        if size > _EXPONENT_BITS:
            raise Unavailable("a power beyond the evaluation limit")
    if {i, j} <= ev.exact and c.isint(b) and b >= 0 and _bits(a) * max(b, 1) <= c.prec:
        ev.exact.add(n)
    return a**b


# Powers whose exponent times the logarithm's bound has fewer bits need no closer look.
_CHEAP_POWER = 20
_EXPONENT_BITS = 28

_SPECIAL: dict[str, Callable[[Evaluator, int], Any]] = {
    "num": _number,
    "sym": _number,
    "opaque": _opaque,
    "frozen": lambda ev, n: _passed(ev, n, ev.graph.args[n][0]),
    "where": _chosen,
    "and": _and,
    "or": _or,
    "not": _not,
    "neg": _negated,
    "add": lambda ev, n: _sum(ev, n, 1),
    "sub": lambda ev, n: _sum(ev, n, -1),
    "mul": _product,
    "div": _quotient,
    "pow": _powered,
}
