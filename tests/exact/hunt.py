"""A hunt for false alarms: random expressions at random and at special points.

Expressions are compositions of the table's scalar functions, at most four deep; points come
from all magnitudes of doubles, and from where functions are at their worst: 0, ±1, whole
numbers, kinks, edges of domains. Everything but `ok`, `kink` and refused values is printed
with its cause: a `wrong` here accuses our own gradient, and has to be one that automatic
differentiation really gets wrong there.

    python -m tests.exact.hunt [SEED [COUNT]]
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from gradcli.app.gradient import run
from gradcli.app.request import Point, Request
from gradcli.errors import GradcliError
from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.rule import Elementwise

DEPTH = 4
SLOW_SECONDS = 5.0
SPECIAL = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 0.5, -0.5, 1e-9, -1e-9, 0.1, 10.0, 700.0, -745.0)
# Of no value anywhere, or about frozen and integer things.
LEFT_OUT = frozenset({"constant", "stop_gradient", "masked_multiply", "imag"})
COMMON = ("sin", "cos", "exp", "log", "sqrt", "tanh", "abs", "relu", "square", "sigmoid")


class Found(NamedTuple):
    """One verdict: what was asked, and what was said in how many seconds."""

    expr: str
    point: dict[str, float]
    status: str
    cause: str
    text: str
    seconds: float


def functions(arguments: int) -> list[str]:
    """Return the names of the table's scalar functions of so many arguments."""
    return sorted(
        f.name
        for f in FUNCTIONS.values()
        if isinstance(f, Op)
        and isinstance(f.rule, Elementwise)
        and f.arrays == arguments
        and f.name not in LEFT_OUT
        and f.name.isidentifier()
    )


class Maker:
    """Makes expressions and points from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.one, self.two = functions(1), functions(2)

    def expression(self, depth: int) -> str:
        """Return an expression of at most this depth in x and y."""
        draw = self.random
        if depth == 0 or draw.random() < 0.1:
            return draw.choice(("x", "x", "x", "y", self.number()))
        kind = draw.random()
        first = self.expression(depth - 1)
        if kind < 0.45:
            name = draw.choice(COMMON if draw.random() < 0.5 else self.one)
            return f"{name}({first})"
        second = self.expression(depth - 1)
        if kind < 0.85:
            return f"({first}){draw.choice('+-*/+-*^')}({second})"
        if kind < 0.95:
            return f"{draw.choice(self.two)}({first},{second})"
        return f"where({first}>{second},{first},{self.expression(depth - 1)})"

    def number(self) -> str:
        """Return a constant."""
        return self.random.choice(("2", "3", "0.5", "1", "0.1", "1e-3", "1e5"))

    def value(self) -> float:
        """Return a coordinate: special, of common size, or of any size."""
        draw = self.random
        kind = draw.random()
        if kind < 0.35:
            return draw.choice(SPECIAL)
        if kind < 0.75:
            return draw.choice((1, -1)) * draw.uniform(0.05, 4.0)
        return draw.choice((1, -1)) * 10.0 ** draw.uniform(-300, 300)


def verdicts(seed: int, count: int) -> Iterator[Found]:
    """Yield the verdict on every expression that can be asked about."""
    maker = Maker(seed)
    while count:
        expr = maker.expression(maker.random.randint(1, DEPTH))
        names = [n for n in ("x", "y") if _occurs(n, expr)]
        if not names:
            continue
        count -= 1
        yield judged(expr, {name: maker.value() for name in names})


def _occurs(name: str, expr: str) -> bool:
    return any(f"{a}{name}{b}" in f"({expr})" for a in "(," for b in "),><")


def judged(expr: str, point: dict[str, float]) -> Found:
    """Return what the verdict says of one expression at one point."""
    begun = time.process_time()
    try:
        verdict = run(Request(expr, point=Point(tuple((k, repr(v)) for k, v in point.items()))))
    except GradcliError as problem:
        seconds = time.process_time() - begun
        return Found(expr, point, "refused", problem.diagnostic.code, "", seconds)
    said = verdict.verdict
    assert said is not None
    seconds = time.process_time() - begun
    return Found(expr, point, str(said.status), said.cause or "", said.text, seconds)


def main(seed: int, count: int) -> None:
    """Hunt, and print what is not plain."""
    tally: Counter[str] = Counter()
    longest = 0.0
    for f in verdicts(seed, count):
        tally[f"{f.status} {f.cause}".strip()] += 1
        longest = max(longest, f.seconds)
        slow = f" [{f.seconds:.1f} s]" if f.seconds > SLOW_SECONDS else ""
        if f.status not in ("ok", "kink", "refused") or slow:
            print(f"{f.status} {f.cause}{slow}: {f.expr}  at {f.point}: {f.text[:120]}", flush=True)
    for name, times in sorted(tally.items(), key=lambda item: -item[1]):
        print(f"{times:6} {name}")
    print(f"{count} expressions, seed {seed}; the longest took {longest:.1f} s of processor time")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [0, 300][len(given) :]))
