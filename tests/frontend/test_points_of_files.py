"""One list of points and many functions: which item is whose, and what `*args` gets."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gradcli.frontend import frameworks
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.rest import filled_claim, filled_function
from gradcli.frontend.targets import Target, find_targets


def targets(tmp_path: Path, text: str, **asked: Any) -> dict[str, Target]:
    path = tmp_path / "user_file.py"
    path.write_text("import numpy as np\n" + textwrap.dedent(text), encoding="utf-8")
    return {t.name: t for t in find_targets(load(str(path)), Asked(**asked))}


def at(target: Target) -> list[dict[str, Any]]:
    return [dict(p.values) for p in target.points]


def test_a_dict_is_a_point_of_the_functions_with_its_names(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        POINTS = [{"w": 1.0, "c": 0.5}]
        def sigmoid(z):
            return 1 / (1 + np.exp(-z))
        def penalty(w, scale):
            return w * scale
        def half(w):
            return w / 2
        def own(t=3.0):
            return t
        def loss(w, c):
            return sigmoid(w) * c
        """,
    )
    assert found["sigmoid"].skipped == "no point for `z`"
    assert found["penalty"].skipped == "no point for `scale`"
    assert at(found["half"]) == [{"w": 1.0}]
    assert at(found["own"]) == [{"t": 3.0}]
    assert at(found["loss"]) == [{"w": 1.0, "c": 0.5}]


def test_a_dict_that_no_function_reads_by_name_is_a_value(tmp_path: Path) -> None:
    text = """
    POINTS = [{"w": 1.0, "b": 0.5}]
    def loss(params):
        return params["w"] * params["b"]
    def loss_grad(params):
        return {"w": params["b"], "b": params["w"]}
    def half(w):
        return w / 2
    def predict(w, b, x):
        return w * x + b
    """
    found = targets(tmp_path, text)
    assert at(found["loss"]) == [{"params": {"w": 1.0, "b": 0.5}}]
    assert found["predict"].skipped == "no point for `x`"
    # With a value for `x`, `predict` reads the item by name.
    found = targets(tmp_path, "x0 = 2.0\n" + textwrap.dedent(text))
    assert found["loss"].skipped == "no point for `params`"
    assert at(found["predict"]) == [{"w": 1.0, "b": 0.5, "x": 2.0}]


def test_a_tuple_is_a_point_of_the_functions_that_have_room_for_it(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        POINTS = [(1.0, 2.0), (1.0, 2.0, 3.0)]
        def softmax(a):
            return np.exp(a)
        def two(x, y):
            return x * y
        def three(x, y, z):
            return x * y * z
        """,
    )
    assert found["softmax"].skipped == "no point for `a`"
    assert at(found["two"]) == [{"x": 1.0, "y": 2.0}]
    assert at(found["three"]) == [{"x": 1.0, "y": 2.0, "z": 3.0}]


def test_a_tuple_that_nothing_has_room_for_is_the_value_of_a_lone_parameter(
    tmp_path: Path,
) -> None:
    found = targets(
        tmp_path,
        """
        POINTS = [(1.0, 2.0, 3.0)]
        def norm(x):
            return np.sum(x * x)
        def two(a, b):
            return a * b
        """,
    )
    assert found["norm"].points[0].values["x"].tolist() == [1.0, 2.0, 3.0]
    assert found["two"].skipped == "no point for `a`"


def test_a_point_that_lacks_a_value_is_told_unless_it_is_another_one_s(tmp_path: Path) -> None:
    text = "POINTS = [(1.0, 2.0), (1.0,)]\ndef f(x, y):\n    return x * y\n"
    assert targets(tmp_path, text)["f"].skipped == "no point for `y`"
    both = targets(tmp_path, text + "def g(x):\n    return x\n")
    assert at(both["f"]) == [{"x": 1.0, "y": 2.0}]
    assert at(both["g"]) == [{"x": 1.0}]


STARRED = """
def loss(w, *args):
    X, y = args
    return np.sum((X @ w - y) ** 2)
def loss_grad(w, *args):
    X, y = args
    return 2 * X.T @ (X @ w - y)
"""


@pytest.mark.parametrize(
    "said",
    [
        "POINTS = [([1.0, 2.0], np.eye(2), np.ones(2))]",
        "POINTS = [{'w': [1.0, 2.0], 'args': (np.eye(2), np.ones(2))}]",
        "w0 = [1.0, 2.0]; args = (np.eye(2), np.ones(2))",
    ],
)
def test_what_a_point_has_beyond_the_names_goes_to_args(tmp_path: Path, said: str) -> None:
    (point,) = targets(tmp_path, said + STARRED)["loss"].points
    assert list(point.values) == ["w"]
    assert point.wrt == ("w",)
    assert [r.tolist() for r in point.rest] == [[[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0]]


def test_a_filled_function_has_named_parameters_only() -> None:
    def f(w: Any, scale: float = 2.0, *args: Any, shift: float = 0.0) -> Any:
        args[0][0] += 1.0
        return scale * w * args[0][0] + args[1] + shift

    rest = (np.array([3.0]), 5)
    filled = filled_function(f, rest)
    assert filled(w=1.0) == 13.0
    assert filled(w=1.0, scale=1.0, shift=1.0) == 10.0
    # No call finds what another one wrote.
    assert rest[0][0] == 3.0


def f(w: Any, *args: Any) -> Any:
    return w * args[0] * args[1]


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (lambda w, *args: (w, *args), {"w": 1}),
        (lambda w, a, b: (w, a, b), {"w": 1}),
        (lambda p, a, b=0: (p, a, b), {"p": 1}),
        (lambda w, a, b, extra=4: (w, a, b), {"w": 1}),
        (lambda w, v, a, b: (w, a, b, v), {"w": 1, "v": 7}),
        (lambda dout, w, a, b: (w, a, b, dout), {"dout": 7, "w": 1}),
        (lambda w, a, b, dout: (w, a, b, dout), {"dout": 7, "w": 1}),
        (lambda w, v, *args: (w, *args, v), {"w": 1, "v": 7}),
    ],
)
def test_a_claim_gets_the_rest_behind_what_both_have(claim: Any, given: dict[str, Any]) -> None:
    said = filled_claim(claim, f, (2, 3))(**given)
    assert said[:3] == (1, 2, 3)
    assert said[3:] in ((), (7,))


@pytest.mark.parametrize("claim", [lambda w: w, lambda a, b, w: w, lambda w, a: w])
def test_a_claim_without_room_for_the_rest_is_left_alone(claim: Any) -> None:
    assert filled_claim(claim, f, (2, 3)) is claim


NAMED = """
from collections import namedtuple
P = namedtuple("P", "w b")
"""


def test_a_named_tuple_keeps_its_type(tmp_path: Path) -> None:
    text = "p = P([1, 2], 3)\nq = (P(1, 2), [P(3, 4)])\ndef f(p, q):\n    return p.b * q[0].w\n"
    (point,) = targets(tmp_path, NAMED + text)["f"].points
    assert point.wrt == ("p", "q")
    assert type(point.values["p"]).__name__ == "P"
    assert point.values["p"].w.tolist() == [1.0, 2.0]
    assert point.values["p"].b == 3.0
    first, (second,) = point.values["q"]
    assert (first.w, first.b, second.w, second.b) == (1.0, 2.0, 3.0, 4.0)


def test_a_named_tuple_is_a_point_by_names_or_one_value(tmp_path: Path) -> None:
    text = "POINTS = [P(5, 6)]\ndef f(z):\n    return z.w * z.b\n"
    (point,) = targets(tmp_path, NAMED + text)["f"].points
    assert (point.values["z"].w, point.values["z"].b) == (5.0, 6.0)
    found = targets(tmp_path, NAMED + text + "def by_name(w, b):\n    return w * b\n")
    assert at(found["by_name"]) == [{"w": 5.0, "b": 6.0}]
    assert found["f"].skipped == "no point for `z`"


def test_a_dataclass_is_not_opened_and_the_reason_says_so(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        from dataclasses import dataclass
        @dataclass
        class Parameters:
            w: float
        p = Parameters(1.0)
        def f(p):
            return p.w
        """,
    )
    assert found["f"].skipped == (
        "no differentiable parameter (`p` is a dataclass, which is not opened; "
        "a dict or named tuple is)"
    )


MAYBE = """
def f(w=2.0):
    try:
        import torch
        return torch.square(w)
    except ImportError:
        return w * w
"""


def test_a_framework_that_is_not_installed_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frameworks, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert targets(tmp_path, MAYBE)["f"].framework == ""
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    assert targets(tmp_path, MAYBE)["f"].framework == "torch"
