"""Which slip in the reverse sweep would give the claimed gradient.

May import `engine`, `hypotheses`, `ir`. For every operation and input of the function's own
program one thing is done wrong: the path dropped, the local derivative forgotten, the sign
flipped, a factor taken. A slip that reproduces the claim at the point and at fresh points
is the place where its author went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.engine.altered import Change, altered
from gradcli.engine.evaluate import evaluate
from gradcli.engine.vjp import reverse
from gradcli.ir.program import Place, Program
from gradcli.reports import Array
from gradcli.verify.hypotheses import Cause, Sample, same

# Slips are tried for programs with at most this many records.
MOST_RECORDS = 120


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to go wrong at one input of an operation.

    Parameters
    ----------
    name
        The cause it is.
    words
        What was done, with ``{place}`` for where.
    change
        What flows instead.
    """

    name: str
    words: str
    change: Change


SLIPS: tuple[Slip, ...] = (
    Slip("missing-path", "the path through {place} is missing", lambda c, g: c * 0.0),
    Slip("sign-flipped", "the sign of the path through {place} is flipped", lambda c, g: -c),
    Slip("missing-local-derivative", "the local derivative of {place} is missing", lambda c, g: g),
    Slip("constant-factor", "the path through {place} counts twice", lambda c, g: 2.0 * c),
    Slip("constant-factor", "the path through {place} counts half", lambda c, g: 0.5 * c),
)


def find_slip(
    program: Program,
    points: Sequence[Sequence[Array]],
    samples: Sequence[Sample],
    claimed: Sequence[int],
) -> Cause | None:
    """Return the slip that reproduces a claim at every sample, or ``None``.

    Parameters
    ----------
    program
        The scalar program of the function.
    points
        The inputs of every sample.
    samples
        The gradients there.
    claimed
        Positions of the claimed inputs.
    """
    if len(program.records) > MOST_RECORDS or program.outputs[0] < 0:
        return None
    runs = [evaluate(program, [_plain(x) for x in point]) for point in points]
    tried = list(_places(program))
    dropped = [t for t in tried if t[0] is SLIPS[0]]
    return (
        _first_reproducing(program, dropped, runs, samples, claimed)
        or _stopped_chain(program, runs, samples)
        or _first_reproducing(program, tried[len(dropped) :], runs, samples, claimed)
    )


def _first_reproducing(
    program: Program,
    tried: Sequence[tuple[Slip, int, int]],
    runs: Sequence[Sequence[Any]],
    samples: Sequence[Sample],
    claimed: Sequence[int],
) -> Cause | None:
    """Return the first slip that gives the claim at every sample."""
    for slip, record, k in tried:
        wrong = altered(program, record, k, slip.change)
        if all(
            _reproduces(wrong, values, sample, claimed)
            for values, sample in zip(runs, samples, strict=True)
        ):
            place = _place_text(program, record)
            return Cause(slip.name, slip.words.format(place=place))
    return None


def _stopped_chain(
    program: Program, runs: Sequence[Sequence[Any]], samples: Sequence[Sample]
) -> Cause | None:
    """Find an intermediate value whose adjoint is the claim: the chain rule stopped there."""
    if len(samples[0].claimed) != 1:
        return None
    (ref,) = program.outputs
    shape = np.shape(samples[0].claimed[0])
    adjoints = []
    for values in runs:
        with np.errstate(all="ignore"):
            seed = {ref: np.ones_like(values[ref])}
            adjoints.append(reverse(program.records, values, program.consts, seed))
    for number, (_, _, _, out) in enumerate(program.records):
        if out == ref or np.shape(runs[0][out]) != shape:
            continue
        found = [a[out] for a in adjoints]
        if all(
            g is not None and same(np.asarray(g), s.claimed[0])
            for g, s in zip(found, samples, strict=True)
        ):
            place = _place_text(program, number)
            what = (
                f"the claim is the derivative by the value of {place}: the chain rule stops there"
            )
            return Cause("missing-local-derivative", what)
    return None


def _plain(x: Any) -> Any:
    return np.float64(x) if np.ndim(x) == 0 else np.asarray(x)


def _places(program: Program) -> Iterator[tuple[Slip, int, int]]:
    """Yield every slip at every input through which a derivative flows."""
    for slip in SLIPS:
        for number, (_, refs, _, _) in enumerate(program.records):
            for k, ref in enumerate(refs):
                if ref >= 0:
                    yield slip, number, k


def _reproduces(
    program: Program, values: Sequence[Any], sample: Sample, claimed: Sequence[int]
) -> bool:
    """Whether a program's wrong sweep gives the claim of one sample."""
    (ref,) = program.outputs
    try:
        with np.errstate(all="ignore"):
            seeds = {ref: np.ones_like(values[ref])}
            adjoint = reverse(program.records, values, program.consts, seeds)
    except (ValueError, TypeError, IndexError):
        return False
    for k, said in zip(claimed, sample.claimed, strict=True):
        flows = adjoint[program.inputs[k]]
        found = np.zeros(np.shape(said)) if flows is None else np.asarray(flows)
        if not same(said, found):
            return False
    return True


def _place_text(program: Program, record: int) -> str:
    """Return an operation as a person finds it: its text, or its line, or its name."""
    op, _, _, out = program.records[record]
    place: Place | None = program.places.get(out)
    if place is None or not (place.text or place.line):
        return f"`{op.name}`"
    where = f" (line {place.line})" if place.line else ""
    return f"`{op.name}` in `{place.text}`{where}" if place.text else f"`{op.name}`{where}"
