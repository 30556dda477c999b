"""Questions to one checker in a process of its own, each with a time limit that holds.

Some checkers hang inside compiled code on numbers that are not finite; no signal handler
runs there, so the process is ended and a new one goes on. Imports the planted suite and
`checkers` only.
"""

from __future__ import annotations

import copy
import multiprocessing
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "planted"))
sys.path.insert(0, str(Path(__file__).parent))

from checkers import CHECKERS, Answer, Checker, Problem, plain

from plant import Case, Point
from run_planted import cases

# Seconds after which a question counts as undecided.
PATIENCE = 10.0
# Importing a peer may take this much longer.
_START = 60.0


class Question(NamedTuple):
    """Which case, which of its slips, and whether the slip or the right twin is asked about."""

    case: int
    slip: int
    wrong: bool


class Reply(NamedTuple):
    """What was answered, and the seconds of processor time it took."""

    answer: Answer
    seconds: float


def _asked(checker: Checker, case: Case, claim: Any, point: Point) -> Answer | Exception:
    """Return what a checker says of a fresh copy of a claim, or what it raised."""
    fresh = tuple(plain(np.array(x, dtype=float)) for x in point)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return checker.ask(Problem(case.f, copy.deepcopy(claim), fresh))
    except Exception as raised:
        return raised


def answered(checker: Checker, suite: Sequence[Case], question: Question) -> Answer:
    """Return a checker's answer.

    A checker that raises on a wrong gradient but accepts the right one at the same point has
    noticed it; any other exception leaves the question undecided.
    """
    case = suite[question.case]
    if not question.wrong:
        said = _asked(checker, case, case.gradient, case.twin(question.slip))
        return said if isinstance(said, Answer) else Answer.UNDECIDED
    said = _asked(checker, case, case.slips[question.slip].claim, case.point)
    if isinstance(said, Answer):
        return said
    right = _asked(checker, case, case.gradient, case.point)
    return Answer.REJECTED if right is Answer.ACCEPTED else Answer.UNDECIDED


def _serve(number: int, pipe: Any) -> None:
    """Answer questions until the other side hangs up."""
    checker, suite = CHECKERS[number], list(cases())
    _asked(checker, suite[0], suite[0].gradient, suite[0].point)
    pipe.send(None)
    while True:
        try:
            question = pipe.recv()
        except EOFError:
            return
        start = time.process_time()
        answer = answered(checker, suite, question)
        pipe.send(Reply(answer, time.process_time() - start))


class Interview:
    """A checker in a process that is replaced when it hangs or dies."""

    def __init__(self, checker: Checker) -> None:
        self._number = CHECKERS.index(checker)
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_serve, args=(self._number, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START):
            raise TimeoutError("the peer does not start")
        self._pipe.recv()

    def ask(self, question: Question) -> Reply:
        """Return the answer to a question; undecided where none comes."""
        self._pipe.send(question)
        try:
            if self._pipe.poll(PATIENCE):
                reply: Reply = self._pipe.recv()
                return reply
        except EOFError:
            pass
        self._end()
        self._start()
        return Reply(Answer.UNDECIDED, PATIENCE)

    def _end(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def __enter__(self) -> Interview:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
