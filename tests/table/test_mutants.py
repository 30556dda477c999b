"""The tests can fail: every partial, broken on purpose in memory, is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from gradcli.ops.op import Op
from gradcli.ops.rule import Elementwise
from tests.table import test_elementwise_partials as partials
from tests.table.points import Case, elementwise_ops

check = partials.test_float_and_exact_rules_agree_with_difference_quotients.one_case

MUTATIONS: dict[str, Callable[[Any], Any]] = {
    "sign": lambda p: -p,
    "slightly": lambda p: p * (1.0 + 1e-12),
}


@contextmanager
def broken(op: Op, k: int, mutation: Callable[[Any], Any]) -> Iterator[None]:
    """Replace the k-th partial of an operation, in place, for a while."""
    assert isinstance(op.rule, Elementwise)
    p = op.rule.partials[k]
    q: Any = (lambda *xs, **params: mutation(p(*xs, **params))) if callable(p) else mutation(p)
    rule = replace(op.rule, partials=(*op.rule.partials[:k], q, *op.rule.partials[k + 1 :]))
    kept = op.vjps
    object.__setattr__(op, "vjps", rule.vjps(op.apply))
    try:
        yield
    finally:
        object.__setattr__(op, "vjps", kept)


TARGETS = [
    pytest.param(op, k, id=f"{op.name}-{k}")
    for op in elementwise_ops()
    if isinstance(op.rule, Elementwise)
    for k in Case(op, op.samples[0]).differentiable
    if op.name != "heaviside"  # 0 everywhere but on the jump, where the edges test it
]


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize(("op", "k"), TARGETS)
def test_a_broken_partial_is_noticed(op: Op, k: int, mutation: str) -> None:
    """At one sample at least; a partial that is 0 there hides a factor."""
    with broken(op, k, MUTATIONS[mutation]):
        for sample in op.samples:
            try:
                check(Case(op, sample))
            except AssertionError:
                return
    pytest.fail(f"nobody noticed: {op.name}, partial {k}, {mutation}")
