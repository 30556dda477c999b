"""What check finds in a file: targets, points, claims, and what it says of files it cannot use."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.errors import GradcliError
from gradcli.frontend.claims import Order, claimed_name
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.targets import Target, find_targets


def targets(tmp_path: Path, text: str, **asked: Any) -> dict[str, Target]:
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return {t.name: t for t in find_targets(load(str(path)), Asked(**asked))}


@pytest.mark.parametrize(
    ("name", "target", "order"),
    [
        ("grad_f", "f", Order.GRADIENT),
        ("f_grad", "f", Order.GRADIENT),
        ("f_gradient", "f", Order.GRADIENT),
        ("df", "f", Order.GRADIENT),
        ("f_prime", "f", Order.GRADIENT),
        ("f_der", "f", Order.GRADIENT),
        ("f_deriv", "f", Order.GRADIENT),
        ("f_jac", "f", Order.GRADIENT),
        ("jac_f", "f", Order.GRADIENT),
        ("f_jacobian", "f", Order.GRADIENT),
        ("f_score", "f", Order.GRADIENT),
        ("score_f", "f", Order.GRADIENT),
        ("f_hess", "f", Order.HESSIAN),
        ("hess_f", "f", Order.HESSIAN),
        ("f_hessian", "f", Order.HESSIAN),
        ("f_hess_prod", "f", Order.HVP),
        ("f_hvp", "f", Order.HVP),
        ("fprime", "f", Order.GRADIENT),
        ("gradf", "f", Order.GRADIENT),
        ("f_derivative", "f", Order.GRADIENT),
        ("fhess", "f", Order.HESSIAN),
    ],
)
def test_names_people_use(name: str, target: str, order: Order) -> None:
    assert claimed_name(name, {"f": 1, name: 1}) == (target, order)


@pytest.mark.parametrize("name", ["dot", "grad", "gradient", "df", "f_grad", "f"])
def test_a_name_is_a_claim_only_of_a_target(name: str) -> None:
    assert claimed_name(name, {name: 1, "other": 1}) is None


def test_points_in_their_order(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        import numpy as np
        import gradcli
        x0 = [1, 2]
        w = np.array([3.0])

        @gradcli.case(x=5.0)
        @gradcli.case(x=6.0)
        def by_case(x=1.0):
            return x
        def by_default(x=7.0, n=3, name="a"):
            return x
        def by_module(x, w):
            return x[0] * w[0]
        def no_point(z):
            return z
        def nothing_to_differentiate(n=3):
            raise AssertionError("never called")
        def _private(x=1.0):
            return x
        """,
    )
    assert list(found) == [
        "by_case",
        "by_default",
        "by_module",
        "no_point",
        "nothing_to_differentiate",
    ]
    assert [p.values["x"] for p in found["by_case"].points] == [5.0, 6.0]
    assert found["by_default"].points[0].wrt == ("x",)
    at = found["by_module"].points[0].values
    assert at["x"].dtype == np.float64
    assert at["x"].tolist() == [1.0, 2.0]
    assert at["w"].tolist() == [3.0]
    assert found["no_point"].skipped == "no point for `z`"
    assert found["nothing_to_differentiate"].skipped == (
        "no differentiable parameter (`n` is held as an integer; `--wrt n` moves it)"
    )


def test_points_list(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        POINTS = [1, (2, 3), {"y": 5.0}]
        def f(x, y=4.0):
            return x * y
        x0 = 9.0
        """,
    )
    points = found["f"].points
    assert [p.values["x"] for p in points] == [1.0, 2.0, 9.0]
    assert [p.values["y"] for p in points] == [4.0, 3.0, 5.0]


def test_the_command_line_wins(tmp_path: Path) -> None:
    text = "def f(x=1.0, y=2.0):\n    return x * y\n"
    found = targets(tmp_path, text, values={"x": np.float64(7.0)}, wrt=("x",))
    (point,) = found["f"].points
    assert point.values["x"] == 7.0
    assert point.wrt == ("x",)


def test_shapes_give_seeded_samples(tmp_path: Path) -> None:
    text = "def f(x):\n    return x.sum()\n"
    one = targets(tmp_path, text, shapes={"x": (2, 3)})["f"].points[0].values["x"]
    two = targets(tmp_path, text, shapes={"x": (2, 3)})["f"].points[0].values["x"]
    assert one.shape == (2, 3)
    assert np.array_equal(one, two)


def test_claims_of_every_sort(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        import gradcli
        def f(x=1.0):
            return x
        def df(x):
            return 1.0
        def f_hess(x):
            return 0.0
        def g(y=1.0):
            return y
        @gradcli.gradient_of(g, wrt="y")
        def anything(y):
            return 1.0
        @gradcli.returns_value_and_gradient
        def both(z=1.0):
            return z, 1.0
        """,
    )
    assert [(c.name, c.order) for c in found["f"].claims] == [
        ("df", Order.GRADIENT),
        ("f_hess", Order.HESSIAN),
    ]
    assert found["g"].claims[0].wrt == ("y",)
    assert found["both"].function(z=3.0) == 3.0
    assert found["both"].claims[0].function(z=3.0) == 1.0
    assert "anything" not in found


def test_a_claim_that_names_its_parameter(tmp_path: Path) -> None:
    found = targets(
        tmp_path,
        """
        def f(x=1.0, w=2.0):
            return x * w
        def df_dw(x, w):
            return x
        def dfdx(x, w):
            return w
        def dfdz(x=1.0):
            return x
        """,
    )
    assert list(found) == ["f", "dfdz"]
    assert [(c.name, c.wrt) for c in found["f"].claims] == [("df_dw", ("w",)), ("dfdx", ("x",))]


def test_a_lone_grad_claims_the_only_target(tmp_path: Path) -> None:
    found = targets(tmp_path, "def f(x=1.0):\n    return x\ndef grad(x):\n    return 1.0\n")
    assert list(found) == ["f"]
    assert found["f"].claims[0].name == "grad"


def test_imported_functions_are_not_targets(tmp_path: Path) -> None:
    found = targets(tmp_path, "from math import sin\nfrom json import dumps\nx0 = 1.0\n")
    assert found == {}


def test_complex_points_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(GradcliError, match="`x` is complex"):
        targets(tmp_path, "import numpy as np\nx0 = np.array([1j])\ndef f(x):\n    return x\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"def f(:\n", ":1: not valid Python"),
        (b"x = '\xff'\n", "not valid Python"),
        (b"a\x00b\n", "not valid Python"),
        (b"import not_there_at_all\n", "ModuleNotFoundError"),
        (b"from . import sibling\n", "ImportError"),
        (b"1/0\n", ":1: ZeroDivisionError"),
        (b"import sys; sys.exit(3)\n", "called sys.exit"),
        (b"raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(content)
    with pytest.raises(GradcliError) as caught:
        load(str(path))
    assert message in str(caught.value)


def test_odd_but_valid_files(tmp_path: Path) -> None:
    for name, content in {
        "bom.py": b"\xef\xbb\xbfdef f(x=1.0):\r\n    return x\r\n",
        "empty.py": b"",
        "random.py": b"def f(x=1.0):\n    return x\n",
        "numpy.py": b"import json\ndef f(x=1.0):\n    return x\n",
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        found = find_targets(load(str(path)), Asked())
        assert [t.name for t in found] == (["f"] if content else [])


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    for path in (str(tmp_path), "/dev/null", str(tmp_path / "missing.py")):
        with pytest.raises(GradcliError):
            load(path)
