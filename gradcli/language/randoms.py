"""Random values: ``randn(3,4)``, ``rand(..)``, ``randint(lo,hi,..)``, from NumPy's streams.

May import `machine`, `whole`, `syntax`, `errors`, NumPy. With ``seed=k`` the numbers are
those of ``numpy.random.default_rng(k)``. Without, they come from a stream of the variable's
own, seeded by ``SeedSequence([seed, crc32(name)])``, so that one more variable never
changes the numbers of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.machine import Machine, Step
from gradcli.language.syntax import Call, Keyword, Node
from gradcli.language.whole import sizes_of, whole_number


class Stream:
    """The random numbers of one variable.

    Parameters
    ----------
    seed, name
        The ``--seed`` of the run and the variable's name.
    """

    def __init__(self, seed: int, name: str) -> None:
        self.seed = seed
        self.name = name
        self._own: np.random.Generator | None = None

    @property
    def procedures(self) -> Mapping[str, Any]:
        """The steps of the functions, by name."""
        return {"randn": self.randn, "rand": self.rand, "randint": self.randint}

    def _generator(self, seed: int | None) -> np.random.Generator:
        if seed is not None:
            return np.random.default_rng(seed)
        if self._own is None:
            entropy = np.random.SeedSequence([self.seed, crc32(self.name.encode())])
            self._own = np.random.default_rng(entropy)
        return self._own

    def _arguments(
        self, machine: Machine, step: Step, bounds: int
    ) -> tuple[list[int], tuple[int, ...], np.random.Generator]:
        """Return the leading whole numbers, the sizes, and the generator."""
        node: Call = step.node  # type: ignore[assignment]
        values = machine.take(len(node.args))
        seed: int | None = None
        positional: list[tuple[Any, Node]] = []
        for value, argument in zip(values, node.args, strict=True):
            if not isinstance(argument, Keyword):
                positional.append((value, argument))
            elif argument.name == "seed" and seed is None:
                seed = whole_number(value, argument.span, "a seed")
            else:
                what = f"`{node.function}` has no argument `{argument.name}=`, or has it twice"
                raise LanguageError("E018", what, argument.span, hint="write `seed=0`")
        if seed is not None and seed < 0:
            raise LanguageError("E022", f"a seed is {seed}", node.span, hint="seeds are 0 or more")
        if len(positional) < bounds:
            what = f"`{node.function}` needs its bounds"
            raise LanguageError("E018", what, node.span, hint="write `randint(0, 10, 3)`")
        leading = [whole_number(v, n.span, "a bound") for v, n in positional[:bounds]]
        rest = positional[bounds:]
        shape = sizes_of([v for v, _ in rest], [n for _, n in rest])
        for size, (_, place) in zip(shape, rest, strict=True):
            if size < 0:
                what = f"a size is {size}"
                raise LanguageError("E022", what, place.span, hint="sizes are 0 or more")
        machine.begin(node, shape, 0.0)
        return leading, shape, self._generator(seed)

    def randn(self, machine: Machine, step: Step) -> None:
        """Draw from the standard normal distribution."""
        _, shape, generator = self._arguments(machine, step, 0)
        machine.give(step.node, (), np.asarray(generator.standard_normal(shape)))

    def rand(self, machine: Machine, step: Step) -> None:
        """Draw from [0, 1)."""
        _, shape, generator = self._arguments(machine, step, 0)
        machine.give(step.node, (), np.asarray(generator.random(shape)))

    def randint(self, machine: Machine, step: Step) -> None:
        """Draw whole numbers, the upper bound excluded."""
        (low, high), shape, generator = self._arguments(machine, step, 2)
        if low >= high:
            what = f"no whole number lies in [{low}, {high})"
            raise LanguageError("E018", what, step.node.span, hint="write `randint(0, 10, 3)`")
        drawn = generator.integers(low, high, size=shape)
        machine.give(step.node, (), np.asarray(drawn, dtype=np.float64))
