"""The differentiated parameters of a function as a claim's result is laid over them.

May import `callables`, `ir`, `source`. Containers are walked side by side: a dict by its keys,
whatever their order, sequences by position. What differs is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from gradcli.ir.tree import LEAF, Structure, unflatten
from gradcli.source import safe_text
from gradcli.verify.callables import Callee

# Keys of a dict that stand for parameter `w`.
_KEYS = ("d{}", "d_{}", "{}_grad", "grad_{}", "{}_gradient")


@dataclass(frozen=True, slots=True)
class Form:
    """A claim taken apart.

    Parameters
    ----------
    parts
        Raw parts by the position of the array they claim; anything array-like, tracers
        included.
    trouble
        Why it is no gradient of the function; empty where it may be one.
    """

    parts: Mapping[int, Any]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The differentiated parameters of a function, and where their arrays are.

    Parameters
    ----------
    callee
        The function.
    output
        The shape of its value.
    value
        Its value, to know it where a claim returns it too.
    claim
        The name of the claim, for messages.
    wrt
        The parameters its author named, if any.
    """

    callee: Callee
    output: tuple[int, ...]
    value: Any = None
    claim: str = "the claim"
    wrt: tuple[str, ...] | None = None

    @property
    def names(self) -> list[str]:
        """The parameters that may be claimed, in order."""
        return list(self.wrt or self.callee.wrt)

    def positions(self, name: str) -> range:
        """Return the positions of a parameter's arrays."""
        start = 0
        for other, structure in zip(self.callee.wrt, self.callee.structures, strict=True):
            if other == name:
                return range(start, start + structure.leaf_count)
            start += structure.leaf_count
        return range(0)

    def is_number(self, name: str) -> bool:
        """Whether a parameter is one number."""
        positions = self.positions(name)
        return len(positions) == 1 and np.shape(self.callee.leaves[positions[0]]) == ()

    def structure(self, name: str) -> Structure:
        """Return the containers of a parameter."""
        return self.callee.structures[self.callee.wrt.index(name)]

    def fits(self, part: Any, name: str) -> bool:
        """Whether a part has the shape of the derivative by a parameter."""
        found, trouble = self.spread(part, name)
        if trouble:
            return False
        return all(self._fits_leaf(p, np.shape(self.callee.leaves[k])) for k, p in found.items())

    def _fits_leaf(self, part: Any, inner: tuple[int, ...]) -> bool:
        try:
            shape = np.shape(part)
        except ValueError:
            return False
        exact = shape == self.output + inner or self.output == inner == shape
        return exact or is_same_but_for_ones(shape, self.output, inner)

    def spread(self, part: Any, name: str) -> tuple[dict[int, Any], str]:
        """Return a part by the arrays of its parameter, or why its containers differ."""
        positions = self.positions(name)
        structure = self.structure(name)
        if structure is LEAF or structure.nodes == LEAF.nodes:
            return {positions[0]: part}, ""
        template = unflatten(structure, list(positions))
        found: dict[int, Any] = {}
        for place, wanted, given in _paired(template, part, name):
            if wanted is None:
                return {}, place
            found[wanted] = given
        return found, ""


def _paired(template: Any, part: Any, name: str) -> Iterator[tuple[str, int | None, Any]]:
    """Walk two containers; yield leaves, or a sentence (with ``None``) where they differ."""
    pending = [(name, template, part)]
    while pending:
        place, wanted, given = pending.pop()
        if isinstance(wanted, int):
            yield place, wanted, given
        elif isinstance(wanted, Mapping):
            given = _renamed(wanted, given)
            if not isinstance(given, Mapping) or set(given) != set(wanted):
                yield _difference(place, wanted, given), None, None
                return
            pending += [(f"{place}[{k!r}]", wanted[k], given[k]) for k in reversed(list(wanted))]
        else:
            fits = isinstance(given, tuple | list | np.ndarray) and len(given) == len(wanted)
            if not fits:
                yield _other_count(place, len(wanted), given), None, None
                return
            rows = list(enumerate(zip(wanted, given, strict=True)))
            pending += [(f"{place}[{i}]", w, g) for i, (w, g) in reversed(rows)]


def known_keys(names: Iterable[Any]) -> dict[Any, Any]:
    """Return which name a key of a claimed dict stands for: ``dW1`` for ``W1``."""
    texts = {name: name for name in names}
    spelled = {p.format(n): n for n in texts if isinstance(n, str) for p in _KEYS}
    # A name itself comes first: of `a` and `da`, the key `da` is the latter.
    return spelled | texts


def _renamed(wanted: Mapping[Any, Any], given: Any) -> Any:
    """Return a claimed dict with the keys of the parameter, where it has those of gradients."""
    if not isinstance(given, Mapping) or set(given) == set(wanted):
        return given
    known = known_keys(wanted)
    renamed = {known.get(k, k): v for k, v in given.items()}
    return renamed if set(renamed) == set(wanted) and len(renamed) == len(given) else given


def _other_count(place: str, wanted: int, given: Any) -> str:
    """Return how many parts a claimed sequence has, and how many it should have."""
    count = len(given) if isinstance(given, tuple | list) else "no"
    return f"the claim for `{place}` has {count} parts, `{place}` {wanted}"


def _difference(place: str, wanted: Mapping[Any, Any], given: Any) -> str:
    """Return how the keys of a claimed dict differ from those of the parameter."""
    if not isinstance(given, Mapping):
        return f"the claim for `{place}` is {type(given).__name__}, `{place}` is a dict"
    extra = [k for k in given if k not in wanted]
    lacking = [k for k in wanted if k not in given]
    if extra:
        return f"the claim has a key {key_text(extra[0])} that `{place}` lacks"
    return f"the claim has no key {key_text(lacking[0])}, `{place}` has"


def key_text(key: Any) -> str:
    """Return a key as a message shows it."""
    return safe_text(repr(key), 40)


def is_same_but_for_ones(
    shape: tuple[int, ...], output: tuple[int, ...], inner: tuple[int, ...]
) -> bool:
    """Whether a claim's shape differs from the derivative's only where there is one entry.

    The gradient of an output of shape ``(1,)`` in the shape of the input, a column for the
    derivative by a number, an array of one number for a number: none is open to a doubt.
    """
    if prod(output) == 1 and shape == inner:
        return True
    if prod(inner) == 1 and shape in (output, (*output, 1)):
        return True
    return prod(output + inner) == prod(shape) == 1
