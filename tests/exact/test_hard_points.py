"""Points at which a verdict is hard to reach, through the command line: what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

SETTLED = [
    # The gradient is 740 powers of e below the value.
    ("sum(softmax(x)*c)", {"x": "700,-40", "c": "1,2"}, "ok"),
    ("1/(1+exp(x-740))", {"x": "0.5"}, "ok"),
    ("tanh(x)", {"x": "500"}, "ok"),
    ("detach(x)*x", {"x": "2"}, "ok"),
    ("detach(x)*x", {"x": "0"}, "ok"),
    ("sum(sort(x)*c)", {"x": "3,1,2", "c": "1,2,3"}, "ok"),
    ("sum(sort(x)*c)", {"x": "1,1,2", "c": "1,2,3"}, "kink"),
    ("median(x)", {"x": "3,1,2,4"}, "ok"),
    ("median(x)", {"x": "1,1,2"}, "kink"),
    # Both middle values tie, and their mean does not care which is which.
    ("median(x)", {"x": "1,2,2,4"}, "ok"),
]


@pytest.mark.parametrize(("expr", "point", "status"), SETTLED, ids=str)
def test_hard_points_are_settled(expr: str, point: dict[str, str], status: str, cli: Any) -> None:
    values = [word for name, text in point.items() for word in (f"--{name}", text)]
    said = cli("grad", expr, *values, "--json")
    assert said.status == 0
    check = said.record["check"]
    assert (check["status"], check["cause"]) == (status, None)
    assert "exact" in check["by"]
