"""Small programs as one line mean what the program computes."""

import numpy as np
import pytest

from gradcli.ir.inline import inline
from gradcli.ir.tracing import trace_function

POINT = (np.float64(0.7), np.float64(1.9), np.float64(-2.3))


def line(f):
    return inline(trace_function(f, POINT, names=("a", "b", "c")).program)


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda a, b, c: a - (b - c), "a - (b - c)"),
        (lambda a, b, c: (a - b) - c, "a - b - c"),
        (lambda a, b, c: a / (b / c), "a/(b/c)"),
        (lambda a, b, c: a / (b * c), "a/(b*c)"),
        (lambda a, b, c: a * (b + c), "a*(b + c)"),
        (lambda a, b, c: -(a + b), "-(a + b)"),
        (lambda a, b, c: (-a) ** 2, "(-a)**2"),
        (lambda a, b, c: -(a**2), "-a**2"),
        (lambda a, b, c: (a**b) ** 2, "(a**b)**2"),
        (lambda a, b, c: a ** (b**2), "a**(b**2)"),
        (lambda a, b, c: 2.5 * a - -1.0 * b, "2.5*a - (-1*b)"),
        (lambda a, b, c: np.reciprocal(a + b), "1/(a + b)"),
        (lambda a, b, c: np.where(a < b, np.sin(a), c), "where(a < b, sin(a), c)"),
        (lambda a, b, c: a - -b, "a - (-b)"),
    ],
)
def test_brackets_stand_where_they_must(f, text):
    assert line(f) == text


def test_what_is_written_is_what_is_computed():
    rng = np.random.default_rng(5)
    known = {"sin": np.sin, "where": np.where}
    operations = [
        lambda p, q: p + q, lambda p, q: p - q, lambda p, q: p * q, lambda p, q: p / q,
        lambda p, q: np.sin(p), lambda p, q: -p, lambda p, q: p**2, lambda p, q: 3.0 - q,
    ]  # fmt: skip
    for _ in range(200):
        steps = [(rng.integers(len(operations)), *rng.integers(0, 3, 3)) for _ in range(6)]

        def f(a, b, c, steps=steps):
            values = [a, b, c]
            for which, p, q, out in steps:
                values[out] = operations[which](values[p], values[q])
            return values[steps[-1][3]]

        text = line(f)
        if text is not None:
            names = dict(zip("abc", POINT, strict=True))
            with np.errstate(all="ignore"):
                want, got = f(*POINT), eval(text, known, names)
            np.testing.assert_allclose(got, want, rtol=1e-12)


def test_long_formulas_and_params_are_refused():
    assert line(lambda a, b, c: sum([np.sin(a * k) for k in range(60)])) is None
    matrix = np.eye(2)
    program = trace_function(lambda x: np.sum(x, axis=0), (matrix,)).program
    assert inline(program) is None
