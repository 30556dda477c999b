"""Values of the command line and of JSON."""

from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.errors import GradcliError, LimitError, ValueSyntaxError
from gradcli.language import values
from gradcli.language.numerals import read_numerals
from gradcli.language.values import from_json, read_value

FORMS = [
    ("3", 3.0),
    ("-1.5e-3", -1.5e-3),
    ("+2", 2.0),
    ("- 2", -2.0),
    ("--2", 2.0),
    ("pi/4", np.pi / 4),
    ("1/3", 1 / 3),
    ("2pi", 2 * np.pi),
    ("2^10", 1024.0),
    ("sqrt(2)", np.sqrt(2.0)),
    ("nan", np.nan),
    ("-inf", -np.inf),
    ("1e400", np.inf),
    ("0.1", 0.1),
    ("5e-324", 5e-324),
    ("0,1,2,3", [0.0, 1, 2, 3]),
    ("-1,2", [-1.0, 2]),
    (" 1 , 2 ", [1.0, 2]),
    ("1,pi,sin(0)", [1.0, np.pi, 0]),
    ("3,", [3.0]),
    ("1,2,", [1.0, 2]),
    ("[3]", [3.0]),
    ("[1,2,3]", [1.0, 2, 3]),
    ("[]", []),
    ("1,2;3,4", [[1.0, 2], [3, 4]]),
    ("[1,2;3,4]", [[1.0, 2], [3, 4]]),
    ("1;2;3", [[1.0], [2], [3]]),
    ("1,2,3;", [[1.0, 2, 3]]),
    ("1,2;3,4;", [[1.0, 2], [3, 4]]),
    ("1;", [[1.0]]),
    ("[[1,2],[3,4]]", [[1.0, 2], [3, 4]]),
    ("[[1, 2],\n [3, 4]]", [[1.0, 2], [3, 4]]),
    ("[[[1,2]],[[3,4]]]", [[[1.0, 2]], [[3, 4]]]),
    ("[[1e-05, nan],\n [-inf, 0.5]]", [[1e-5, np.nan], [-np.inf, 0.5]]),
    ("[.5,5.]", [0.5, 5]),
    ("0:1:5", [0, 0.25, 0.5, 0.75, 1]),
    ("0:2pi:25", np.linspace(0, 2 * np.pi, 25)),
    ("1:-1:3", [1.0, 0, -1]),
    ("-1 : 1 : 3", [-1.0, 0, 1]),
    ("zeros(3)", np.zeros(3)),
    ("ones(2,3)", np.ones((2, 3))),
    ("eye(3)", np.eye(3)),
    ("full(2,2,0.5)", np.full((2, 2), 0.5)),
    ("arange(4)", np.arange(4.0)),
    ("linspace(0,1,5)", np.linspace(0, 1, 5)),
    ("2*eye(2) + 1", 2 * np.eye(2) + 1),
    ("ones(2)'", [1.0, 1]),
    ("3 # three", 3.0),
]


@pytest.mark.parametrize(("text", "value"), FORMS)
def test_form(text, value):
    found = read_value(text, "x")
    np.testing.assert_array_equal(found, value)
    assert (found.shape, found.dtype) == (np.shape(value), np.float64)


RANDOM = [
    ("randn(3,4,seed=0)", lambda r: r.standard_normal((3, 4)), 0),
    ("randn(2,2,seed=7)", lambda r: r.standard_normal((2, 2)), 7),
    ("rand(5,seed=1)", lambda r: r.random(5), 1),
    ("randint(0,10,6,seed=2)", lambda r: r.integers(0, 10, 6), 2),
    ("randint(-3,3,2,2,seed=2)", lambda r: r.integers(-3, 3, (2, 2)), 2),
    ("2*randn(2,seed=0)-1", lambda r: 2 * r.standard_normal(2) - 1, 0),
    ("randn(seed=0)", lambda r: r.standard_normal(), 0),
]


@pytest.mark.parametrize(("text", "draw", "seed"), RANDOM)
def test_random_values_are_numpys(text, draw, seed):
    expected = draw(np.random.default_rng(seed))
    np.testing.assert_array_equal(read_value(text, "W", seed=99), expected)


def test_every_variable_has_a_stream_of_its_own():
    for seed, name in [(0, "W"), (0, "b"), (5, "W")]:
        entropy = np.random.SeedSequence([seed, crc32(name.encode())])
        expected = np.random.default_rng(entropy).standard_normal(3)
        np.testing.assert_array_equal(read_value("randn(3)", name, seed=seed), expected)
        np.testing.assert_array_equal(from_json("randn(3)", name, seed=seed), expected)


def test_two_draws_in_one_value_differ():
    a, b = read_value("[randn(3), randn(3)]", "W")
    assert not np.array_equal(a, b)


REFUSED = [
    ("oops", "E040", "x: `oops` is not a number or array"),
    ("1,2,oops", "E040", "x: `1,2,oops` is not a number or array"),
    ("x", "E040", "is not a number"),
    ("sine(1)", "E040", "is not a number"),
    ("x + 1", "E040", "is not a number"),
    ("", "E040", "x: there is no value"),
    ("  ", "E040", "there is no value"),
    ("data.csv", "E040", "is not a number"),
    ("[1,[2]]", "E040", "numbers stand beside lists"),
    ("0:4", "E014", "`0:4` may include its end or not"),
    ("0:0.1:1", "E014", "n is 1"),
    ("0:1:1", "E014", "n is 1"),
    ("0:1:-3", "E014", "n is -3"),
    ("0:inf:3", "E014", "finite"),
    ("0:[1,2]:3", "E014", "finite"),
    ("0:1:2.5", "E022", "2.5"),
    ("1 -2", "E015", "x: "),
    ("1 2", "E015", "x: the entries of a list are separated by commas"),
    ("1,2;3", "E015", "x: rows have different lengths, 2 and 1"),
    ("[[1,2],[3]]", "E015", "x: rows have different lengths, 2 and 1"),
    ("pi,2;3", "E015", "lengths, 2 and 1"),
    ("1,,2", "E001", "x: `,`"),
    ("1,2;3,4;;", "E001", "x: "),
    ("(1,2)", "E001", "x: "),
    ("1:2:3:4", "E001", "x: "),
    ("1\n2", "E001", "x: "),
    ("a = 3", "E001", "x: "),
    ("0x10", "E003", "x: "),
    ("1_000", "E003", "x: "),
    ("1/2e", "E004", "x: "),
    ("２", "E013", "U+FF12"),
    ("randint(0,10,1.5)", "E022", "x: "),
    ("randint(3,3)", "E018", "x: "),
    ("randn(2,sed=1)", "E018", "x: "),
    ("randn(2,seed=-1)", "E022", "x: "),
    ("randn(-2)", "E022", "x: "),
    ("slogdet(eye(2))", "E018", "x: "),
]


@pytest.mark.parametrize(("text", "code", "message"), REFUSED)
def test_refused(text, code, message):
    with pytest.raises(ValueSyntaxError) as caught:
        read_value(text, "x")
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == code
    assert message in diagnostic.what
    assert diagnostic.what.startswith("x: ")
    assert diagnostic.hint
    if not text.strip().startswith("@"):
        with pytest.raises(ValueSyntaxError):
            from_json(text, "x")


def test_a_file_name_without_its_sign_is_recognised():
    with pytest.raises(ValueSyntaxError) as caught:
        read_value("data.csv", "x")
    assert caught.value.diagnostic.hint == "write `@data.csv` to read a file"


@pytest.mark.parametrize(
    "text",
    ["zeros(1000001)", "zeros(1e9)", "randn(2000,2000)", "0:1:2000000", "1" * 65],
)
def test_limits(text):
    with pytest.raises(LimitError) as caught:
        read_value(text, "x")
    assert caught.value.diagnostic.what.startswith("x: ")
    assert caught.value.diagnostic.code == "E019"


def test_a_million_numbers_are_read_without_the_parser():
    text = ",".join(["0.125"] * 1_000_000)
    assert read_value(text[:600_000] + "0", "x").shape == (100_001,)
    for short in ("1", "1,2", "3,", "1,2;3,4", "1,2;", "[[1,2],[3,4]]"):
        assert read_numerals(short) is not None
    with pytest.raises(LimitError):
        read_value(text + ",1", "x")
    with pytest.raises(LimitError, match="8 MiB"):
        read_value("1," * 5_000_000, "x")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[" * 100 + "]" * 100, "(" * 300 + "1" + ")" * 300]
)
def test_depth_is_an_error(text):
    with pytest.raises(GradcliError):
        read_value(text, "x")
    with pytest.raises(GradcliError):
        from_json(text, "x")


@pytest.mark.parametrize(
    "text",
    ["9007199254740993", "1,9007199254740993", "[9007199254740993]", "[9007199254740993,pi]"],
)
def test_integers_that_are_no_doubles_are_noted(text):
    notes = []
    read_value(text, "x", notes=notes)
    assert [n.code for n in notes] == ["W104"]
    notes = []
    read_value(text.replace("993", "992"), "x", notes=notes)
    read_value(text.replace("993", "993.0"), "x", notes=notes)
    assert notes == []


JSON = [
    (1, 1.0),
    (1.5, 1.5),
    ([1, 2], [1.0, 2]),
    ([[1, 2], [3, 4]], [[1.0, 2], [3, 4]]),
    ([], []),
    ([[]], [[]]),
    ("NaN", np.nan),
    ("Infinity", np.inf),
    ("-Infinity", -np.inf),
    ([1, "NaN", "-Infinity"], [1, np.nan, -np.inf]),
    ("1,2;3,4", [[1.0, 2], [3, 4]]),
    ("0:1:3", [0, 0.5, 1]),
    ("[1,2]", [1.0, 2]),
]


@pytest.mark.parametrize(("obj", "value"), JSON)
def test_json(obj, value):
    np.testing.assert_array_equal(from_json(obj, "x"), value)


@pytest.mark.parametrize(
    ("obj", "code", "message"),
    [
        (True, "E040", "`true`"),
        (None, "E040", "`null`"),
        ({}, "E040", "an object"),
        ([{}], "E040", "an object"),
        ([1, None], "E040", "`null`"),
        (["1"], "E040", "`1`"),
        (["\x1b[31m"], "E040", "\\x1b"),
        ([[1, 2], [3]], "E015", "2 and 1"),
        ([1, [2]], "E040", "beside"),
        ([[1], 2], "E040", "beside"),
        (10**400, "E040", "too large"),
        ("@A.npy", "E042", "command line"),
        (" @-", "E042", "command line"),
    ],
)
def test_json_refused(obj, code, message):
    with pytest.raises(ValueSyntaxError) as caught:
        from_json(obj, "x")
    assert caught.value.diagnostic.code == code
    assert message in caught.value.diagnostic.what


def test_deep_json_is_an_error():
    deep = 1.0
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(LimitError, match="dimensions"):
        from_json(deep, "x")


def test_big_json_is_noted_and_limited():
    notes = []
    from_json([2**53 + 1], "x", notes=notes)
    assert [n.code for n in notes] == ["W104"]
    with pytest.raises(LimitError):
        from_json([0] * 1_000_001, "x")


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["1.", ".5", "+2", "- 3", "1e5", "1E-5", "007", " 1 ", "", "x", "1 2"]),
)
texts = st.one_of(
    st.lists(numbers, min_size=1, max_size=4).map(",".join),
    st.lists(st.lists(numbers, min_size=1, max_size=3).map(",".join), min_size=1, max_size=3).map(
        ";".join
    ),
    st.lists(numbers, max_size=3).map(lambda c: "[" + ",".join(c) + "]"),
    st.lists(numbers, max_size=3).map(lambda c: "[[" + "],[".join(c) + "]]"),
)


@given(texts)
def test_the_short_way_means_what_the_grammar_means(text):
    try:
        quick = read_numerals(text)
    except ValueSyntaxError as problem:
        quick = problem
    if quick is None:
        return
    slow = by_the_grammar(text)
    if isinstance(quick, ValueSyntaxError):
        assert isinstance(slow, GradcliError)
    else:
        np.testing.assert_array_equal(quick.array, slow)
        assert quick.array.shape == slow.shape


def by_the_grammar(text):
    """The value, or the error, without the short way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "read_numerals", lambda text: None)
        try:
            return read_value(text, "x")
        except GradcliError as problem:
            return problem


@given(st.lists(st.floats(), min_size=1, max_size=5))
def test_output_is_input_again(numbers):
    text = "[" + ", ".join(map(repr, numbers)) + "]"
    np.testing.assert_array_equal(read_value(text, "x"), numbers)
