"""The verdict on a planted case, by the way the worker and the parent take."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.frontend.promotion import promote
from gradcli.reports import Verdict
from gradcli.testing import check
from plant import Case, Function, Point


def moved(point: Point, seed: int) -> Point:
    """Return a point a little beside another; seed 0 is the point itself."""
    if seed == 0:
        return point
    stream = np.random.default_rng(seed)
    return tuple(_moved(promote(x, "x"), stream) for x in point)


def _moved(x: Any, stream: np.random.Generator) -> Any:
    if not (isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")):
        return x
    factor = 1.0 + 0.02 * stream.standard_normal(np.shape(x))
    return float(x * factor) if isinstance(x, float) else x * factor


def verdict(case: Case, claim: Function, point: Point) -> Verdict:
    """Return the verdict on a claim."""
    report = check(case.f, *point, claim=claim)
    return report.verdicts[0]
