"""The term by which a claim is wrong, in the language of matrices, by fitting.

May import `hypotheses` and NumPy. What a claim lacks is a sum of products of the variables,
as a person would write them: ``A'@x``, ``2*x*y``. Every such product of a few factors is
evaluated at the point and at fresh points; one or two of them that give the difference
everywhere, with plain coefficients, are named. A chance fit at every point to 1e-8 does not
happen; a formula that is not found is not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from gradcli.reports import Array

# Products of more factors, and sums of more terms, explain nothing to a reader.
MOST_FACTORS = 3
MOST_TERMS = 2
MOST_PRODUCTS = 150
# A fit leaves this share of the difference; a coefficient is a fraction of small numbers.
EXACT = 1e-8
LARGEST_DENOMINATOR = 6
# Every product is held in memory at every point; longer arrays are not looked at.
MOST_FITTED = 50_000
# Of long arrays this many entries are fitted first.
MOST_PROBED = 60
# Numbers of the fit: fewer equations than this a term are no evidence.
FEWEST_EQUATIONS = 2

Points = Sequence[Sequence[Array]]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of variables at every point.

    Parameters
    ----------
    factors
        Its factors, as text.
    joint
        What stands between them: ``@`` or ``*``.
    values
        Its value at every point.
    """

    factors: tuple[str, ...]
    joint: str
    values: tuple[Array, ...]

    @property
    def text(self) -> str:
        """The product as the language writes it."""
        return self.joint.join(self.factors)


@dataclass(frozen=True, slots=True)
class Term:
    """A product with its coefficient."""

    coefficient: Fraction
    product: Product

    @property
    def text(self) -> str:
        """The term, without its sign."""
        size = abs(self.coefficient)
        if not self.product.factors:
            return str(size)
        return self.product.text if size == 1 else f"{_number(size)}*{self.product.text}"


def _number(size: Fraction) -> str:
    return str(size) if size.denominator == 1 else f"({size})"


def fitted_terms(
    wanted: Sequence[Array], points: Points, names: Sequence[str]
) -> tuple[Term, ...] | None:
    """Return the one or two terms whose sum is wanted at every point, or ``None``.

    Parameters
    ----------
    wanted
        An array of one shape per point.
    points
        The variables at every point.
    names
        Their names.
    """
    shape = np.shape(wanted[0])
    target = _stacked(wanted)
    size = float(np.max(np.abs(target), initial=0.0))
    if size == 0.0 or not np.isfinite(size) or target.size > MOST_FITTED:
        return None
    products = [p for p in _products(points, names, shape) if np.isfinite(_stacked(p.values)).all()]
    products = products[:MOST_PRODUCTS]
    columns = [_stacked(p.values) for p in products]
    probe = _probe(target)
    few = [column[probe] for column in columns]
    for count in range(1, MOST_TERMS + 1):
        if target.size < FEWEST_EQUATIONS * count:
            break
        for chosen in combinations(range(len(products)), count):
            if _fit(target[probe], np.stack([few[k] for k in chosen], axis=1), size) is None:
                continue
            found = _fit(target, np.stack([columns[k] for k in chosen], axis=1), size)
            if found is not None:
                return tuple(Term(c, products[k]) for c, k in zip(found, chosen, strict=True))
    return None


def _probe(target: Array) -> Array:
    """Return the places of a few entries, the largest among them: what fits must fit there."""
    if target.size <= MOST_PROBED:
        return np.arange(target.size)
    drawn = np.random.default_rng(0).choice(target.size, MOST_PROBED - 1, replace=False)
    return np.append(drawn, np.argmax(np.abs(target)))


def _stacked(arrays: Sequence[Array]) -> Array:
    return np.concatenate([np.ravel(a) for a in arrays])


def _fit(target: Array, columns: Array, size: float) -> list[Fraction] | None:
    """Return plain coefficients that give the target, or ``None``."""
    with np.errstate(all="ignore"):
        scale = np.max(np.abs(columns), axis=0)
        if not np.all(scale > 0):
            return None
        solved, _, rank, _ = np.linalg.lstsq(columns / scale, target / size, rcond=None)
        if rank < columns.shape[1]:
            return None
        found = solved * size / scale
        plain = [Fraction(float(c)).limit_denominator(LARGEST_DENOMINATOR) for c in found]
        if any(
            p == 0 or abs(float(p) - c) > EXACT * abs(c) for p, c in zip(plain, found, strict=True)
        ):
            return None
        left = columns @ np.array([float(p) for p in plain]) - target
    return plain if float(np.max(np.abs(left))) <= EXACT * size else None


def _products(points: Points, names: Sequence[str], shape: tuple[int, ...]) -> Iterator[Product]:
    """Yield the products of a shape, those of few factors first."""
    single = list(_atoms(points, names))
    yield Product((), "", tuple(np.ones(shape) for _ in points))
    chains = single
    for count in range(1, MOST_FACTORS + 1):
        yield from (p for p in chains if np.shape(p.values[0]) == shape)
        if len(shape) == 1:
            yield from _elementwise(single, shape, count)
        if len(shape) == 2:
            yield from _outer(single, shape, count)
        if count < MOST_FACTORS:
            chains = [q for a in single for p in chains for q in _chained(a, p)]


def _atoms(points: Points, names: Sequence[str]) -> Iterator[Product]:
    """Yield the variables, and the transposes of matrices."""
    for k, name in enumerate(names):
        values = tuple(np.asarray(p[k], dtype=np.float64) for p in points)
        yield Product((name,), "@", values)
        if values[0].ndim == 2:
            yield Product((f"{name}'",), "@", tuple(v.T for v in values))


def _chained(a: Product, p: Product) -> Iterator[Product]:
    """Yield the matrix product of a matrix and a chain, or a scalar times a chain."""
    left, right = np.shape(a.values[0]), np.shape(p.values[0])
    if len(left) == 2 and right and left[1] == right[0]:
        values = tuple(x @ y for x, y in zip(a.values, p.values, strict=True))
        yield Product((*a.factors, *p.factors), "@", values)
    elif not left and p.joint in {"@", "*"} and len(p.factors) == 1:
        values = tuple(x * y for x, y in zip(a.values, p.values, strict=True))
        yield Product((*a.factors, *p.factors), "*", values)


def _elementwise(
    single: Sequence[Product], shape: tuple[int, ...], count: int
) -> Iterator[Product]:
    """Yield the elementwise product of two vectors."""
    if count != 2:
        return
    vectors = [p for p in single if np.shape(p.values[0]) == shape]
    for i, a in enumerate(vectors):
        for b in vectors[i:]:
            values = tuple(x * y for x, y in zip(a.values, b.values, strict=True))
            yield Product((*a.factors, *b.factors), "*", values)


def _outer(single: Sequence[Product], shape: tuple[int, ...], count: int) -> Iterator[Product]:
    """Yield the outer products of two vectors."""
    if count != 2:
        return
    vectors = [p for p in single if np.ndim(p.values[0]) == 1]
    for a in vectors:
        for b in vectors:
            if (a.values[0].size, b.values[0].size) == shape:
                values = tuple(np.outer(x, y) for x, y in zip(a.values, b.values, strict=True))
                yield Product((f"outer({a.text}, {b.text})",), "@", values)


def sum_text(terms: Sequence[Term]) -> str:
    """Return a sum of terms as the language writes it, common ends taken out.

    Examples
    --------
    >>> A, T = (Product((m, "x"), "@", ()) for m in ("A", "A'"))
    >>> sum_text([Term(Fraction(1), A), Term(Fraction(1), T)])
    "(A + A')@x"
    """
    if len(terms) == 2 and len({t.coefficient for t in terms}) == 1:
        common = _factored([t.product for t in terms])
        if common:
            c = terms[0].coefficient
            return common if c == 1 else f"{'-' if c < 0 else ''}{_factor(abs(c))}{common}"
    parts = [("- " if t.coefficient < 0 else "+ ") + t.text for t in terms]
    text = " ".join(parts)
    return text.removeprefix("+ ") if text.startswith("+ ") else "-" + text.removeprefix("- ")


def _factor(size: Fraction) -> str:
    return "" if size == 1 else f"{_number(size)}*"


def _factored(products: Sequence[Product]) -> str:
    """Return two chains with a common end as a bracket times that end; empty if there is none."""
    a, b = (p.factors for p in products)
    if any(p.joint != "@" for p in products) or len(a) != len(b) or len(a) < 2:
        return ""
    if a[1:] == b[1:]:
        return f"({a[0]} + {b[0]})@{'@'.join(a[1:])}"
    if a[:-1] == b[:-1]:
        return f"{'@'.join(a[:-1])}@({a[-1]} + {b[-1]})"
    return ""


__all__: list[Any] = ["Term", "fitted_terms", "sum_text"]
