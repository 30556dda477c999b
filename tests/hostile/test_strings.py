"""Party A controls expressions, values and names; promises 1–3, 7, 11, 15–19, 23–25, 30–35."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest

BIG = 10**5


def assert_refused(said, code: str | None = None) -> None:
    """A refusal: exit 2, nothing on stdout, one to four printable lines on stderr."""
    assert said.status == 2
    assert said.out == ""
    lines = said.err.splitlines()
    assert 1 <= len(lines) <= 4
    assert re.match(r"error\[E\d{3}\]: ", lines[0])
    assert "Traceback" not in said.err
    assert len(said.err.encode()) <= 2048
    for line in lines:
        assert all(unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp", "Cs"} for c in line)
    if code is not None:
        assert lines[0].startswith(f"error[{code}]")


CODE = [
    "__import__('os').system('touch pwned')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('pwned','w')",
    "exec('1')",
    "eval('1')",
    "lambda: 1",
    "[x for x in (1,2)]",
    "x.__class__",
    "x.tofile('pwned')",
    "x.dump('pwned')",
    "np.save('pwned', x)",
    "np.fromfile('/etc/passwd')",
    "np.load('/etc/passwd')",
    "np.lib.npyio.DataSource",
    "import os",
    "f'{x}'",
    "x if x else (yield)",
    "(x := 3)",
    "@/etc/passwd.csv",
    "'/etc/passwd'",
    "globals()",
    "breakpoint()",
    "help",
    "x; import os",
    "sympify('x')",
    "_x.__dict__",
    "print(x)",
    "$(touch pwned)",
    "`touch pwned`",
]


@pytest.mark.parametrize("text", CODE)
def test_code_is_not_run(cli, tmp_path, monkeypatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert_refused(cli("grad", text, "--set", "x=1,2"))
    assert_refused(cli("grad", "x", "--set", f"x={text}"))
    assert list(tmp_path.iterdir()) == []


SHAPES_OF_DEPTH = [
    "(" * BIG,
    "[" * BIG,
    "-" * BIG + "x",
    "+" * BIG + "x",
    "~" * BIG + "x",
    "sin(" * (BIG // 10) + "x",
    "x" + "[" * BIG,
    "x" + "'" * BIG,
    "x" + ".T" * (BIG // 2),
    "x^" * BIG + "2",
    "not " * (BIG // 10) + "x",
    "x if x else " * (BIG // 20) + "x",
    "f(x)=" * (BIG // 10) + "x",
    "(x)" * (BIG // 10),
    ";" * BIG,
    "\n" * BIG,
    "#" * BIG,
    "." * BIG,
    "1" * BIG,
    "1e" * BIG,
    "x" * BIG,
    "," * BIG,
    "x=" * (BIG // 10),
    "λ" * BIG,
    "\x00" * 10,
    "x|" * (BIG // 4),
]


@pytest.mark.parametrize("text", SHAPES_OF_DEPTH, ids=lambda t: repr(t[:6]))
@pytest.mark.parametrize("cut", [None, 60_000], ids=["whole", "cut"])
def test_depth_and_length_are_errors_and_quick(cli, text: str, cut: int | None) -> None:
    start = time.process_time()
    said = cli("grad", "--set", "x=1", "--", text[:cut])
    assert time.process_time() - start < 2.0
    assert_refused(said)


@pytest.mark.parametrize("text", SHAPES_OF_DEPTH, ids=lambda t: repr(t[:6]))
def test_values_of_any_depth_are_errors_and_quick(cli, text: str) -> None:
    start = time.process_time()
    said = cli("grad", "x", f"--set=x={text}")
    assert time.process_time() - start < 2.0
    assert_refused(said)


@pytest.mark.parametrize(
    "text",
    [
        "zeros(1e9)*x",
        "sum(ones(1e5,1e5))*x",
        "eye(1e6)",
        "arange(1e12)",
        "x + zeros(2**40)",
        "kron(ones(3000), ones(3000))*x",
        "outer(ones(1e4), ones(1e4))*x",
        "ones(2200,2200)@ones(2200,2200)*x",
        "concat([ones(4e6), ones(4e6)])*x",
        "linspace(0,1,1e9)*x",
        "sum(reshape(ones(5e6), (5,-1)) + ones(5e6, 1, 1))*x",
    ],
)
def test_large_arrays_are_refused_before_they_exist(cli, text: str) -> None:
    start = time.process_time()
    assert_refused(cli("grad", text, "--x", "1"))
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize("text", ["9**9**9**9*x", "gamma(1e300)*x", "x*10^400", "exp(exp(exp(x)))"])
def test_towers_are_infinite_at_once(cli, text: str) -> None:
    start = time.process_time()
    said = cli("grad", text, "--x", "9", "--no-check", "--json")
    assert time.process_time() - start < 2.0
    assert said.status == 3
    assert said.record["value"] == "Infinity"
    assert said.record["warnings"][0]["code"] == "W102"


@pytest.mark.slow
def test_nine_thousand_terms_and_deep_brackets_work(cli) -> None:
    assert cli("grad", "+".join(["x"] * 9000), "--x", "1", "--no-check", "-q").out == "9000\n"
    nested = "(" * 150 + "x" + ")" * 150
    assert cli("grad", nested, "--x", "1", "--no-check", "-q").out == "1\n"


HIDDEN = ["\x1b[31mx", "\x07x", "x\x9b1m", "\u202ex", "x\u200by", "\ufeffx", "\u2028x", "x\rerror[",
          "x\x00", "\u0430x", "ｘ", "𝐱", "\U000e0041", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_hidden_characters_are_shown_by_name(cli, text: str) -> None:
    bad = next(c for c in text if not (c.isascii() and c.isprintable()))
    said = cli("grad", text, "--set", "x=1")
    assert_refused(said)
    assert f"U+{ord(bad):04X}" in said.err
    assert_refused(cli("grad", "x", "--set", f"x={text}"))
    assert_refused(cli("grad", "x", f"--{text}", "3"))
    assert_refused(cli("grad", "x", "--wrt", text, "--x", "1"))
    assert_refused(cli("grad", "x", "--x", "1", "--precision", text))
    assert_refused(cli("grad", "x", "--x", "1", "--values", text))
    assert_refused(cli("grad", "x", "--x", "1", "--seed", text))
    assert_refused(cli("ops", text))
    assert_refused(cli("rule", text))


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_hidden_characters_in_records_are_escaped(cli, text: str) -> None:
    said = cli("grad", text, "--json")
    assert said.status == 2
    line = said.out.removesuffix("\n")
    assert line.count("\n") == 0
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp", "Cs"} for c in line)
    assert said.record["error"]["exit"] == 2
    assert said.record["ok"] is False


@pytest.mark.parametrize(
    "text", ["[bold]x[/bold]", "[red]x", "[link=http://a]x", ":smile:", "x[0]+y[i]"]
)
def test_markup_is_text(cli, text: str) -> None:
    said = cli("grad", text, "--set", "z=1")
    assert text in said.err or "`z` does not occur" in said.err
    assert_refused(said)


def test_no_text_begins_a_line_of_ours(cli) -> None:
    said = cli("grad", "x\nerror[E999]: forged\n)", "--x", "1")
    assert sum(line.startswith("error[") for line in said.err.splitlines()) == 1
    said = cli("grad", "x", "--set", "y\nerror[E999]: forged=1")
    assert sum(line.startswith("error[") for line in said.err.splitlines()) == 1


def test_a_variable_can_have_any_name_of_ours(cli) -> None:
    for name in ("self", "df", "json", "x", "v0", "cls", "np", "f", "value", "error", "help"):
        said = cli("grad", f"2*{name}", f"--set={name}=3", "--no-check", "--json")
        assert said.record["grad"] == {name: 2.0}
    for name in ("__class__", "__builtins__", "__import__"):
        said = cli("grad", f"2*{name}", f"--set={name}=3", "--no-check", "--json")
        assert said.record["grad"] == {name: 2.0}


@pytest.mark.parametrize(
    "words",
    [
        ("grad", "x", "--x", "@missing.npy"),
        ("grad", "x", "--x", "@/etc/passwd"),
        ("grad", "x", "--x", "@/dev/zero.csv"),
        ("grad", "x", "--x", "@.csv"),
        ("grad", "x", "--x", "@"),
        ("grad", "x", "--values", "missing.json"),
        ("grad", "x", "--values", "/dev/zero"),
        ("grad", "--expr", "missing"),
        ("grad", "--expr", "/dev/zero"),
        ("grad", "--expr", "/"),
        ("grad", "x", "--x", "1", "-o", "/"),
        ("grad", "x", "--x", "1", "-o", "/nowhere/at/all"),
        ("grad", "x", "--x", "1", "-o", ""),
        ("grad", "x", "--x", "1", "--order", "3"),
        ("grad", "x", "--x", "1", "--precision", "0"),
        ("grad", "x", "--x", "1", "--precision", "9" * 10_000),
        ("grad", "x", "--x", "1", "--seed", "1.5"),
        ("grad", "x", "--x", "1", "--wrt", ""),
        ("grad", "x", "--x", "1", "--wrt", "x,x"),
        ("grad", "x", "--x", "1", "--set", "x"),
        ("grad", "x", "--x", "1", "--set", "=1"),
        ("grad", "x", "--x", "1", "--timeout", "nan"),
        ("grad", "x", "--x", "1", "--memory", "lots"),
        ("grad", "x", "--x", "1", "--dialect", "matlab"),
        ("grad", "x", "--x", "1", "--color", "blue"),
        ("grad", "", "--set", "x=1"),
        ("grad", "   "),
        ("check", "x", "--x", "1", "--rtol", "-1"),
        ("check", "x", "--x", "1", "--samples", "-1"),
        ("check", "x", "--x", "1", "--claim", "nonsense"),
        ("check", "x", "--x", "1", "--claim", "y: 1"),
        ("check", "x", "--x", "1", "--shape", "x"),
        ("jvp", "x", "--x", "1"),
        ("rule", "E999"),
        ("schema", "nothing"),
        ("completion", "tcsh"),
    ],
)  # fmt: skip
def test_unusable_requests(cli, words: tuple[str, ...]) -> None:
    start = time.process_time()
    said = cli(*words, "--no-check") if words[0] in {"grad", "jvp"} else cli(*words)
    assert time.process_time() - start < 2.0
    assert_refused(said)


@pytest.mark.parametrize(
    "words",
    [
        ("grad", "x", "--x", "@v.csv"),
        ("grad", "x", "--values", "v.json"),
        ("grad", "f.py::f"),
        ("check", "f.py"),
        ("check", "."),
        ("check", "os.path:join"),
        ("grad", "x", "--x", "1", "-o", "out.txt"),
        ("grad", "x", "--x", "1", "-o", "out.npz"),
    ],
)
def test_untrusted_touches_no_file(cli, tmp_path, monkeypatch, words) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.csv").write_text("1,2")
    (tmp_path / "v.json").write_text('{"x": 1}')
    (tmp_path / "f.py").write_text("open('pwned', 'w')\ndef f(a=1.0): return a\n")
    assert_refused(cli(*words, "--untrusted"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.py", "v.csv", "v.json"]


def test_the_language_calls_the_op_table_and_nothing_else() -> None:
    from gradcli.language.functions import MAKERS, function_names
    from gradcli.ops import registry

    assert set(function_names()) <= set(registry.names()) | MAKERS


def test_a_batch_that_cannot_be_read_is_one_record(cli, tmp_path) -> None:
    for path in (str(tmp_path / "missing"), str(tmp_path)):
        said = cli("grad", "x", "--batch", path)
        assert said.status == 2
        assert said.record["error"]["code"] == "E044"
        assert said.err.startswith("error[E044]")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("grad", "-"), ("check", "-"), ("hessian", "-")])
def test_a_file_name_on_standard_input_is_no_target(shell, words) -> None:
    (shell.folder / "f.py").write_text("open('pwned', 'w')\ndef f(a=1.0): return a\n")
    for text in (b"f.py", b"f.py::f"):
        ended = shell(["gradcli", *words], stdin=text)
        assert ended.status == 2
        assert ended.stderr.startswith("error[E")
    (shell.folder / "e.txt").write_text("f.py::f")
    assert shell(["gradcli", words[0], "--expr", "e.txt"]).status == 2
    lines = b'{"expr": "f.py::f"}\n{"expr": "f.py"}\n{"x": "f.py"}\n'
    assert shell(["gradcli", "grad", "--batch", "-"], stdin=lines).out.count(b'"ok":false') == 3
    assert not (shell.folder / "pwned").exists()


def test_what_is_typed_is_remembered_nowhere(cli, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cli("check", "x^2", "--x", "3", "--claim", "x: 3*x").status == 1
    assert list(tmp_path.iterdir()) == []
