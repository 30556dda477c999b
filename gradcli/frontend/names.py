"""What the words of a function's name say: the derivative of what, by what.

May import the standard library. ``computeSigmoidGradient`` and ``f_grad_x`` are words around
the name of another function. Where every word is understood the name says a derivative;
where some are not it may be one (``numerical_grad_f``), and is neither accused nor vouched
for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

GRADIENT, HESSIAN, PRODUCT = "gradient", "hessian", "hvp"

_GRADIENTS = frozenset(("grad", "grads", "gradient", "gradients", "nabla", "jac", "jacobian"))
_DERIVATIVES = frozenset(("deriv", "derivs", "derivative", "derivatives", "der", "prime"))
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(_GRADIENTS | _DERIVATIVES, GRADIENT),
    **dict.fromkeys(("hess", "hessian", "d2"), HESSIAN),
    **dict.fromkeys(("hvp", "hessp"), PRODUCT),
}
_VERBS = frozenset(("compute", "calc", "calculate", "get"))
_LITTLE = frozenset(("of", "the", "my", "by", "wrt", "func", "function", "fn"))
_FILLERS = _VERBS | _LITTLE | {"exact", "manual", "hand", "analytic", "analytical"}
_RESPECT = ("with", "respect", "to")
# What turns a Hessian into its product with a vector.
_TIMES = frozenset(("prod", "product", "vec", "vector", "times", "p"))
# Beside a word of derivative these say that the function is something else, with a derivative
# of its own: a loss with a gradient penalty, the norm of a gradient, a value and its gradient.
_BESIDE = frozenset(("and", "with", "no", "without", "stop", "norm", "penalty", "clip"))
_SOMETHING_ELSE = _BESIDE | {"descent", "ascent", "flow", "step"}
# A name of these words alone is the derivative of the file's only function; `prime` and `der`
# are too much else.
_LONE = frozenset(_KINDS) - {"prime", "der", "nabla", "d2"}
# Before the name of a parameter these are the derivative by it.
_BY = frozenset(("d", "partial"))
# Longer names are no habit of anybody's.
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says.

    Parameters
    ----------
    target
        The function whose derivative it is, or looks like.
    kind
        `GRADIENT`, `HESSIAN` or `PRODUCT`.
    wrt
        The parameter it is by; empty where the name says none.
    is_sure
        Whether every word was understood.
    """

    target: str
    kind: str
    wrt: str = ""
    is_sure: bool = True


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, split at underscores and at capital letters.

    Parameters
    ----------
    name
        An identifier.

    Examples
    --------
    >>> words_of("logLik_gradMSE"), words_of("MSELoss2")
    (('log', 'Lik', 'grad', 'MSE'), ('MSE', 'Loss2'))
    """
    return tuple(word for part in name.split("_") if part for word in _humps(part))


def _humps(part: str) -> Iterator[str]:
    """Yield the words of a part without underscores."""
    start = 0
    for k, (before, here) in enumerate(pairwise(part), 1):
        next_is_small = k + 1 < len(part) and part[k + 1].islower()
        if here.isupper() and (not before.isupper() or next_is_small):
            yield part[start:k]
            start = k
    yield part[start:]


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    """Return words without their case, but for single letters: ``f`` and ``F`` are two."""
    return tuple(w.lower() if len(w) > 1 else w for w in words)


class Targets:
    """The functions that names may speak of.

    Parameters
    ----------
    functions
        Their names.
    parameters
        Gives the names of a function's parameters.
    """

    def __init__(
        self, functions: Iterable[str], parameters: Callable[[str], Sequence[str]]
    ) -> None:
        self._parameters = parameters
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for name in functions:
            self._by_words.setdefault(_folded(words_of(name)), []).append(name)

    def read(self, name: str) -> Reading | None:
        """Return what a name says, or ``None`` where it speaks of no derivative.

        Parameters
        ----------
        name
            The name of a function, which may be a target, too.
        """
        spans = list(self._spans(name))
        readings = (self._reading(*span) for span in spans)
        sure = next((r for r in readings if r is not None and r.is_sure), None)
        if sure is not None or not spans:
            return sure
        return self._reading(*spans[0])

    def _spans(self, name: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Return every target in a name, the longest first, with the words on both sides."""
        words = words_of(name)
        if words and words[0].startswith("d2") and len(words[0]) > len("d2"):
            words = ("d2", words[0][len("d2") :], *words[1:])
        if len(words) > _MOST_WORDS:
            return []
        bounds = combinations(range(len(words) + 1), 2)
        found = [
            (target, words[:first], words[last:])
            for first, last in bounds
            for target in self._by_words.get(_folded(words[first:last]), ())
            if target != name
        ]
        # Of two that differ in case only, the one that is written so.
        return sorted(found, key=lambda span: (-len(span[0]), span[0] not in name))

    def _reading(
        self, target: str, left: tuple[str, ...], right: tuple[str, ...]
    ) -> Reading | None:
        """Return what the words around a target say of it."""
        rest = _Rest(_by_words(self._parameters(target)))
        rest.take(left, is_before=True)
        rest.take(right, is_before=False)
        return rest.reading(target)


def lone_kind(name: str) -> str:
    """Return the kind of derivative that a name says without a function; empty for none.

    Examples
    --------
    >>> lone_kind("compute_gradient"), lone_kind("hess"), lone_kind("gradient_descent")
    ('gradient', 'hessian', '')
    """
    words = words_of(name)
    if len(words) > _MOST_WORDS or not _LONE & set(_folded(words)):
        return ""
    rest = _Rest({})
    rest.take(words, is_before=False)
    said = rest.reading("")
    return said.kind if said is not None and said.is_sure else ""


def _by_words(parameters: Sequence[str]) -> dict[tuple[str, ...], str]:
    """Return parameters by their words, those left out that only their underscores tell."""
    every = [words_of(p) for p in parameters]
    pairs = zip(every, parameters, strict=True)
    return {words: p for words, p in pairs if words and every.count(words) == 1}


@dataclass(slots=True)
class _Rest:
    """The words of a name beside its target, sorted.

    Parameters
    ----------
    parameters
        The parameters of the target, by their words.
    kinds
        What the words of derivative say, one for each.
    wrt
        Parameters that are named.
    has_bare_d
        Whether a ``d`` stands before the target, which is also short for many things.
    is_by
        Whether a parameter is named as ``dx``.
    is_product
        Whether a word says a product.
    unknown
        The words that are not understood.
    """

    parameters: Mapping[tuple[str, ...], str]
    kinds: list[str] = field(default_factory=list)
    wrt: list[str] = field(default_factory=list)
    has_bare_d: bool = False
    is_by: bool = False
    is_product: bool = False
    unknown: list[str] = field(default_factory=list)

    def take(self, words: tuple[str, ...], is_before: bool) -> None:
        """Sort the words of one side of the target."""
        k = 0
        while k < len(words):
            k += self._taken(words[k:], is_before)

    def _taken(self, words: tuple[str, ...], is_before: bool) -> int:
        """Sort the first words of several; return how many."""
        word = words[0].lower()
        if word in _KINDS:
            self.kinds.append(_KINDS[word])
            return 1
        count = self._parameter(words)
        if count:
            return count
        if words == ("d",) and is_before:
            self.has_bare_d = True
        elif tuple(w.lower() for w in words[: len(_RESPECT)]) == _RESPECT:
            return len(_RESPECT)
        elif word in _TIMES:
            self.is_product = True
        elif word not in _FILLERS:
            self.unknown.append(word)
        return 1

    def _parameter(self, words: tuple[str, ...]) -> int:
        """Take ``x``, ``dx`` or ``d_x`` for a parameter ``x``; return how many words."""
        cut = (words[0][1:], *words[1:]) if words[0].startswith("d") else ()
        behind = words[1:] if words[0] in _BY else ()
        for parameter in sorted(self.parameters, key=len, reverse=True):
            size = len(parameter)
            for read, more, is_by in ((words, 0, False), (cut, 0, True), (behind, 1, True)):
                if read[:size] == parameter:
                    self.wrt.append(self.parameters[parameter])
                    self.is_by |= is_by
                    return size + more
        return 0

    def reading(self, target: str) -> Reading | None:
        """Return what all words together say; ``None`` where it is no derivative."""
        kinds = self.kinds or [GRADIENT]
        if not (self.kinds or self.has_bare_d or self.is_by):
            return None
        is_product = self.is_product and kinds == [HESSIAN]
        is_mixed = (self.has_bare_d and bool(self.kinds)) or (self.is_by and kinds[0] != GRADIENT)
        is_sure = (
            not self.unknown
            and not is_mixed
            and len(kinds) == 1
            and len(self.wrt) <= 1
            and self.is_product == is_product
        )
        kind = PRODUCT if is_product else kinds[0]
        if is_sure:
            return Reading(target, kind, wrt=self.wrt[0] if self.wrt else "")
        if _SOMETHING_ELSE & set(self.unknown) or not (self.kinds or self.is_by):
            return None
        return Reading(target, kind, is_sure=False)
