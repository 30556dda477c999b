"""The accuracy of every derivative: worst error in ULP, as a Markdown table.

Run ``python tests/benchmarks/ulp_table.py`` from the root of the repository. Elementary
functions (the promise: 4 ULP per partial, over the whole domain) are measured against
textbook formulas at 300 bits or more; special functions (a measured bound each, on the
stated kind of domain) against their rules on exact numbers. ``--points`` is the number of
random points per function; edges come on top. Rows appear as they are finished.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from tests.table.ulp import Worst, elementary_rows, special_rows
from tests.table.ulp_specials import SPECIALS
from tests.table.ulp_truths import ELEMENTARY

PROMISE = 4.0
# Special functions cancel up to 10 digits in their slopes; mpmath's K is slow beyond 25.
_DIGITS = 40


def line(name: str, label: str, worst: Worst) -> str:
    """Return one row of the table."""
    at = ", ".join(f"{x:.6g}" for x in worst.point)
    strays = str(len(worst.strays)) if worst.strays else ""
    return f"| {name} | {label} | {worst.points} | {worst.ulp:.2f} | {at} | {strays} |"


def table(names: list[str], points: int, seed: int, digits: int) -> bool:
    """Print both tables; return whether every elementary partial keeps the promise."""
    print("| function | what | points | max ULP | at | wrong kind |\n|---|---|---|---|---|---|")
    kept = True
    for name in names:
        op = FUNCTIONS[name]
        assert isinstance(op, Op)
        rng = np.random.default_rng(seed)
        if name in ELEMENTARY:
            rows = elementary_rows(op, ELEMENTARY[name], rng, points)
            partials = [w for label, w in rows if label != "value"]
            kept &= all(w.ulp <= PROMISE and not w.strays for w in partials)
        else:
            rows = special_rows(op, SPECIALS[name], rng, points, digits)
        for label, worst in rows:
            print(line(name, label, worst), flush=True)
    return kept


def main() -> int:
    """Read the options and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="functions; default: all")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--digits", type=int, default=_DIGITS, help="of the special functions' truth"
    )
    options = parser.parse_args()
    return (
        0
        if table(
            options.names or [*ELEMENTARY, *SPECIALS], options.points, options.seed, options.digits
        )
        else 1
    )


if __name__ == "__main__":
    raise SystemExit(main())
