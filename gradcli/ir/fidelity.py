"""Is the recorded program the function? The value test and the replay test.

May import `program`, `rerun`, `tracing`, `tree`. A lost dependence makes a gradient that is
wrong without a sign, so the program is compared with the original callable: its value at
the point, and its value at points nearby. Both sides run the same kernels, therefore they
agree to the last bits, while a lost path shows as a share of the change of the function:
over ten digits of margin, where a difference quotient has about six.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from gradcli.ir.leaks import Leak
from gradcli.ir.places import described
from gradcli.ir.program import Program
from gradcli.ir.rerun import rerun
from gradcli.ir.tracing import TracedRun
from gradcli.ir.tree import flatten, unflatten
from gradcli.ops.pythonic import FLOAT

# The figures of the replay test were measured on 281 functions of released packages.
_FIRST_STEP = 1e-3
_STEPS = tuple(_FIRST_STEP * 10.0**-k for k in range(7))  # down to 1e-9
_SMALLEST_SCALE = 0.1
_ROUNDING = 1e-12
_SHARE = 1e-6
_DRAWS = 2
_SINGLE_ENTRIES = 10
# Two runs at one point that differ by more than this share of the value are not a function.
_NOISE = 1e-9

Array = np.ndarray[Any, Any]


class Outcome(StrEnum):
    """What a test of a trace found."""

    FAITHFUL = "faithful"
    LOST = "lost"
    UNSTABLE = "unstable"
    ZERO = "zero"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The result of a test of a trace.

    Parameters
    ----------
    outcome
        What was found; only `FAITHFUL` and `ZERO` allow a gradient.
    points, failed
        Number of points compared, and at how many the values differed.
    replayed, plain
        The values of program and function where they differed first (else at the last
        point): the element with the largest gap.
    suspect
        What left the trace first, where something did.
    """

    outcome: Outcome
    points: int = 0
    failed: int = 0
    replayed: float = 0.0
    plain: float = 0.0
    suspect: Leak | None = None

    @property
    def allows_gradient(self) -> bool:
        """Whether the program may be differentiated in place of the function."""
        return self.outcome in (Outcome.FAITHFUL, Outcome.ZERO)

    @property
    def code(self) -> str:
        """The diagnostic's code; empty where the gradient is allowed."""
        return _CODES.get(self.outcome, "")

    def text(self) -> str:
        """Return the sentence a user reads; empty where all is well."""
        if self.outcome is Outcome.LOST:
            return (
                "the recorded program disagrees with the function near the point "
                f"(replay {self.replayed:.5g}, function {self.plain:.5g}, "
                f"{self.failed} of {self.points} points): a dependence was lost"
                f"{self._suspicion()}"
            )
        return _SENTENCES[self.outcome].format(points=self.points)

    def _suspicion(self) -> str:
        if self.suspect is None:
            return ""
        return f". First suspect: {described(self.suspect.place)}: {self.suspect.text()}"


_CODES = {Outcome.LOST: "E066", Outcome.UNSTABLE: "E067", Outcome.BRANCH: "E068"}
_SENTENCES: Mapping[Outcome, str] = {
    Outcome.FAITHFUL: "",
    Outcome.UNSTABLE: "the function gave two different values at the same point; no gradient "
    "can be checked",
    Outcome.ZERO: "the result does not depend on the arguments here (replayed at {points} "
    "points): gradient 0",
    Outcome.BRANCH: "every nearby point takes another branch; the trace holds only at the point "
    "itself",
}


@dataclass(frozen=True, slots=True)
class ValueTest:
    """The traced value beside the plain one.

    Parameters
    ----------
    outcome
        `FAITHFUL`, `LOST` or `UNSTABLE`.
    exact
        Whether traced and plain value agree bit for bit.
    mutates
        Whether the function changed its arguments.
    """

    outcome: Outcome
    exact: bool
    mutates: bool


def value_test(
    run: TracedRun,
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
) -> ValueTest:
    """Compare the traced value with the plain one, at the point of the trace.

    Parameters
    ----------
    run
        The traced run of ``f(*args, **kwargs)``.
    f, args, kwargs
        The function and its point; it is called twice, on copies.

    Returns
    -------
    ValueTest
        Whether the values agree, whether the function repeats itself and leaves its
        arguments alone.
    """
    point = list(run.trace.values[: len(run.input_slots)])
    traced = _numbers(run.output)
    first, mutated = _called(run, f, args, kwargs, point)
    second, _ = _called(run, f, args, kwargs, point)
    if not _same(first, second):
        return ValueTest(Outcome.UNSTABLE, False, mutated)
    exact = traced.shape == first.shape and bool(np.array_equal(traced, first, equal_nan=True))
    near = exact or (traced.shape == first.shape and _gap(traced, first, _ROUNDING) <= 1.0)
    return ValueTest(Outcome.FAITHFUL if near else Outcome.LOST, exact, mutated)


def replay_test(
    run: TracedRun,
    f: Callable[..., Any],
    args: Sequence[Any],
    rng: np.random.Generator,
    kwargs: Mapping[str, Any] | None = None,
) -> Fidelity:
    """Compare the program with the original callable at points near that of the trace.

    Parameters
    ----------
    run
        The traced run of ``f(*args, **kwargs)``.
    f, args, kwargs
        The function and its point.
    rng
        Source of the draws.

    Returns
    -------
    Fidelity
        The outcome; `LOST` is certain where the guards held and the function repeats itself.
    """
    program = run.program
    suspect = run.cuts[0] if run.cuts else None
    point = [np.asarray(program.values[s]) for s in program.inputs]
    base = _numbers(run.output)
    compared: list[_Comparison] = []
    for direction in _directions(point, rng):
        met = _compare(run, f, args, kwargs, point, direction, base)
        if met is None:
            continue
        if met.unstable:
            return Fidelity(Outcome.UNSTABLE, suspect=suspect)
        compared.append(met)
    if not compared:
        return Fidelity(Outcome.BRANCH, suspect=suspect)
    failed = [c for c in compared if c.lost]
    shown = failed[0] if failed else compared[-1]
    outcome = Outcome.LOST if failed else Outcome.FAITHFUL
    if not failed and not depends(program) and not any(c.moved for c in compared):
        outcome = Outcome.ZERO
    return Fidelity(outcome, len(compared), len(failed), shown.replayed, shown.plain, suspect)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Program and function at one nearby point."""

    unstable: bool
    lost: bool
    moved: bool
    replayed: float
    plain: float


def _compare(
    run: TracedRun,
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
    point: Sequence[Array],
    direction: Sequence[Array],
    base: Array,
) -> _Comparison | None:
    """Compare at the largest step on which the guards hold; ``None`` where there is none."""
    program = run.program
    for step in _STEPS:
        there = [_moved(x, step * d) for x, d in zip(point, direction, strict=True)]
        try:
            outputs, broken = rerun(program, there)
            if broken is not None or outputs is None:
                continue
            plain, _ = _called(run, f, args, kwargs, there)
            again, _ = _called(run, f, args, kwargs, there)
        except Exception:
            continue
        with np.errstate(all="ignore"):
            return _judged(_numbers(outputs), plain, again, base)
    return None


def _judged(replayed: Array, plain: Array, again: Array, base: Array) -> _Comparison:
    """Hold a replayed value against two plain ones and the value at the point."""
    if plain.shape != again.shape or not _same(plain, again):
        return _Comparison(True, False, False, 0.0, 0.0)
    if replayed.shape != plain.shape or base.shape != plain.shape:
        return _Comparison(False, True, True, np.nan, np.nan)
    noise = np.abs(plain - again)
    change = np.abs(plain - base)
    size = np.maximum(np.abs(base), np.abs(plain))
    allowed = np.minimum(_ROUNDING * size, _SHARE * change) + noise
    same = (replayed == plain) | (np.isnan(replayed) & np.isnan(plain))
    lost = ~same & ~(np.abs(replayed - plain) <= allowed)
    gap = np.where(lost, np.abs(replayed - plain), -1.0)
    worst = int(np.argmax(np.where(np.isnan(gap), np.inf, gap))) if gap.size else 0
    pair = (replayed[worst], plain[worst]) if gap.size else (0.0, 0.0)
    return _Comparison(False, bool(lost.any()), bool((plain != base).any()), *map(float, pair))


def _directions(point: Sequence[Array], rng: np.random.Generator) -> Iterator[list[Array]]:
    """Yield displacements of unit relative size: of all entries, then of one at a time."""
    for _ in range(_DRAWS):
        yield [_signs(x, rng) for x in point]
    total = sum(x.size for x in point)
    everything = [_signs(x, rng) for x in point]
    if total > _SINGLE_ENTRIES:
        yield everything
        return
    for k, x in enumerate(point):
        for i in range(x.size):
            single = [np.zeros_like(d) for d in everything]
            single[k].ravel()[i] = everything[k].ravel()[i]
            yield single


def _signs(x: Array, rng: np.random.Generator) -> Array:
    size = np.maximum(_SMALLEST_SCALE, np.abs(x)) * rng.uniform(0.5, 1.5, x.shape)
    return np.asarray(size * rng.choice([-1.0, 1.0], x.shape))


def _moved(x: Array, delta: Array) -> Any:
    return np.asarray(x + delta, dtype=x.dtype)[()]


def _called(
    run: TracedRun,
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
    leaves: Sequence[Any],
) -> tuple[Array, bool]:
    """Call the original on copies of the leaves; return its numbers and whether it wrote."""
    given = list(args)
    copies = [np.array(v)[()] for v in leaves]
    for k, value in zip(run.positions, run.unflatten_inputs(copies), strict=True):
        given[k] = _as_given(value, args[k])
    with np.errstate(all="ignore"):
        result = f(*given, **(kwargs or {}))
    after = [leaf for k in run.positions for leaf in flatten(given[k])[0]]
    return _numbers(result), not all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(after, leaves, strict=True)
    )


def _as_given(value: Any, original: Any) -> Any:
    """Return a moved argument with Python floats and 0-d arrays where the caller gave them."""
    was, structure = flatten(original)
    now = flatten(value)[0]
    leaves = [
        float(v) if type(w) is FLOAT else np.asarray(v) if type(w) is np.ndarray else v
        for v, w in zip(now, was, strict=True)
    ]
    return unflatten(structure, leaves)


def _numbers(result: Any) -> Array:
    """Return every number of a result as one float vector."""
    leaves = [np.ravel(np.asarray(v)) for v in flatten(result)[0]]
    kept = [v for v in leaves if v.dtype.kind in "fiub"]
    return np.concatenate(kept).astype(float) if kept else np.empty(0)


def _same(a: Array, b: Array) -> bool:
    """Whether two runs at one point are the same function value, up to noise."""
    return a.shape == b.shape and _gap(a, b, _NOISE) <= 1.0


def _gap(a: Array, b: Array, rounding: float) -> float:
    """Return the largest difference as a multiple of the allowed relative one."""
    unequal = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    if not unequal.any():
        return 0.0
    size = np.maximum(np.abs(a[unequal]), np.abs(b[unequal]))
    ratio = np.abs(a[unequal] - b[unequal]) / (rounding * size)
    return float(np.max(np.where(np.isnan(ratio), np.inf, ratio)))


def depends(program: Program) -> bool:
    """Whether an output can be reached from an input by records that have a derivative."""
    reached = set(program.inputs)
    for _, refs, _, out in program.records:
        if any(r in reached for r in refs):
            reached.add(out)
    return any(r in reached for r in program.outputs)
