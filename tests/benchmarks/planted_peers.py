"""The planted suite through public gradient checkers at their default settings, as a table.

Run ``python tests/benchmarks/planted_peers.py`` where gradcli and, as far as wanted, scipy,
torch, jax, autograd, numdifftools and jacobi are installed; one that is missing is left out
with a line. Every wrong gradient is asked about at its ordinary point, its right twin at the
twin's hard point. Seconds are of the processor. ``--list`` prints what each got wrong.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "planted"))
sys.path.insert(0, str(Path(__file__).parent))

from checkers import CHECKERS, Answer, Checker
from interview import Interview, Question

from judging import verdict
from plant import Case
from run_planted import cases

HEAD = (
    "| checker | version | accepted when | missed | false alarms | of them at kinks "
    "| undecided | seconds |\n|---|---|---|---|---|---|---|---|"
)


@dataclass
class Tally:
    """What one checker got wrong, by name."""

    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    seconds: float = 0.0


def questions(suite: list[Case]) -> list[Question]:
    """Return every slip and every right twin."""
    slips = [(c, s) for c, case in enumerate(suite) for s in range(len(case.slips))]
    return [Question(c, s, wrong) for c, s in slips for wrong in (True, False)]


def named(suite: list[Case], question: Question) -> str:
    """Return what a question is about."""
    case = suite[question.case]
    if question.wrong:
        return f"{case.name}: {case.slips[question.slip].kind}"
    return f"{case.name} at {case.twin(question.slip)}".replace("\n", "")


def tally(checker: Checker, suite: list[Case], asked: list[Question]) -> Tally:
    """Return what a checker got wrong."""
    found = Tally()
    with Interview(checker) as interview:
        for question in asked:
            answer, seconds = interview.ask(question)
            found.seconds += seconds
            if answer is Answer.UNDECIDED:
                found.undecided.append(named(suite, question))
            elif question.wrong and answer is Answer.ACCEPTED:
                found.missed.append(named(suite, question))
            elif not question.wrong and answer is Answer.REJECTED:
                found.alarms.append(named(suite, question))
    return found


def kinks(suite: list[Case]) -> set[str]:
    """Return the right twins whose point has no gradient, only subgradients or one side."""
    found = set()
    for number, case in enumerate(suite):
        for place in range(min(len(case.slips), max(1, len(case.hard)))):
            if verdict(case, case.gradient, case.twin(place)).status == "kink":
                found.add(named(suite, Question(number, place, wrong=False)))
    return found


def row(checker: Checker, found: Tally, without: set[str]) -> str:
    """Return a line of the table."""
    beside = sum(name in without for name in found.alarms)
    return (
        f"| {checker.name} | {version(checker.package)} | {checker.rule} | {len(found.missed)} "
        f"| {len(found.alarms)} | {beside} | {len(found.undecided)} | {found.seconds:.0f} |"
    )


def show(checker: Checker, suite: list[Case], without: set[str], whole: bool) -> None:
    """Print the row of a checker, and what it got wrong if asked for."""
    try:
        version(checker.package)
    except PackageNotFoundError:
        print(f"| {checker.name} | not installed | | | | | | |", flush=True)
        return
    found = tally(checker, suite, questions(suite))
    print(row(checker, found, without), flush=True)
    for label in ("missed", "alarms", "undecided") if whole else ():
        for name in getattr(found, label):
            print(f"  {label}: {name}")


def main() -> int:
    """Print the table, a row as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", action="append", help="only this peer (repeatable)")
    parser.add_argument("--list", action="store_true", help="print what was missed and accused")
    options = parser.parse_args()
    suite = list(cases())
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        without = kinks(suite)
    twins = [q for q in questions(suite) if not q.wrong]
    beside = sum(named(suite, q) in without for q in twins)
    print(f"{len(twins)} wrong gradients and {len(twins)} right twins, {beside} of them at kinks")
    print(HEAD, flush=True)
    for checker in CHECKERS:
        if not options.package or checker.package in options.package:
            show(checker, suite, without, options.list)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
