"""Broken rules are noticed: the verdict can fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.frontend.points import Point
from gradcli.reports import Status
from gradcli.verify import mutation
from gradcli.verify.functions import prepare, subjects
from gradcli.verify.mutation import mutate

FUNCTIONS: tuple[tuple[Callable[..., Any], Any], ...] = (
    (lambda x: 2 * np.dot(x, x), np.array([1.0, 2.0, 3.0])),
    (lambda x: np.sum(np.exp(np.sin(x)) / (1 + x**2)), np.array([0.3, -1.2])),
    (lambda x: np.linalg.det(x) + np.trace(x @ x), np.array([[1.0, 2.0], [3.0, 5.0]])),
    (lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x), np.array([1.0, 2.0, 4.0])),
    (lambda x: np.sum(np.concatenate([x, 2 * x, x]) ** 3), np.array([1.0, 2.0])),
)


@pytest.mark.parametrize(("f", "x"), FUNCTIONS)
def test_every_broken_rule_is_noticed(f: Callable[..., Any], x: Any) -> None:
    (subject,) = subjects(prepare(f, Point("", {"x": x}, ("x",))), None)
    tally = mutate(subject)
    assert tally.made >= 4
    assert tally.missed == ()
    assert tally.caught == tally.made


def test_a_judge_that_nods_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    (subject,) = subjects(prepare(*_first()), None)
    monkeypatch.setattr(mutation, "_status", lambda *_: Status.OK)
    tally = mutate(subject)
    assert tally.caught == 0
    assert len(tally.missed) == tally.made > 0


def _first() -> tuple[Callable[..., Any], Point]:
    f, x = FUNCTIONS[0]
    return f, Point("", {"x": x}, ("x",))
