"""Limits of typed input: an error that names the limit, before the work is done."""

import time

import numpy as np
import pytest

from gradcli.errors import GradcliError, LimitError
from gradcli.language import valuefiles
from gradcli.language.interpret import interpret
from gradcli.language.names import check_names
from gradcli.language.parser import parse, parse_value


def run(text, **env):
    return interpret(parse(text, variables=env), env)


def limit(text, **env):
    start = time.perf_counter()
    with pytest.raises(LimitError) as caught:
        run(text, **env)
    assert time.perf_counter() - start < 2.0
    assert caught.value.diagnostic.code == "E019"
    assert "the limit is" in caught.value.diagnostic.what
    return caught.value.diagnostic.what


def test_a_sum_of_nine_thousand_terms_works_everywhere():
    text = "+".join(["x"] * 9_000)
    one, two = (parse(text, variables=("x",)) for _ in range(2))
    assert interpret(one, {"x": 2.0}) == 18_000.0
    assert one.final == two.final
    assert hash(one.final) == hash(two.final)
    assert repr(one.final) == repr(two.final)
    assert one.final != parse(text + "+1").final


@pytest.mark.parametrize("sign", ["-", "*", "/", "@", "and", "or", "^0*", "<1 or"])
def test_long_chains_of_every_sign(sign):
    x = 1.0 if sign != "@" else np.eye(2)
    run(f" {sign} ".join(["x"] * 1_500) + ("<1" if "<" in sign else ""), x=x)


@pytest.mark.slow
def test_long_chains_of_postfix_signs():
    run("x" + "'" * 9_000, x=np.ones(3))
    run("x" + ".T" * 5_000, x=np.ones(3))
    run("x" + "[:]" * 3_000, x=np.ones(3))
    run("x" + ".reshape(3)" * 1_000, x=np.ones(3))


def test_many_statements():
    text = ";".join(f"a{i} = {'x' if i == 0 else f'a{i - 1}'} + 1" for i in range(1_500))
    assert run(text + "; a1499", x=0.0) == 1_500.0


@pytest.mark.parametrize("depth", [150, 199])
def test_brackets_up_to_the_limit_work(depth):
    assert run("(" * depth + "x" + ")" * depth, x=1.5) == 1.5


PREFIXES = ["(", "[", "-", "+", "~", "not ", "x[", "sin(", "sum([", "2^", "2^-", "2(", "-(", "|"]


@pytest.mark.parametrize("prefix", [*PREFIXES, "1 if 1 else ", "f(x)=", "x.sum(", "(-", "x'*("])
@pytest.mark.parametrize("depth", [201, 100_000])
def test_depth_is_an_error_and_no_crash(prefix, depth):
    with pytest.raises(GradcliError) as caught:
        run(prefix * depth + "x", x=1.0)
    assert len(str(caught.value)) < 1_000
    with pytest.raises(GradcliError):
        parse_value(prefix * depth)


def test_the_nesting_limit_is_named():
    assert "200" in limit("(" * 201 + "x" + ")" * 201, x=1.0)
    assert "200" in limit("^".join(["x"] * 300), x=1.0)
    assert "200" in limit("-" * 201 + "x", x=1.0)


def test_text_tokens_and_names_have_limits():
    assert "64 KiB" in limit("x" + " " * 65_536, x=1.0)
    assert "64 KiB" in limit("x #" + "ä" * 32_768, x=1.0)
    run("x" + " " * 65_535, x=1.0)
    assert "tokens" in limit("+".join(["x"] * 10_001), x=1.0)
    assert "tree nodes" in limit("[" + ",".join(["2x²"] * 4_500) + "]", x=1.0)
    assert "64 characters" in limit("x" * 65)


def test_functions_that_grow_without_end_are_stopped():
    lines = ["f0(x) = x+x"] + [f"f{i}(x) = f{i - 1}(x) + f{i - 1}(x)" for i in range(1, 60)]
    assert "operations" in limit("; ".join(lines) + "; f59(x)", x=1.0)


def test_at_most_sixty_four_variables():
    names = [f"v{i}" for i in range(65)]
    check_names(parse("v0"), names[:64])
    with pytest.raises(LimitError, match="64 variables"):
        check_names(parse("v0"), names)


BIG = np.ones(3_000)


@pytest.mark.parametrize(
    "text",
    [
        "zeros(1e9)",
        "ones(100000,100000)",
        "full(3000,3000,x[0])",
        "eye(10000)",
        "arange(1e9)",
        "arange(0,1,1e-12)",
        "linspace(0,1,1e9)",
        "x[:,None]*x",
        "x[:,None]+x",
        "x[:,None]>x",
        "(x[:,None]>1) & (x>1)",
        "x@x'",
        "outer(x,x)",
        "kron(x,x)",
        "diag(x)",
        "maximum(x[:,None], x)",
        "where(x[:,None]>1, x, 1)",
        "clip(x[:,None], x, 5)",
        "tile(x, 1e6)",
        "tile(x, (2000,2000))",
        "repeat(x, 1e6)",
        "pad(x[:,None], 1500)",
        "broadcast_to(x, (3000,3000))",
        "vander(x)",
        "vander(x, 1e6)",
        "diagflat(x)",
        "tensordot(x, x, 0)",
        "cov(x[:,None])",
        "svd(x[:,None])[0]",
        "take(x[:,None], arange(2000), axis=1)*x[:,None]*ones(2000)",
        "concat([zeros(3e6), zeros(3e6)])",
        "multi_dot([x[:,None], x[None,:], x[:,None]])",
        "quantile(x[:,None]*ones(1,1000), linspace(0,1,3000), axis=0)",
        "[x,x,x,x][:,:,None]*x",
        "x[[0,1]*ones(2000,1)][:,:,None]*x",
    ],
)
def test_no_array_over_the_limit_is_ever_allocated(text, monkeypatch):
    import tracemalloc

    tracemalloc.start()
    try:
        what = limit(text, x=BIG)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "limit" in what
    assert peak < 50e6  # five million doubles take 40e6


def test_all_arrays_together_have_a_limit():
    assert "50000000" in limit("+".join(["zeros(1e6)"] * 60))


@pytest.mark.parametrize("text", ["A@A@A@A@A@A@A", "inv(A)@inv(A)@inv(A)@inv(A)@inv(A)@inv(A)"])
def test_work_has_a_limit(text, monkeypatch):
    # With the dimension the limit speaks of, so that nothing has to be computed.
    from gradcli.language import limits

    monkeypatch.setattr(limits, "WORK_FLOPS", 1e6)
    assert "floating-point operations" in limit(text, A=np.eye(50))


def test_whole_numbers_have_a_limit():
    assert "2**31" in limit("x[2**31+1]", x=BIG)
    assert "2**31" in limit("zeros(2**40)")


def test_towers_and_huge_literals_are_immediate():
    start = time.perf_counter()
    assert run("9**9**9**9") == np.inf
    assert run("9" * 60 + "^" + "9" * 60) == np.inf
    assert run("-9**9**9**9") == -np.inf
    assert time.perf_counter() - start < 0.2


@pytest.mark.parametrize("glue", ["\n", ",", "\n\n \n"])
def test_a_table_of_too_many_numbers_is_refused_before_it_is_read(glue, monkeypatch):
    monkeypatch.setattr(valuefiles, "number_of", None)
    with pytest.raises(LimitError, match="1000001 numbers"):
        valuefiles.read_table("a.csv", glue.join(["1.5"] * 1_000_001))
