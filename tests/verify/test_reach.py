"""Stencils stay between the steps of a function, and no witness is loud."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.ir.tracing import trace_function
from gradcli.verify.reach import margins


def room(f: Callable[..., Any], x: Any) -> tuple[Any, Any]:
    x = np.asarray(x, dtype=float)
    program = trace_function(f, (x[()],)).program
    return margins(program, (x,), 0)


@pytest.mark.parametrize(
    ("f", "x", "left", "right"),
    [
        (np.floor, 2.25, 0.25, 0.75),
        (lambda x: np.floor(1000 * x) * x, 1.2344, 4e-4, 6e-4),
        (lambda x: np.round(x, 2), 1.234, 9e-3, 1e-3),
        (lambda x: np.ceil(x) * x, 0.001, 0.001, 0.999),
        (lambda x: np.trunc(100 * x), 1.239, 9e-3, 1e-3),
        (lambda x: np.mod(x, 0.01), 1.2301, 1e-4, 9.9e-3),
        (lambda x: np.fmod(x, 0.01), 1.2301, 1e-4, 9.9e-3),
        (lambda x: np.sign(x - 1.0) * x, 1.001, 1e-3, math.inf),
        (lambda x: np.where(x > 1.0, x**2, x), 1.001, 1e-3, math.inf),
        (lambda x: np.clip(x, 0.0, 1.0), 1.001, 1e-3, math.inf),
        (lambda x: x if x > 1.0 else 2 * x, 1.001, 1e-3, math.inf),
        (lambda x: np.heaviside(x - 1.0, 0.5) * x, 1.001, 1e-3, math.inf),
        (lambda x: np.copysign(x, x - 1.0), 1.001, 1e-3, math.inf),
        (lambda x: np.interp(x, np.arange(4.0), np.arange(4.0) ** 2), 1.5, 0.5, 0.5),
        (lambda x: np.searchsorted(np.arange(4.0), x) * x, 1.001, 1e-3, 0.999),
    ],
)
def test_the_margin_ends_before_the_next_branch(
    f: Callable[..., Any], x: float, left: float, right: float
) -> None:
    found = room(f, x)
    for got, wanted in zip(found, (left, right), strict=True):
        if wanted > 0.1 * max(x, 1.0):
            assert math.isinf(got), "no stencil goes as far"
        else:
            assert wanted / 10 <= got <= wanted


def test_the_margin_of_every_entry_is_its_own() -> None:
    def f(x: Any) -> Any:
        return np.max(x) + np.sum(x * np.argmax(x)) + np.sum(np.sort(x) ** 2)

    left, right = room(f, [1.0, 1.0 + 1e-4, 9.0])
    assert left[0] == math.inf
    assert 1e-6 < right[0] < 1e-4
    assert 1e-6 < left[1] < 1e-4
    assert right[1] == left[2] == right[2] == math.inf


def test_nothing_limits_what_has_no_branches_or_sits_on_one() -> None:
    assert room(lambda x: np.sin(x) * x, 2.0) == (math.inf, math.inf)
    assert room(lambda x: x * np.abs(x), 0.0) == (math.inf, math.inf)
    assert room(lambda x: np.where(x > 1, x**2, 2 * x - 1), 1.0) == (math.inf, math.inf)
    assert margins(None, (np.zeros(2),), 0)[0].tolist() == [math.inf, math.inf]


def test_what_stop_gradient_holds_does_not_move() -> None:
    assert room(lambda x: x * np.floor(gradcli.stop_gradient(x)), 2.001) == (math.inf, math.inf)
    assert room(lambda x: gradcli.stop_gradient(x) * np.floor(x), 2.001)[0] < 1.1e-3


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.round(x, 2) + x, 1.234),
        (lambda x: np.trunc(1e4 * x) + x**2, 1.23456),
        (lambda x: np.ceil(1e3 * x) * x, 0.1234),
        (lambda x: np.mod(x, 0.01), 1.234),
        (lambda x: np.where(x > 0.001, 1.0, 0.0) * x, 0.001000001),
        (lambda x: np.floor(x) + x**2, 1.9999999),
        (lambda x: np.floor(1e6 * x) * x, 2.0000005),
    ],
)
def test_differences_speak_beside_a_step(f: Callable[..., Any], x: float) -> None:
    (verdict,) = gradcli.check(f, x).verdicts
    assert verdict.status == "ok"
    assert "fd" in verdict.by


def test_a_step_is_no_mismatch() -> None:
    for f in (lambda x: np.round(x, 2), lambda x: np.trunc(1e4 * x)):
        assert gradcli.check(f, 1.23456).verdicts[0].status == "ok"


LOUD = """
import warnings, numpy as np, gradcli
warnings.simplefilter("error")
def entr(x):
    return -x * np.log(x)
for f, x in ((entr, 1e-9), (lambda x: np.exp(x), 709.7), (lambda x: x * x, 1e200),
             (lambda x: 1 / x, 1e-308), (lambda x: np.sqrt(x) + np.inf * (x < 0), 1e-10)):
    gradcli.check(f, x)
    gradcli.check(f, x, claim=lambda x: 1.0)
"""


def test_no_warning_of_ours_is_seen() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOUD], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
