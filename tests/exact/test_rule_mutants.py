"""No broken rule of the table escapes the verdict, and a verdict that nods is found out."""

from __future__ import annotations

import pytest

from gradcli.ops.op import Op
from gradcli.ops.registry import lookup
from gradcli.reports import Status, Verdict
from tests.exact import mutants
from tests.exact.mutants import operations, survey, survivors, unseen

# A few of every kind of rule: partials of one and two arguments, constants, zeros, kinks,
# linear maps, products, rules of whole arrays.
EVERY_DAY = (
    "sin", "multiply", "heaviside", "sum", "outer",
)  # fmt: skip


def _complaints(op: Op) -> list[object]:
    found = survey(op)
    assert found, "nothing was broken"
    return [*survivors(found), *unseen(found)]


@pytest.mark.parametrize("name", EVERY_DAY)
def test_a_broken_rule_is_called_wrong(name: str) -> None:
    op = lookup(name)
    assert isinstance(op, Op)
    assert _complaints(op) == []


@pytest.mark.slow
@pytest.mark.parametrize("op", operations(), ids=lambda op: op.name)
def test_every_broken_rule_of_the_table_is_called_wrong(op: Op) -> None:
    assert _complaints(op) == []


def test_a_judge_that_nods_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "judge", lambda _: Verdict(Status.OK))
    op = lookup("sin")
    assert isinstance(op, Op)
    assert len(survivors(survey(op))) == len(survey(op)) > 0
