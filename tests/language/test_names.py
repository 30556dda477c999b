"""What names mean: free, bound, assigned, functions, constants."""

import pytest

from gradcli.errors import GradcliError
from gradcli.language.names import check_names, free_names
from gradcli.language.parser import parse
from gradcli.language.roles import held_constant
from gradcli.language.suggestions import nearest


@pytest.mark.parametrize(
    ("text", "bound", "names"),
    [
        ("w*x + b", (), ["w", "x", "b"]),
        ("x*x*w", (), ["x", "w"]),
        ("u = x*y; u + v", (), ["x", "y", "v"]),
        ("f(t) = t*a; f(x)", (), ["a", "x"]),
        ("t + 1; ".replace("; ", ""), (), ["t"]),
        ("pi*e*x", (), ["x"]),
        ("pi*e*x", ("e",), ["e", "x"]),
        ("sin(beta)", (), []),
        ("sin(beta)", ("beta",), ["beta"]),
        ("x.sum(axis=k)", (), ["x", "k"]),
        ("x[i:j]", (), ["x", "i", "j"]),
        ("np.pi*np.sin(x)", (), ["x"]),
        ("1", (), []),
    ],
)
def test_free_names(text, bound, names):
    assert free_names(parse(text, variables=bound), bound) == names


REFUSED = [
    ("w*x", ["x"], "E005", "w", "add `--w VALUE` (bound: x)"),
    ("w", [], "E005", "w", "add `--w VALUE`"),
    ("weigth*x", ["x", "weight"], "E005", "weigth", "did you mean `weight`?"),
    ("X*x", ["x"], "E005", "X", "did you mean `x`?"),
    ("y; y = 3".replace("y; y = 3", "z = y; y = 3; y"), ["x"], "E005", "y", "--y"),
    ("sine(x)", ["x"], "E002", "sine", "did you mean `sin`?"),
    ("qwertz(x)", ["x"], "E002", "qwertz", "gradcli ops"),
    ("randn(3)", [], "E002", "randn", "values"),
    ("g(t) = h(t); h(t) = t; g(1)", [], "E002", "h", "move its definition up"),
    ("np.sine(x)", ["x"], "E002", "np.sine", "did you mean `sin`?"),
    ("x.sine()", ["x"], "E002", "sine", "did you mean `sin`?"),
    ("getitem(x)", ["x"], "E002", "getitem", ""),
    ("x(1+x)", ["x"], "E006", "x", "write `x*(1+x)`"),
    ("u = x; u(2)", ["x"], "E006", "u", "write `u*(2)`"),
    ("f(t) = t(2); f(1)", [], "E006", "t", "write `t*(2)`"),
    ("sin + x", ["x"], "E006", "sin", "write `sin(x)`"),
    ("f(t) = t; f + 1", [], "E006", "f", "write `f(x)`"),
    ("x = 2; x", ["x"], "E016", "x", "another name"),
    ("x = 2*x", ["x"], "E016", "x", "another name"),
    ("a = 1; a = 2; a", [], "E016", "a", "another name"),
    ("f(t) = t; f = 2; f", [], "E016", "f", "another name"),
    ("f(t) = t; f(t) = t; f(1)", [], "E016", "f", "another name"),
    ("x(t) = t; x(1)", ["x"], "E016", "x", "another name"),
    ("f(t) = f(t-1); f(1)", [], "E016", "f", "Python file"),
    ("f(t,t) = t; f(1,2)", [], "E016", "f", "rename"),
]


@pytest.mark.parametrize(("text", "bound", "code", "where", "hint"), REFUSED)
def test_refused(text, bound, code, where, hint):
    with pytest.raises(GradcliError) as caught:
        check_names(parse(text, variables=bound), bound)
    diagnostic = caught.value.diagnostic
    marked = text[diagnostic.span.start : diagnostic.span.end]
    assert (diagnostic.code, marked) == (code, where)
    assert hint in diagnostic.hint


def test_the_first_mistake_of_the_text_is_named():
    with pytest.raises(GradcliError, match="unknown function `sine`"):
        check_names(parse("sine(w) + v"), ())
    with pytest.raises(GradcliError, match="`w` has no value"):
        check_names(parse("w + sine(v)"), ())


def test_many_unknown_names_do_not_cost_a_suggestion_each():
    import time

    text = "+".join(f"name{i}x" for i in range(5_000))
    program = parse(text)
    start = time.perf_counter()
    with pytest.raises(GradcliError, match="name0x"):
        check_names(program, [f"name{i}" for i in range(60)])
    assert time.perf_counter() - start < 2.0


def test_nearest():
    assert nearest("sine", ["sin", "sinh", "cos"]) == "sin"
    assert nearest("zzz", ["sin"]) is None
    assert nearest("a", ["b", "A"]) == "A"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("x[k]*s", ["k"]),
        ("x[k]*k", []),
        ("x[k:s]", ["k", "s"]),
        ("sum(x, axis=k)", ["k"]),
        ("reshape(x, k, s)", ["k", "s"]),
        ("zeros(k) + x", ["k"]),
        ("full(k, s) + x", ["k"]),
        ("linspace(s, x, k)", ["k"]),
        ("i = k + s; x[i]", ["k", "s"]),
        ("i = k + s; x[i]*i", []),
        ("i = k; j = i + s; x[j]", ["k", "s"]),
        ("i = k; j = i + s; x[j]*i", ["s"]),
        ("f(a, i) = a[i]; f(x, k) + s", ["k"]),
        ("f(a, i) = a[i]*i; f(x, k)", []),
        ("jv(k, x)", ["k"]),
        ("polygamma(k, x)*s", ["k"]),
        ("log(x, k)", []),
        ("x^k", []),
        ("x if k > 0 else s", []),
        ("x", []),
    ],
)
def test_variables_without_a_derivative(text, held):
    bound = ["x", "k", "s"]
    assert held_constant(parse(text, variables=bound), bound) == held
