"""Lines in, answers out, in order."""

from __future__ import annotations

import io
import json

import pytest

from gradcli.app.batch import run
from gradcli.app.request import Point, Request
from gradcli.errors import GradcliError
from gradcli.language.limits import BATCH_LINE_BYTES
from gradcli.reports import Failure


def answers(text: str | bytes, expr: str = "dot(x,x)", **options):
    data = text.encode() if isinstance(text, str) else text
    return list(run(io.BytesIO(data), Request(expr, check=False, **options)))


def code(text: str | bytes, **options) -> str:
    (failure,) = answers(text, **options)
    assert isinstance(failure, Failure)
    return failure.diagnostic.code


def test_one_answer_a_line_in_order() -> None:
    lines = "".join(json.dumps({"id": k, "x": [k, 1]}) + "\n" for k in range(50))
    found = answers(lines)
    assert [a.id for a in found] == list(range(50))
    assert [a.value for a in found] == [k * k + 1 for k in range(50)]


@pytest.mark.parametrize(
    "line",
    [
        '{"x": [1, 2]}', '{"x": "1,2"}', '{"set": {"x": [1, 2]}}', '{"x": [1.0, 2]}\r',
        '\ufeff{"x": [1, 2]}', '{"id": null, "x": [1, 2]}', ' {"x" : [ 1 , 2 ]} ',
    ],
)  # fmt: skip
def test_ways_to_write_a_line(line: str) -> None:
    (answer,) = answers(line)
    assert answer.value == 5
    assert answer.gradients["x"].tolist() == [2, 4]


@pytest.mark.parametrize("name", ["a", 1, 1.5, None, "", "\u2028"])
def test_ids_come_back(name: object) -> None:
    (answer,) = answers(json.dumps({"id": name, "x": 1}), expr="x")
    assert answer.id == name
    (failure,) = answers(json.dumps({"id": name, "x": "oops"}), expr="x")
    assert failure.id == name


def test_lines_bring_their_own_expressions() -> None:
    found = answers('{"expr": "x^2", "x": 3}\n{"expr": "sin(y)", "y": 0}\n{"x": 3}\n', expr="")
    assert [found[0].expr, found[1].expr, found[2].expr] == ["x^2", "sin(y)", None]
    assert (found[0].value, found[1].value) == (9, 0)
    assert found[2].diagnostic.code == "E096"


def test_reserved_names_go_under_set() -> None:
    (answer,) = answers('{"set": {"id": 2, "expr": 3, "set": 4}}', expr="id*expr*set")
    assert answer.value == 24


def test_common_bindings_hold_for_every_line() -> None:
    point = Point((("a", "10"),))
    found = answers('{"x": 1}\n{"x": 2}\n', expr="a*x", point=point)
    assert [f.value for f in found] == [10, 20]
    assert code('{"a": 1, "x": 1}', expr="a*x", point=point) == "E096"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", None),
        ("\n", "E096"),
        ("   \n", "E096"),
        ("[1]", "E096"),
        ("3", "E096"),
        ("nonsense", "E096"),
        ('{"x": NaN}', "E096"),
        ('{"x": Infinity}', "E096"),
        ('{"x": 1, "x": 2}', "E096"),
        ('{"id": [1], "x": 1}', "E096"),
        ('{"id": true, "x": 1}', "E096"),
        ('{"set": 3}', "E096"),
        ('{"expr": "x", "x": 1}', "E096"),
        ('{"x": 1, "set": {"x": 2}}', "E043"),
        ('{"x": "oops"}', "E040"),
        ('{"x": true}', "E040"),
        ('{"x": null}', "E040"),
        ('{"x": {"y": 1}}', "E040"),
        ('{"x": [1, [2]]}', "E040"),
        ('{"x": "@/etc/passwd.csv"}', "E042"),
        ('{"x": "@-"}', "E042"),
        ('{"x": 1, "y": 2}', "E043"),
        ('{"y": 2}', "E043"),
        ('{"a b": 2}', "E043"),
        ("{}", "E005"),
        ("[" * 100_000, "E096"),
        ('{"x": ' + "[" * 100_000, "E096"),
        (b"\xff\xfe", "E096"),
        ('{"x": ' + "9" * 5000 + "}", None),
        ("{" + ",".join(f'"x{k}":1' for k in range(100)) + "}", "E019"),
    ],
)
def test_a_bad_line_is_an_answer(line: str | bytes, expected: str | None) -> None:
    if expected is None:
        assert all(not isinstance(a, Failure) for a in answers(line, expr="x"))
    else:
        assert code(line, expr="x") == expected


def test_a_bad_line_does_not_disturb_the_next() -> None:
    found = answers('{"x": 1}\n\nbad\n{"x": 2}', expr="x")
    assert [isinstance(a, Failure) for a in found] == [False, True, True, False]


def test_a_line_over_the_limit_is_skipped_whole() -> None:
    long = b'{"x": [' + b"1," * (BATCH_LINE_BYTES // 2) + b"1]}"
    found = answers(long + b"\n" + long * 3 + b'\n{"x": 2}\n', expr="x")
    assert [a.exit_code for a in found] == [2, 2, 0]
    assert found[0].diagnostic.code == "E019"


def test_a_bug_in_one_line_is_that_lines_answer(monkeypatch) -> None:
    import gradcli.app.batch as module

    def broken(*_: object) -> None:
        raise ZeroDivisionError("x" * 10_000)

    monkeypatch.setattr(module, "answer", broken)
    found = answers('{"x": 1}\n{"x": 2}', expr="x")
    assert [a.exit_code for a in found] == [70, 70]
    assert len(found[0].diagnostic.what) < 300


@pytest.mark.parametrize(
    ("expr", "values"), [("x^", ()), ("a*x", (("b", "1"),)), ("x", (("x", "@-"),))]
)
def test_what_is_wrong_for_all_lines_is_said_at_once(expr: str, values: tuple) -> None:
    with pytest.raises(GradcliError):
        answers('{"x": 1}', expr=expr, point=Point(values))


def test_an_expression_is_parsed_once(monkeypatch) -> None:
    import gradcli.app.batch as module

    real, parses = module.parsed, []
    monkeypatch.setattr(module, "parsed", lambda *a: parses.append(1) or real(*a))
    answers('{"x": 1}\n' * 20, expr="x^2")
    assert len(parses) == 2
