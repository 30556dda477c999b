"""Jacobians, Hessians and products of functions of a file, through the worker."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradcli.app.python_products import run
from gradcli.app.request import Point, Request
from gradcli.app.vectors import raw_vectors
from gradcli.errors import GradcliError
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.targets import find_named
from gradcli.reports import Status
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.products import product
from gradcli.verify.whole import combine

FILE = """
import numpy as np
x0 = np.array([1.0, 2.0, 3.0])

def cubes(x, c=2.0):
    return np.sum(x ** 3) * c

def pair(x):
    return [x[0] * x[1], x[2] ** 2]

def saddle(x=3.0, y=2.0):
    return x * x * y

def nothing(x):
    return None

def opaque(x):
    return float(x.tobytes()[0])
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("products") / "functions.py"
    file.write_text(FILE, encoding="utf-8")
    return file


def here(path: Path, kind: str, name: str, *vectors: tuple, check: bool = False, **asked) -> dict:
    """Ask without a worker."""
    target = find_named(load(str(path)), name, Asked(**asked))
    options = {"kind": kind, "vectors": vectors, "check": check}
    return product(target, target.points[0], options)


def silent(name: str, lines: list[str]) -> None:
    raise AssertionError(f"{name} printed {lines}")


def test_a_jacobian_through_the_worker(path: Path) -> None:
    found = run("jacobian", Request(f"{path}::pair", layout="denominator"), silent)
    assert found.results["x"].tolist() == [[2, 0], [1, 0], [0, 6]]
    assert found.value.tolist() == [2, 9]
    assert found.verdict.status is Status.OK
    assert "exact" in found.verdict.by


@pytest.mark.slow
def test_a_hessian_and_a_product_through_the_worker(path: Path) -> None:
    point = Point((("x", "5"), ("y", "1")))
    found = run("hessian", Request(f"{path}::saddle", point=point, check=False), silent)
    assert found.rows == ("x", "y")
    np.testing.assert_array_equal(found.results[""], [[2, 10], [10, 0]])
    found = run("vjp", Request(f"{path}::pair", vectors=("2,3",), check=False), silent)
    assert found.results["x"].tolist() == [4, 2, 18]


@pytest.mark.parametrize(
    ("kind", "name", "vectors", "results"),
    [
        ("jacobian", "pair", (), {"x": [[2, 1, 0], [0, 0, 6]]}),
        ("hessian", "saddle", (), {"": [[4, 6], [6, 0]]}),
        ("hvp", "saddle", (("x", 1.0), ("y", 0.0)), {"x": 4, "y": 6}),
        ("jvp", "pair", ((None, [1.0, 1.0, 1.0]),), {"": [3, 6]}),
        ("vjp", "pair", ((None, [2.0, 3.0]),), {"x": [4, 2, 18]}),
        ("vjp", "saddle", ((None, 10.0),), {"x": 120, "y": 90}),
    ],
)
def test_every_kind_is_right_and_judged_so(
    path: Path, kind: str, name: str, vectors: tuple, results: dict
) -> None:
    found = here(path, kind, name, *vectors, check=True)
    assert found["results"] == results
    verdict = combine([judge(from_json(e)) for e in found["evidence"]])
    assert verdict.status is Status.OK
    assert verdict.by[0] == "exact"


@pytest.mark.parametrize(
    ("kind", "name", "vectors", "code"),
    [
        ("hvp", "saddle", ((None, 1.0),), "E092"),
        ("hvp", "saddle", (("x", 1.0),), "E091"),
        ("hvp", "saddle", (("x", 1.0), ("z", 1.0)), "E092"),
        ("hvp", "saddle", (("x", 1.0), ("x", 1.0)), "E092"),
        ("vjp", "pair", ((None, [1.0, 2.0, 3.0]),), "E021"),
        ("vjp", "pair", (), "E091"),
        ("hessian", "pair", (), "E020"),
        ("jacobian", "opaque", (), "E060"),
        ("jacobian", "nothing", (), "E084"),
    ],
)
def test_refusals(path: Path, kind: str, name: str, vectors: tuple, code: str) -> None:
    with pytest.raises(GradcliError) as problem:
        here(path, kind, name, *vectors)
    assert problem.value.diagnostic.code == code


def test_the_text_of_a_vector_is_read_before_the_names_are_known() -> None:
    said = raw_vectors(Request("f.py::f", vectors=("x: 1,2", "pi:2pi:3", "3")))
    assert [name for name, _ in said] == ["x", None, None]
    assert said[0][1] == [1, 2]
    assert said[1][1] == pytest.approx([np.pi, 1.5 * np.pi, 2 * np.pi])
    assert said[2][1] == 3
