"""Files of people who never heard of gradcli: a verdict for every function, or why not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.app.check_python import Job, check_python
from gradcli.app.python_targets import PythonTarget
from gradcli.reports import CheckEntry, Status
from gradcli.worker.parent import Limits, Worker

SCIPY = """
import numpy as np
x0 = np.array([-1.2, 1.0])
def rosen(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
def rosen_grad(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]),
                     200 * (x[1] - x[0] ** 2)])
def himmelblau(x):
    a, b = x
    return (a ** 2 + b - 11) ** 2 + (a + b ** 2 - 7) ** 2
def himmelblau_grad(x):
    a, b = x
    return [4 * a * (a ** 2 + b - 11) + 2 * (a + b ** 2 - 7),
            2 * (a ** 2 + b - 11) + 2 * b * (a + b ** 2 - 7)]   # one 2 should be 4
def both(x):
    return rosen(x), rosen_grad(x)
def with_args(x, scale):
    return scale * x[0]
"""
CLASS = """
import numpy as np
class Logistic:
    def __init__(self, X, y, lam=0.1):
        self.X, self.y, self.lam = X, y, lam
    def loss(self, w):
        return np.mean(np.log1p(np.exp(-self.y * (self.X @ w)))) + 0.5 * self.lam * w @ w
    def grad(self, w):
        s = -self.y / (1 + np.exp(self.y * (self.X @ w)))
        return self.X.T @ s / len(self.y) + self.lam * w
rng = np.random.default_rng(0)
model = Logistic(rng.normal(size=(20, 3)), np.sign(rng.normal(size=20)))
w0 = np.zeros(3)
def loss(w):
    return model.loss(w)
def loss_gradient(w):
    return model.grad(w)
def accuracy(w):
    return np.mean(np.sign(model.X @ w) == model.y)
"""
STATE = """
import random
import numpy as np
from functools import lru_cache
calls, seen = 0, {}
theta = np.array([0.5, 1.5])
def counted(theta):
    global calls
    calls += 1
    print("call", calls)
    return np.sum(theta ** 2)
def growing(theta):
    global calls
    calls += 1
    return np.sum(theta ** 2) + calls
def noisy(theta):
    return np.sum(theta ** 2) * random.gauss(1, 0.1)
def remembered(theta):
    key = theta.tobytes()
    if key not in seen:
        seen[key] = np.sum(np.sin(theta))
    return seen[key]
@lru_cache
def cached(x=2.0):
    return x ** 3
def inplace(theta):
    theta -= 1
    return np.sum(theta ** 2)
def claimed(theta):
    return np.sum(theta ** 2)
def claimed_grad(theta):
    theta *= 2
    return theta
"""
TYPES = """
import math
import numpy as np
x0 = [1.0, 2.0, 3.0]
def as_list(x):
    return [x[0] ** 2, x[1] * x[2]]
def as_list_jac(x):
    return [[2 * x[0], 0, 0], [0, x[2], x[1]]]
def as_tuple(x):
    return x[0] ** 2, x[1]
def as_float32(x):
    return np.float32(np.sum(np.asarray(x, dtype=np.float32) ** 2))
def as_float32_grad(x):
    return (2 * np.asarray(x)).astype(np.float32)
def as_int(x):
    return int(x[0])
def as_dict(x):
    return {"loss": x[0]}
def as_bool(x):
    return x[0] > 0
def as_complex(x):
    return x[0] + 1j
def mathy(x):
    return math.sqrt(x[0]) + math.exp(-x[1])
def d_mathy(x):
    return [0.5 / math.sqrt(x[0]), -math.exp(-x[1]), 0.0]
def listy(x):
    return sum(v * v for v in x)
def listy_grad(x):
    return [2 * v for v in x]
async def later(x):
    return x
def generated(x):
    yield x[0]
def star(*args):
    return args[0]
def integers(n=np.array([1, 2])):
    return np.sum(n ** 2)
def by_keyword(*, x):
    return x[0] * x[1]
def overflows(x):
    return np.exp(1000 * x[0])
def raises(x):
    raise RuntimeError("not here\\nsecond line \\x1b[31mred")
def outside(x):
    return np.log(-x[0]) + x[1]
def outside_and_wrong(x):
    return np.log(-x[0])
def outside_and_wrong_grad(x):
    return np.array([1 / x[0], 0.0, 0.0])
def no_gradient(x):
    return np.sum(x)
def no_gradient_grad(x):
    pass
"""
FILES = """
import os
import numpy as np
rows = np.loadtxt(os.path.join(os.path.dirname(__file__), "rows.txt"))
def mse(w=np.array([1.0, 0.0])):
    return np.mean((rows[:, 0] * w[0] + w[1] - rows[:, 1]) ** 2)
def mse_grad(w):
    r = rows[:, 0] * w[0] + w[1] - rows[:, 1]
    return 2 * np.array([np.mean(r * rows[:, 0]), np.mean(r)])
def reads(w=1.0):
    with open("/there/is/no/such/file") as file:
        return file.read()
def asks(w=1.0):
    return float(input("w? ")) * w
def threaded(w=1.0):
    import threading
    out = []
    thread = threading.Thread(target=lambda: out.append(w * w))
    thread.start()
    thread.join()
    return out[0]
def main(n=10):
    raise AssertionError("never called")
"""
OK, WRONG, ERROR, SKIPPED = Status.OK, Status.WRONG, Status.ERROR, Status.SKIPPED
UNDECIDED, KINK = Status.INCONCLUSIVE, Status.KINK
EXPECTED = {
    SCIPY: {
        "rosen": (OK, "exact"),
        "himmelblau": (WRONG, ""),
        "both": (SKIPPED, "@gradcli.returns_value_and_gradient"),
        "with_args": (SKIPPED, "no point for `scale`"),
    },
    CLASS: {"loss": (OK, "exact"), "accuracy": (UNDECIDED, "JUMP")},
    STATE: {
        "counted": (OK, "exact"),
        "growing": (UNDECIDED, "NONDETERMINISTIC"),
        "noisy": (UNDECIDED, "NONDETERMINISTIC"),
        "remembered": (UNDECIDED, "tobytes"),
        "cached": (OK, "exact"),
        "inplace": (UNDECIDED, "MUTATES-INPUT"),
        "claimed": (UNDECIDED, "the claim writes into its input"),
    },
    TYPES: {
        "as_list": (OK, "exact"),
        "as_tuple": (OK, "exact"),
        "as_float32": (OK, "exact"),
        "as_int": (UNDECIDED, "JUMP"),
        "as_dict": (SKIPPED, "returns dict"),
        "as_bool": (SKIPPED, "returns bool"),
        "as_complex": (SKIPPED, "returns complex"),
        "mathy": (OK, "exact"),
        "listy": (OK, "exact"),
        "later": (SKIPPED, "returns coroutine"),
        "generated": (SKIPPED, "returns generator"),
        "star": (SKIPPED, "no differentiable parameter"),
        "integers": (SKIPPED, "`--wrt n` moves it"),
        "by_keyword": (OK, "exact"),
        "overflows": (UNDECIDED, "FLOAT-BREAKDOWN"),
        "raises": (ERROR, "RuntimeError: not here\\x0asecond line \\x1b[31mred"),
        "outside": (Status.UNDEFINED, "no real value"),
        "outside_and_wrong": (WRONG, "its gradient is a number"),
        "no_gradient": (WRONG, "the claim returned nothing"),
    },
    FILES: {
        "mse": (OK, "exact"),
        "reads": (ERROR, "FileNotFoundError"),
        "asks": (ERROR, "EOFError"),
        "threaded": (OK, ""),
        "main": (SKIPPED, "no differentiable parameter"),
    },
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits(20.0)) as running:
        yield running


def check(worker: Worker, path: Path) -> list[CheckEntry]:
    return list(check_python(Job(PythonTarget(str(path), None, None), {}), worker))


@pytest.mark.parametrize("text", EXPECTED, ids=["scipy", "class", "state", "types", "files"])
def test_every_function_gets_a_verdict_or_a_reason(
    worker: Worker, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "stranger.py"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "rows.txt").write_text("1 2\n2 3\n3 5\n")
    entries = {e.node.rpartition("::")[2]: e for e in check(worker, path)}
    said = {n: (e.verdict.status, e.remark or e.verdict.text) for n, e in entries.items()}
    assert {n: status for n, (status, _) in said.items()} == {
        n: status for n, (status, _) in EXPECTED[text].items()
    }
    for name, (status, phrase) in EXPECTED[text].items():
        assert phrase in said[name][1], name
        decided = status in (OK, KINK, SKIPPED)
        assert (entries[name].exit_code == 0) == decided, name


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("import sys\nprint('usage')\nsys.exit(0)\n", "called sys.exit(0)"),
        ("import argparse\nargparse.ArgumentParser().parse_args(['--no'])\n", "called sys.exit(2)"),
        ("import not_installed_here\n", "ModuleNotFoundError"),
        ("import matplotlib_is_not_here as plt\nplt.show()\n", "ModuleNotFoundError"),
        ("open('there/is/none')\n", "FileNotFoundError"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
def test_a_file_that_ends_at_import_is_one_error(
    worker: Worker, tmp_path: Path, text: str, phrase: str
) -> None:
    path = tmp_path / "stranger.py"
    path.write_text(textwrap.dedent(text) + "def f(x=1.0):\n    return x\n", encoding="utf-8")
    (entry,) = check(worker, path)
    assert entry.verdict.status is ERROR
    assert entry.exit_code == 2
    assert phrase in entry.verdict.text
