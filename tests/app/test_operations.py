"""What `gradcli ops` tells is what the table declares."""

import shlex

import pytest

from gradcli.app.operations import operations

ITEMS = {item["name"]: item for item in operations().items}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("sin", "d/dx = cos(x)"),
        ("exp", "d/dx = y"),
        ("divide", "d/da = 1/b; d/db = -y/b"),
        ("atan2", "d/dy = x/(x*x + y*y); d/dx = -y/(x*x + y*y)"),
        ("gammainc", "d/da = no rule; d/dx = exp(xlogy(a - 1, x) - x - gammaln(a))"),
    ],
)
def test_the_rule_is_told_as_a_formula(name, rule):
    assert ITEMS[name]["rule"] == rule


def test_every_operation_is_told_in_full():
    for item in ITEMS.values():
        assert item["rule"]
        assert item["signature"].startswith(f"{item['name']}(")
        assert item["doc"].endswith(".")


def test_most_operations_have_an_example_that_works(cli):
    commands = [item["example"] for item in ITEMS.values() if item["example"]]
    assert len(commands) > 200
    failed = []
    for command in commands[::8]:
        words = shlex.split(command)[1:]
        said = cli(*words, "--no-check", "--json")
        if said.status:
            failed.append((command, said.err))
    assert failed == []


@pytest.mark.slow
def test_every_example_works(cli):
    commands = [item["example"] for item in ITEMS.values() if item["example"]]
    failed = [c for c in commands if cli(*shlex.split(c)[1:], "--no-check", "--json").status]
    assert failed == []
