"""Programs validate and print themselves; containers come apart and together."""

from __future__ import annotations

import collections
from dataclasses import replace

import numpy as np
import pytest

from gradcli.errors import InternalError
from gradcli.ir.places import described, is_library, user_place
from gradcli.ir.program import Guard, Place
from gradcli.ir.tracing import trace_function
from gradcli.ir.tree import flatten, paths, unflatten
from gradcli.ir.validate import differences, problems, validate
from gradcli.ir.views import Layout

X = np.array([1.5, -2.0, 0.25])
PROGRAM = trace_function(lambda x: x.sum() * 2.0 if x[0] > 0 else x[0], (X,)).program


def test_a_recorded_program_is_valid():
    assert problems(PROGRAM) == []
    assert differences(PROGRAM) == []
    validate(PROGRAM)


def _with_record(position, **changes):
    op, refs, params, out = PROGRAM.records[position]
    new = (changes.get("op", op), changes.get("refs", refs), params, changes.get("out", out))
    return [*PROGRAM.records[:position], new, *PROGRAM.records[position + 1 :]]


@pytest.mark.parametrize(
    "broken",
    [
        {"records": _with_record(0, refs=(3,))},
        {"records": _with_record(0, refs=(-9,))},
        {"records": _with_record(1, out=7)},
        {"inputs": (1,)},
        {"names": ()},
        {"values": PROGRAM.values[:-1]},
        {"outputs": (99,)},
        {"outputs": (-99,)},
        {"guards": (Guard(99, True, 0),)},
        {"guards": (Guard(2, True, 2), Guard(2, True, 1))},
        {"guards": (Guard(4, True, 0),)},
        {"places": {99: Place(1)}},
    ],
)
def test_broken_programs_are_found(broken):
    program = replace(PROGRAM, **broken)
    assert problems(program)
    with pytest.raises(InternalError, match="invalid program"):
        validate(program)


def test_a_wrong_value_is_found():
    values = list(PROGRAM.values)
    values[-1] = values[-1] + 1e-3
    assert differences(replace(PROGRAM, values=values))
    values[-1] = np.zeros(2)
    assert differences(replace(PROGRAM, values=values))


def test_the_listing_shows_records_guards_and_outputs():
    lines = str(PROGRAM).splitlines()
    assert lines[0] == "program(x:[3])"
    assert lines[1].strip() == "v1:[] = getitem[index=0](x)"
    assert lines[3].strip() == "guard v2 is True"
    assert lines[-1].strip() == f"return v{len(PROGRAM.values) - 1}"


def test_the_listing_shows_params_that_say_something():
    def f(x):
        m = np.reshape(x, (3, 1))
        picked = x[np.array([0, 1, 2, 1, 0])]
        return (m[1:, ::-1] * x[np.array([0, 2])]).sum() + np.sum(m, axis=0) + picked.sum()

    text = str(trace_function(f, (X,)).program)
    assert "reshape[shape=(3, 1)](x)" in text
    assert "getitem[index=1:, ::-1](v1)" in text
    assert "getitem[index=[0, 2]](x)" in text
    assert "sum[axis=0](v1)" in text
    assert "getitem[index=int64[5]](x)" in text


Pair = collections.namedtuple("Pair", "left right")
TREES = [
    1.0,
    [],
    [1.0, [2.0, (3.0,)], {}],
    {"b": 1.0, "a": [2.0]},
    Pair(1.0, Pair((), 2.0)),
    collections.OrderedDict(z=1.0, y=2.0),
    collections.defaultdict(list, k=1.0),
]


@pytest.mark.parametrize("tree", TREES)
def test_containers_come_apart_and_together(tree):
    leaves, structure = flatten(tree)
    again = unflatten(structure, leaves)
    assert again == tree
    assert type(again) is type(tree)
    assert structure.leaf_count == len(leaves) == len(paths(tree, "t"))


def test_paths_are_written_as_python_reaches_the_leaf():
    assert paths({"a": [1.0, (2.0,)]}, "p") == ["p['a'][0]", "p['a'][1][0]"]
    assert paths(1.0, "p") == ["p"]


def test_depth_does_not_recurse():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    leaves, structure = flatten(deep)
    assert leaves == []
    again = unflatten(structure, leaves)
    depth = 0
    while again:
        (again,) = again
        depth += 1
    assert depth == 100_000


@pytest.mark.parametrize(
    "root",
    [
        np.zeros(6),
        np.zeros(6)[::-1],
        np.zeros((3, 4)).T,
        np.zeros((3, 4), order="F")[::-1, ::2],
        np.zeros((2, 3), dtype=np.float32)[:, ::-1],
        np.zeros(()),
        np.zeros((0, 3)),
    ],
)
def test_a_layout_numbers_elements_as_they_lie(root):
    layout = Layout(root)
    np.testing.assert_array_equal(layout.whole, np.arange(root.size).reshape(root.shape))
    if root.ndim:
        np.testing.assert_array_equal(layout.of(root[..., ::-1]), layout.whole[..., ::-1])
        np.testing.assert_array_equal(layout.of(root.T), layout.whole.T)
        np.testing.assert_array_equal(layout.of(root[1:]), layout.whole[1:])


def test_places_skip_libraries():
    assert is_library(np.__file__)
    assert is_library(collections.__file__)
    assert not is_library(__file__)
    place = sorted([0], key=lambda _: 0) and user_place()
    assert place.file == __file__
    assert place.text.startswith("place = sorted")
    assert described(place) == f"test_programs.py:{place.line}"
    assert described(None) == "an unknown line"
