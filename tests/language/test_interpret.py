"""Evaluation: values as NumPy has them, rows, truth, branches, functions, errors with places."""

import numpy as np
import pytest

from gradcli.errors import GradcliError, UsageError
from gradcli.language.interpret import interpret
from gradcli.language.parser import parse
from gradcli.language.syntax import Dialect

x = np.array([1.0, 2.0])
y = np.array([3.0, -1.0])
A = np.array([[1.0, 2.0], [3.0, 4.0]])
s = 2.0
ENV = {"x": x, "y": y, "A": A, "s": s, "k": np.array(1.0), "T": np.arange(24.0).reshape(2, 3, 4)}


def run(text, dialect=Dialect.NUMPY, env=None, **kwargs):
    env = ENV if env is None else env
    return interpret(parse(text, variables=env, dialect=dialect), env, **kwargs)


VALUES = [
    # arithmetic and broadcasting
    ("x*y + s", x * y + s),
    ("x/y", x / y),
    ("-x^2", -(x**2)),
    ("x^-1", x**-1.0),
    ("2^x", 2.0**x),
    ("x*A", x * A),
    ("x[:,None]*y", x[:, None] * y),
    ("2·A·s", 2 * A * s),
    ("x²", x**2),
    ("9^9^9^9", np.inf),
    ("0/0", np.nan),
    ("(-8)^(1/3)", np.nan),
    ("1/0 - 1/0", np.nan),
    ("-1/0", -np.inf),
    ("pi + e + tau", np.pi + np.e + 2 * np.pi),
    ("[inf, -inf, nan]", [np.inf, -np.inf, np.nan]),
    # products and rows
    ("A@x", A @ x),
    ("x@A@x", x @ A @ x),
    ("x'@A@x", x @ A @ x),
    ("x'@x", 5.0),
    ("x@x'", np.outer(x, x)),
    ("x'", x),
    ("x''", x),
    ("(x')'", x),
    ("x'@A", x @ A),
    ("2x'@y", 2 * x @ y),
    ("-x'@y*s/2", -(x @ y)),
    ("x'*s@y", s * x @ y),
    ("r = x'; r@A@y", x @ A @ y),
    ("f(v) = v'@v; f(x)", 5.0),
    ("f(v) = v@x; f(x')", 5.0),
    ("x' if s > 0 else y'", x),
    ("s'", s),
    ("A'", A.T),
    ("A'@x", A.T @ x),
    ("A'^2", A.T**2),
    ("x.T", x),
    ("A.T", A.T),
    ("T.T", ENV["T"].T),
    ("x@x.T", 5.0),
    ("T[0]@[1,2,3,4]", ENV["T"][0] @ np.array([1.0, 2, 3, 4])),
    # indices
    ("x[0]", 1.0),
    ("x[-1]", 2.0),
    ("A[0]", A[0]),
    ("A[0,1]", 2.0),
    ("A[:,0]", A[:, 0]),
    ("A[::-1]", A[::-1]),
    ("A[1:,...]", A[1:, ...]),
    ("x[None]", x[None]),
    ("x[newaxis,:]", x[None]),
    ("x[k]", 2.0),
    ("x[k:]", x[1:]),
    ("x[[1,0,1]]", x[[1, 0, 1]]),
    ("x[x>1]", x[x > 1]),
    ("A[A>1]", A[A > 1]),
    ("A[[0,1],[1,0]]", A[[0, 1], [1, 0]]),
    ("T[...,0]", ENV["T"][..., 0]),
    ("T[1,:,2]", ENV["T"][1, :, 2]),
    ("(x+y)[1]", 1.0),
    ("x[5:]", x[5:]),
    # lists
    ("[1,2,3]", [1.0, 2, 3]),
    ("[]", []),
    ("[1,2;3,4]", [[1.0, 2], [3, 4]]),
    ("[1;2]", [[1.0], [2]]),
    ("[[1,2],[3,4]]", [[1.0, 2], [3, 4]]),
    ("[s,x[0]]", [2.0, 1.0]),
    ("[x,y]", [x, y]),
    ("[[x,y],[y,x]]", [[x, y], [y, x]]),
    ("[s,1;x[1],0]", [[2.0, 1], [2, 0]]),
    ("concat([x,[1,2,3]])", [1.0, 2, 1, 2, 3]),
    ("concat([A,A],axis=1)", np.concatenate([A, A], 1)),
    ("stack([x,y],1)", np.stack([x, y], 1)),
    ("np.concatenate((x,y))", np.concatenate([x, y])),
    ("np.stack([x,y])", np.stack([x, y])),
    # truth
    ("x>1", [0.0, 1.0]),
    ("(x>1)*x", [0.0, 2.0]),
    ("(x>1)+(x>0)", [1.0, 2.0]),
    ("-(x>1)", [0.0, -1.0]),
    ("sum(x>0)", 2.0),
    ("(x>0)&(x<2)", [1.0, 0.0]),
    ("(x<1)|~(x<2)", [0.0, 1.0]),
    ("c = x>1; c & (y<0)", [0.0, 1.0]),
    ("logical_and(x>0, y>0)", [1.0, 0.0]),
    ("where(x>1,x,y)", [3.0, 2.0]),
    ("where(x-1,x,y)", [3.0, 2.0]),
    ("s==2", 1.0),
    ("s!=2", 0.0),
    ("[x>1, x>0]", [[0.0, 1], [1, 1]]),
    # branches
    ("1 if s>0 else 1/0", 1.0),
    ("x[9] if s<0 else s", s),
    ("1 if s<0 else 2 if s<1 else 3", 3.0),
    ("s>0 and s<1", 0.0),
    ("s<0 and x[9]>1", 0.0),
    ("s>0 or x[9]>1", 1.0),
    ("s<0 or s==2", 1.0),
    ("not s>0", 0.0),
    ("not s>0 or s>1 and s<3", 1.0),
    ("1 if s else 2", 1.0),
    # statements and functions
    ("u = x*y; v = u+1; sum(v)", 3.0),
    ("f(t) = t^2\nf(x) + f(2)", x**2 + 4),
    ("f(t) = t + s; g(t) = 2*f(t); g(1)", 6.0),
    ("f() = 3; f()*2", 6.0),
    ("f(x, a) = x*a; f(y, 2)", y * 2),
    ("a = 1; f(t) = t + a; f(2)", 3.0),
    ("e = 2; e^2", 4.0),
    ("sin(x) = x + 1; sin(1)", 2.0),
    ("sin(x) = x + 1; np.sin(0)", 0.0),
    # calls
    ("sum(A,0)", A.sum(0)),
    ("sum(A,axis=1,keepdims=True)", A.sum(1, keepdims=True)),
    ("A.sum(axis=0)", A.sum(0)),
    ("A.sum(dim=0)", A.sum(0)),
    ("A.mean()", A.mean()),
    ("x.dot(y)", x @ y),
    ("x.norm()", np.sqrt(5)),
    ("max(x)", 2.0),
    ("max(x,y)", np.maximum(x, y)),
    ("max(x,0)", x),
    ("min(A,axis=0)", A.min(0)),
    ("np.max(A,0)", A.max(0)),
    ("A.max(0)", A.max(0)),
    ("A.min(1)", A.min(1)),
    ("log(8,2)", 3.0),
    ("log(x,base=2)", np.log2(x)),
    ("ln(s)", np.log(s)),
    ("norm(A)", np.linalg.norm(A)),
    ("norm(x,1)", 3.0),
    ("norm(x,inf)", 2.0),
    ("reshape(A,4)", A.ravel()),
    ("reshape(A,(4,1))", A.reshape(4, 1)),
    ("A.reshape(4,1)", A.reshape(4, 1)),
    ("A.reshape([4,1])", A.reshape(4, 1)),
    ("A.reshape(-1)", A.ravel()),
    ("reshape(A,shape=(1,4))", A.reshape(1, 4)),
    ("transpose(A)", A.T),
    ("transpose(T,(2,0,1))", ENV["T"].transpose(2, 0, 1)),
    ("T.transpose(2,0,1)", ENV["T"].transpose(2, 0, 1)),
    ("var(x,ddof=1)", 0.5),
    ("clip(x,0,1.5)", x.clip(0, 1.5)),
    ("slogdet(A)[1]", np.linalg.slogdet(A)[1]),
    ("slogdet(A)[0]", -1.0),
    ("detach(x)*x", x * x),
    ("cumsum(x)", x.cumsum()),
    ("softmax(x)", np.exp(x) / np.exp(x).sum()),
    ("roll(x,1)", np.roll(x, 1)),
    ("tr(A@A)", np.trace(A @ A)),
    ("torch.max(x)", 2.0),
    ("F.softmax(A,dim=0)[0,0]", np.exp(1) / (np.exp(1) + np.exp(3))),
    ("y.abs()", abs(y)),
    ("math.sqrt(s)", np.sqrt(2)),
    ("log(x,None)", np.log(x)),
    # makers
    ("zeros(2,3)", np.zeros((2, 3))),
    ("zeros((2,3))", np.zeros((2, 3))),
    ("np.ones(shape=(2,1))", np.ones((2, 1))),
    ("full(2,2,s)", np.full((2, 2), 2.0)),
    ("full((2,),fill_value=1)", np.ones(2)),
    ("eye(2)*s", np.eye(2) * 2),
    ("eye(2,3)", np.eye(2, 3)),
    ("identity(2)", np.eye(2)),
    ("arange(4)", np.arange(4.0)),
    ("arange(1,2,0.25)", np.arange(1, 2, 0.25)),
    ("arange(4,0,-1)", np.arange(4.0, 0, -1)),
    ("linspace(0,1,5)", np.linspace(0, 1, 5)),
    ("linspace(0,s,num=3)", [0.0, 1, 2]),
    ("zeros(0)", []),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_value(text, value):
    found = run(text)
    np.testing.assert_allclose(found, value, rtol=1e-14)
    assert np.shape(found) == np.shape(value)
    assert np.asarray(found).dtype == np.float64


MATRIX = [
    ("x'*A*x", x @ A @ x),
    ("A*A", A @ A),
    ("2A*x", 2 * A @ x),
    ("A*x/2", A @ x / 2),
    ("A.*A", A * A),
    ("A./A", A / A),
    ("A^2", A @ A),
    ("A**2", A @ A),
    ("A^-1", np.linalg.inv(A)),
    ("A^0", np.eye(2)),
    ("A.^2", A**2),
    ("s^2", 4.0),
    ("s*s", 4.0),
    ("x*x'", np.outer(x, x)),
    ("x.*y", x * y),
    ("sum(x.*y)*s", 2.0),
    ("x'/s*y", 0.5),
    ("s/s", 1.0),
]


@pytest.mark.parametrize(("text", "value"), MATRIX)
def test_matrix_dialect(text, value):
    np.testing.assert_allclose(run(text, Dialect.MATRIX), value, rtol=1e-12, atol=1e-14)


def test_the_transpose_of_a_vector_is_noted_once_per_place():
    notes = []
    run("x@x.T + x@A.T@x.T", notes=notes)
    assert [n.code for n in notes] == ["W103", "W103"]
    notes = []
    run("A@A.T", notes=notes)
    run("x'@x", notes=notes)
    assert notes == []


def test_marks_come_before_each_operation_in_order():
    marks = []
    text = "sum(x*y) - A[0,1]"
    run(text, mark=lambda span: marks.append(text[span.start : span.end]))
    assert marks == ["x*y", "sum(x*y)", "A[0,1]", text]


def test_an_error_without_a_place_gets_that_of_its_operation():
    text = "x + sum(y)*2"

    def stop(span):
        if text[span.start : span.end] == "sum(y)":
            raise UsageError("E050", "stop here")

    with pytest.raises(UsageError) as caught:
        run(text, mark=stop)
    span = caught.value.diagnostic.span
    assert text[span.start : span.end] == "sum(y)"
    assert str(caught.value).split("\n")[1:3] == [f"  | {text}", "  |     ^^^^^^"]


def test_watch_sees_every_operation_with_its_inputs():
    seen = []
    run("s*3 + x[0]", watch=lambda node, inputs, value: seen.append((len(inputs), float(value))))
    assert seen == [(2, 6.0), (1, 1.0), (2, 7.0)]


def test_a_program_runs_again_with_other_values_and_does_not_touch_them():
    program = parse("y = x*x; sum(y)", variables=("x",))
    values = np.array([1.0, 2.0])
    assert interpret(program, {"x": values}) == 5.0
    assert interpret(program, {"x": values * 2}) == 20.0
    assert interpret(program, {"x": [1, 1]}) == 2.0
    assert interpret(program, {"x": 3}) == 9.0
    assert values.tolist() == [1.0, 2.0]


def test_a_bound_variable_hides_constants_and_functions():
    env = {"e": 1.0, "beta": 0.9, "gamma": 2.0, "pi": np.array([3.0])}
    assert run("e + beta*gamma", env=env) == 2.8
    assert run("2pi", env=env).tolist() == [6.0]
    with pytest.raises(GradcliError, match="`beta` is a variable"):
        run("beta(1, 2)", env=env)
