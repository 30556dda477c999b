"""Judge every planted slip and its right twin, and print how often the verdict was right.

Run ``python tests/planted/run_planted.py --seeds 5``.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from gradcli.reports import Verdict
from judging import moved, verdict
from plant import Case, Slip

FAMILIES = (
    "elementwise",
    "reductions",
    "matrices",
    "likelihoods",
    "networks",
    "programs",
    "delicate",
    "reported",
    "reported_models",
)
PASSES = frozenset({"ok", "kink"})
# A claim that breaks one of these has no one answer that could be wrong: the check stops there.
CONDITIONS = frozenset({"MUTATES-INPUT", "NONDETERMINISTIC"})


def cases() -> Iterator[Case]:
    """Yield the cases of every family."""
    for family in FAMILIES:
        yield from importlib.import_module(family).CASES


def noticed(slip: Slip, found: Verdict) -> bool:
    """Whether a slip was noticed: called wrong, or stopped at the condition that it breaks."""
    return found.status == "wrong" or (
        found.status == "inconclusive" and found.cause in slip.causes & CONDITIONS
    )


def judge_case(case: Case, seed: int, counts: Counter[str]) -> list[str]:
    """Count what the verdict says of a case; return what it got wrong."""
    failures = []
    for number, slip in enumerate(case.slips):
        point = moved(case.point, seed) if case.moves else case.point
        found = verdict(case, slip.claim, point)
        counts["planted"] += 1
        if not noticed(slip, found):
            counts["missed"] += 1
            failures.append(f"missed  {case.name}: {slip.kind}: {found.status} {found.text}")
            continue
        if found.findings:
            counts["with an entry"] += 1
            first = found.findings[0]
            if first.expected is not None and first.found != first.expected:
                counts["entry named"] += 1
            else:
                failures.append(f"entry   {case.name}: {slip.kind}: {first}")
        if slip.causes:
            counts["with a cause"] += 1
            if found.cause in slip.causes:
                counts["cause named"] += 1
            else:
                failures.append(f"cause   {case.name}: {slip.kind}: {found.cause} {found.hint}")
        twin = case.twin(number)
        right = verdict(case, case.gradient, twin)
        counts["twins"] += 1
        if right.status not in PASSES:
            counts["false alarms"] += 1
            failures.append(f"alarm   {case.name} at {twin}: {right.status} {right.text}")
    return failures


def main() -> int:
    """Print the table and every failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--family", default=None)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    kinds = set()
    chosen = [options.family] if options.family else FAMILIES
    for family in chosen:
        for case in importlib.import_module(family).CASES:
            kinds |= {slip.kind for slip in case.slips}
            for seed in range(options.seeds):
                for line in judge_case(case, seed, counts):
                    print(f"seed {seed}  {line}", flush=True)
    print("| wrong gradients | kinds | missed | right twins | false alarms | cause | entry |")
    print("|---|---|---|---|---|---|---|")
    named = 100.0 * counts["cause named"] / max(1, counts["with a cause"])
    entry = 100.0 * counts["entry named"] / max(1, counts["with an entry"])
    print(
        f"| {counts['planted']} | {len(kinds)} | {counts['missed']} | {counts['twins']} "
        f"| {counts['false alarms']} | {named:.1f} % | {entry:.1f} % |"
    )
    return int(counts["missed"] + counts["false alarms"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
