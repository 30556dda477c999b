"""`float` keeps a traced number traced, and is `float` to everyone else who asks."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.errors import TraceError
from gradcli.ops.pythonic import FLOAT

POINT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: float(np.sum(x**2)),
        lambda x: sum(float(v) ** 2 for v in x),
        lambda x: sum(v * v for v in map(float, x)),
        lambda x: float(np.array([np.sum(x**2)])[0]),
        lambda x: float(np.reshape(np.sum(x**2), (1,))[0] * float("1")),
        lambda x: np.dot(np.asarray(x, dtype=float), x.astype(float)),
        lambda x: float(sum(x**2)) if isinstance(float(x[0]), float) else 0.0,
        lambda x: float(np.sum(x**2)) + float(np.zeros(2, dtype=float)[0]) + float(True) - 1.0,
    ],
)
def test_a_float_of_a_traced_value_has_its_gradient(f: Any) -> None:
    assert gradcli.grad(f)(POINT).tolist() == [2.0, 4.0, 6.0]


def test_float32_becomes_float64() -> None:
    x = np.float32(3.1)
    value, slope = gradcli.value_and_grad(lambda x: float(x) ** 2)(x)
    assert value == float(x) ** 2, "squared as float64"
    assert (slope.dtype, slope) == (np.float32, np.float32(6.2))


def test_float_itself_is_a_function() -> None:
    assert gradcli.value_and_grad(float)(2.5) == (2.5, 1.0)


def test_an_array_is_no_number() -> None:
    with pytest.raises(TypeError, match="only 0-dimensional arrays"):
        gradcli.grad(float)(POINT)


def test_float_is_float_to_everyone_else() -> None:
    seen: dict[str, Any] = {}

    def f(x: Any) -> Any:
        class Metre(float):
            pass

        seen["equals the type"] = float == FLOAT and FLOAT == float  # noqa: E721, SIM300
        seen["one key"] = {FLOAT: 1}[float] == {float: 1}[FLOAT]
        seen["instances"] = isinstance(1.0, float) and not isinstance(1, float)
        seen["subclasses"] = issubclass(np.float64, float) and not issubclass(int, float)
        seen["dtype"] = np.dtype(float) == np.float64 and np.zeros(2, float).dtype == np.float64
        seen["parses"] = float("2.5") == 2.5 and float.fromhex("0x1p-1") == 0.5
        seen["plain type"] = type(float(2)) is FLOAT
        seen["a subclass"] = isinstance(Metre(1.5), Metre) and not isinstance(1.0, Metre)
        seen["named"] = (float.__name__, repr(float)) == ("float", "<class 'float'>")
        return np.sum(x)

    gradcli.grad(f)(POINT)
    assert [name for name, holds in seen.items() if not holds] == []
    assert len(seen) == 9
    assert builtins.float is FLOAT, "put back"


def test_put_back_after_an_error() -> None:

    def f(x: Any) -> Any:
        raise ArithmeticError(float(x[0]) > 0)

    with pytest.raises(ArithmeticError):
        gradcli.grad(f)(POINT)
    assert builtins.float is FLOAT


def test_a_number_that_is_turned_to_text_is_still_lost() -> None:
    with pytest.raises(TraceError):
        gradcli.grad(lambda x: x[0] * float(str(float(x[0]))), verify=True)(POINT)
