"""Where variables get their values from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gradcli.app.bindings import bound_values, once
from gradcli.app.request import Point
from gradcli.errors import GradcliError


def bind(point: Point, *names: str, stdin: str = ""):
    notes = []
    return bound_values(point, names, notes, lambda: stdin), [n.code for n in notes]


def refused(code: str, point: Point, *names: str) -> None:
    with pytest.raises(GradcliError) as problem:
        bind(point, *names)
    assert problem.value.diagnostic.code == code


def test_scalars_are_floats_and_the_rest_arrays() -> None:
    values, _ = bind(Point((("x", "3"), ("v", "3,"))), "x", "v")
    assert type(values["x"]) is float
    assert values["v"].shape == (1,)


def test_files_bind_what_occurs(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text(json.dumps({"x": [1, 2], "y": "1/2", "other": 3}))
    np.savez(tmp_path / "v.npz", A=np.eye(2))
    point = Point(files=(str(tmp_path / "v.json"), str(tmp_path / "v.npz")))
    values, notes = bind(point, "x", "y", "A")
    np.testing.assert_array_equal(values["x"], [1, 2])
    assert values["y"] == 0.5
    assert values["A"].shape == (2, 2)
    assert notes == ["W107"]


def test_names_are_bound_once(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{"x": 1}')
    file = str(tmp_path / "v.json")
    refused("E043", Point((("x", "1"), ("x", "2"))), "x")
    refused("E043", Point((("x", "1"),), (file,)), "x")
    refused("E043", Point(files=(file, file)), "x")
    with pytest.raises(GradcliError):
        once([("if", 1)])


def test_standard_input_is_read_where_it_is_named_and_once() -> None:
    values, _ = bind(Point((("x", "@-"),)), "x", stdin="[1,2,3]")
    np.testing.assert_array_equal(values["x"], [1, 2, 3])
    refused("E043", Point((("x", "@-"), ("y", " @- "))), "x", "y")

    def never() -> str:
        raise AssertionError

    bound_values(Point((("x", "1"),)), ["x"], [], never)


def test_untrusted_reads_no_file(tmp_path: Path) -> None:
    file = tmp_path / "v.json"
    file.write_text('{"x": 1}')
    refused("E042", Point((("x", f"@{file}"),), untrusted=True), "x")
    refused("E042", Point(files=(str(file),), untrusted=True), "x")
    values, _ = bind(Point((("x", "@-"),), untrusted=True), "x", stdin="3")
    assert values["x"] == 3


def test_random_values_do_not_depend_on_each_other() -> None:
    one, _ = bind(Point((("x", "randn(3)"),)), "x")
    two, _ = bind(Point((("y", "randn(3)"), ("x", "randn(3)"))), "x", "y")
    other, _ = bind(Point((("x", "randn(3)"),), seed=1), "x")
    np.testing.assert_array_equal(one["x"], two["x"])
    assert not np.array_equal(two["x"], two["y"])
    assert not np.array_equal(one["x"], other["x"])


def test_large_integers_are_noted() -> None:
    _, notes = bind(Point((("x", "9007199254740993"),)), "x")
    assert notes == ["W104"]
