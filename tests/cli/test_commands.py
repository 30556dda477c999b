"""Whole calls inside this process: options, streams and exit codes of every command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

QUICK = "--no-check"


def test_bare_and_help(cli) -> None:
    said = cli()
    assert said.status == 0
    assert said.out == cli("--help").out == cli("-h").out
    assert "Usage: gradcli" in said.out
    assert "Quoting" in said.out
    assert "Exit codes" in said.out
    assert cli("hessian", "--help").out.startswith("Usage: gradcli hessian EXPR")
    for name in ("grad", "check", "jacobian", "hessian", "jvp", "vjp", "hvp", "ops", "rule",
                 "schema", "doctor", "completion"):  # fmt: skip
        assert f"  {name} " in said.out
        assert cli(name, "-h").status == 0


def test_version(cli) -> None:
    from gradcli import __version__

    assert cli("--version").out == cli("grad", "--version").out == f"gradcli {__version__}\n"


def test_quiet_says_the_verdict_only_where_it_matters(cli) -> None:
    said = cli("grad", "-q", "2*dot(x,x)", "--x", "0,1,2,3")
    assert (said.out, said.err, said.status) == ("[0, 4, 8, 12]\n", "", 0)
    said = cli("grad", "-q", "abs(x)", "--x", "0")
    assert said.out == "0\n"
    assert "check  kink" in said.err
    said = cli("grad", "-q", "x*y", "--x", "1", "--y", "2", QUICK)
    assert (said.out, said.status) == ("", 2)
    assert "add --wrt or --json" in said.err


def test_strict_makes_a_kink_count(cli) -> None:
    assert cli("grad", "abs(x)", "--x", "0").status == 0
    said = cli("grad", "abs(x)", "--x", "0", "--strict", "--json")
    assert said.status == 3
    assert said.record["ok"] is False
    assert said.record["error"] is None
    assert said.record["warnings"][0]["code"] == "W101"
    assert "W101" in said.err


def test_precision(cli) -> None:
    third = ("grad", "x/3", "--x", "1", QUICK)
    assert cli(*third).out == "f      0.333333\ndf/dx  0.333333\n"
    assert cli(*third, "--precision", "2").out == "f      0.33\ndf/dx  0.33\n"
    assert cli(*third, "--precision", "full").out.endswith("0.3333333333333333\n")
    assert cli(*third, "-q").out == "0.3333333333333333\n"
    assert cli(*third, "-q", "--precision", "3").out == "0.333\n"


def test_expressions_from_files_and_standard_input(cli, tmp_path, monkeypatch, shell) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.txt").write_text("# a comment\nu = x^2\nu + 1\n")
    assert cli("grad", "--expr", "e.txt", "--x", "3", "-q", QUICK).out == "6\n"
    said = cli("grad", "--expr", "e.txt", "--x", "3", "--json", QUICK)
    assert said.record["expr"] == "# a comment\nu = x^2\nu + 1"
    Path("bad.txt").write_text("u = x^2\nu + +")
    said = cli("grad", "--expr", "bad.txt", "--x", "3", "--json")
    assert "bad.txt:2:" in said.err
    assert said.record["expr"] == "u = x^2\nu + +"
    assert cli("grad", "--expr", "e.txt", "x", "--x", "1").status == 2
    for words in (["-"], ["--expr", "-"]):
        ended = shell(["gradcli", "grad", *words, "--x", "3", "-q", QUICK], stdin=b"x^2\r\n")
        assert ended.stdout == "6\n"


def test_output_by_suffix(cli, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask = ("grad", "x'@A@x", "--x", "1,2", "--A", "1,2;3,4", QUICK)
    for name in ("a.txt", "a.json", "a.npz"):
        assert cli(*ask, "-o", name) == cli(*ask, "-o", name)
        assert cli(*ask, "-o", name).out == ""
    assert Path("a.txt").read_text() == cli(*ask).out
    assert Path("a.json").read_text() == cli(*ask, "--json").out
    with np.load("a.npz") as found:
        np.testing.assert_array_equal(found["x"], [12, 21])
    assert cli(*ask, "-o", "a.npy").status == 2
    assert cli(*ask, "--wrt", "x", "-o", "a.npy").status == 0
    np.testing.assert_array_equal(np.load("a.npy"), [12, 21])
    assert cli("hessian", "x^2", "--x", "1", QUICK, "-o", "h.npz").status == 0
    with np.load("h.npz") as found:
        assert found["hessian"].tolist() == [[2]]
    cli(*ask, "-o", "b.txt", "--json")
    assert json.loads(Path("b.txt").read_text())["kind"] == "grad"


def test_dialect_seed_and_set(cli) -> None:
    said = cli("grad", "x'*A*x", "--dialect", "matrix", "--x", "1,2", "--A", "1,2;3,4",
               "--wrt", "x", "-q", QUICK)  # fmt: skip
    assert said.out == "[12, 21]\n"
    draw = ("grad", "x^2", "--x", "randn(1)[0]", "-q", QUICK)
    assert cli(*draw).out == cli(*draw, "--seed", "0").out != cli(*draw, "--seed", "1").out
    assert cli("grad", "2*json", "--set", "json=3", "-q", QUICK).out == "2\n"


def test_products(cli) -> None:
    assert cli("jvp", "x^2", "--x", "1,2", "--vector", "1,1", QUICK).out == "Jv  [2, 4]\n"
    said = cli("vjp", "a*b", "--a", "2", "--b", "3", "--vector", "10", "--json", QUICK)
    assert said.record["result"] == {"a": 30.0, "b": 20.0}
    said = cli(
        "hvp", "x^2*y", "--x", "1", "--y", "2", "--vector", "x: 1", "--vector", "y: 0", QUICK
    )
    assert said.out == "Hv_x  4\nHv_y  2\n"
    said = cli("jacobian", "A@x", "--x", "1,1", "--A", "1,2;3,4", "--wrt", "x",
               "--layout", "denominator", "--json", QUICK)  # fmt: skip
    assert said.record["jacobian"] == {"x": [[1.0, 3.0], [2.0, 4.0]]}
    assert said.record["layout"] == "denominator"
    assert cli("jacobian", "f.py::f").status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("jacobian", "x^2", "--x", "1,2,3"),
        ("jacobian", "x^2", "--x", "ones(20)"),
        ("hessian", "sum(x^3)*y", "--x", "1,2", "--y", "3"),
        ("jvp", "A@x", "--A", "1,2;3,4", "--x", "1,2", "--wrt", "x", "--vector", "1,1"),
        ("vjp", "A@x", "--A", "1,2;3,4", "--x", "1,2", "--vector", "1,1"),
        ("hvp", "sum(x^3)", "--x", "1,2", "--vector", "1,1"),
        ("grad", "sum(x^3)", "--x", "1,2", "--order", "2"),
        ("grad", "x^3", "--x", "1,2", "--gradient", "1,10", "--order", "2"),
    ],
)
def test_every_answer_has_a_verdict(cli, words: tuple[str, ...]) -> None:
    said = cli(*words, "--json")
    assert said.status == 0, said.err
    assert said.record["check"]["status"] == "ok"
    assert said.record["check"]["by"][:2] == ["exact", "sympy"]


def test_verbose_adds_the_witnesses(cli) -> None:
    said = cli("grad", "sin(x)*y", "--x", "1", "--y", "2", "-v")
    lines = dict(line.split("  ", 1) for line in said.out.splitlines())
    assert lines["sympy x"].endswith("y*cos(x)")
    assert "±" in lines["fd y"]
    assert lines["exact y"].strip().startswith("0.841471")
    record = cli("grad", "x^2", "--x", "2", "-v", "--json").record
    assert [w["method"] for w in record["check"]["witnesses"]["x"]] == ["exact", "sympy", "fd"]
    assert "witnesses" not in cli("grad", "x^2", "--x", "2", "--json").record["check"]


def test_batch_is_a_stream_of_records(cli, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b").write_text('{"id":1,"x":2}\n\n{"id":"b","x":"oops"}\n')
    said = cli("grad", "x^2", "--batch", "b", QUICK)
    records = [json.loads(line) for line in said.out.splitlines()]
    assert [r["id"] for r in records] == [1, None, "b"]
    assert [r["ok"] for r in records] == [True, False, False]
    assert (said.status, said.err) == (2, "")
    said = cli("grad", "--batch", "b", "x^2", QUICK, "-o", "out")
    assert said.out == ""
    assert len(Path("out").read_text().splitlines()) == 3
    Path("kinks").write_text('{"x":0}\n{"x":1}\n')
    assert cli("grad", "abs(x)", "--batch", "kinks", "--strict").status == 3
    Path("empty").write_text("")
    assert cli("grad", "x", "--batch", "empty") == cli("grad", "x", "--batch", "empty", "--json")


def test_claims_of_expressions(cli) -> None:
    right = ("check", "x'@A@x", "--x", "1,2", "--A", "1,2;3,4", "--claim", "x: (A+A')@x")
    assert cli(*right).out == "ok  df/dx  exact, sympy, fd\n1 checked\n"
    said = cli(*right, "--claim", "A: 2*x@x'", "--json")
    assert said.status == 1
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [x["kind"] for x in lines] == ["check", "check", "summary"]
    assert [x["status"] for x in lines[:2]] == ["ok", "wrong"]
    assert lines[1]["claim"] == {"A": [[2, 4], [4, 8]]}
    assert lines[1]["expected"] == {"A": [[1, 2], [2, 4]]}
    assert (lines[2]["checked"], lines[2]["passed"], lines[2]["wrong"]) == (2, 1, 1)
    said = cli("check", "sum(x^2)", "--x", "1,2", "--claim", "x: 2*sum(x)")
    assert said.status == 1
    assert "shape" in said.out + said.err
    assert cli("check", "x^2", "--x", "3").status == 0
    assert cli("check", "x*x", "--x", "1,2").status == 2
    assert cli("check", "abs(x)", "--x", "0", "--strict").status == 3


def test_tables(cli) -> None:
    assert cli("ops", "sin").out.startswith("call")
    said = cli("ops", "--json")
    names = [json.loads(line)["name"] for line in said.out.splitlines()]
    assert {"add", "sin", "matmul", "logsumexp"} <= set(names)
    assert len(cli("ops").out.splitlines()) == len(names)
    assert cli("rule", "e020").out.startswith("E020")
    assert cli("rule", "E020", "--json").record["code"] == "E020"
    assert "numpy" in cli("doctor").out
    assert cli("doctor", "--json").record["versions"]["gradcli"]
    assert json.loads(cli("schema", "grad").out)["title"] == "gradcli grad record"
    assert len(json.loads(cli("schema").out)["oneOf"]) > 8


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion(cli, shell, shell_name: str) -> None:
    said = cli("completion", shell_name)
    assert "_GRADCLI_COMPLETE" in said.out
    ended = shell(
        "gradcli", _GRADCLI_COMPLETE="bash_complete", COMP_WORDS="gradcli he", COMP_CWORD="1"
    )
    assert ended.stdout == "plain,hessian\n"


def test_a_bug_of_ours_is_seventy_with_the_program(cli, monkeypatch) -> None:
    import gradcli.app.gradient as module

    def broken(*_: object) -> None:
        raise ZeroDivisionError("\x1b[31mred")

    monkeypatch.setattr(module, "pulled_back", broken)
    said = cli("grad", "2*x", "--x", "1", "--json")
    assert said.status == 70
    assert said.record["error"]["code"] == "E070"
    assert said.record["error"]["exit"] == 70
    lines = said.err.splitlines()
    assert lines[0].startswith("error[E070]: a bug in gradcli: ZeroDivisionError: \\x1b[31mred")
    assert "please report it" in lines[1]
    assert "program(x:[])" in lines[2]
    assert "Traceback" not in said.err
    assert "Traceback" in cli("grad", "2*x", "--x", "1", "--debug").err


def test_memory_that_runs_out_is_no_verdict(cli, monkeypatch) -> None:
    import gradcli.app.gradient as module

    def greedy(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "pulled_back", greedy)
    said = cli("grad", "2*x", "--x", "1", "--json")
    assert said.status == 3
    assert said.record["error"]["code"] == "E098"


def test_the_same_call_gives_the_same_bytes(cli) -> None:
    for words in (("grad", "sum(sin(x))", "--x", "randn(5)", "-v"), ("ops",), ("schema",)):
        assert cli(*words) == cli(*words)
