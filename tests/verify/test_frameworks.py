"""Functions of PyTorch and JAX: the framework's own gradient is judged from outside."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradcli.errors import GradcliError
from gradcli.reports import Status, Verdict
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.whole import combine
from gradcli.worker.loading import load_targets
from gradcli.worker.session import run_job

TORCH = """
import torch
torch.manual_seed(0)
x0 = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
net = torch.nn.Linear(3, 1)

class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]

def right(x, scale=2.0):
    return torch.sum(torch.exp(x)) * scale
def halved(x):
    return Square.apply(x).sum()
def single(x):
    return torch.tanh(net(x)).squeeze()
def listed(x):
    return [x[0] ** 2, x[1]]
def hinge(x):
    return torch.relu(x - 1.0).sum()
def by_hand(x):
    return (x ** 3).sum() + torch.logsumexp(x, 0)
def by_hand_grad(x):
    return 3 * x ** 2 + 1.01 * torch.softmax(x, 0)
def cut(x):
    return torch.sum(x).item()
def dropped(x):
    return torch.nn.functional.dropout(x, 0.5).sum()
def inplace(x):
    x += 1
    return x.sum()
def plain(a=2.0):
    return a * a
"""

JAX = """
import jax
import jax.numpy as jnp
x = jnp.array([0.5, 1.0, 2.0])
@jax.jit
def right(x):
    return jnp.log(jnp.sum(jnp.exp(x)))
@jax.custom_vjp
def halved(x):
    return jnp.sum(x ** 2)
halved.defvjp(lambda x: (halved(x), x), lambda x, g: (g * x,))
def nested(params={"w": jnp.ones(3), "b": 0.5}):
    return jnp.sum(jnp.tanh(params["w"] * params["b"]))
def host(x):
    import numpy as np
    return float(np.sum(np.asarray(x) ** 2))
def vector(x):
    return x ** 2
"""


def check(tmp_path: Path, text: str, function: str, **job: Any) -> tuple[list[dict], list[dict]]:
    """Run a job here, and return what it began and what came of it."""
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    told: list[tuple[str, Any]] = []
    run_job(
        {"path": str(path), "function": function, **job},
        lambda kind, body: told.append((kind, body)),
    )
    results = [body for kind, body in told if kind in ("result", "error", "refused")]
    return [body for kind, body in told if kind == "begin"], results


def verdict_of(result: dict) -> Verdict:
    return combine([judge(from_json(e), result["who"]) for e in result["evidence"]])


@pytest.mark.parametrize(
    ("function", "status", "said"),
    [
        ("right", Status.OK, "fd; not traced"),
        ("halved", Status.WRONG, "fd-only"),
        ("single", Status.OK, "fd; not traced"),
        ("listed", Status.OK, "fd; not traced"),
        ("hinge", Status.KINK, ""),
        ("by_hand", Status.WRONG, "fd-only"),
        ("dropped", Status.INCONCLUSIVE, "NONDETERMINISTIC"),
        ("inplace", Status.INCONCLUSIVE, "MUTATES-INPUT"),
        ("plain", Status.OK, "exact"),
    ],
)
def test_torch(tmp_path: Path, function: str, status: Status, said: str) -> None:
    pytest.importorskip("torch")
    (begun,), (result,) = check(tmp_path, TORCH, function)
    verdict = verdict_of(result)
    assert verdict.status is status
    assert said in verdict.text
    hand = {"by_hand": "by_hand_grad", "plain": None}
    assert begun["claim"] == hand.get(function, "torch.autograd")


def test_torch_where_the_graph_is_cut(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    _, (error,) = check(tmp_path, TORCH, "cut")
    assert "PyTorch has no gradient" in error["what"]
    assert error["exit"] == 2


def test_a_hook_makes_dropout_repeatable(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    hook = {"module": "torch", "function": "manual_seed"}
    _, (result,) = check(tmp_path, TORCH, "dropped", hook=hook)
    assert verdict_of(result).status is Status.OK


def test_auto_adds_the_own_gradient_to_one_by_hand(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    begun, results = check(tmp_path, TORCH, "by_hand", claims=[{"auto": True}])
    assert [b["claim"] for b in begun] == ["by_hand_grad", "torch.autograd"]
    assert [verdict_of(r).status for r in results] == [Status.WRONG, Status.OK]


def test_torch_samples(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    begun, results = check(tmp_path, TORCH, "right", samples=2)
    assert [b["point"] for b in begun] == ["", "sample 1", "sample 2"]
    assert all(verdict_of(r).status is Status.OK for r in results)
    assert len({str(r["point"]) for r in results}) == 3


@pytest.mark.parametrize(
    ("function", "status"),
    [
        ("right", Status.OK),
        ("halved", Status.WRONG),
        ("nested", Status.OK),
        ("vector", Status.OK),
    ],
)
def test_jax(tmp_path: Path, function: str, status: Status) -> None:
    pytest.importorskip("jax")
    (begun,), (result,) = check(tmp_path, JAX, function)
    assert begun["claim"] == "jax.jacrev"
    assert verdict_of(result).status is status


def test_jax_where_numpy_takes_the_arrays(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    _, (error,) = check(tmp_path, JAX, "host")
    assert "JAX could not differentiate" in error["what"]


@pytest.mark.parametrize(("function", "status"), [("good", Status.OK), ("off", Status.WRONG)])
def test_tensorflow(tmp_path: Path, function: str, status: Status) -> None:
    pytest.importorskip("tensorflow")
    text = """
    import tensorflow as tf
    x0 = tf.constant([0.5, 1.0, 2.0])
    def good(x):
        return tf.reduce_sum(tf.sin(x) * x)
    @tf.custom_gradient
    def square(x):
        return x * x, lambda g: g * x
    def off(x):
        return tf.reduce_sum(square(x))
    """
    _, (result,) = check(tmp_path, text, function)
    assert verdict_of(result).status is status


def test_auto_is_refused_where_no_framework_is_used(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("def f(x=1.0):\n    return x * x\n", encoding="utf-8")
    with pytest.raises(GradcliError, match="`--claim auto` is for functions of PyTorch") as problem:
        load_targets({"path": str(path), "claims": [{"auto": True}]})
    assert problem.value.diagnostic.hint.startswith("without `--claim`")


def test_a_function_that_only_names_a_framework_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ModuleType("torch")
    named.is_tensor = lambda x: False  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", named)
    text = """
    import torch
    def f(x=2.0):
        return x * x if not torch.is_tensor(x) else None
    """
    _, (result,) = check(tmp_path, text, "f")
    assert result["who"] == "gradcli"
    assert verdict_of(result).by[0] == "exact"
