"""The words of a call in normal form: language.md section 6 as a table."""

from __future__ import annotations

import contextlib

import pytest

from gradcli.cli.argv import is_target, normal_form
from gradcli.cli.words import guessed_command, sort, wants_json
from gradcli.errors import UsageError


def form(*words: str) -> tuple[str, ...]:
    return normal_form(sort(words))


@pytest.mark.parametrize(
    ("words", "args"),
    [
        (("2*x", "--x", "0,1"), ("grad", "--set=x=0,1", "--", "2*x")),
        (("grad", "2*x", "--x=0,1"), ("grad", "--set=x=0,1", "--", "2*x")),
        (("grad", "--x", "-1,2", "x^2"), ("grad", "--set=x=-1,2", "--", "x^2")),
        (("-x^2", "--x", "3"), ("grad", "--set=x=3", "--", "-x^2")),
        (("grad", "-x", "--x", "3"), ("grad", "--set=x=3", "--", "-x")),
        (("grad", "-q*x", "--x", "3", "--q", "1"),
         ("grad", "--set=x=3", "--set=q=1", "--", "-q*x")),
        (("grad", "-qv*x", "--x", "1", "--qv=2"),
         ("grad", "--set=x=1", "--set=qv=2", "--", "-qv*x")),
        (("grad", "-3"), ("grad", "--", "-3")),
        (("grad", "--3"), ("grad", "--", "--3")),
        (("grad", "--x^2", "--x", "3"), ("grad", "--set=x=3", "--", "--x^2")),
        (("grad", "-", "--x", "3"), ("grad", "--set=x=3", "--", "-")),
        (("grad", "-q", "x", "--x", "1"), ("grad", "-q", "--set=x=1", "--", "x")),
        (("grad", "x", "-o", "-f", "--x", "1"), ("grad", "-o", "-f", "--set=x=1", "--", "x")),
        (("grad", "x", "-o", "=f", "--x", "1"), ("grad", "-o", "=f", "--set=x=1", "--", "x")),
        (("--json", "grad", "x", "--x", "1"), ("grad", "--json", "--set=x=1", "--", "x")),
        (("--seed", "3", "--json", "hessian", "x"), ("hessian", "--seed=3", "--json", "--", "x")),
        (("--x", "3", "grad", "x"), ("grad", "--set=x=3", "--", "x")),
        (("--x=3", "x"), ("grad", "--set=x=3", "--", "x")),
        (("grad", "x", "--precision", "full"), ("grad", "--precision=full", "--", "x")),
        (("grad", "x=y", "--y", "1"), ("grad", "--set=y=1", "--", "x=y")),
        (("grad", "lr*x", "--lr", "2"), ("grad", "--set=lr=2", "--", "lr*x")),
        (("grad", "--", "--x"), ("grad", "--", "--x")),
        (("grad", "--", "grad"), ("grad", "--", "grad")),
        (("grad", "f.py::f", "--anything", "2"), ("grad", "--set=anything=2", "--", "f.py::f")),
        (("f.py::f", "--a", "2"), ("grad", "--set=a=2", "--", "f.py::f")),
        (("grad", "--batch", "-", "--a", "2"), ("grad", "--batch=-", "--set=a=2", "--")),
        (("grad", "--expr", "e.txt", "--a", "2"), ("grad", "--expr=e.txt", "--set=a=2", "--")),
        (("check", "-x", "a.py", "-k", "p"), ("check", "-x", "-k", "p", "--", "a.py")),
        (("check", "scipy.optimize:rosen", "--x", "1"),
         ("check", "--set=x=1", "--", "scipy.optimize:rosen")),
        (("check", "a.py", "b.py"), ("check", "--", "a.py", "b.py")),
        (("check", "x^2", "--x", "3", "--claim", "x: 2*x"),
         ("check", "--claim=x: 2*x", "--set=x=3", "--", "x^2")),
        (("ops",), ("ops", "--")),
        (("ops", "sin"), ("ops", "--", "sin")),
        (("--help",), ("--help",)),
        (("-h",), ("--help",)),
        (("grad", "--help"), ("grad", "--help")),
        (("-h", "grad"), ("grad", "--help")),
        (("--help", "--x", "1", "hessian"), ("hessian", "--help")),
        (("grad", "x", "--nonsense", "-h"), ("grad", "--help")),
        (("grad", "--version"), ("--version",)),
        (("grad", "gamma(x)", "--x", "--pi"), None),
    ],
)  # fmt: skip
def test_normal_form(words: tuple[str, ...], args: tuple[str, ...] | None) -> None:
    if args is None:
        with pytest.raises(UsageError):
            form(*words)
    else:
        assert form(*words) == args


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("grda", "x^2", "--x", "3"), "E090", "did you mean `grad`?"),
        (("chek", "f.py"), "E090", "did you mean `check`?"),
        (("jacobain", "x"), "E090", "did you mean `jacobian`?"),
        (("help",), "E090", "did you mean `--help`?"),
        (("trace", "x^2", "--x", "3"), "E090", "the commands are grad, check"),
        (("grad", "x^2", "--jsn", "--x", "3"), "E090", "did you mean `--json`?"),
        (("grad", "--jsn", "x^2"), "E090", "did you mean `--json`?"),
        (("grad", "x^2", "--no-chek", "--x", "3"), "E090", "did you mean `--no-check`?"),
        (("grad", "alpha*x", "--aplha", "3", "--x", "1"), "E090", "did you mean `--alpha`?"),
        (("grad", "x^2", "--claim", "3"), "E090", "an option of `gradcli check`"),
        (("grad", "sin(y)*pi", "--x", "3"), "E090", "the expression has y;"),
        (("grad", "", "--x", "3"), "E001", "the expression is empty"),
        (("grad", "x^2", "--y", "3"), "E090", "the expression has x"),
        (("grad", "x^2", "--x"), "E091", "needs a value"),
        (("grad", "x^2", "--x", "--json"), "E091", "needs a value"),
        (("grad", "x^2", "--wrt", "--json"), "E091", "needs a value"),
        (("grad", "x^2", "--wrt"), "E091", "needs a value"),
        (("grad", "x^2", "--json=1"), "E090", "takes no value"),
        (("grad", "x^2", "y"), "E090", "one word too many"),
        (("grad", "--x", "3"), "E091", "there is no expression"),
        (("grad",), "E091", "there is no expression"),
        (("rule",), "E091", "`CODE` is missing"),
        (("rule", "E001", "E002"), "E090", "one word too many"),
        (("ops", "-z"), "E090", "-z"),
        (("ops", "--x", "3"), "E090", "--x"),
        (("grad", "x", "--x-y", "3"), "E090", "--x-y"),
        (("grad", "if", "--if", "3"), "E090", "--if"),
    ],
)
def test_refusals(words: tuple[str, ...], code: str, said: str) -> None:
    with pytest.raises(UsageError) as problem:
        form(*words)
    assert problem.value.diagnostic.code == code
    assert said in str(problem.value)


def test_a_word_like_a_command_is_an_expression_where_a_variable_is_called_so() -> None:
    assert form("ops2", "--ops2", "3") == ("grad", "--set=ops2=3", "--", "ops2")
    assert form("grda", "--set", "grda=3") == ("grad", "--set=grda=3", "--", "grda")


def test_a_folder_hides_its_names(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    assert form("check", "models", "--w", "3") == ("check", "--set=w=3", "--", "models")
    with pytest.raises(UsageError):
        form("check", "model", "--w", "3")


def test_no_long_option_is_one_letter_long() -> None:
    from gradcli.cli.params import all_options

    assert not [flag for flag in all_options() if flag.startswith("--") and len(flag) < 4]


def test_every_option_is_declared_once_per_command() -> None:
    from gradcli.cli.params import COMMANDS, GLOBAL

    for command in COMMANDS.values():
        flags = [flag for o in (*command.options, *GLOBAL) for flag in o.flags]
        names = [o.name for o in (*command.options, *GLOBAL)]
        assert len(set(flags)) == len(flags)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("f.py", True), ("f.py::g", True), ("a/b.py::g", True), ("f.pyx", False), ("x.py+1", False),
     ("f.py::", False), ("f.py::g::h", False)],
)  # fmt: skip
def test_a_target_ends_in_py_or_a_name_of_it(word: str, expected: bool) -> None:
    assert is_target(word) is expected


def test_records_are_wanted_however_it_is_said() -> None:
    assert wants_json(["grad", "--json"], {})
    assert wants_json(["check", "--format", "json"], {})
    assert wants_json(["check", "--format=json"], {})
    assert wants_json([], {"GRADCLI_JSON": "1"})
    assert not wants_json(["grad"], {"GRADCLI_JSON": "0"})
    assert not wants_json(["check", "--format", "text"], {})


def test_the_command_of_an_unusable_call_is_guessed() -> None:
    assert guessed_command(["--x", "hessian", "--y"]).name == "grad"
    assert guessed_command(["hessian", "--y"]).name == "hessian"


def test_hostile_words_take_no_time() -> None:
    import time

    start = time.process_time()
    for words in (["--" + "a" * 10**6], ["x" * 10**6], ["-" * 10**5], ["--x=" + "1," * 10**5, "x"]):
        with contextlib.suppress(UsageError):
            form(*words)
    assert time.process_time() - start < 1.0
