"""Values of the array families: NumPy's bit for bit, traced too, and the same over mpmath."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.engine.operators import vjp
from gradcli.engine.programs import trace
from gradcli.errors import GradcliError
from gradcli.ops.entries import EntryArray, lift
from gradcli.ops.op import Op
from tests.table.arrays import (
    array_cases,
    array_functions,
    floats,
    has_arrays,
    is_smooth,
    numpy_call,
    of_arrays,
    real_parts,
    sample_arrays,
)
from tests.table.exactly import numbers
from tests.table.points import each_case, parts

CASES = array_cases(has_arrays)
FUNCTIONS = array_functions()
# NumPy computes these parts of an answer on another way than the function of that name.
OTHER_WAY = {"lstsq": 3}


@each_case(CASES)
def test_the_value_is_numpys_bit_for_bit(case) -> None:
    want = numpy_call(case)
    if want is None:
        pytest.skip("not a function of NumPy")
    got = of_arrays(case)(*floats(case))
    checked = OTHER_WAY.get(case.function.name)
    for a, b in zip(parts(got)[:checked], parts(want)[:checked], strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.array_equal(a, b, equal_nan=True)


@each_case(array_cases(is_smooth))
def test_a_traced_run_gives_the_same_value(case) -> None:
    f = of_arrays(case)
    want = real_parts(f(*floats(case)))
    got, _ = vjp(lambda *xs: real_parts(f(*xs)), *floats(case))
    for a, b in zip(got, want, strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.array_equal(a, b, equal_nan=True)


@each_case(CASES)
def test_exact_numbers_give_the_same_value(case) -> None:
    m = numbers(50)
    f = of_arrays(case)
    want = parts(f(*floats(case)))
    got = parts(f(*[lift(x, m) for x in floats(case)]))
    for a, b in zip(got, want, strict=True):
        plain = a.entries.astype(np.float64) if isinstance(a, EntryArray) else np.asarray(a)
        assert plain.shape == np.shape(b)
        np.testing.assert_allclose(plain, b, rtol=2e-13, atol=1e-14)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_every_declaration_is_complete(function) -> None:
    assert function.doc.endswith(".")
    assert function.samples
    assert len(function.doc) < 110
    assert function.name.isidentifier()


BAD = [pytest.param(f, s, id=f"{f.name}-{i}") for f in FUNCTIONS for i, s in enumerate(f.bad)]


@pytest.mark.parametrize(("function", "sample"), BAD)
def test_bad_calls_are_refused(function, sample) -> None:
    arrays = sample_arrays(function, sample)
    call = [arrays] if function.arrays is None else arrays
    # LinAlgError is a ValueError, AxisError both a ValueError and an IndexError.
    with pytest.raises((ValueError, IndexError, TypeError, GradcliError)):
        function(*call, **sample.params)


def test_integer_answers_of_traced_arrays_are_plain_and_guarded() -> None:
    def f(x):
        k = np.argmax(x)
        assert type(k) is np.int64
        return x[k] * 2.0

    assert len(trace(f, np.array([1.0, 5.0, 2.0])).guards) == 1


def test_positional_arguments_of_numpy_keep_their_places() -> None:
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    m = numbers(50)
    exact = lift(x, m)
    assert np.sum(exact, 1, None, None, True).shape == (2, 1)
    assert np.max(exact, 0, None, True).shape == (1, 2)
    assert np.var(exact, 0, None, None, 1).entries.astype(float).tolist() == [2.0, 4.5]


def test_an_array_given_by_keyword_is_found() -> None:
    x = lift(np.array([1.0, 2.0]), numbers(50))
    assert float(np.sum(a=x)) == 3.0
    solved = np.linalg.solve(b=x, a=np.eye(2))
    assert solved.entries.astype(float).tolist() == [1.0, 2.0]


def test_an_unknown_keyword_is_refused_by_name() -> None:
    x = lift(np.array([1.0, 2.0]), numbers(50))
    with pytest.raises(GradcliError, match="where="):
        np.sum(x, where=np.array([True, False]))


def test_primitives_are_few() -> None:
    assert sum(isinstance(f, Op) for f in FUNCTIONS) < 70
