"""The options of `check` on files: which targets run, when it stops, what it forgives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcli.worker.parent import Limits, Worker

FILE = """
import random
def good(x=2.0):
    return x * x
def bad(x=3.0):
    return x * x
def bad_grad(x):
    return 2.001 * x
def noisy(x=2.0):
    return x * x + random.random()
def kink(x=0.0):
    return abs(x)
def worse(x=3.0):
    return x ** 3
def worse_grad(x):
    return -x
def worse_hess(x):
    return 6 * x
"""
HOOK = """
def start(seed):
    import random
    random.seed(seed)
"""


class Kept:
    """A worker that outlives the calls, because starting one takes most of a second."""

    def __init__(self, running: Worker) -> None:
        self.running = running
        self.run, self.printed = running.run, running.printed

    def close(self) -> None:
        """Leave it running."""

    def __call__(self, limits: Limits) -> Kept:
        self.running.limits = limits
        return self


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("options")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Worker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        started = Worker(Limits())
    with started as worker:
        yield worker


@pytest.fixture
def check(
    cli: Any, running: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> Callable[..., Any]:
    monkeypatch.setattr("gradcli.app.crew.Worker", Kept(running))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(folder)
    for left in folder.iterdir():
        if left.is_file():
            left.unlink()
    Path("a.py").write_text(FILE, encoding="utf-8")
    Path("b.py").write_text(HOOK, encoding="utf-8")
    return lambda *words: cli("check", *words)


def names(said: Any) -> list[str]:
    """Return the functions of a table, in order."""
    rows = [line.split() for line in said.out.splitlines() if "::" in line]
    return [row[1].rpartition("::")[2] for row in rows]


def test_a_table_tells_the_claims_of_one_target_apart(check) -> None:
    said = check("a.py", "-k", "worse")
    assert said.status == 1
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "WRONG         a.py::worse  x  worse_grad  claim -3, gradcli 27",
        "ok            a.py::worse  x  worse_hess  exact, fd",
        "2 checked, 1 wrong",
    ]
    said = check("a.py::worse", "--json")
    records = [json.loads(line) for line in said.out.splitlines()]
    assert [r["claimed_by"] for r in records[:-1]] == ["worse_grad", "worse_hess"]
    junit = check("a.py::worse", "--format", "junit").out
    assert 'name="worse (worse_grad)"' in junit
    assert "a.py%3A%3Aworse (worse_grad)::" in check("a.py::worse", "--format", "github").out


def test_a_pattern_chooses(check) -> None:
    assert names(check("a.py", "-k", "oo")) == ["good"]
    said = check("a.py", "-k", "zzz")
    assert (said.out, said.status) == ("nothing to check\n", 5)
    said = check("a.py", "--list", "-k", "good")
    assert "listed" in said.out
    assert said.status == 0


def test_what_may_be_a_derivative_is_skipped_and_named(check) -> None:
    like = "def f(z):\n    return z\ndef numerical_grad_f(x=2.0):\n    return x\n"
    Path("a.py").write_text(like, encoding="utf-8")
    said = check("a.py", "--json")
    first, second, summary = (json.loads(line) for line in said.out.splitlines())
    assert (said.status, summary["skipped"]) == (5, 2)
    assert [r["status"] for r in (first, second)] == ["skipped", "skipped"]
    Path("a.py").write_text(like.replace("z", "x=1.0", 1).replace("z", "x"), encoding="utf-8")
    said = check("a.py")
    assert said.status == 0
    assert "looks like a derivative of `f`; name it `grad_f` or mark it with" in said.out
    assert said.out.endswith("1 checked, 1 skipped\n")
    assert names(check("a.py::numerical_grad_f")) == ["numerical_grad_f"]
    assert "1 checked" in check("a.py::numerical_grad_f").out


def test_failures_end_the_run(check) -> None:
    assert names(check("a.py", "-x")) == ["good", "bad"]
    said = check("a.py", "--maxfail", "2")
    assert names(said) == ["good", "bad", "noisy"]
    assert said.status == 1
    assert check("a.py", "--maxfail", "0").status == 2


def test_what_failed_last_is_remembered_over_other_runs(check) -> None:
    check("a.py", "-k", "bad")
    check("a.py", "-k", "good")
    check("a.py", "-k", "noisy")
    assert names(check("a.py", "--last-failed")) == ["bad", "noisy"]
    Path("a.py").write_text(FILE.replace("2.001", "2"), encoding="utf-8")
    assert names(check("a.py", "--last-failed")) == ["bad", "noisy"]
    assert names(check("a.py", "--last-failed")) == ["noisy"]


def test_tolerances_only_forgive(check) -> None:
    for option in ("--rtol", "--atol"):
        said = check("a.py", "-k", "bad", option, "1e-2")
        assert said.status == 0
        assert f"within {option[2:]}" in said.out
        assert check("a.py", "-k", "bad", option, "1e-5").status == 1
    assert check("a.py", "-k", "noisy", "--rtol", "1").status == 3


def test_tolerances_forgive_the_claim_of_an_expression_too(cli) -> None:
    ask = ("check", "x^2", "--x", "1", "--claim", "x: 2.001*x")
    for option in ("--rtol", "--atol"):
        said = cli(*ask, option, "1e-2")
        assert said.status == 0
        assert f"within {option[2:]}" in said.out
        assert cli(*ask, option, "1e-5").status == 1
    far = ("check", "exp(709*x)", "--x", "1", "--claim", "x: 5")
    assert cli(*far, "--rtol", "0.1", "--atol", "1").status == 1


def test_strict_counts_a_kink(check) -> None:
    assert check("a.py", "-k", "kink").status == 0
    said = check("a.py", "-k", "kink", "--strict", "--json")
    assert said.status == 3
    assert json.loads(said.out.splitlines()[0])["ok"] is False


@pytest.mark.parametrize("hook", ["b.py::start", "random:seed"])
def test_a_seed_hook_makes_a_function_repeatable(check, hook: str) -> None:
    assert check("a.py", "-k", "noisy").status == 3
    said = check("a.py", "-k", "noisy", "--seed-hook", hook)
    assert said.status == 0
    assert "exact" in said.out


@pytest.mark.parametrize("hook", ["nothing", "b.py", "random:nope", "b.py::nope"])
def test_a_seed_hook_that_is_none_is_refused(check, hook: str) -> None:
    said = check("a.py", "-k", "noisy", "--seed-hook", hook)
    assert said.status == 2
    assert "--seed-hook" in said.err


def test_a_baseline_forgives_what_it_lists(check) -> None:
    said = check("a.py", "--baseline", "known.json")
    assert said.status == 0
    assert "3 known failures written" in said.err
    said = check("a.py", "--baseline", "known.json")
    assert said.status == 0
    assert "claim -3, gradcli 27 (in the baseline)" in said.out
    assert "<failure" not in check("a.py", "--baseline", "known.json", "--format", "junit").out
    Path("a.py").write_text(FILE.replace("6 * x", "7 * x"), encoding="utf-8")
    said = check("a.py", "--baseline", "known.json")
    assert said.status == 1
    assert said.out.count("(in the baseline)") == 3


def test_output_goes_to_a_file_by_suffix(check) -> None:
    said = check("a.py", "-k", "good", "-o", "out.json")
    assert (said.out, said.status) == ("", 0)
    kinds = [json.loads(line)["kind"] for line in Path("out.json").read_text().splitlines()]
    assert kinds == ["check", "summary"]
    assert check("a.py", "-k", "good", "-o", "out.txt").out == ""
    assert Path("out.txt").read_text().endswith("1 checked\n")
    assert check("a.py", "-o", "out.npz").status == 2


def test_what_user_code_prints_is_shown_apart(check) -> None:
    Path("a.py").write_text("def f(x=1.0):\n    print('\\x1b[2J ok')\n    return x\n")
    said = check("a.py", "--json")
    assert [json.loads(line)["kind"] for line in said.out.splitlines()] == ["check", "summary"]
    first, line = said.err.splitlines()
    assert first == "printed by a.py:"
    assert re.fullmatch(r"  \| \\x1b\[2J ok  \(\d+ times\)", line)
    assert check("a.py", "-q").err == ""


def test_limits_of_time_and_memory(check) -> None:
    Path("a.py").write_text("def f(x=1.0):\n    while True: pass\n", encoding="utf-8")
    said = check("a.py", "--timeout", "0.3", "--json")
    assert said.status == 3
    assert json.loads(said.out.splitlines()[0])["cause"] == "TIME"
    eats = "def f(x=1.0):\n    held = [b'1' * 10**6 for _ in range(10**6)]\n"
    Path("a.py").write_text(eats, encoding="utf-8")
    said = check("a.py", "--memory", "300M", "--json")
    assert json.loads(said.out.splitlines()[0])["cause"] == "MEMORY"
    assert check("a.py", "--timeout", "soon").status == 2
    assert check("a.py", "--memory", "much").status == 2


def test_samples_and_shapes_of_an_expression(cli) -> None:
    ask = ("check", "x'@A@x", "--claim", "x: 2*A@x")
    said = cli(*ask, "--x", "1,2", "--A", "1,2;2,4", "--samples", "1", "--json")
    first, sample, _ = (json.loads(line) for line in said.out.splitlines())
    assert (first["status"], sample["status"], said.status) == ("ok", "wrong", 1)
    assert (first["seed"], sample["seed"]) == (None, 0)
    assert sample["point"] != first["point"]
    assert (
        "WRONG  df/dx at sample 1"
        in cli(*ask, "--x", "1,2", "--A", "1,2;2,4", "--samples", "1").out
    )
    assert cli(*ask, "--shape", "x=2", "--shape", "A=2,2").status == 1
    assert cli(*ask, "--x", "1,2", "--shape", "A=2,2", "--shape", "B=2").status == 2
    assert "auto" in cli("check", "x^2", "--x", "1", "--claim", "auto").err


@pytest.mark.slow
def test_several_workers_keep_the_order(shell, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for k in range(6):
        body = "while True: pass" if k == 1 else f"return {k} * x"
        (folder / f"m{k}.py").write_text(f"def f(x=1.0):\n    {body}\n", encoding="utf-8")
    words = ["gradcli", "check", str(folder), "--jobs", "2", "--timeout", "1"]
    said = shell(words)
    assert names_of_files(said.stdout) == [f"m{k}.py::f" for k in range(6)]
    assert said.status == 3


def names_of_files(text: str) -> list[str]:
    return [line.split()[1].rpartition("/")[2] for line in text.splitlines() if "::" in line]
