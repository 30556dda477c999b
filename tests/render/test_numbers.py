"""Numbers and arrays as text and as JSON values."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradcli.render.numbers import array_text, inline_text, json_array, number_text


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (28.0, 6, "28"),
        (-0.0, 6, "0"),
        (-0.0, None, "0"),
        (10.916666666, 6, "10.9167"),
        (1e6, 6, "1e+06"),
        (0.0900305731, 6, "0.0900306"),
        (1e-300, 6, "1e-300"),
        (6.123233995736766e-17, None, "6.123233995736766e-17"),
        (1e16, None, "1e+16"),
        (math.nan, 6, "nan"),
        (math.inf, 6, "inf"),
        (-math.inf, None, "-inf"),
        (2 / 3, 2, "0.67"),
        (1.0, None, "1"),
    ],
)
def test_number(x: float, digits: int | None, text: str) -> None:
    assert number_text(x, digits) == text


def test_rows_are_aligned_under_the_payload() -> None:
    text = array_text(np.arange(8.0).reshape(2, 2, 2), 6, indent=7)
    assert text.splitlines() == [
        "[[[0, 1],",
        "         [2, 3]],",
        "        [[4, 5],",
        "         [6, 7]]]",
    ]


@pytest.mark.parametrize(
    ("shape", "text"),
    [((0,), "[]"), ((0, 3), "[]"), ((2, 0), "[[],\n []]"), ((1, 3), "[[0, 0, 0]]"),
     ((3, 1), "[[0],\n [0],\n [0]]"), ((), "0"), ((1,), "[0]")],
)  # fmt: skip
def test_shapes(shape: tuple[int, ...], text: str) -> None:
    assert array_text(np.zeros(shape), 6) == text


FLOATS = arrays.arrays(
    np.float64, arrays.array_shapes(min_dims=0, max_dims=4, max_side=4), elements=st.floats()
)


@given(FLOATS)
def test_full_text_reads_back_as_the_same_array(array: np.ndarray) -> None:
    text = array_text(array, None, indent=5)
    names = {"nan": math.nan, "inf": math.inf}
    back = json.loads(
        text.replace("nan", "NaN").replace("inf", "Infinity"), parse_constant=lambda w: {
            "NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[w]
    )  # fmt: skip
    assert names
    np.testing.assert_array_equal(np.asarray(back, dtype=float), array)


@given(FLOATS)
def test_text_is_valid_input_again(array: np.ndarray) -> None:
    from gradcli.language.values import read_value

    back = read_value(array_text(array, None), "x")
    np.testing.assert_array_equal(back, array)


@given(FLOATS)
def test_json_is_strict_and_reads_back(array: np.ndarray) -> None:
    text = json.dumps(json_array(array), allow_nan=False)
    assert "-0.0" not in text.replace("e-0", "")
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    flat = np.array([words.get(x, x) for x in _flat(json.loads(text))], dtype=float)
    np.testing.assert_array_equal(flat.reshape(array.shape), array)


def _flat(value: object) -> list[object]:
    return [x for part in value for x in _flat(part)] if isinstance(value, list) else [value]


def test_long_arrays_are_cut_only_where_asked() -> None:
    long = np.arange(1001.0)
    assert array_text(long, 6, abbreviate=True) == "[0, 1, 2, ..., 998, 999, 1000]"
    assert "..." not in array_text(long, 6)
    assert "..." not in array_text(long[:1000], 6, abbreviate=True)
    rows = array_text(np.arange(2000.0).reshape(20, 100), 6, abbreviate=True).splitlines()
    assert len(rows) == 7
    assert rows[3] == " ...,"
    assert rows[0] == "[[0, 1, 2, ..., 97, 98, 99],"
    assert rows[-1].endswith("1999]]")


def test_inline_is_one_line() -> None:
    assert inline_text(np.eye(2), 6) == "[[1, 0], [0, 1]]"
