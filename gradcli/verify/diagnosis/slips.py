"""Which slip in the reverse sweep would give the claimed gradient.

May import `effort`, `engine`, `hypotheses`, `ir`, `ops`. For every operation and input of the
function's own program one thing is done wrong: the path dropped, the local derivative
forgotten, the sign flipped, a factor taken. A slip that reproduces the claim at the point and
at fresh points is the place where its author went wrong. A loop repeats its line: the same
slip in every round is tried first, then a slip in one round.
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
from gradcli.ops.rule import Nothing
from gradcli.ops.shaping import sum_to
from gradcli.reports import Array
from gradcli.verify.diagnosis.effort import Effort, visits
from gradcli.verify.diagnosis.hypotheses import Cause, Sample, same

# A record that nothing flows through costs this much of a visit.
_PASSED_BY = 1.0 / 32.0
# What user-made shapes, dtypes and indices can raise in a sweep that is wrong on purpose.
_BROKEN = (ValueError, TypeError, IndexError, ArithmeticError)


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
    share
        What that adds, as a multiple of what should flow; ``None`` where it is no multiple.
    """

    name: str
    words: str
    change: Change
    share: float | None = None


SLIPS: tuple[Slip, ...] = (
    Slip("missing-path", "the path through {place} is missing", lambda c, g: c * 0.0, -1.0),
    Slip("sign-flipped", "the sign of the path through {place} is flipped", lambda c, g: -c, -2.0),
    Slip("missing-local-derivative", "the local derivative of {place} is missing", lambda c, g: g),
    Slip("constant-factor", "the path through {place} counts twice", lambda c, g: 2.0 * c, 1.0),
    Slip("constant-factor", "the path through {place} counts half", lambda c, g: 0.5 * c, -0.5),
)


@dataclass(frozen=True, slots=True)
class Run:
    """The program at one point.

    Parameters
    ----------
    values, adjoint
        The value of every slot, and its right cotangent.
    claimed
        The claim there.
    """

    values: Sequence[Any]
    adjoint: Sequence[Any]
    claimed: Sequence[Array]


@dataclass(frozen=True, slots=True)
class Search:
    """What a slip is looked for in.

    Parameters
    ----------
    program
        The scalar program of the function.
    runs
        Its runs; the first is the one that tells most slips from the claim.
    slots
        Slots of the claimed inputs.
    effort
        How much may be tried.
    """

    program: Program
    runs: Sequence[Run]
    slots: Sequence[int]
    effort: Effort


def find_slip(
    program: Program,
    points: Sequence[Sequence[Array]],
    samples: Sequence[Sample],
    claimed: Sequence[int],
    effort: Effort | None = None,
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
    effort
        How much may be tried.
    """
    effort = effort or Effort()
    if program.outputs[0] < 0 or not effort.spend(2 * len(points) * visits(program)):
        return None
    runs = []
    for point, sample in zip(points, samples, strict=True):
        values = evaluate(program, [_plain(x) for x in point])
        adjoint = _swept(program, program, values)
        if adjoint is None:
            return None
        runs.append(Run(values, adjoint, sample.claimed))
    slots = [program.inputs[k] for k in claimed]
    return _first_found(Search(program, runs, slots, effort))


def _first_found(search: Search) -> Cause | None:
    """Return the first slip that gives the claim: in every round of a loop, then in one place."""
    rounds = _repeated_slip(search)
    if rounds is not None:
        return rounds
    single = _single_slip(search)
    if single is not None and single.name == SLIPS[0].name:
        return single
    return _stopped_chain(search) or single


def _plain(x: Any) -> Any:
    return np.float64(x) if np.ndim(x) == 0 else np.asarray(x)


def _swept(program: Program, wrong: Program, values: Sequence[Any]) -> list[Any] | None:
    """Return the cotangents of every slot; ``None`` where the wrong rules do not fit."""
    (ref,) = program.outputs
    try:
        with np.errstate(all="ignore"):
            seeds = {ref: np.ones_like(values[ref])}
            return reverse(wrong.records, values, program.consts, seeds)
    except _BROKEN:
        return None


# A slip in every round of a loop ---------------------------------------------------------


def _repeated_slip(search: Search) -> Cause | None:
    """Return the slip on a line that was recorded several times, made every time."""
    program = search.program
    groups = [g for g in _rounds(program) if len(g) > 1]
    cost = visits(program)
    for slip in SLIPS:
        for group in groups:
            refs = program.records[group[0]][1]
            for k, ref in enumerate(refs):
                if ref < 0:
                    continue
                if not search.effort.spend(cost):
                    return None
                if _group_reproduces(search, slip, group, k):
                    return Cause(slip.name, slip.words.format(place=_place_text(program, group[0])))
    return None


def _rounds(program: Program) -> Iterator[list[int]]:
    """Yield the numbers of the records that come from the same operation of the source."""
    found: dict[Any, list[int]] = {}
    for number, (op, refs, _, out) in enumerate(program.records):
        place: Place | None = program.places.get(out)
        if place is not None and (place.text or place.line):
            key = (op.name, place.line, place.text, tuple(r >= 0 for r in refs))
            found.setdefault(key, []).append(number)
    yield from found.values()


def _group_reproduces(search: Search, slip: Slip, group: Sequence[int], k: int) -> bool:
    """Whether the claim is what the slip in all records of a group gives, at every run."""
    wrong = altered(search.program, group, k, slip.change)
    for run in search.runs:
        adjoint = _swept(search.program, wrong, run.values)
        if adjoint is None or not _is_claimed([adjoint[s] for s in search.slots], run):
            return False
    return True


def _is_claimed(found: Sequence[Any], run: Run) -> bool:
    """Whether cotangents of the claimed inputs are the claim."""
    for g, said in zip(found, run.claimed, strict=True):
        if not same(said, np.zeros(np.shape(said)) if g is None else np.asarray(g)):
            return False
    return True


# A slip in one place ---------------------------------------------------------------------


def _single_slip(search: Search) -> Cause | None:
    """Return the slip in one place that gives the claim at every run, the simplest kind first.

    A slip changes the gradient by what its change of one contribution does further down, so
    only the records below it are visited.
    """
    first, others = search.runs[0], search.runs[1:]
    fitting: list[tuple[int, int, int]] = []
    for number, k in _places(search.program):
        if not search.effort.spend(_PASSED_BY * number + 1.0):
            break
        added = _additions(search, first, number, k)
        fitting += [
            (rank, number, k)
            for rank, slip in enumerate(SLIPS)
            if _reproduces(search, first, added, slip)
        ]
    for rank, number, k in sorted(fitting):
        slip = SLIPS[rank]
        if all(_reproduces(search, r, _additions(search, r, number, k), slip) for r in others):
            return Cause(slip.name, slip.words.format(place=_place_text(search.program, number)))
    return None


def _places(program: Program) -> Iterator[tuple[int, int]]:
    """Yield every input of a record through which a derivative can flow."""
    for number, (_, refs, _, _) in enumerate(program.records):
        yield from ((number, k) for k, ref in enumerate(refs) if ref >= 0)


def _additions(search: Search, run: Run, number: int, k: int) -> dict[bool, Sequence[Any]]:
    """Return what one more share of a path adds to every slot, and what `g` in its place does.

    By whether the slip is a multiple of what should flow; without those that do not fit.
    """
    program = search.program
    op, refs, params, out = program.records[number]
    g = run.adjoint[out]
    if g is None:
        return {}
    args = [run.values[r] if r >= 0 else program.consts[~r] for r in refs]
    shape = np.shape(args[k])
    found: dict[bool, Sequence[Any]] = {}
    try:
        with np.errstate(all="ignore"):
            c = op.vjps[k](g, run.values[out], *args, **params)
            if type(c) is Nothing:
                return {}
            found[True] = _pulled(search, run, number, k, _fitted(c, shape))
            found[False] = _pulled(search, run, number, k, _fitted(g, shape) - _fitted(c, shape))
    except _BROKEN:
        return found
    return found


def _pulled(search: Search, run: Run, number: int, k: int, change: Any) -> Sequence[Any]:
    """Return the cotangents that a change of what flows to one input of a record adds."""
    program = search.program
    below, ref = program.records[:number], program.records[number][1][k]
    added = reverse(below, run.values, program.consts, {ref: change})
    search.effort.charge(float(sum(a is not None for a in added)))
    return added


def _reproduces(search: Search, run: Run, additions: dict[bool, Sequence[Any]], slip: Slip) -> bool:
    """Whether the right gradient and what a slip adds to it are the claim."""
    added = additions.get(slip.share is not None)
    if added is None:
        return False
    share = 1.0 if slip.share is None else slip.share
    found = []
    for slot in search.slots:
        right, more = run.adjoint[slot], added[slot]
        found.append(right if more is None else share * more + (0.0 if right is None else right))
    return _is_claimed(found, run)


def _fitted(flow: Any, shape: tuple[int, ...]) -> Any:
    """Return what flows in the shape of the input: broadcast dimensions summed."""
    return flow if np.shape(flow) == shape else sum_to(flow, shape)


# The chain rule stopped ------------------------------------------------------------------


def _stopped_chain(search: Search) -> Cause | None:
    """Find an intermediate value whose adjoint is the claim: the chain rule stopped there."""
    if len(search.slots) != 1:
        return None
    (ref,) = search.program.outputs
    shape = np.shape(search.runs[0].claimed[0])
    for number, (_, _, _, out) in enumerate(search.program.records):
        if out == ref or np.shape(search.runs[0].values[out]) != shape:
            continue
        if all(
            run.adjoint[out] is not None and same(np.asarray(run.adjoint[out]), run.claimed[0])
            for run in search.runs
        ):
            place = _place_text(search.program, number)
            what = (
                f"the claim is the derivative by the value of {place}: the chain rule stops there"
            )
            return Cause("missing-local-derivative", what)
    return None


def _place_text(program: Program, record: int) -> str:
    """Return an operation as a person finds it: its text, or its line, or its name."""
    op, _, _, out = program.records[record]
    place: Place | None = program.places.get(out)
    if place is None or not (place.text or place.line):
        return f"`{op.name}`"
    where = f" (line {place.line})" if place.line else ""
    return f"`{op.name}` in `{place.text}`{where}" if place.text else f"`{op.name}`{where}"
