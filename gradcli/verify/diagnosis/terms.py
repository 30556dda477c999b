"""The term that a wrong gradient lacks, or has too many, as a formula.

May import `engine`, `hypotheses`, `matrix_terms`, `symbolic`, `subject`. Asked only where no
simpler cause fits. Two ways: a product of the variables that gives the difference at the
point and at fresh points, and SymPy's own derivative of the recorded program minus the
claim's, entry by entry, confirmed at the point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.programs import differentiate
from gradcli.ir.program import Program
from gradcli.reports import Array
from gradcli.symbolic.difference import Difference, difference
from gradcli.verify.diagnosis.hypotheses import Cause, Sample, same
from gradcli.verify.diagnosis.matrix_terms import Term, fitted_terms, sum_text
from gradcli.verify.diagnosis.smallest import attempt
from gradcli.verify.subject import Subject

# Wrong entries that are written out; all of them must have an explanation of this kind.
MOST_ENTRIES = 8

Points = Sequence[Sequence[Array]]


def differing_term(
    subject: Subject, points: Points, samples: Sequence[Sample], position: int
) -> Cause | None:
    """Return the term by which a claim of one variable is wrong, or ``None``.

    Parameters
    ----------
    subject
        The function and its claim.
    points, samples
        The point and fresh points, and the gradients there.
    position
        The number of the variable that is claimed; the only one.
    """
    wanted = [s.true[0] - s.claimed[0] for s in samples]
    fitted = None
    if np.ndim(wanted[0]) > 0 and len(samples) > 1:
        fitted = fitted_terms(wanted, points, subject.names)
    if fitted is not None:
        symmetric = symmetric_case(subject, points, samples, position)
        return symmetric or _fitted_cause(fitted)
    claim = subject.claim
    if claim is None or claim.program is None or subject.program is None:
        return None
    output = claim.claimed.index(position)
    said = replace(claim.program, outputs=(claim.program.outputs[output],))
    wrong = _wrong_entries(samples[0].claimed[0], samples[0].true[0])
    return symbolic_cause(subject, said, position, wrong, "the claim")


def _wrong_entries(claimed: Array, true: Array) -> list[tuple[int, ...]]:
    """Return the entries that differ, on the scale of the larger of each pair."""
    return [
        index
        for index in np.ndindex(np.shape(true))
        if not same(np.asarray(claimed[index]), np.asarray(true[index]))
    ]


def _fitted_cause(terms: Sequence[Term]) -> Cause:
    missing = [t.text for t in terms if t.coefficient > 0]
    extra = [t.text for t in terms if t.coefficient < 0]
    return _cause(missing, extra, "the claim", "")


def _cause(missing: Sequence[str], extra: Sequence[str], who: str, where: str) -> Cause:
    """Return the cause in words."""
    lacking = " + ".join(f"`{t}`" for t in missing)
    added = " + ".join(f"`{t}`" for t in extra)
    if missing and extra:
        return Cause("term-missing", f"{who} has {added} where {lacking} belongs{where}")
    if missing:
        return Cause("term-missing", f"{who} lacks {lacking}{where}")
    return Cause("term-extra", f"{who} has {added} too much{where}")


def symmetric_case(
    subject: Subject, points: Points, samples: Sequence[Sample], position: int
) -> Cause | None:
    """Find a claim that is right wherever some matrix is symmetric.

    Parameters
    ----------
    subject, points, samples, position
        As in `differing_term`.
    """
    for k, name in enumerate(subject.names):
        shape = np.shape(points[0][k])
        if k == position or len(shape) != 2 or shape[0] != shape[1]:
            continue
        if _holds_where_symmetric(subject, points[1:], k, position):
            what = f"the claim holds when {name} = {name}'"
            general = fitted_terms([s.true[0] for s in samples], points, subject.names)
            if general is not None:
                what += f"; general form: {sum_text(general)}"
            return Cause("term-missing", what)
    return None


def _holds_where_symmetric(subject: Subject, points: Points, k: int, position: int) -> bool:
    """Whether a claim is right at every point at which one matrix was made symmetric."""
    claim = subject.claim
    if claim is None or claim.at is None or subject.gradient_at is None:
        return False
    for point in points:
        symmetric = [(x + x.T) / 2 if j == k else x for j, x in enumerate(point)]
        said, true = attempt(claim.at, symmetric), attempt(subject.gradient_at, symmetric)
        if said is None or true is None:
            return False
        one, other = said[position], true[position]
        if one is None or other is None or not same(one, other):
            return False
    return len(points) > 0


def symbolic_cause(
    subject: Subject, said: Program, position: int, wrong: Sequence[tuple[int, ...]], who: str
) -> Cause | None:
    """Return the term by which every wrong entry differs, as SymPy writes it.

    Parameters
    ----------
    subject
        The function.
    said
        A program that computes the wrong gradient by one variable.
    position, wrong
        The variable and its wrong entries.
    who
        Whose gradient it is, in words.
    """
    if subject.program is None or not 0 < len(wrong) <= MOST_ENTRIES:
        return None
    name = subject.names[position]
    found: list[Difference] = []
    for index in wrong:
        term = difference(
            subject.program, said, subject.inputs, position, index, names=subject.names
        )
        if term is None:
            return None
        found.append(term)
    if wrong[0] == ():
        return _cause(found[0].missing, found[0].extra, who, "")
    whole = {_without(d, name, index) for d, index in zip(found, wrong, strict=True)}
    if len(whole) == 1 and len(wrong) == np.size(subject.inputs[position]):
        missing, extra = whole.pop()
        if not any("[" in text for text in (*missing, *extra)):
            return _cause(missing, extra, who, "")
    place = f" at {name}[{','.join(map(str, wrong[0]))}]"
    return _cause(found[0].missing, found[0].extra, who, place)


def _without(
    term: Difference, name: str, index: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a difference with the entry's own index left out: ``2*x[0]`` as ``2*x``."""
    own = re.compile(rf"\b\w+{re.escape('[' + ','.join(map(str, index)) + ']')}")

    def general(text: str) -> str:
        return own.sub(lambda match: match[0].split("[")[0], text)

    return tuple(map(general, term.missing)), tuple(map(general, term.extra))


def own_cause(subject: Subject, position: int, wrong: Sequence[tuple[int, ...]]) -> Cause | None:
    """Return the term by which the engine's own gradient is wrong, or ``None``.

    Parameters
    ----------
    subject
        The function, with its program.
    position, wrong
        The variable and its wrong entries.
    """
    if subject.program is None:
        return None
    try:
        swept: Any = differentiate(subject.program)
    except Exception:
        # The rule that is wrong may not even run on tracers.
        return None
    said = replace(swept, outputs=(swept.outputs[position],))
    return symbolic_cause(subject, said, position, wrong, "the gradient")
