"""The same steps on tracers and on arrays of exact numbers: the same values."""

import numpy as np
import pytest

from gradcli.errors import GradcliError
from gradcli.exact.numbers import MpNumbers
from gradcli.ir.tracing import trace_function
from gradcli.language.interpret import interpret
from gradcli.language.parser import parse
from gradcli.language.syntax import Dialect
from gradcli.ops.entries import EntryArray, Unavailable, lift

ENV = {
    "x": np.array([1.0, 2.0]),
    "y": np.array([3.0, -1.0]),
    "A": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "s": np.array(2.0),
}

TEXTS = [
    "x*y + s", "x/y - 2", "-x^2", "x^-1", "2^x", "A@x", "x'@A@x", "x@x'", "2x'@y*s", "x'@A", "A'@x",
    "A.T", "x.T", "r = x'; r@y", "x[0]*y[-1]", "A[:,0]", "A[::-1]", "x[None]", "x[[1,0]]", "x[x>1]",
    "[s,x[0]]", "[x,y]", "[s,1;x[1],0]", "concat([x,y])", "stack([x,y],1)", "(x>1)*x", "sum(x>0)",
    "(x>0)&(x<2)", "~(x>1)", "where(x>1,x,y)", "where(x-1,x,y)", "1 if s>0 else 2", "s>0 and s<1",
    "s if not s<0 else -s", "u = x*y; sum(u^2)", "f(t) = t^2; f(x) + f(s)", "sum(A,0)", "A.mean()",
    "max(x)", "max(x,0)", "min(A,axis=0)", "log(s,2)", "log(x,base=s+1)", "norm(A)", "norm(x)",
    "norm(x,1)", "reshape(A,4)", "A.reshape(4,1)", "transpose(A)", "slogdet(A)[1]", "det(A)",
    "inv(A)", "solve(A,x)", "softmax(x)", "logsumexp(x)", "cumsum(x)", "tr(A@A)", "full(2,2,s)",
    "linspace(0,s,3)", "zeros(2) + x", "arange(2)*x", "x[s-1]", "x[s-2:]", "sum(A, axis=s-2)",
    "zeros(s) + x", "detach(x)*x", "sigmoid(x)", "relu(y)", "abs(y)", "clip(x,0,1.5)", "var(x)",
    "clip(x,y,s)", "outer(x,y)", "kron(A,A)", "2·x", "x²", "exp(-x)", "atan2(x,y)", "hypot(x,y)",
]  # fmt: skip


def plain(text, dialect=Dialect.NUMPY):
    program = parse(text, variables=ENV, dialect=dialect)
    return program, interpret(program, ENV)


@pytest.mark.parametrize("text", TEXTS)
def test_a_trace_gives_the_same_value_bit_for_bit(text):
    program, expected = plain(text)
    run = trace_function(
        lambda *values: interpret(program, dict(zip(ENV, values, strict=True))),
        list(ENV.values()),
        names=tuple(ENV),
    )
    recorded = run.program
    np.testing.assert_array_equal(recorded.value(recorded.outputs[0]), expected)


@pytest.mark.parametrize("text", TEXTS)
def test_exact_numbers_give_the_same_value(text):
    program, expected = plain(text)
    numbers = MpNumbers(60)
    try:
        found = interpret(program, {k: lift(v, numbers) for k, v in ENV.items()})
    except Unavailable as problem:
        pytest.skip(f"no exact form: {problem}")
    if isinstance(found, EntryArray):
        found = np.array([float(e) for e in found.entries.ravel()]).reshape(found.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("text", ["x'*A*x", "A*A", "A^2", "A^-1", "s*x'*x", "A*x/s"])
def test_matrix_dialect(text):
    program, expected = plain(text, Dialect.MATRIX)
    run = trace_function(
        lambda *values: interpret(program, dict(zip(ENV, values, strict=True))),
        list(ENV.values()),
        names=tuple(ENV),
    )
    np.testing.assert_array_equal(run.program.value(run.program.outputs[0]), expected)


def traced(text):
    program = parse(text, variables=ENV)
    return trace_function(
        lambda *values: interpret(program, dict(zip(ENV, values, strict=True))),
        list(ENV.values()),
        names=tuple(ENV),
    ).program


@pytest.mark.parametrize(
    "text",
    ["1 if s>0 else 2", "s>0 or s<1", "not s>0", "x[s-1]", "sum(A,axis=s-2)", "zeros(s)", "x[x>1]"],
)
def test_what_steers_the_run_leaves_a_guard(text):
    assert traced(text).guards


@pytest.mark.parametrize("text", ["x*y", "where(x>0,x,y)", "(x>1)*x", "x'@A@x"])
def test_what_does_not_steer_leaves_none(text):
    assert not traced(text).guards


def test_a_traced_index_that_is_not_whole_is_refused():
    with pytest.raises(GradcliError) as caught:
        traced("x[s/4]")
    assert caught.value.diagnostic.code == "E022"


def test_a_condition_is_recorded_as_it_is():
    names = [record[0].name for record in traced("where(x>0,x,y)").records]
    assert names == ["greater", "where"]
    assert len(traced("(x>0)&~(y<0)").records) == 5


def test_the_branch_not_taken_is_not_recorded():
    names = [record[0].name for record in traced("sin(s) if s > 0 else cos(s)").records]
    assert "sin" in names
    assert "cos" not in names
