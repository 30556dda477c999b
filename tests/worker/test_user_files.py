"""What users' files do with their surroundings and with `*args`, seen from outside."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.reports import CheckEntry, Status
from gradcli.worker.parent import Limits, Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits(10.0)) as running:
        yield running


def check(worker: Worker, tmp_path: Path, text: str, **more: Any) -> list[CheckEntry]:
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    target = PythonTarget(str(path), None, None)
    return list(check_python(Job(target, {}, **more), worker))


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


def test_a_named_tuple_is_one_parameter_of_many(worker: Worker, tmp_path: Path) -> None:
    text = """
    from typing import NamedTuple
    import numpy as np
    class P(NamedTuple):
        w: np.ndarray
        b: float
    p = P(np.array([1.0, 2.0]), 0.5)
    def loss(p):
        return np.sum(np.exp(p.w * p.b))
    def loss_grad(p):
        e = np.exp(p.w * p.b)
        return P(w=p.b * e, b=np.sum(p.w * e))
    def grad_loss(p):
        return P(w=p.w, b=1.0)
    """
    right, wrong = check(worker, tmp_path, text)
    assert right.verdict.status is Status.OK
    assert wrong.verdict.status is Status.WRONG


def test_a_file_sees_no_command_line_but_its_own(worker: Worker, tmp_path: Path) -> None:
    text = """
    import argparse
    import sys
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.5)
    rate = parser.parse_args().rate
    def f(x=2.0):
        if sys.argv != [__file__]:
            raise ValueError(sys.argv)
        return rate * x
    """
    (entry,) = check(worker, tmp_path.resolve(), text)
    assert entry.verdict.status is Status.OK


def test_a_framework_that_is_missing_is_named_where_it_is_needed(
    worker: Worker, tmp_path: Path
) -> None:
    (entry,) = check(worker, tmp_path, "def f(x=2.0):\n    import tensorflow\n    return x\n")
    if entry.verdict.status is Status.OK:
        pytest.skip("TensorFlow is installed")
    assert entry.exit_code == 2
    assert entry.error is not None
    assert "tensorflow" in entry.error.hint


def test_a_claim_by_a_parameter_is_judged_by_that_one(worker: Worker, tmp_path: Path) -> None:
    text = """
    POINTS = [(1.5, 0.5)]
    def f(x, y):
        return x**2 * y**3
    def f_grad_y(x, y):
        return 3 * x**2 * y**2
    def grad_f_x(x, y):
        return 3 * x**2 * y**2
    def f_hess_y(x, y):
        return 6 * x**2 * y
    def hess_f_x(x, y):
        return 6 * x**2 * y
    """
    entries = check(worker, tmp_path, text)
    assert [(e.claimed_by, e.wrt, e.verdict.status) for e in entries] == [
        ("f_grad_y", ("y",), Status.OK),
        ("grad_f_x", ("x",), Status.WRONG),
        ("f_hess_y", ("y",), Status.OK),
        ("hess_f_x", ("x",), Status.WRONG),
    ]


def test_a_claim_by_what_is_held_is_skipped(worker: Worker, tmp_path: Path) -> None:
    text = """
    def f(x=2.0, n=3):
        return x**n
    def df_dn(x, n):
        return 0.0
    def f_dn(x, n):
        return 0.0
    def f_hess_n(x, n):
        return 0.0
    """
    entries = check(worker, tmp_path, text)
    assert [e.verdict.status for e in entries] == [Status.SKIPPED] * 3
    assert entries[0].verdict.text == "`df_dn` is by `n`, which is held constant"


def test_an_exception_names_the_claim_that_raised_it(worker: Worker, tmp_path: Path) -> None:
    text = """
    import numpy as np
    a0 = np.array([1.0, -2.0])
    def f(a):
        return np.sum(np.sin(a))
    def f_grad(a):
        raise NotImplementedError("an exercise")
    def grad_f(a):
        return f("no array")
    """
    own, passed_on = check(worker, tmp_path, text)
    assert own.verdict.text.endswith("NotImplementedError: an exercise (in `f_grad`)")
    assert passed_on.verdict.text.endswith("(in `f`, called by `grad_f`)")


def test_a_claim_elsewhere_that_raises_is_no_bug_of_ours(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "claims.py").write_text("def theirs(a):\n    raise KeyError('an exercise')\n")
    text = """
    import numpy as np
    a0 = np.array([1.0, -2.0])
    def f(a):
        return np.sum(np.sin(a))
    """
    claims = ({"path": str(tmp_path / "claims.py"), "module": None, "function": "theirs"},)
    (entry,) = check(worker, tmp_path, text, claims=claims)
    assert entry.exit_code == 2
    assert entry.verdict.text.endswith("(in `theirs`)")


def test_a_dict_that_a_helper_cannot_use_is_no_error(worker: Worker, tmp_path: Path) -> None:
    text = """
    import numpy as np
    POINTS = [({"w": np.array([0.5, 2.0])},)]
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))
    def loss(params):
        return np.sum(sigmoid(params["w"]))
    def loss_grad(params):
        s = sigmoid(params["w"])
        return {"dw": s * (1 - s)}
    def broken(params):
        return np.sum(params["v"])
    def broken_grad(params):
        return params
    """
    helper, loss, broken = check(worker, tmp_path, text)
    assert helper.verdict.status is Status.SKIPPED
    assert "is no dict" in helper.verdict.text
    assert loss.verdict.status is Status.OK
    assert broken.verdict.status is Status.ERROR, "it has a claim, so the point is its own"
