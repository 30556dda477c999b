"""Differences of second order do not believe the engine: a broken rule is contradicted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.engine.jacobians import hvp
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.ops.op import Op
from gradcli.ops.registry import lookup
from gradcli.reports import Status
from gradcli.verify.collect import collect
from gradcli.verify.entries import BARS
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.report import answer
from gradcli.verify.second_order import slope_subject
from gradcli.verify.subject import Subject

X = np.array([0.7, -1.3])
V = np.array([1.0, 2.0])


def f(x: Any) -> Any:
    return np.sum(np.sin(x) * x)


def truth(x: Any, v: Any) -> Any:
    return (2 * np.cos(x) - x * np.sin(x)) * v


@pytest.fixture
def spoil() -> Iterator[Callable[[str], None]]:
    """Flips the sign of an elementary rule, reverse and forward, and puts it back."""
    kept: list[tuple[Op, Any]] = []

    def flip(name: str) -> None:
        op = lookup(name)
        assert isinstance(op, Op)
        kept.append((op, (op.vjps, op.jvp)))
        pull, push = op.vjps[0], op.jvp
        object.__setattr__(op, "vjps", (lambda *args, **params: -pull(*args, **params),))
        object.__setattr__(op, "jvp", lambda *args, **params: -push(*args, **params))

    yield flip
    for op, (vjps, jvp) in kept:
        object.__setattr__(op, "vjps", vjps)
        object.__setattr__(op, "jvp", jvp)


def subject() -> Subject:
    found = hvp(f, (X,), (V,))
    return slope_subject(f, ("x",), (X,), (V,), (found,))


def test_a_right_product_is_confirmed_by_differences_of_the_function() -> None:
    evidence = collect(subject())
    verdict = judge(evidence)
    assert (verdict.status, "fd" in verdict.by) == (Status.OK, True)
    for entry, true in zip(evidence.entries, truth(X, V), strict=True):
        assert abs(entry.difference - true) <= entry.bar < 1e-7


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_a_broken_rule_is_contradicted_by_differences(
    name: str, spoil: Callable[[str], None]
) -> None:
    spoil(name)
    broken = subject()
    assert not np.allclose(broken.gradient[0], truth(X, V), rtol=1e-2)
    evidence = collect(broken)
    for entry, wrong in zip(evidence.entries, broken.gradient[0], strict=True):
        assert abs(entry.difference - truth(X, V)[entry.index]) <= entry.bar
        assert abs(entry.difference - wrong) > BARS * entry.bar
    assert judge(evidence).status not in (Status.OK, Status.KINK)


def test_the_second_order_of_a_file_is_judged() -> None:
    def g(x: Any, y: Any) -> Any:
        return np.sum(np.sin(x)) * y + np.sum(np.maximum(x, 0.0) ** 2)

    point = Point("", {"x": X, "y": 0.5}, ("x", "y"))
    found = answer(Target("g", 1, g, ()), point, {"order": 2})
    verdicts = [judge(from_json(e)) for e in found["evidence"]]
    assert len(verdicts) == 1 + 2 + 1
    assert {v.status for v in verdicts} == {Status.OK}
    assert all("fd" in v.by for v in verdicts[:-1])
    assert len(answer(Target("g", 1, g, ()), point, {"order": 2, "check": False})["evidence"]) == 0


def test_a_wrong_block_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli.verify import report

    blocks = report.second_blocks
    monkeypatch.setattr(
        report,
        "second_blocks",
        lambda p, s: {k: (-np.array(b)).tolist() for k, b in blocks(p, s).items()},
    )
    found = answer(Target("f", 1, f, ()), Point("", {"x": X}, ("x",)), {"order": 2})
    verdicts = [judge(from_json(e)) for e in found["evidence"]]
    assert [v.status is Status.OK for v in verdicts] == [True, False, False]


def test_many_inputs_have_no_second_differences() -> None:
    x = np.linspace(0.5, 1.5, 101)
    big = slope_subject(f, ("x",), (x,), (np.ones(101),), (truth(x, 1.0),))
    assert big.differences is not None
    assert big.differences() == {}
    few = replace(big, differences=subject().differences)
    assert few.differences is not None
    assert set(few.differences()) == {0}
