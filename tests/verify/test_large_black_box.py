"""A large function that cannot be looked into: accused only at an entry that was located."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.reports import Status
from gradcli.testing import check

N = 150


def hidden(x: Any) -> float:
    values = np.array([float(str(float(v))) for v in x])
    return float(np.sum(values**2))


@pytest.mark.parametrize(("bad", "status"), [(None, Status.OK), (17, Status.WRONG)])
def test_large_black_box(bad: int | None, status: Status) -> None:
    def claim(x: Any) -> Any:
        g = 2.0 * np.asarray(x)
        if bad is not None:
            g[bad] *= 3.0
        return g

    x = np.linspace(0.5, 2.0, N)
    (verdict,) = check(hidden, x, claim=claim).verdicts
    assert verdict.status is status
    if bad is not None:
        assert verdict.findings[0].index == (bad,)
