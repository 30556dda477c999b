"""The verdict inside Python and inside pytest."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradcli
from gradcli.testing import assert_gradient, check

FILE = """
import numpy as np
x0 = np.array([1.0, 2.0])
def right(x):
    return np.dot(x, x)
def right_grad(x):
    return 2 * x
def wrong(x):
    return np.dot(x, x)
def wrong_grad(x):
    return x
def no_point(z):
    return z
"""


def test_a_right_claim_passes() -> None:
    assert_gradient(math.sin, math.cos, 1.0)
    report = check(lambda x: np.sum(x**3), np.array([1.0, 2.0]), claim=lambda x: 3 * x**2)
    assert report.ok
    assert report.verdicts[0].by == ("exact", "sympy", "fd")
    assert str(report).endswith("1 checked")


def test_a_wrong_claim_fails_and_says_why() -> None:
    with pytest.raises(AssertionError, match="sign-flipped"):
        assert_gradient(np.cos, np.sin, 1.0)


def test_without_a_claim_the_own_gradient_is_judged() -> None:
    assert gradcli.check(lambda x, y: x * np.exp(y), 1.0, 2.0, samples=2).ok
    assert not gradcli.check(lambda x: np.sqrt(x**2), 0.0).ok


def test_arguments_are_chosen_by_name_or_position() -> None:
    def f(x: float, y: float) -> float:
        return x * y

    assert check(f, 2.0, 3.0, claim=lambda x, y: y, wrt="x").ok
    assert check(f, 2.0, 3.0, claim=lambda x, y: x, wrt=1).ok
    assert not check(f, 2.0, 3.0, claim=lambda x, y: x, wrt="x").ok
    with pytest.raises(gradcli.GradcliError):
        check(f, 2.0, 3.0, wrt="z")


def test_the_pytest_plugin(tmp_path: Path) -> None:
    (tmp_path / "losses.py").write_text(FILE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA"]
    command += ["-p", "gradcli.pytest_plugin"] if not _is_installed() else []
    ended = subprocess.run(
        [*command, "--gradcli", "losses.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "1 failed, 1 passed, 1 skipped" in ended.stdout
    assert "claim [1, 2], gradcli [2, 4]" in ended.stdout
    assert "0.5 times the gradient" in ended.stdout


def _is_installed() -> bool:
    from importlib.metadata import entry_points

    return any(e.value == "gradcli.pytest_plugin" for e in entry_points(group="pytest11"))
