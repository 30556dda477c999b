"""Party D: streams, locale, folders, terminals; promises 5, 6, 8, 13, 14, 23–29, 33."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

ASK = 'gradcli grad "2*dot(x,x)" --x 0,1,2,3 --no-check'
ANSWER = b"f      28\ndf/dx  [0, 4, 8, 12]\n"


SURROUNDINGS = [
    ("C locale", f"LC_ALL=C LANG=C {ASK}"),
    ("a locale that is not there", f"LC_ALL=xx_YY.bogus {ASK}"),
    ("German numbers", f"LC_ALL=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 {ASK}"),
    ("ASCII streams", f"PYTHONIOENCODING=ascii PYTHONUTF8=0 {ASK}"),
    ("no environment", ASK.replace("gradcli", 'env -i "$(command -v gradcli)"')),
    ("no home", f"env -u HOME -u TMPDIR -u USER {ASK}"),
    ("COLUMNS", f"COLUMNS=1 LINES=0 TERM=garbage {ASK}"),
    ("COLUMNS that are no number", f"COLUMNS=abc TERM= {ASK}"),
    ("a folder that is gone", f'd=$(mktemp -d); cd "$d"; rmdir "$d"; {ASK}'),
    ("python -O", f"PYTHONOPTIMIZE=2 {ASK}"),
    ("warnings as errors", f"PYTHONWARNINGS=error {ASK}"),
    ("another hash seed", f"PYTHONHASHSEED=12345 {ASK}"),
    ("closed stdin", f"{ASK} <&-"),
    ("closed stderr", f"{ASK} 2>&-"),
    ("forced colour", f"FORCE_COLOR=1 NO_COLOR=1 {ASK}"),
    ("no bytecode, no site", f"PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1 {ASK}"),
    ("files that shadow", f"touch numpy.py random.py json.py gradcli.py click.py; {ASK}"),
    ("a module run", "touch numpy.py json.py; PYTHON -m gradcli" + ASK.removeprefix("gradcli")),
    ("a broken pyproject", f"echo '[[[' > pyproject.toml; {ASK}"),
    ("a small stack", f"ulimit -s 256; {ASK}"),
    ("few open files", f"ulimit -n 20; {ASK}"),
]  # fmt: skip
EVERY_DAY = ("C locale", "no environment", "closed stdin", "a small stack")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        pytest.param(name, command, marks=() if name in EVERY_DAY else pytest.mark.slow)
        for name, command in SURROUNDINGS
    ],
    ids=[name for name, _ in SURROUNDINGS],
)
def test_the_answer_is_the_same_everywhere(shell, name: str, command: str) -> None:
    import sys

    ended = shell(
        command.replace("PYTHON ", f'PYTHONPATH={Path(__file__).parents[2]} "{sys.executable}" ')
    )
    assert ended.out == ANSWER, ended.stderr
    assert ended.err == b""
    assert ended.status == 0


@pytest.mark.slow
def test_output_that_cannot_be_written(shell) -> None:
    for command in (f"{ASK} >/dev/full", f"{ASK} --json >/dev/full", f"{ASK} >&-",
                    "gradcli --help >/dev/full", "gradcli grad x^ --json >/dev/full"):  # fmt: skip
        ended = shell(command)
        assert ended.status == 2, command
        assert ended.stderr.startswith("error[E094]: standard output cannot be written"), command
        assert "Traceback" not in ended.stderr
        assert ended.out == b""


def test_errors_never_move_to_stdout(shell) -> None:
    for command in (
        "gradcli grad 'x^' 2>&-",
        "gradcli 2>&- nonsense x",
        "gradcli grad 'x^' 2>/dev/full",
    ):
        ended = shell(command)
        assert (ended.status, ended.out) == (2, b""), command


def test_a_closed_stream_is_not_mistaken_for_a_file(shell) -> None:
    ended = shell(f"{ASK} -o out.txt >&- 2>&-; cat out.txt")
    assert ended.out == ANSWER
    ended = shell("gradcli grad 'x^' -o out2.txt >&- 2>&-; echo $?; ls")
    assert ended.stdout.split() == ["2", "out.txt"]


def test_a_reader_that_leaves_is_no_noise(shell) -> None:
    ended = shell(
        """for i in $(seq 2000); do echo '{"x":1}'; done > lines
        gradcli grad x --batch lines --no-check | head -1 > /dev/null; echo ${PIPESTATUS[0]}
        gradcli ops | true; echo ${PIPESTATUS[0]}"""
    )
    statuses = ended.stdout.split()
    assert statuses[0] == "141"
    assert statuses[1] in {"141", "0"}
    assert ended.err == b""


@pytest.mark.slow
def test_output_files_are_whole_or_not_there(shell) -> None:
    ended = shell(
        f"""ln -s target link; {ASK} -o link; echo $?
        {ASK} -o /dev/null; echo $?
        mkfifo pipe; {ASK} -o pipe; echo $?
        {ASK} -o a.json; {ASK} -o a.npz; {ASK} -o a.npy; {ASK} -o a.txt; echo $?
        cat a.json a.txt; ls"""
    )
    lines = ended.stdout.splitlines()
    assert lines[:4] == ["2", "0", "2", "0"]
    assert json.loads(lines[4])["grad"] == {"x": [0, 4, 8, 12]}
    assert lines[5:7] == ANSWER.decode().splitlines()
    assert sorted(lines[7:]) == ["a.json", "a.npy", "a.npz", "a.txt", "link", "pipe"]
    assert ended.stderr.count("error[E093]") == 2


@pytest.mark.slow
def test_the_environment_gives_options_and_flags_win(shell) -> None:
    ended = shell(
        f"""GRADCLI_PRECISION=2 gradcli grad "x/3" --x 1 --no-check
        GRADCLI_PRECISION=2 gradcli grad "x/3" --x 1 --no-check --precision 3
        GRADCLI_JSON=1 gradcli grad "x" --x 1 --no-check | head -c 12; echo
        GRADCLI_JSON=0 {ASK}
        GRADCLI_NO_CHECK=1 gradcli grad "x" --x 1 -q
        GRADCLI_PRECISION=many gradcli grad "x" --x 1 -q --no-check; echo $?
        GRADCLI_STRICT=maybe gradcli grad "x" --x 1; echo $?"""
    )
    assert ended.stdout.splitlines() == [
        "f      0.33", "df/dx  0.33", "f      0.333", "df/dx  0.333", '{"schema":1,',
        *ANSWER.decode().splitlines(), "1", "2", "2",
    ]  # fmt: skip
    assert ended.stderr.count("error[E092]") == 2


def test_numbers_may_come_from_standard_input_and_stay_whole(shell) -> None:
    big = json.dumps([0.1] * 200_000).encode()
    ended = shell(["gradcli", "grad", "sum(x)", "--x", "@-", "--no-check", "--json"], stdin=big)
    assert len(json.loads(ended.out)["grad"]["x"]) == 200_000


def test_a_file_of_ten_megabytes_is_no_expression(shell) -> None:
    (shell.folder / "big").write_bytes(b"x+" * 5_000_000)
    start = time.monotonic()
    ended = shell("gradcli grad --expr big --x 1; gradcli grad - --x 1 < big")
    assert ended.stderr.count("error[E019]") == 2
    assert time.monotonic() - start < 10


def terminal(shell, words: list[str], rows: int = 24, columns: int = 80, **env: str) -> bytes:
    """Run a command on a terminal of its own and return what appears there."""
    import fcntl
    import struct
    import termios

    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [str(shell.bin / words[0]), *words[1:]], stdin=side, stdout=side, stderr=side,
        env=shell.environment(**env), cwd=shell.folder, start_new_session=True,
    )  # fmt: skip
    os.close(side)
    seen = b""
    while True:
        try:
            data = os.read(main, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data
    os.close(main)
    process.wait(timeout=30)
    return seen


@pytest.mark.slow
def test_colour_only_on_a_terminal_and_never_in_records(shell) -> None:
    bad = ["gradcli", "grad", "2*(x", "--x", "1"]
    assert b"\x1b[1;31merror[E001]\x1b[0m" in terminal(shell, bad, TERM="xterm")
    for env in ({"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}):
        assert b"\x1b" not in terminal(shell, bad, **env)
    record = ["gradcli", "grad", "x", "--x", "1", "--no-check", "--json"]
    assert b"\x1b" not in terminal(shell, record, TERM="xterm", FORCE_COLOR="1", NO_COLOR="1")
    assert b"\x1b" not in terminal(shell, record, TERM="xterm", FORCE_COLOR="1")


def test_a_narrow_terminal_wraps_nothing(shell) -> None:
    words = ["gradcli", "grad", "2*dot(x,x)", "--x", "0,1,2,3", "--no-check"]
    for columns in (1, 0, 500):
        seen = terminal(shell, words, columns=columns, TERM="dumb")
        assert seen.replace(b"\r\n", b"\n") == ANSWER


def test_long_arrays_are_cut_on_a_terminal_only(shell) -> None:
    words = ["gradcli", "grad", "sum(x)", "--x", "ones(2000)", "--no-check"]
    assert b"[1, 1, 1, ..., 1, 1, 1]" in terminal(shell, words, TERM="dumb")
    assert b"..." not in shell(words).out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_the_call_at_once(shell, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [str(shell.bin / "gradcli"), "grad", "x^2", "--batch", "-", "--no-check"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=shell.environment(), cwd=shell.folder,
    )  # fmt: skip
    process.stdin.write(b'{"x":1}\n')
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(number)
    start = time.monotonic()
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - start < 1.0
    assert process.returncode == 128 + number
    assert (out, err) == (b"", b"")


def test_a_signal_leaves_no_half_of_a_file(shell) -> None:
    process = subprocess.Popen(
        [str(shell.bin / "gradcli"), "grad", "x", "--batch", "-", "--no-check", "-o", "out"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        env=shell.environment(), cwd=shell.folder,
    )  # fmt: skip
    deadline = time.monotonic() + 10
    while not list(shell.folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [p.suffix for p in shell.folder.iterdir()] == [".tmp"]
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (143, b"")
    assert list(shell.folder.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(shell) -> None:
    ended = shell(
        """trap '' INT; (gradcli grad x --batch - --no-check < <(sleep 0.7; echo '{"x":1}') &
        p=$!; sleep 0.5; kill -INT $p; wait $p; echo $?)"""
    )
    assert ended.stdout.splitlines()[-1] == "0"


def test_debug_shows_where_an_error_comes_from_and_nothing_else_does(shell) -> None:
    ended = shell("gradcli grad 'x^' --debug; gradcli grad 'x^'")
    assert ended.stderr.count("Traceback") == 1
