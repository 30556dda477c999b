"""Simple explanations of a wrong gradient, tried on the point and on fresh points alike.

May import NumPy and `reports`' array type. A hypothesis is a function of samples, each a
claimed and a true gradient; it holds only if it holds at every sample, so that a coincidence
at one point is not reported. They stand in order of simplicity; the first that holds is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradcli.reports import Array

# Two gradients are the same for an explanation if they agree to this, relative to the
# largest entry: explanations are looked for in float64.
SAME = 1e-7
# Variables among which an exchange of gradients is looked for.
_MOST_SWAPPED = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """The gradients of one variable, or all, at one point.

    Parameters
    ----------
    claimed, true
        One array per claimed variable, in the same order.
    """

    claimed: tuple[Array, ...]
    true: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that fits.

    Parameters
    ----------
    name
        From the closed list.
    sentence
        In words.
    advice
        What to do about it, where there is something.
    """

    name: str
    sentence: str
    advice: str = ""


def same(a: Array, b: Array, within: float = SAME) -> bool:
    """Whether two gradients agree, on the scale of the larger."""
    if np.shape(a) != np.shape(b):
        return False
    scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return bool(np.all(np.abs(a - b) <= within * scale)) if np.isfinite(scale) else False


def _all_same(samples: Sequence[Sample], change: Callable[[Array], Array | None]) -> bool:
    """Whether ``claimed = change(true)`` for every variable at every sample."""
    for sample in samples:
        for claimed, true in zip(sample.claimed, sample.true, strict=True):
            changed = change(true)
            if changed is None or not same(claimed, changed):
                return False
    return True


def sign_flipped(samples: Sequence[Sample]) -> Cause | None:
    """Find a gradient with the wrong sign throughout."""
    if _all_same(samples, lambda g: -g):
        return Cause("sign-flipped", "the claim is minus the gradient")
    return None


def constant_factor(samples: Sequence[Sample]) -> Cause | None:
    """Find a gradient that is off by one factor throughout."""
    claimed = np.concatenate([c.ravel() for s in samples for c in s.claimed])
    true = np.concatenate([t.ravel() for s in samples for t in s.true])
    # Squares of entries near the ends of the float range would be 0 or infinite.
    largest = float(np.max(np.abs(true), initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return None
    unit = true / largest
    factor = float((claimed / largest) @ unit) / float(unit @ unit)
    if factor == 0.0 or not np.isfinite(factor) or not _all_same(samples, lambda g: factor * g):
        return None
    return Cause("constant-factor", f"the claim is {_factor_text(factor, samples)} the gradient")


def _factor_text(factor: float, samples: Sequence[Sample]) -> str:
    """Return a factor as a person would say it."""
    sizes = {int(np.size(t)) for t in samples[0].true}
    n = next(iter(sizes)) if len(sizes) == 1 else 0
    if n > 2 and abs(factor - n) < SAME * n:
        return f"{n} times (the number of entries)"
    if n > 2 and abs(factor * n - 1) < SAME:
        return f"1/{n} (one over the number of entries) of"
    shown = f"{factor:.6g}"
    return f"{factor:.9g} times" if shown == "1" else f"{shown} times"


def vanished(samples: Sequence[Sample]) -> Cause | None:
    """Find a claim that is zero everywhere."""
    if all(not np.any(c) for s in samples for c in s.claimed):
        return Cause("missing-path", "the claim is zero everywhere")
    return None


def transposed(samples: Sequence[Sample]) -> Cause | None:
    """Find a matrix gradient that was transposed, or the Jacobian of a matrix by a matrix."""
    if _all_same(samples, lambda g: g.T if g.ndim == 2 and g.shape[0] == g.shape[1] else None):
        return Cause("transposed", "the claim is the transpose of the gradient")
    if _all_same(samples, _halves_exchanged):
        return Cause("transposed", "the claim has the indices of output and input exchanged")
    return None


def _halves_exchanged(g: Array) -> Array | None:
    """Return a Jacobian with the indices of its output behind those of its input."""
    half = g.ndim // 2
    if g.ndim < 4 or g.ndim % 2 or g.shape[:half] != g.shape[half:]:
        return None
    return np.moveaxis(g, range(half), range(half, g.ndim))


def symmetric_convention(samples: Sequence[Sample]) -> Cause | None:
    """Find the conventions for symmetric matrices, which are not the plain gradient."""

    def counted_twice(g: Array) -> Array | None:
        square = g.ndim == 2 and g.shape[0] == g.shape[1]
        return g + g.T - np.diag(np.diag(g)) if square else None

    def symmetrised(g: Array) -> Array | None:
        square = g.ndim == 2 and g.shape[0] == g.shape[1]
        return (g + g.T) / 2 if square else None

    if _all_same(samples, counted_twice):
        what = "the claim counts entries (i,j) and (j,i) as one: G + G' - diag(G)"
        return Cause("symmetric-convention", what)
    if _all_same(samples, symmetrised):
        return Cause("symmetric-convention", "the claim is the symmetric part of the gradient")
    return None


def permuted(samples: Sequence[Sample]) -> Cause | None:
    """Find entries in other places, by one place or by any fixed permutation."""
    for shift in (1, -1):
        if _all_same(samples, partial(_rolled, shift)):
            return Cause("off-by-one", "every entry of the claim is one place off")
        for axis, what in ((0, "row"), (1, "column")):
            if _all_same(samples, partial(_rolled_along, shift, axis)):
                return Cause("off-by-one", f"every {what} of the claim is one place off")
    orders = [_order(s.claimed[0], s.true[0]) for s in samples if len(s.claimed) == 1]
    if len(orders) == len(samples) and orders[0] is not None:
        first = orders[0]
        if all(o is not None and np.array_equal(o, first) for o in orders):
            return Cause("permuted", "the claim has the right entries in other places")
    return None


def _rolled(shift: int, g: Array) -> Array | None:
    return np.roll(g, shift) if g.size > 1 else None


def _rolled_along(shift: int, axis: int, g: Array) -> Array | None:
    return np.roll(g, shift, axis) if g.ndim == 2 and g.shape[axis] > 1 else None


def _order(claimed: Array, true: Array) -> Array | None:
    """Return the permutation that takes the true entries to the claimed ones, if unique."""
    a, b = claimed.ravel(), true.ravel()
    if a.size < 2 or a.size != b.size or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    if len(np.unique(b)) != b.size or not same(np.sort(a), np.sort(b)):
        return None
    order = np.empty(a.size, dtype=np.intp)
    order[np.argsort(a)] = np.argsort(b)
    return order


def shifted(samples: Sequence[Sample]) -> Cause | None:
    """Find entries one place off with a zero moved in at the end."""
    for shift in (1, -1):

        def moved(g: Array, s: int = shift) -> Array | None:
            if g.ndim != 1 or g.size < 2:
                return None
            out = np.roll(g, s)
            out[0 if s > 0 else -1] = 0.0
            return out

        if _all_same(samples, moved):
            return Cause("off-by-one", "every entry of the claim is one place off")
    return None


def swapped(samples: Sequence[Sample]) -> Cause | None:
    """Find gradients of two variables in each other's place."""
    count = len(samples[0].claimed)
    if not 2 <= count <= _MOST_SWAPPED:
        return None
    if count == 2:
        if all(same(s.claimed[0], s.true[1]) and same(s.claimed[1], s.true[0]) for s in samples):
            return Cause("wrong-variable", "the claims of the two variables are swapped")
        return None
    free = set(range(count))
    for k in range(count):
        home = next((j for j in free if all(same(s.claimed[k], s.true[j]) for s in samples)), None)
        if home is None:
            return None
        free.remove(home)
    return Cause("wrong-variable", "the claims of the variables are in another order")


def wrong_variable(
    samples: Sequence[Sample], others: Mapping[str, Sequence[Array]], name: str
) -> Cause | None:
    """Find the claim of one variable that is the gradient by another one.

    Parameters
    ----------
    samples
        Of the claimed variable alone.
    others
        The true gradient by every other variable, at every sample.
    name
        The claimed variable.
    """
    for other, true in others.items():
        if all(same(s.claimed[0], t) for s, t in zip(samples, true, strict=True)):
            what = f"the claim for `{name}` is the gradient by `{other}`"
            return Cause("wrong-variable", what, other)
    return None


HYPOTHESES: tuple[Callable[[Sequence[Sample]], Cause | None], ...] = (
    vanished,
    sign_flipped,
    transposed,
    swapped,
    constant_factor,
    symmetric_convention,
    permuted,
    shifted,
)


def first_that_holds(samples: Sequence[Sample]) -> Cause | None:
    """Return the simplest cause that fits every sample, or ``None``."""
    for hypothesis in HYPOTHESES:
        found = hypothesis(samples)
        if found is not None:
            return found
    return None
