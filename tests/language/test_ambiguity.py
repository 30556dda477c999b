"""Every row of the language's table of decisions: what is accepted as what, what is refused."""

import pytest

from gradcli.errors import GradcliError
from gradcli.language.parser import parse
from gradcli.language.syntax import Dialect

FUNCTIONS = {"sin", "exp", "sum", "norm", "sqrt", "reshape", "log", "max", "f"}


def tree(text, dialect=Dialect.NUMPY, variables=("x", "y", "A")):
    return parse(text, variables=variables, dialect=dialect, is_function=FUNCTIONS.__contains__)


def refusal(text, **kwargs):
    with pytest.raises(GradcliError) as caught:
        tree(text, **kwargs)
    return caught.value.diagnostic


def marked(text, diagnostic):
    return text[diagnostic.span.start : diagnostic.span.end]


# Each row: a text, and the text with the brackets that say how it is read.
SAME = [
    ("-x^2", "-(x^2)"),
    ("2^3^2", "2^(3^2)"),
    ("-x**-2", "-(x^(-2))"),
    ("2^-1", "2^(-1)"),
    ("x**2", "x^2"),
    ("x.^2", "x^2"),
    ("2x", "2*x"),
    ("2pi", "2*pi"),
    ("3(x+1)", "3*(x+1)"),
    ("2x^2", "2*(x^2)"),
    ("2x'", "2*(x')"),
    ("-2x^2", "-(2*(x^2))"),
    ("2x*y", "(2*x)*y"),
    ("x*2y", "x*(2*y)"),
    ("2sin(x)", "2*sin(x)"),
    ("a = 2; a*x/y", "a = 2; (a*x)/y"),
    ("x/y/A", "(x/y)/A"),
    ("x-y-A", "(x-y)-A"),
    ("x@y*A", "(x@y)*A"),
    ("x.*y./A", "(x*y)/A"),
    ("2.*x", "2*x"),
    ("2./x", "2/x"),
    ("2.^x", "2^x"),
    ("2.**x", "2^x"),
    ("2e3", "2000"),
    ("2e", "2*e"),
    ("2e*x", "2*e*x"),
    ("1e5x", "100000*x"),
    ("2exp(x)", "2*exp(x)"),
    (".5x", "0.5*x"),
    ("5.", "5"),
    ("5.+x", "5+x"),
    ("A'^2", "(A')^2"),
    ("A'@x", "(A')@x"),
    ("x×y−2", "x*y-2"),
    ("x²+x³", "x^2+x^3"),
    ("-x²", "-(x^2)"),
    ("Aᵀ@x", "A'@x"),
    ("not x > 0 and y > 0 or A > 0", "((not (x > 0)) and (y > 0)) or (A > 0)"),
    ("x if y > 0 else y if A > 0 else A", "x if (y > 0) else (y if (A > 0) else A)"),
    ("(x>0) & (y>0) | (A>0)", "((x>0) & (y>0)) | (A>0)"),
    ("~(x>0) & (y>0)", "(~(x>0)) & (y>0)"),
    ("x + y > A - 1", "(x + y) > (A - 1)"),
    ("x == -y", "x == (-y)"),
    ("--x", "-(-x)"),
    ("x\n", "x"),
    ("x # comment", "x"),
    ("\r\n x*\\\n".replace("\\\n", "y") + "\r\n", "x*y"),
    ("(x +\n y)", "(x + y)"),
    ("[1,2;\n3,4]", "[1,2;3,4]"),
    ("f(F) = F; F.exp(x)", "f(F) = F; exp(x)"),
    ("1/(2x)", "1/(2*x)"),
    ("1/-(2x)", "1/(-(2*x))"),
    ("1/(-2x)", "1/(-(2*x))"),
    ("2^(3x)", "2^(3*x)"),
    ("A^(2')", "A^((2)')"),
    ("(A^2)'", "((A^2))'"),
    ("(x)²", "x^2"),
    ("np.linalg.norm(x)", "norm(x)"),
    ("np . sin(x)", "sin(x)"),
    ("numpy.sin(x)", "sin(x)"),
    ("jnp.linalg.norm(x)", "norm(x)"),
    ("scipy.special.exp(x)", "exp(x)"),
    ("torch.nn.functional.exp(x)", "exp(x)"),
    ("F.exp(x)", "exp(x)"),
    ("math.pi*x", "pi*x"),
    ("np.inf*x", "inf*x"),
    ("x[np.newaxis]", "x[None]"),
    ("sin (x)", "sin(x)"),
]


def shape(node):
    """A tree without the marks of pasted spelling."""
    return repr(node).replace(", 'np.linalg')", ", '')")


def without_paste(text):
    for prefix in ("np.linalg", "numpy", "np", "jnp.linalg", "scipy.special", "F", "math"):
        text = text.replace(f", '{prefix}')", ", '')")
    return text.replace(", 'torch.nn.functional')", ", '')")


@pytest.mark.parametrize(("text", "meaning"), SAME)
def test_accepted(text, meaning):
    one, two = tree(text), tree(meaning)
    assert without_paste(repr(one.final)) == repr(two.final)
    assert [repr(s) for s in one.statements] == [repr(s) for s in two.statements]


# Each row: a text, its code, the marked characters, a piece of the hint.
REFUSED = [
    # E001: the grammar
    ("2*dot(x,x", "E001", "(", "add `)` at the end"),
    ("(x; y", "E001", "(", "add `)` before `;`"),
    ("(x]", "E001", "]", "write `)`"),
    ("x)", "E001", ")", "remove it"),
    ("x+", "E001", "+", "complete"),
    ("x+;y", "E001", "+", "complete"),
    ("*x", "E001", "*", "write a value before"),
    ("x**", "E001", "**", "complete"),
    ("(x,y)", "E001", ",", "list"),
    ("x,y", "E001", ",", "brackets"),
    ("x[]", "E001", "]", "value before"),
    ("x[0", "E001", "[", "add `]`"),
    ("True", "E001", "True", "arguments"),
    ("x + None", "E001", "None", "arguments"),
    ("f((1,2)+x)", "E001", "(1,2)", "list"),
    ("f(x)=x", "E001", "f(x)=x", "end with an expression"),
    ("x; y", "E001", "x", "give it a name"),
    ("x=1=2", "E001", "=", "=="),
    ("x+1=2", "E001", "=", "=="),
    ("x if y", "E001", "", "else"),
    ("x else y", "E001", "else", "if condition"),
    ("x + not y", "E001", "not", "brackets"),
    ("'abc'", "E001", "'", "transposes"),
    ("x.**2", "E001", "*", "no operation"),
    ("x.", "E001", ".", "remove"),
    ("x && y", "E001", "&", "and"),
    ("x:y", "E001", ":", "range"),
    ("x...", "E001", "...", "index"),
    ("", "E001", "", "write one"),
    ("# nothing", "E001", "", "write one"),
    # E003: numbers
    ("0x10", "E003", "0x10", "decimal"),
    ("0b1", "E003", "0b1", "decimal"),
    ("1_000", "E003", "1_000", "leave the `_` out"),
    ("1._0", "E003", "1._0", ""),
    ("2.T", "E003", "2.T", "(2)"),
    ("2.sum()", "E003", "2.sum", "(2)"),
    ("1.2.3", "E003", "1.2.3", "again"),
    ("1e5.5", "E003", "1e5.5", "again"),
    # E004: two readings
    ("1/2x", "E004", "/2x", "write `1/(2*x)` or `(1/2)*x`"),
    ("1/-2x", "E004", "/-2x", "`1/(-2*x)` or `(1/-2)*x`"),
    ("1/--2x", "E004", "/--2x", "`1/(--2*x)`"),
    ("2^3x", "E004", "^3x", "`2^(3*x)` or `(2^3)*x`"),
    ("2**3x", "E004", "**3x", "`2**(3*x)`"),
    ("2^-3x", "E004", "^-3x", "`2^(-3*x)`"),
    ("x/2(y)", "E004", "/2(y)", "`x/(2*(y))` or `(x/2)*(y)`"),
    ("x./2y", "E004", "./2y", "`x./(2*y)`"),
    ("x.^2y", "E004", ".^2y", "`x.^(2*y)`"),
    ("y/2x^2", "E004", "/2x^2", "`y/(2*x^2)`"),
    ("A^2'", "E004", "^2'", "`(A^2)'`"),
    ("A^x'", "E004", "^x'", "`A^(x')`"),
    ("A²'", "E004", "'", "`(A^2)'`"),
    ("x²³", "E004", "³", "`(x^2)^3`"),
    ("x²^3", "E004", "^", "`(x^2)^3`"),
    # E006: a missing sign
    ("2 (x+1)", "E006", "2 (", "write `2*(x+1)`"),
    ("(2)(x)", "E006", "(2)(", "write `(2)*(x)`"),
    ("2 x", "E006", "2 x", "write `2*x`"),
    ("x y", "E006", "x y", "write `x*y`"),
    ("x 2", "E006", "x 2", "write `x*2`"),
    ("x² y", "E006", "x² y", "`x²*y`"),
    ("(x)2", "E006", "(x)2", "`(x)*2`"),
    ("x[0]y", "E006", "x[0]y", "`x[0]*y`"),
    ("x'y", "E006", "x'y", "`x'*y`"),
    ("1.5.5", "E003", "1.5.5", ""),
    ("sin^2(x)", "E006", "sin^", "write `sin(x)^2`"),
    ("sin**2(x)", "E006", "sin**", "write `sin(x)^2`"),
    ("sin²(x)", "E006", "sin²", "write `sin(x)^2`"),
    ("sin^-1(x)", "E006", "sin^", "`1/sin(x)` or `asin(x)`"),
    ("sin x", "E006", "sin x", "write `sin(x)`"),
    ("sin 2x", "E006", "sin 2", "write `sin(2x)`"),
    # E007: comparisons
    ("0<x<1", "E007", "0<x<", "(0 < x) & (x < 1)"),
    ("x==y==A", "E007", "x==y==", "(x == y) & (y == A)"),
    ("x>0 & y<1", "E007", "0", "put each comparison in brackets"),
    ("x>y & y<A", "E007", "y & y", "put each comparison in brackets"),
    ("x & 1", "E007", "1", "comparisons in brackets"),
    ("~x>0", "E007", "~x", "~(a > 0)"),
    ("~2", "E007", "2", ""),
    # E008: bars
    ("|x|", "E008", "|", "write `abs(x)`"),
    ("2*|x-1|", "E008", "|", "write `abs(x-1)`"),
    ("||x||", "E008", "|", "write `norm(x)`"),
    ("2|x|", "E008", "|", "abs(x)"),
    ("y|x|", "E008", "|", "abs(x)"),
    ("x || y", "E008", "||", "write `or`"),
    # E013: characters
    ("х+1", "E013", "х", "write `x`"),
    ("ｘ+1", "E013", "ｘ", "write `x`"),
    ("x\u200b+1", "E013", "\u200b", "remove"),
    ("x\u202e+1", "E013", "\u202e", "remove"),
    ("x\x1b[31m", "E013", "\x1b", ""),
    ("x\x00", "E013", "\x00", ""),
    ("x\ry", "E013", "\r", ""),
    ("x\u00a0+1", "E013", "\u00a0", "blank"),
    ("x≤1", "E013", "≤", "write `<=`"),
    ("θ", "E013", "θ", "write `theta`"),
    ("π", "E013", "π", "write `pi`"),
    ("√x", "E013", "√", "sqrt"),
    ("x⁴", "E013", "⁴", "^4"),
    ("x%2", "E013", "%", "mod"),
    ("x!", "E013", "!", "not"),
    ('"x"', "E013", '"', "strings"),
    ("{x}", "E013", "{", "("),
    ("x\\y", "E013", "\\", "solve"),
    # E015: lists
    ("[1 -2]", "E015", "-", "commas"),
    ("[x +y]", "E015", "+", "commas"),
    ("[1 2]", "E015", "1 2", "commas"),
    ("[x (y)]", "E015", "x (", "commas"),
    ("[x [0]]", "E015", "x [", "commas"),
    ("[1,2;3]", "E015", "3", "same number"),
    ("[1,2,]", "E015", ",", "remove"),
    # E017: attributes and modules
    ("x.shape", "E017", ".shape", ".T"),
    ("np.foo", "E017", "np.foo", "own name"),
    ("np.linalg", "E017", "np.linalg", ""),
    ("np.random.randn(3)", "E017", "np.random.randn", "values"),
    ("torch.optim.SGD(x)", "E017", "torch.optim.SGD", ""),
    # E018: arguments
    ("f(axis=0, x)", "E018", "x", "last"),
]


@pytest.mark.parametrize(("text", "code", "where", "hint"), REFUSED)
def test_refused(text, code, where, hint):
    diagnostic = refusal(text)
    assert (diagnostic.code, marked(text, diagnostic)) == (code, where)
    assert hint in diagnostic.hint
    assert diagnostic.hint
    assert 3 <= len(diagnostic.lines()) <= 4


def test_a_row_names_both_lengths():
    assert "2 and 1" in refusal("[1,2;3]").what


@pytest.mark.parametrize("character", ["х", "\u202e", "\u200b", "\x1b", "ｘ"])
def test_a_foreign_character_is_named_by_its_code_point(character):
    diagnostic = refusal(f"x+{character}")
    assert f"U+{ord(character):04X}" in diagnostic.what
    assert character not in "".join(diagnostic.lines()) or character.isprintable()


def test_a_dropped_prefix_is_not_dropped_where_it_is_a_variable():
    assert repr(tree("F.sum()", variables=("F",)).final) == "Call('sum', (Name('F'),), '.')"
    assert refusal("np.pi", variables=("np",)).code == "E017"
    assert refusal("np = x; np.pi").code == "E017"


def test_a_variable_hides_a_function_before_a_power():
    assert refusal("sin^2(x)", variables=("sin", "x")).code == "E004"


def test_blanks_between_entries_are_fine_with_a_sign_on_both_sides():
    assert tree("[1 - 2, 3 -4]".replace("3 -4", "3-4")).final == tree("[1-2,3-4]").final
    assert tree("x[1 -1]").final == tree("x[1-1]").final
    assert tree("[f(1 -2)]").final == tree("[f(1-2)]").final


def test_matrix_dialect_maps_the_signs():
    text = tree("x'*A/2*A^2.*A./A.^2", Dialect.MATRIX).final
    plain = repr(text)
    for op in ("'m*'", "'m/'", "'m^'", "'*'", "'/'", "'^'"):
        assert op in plain
    assert "'m*'" not in repr(tree("2x", Dialect.MATRIX).final)


def test_labels_and_statements():
    program = tree("u = x*y\nz = u + 1; y2 = sum(z)")
    assert program.label == "y2"
    assert [s.name for s in program.statements] == ["u", "z"]
    assert tree("sum(x)").label is None


def test_spans_cover_the_text_of_every_node():
    text = "  a = x; f(t) = (t + 1) ; -(a) * sum([x, y])[0]' if x > 0 else 2x"
    from gradcli.language.syntax import postorder

    program = tree(text)
    pieces = {text[n.span.start : n.span.end] for r in program.roots() for n in postorder(r)}
    assert {"a = x", "(t + 1)", "-(a)", "sum([x, y])[0]'", "x > 0", "2x"} <= pieces
