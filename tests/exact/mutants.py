"""Every rule of the op table broken on purpose, one at a time: what does the verdict notice?

A mutant is the program of one sample call in which what flows back through one argument of
one operation is changed: its sign, a factor 2, an offset of 1e-3, a factor 1 + 1e-7; for
operations on whole arrays also transposed, shifted by one place, symmetrised, dropped, and
a single entry off by 1e-7. The judge sees what it would see of a broken gradcli: the broken
rules, and the float64 gradient they give. A mutant whose rules give the same numbers as the
right ones, to 60 digits (minus nothing, a symmetric matrix transposed), is no wrong gradient
and counts as equivalent; everything else has to be called wrong.

    python -m tests.exact.mutants [NAME …]

prints the figure.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.engine.altered import Altered
from gradcli.errors import GradcliError
from gradcli.exact.contraction import contract
from gradcli.ir.program import Program
from gradcli.ir.tracing import trace_function
from gradcli.ops.op import Op, Sample
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.rule import Elementwise, Flat, Nothing
from gradcli.reports import Status
from gradcli.verify.evidence import Evidence
from gradcli.verify.exact_evidence import examine_exactly
from gradcli.verify.functions import engine_gradient
from gradcli.verify.judge import judge
from gradcli.verify.subject import Subject

SMALL, OFFSET = 1e-7, 1e-3
EQUIVALENT, AT_KINK = "equivalent", "kink"
# Operations that take longer are named, in seconds.
LONG = 10


def _transposed(c: Any, g: Any) -> Any:
    square = np.ndim(c) > 1 and np.shape(c)[-1] == np.shape(c)[-2]
    return np.swapaxes(c, -1, -2) if square else c


def _symmetrised(c: Any, g: Any) -> Any:
    return (c + _transposed(c, g)) / 2.0


def _shifted(c: Any, g: Any) -> Any:
    return np.roll(c, 1) if np.ndim(c) else c


def _one_off(c: Any, g: Any) -> Any:
    factor = np.ones(np.shape(c))
    factor.flat[factor.size // 2] += SMALL
    return c * factor


PARTIALS: dict[str, Callable[[Any, Any], Any]] = {
    "-p": lambda c, g: -c,
    "2p": lambda c, g: 2.0 * c,
    "p + 1e-3": lambda c, g: c + OFFSET * g,
    "p (1 + 1e-7)": lambda c, g: (1.0 + SMALL) * c,
}
WHOLE: dict[str, Callable[[Any, Any], Any]] = {
    **PARTIALS,
    "p + 1e-3": lambda c, g: c + OFFSET * np.sum(g),
    "dropped": lambda c, g: 0.0 * c,
    "transposed": _transposed,
    "symmetrised": _symmetrised,
    "shifted": _shifted,
    "one entry (1 + 1e-7)": _one_off,
}
REARRANGED = frozenset({"transposed", "symmetrised", "shifted"})


class Always(Altered):
    """A changed rule that flows also where the right one says that nothing does."""

    __slots__ = ()

    def wrong(self, g: Any, y: Any, *xs: Any, **params: Any) -> Any:
        """Return what flows instead of the right contribution; of nothing, of a zero."""
        c = self.op.vjps[self.k](g, y, *xs, **params)
        nothing = 0.0 * g if self.op.mp is not None else 0.0 * xs[self.k]
        return self.change(nothing if type(c) is Nothing else c, g)


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant: ``wrong`` or another status with its cause, `EQUIVALENT`,
    or `AT_KINK`: not wrong where the right rule is no plain pass, either.
    """

    op: str
    argument: int
    name: str
    sample: str
    fate: str


def operations() -> list[Op]:
    """Return the operations that have a derivative, of any kind and with any rule."""
    found = (f for f in FUNCTIONS.values() if isinstance(f, Op))
    return [f for f in found if f.arrays != 0 and f.samples and not _has_none(f)]


def _has_none(op: Op) -> bool:
    """Whether a derivative makes no sense, or is refused, for every argument."""
    return isinstance(op.rule, Flat) and op.rule.nothing.name != "ZERO"


def subject_of(op: Op, sample: Sample) -> Subject | None:
    """Return a random weighting of an operation's outputs at a sample, or ``None``.

    Arguments that are no floats, or whose derivative makes no sense, stay constants.
    """
    arrays = [np.asarray(a) for a in sample.args]
    if any(a.dtype.kind not in "fib" for a in arrays):
        return None
    wanted = [k for k, a in enumerate(arrays) if a.dtype.kind in "fi" and _has_partial(op, k)]
    fixed = [a.astype(float)[()] if k in wanted else a[()] for k, a in enumerate(arrays)]
    points = [fixed[k] for k in wanted]

    def call(*xs: Any) -> Any:
        full = list(fixed)
        for k, x in zip(wanted, xs, strict=True):
            full[k] = x
        return op(full, **sample.params) if op.arrays is None else op(*full, **sample.params)

    run = trace_function(call, points) if points else None
    if run is None or not run.program.records or not any(r >= 0 for r in run.output_refs):
        return None
    rng = np.random.default_rng(0)
    shapes = [np.shape(run.program.value(r)) for r in run.output_refs]
    program = contract(run.program, [rng.uniform(0.5, 2.0, size=s) for s in shapes])
    inputs = tuple(np.asarray(x) for x in points)
    names, wrt = program.names, tuple(range(len(points)))
    return Subject(names, inputs, call, engine_gradient(program), program, wrt)


def _has_partial(op: Op, k: int) -> bool:
    if not isinstance(op.rule, Elementwise):
        return True
    return op.rule.partials[k] not in (Nothing.NONDIFF, Nothing.MISSING)


def broken(op: Op, program: Program) -> Iterator[tuple[int, str, Program]]:
    """Yield every broken form of an operation's first record: argument, name, program."""
    found = [n for n, record in enumerate(program.records) if record[0].name == op.name]
    if not found:
        return
    number = found[0]
    own, refs, params, out = program.records[number]
    for k, ref in enumerate(refs):
        for name, change in (PARTIALS if op.mp is not None else WHOLE).items():
            if ref >= 0:
                records = list(program.records)
                wrong = replace(own, rule=Always(own, k, change), accumulate=None)
                records[number] = (wrong, refs, params, out)
                yield k, name, replace(program, records=records)


def outcomes(op: Op, sample: Sample) -> Iterator[Outcome]:
    """Yield what becomes of every mutant of one sample call."""
    subject = subject_of(op, sample)
    if subject is None or subject.program is None:
        return
    said = f"{op.name}({', '.join(map(str, sample.args))} {dict(sample.params) or ''})"[:90]
    right = _evidence(subject, subject.program)
    for argument, name, program in broken(op, subject.program):
        try:
            fate = _fate(right, _evidence(subject, program))
        except (GradcliError, ValueError, TypeError) as problem:
            fate = f"refused: {type(problem).__name__}"
        yield Outcome(op.name, argument, name, said, fate)


def _evidence(subject: Subject, program: Program) -> Evidence:
    with np.errstate(all="ignore"):
        gradient = engine_gradient(program)
        return examine_exactly(replace(subject, program=program, gradient=gradient))


def _fate(right: Evidence, found: Evidence) -> str:
    if _numbers(right) == _numbers(found):
        return EQUIVALENT
    verdict, before = judge(found), judge(right)
    if verdict.status is not Status.WRONG and before.status not in (Status.OK, Status.WRONG):
        return AT_KINK
    return f"{verdict.status} {verdict.cause or ''}".strip()


def _numbers(evidence: Evidence) -> Any:
    candidate = evidence.candidate("gradcli")
    return None if candidate is None else (candidate.values, candidate.exact)


def survey(op: Op) -> list[Outcome]:
    """Return what becomes of every mutant of an operation, at its kinks too."""
    kinks = op.kink.samples if op.kink is not None else ()
    return [o for sample in (*op.samples, *kinks) for o in outcomes(op, sample)]


def survivors(found: Sequence[Outcome]) -> list[Outcome]:
    """Return the mutants that differ from the right rule and were not called wrong."""
    return [o for o in found if not o.fate.startswith(("wrong", EQUIVALENT, AT_KINK))]


def unseen(found: Sequence[Outcome]) -> list[tuple[str, int, str]]:
    """Return the changes that no sample of an operation shows, and that no rule excuses.

    Excused are factors and rearrangements of a derivative that is nothing but zeros, and
    rearrangements that leave an array as it is (no square one, a symmetric one): that they
    do was measured, to 60 digits. An offset is never excused.
    """
    shown = {(o.op, o.argument, o.name) for o in found if o.fate.startswith("wrong")}
    every = {(o.op, o.argument, o.name) for o in found}
    return sorted(
        (op, k, name)
        for op, k, name in every - shown
        if name == "p + 1e-3" or (name not in REARRANGED and (op, k, "-p") in shown)
    )


def main(names: list[str]) -> int:
    """Run every mutant of the table, print the figure, and return the number of survivors."""
    begun, found = time.process_time(), []
    for op in operations():
        if not names or op.name in names:
            start = time.process_time()
            found += survey(op)
            seconds = time.process_time() - start
            if seconds > LONG:
                print(f"{op.name}: {seconds:.0f} s", flush=True)
    for o in survivors(found):
        print(f"{o.fate}: {o.name} in argument {o.argument} of {o.sample}")
    for op_name, k, name in unseen(found):
        print(f"no sample shows {name} in argument {k} of {op_name}")
    fates = Counter(o.fate.split()[0] for o in found)
    count = len(survivors(found))
    print(
        f"{len({o.op for o in found})} operations, {len(found)} mutants: "
        f"{fates['wrong']} called wrong, {fates[EQUIVALENT]} equivalent, "
        f"{fates[AT_KINK]} other answers at a kink or jump, {count} survivors; "
        f"{time.process_time() - begun:.0f} s of processor time"
    )
    return count


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
