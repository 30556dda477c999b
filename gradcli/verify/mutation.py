"""Break the rules of a checked program on purpose, and count what the verdict notices.

May import `engine`, `exact_evidence`, `judge`, `subject`. A verdict means something only if a
wrong gradient would have got another one. So every vjp of the program is broken in memory,
one at a time: sign flipped, doubled, dropped, transposed, off by 1e-7; each broken gradient
goes to the same judge. A break that does not change the gradient at all is no wrong
gradient, and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.engine.altered import Change, altered
from gradcli.ir.program import Program
from gradcli.reports import Array, Status
from gradcli.verify.exact_evidence import examine_exactly
from gradcli.verify.functions import engine_gradient
from gradcli.verify.judge import judge
from gradcli.verify.subject import Subject

# Broken programs that are judged at the most; more are thinned out evenly.
MOST_MUTANTS = 150
# A relative error of this size is the smallest that is planted.
SMALL = 1e-7


def _transposed(c: Any, g: Any) -> Any:
    square = np.ndim(c) == 2 and np.shape(c)[0] == np.shape(c)[1]
    return np.transpose(c) if square else c


BREAKS: tuple[tuple[str, Change], ...] = (
    ("sign", lambda c, g: -c),
    ("factor 2", lambda c, g: 2.0 * c),
    ("dropped", lambda c, g: 0.0 * c),
    ("transposed", _transposed),
    ("1 + 1e-7", lambda c, g: (1.0 + SMALL) * c),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many broken rules the verdict noticed.

    Parameters
    ----------
    made, caught
        Broken gradients that were judged, and those that were not called right.
    missed
        The others, e.g. ``factor 2 in multiply``.
    """

    made: int
    caught: int
    missed: tuple[str, ...] = ()


def mutate(subject: Subject) -> Tally:
    """Break the rules of a subject's program one at a time and judge each.

    Parameters
    ----------
    subject
        A traced subject; its own gradient is judged, not a claim.

    Returns
    -------
    Tally
    """
    if subject.program is None:
        return Tally(0, 0)
    mutants = list(_mutants(subject.program))
    step = -(-len(mutants) // MOST_MUTANTS) or 1
    made, missed = 0, []
    for name, program in mutants[::step]:
        gradient = _gradient(program)
        if gradient is None or _is_same(gradient, subject.gradient):
            continue
        status = _status(subject, program, gradient)
        if status is Status.KINK:
            continue  # another valid subgradient is no wrong gradient
        made += 1
        if status is Status.OK:
            missed.append(name)
    return Tally(made, made - len(missed), tuple(missed))


def _mutants(program: Program) -> Iterator[tuple[str, Program]]:
    """Yield every broken program with a name."""
    for number, (op, refs, _, _) in enumerate(program.records):
        for k, ref in enumerate(refs):
            if ref >= 0:
                for name, change in BREAKS:
                    yield f"{name} in {op.name}", altered(program, number, k, change)


def _gradient(program: Program) -> tuple[Array, ...] | None:
    try:
        return engine_gradient(program)
    except (ValueError, TypeError):
        return None


def _is_same(a: tuple[Array, ...], b: tuple[Array, ...]) -> bool:
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


def _status(subject: Subject, program: Program, gradient: tuple[Array, ...]) -> Status:
    """Return what the judge says of a broken gradient."""
    broken = replace(subject, program=program, gradient=gradient, claim=None)
    return judge(examine_exactly(broken)).status
