"""The search for a cause is bounded, and never hides that a claim is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.render.style import Style
from gradcli.render.table import check_text
from gradcli.reports import CheckReport, Status
from gradcli.verify.report import examine
from gradcli.worker.parent import Message

POINT = Point("x0", {"x": np.array([1.0, 2.0])}, ("x",))


def cube(x: Any) -> Any:
    return np.sum(x**3)


def messages(claim: Callable[..., Any]) -> list[tuple[str, Any]]:
    """What a child tells of one unit."""
    told: list[tuple[str, Any]] = []
    target = Target("cube", 1, cube, (POINT,))
    said = Claim("claim", claim, Order.GRADIENT)
    result = examine(target, POINT, said, {}, lambda found: told.append(("evidence", found)))
    return [*told, ("result", result)]


class Cut:
    """A worker whose child ends while it looks for an explanation."""

    def __init__(self, told: list[tuple[str, Any]], kind: str) -> None:
        self.told, self.kind = told, kind

    def run(self, job: dict[str, Any]) -> Iterator[Message]:
        if job["first"]:
            yield Message("end", None)
            return
        about = {"unit": 0, "target": "cube", "line": 1, "point": "x0", "wrt": ["x"], "claim": "c"}
        yield Message("begin", about)
        yield from (Message(k, json.loads(json.dumps(b))) for k, b in self.told if k == "evidence")
        yield Message(self.kind, None)


@pytest.mark.parametrize("kind", ["time", "died", "memory"])
def test_a_search_that_is_cut_off_leaves_the_verdict(kind: str) -> None:
    worker: Any = Cut(messages(lambda x: 2 * x**2), kind)
    (entry,) = check_python(Job(PythonTarget("model.py", None, None), {}), worker)
    assert (entry.verdict.status, entry.exit_code) == (Status.WRONG, 1)
    assert entry.claim is not None
    assert entry.claim["x"].tolist() == [2.0, 8.0]


def test_what_is_right_is_told_once() -> None:
    assert [kind for kind, _ in messages(lambda x: 3 * x**2)] == ["result"]


def test_the_explanation_comes_after_the_evidence() -> None:
    (_, early), (_, late) = messages(lambda x: -3 * x**2)
    assert early["evidence"][0]["explanation"] is None
    assert late["evidence"][0]["explanation"]["cause"] == "sign-flipped"


def test_a_file_has_its_smallest_counter_example_too() -> None:
    told = [("evidence", body) for kind, body in messages(lambda x: 2 * x**2) if kind == "result"]
    worker: Any = Cut(told, "time")
    (entry,) = check_python(Job(PythonTarget("model.py", None, None), {}), worker)
    small = entry.counterexample
    assert small is not None
    assert [a.tolist() for a in (small.point["x"], small.claim, small.expected)] == [
        [1.0, 0.0],
        [2.0, 0.0],
        [3.0, 0.0],
    ]
    text = check_text(CheckReport((entry,)), Style(verbose=True))
    assert "smallest   x = [1, 0]: claim [2, 0], gradcli [3, 0]" in text
    assert "smallest" not in check_text(CheckReport((entry,)), Style())
