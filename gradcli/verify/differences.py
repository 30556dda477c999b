"""Ask finite differences of the original callable, and fold what they say into entries.

May import `numeric`, `evidence`, `subject`. The callable is the user's own, on plain arrays:
a bug of the tracer must not be confirmed by its own program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.ir.program import Program
from gradcli.numeric.blackbox import black_box, claim_bound
from gradcli.numeric.differences import gradient
from gradcli.numeric.directions import directional_check, locate
from gradcli.numeric.second import slope_gradient
from gradcli.ops.frozen import recording, replaying
from gradcli.reports import Array, Estimate
from gradcli.verify.evidence import Candidate, Entry, Evidence, Voice
from gradcli.verify.long_differences import with_sample
from gradcli.verify.reach import margins
from gradcli.verify.subject import Subject

# Every coordinate is differenced up to this many inputs; beyond, random directions.
MOST_COORDINATES = 100
# Random directions for larger inputs; each notices an error of a thousandth of the
# gradient's size with a probability that is computed and reported.
DIRECTIONS = 8


def scalar(function: Callable[..., Any], inputs: Sequence[Any]) -> Callable[..., float]:
    """Return a function whose result is one plain float.

    What `stop_gradient` holds at the point is held beside it too; where other calls happen
    there, the path is another one, and the value counts as missing.
    """
    with recording() as held, np.errstate(all="ignore"):
        function(*[np.array(x)[()] for x in inputs])

    def value(*arrays: Any) -> float:
        if not held:
            return float(np.asarray(function(*arrays)).reshape(()))
        with replaying(held) as replay:
            found = float(np.asarray(function(*arrays)).reshape(()))
        return np.nan if replay.split else found

    return value


def estimates(subject: Subject) -> dict[int, Estimate]:
    """Return the finite-difference gradient by variable; empty for large inputs."""
    if subject.differences is not None:
        return dict(subject.differences())
    if sum(np.size(subject.inputs[k]) for k in subject.wrt) > MOST_COORDINATES:
        return {}
    f = scalar(subject.function, subject.inputs)
    return {
        k: gradient(f, subject.inputs, k, margins(subject.program, subject.inputs, k))
        for k in subject.wrt
    }


def second_differences(
    function: Callable[..., Any],
    inputs: Sequence[Array],
    vectors: Sequence[Any],
    program: Program | None,
) -> Callable[[], dict[int, Estimate]]:
    """Return the witness of ``<∇f, v>``: second differences of `function` itself, when asked.

    Parameters
    ----------
    function
        The original callable, never a gradient of it.
    inputs, vectors
        The point, and one vector per input.
    program
        The recorded program of ``<∇f, v>``, for the margins of its branches.
    """

    def found() -> dict[int, Estimate]:
        if sum(np.size(x) for x in inputs) > MOST_COORDINATES:
            return {}
        f = scalar(function, inputs)
        rooms = [margins(program, inputs, k) for k in range(len(inputs))]
        return {
            k: slope_gradient(f, inputs, vectors, k, rooms.__getitem__) for k in range(len(inputs))
        }

    return found


def with_differences(evidence: Evidence, subject: Subject) -> Evidence:
    """Return evidence whose entries also say what differences found.

    Parameters
    ----------
    evidence
        With entries named by variable and index.
    subject
        The function.
    """
    found = estimates(subject)
    if not found and subject.order == 1:
        return with_sample(evidence, subject, scalar(subject.function, subject.inputs))
    if not found:
        note = "too many inputs for differences entry by entry"
        return _heard(evidence, evidence.entries, Voice("fd", "unavailable", note))
    positions = {name: k for k, name in enumerate(subject.names)}
    entries = []
    for entry in evidence.entries:
        estimate = found.get(positions.get(entry.variable, -1))
        if estimate is None or not estimate.speaks:
            entries.append(entry)
            continue
        value, error = estimate.value[entry.index], estimate.error[entry.index]
        entries.append(replace(entry, difference=float(value), bar=float(error)))
    status = next((e.status for e in found.values() if not e.speaks), "ok")
    note = next((e.note for e in found.values()), "")
    return _heard(evidence, entries, Voice("fd", status, note))


def _heard(evidence: Evidence, entries: Sequence[Entry], voice: Voice) -> Evidence:
    return replace(evidence, entries=tuple(entries), voices=(*evidence.voices, voice))


def judged_from_outside(subject: Subject, value: float, values: Sequence[Array | None]) -> Evidence:
    """Return the evidence on a gradient of a function that no one can look into.

    Parameters
    ----------
    subject
        A black box.
    value
        Its value.
    values
        The gradient to be judged, one array per variable (``None``: not spoken of).
    """
    who = "claim" if subject.claim is not None else "gradcli"
    entries: list[Entry] = []
    judged: list[float] = []
    f = scalar(subject.function, subject.inputs)
    for k, claimed in enumerate(values):
        if claimed is None or k not in subject.wrt:
            continue
        bound = _claim_bound(subject, k)
        if np.size(claimed) > MOST_COORDINATES:
            rows = _along_directions(f, subject, k, claimed, bound)
        else:
            rows = _by_coordinate(f, subject, k, claimed, bound)
        entries += [entry for entry, _ in rows]
        judged += [number for _, number in rows]
    total = sum(np.size(v) for v in values if v is not None)
    return Evidence(
        value=value,
        value_class="finite" if np.isfinite(value) else _class_of(value),
        entries=tuple(entries),
        candidates=(Candidate(who, tuple(judged)),),
        voices=(Voice("exact", "unavailable", "not traced"), Voice("fd", "ok")),
        traced=False,
        opaque=subject.opaque,
        total=total,
        examined=len(entries),
    )


def _class_of(value: float) -> str:
    return "undefined" if np.isnan(value) else "infinite"


def _claim_bound(subject: Subject, k: int) -> Any:
    """Return the evaluation noise of a claim, where it can be asked at other points."""
    claim = subject.claim
    if claim is None or claim.at is None:
        return None
    at = claim.at
    return claim_bound(lambda *xs: at(*xs)[k], subject.inputs, k)


def _by_coordinate(
    f: Callable[..., float], subject: Subject, k: int, claimed: Array, bound: Any
) -> list[tuple[Entry, float]]:
    """Return one entry per coordinate, each with the ruling of the black-box rule."""
    finite = np.where(np.isfinite(claimed), claimed, 0.0)
    ruling = black_box(f, subject.inputs, finite, k, bound)
    rows = []
    for index in np.ndindex(np.shape(claimed)):
        note = str(ruling.reason[index])
        entry = Entry(
            subject.names[k],
            index,
            difference=float(ruling.first[index]),
            bar=float(ruling.first_error[index]),
            black_box=str(ruling.decision[index]),
            note=note,
        )
        rows.append((entry, float(claimed[index])))
    return rows


def _along_directions(
    f: Callable[..., float], subject: Subject, k: int, claimed: Array, bound: Any
) -> list[tuple[Entry, float]]:
    """Return one entry per random direction."""
    rng = np.random.default_rng(0)
    least = 0.0 if bound is None else bound
    found = directional_check(f, subject.inputs, claimed, k, rng, DIRECTIONS, least)
    rows = []
    for i in range(DIRECTIONS):
        # A contradiction is a suspicion: many small jumps look like a slope. Only an entry
        # that was located is accused, by the rule for black boxes.
        known, contradicts = bool(found.known[i]), bool(found.contradicts[i])
        ruling = "ok" if known and not contradicts else "inconclusive"
        note = f"along random direction {i + 1} of `{subject.names[k]}`"
        value, bar = float(found.value[i]), float(found.error[i])
        entry = Entry("direction", (i,), difference=value, bar=bar, black_box=ruling, note=note)
        rows.append((entry, float(found.claimed[i])))
    if bool(found.contradicts.any()):
        rows += _located(f, subject, k, claimed, least)
    return rows


def _located(
    f: Callable[..., float], subject: Subject, k: int, claimed: Array, bound: Any
) -> list[tuple[Entry, float]]:
    """Return the entries that bisection blames, each judged alone by the black-box rule."""
    rng = np.random.default_rng(1)
    blamed = locate(f, subject.inputs, claimed, k, rng, bound=bound).indices
    rows: list[tuple[Entry, float]] = []
    for flat in blamed:
        index = tuple(int(i) for i in np.unravel_index(flat, np.shape(claimed)))

        def along(value: Any, index: tuple[int, ...] = index) -> float:
            inputs = [np.array(x) for x in subject.inputs]
            inputs[k][index] = value
            return f(*inputs)

        start = (np.asarray(subject.inputs[k])[index],)
        ruling = black_box(along, start, float(claimed[index]))
        entry = Entry(
            subject.names[k],
            index,
            difference=float(ruling.first),
            bar=float(ruling.first_error),
            black_box=str(ruling.decision),
            note=str(ruling.reason),
        )
        rows.append((entry, float(claimed[index])))
    return rows
