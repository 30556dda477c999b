"""Finite differences of a traced function with many inputs: directions, and a few entries.

May import `numeric`, `evidence`, `reach`, `subject`, NumPy. The exact witness proves the program;
these ask whether the callable itself, on plain arrays, is that program. A slope along a random
zero-mean direction hears every entry at once; the entries that are shown are asked alone, as
far as a few go. Steps stay within the branches taken at the point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.numeric.differences import gradient
from gradcli.numeric.directions import DOUBLE_UNIT, SUM_ROUNDOFFS
from gradcli.numeric.noise import SAMPLES, SPACING, evaluation_noise
from gradcli.numeric.probe import Probe, coordinate_scale
from gradcli.numeric.section import direction
from gradcli.numeric.slopes import Kind, Request, slope
from gradcli.reports import Array
from gradcli.verify.entries import BARS
from gradcli.verify.evidence import Candidate, Entry, Evidence, Voice
from gradcli.verify.reach import room_along, room_of
from gradcli.verify.subject import Subject

# Directions along which the callable is differenced; one alone hears every entry.
DIRECTIONS = 4
# Shown entries that are differenced alone.
COORDINATES = 4
# Kinds of slope that are no number to compare with.
_UNHEARD = (Kind.SILENT, Kind.TREAD, Kind.UNSETTLED)
_SEED = 41


@dataclass(frozen=True, slots=True)
class _Heard:
    """A slope along one direction: measured, its bar, by the gradient, rounding of that sum."""

    value: float
    error: float
    claimed: float
    rounding: float

    @property
    def contradicts(self) -> bool:
        return not abs(self.value - self.claimed) <= BARS * self.error + self.rounding


def with_sample(evidence: Evidence, subject: Subject, f: Callable[..., float]) -> Evidence:
    """Return evidence in which differences speak for a sample of a long gradient.

    Parameters
    ----------
    evidence
        What the exact witness found, with the entries it shows.
    subject
        A traced function.
    f
        The original callable, returning a float.

    Returns
    -------
    Evidence
        A direction that contradicts the gradient is an entry of its own, named ``direction``.
    """
    slopes = list(_slopes(subject, f))
    chosen = _chosen(evidence.entries)
    entries = [_asked(e, subject, f) if k in chosen else e for k, e in enumerate(evidence.entries)]
    asked = sum(e.difference is not None for e in entries)
    voices = (*evidence.voices, _voice(len(slopes), asked))
    heard = replace(evidence, entries=tuple(entries), voices=voices, scale=_largest(subject))
    for i, found in enumerate(slopes):
        if found.contradicts:
            heard = _with_direction(heard, i, found)
    return heard


def _largest(subject: Subject) -> float:
    """Return the size of the greatest entry: most of those that are shown may be 0."""
    sizes = (np.max(np.abs(subject.gradient[k]), initial=0.0) for k in subject.wrt)
    return max((float(s) for s in sizes if np.isfinite(s)), default=0.0)


def _voice(directions: int, asked: int) -> Voice:
    """Return how differences took part, in numbers."""
    if not directions and not asked:
        return Voice("fd", "uninformative", "no step along random directions settled")
    return Voice("fd", "ok", f"{directions} random directions, {asked} entries alone")


def _slopes(subject: Subject, f: Callable[..., float]) -> Iterator[_Heard]:
    """Yield the slopes along random directions of all inputs at once, where they settle."""
    probe = Probe(f, subject.inputs, subject.wrt)
    if not probe.is_finite:
        return
    rng = np.random.default_rng(_SEED)
    for _ in range(DIRECTIONS):
        tangents = {k: _tangent(rng, probe.points[k]) for k in subject.wrt if probe.points[k].size}
        found = _along(probe, tangents, subject)
        if found is not None:
            yield found


def _tangent(rng: np.random.Generator, point: Array) -> Array:
    return np.asarray(rng.standard_normal(point.shape) * coordinate_scale(point))


def _along(probe: Probe, tangents: Mapping[int, Array], subject: Subject) -> _Heard | None:
    """Measure one slope within the branches of the point; ``None`` where none settles."""
    section = direction(probe, tangents)
    left, right = room_along(subject.program, subject.inputs, tangents, section.finest)
    narrow = min((room for room in (left, right) if room > 0.0), default=0.0)
    if narrow == 0.0:
        return None
    spacing = min(SPACING * section.scale, narrow / (3 * SAMPLES))
    noise = evaluation_noise(section, spacing, reach=narrow)
    found = slope(section, noise, Request(left=left, right=right))
    if found.kind[0] in _UNHEARD or not np.isfinite(found.error[0]):
        return None
    products = np.concatenate([np.ravel(subject.gradient[k] * t) for k, t in tangents.items()])
    rounding = SUM_ROUNDOFFS * DOUBLE_UNIT * float(np.sum(np.abs(products)))
    return _Heard(float(found.value[0]), float(found.error[0]), float(np.sum(products)), rounding)


def _chosen(entries: Sequence[Entry]) -> frozenset[int]:
    """Return some of the entries at smooth points, spread evenly over the list."""
    smooth = [k for k, e in enumerate(entries) if e.point_class == "smooth"]
    picks = np.linspace(0, len(smooth) - 1, min(COORDINATES, len(smooth)))
    return frozenset(smooth[round(float(p))] for p in picks)


def _asked(entry: Entry, subject: Subject, f: Callable[..., float]) -> Entry:
    """Return an entry with what differences along it alone found."""
    k = subject.names.index(entry.variable)

    def along(value: Any) -> float:
        inputs = [np.array(x) for x in subject.inputs]
        inputs[k][entry.index] = value
        return f(*[x[()] for x in inputs])

    start = (np.asarray(subject.inputs[k])[entry.index],)
    found = gradient(along, start, 0, room_of(subject.program, subject.inputs, k, entry.index))
    if not found.speaks:
        return entry
    return replace(entry, difference=float(found.value), bar=float(found.error))


def _with_direction(evidence: Evidence, i: int, found: _Heard) -> Evidence:
    """Return evidence in which one direction is an entry that differences object to.

    It speaks of the function and its program: a claim is judged by its own entries.
    """
    truth = repr(found.claimed)
    entry = Entry(
        "direction",
        (i,),
        "smooth",
        truth=truth,
        weight=repr(found.rounding / DOUBLE_UNIT),
        difference=found.value,
        bar=found.error,
        note=f"along random direction {i + 1}",
    )
    candidates = tuple(
        _longer(c, found.claimed, truth, found.rounding) for c in evidence.candidates
    )
    return replace(evidence, entries=(*evidence.entries, entry), candidates=candidates)


def _longer(candidate: Candidate, value: float, text: str, bound: float) -> Candidate:
    """Return a candidate with one entry more, in every list it has."""
    return replace(
        candidate,
        values=(*candidate.values, value),
        exact=(*candidate.exact, text) if candidate.exact else (),
        bounds=(*candidate.bounds, bound) if candidate.bounds else (),
        allowed=(*candidate.allowed, 0.0) if candidate.allowed else (),
        inside=(*candidate.inside, None) if candidate.inside else (),
    )
