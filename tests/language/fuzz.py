"""A fuzzer of the language: random texts through parser, names, lowering and evaluation.

Half of the texts are made by a grammar (with names, functions and mistakes of every kind in
it), a quarter are mutated from a corpus, a quarter are values of the command line. Only a
`GradcliError` may come out, and nothing may take a second of the processor::

    python tests/language/fuzz.py --n 1000000 --seed 1

prints how many texts were tried, how many were evaluated, how many refused and with which
codes, and the slowest text. The exit status is 1 where anything else came out. The texts of a
seed come in one order, and ``--first`` skips those before a number.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import random
import sys
import time
import traceback
import warnings

import numpy as np

from gradcli.errors import GradcliError
from gradcli.language.functions import find_function, function_names
from gradcli.language.interpret import interpret
from gradcli.language.names import free_names
from gradcli.language.parser import parse
from gradcli.language.roles import held_constant
from gradcli.language.syntax import Dialect, postorder
from gradcli.language.undefined import domain_error
from gradcli.language.values import from_json, read_value

SLOW = 1.0
# A thousand texts take a few seconds; a text that hangs is shown by its stack.
HANGS = 600.0

ENV = {
    "x": np.array([1.0, -2.0, 0.5]),
    "y": np.array([0.0, 3.0, 2.0]),
    "A": np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.5, -1.0, 4.0]]),
    "s": -1.5,
    "k": np.array(1.0),
    "T": np.linspace(-1, 1, 12).reshape(2, 3, 2),
    "z": np.zeros(0),
    "n": np.array([np.nan, np.inf, 1.0]),
}
words = str.split
ATOMS = [*ENV, *ENV, *words("w e pi inf nan 0 1 2 3 -1 0.5 .5 2. 1e3")]
ODD_ATOMS = words("1e999 2**40 -0.0 x' A' x.T None True newaxis ... : 1e-320")
SIGNS = words("+ - * / @ ^ ** .* ./ .^ × · − < <= > >= == != & |")
SIGNS += [" and ", " or ", " if ", " else ", "", " ", ",", ";", "\n", "="]
PREFIXES = words("np. numpy.linalg. torch. F. math. special. jnp.linalg. np.random.")
KEYWORDS = words("axis keepdims ddof base n k shape dim ord q shift reps")
FUNCTIONS = sorted(function_names())
COMMON = words("sin exp log sqrt sum norm max where concat reshape dot det inv zeros eye arange")
COMMON += words("linspace full mean abs slogdet f g")
CORPUS = [
    "2*dot(x,x)", "x'@A@x", "y = sum(x)", "u = detach(x*x); z2 = u*x; sum(z2)", "norm(A)^2",
    "r = A@x - y; mean(r^2)", "sigmoid(s)", "-s^2", "100*(y-x^2)^2 + (1-x)^2", "sum(relu(x))",
    "f(t) = t^2 + 1; f(x) + f(s)", "x[0]*y[-1]", "A[:,0]@A[1]", "[1,2;3,4]@[s,1]", "1/2x",
    "where(x>0, x, 0)", "1 if s>0 else 2", "(x>0) & (y<1)", "not s>0 or s<1", "np.linalg.norm(x)",
    "x.reshape((3,1))", "A.sum(axis=0)", "logsumexp(x)", "softmax(A, axis=1)", "slogdet(A)[1]",
    "concat([x,y])", "stack([x,y],1)", "|x|", "0<s<1", "x²+y³", "Aᵀ@x", "[1 -2]", "x[...,None]",
    "2e*x", "1e5x", "2.*x", "2.**x", "0x10", "x[x>0]", "# c\nx", "max(x,0)", "T[0,:,1]", "9**9**9",
]  # fmt: skip
VALUES = [
    "3", "-1.5e-3", "pi/4", "0,1,2,3", "3,", "[3]", "1,2;3,4", "1;2;3", "1,2,3;", "[[1,2],[3,4]]",
    "0:2pi:25", "0:4", "zeros(3)", "randn(3,4,seed=0)", "randint(0,5,2)", "rand(2)", "nan", "1e999",
    "@none.npy", "@-", "oops", "full(2,2,0.5)", "1_000", "[1,[2]]", "[1 -2]", "9007199254740993",
]  # fmt: skip
CHARACTERS = (
    "xyAsk0123456789.eE+-*/^@()[]{},;:'\"=<>!&|~#_ \t\n\r×·−²³ᵀ\\$%`?\x00\x1b\u200b\u202eхπ½∞\ud800"
)


CLEAN_ATOMS = ["x", "y", "A", "s", "k", "T", "2", "0.5", "3", "pi", "[1,2,3]"]
ARITIES = [(n, f.arrays) for n in FUNCTIONS if (f := find_function(n)) is not None and f.arrays]


class Texts:
    """A stream of random texts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, items):
        return items[int(self.random.random() * len(items))]

    def clean(self, depth: int) -> str:
        """A text without a mistake in the grammar; shapes and domains may still not fit."""
        r = self.random.random()
        inner = self.clean
        if depth <= 0 or r < 0.25:
            return self.pick(CLEAN_ATOMS)
        if r < 0.5:
            return f"({inner(depth - 1)}{self.pick('+-*/@^')}{inner(depth - 1)})"
        if r < 0.55:
            return f"(-{inner(depth - 1)})"
        if r < 0.6:
            return (
                f"where({inner(depth - 1)}{self.pick('<>')}0,{inner(depth - 1)},{inner(depth - 1)})"
            )
        if r < 0.65:
            return f"({inner(depth - 1)} if s {self.pick('<>')} {inner(1)} else {inner(depth - 1)})"
        if r < 0.7:
            return f"({inner(depth - 1)})[{self.pick(['0', '-1', ':', '...', 'None', '1:'])}]"
        if r < 0.74:
            return f"{inner(depth - 1)}{self.pick([chr(39), '.T', '.sum()'])}"
        name, count = self.pick(ARITIES)
        return f"{name}({','.join(inner(depth - 1) for _ in range(count))})"

    def expression(self, depth: int) -> str:
        r = self.random.random()
        if depth <= 0 or r < 0.2:
            return self.pick(ATOMS) if self.random.random() < 0.93 else self.pick(ODD_ATOMS)
        inner = self.expression
        if r < 0.5:
            sign = self.pick(SIGNS[:17]) if self.random.random() < 0.9 else self.pick(SIGNS)
            return f"{inner(depth - 1)}{sign}{inner(depth - 1)}"
        if r < 0.6:
            return f"({inner(depth - 1)})"
        if r < 0.66:
            return f"{self.pick(['-', '+', '~', 'not ', '2', '--'])}{inner(depth - 1)}"
        if r < 0.85:
            return self.call(depth)
        if r < 0.9:
            return f"{inner(depth - 1)}[{self.index(depth)}]"
        if r < 0.93:
            separators = [", ", ",", ";", " "]
            count = self.random.randint(0, 3)
            entries = [inner(depth - 1) + self.pick(separators[:3]) for _ in range(count)]
            return f"[{''.join(entries)}{inner(depth - 1)}]"
        if r < 0.96:
            tests = f"{inner(depth - 1)} {self.pick(SIGNS[13:19])} {inner(depth - 1)}"
            return f"({inner(depth - 1)} if {tests} else {inner(depth - 1)})"
        return f"{inner(depth - 1)}{self.pick([chr(39), '.T', '²', 'ᵀ', '.sum()', '.shape', '^2'])}"

    def call(self, depth: int) -> str:
        name = self.pick(COMMON) if self.random.random() < 0.4 else self.pick(FUNCTIONS)
        args = [self.expression(depth - 1) for _ in range(self.pick([0, 1, 1, 1, 1, 2, 2, 3]))]
        if self.random.random() < 0.2:
            value = self.pick(["0", "1", "-1", "2", "True", "None", "(0,1)", "s", "x", "1.5"])
            args.append(f"{self.pick(KEYWORDS)}={value}")
        if self.random.random() < 0.1:
            args.append(f"({self.expression(1)},{self.expression(1)})")
        text = f"{name}({','.join(args)})"
        r = self.random.random()
        if r < 0.1:
            return self.pick(PREFIXES) + text
        return f"{self.expression(1)}.{text}" if r < 0.2 else text

    def index(self, depth: int) -> str:
        items = [
            "0",
            "-1",
            ":",
            "1:",
            "::-1",
            "...",
            "None",
            "k",
            "7",
            "x>0",
            "[0,1]",
            "0.5",
            "::0",
        ]
        count = self.pick([1, 1, 1, 2, 3])
        return ",".join(
            self.expression(depth - 2) if self.random.random() < 0.2 else self.pick(items)
            for _ in range(count)
        )

    def program(self) -> str:
        parts = []
        if self.random.random() < 0.15:
            parts.append(f"f({self.pick(['t', 't,x', '', 'x,x'])}) = {self.expression(3)}")
        if self.random.random() < 0.15:
            parts.append(f"{self.pick(['u', 'w', 'x', 'sin'])} = {self.expression(3)}")
        label = self.pick(["y2 = ", "", "", "", "", "x = "])
        make = self.clean if self.random.random() < 0.5 else self.expression
        parts.append(label + make(self.random.randint(1, 5)))
        return self.pick(["; ", "\n", ";"]).join(parts)

    def mutated(self, corpus: list[str]) -> str:
        text = self.pick(corpus)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randint(0, len(text))
            to = min(len(text), at + self.random.randint(0, 3))
            r = self.random.random()
            if r < 0.4:
                text = text[:at] + self.pick(CHARACTERS) + text[to:]
            elif r < 0.6:
                text = text[:at] + self.pick(corpus) + text[to:]
            elif r < 0.75:
                text = text[:at] + text[at:to] * self.random.randint(2, 40) + text[to:]
            elif r < 0.9:
                text = text[:at] + text[to:]
            else:
                text = text[:at] + self.pick(FUNCTIONS) + "(" + text[to:]
        return text

    def draw(self) -> tuple[str, bool, Dialect]:
        """A text, whether it is a value, and its dialect."""
        r = self.random.random()
        is_value = r < 0.2
        if is_value:
            text = self.mutated(VALUES) if r < 0.15 else self.expression(2)
        else:
            text = self.program() if r < 0.72 else self.mutated(CORPUS)
            text = self.noise() if r > 0.95 else text
        return text, is_value, Dialect.MATRIX if self.random.random() < 0.15 else Dialect.NUMPY

    def noise(self) -> str:
        count = self.random.randint(0, 30)
        return "".join(self.pick(CHARACTERS) for _ in range(count))


def evaluate(text: str, dialect: Dialect) -> None:
    """Do with a text everything that is done with one."""
    program = parse(text, variables=ENV, dialect=dialect)
    names = free_names(program, ENV)
    env = {name: ENV[name] for name in ENV if name in names}
    value = interpret(program, env)
    held_constant(program, env)
    if isinstance(value, float | np.ndarray) and np.isnan(value).any():
        domain_error(program, env)
    for root in program.roots():
        for node in postorder(root):
            inside = 0 <= node.span.start <= node.span.end <= len(text)
            if not inside:
                raise RuntimeError(f"a span leaves the text: {node.span}")


def read(text: str) -> None:
    """Read a text as a value in every way."""
    for reader in (read_value, from_json):
        try:
            value = reader(text, "x")
        except GradcliError:
            continue
        if value.dtype != np.float64:
            raise RuntimeError(f"a value of type {value.dtype}")
    read_value(text, "x", stdin=text, allow_files=False)


def fuzz(n: int, seed: int, report=None, first: int = 0):
    """Try the texts from `first` up to `n`; return counts by outcome, failures, the slowest."""
    texts = Texts(seed)
    outcomes = collections.Counter()
    failures = []
    slowest = (0.0, "")
    for i in range(n):
        text, is_value, dialect = texts.draw()
        if i < first:
            continue
        start = time.process_time()
        try:
            read(text) if is_value else evaluate(text, dialect)
            outcomes["answered"] += 1
        except GradcliError as problem:
            outcomes[problem.diagnostic.code] += 1
            lines = str(problem).split("\n")
            if not 1 <= len(lines) <= 4 or not problem.diagnostic.what:
                failures.append((text, f"an ill-formed message: {lines}"))
        except Exception:
            failures.append((text, traceback.format_exc()))
        took = time.process_time() - start
        if took > slowest[0]:
            slowest = (took, text)
        if report is not None and (i + 1) % 1_000 == 0:
            report(i + 1, len(failures), slowest)
    return outcomes, failures, slowest


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Fuzz the expression language.")
    parser.add_argument("--n", type=int, default=100_000, help="number of texts")
    parser.add_argument("--first", type=int, default=0, help="texts to make but not to try")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("error")

    def report(done, bad, slowest):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        if done % 50_000 == 0:
            line = f"{done} texts, {bad} failures, slowest {slowest[0]:.3f} s"
            print(line, file=sys.stderr, flush=True)

    start = time.perf_counter()
    outcomes, failures, slowest = fuzz(options.n, options.seed, report, options.first)
    took = time.perf_counter() - start
    print(f"texts      {options.first}..{options.n} in {took:.0f} s, seed {options.seed}")
    print(f"answered   {outcomes.pop('answered', 0)}")
    print(
        f"refused    {sum(outcomes.values())}: "
        + ", ".join(f"{k} {v}" for k, v in sorted(outcomes.items()))
    )
    print(f"slowest    {slowest[0]:.3f} s: {slowest[1][:200]!a}")
    print(f"failures   {len(failures)}")
    kinds = collections.Counter(reason.strip().split("\n")[-1][:90] for _, reason in failures)
    for kind, count in kinds.most_common():
        print(f"{count:6} {kind}")
    for text, reason in failures[:20]:
        print("-" * 70, ascii(text), reason, sep="\n")
    return 1 if failures or slowest[0] > SLOW else 0


if __name__ == "__main__":
    sys.exit(main())
