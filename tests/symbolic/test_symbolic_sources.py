import numpy as np
import pytest

from gradcli.ir.program import Guard, Program
from gradcli.language.parser import parse
from gradcli.ops import registry
from gradcli.symbolic.expression import expression
from gradcli.symbolic.witness import gradient, hessian, hvp, jacobian, jvp, witness

A = np.array([[1.0, 2.0], [3.0, 4.0]])
X = np.array([1.0, 2.0])


def op(name):
    found = registry.lookup(name)
    assert found is not None
    return found


def program(records, consts=(), inputs=1, outputs=None, guards=()):
    """Build a program from (op name, refs) pairs; slots follow the inputs."""
    made = [
        (op(name), refs, op(name).params | params, inputs + i)
        for i, (name, refs, params) in enumerate(records)
    ]
    last = inputs + len(made) - 1
    return Program(
        tuple(range(inputs)),
        tuple(f"x{i}" for i in range(inputs)),
        made,
        list(consts),
        outputs or (last,),
        [None] * (last + 1),
        guards,
    )


def numbers(array):
    return [float(v) for v in array.ravel()]


def test_a_recorded_program_is_followed():
    squares = program(
        [("multiply", (0, 0), {}), ("sum", (1,), {}), ("multiply", (2, -1), {})], [2.0]
    )
    answer = gradient(squares, [[0.0, 1.0, 2.0, 3.0]], [0])
    assert answer.status == "ok"
    assert numbers(answer.gradients[0]) == [0, 4, 8, 12]
    assert numbers(answer.value) == [28]


def test_a_guard_on_a_variable_silences_it():
    records = [("greater", (0, -1), {}), ("multiply", (0, 0), {})]
    branched = program(records, [0.0], guards=(Guard(1, True, 1),))
    answer = gradient(branched, [3.0], [0])
    assert answer.status == "unavailable"
    assert "branches" in answer.note


def test_a_guard_on_what_is_held_constant_does_not():
    records = [("greater", (1, -1), {}), ("multiply", (0, 0), {})]
    branched = program(records, [0.0], inputs=2, guards=(Guard(2, True, 1),))
    assert gradient(branched, [3.0, 1.0], [0]).status == "ok"
    assert gradient(branched, [3.0, 1.0], [0, 1]).status == "unavailable"


def test_an_output_that_is_a_constant_or_an_input():
    assert numbers(gradient(program([], [7.0], outputs=(-1,)), [3.0], [0]).gradients[0]) == [0]
    assert numbers(gradient(program([], [], outputs=(0,)), [3.0], [0]).gradients[0]) == [1]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("2*dot(x,x)", {"x": [0.0, 1, 2, 3]}, {"x": [0, 4, 8, 12]}),
        ("x'@A@x", {"A": A, "x": X}, {"A": [1, 2, 2, 4], "x": [12, 21]}),
        ("x^2 if x>0 else -x", {"x": 3.0}, {"x": [6]}),
        ("x^2 if x>0 else -x", {"x": -3.0}, {"x": [-1]}),
        ("0.1*x", {"x": 3.0}, {"x": [0.1]}),
        ("sum(x[0:2]*x[1:3])", {"x": [1.0, 2, 3]}, {"x": [2, 4, 2]}),
    ],
)
def test_a_typed_expression_is_followed_from_its_tree(text, values, expected):
    answer = gradient(
        expression(parse(text), list(values)), list(values.values()), range(len(values))
    )
    assert answer.status == "ok", answer.note
    assert [numbers(g) for g in answer.gradients] == list(expected.values())


def test_a_branch_on_a_tie_silences_it():
    answer = gradient(expression(parse("x^2 if x>0 else x"), ["x"]), [0.0], [0])
    assert answer.status == "unavailable"
    assert "tie" in answer.note


def test_the_cotangent_weighs_the_outputs():
    answer = gradient(lambda x: x**2, [X], [0], cotangent=[3.0, -1.0])
    assert numbers(answer.gradients[0]) == [6, -4]
    assert float(answer.total) == -1
    assert numbers(answer.value) == [1, 4]
    both = gradient(lambda x: (x**2, np.sum(x)), [X], [0], cotangent=([1.0, 0.0], 5.0))
    assert numbers(both.gradients[0]) == [7, 5]


def test_jacobian_of_an_array():
    answer = jacobian(lambda a, x: a @ x, [A, X], [1, 0])
    assert [g.shape for g in answer.gradients] == [(2, 2), (2, 2, 2)]
    assert numbers(answer.gradients[0]) == [1, 2, 3, 4]
    assert numbers(answer.gradients[1]) == [1, 2, 0, 0, 0, 0, 1, 2]


def test_products_with_a_direction():
    assert jvp(lambda x: x**3, [X], [0], [[1.0, 10.0]]).total is None
    assert numbers(jvp(lambda x: x**3, [X], [0], [[1.0, 10.0]]).gradients[0]) == [3, 120]
    answer = hvp(lambda x: np.sum(x**3) * x[0], [X], [0], [[1.0, 0.0]])
    dense = hessian(lambda x: np.sum(x**3) * x[0], [X], [0])
    assert numbers(answer.gradients[0]) == numbers(dense.gradients[0][:, 0])
    assert numbers(answer.gradients[0]) == [12, 12]


def test_hessian_has_a_block_for_every_pair():
    answer = hessian(lambda x, s: s**2 * np.sum(x**2), [X, 3.0], [0, 1])
    assert [g.shape for g in answer.gradients] == [(2, 2), (2,), (2,), ()]
    found = [numbers(g) for g in answer.gradients]
    assert found == [[18, 0, 0, 18], [12, 24], [12, 24], [10]]


def test_estimates_by_position():
    found = witness(lambda a, x: a @ x, [A, X], [1], cotangent=[1.0, 1.0])
    assert list(found) == [1]
    assert found[1].value.tolist() == [4.0, 6.0]
    assert found[1].method == "sympy"


def test_an_unused_input_has_slope_zero():
    answer = gradient(lambda x, y: x * 2, [1.0, 5.0], [0, 1])
    assert numbers(answer.gradients[1]) == [0]


def test_what_cannot_be_exported_is_named_not_raised():
    def wants_numbers(x):
        return float(x[0]) * x[1]

    def asks_numpy(x):
        return np.fft.fft(x)

    def raises(x):
        raise KeyError("no such thing")

    for f in (wants_numbers, asks_numpy, raises):
        answer = gradient(f, [X], [0])
        assert answer.status == "unavailable"
        assert answer.note


def test_formulas_are_written_where_they_are_short():
    answer = gradient(
        expression(parse("sqrt(x^2+y^2)"), ["x", "y"]),
        [3.0, 4.0],
        [0, 1],
        names=["x", "y"],
        with_formulas=True,
    )
    assert [f[()] for f in answer.formulas] == ["x/sqrt(x**2 + y**2)", "y/sqrt(x**2 + y**2)"]
    answer = gradient(lambda x: 0.1 * x**3, [X], [0], names=["x"], with_formulas=True)
    assert answer.formulas[0].tolist() == ["0.3*x[0]**2", "0.3*x[1]**2"]
    assert gradient(lambda x: x, [X], [0]).formulas == ()


def test_a_formula_never_contradicts_its_number(monkeypatch):
    from gradcli.symbolic import formula

    def square(x):
        return x**2

    assert gradient(square, [3.0], [0], with_formulas=True).formulas[0][()] == "2*x0"
    honest = formula.as_sympy
    monkeypatch.setattr(formula, "as_sympy", lambda *args: honest(*args) + 1)
    assert gradient(square, [3.0], [0], with_formulas=True).formulas[0][()] is None


@pytest.mark.parametrize(
    ("f", "at", "text"),
    [
        (lambda x: np.where(x > 0, x**2, np.log(x)), 3.0, "2*x0"),
        (lambda x: np.where(x > 0, x**2, -x), -1.0, "-1"),
        (lambda x: x * (x > 0.5) * x, 2.0, "2*x0"),
        (lambda x: np.clip(x**3, 0, 10), 2.0, "3*x0**2"),
        (lambda x: np.sqrt(x**2), -2.0, "x0/Abs(x0)"),
        (lambda x: np.sin(2 * np.pi * x), 0.3, "2*pi*cos(2*pi*x0)"),
    ],
)
def test_a_formula_is_that_of_the_branch_taken(f, at, text):
    assert gradient(f, [at], [0], with_formulas=True).formulas[0][()] == text


def test_long_formulas_are_left_out():
    def long(x):
        for _ in range(12):
            x = np.sin(x) + np.cos(x) * x
        return x

    def wide(x):
        return sum(np.sin(k * x) for k in range(1, 20))

    for f in (long, wide):
        answer = gradient(f, [0.3], [0], with_formulas=True)
        assert answer.status == "ok"
        assert answer.formulas[0][()] is None
