"""The verifier's own error rates: no wrong gradient passes, no right one is accused."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from run_planted import cases, judge_case

ALL = tuple(cases())
# Cases for the everyday run: one of every sort of difficulty.
EVERYDAY = frozenset(
    {
        "absolute values",
        "bilinear form",
        "broadcast bias",
        "claims with side effects",
        "doubling loop",
        "hypotenuse",
        "Poisson score",
        "writes into a buffer",
    }
)
# Share of slips whose cause must be named right (the contract's bar).
NAMED = 0.95


def test_the_suite_is_as_large_as_promised() -> None:
    slips = [slip for case in ALL for slip in case.slips]
    assert len(slips) >= 400
    assert len({slip.kind for slip in slips}) >= 20
    assert len({case.name for case in ALL}) == len(ALL)
    assert {case.name for case in ALL} >= EVERYDAY


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", [c for c in ALL if c.name in EVERYDAY], ids=lambda c: c.name)
def test_everyday(case) -> None:
    assert judge_case(case, 0, Counter()) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_error_rates() -> None:
    counts: Counter[str] = Counter()
    failures = [line for case in ALL for line in judge_case(case, 1, counts)]
    assert counts["missed"] == 0, failures
    assert counts["false alarms"] == 0, failures
    assert counts["cause named"] >= NAMED * counts["with a cause"], failures
    assert counts["entry named"] == counts["with an entry"], failures
