"""What users' files do with their surroundings and with `*args`, seen from outside."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.reports import CheckEntry, Status
from gradcli.worker.parent import Limits, Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits(10.0)) as running:
        yield running


def check(worker: Worker, tmp_path: Path, text: str) -> list[CheckEntry]:
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    target = PythonTarget(str(path), None, None)
    return list(check_python(Job(target, {}), worker))


def test_what_args_gets_reaches_the_function_and_its_claims(worker: Worker, tmp_path: Path) -> None:
    text = """
    import numpy as np
    def loss(w, *args):
        X, y = args
        return float(np.sum((X @ w - y) ** 2))
    def loss_grad(w, X, y):
        return 2 * X.T @ (X @ w - y)
    def grad_loss(w, *args):
        return args[0].T @ (args[0] @ w - args[1])
    POINTS = [([0.5, 1.0], np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([1.0, 0.0]))]
    """
    right, wrong = check(worker, tmp_path, text)
    assert right.verdict.status is Status.OK
    assert right.wrt == ("w",)
    assert wrong.verdict.status is Status.WRONG
