"""What evaluation refuses: the code, the place and the cure."""

import numpy as np
import pytest

from gradcli.errors import GradcliError
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


REFUSED = [
    ("x'*A*x", "E012", "*", "write `x'@A@x`, or add `--dialect matrix`"),
    ("s*x'*A*x + 1", "E012", "*", "`s*x'@A@x`"),
    ("x*x'", "E012", "*", "`x@x'`"),
    ("x'+y", "E012", "+", "drop the `'`"),
    ("x'+y'", "E012", "+", "(x + y)'"),
    ("y/x'", "E012", "/", ""),
    ("s/x'", "E012", "/", ""),
    ("x'^2", "E012", "^", ""),
    ("sin(x')", "E012", "x'", ""),
    ("x'[0]", "E012", "x'[0]", ""),
    ("x'>1", "E012", ">", ""),
    ("[x',y']", "E012", "x'", ""),
    ("x'@x'", "E012", "@", "row @ vector"),
    ("A@x'", "E012", "@", "row @ vector"),
    ("x'@T", "E012", "@", ""),
    ("x'.T", "E012", "x'.T", ""),
    ("T'", "E012", "T'", "transpose"),
    ("x·y", "E012", "·", "`*` for the elementwise"),
    ("1 if x>0 else 2", "E009", "x>0", "where(condition, a, b)"),
    ("x>0 and s>0", "E009", "x>0", "&"),
    ("s<0 or x>0", "E009", "x>0", "&"),
    ("not x>0", "E009", "not x>0", "~"),
    ("x & y", "E007", "x & y", "compare"),
    ("~x", "E007", "~x", "compare"),
    ("x[2]", "E010", "2", "0 to 1"),
    ("x[-3]", "E010", "-3", "-2 to -1"),
    ("A[0,2]", "E010", "2", "0 to 1"),
    ("A[0,0,0]", "E010", "A[0,0,0]", "per dimension"),
    ("s[0]", "E010", "s[0]", ""),
    ("x[[0,5]]", "E010", "[0,5]", "0 to 1"),
    ("x[...,...]", "E010", "x[...,...]", "once"),
    ("x[A>1]", "E010", "x[A>1]", ""),
    ("x[[1,2,3]>1]", "E010", "[1,2,3]>1", "compare"),
    ("slogdet(A)[2]", "E010", "2", "`[0]`"),
    ("x[0.5]", "E022", "0.5", "whole"),
    ("x[nan]", "E022", "nan", "whole"),
    ("x[A:]", "E022", "A", "one number"),
    ("x[::0]", "E022", "::0", "1 or -1"),
    ("sum(A,axis=0.5)", "E022", "0.5", "whole"),
    ("zeros(-1)", "E022", "-1", "0 or more"),
    ("zeros(1.5)", "E022", "1.5", "whole"),
    ("arange(0,1,0)", "E022", "arange(0,1,0)", "linspace"),
    ("arange(inf)", "E022", "inf", ""),
    ("A@[1,2,3]", "E021", "A@[1,2,3]", ""),
    ("x+[1,2,3]", "E021", "x+[1,2,3]", ""),
    ("maximum(x,[1,2,3])", "E021", "maximum(x,[1,2,3])", ""),
    ("dot(x,[1,2,3])", "E021", "dot(x,[1,2,3])", ""),
    ("s@x", "E021", "s@x", "*"),
    ("sum(x,axis=5)", "E021", "sum(x,axis=5)", ""),
    ("reshape(x,3)", "E021", "reshape(x,3)", ""),
    ("inv([1,2,3])", "E021", "inv([1,2,3])", ""),
    ("[x,s]", "E015", "s", "concat"),
    ("[x;y]", "E015", "x", "concat"),
    ("[s,1;x,0]", "E015", "x", "concat"),
    ("norm(A,2)", "E011", "norm(A,2)", "norm_fro"),
    ("norm(A,ord=-2)", "E011", "norm(A,ord=-2)", "norm_fro"),
    ("sin(x,y,s)", "E018", "y", "gradcli ops sin"),
    ("sin()", "E018", "sin()", "gradcli ops sin"),
    ("sum(x,foo=1)", "E018", "foo=1", "axis="),
    ("sum(x,axi=0)", "E018", "axi=0", "did you mean `axis=`?"),
    ("sum(x,0,axis=0)", "E018", "axis=0", "leave one out"),
    ("eigvalsh(A,None)", "E018", "None", "leave it out"),
    ("diff(x,(0,1))", "E018", "(0,1)", "list"),
    ("multigammaln(s,x)", "E022", "x", "one number"),
    ("sum(x,keepdims=3)", "E018", "3", "True"),
    ("sum(x,axis=True)", "E018", "True", ""),
    ("sum((1,2))", "E018", "(1,2)", "list"),
    ("sum(None)", "E018", "None", ""),
    ("concat(x,y)", "E018", "x", "concat([a, b])"),
    ("concat(A)", "E018", "A", "concat([a, b])"),
    ("max(x,y,s)", "E018", "s", "maximum"),
    ("reshape(x)", "E018", "reshape(x)", ""),
    ("full(2)", "E018", "full(2)", "full(2,3,0.5)"),
    ("eye()", "E018", "eye()", "eye(3)"),
    ("eye(2,n=3)", "E018", "n=3", ""),
    ("linspace(0,1)", "E018", "linspace(0,1)", ""),
    ("linspace(0,x,3)", "E018", "linspace(0,x,3)", ""),
    ("slogdet(A)", "E018", "slogdet(A)", "[0]"),
    ("slogdet(A)+1", "E018", "+", "[0]"),
    ("f(t)=t; f(1,2)", "E018", "f(1,2)", "f(t)"),
    ("f(t)=t; f(t=1)", "E018", "f(t=1)", "f(t)"),
    ("torch.std(x)", "E017", "torch.std", "ddof=1"),
    ("torch.var(x)", "E017", "torch.var", "ddof=1"),
    ("torch.median(x)", "E017", "torch.median", "median(x)"),
    ("torch.max(x,0)", "E017", "torch.max", "maximum"),
    ("torch.foo(x)", "E002", "torch.foo", ""),
    ("inv([0,0;0,0])", "E031", "inv([0,0;0,0])", ""),
]


@pytest.mark.parametrize(("text", "code", "where", "hint"), REFUSED)
def test_refused(text, code, where, hint):
    with pytest.raises(GradcliError) as caught:
        run(text)
    diagnostic = caught.value.diagnostic
    marked = text[diagnostic.span.start : diagnostic.span.end]
    assert (diagnostic.code, marked) == (code, where), diagnostic
    assert hint in diagnostic.hint
    assert diagnostic.source is not None
    assert len(diagnostic.lines()) in {3, 4}


MATRIX_REFUSED = [
    ("x*y", "E012", "x.*y"),
    ("A/A", "E021", "./"),
    ("1/x", "E021", "./"),
    ("x^2", "E021", ".^"),
    ("2^A", "E021", ".^"),
    ("A^0.5", "E022", "whole"),
    ("A*[1,2,3]", "E021", ""),
    ("x'*A'*x'", "E012", ""),
]


@pytest.mark.parametrize(("text", "code", "hint"), MATRIX_REFUSED)
def test_matrix_dialect_refuses(text, code, hint):
    with pytest.raises(GradcliError) as caught:
        run(text, Dialect.MATRIX)
    assert caught.value.diagnostic.code == code
    assert hint in caught.value.diagnostic.hint


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("[1,2;3,4;5,6]@[1,2,3]", "the transpose of the left operand fits"),
        ("[1,2,3]@[1,2,3;4,5,6]", "the transpose of the right operand fits"),
        ("[1,2]@[1,2,3]", "2 entries on the left and 3 on the right"),
    ],
)
def test_a_product_that_does_not_fit_says_what_would(text, cure):
    with pytest.raises(GradcliError) as caught:
        run(text)
    assert caught.value.diagnostic.code == "E021"
    assert cure in caught.value.diagnostic.hint


def test_shapes_stand_in_the_message():
    with pytest.raises(GradcliError, match=r"matmul shapes \(2,2\) and \(3,\) do not agree"):
        run("A@[1,2,3]")
    with pytest.raises(GradcliError, match=r"index 2 is out of range for shape \(2,\)"):
        run("x[2]")
