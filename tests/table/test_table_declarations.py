"""What every row of the table must have, and what bad calls come to."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.errors import GradcliError
from gradcli.ops.op import Function, Op
from gradcli.ops.registry import FUNCTIONS, lookup, names
from gradcli.ops.rule import Elementwise
from tests.table.points import as_array, cases_of, elementwise_ops, is_elementwise, quietly

ELEMENTWISE = pytest.mark.parametrize("op", elementwise_ops(), ids=lambda f: f.name)


def has_a_doc_line(function: Function) -> bool:
    doc = function.doc
    return doc.endswith(".") and "\n" not in doc and bool(doc[0].strip())


def test_every_function_has_samples_and_a_doc_line() -> None:
    assert [f.name for f in FUNCTIONS.values() if not (f.samples and has_a_doc_line(f))] == []


def test_names_lead_back_to_the_function() -> None:
    known = set(names())
    spellings = [(name, f) for f in FUNCTIONS.values() for name in (f.name, *f.aliases)]
    assert len(spellings) > len(FUNCTIONS) > 300
    assert [n for n, f in spellings if lookup(n) is not f or n not in known] == []


def test_every_rule_has_one_partial_per_input() -> None:
    ruled = [op for op in elementwise_ops() if isinstance(op.rule, Elementwise)]
    assert len(ruled) > 100
    assert [op.name for op in ruled if len(op.rule.partials) != op.arrays] == []


def test_every_function_of_two_inputs_says_which_shapes_it_refuses() -> None:
    assert [op.name for op in elementwise_ops() if (op.arrays or 0) > 1 and not op.bad] == []


BAD = [
    pytest.param(f, s, id=f"{f.name}-{k}")
    for f in FUNCTIONS.values()
    for k, s in enumerate(f.bad)
    if is_elementwise(f) or f.name in ("clip", "isclose")
]


@pytest.mark.parametrize(("function", "sample"), BAD)
def test_bad_calls_are_refused(function: Function, sample) -> None:
    with pytest.raises((GradcliError, ValueError, TypeError)):
        quietly(function)(*map(as_array, sample.args), **sample.params)


@ELEMENTWISE
def test_unknown_keywords_are_refused_by_name(op: Op) -> None:
    case = cases_of([op])[0]
    with pytest.raises(GradcliError, match="frobnicate"):
        op(*case.arrays, frobnicate=1.0)


@ELEMENTWISE
def test_neutral_keywords_are_accepted(op: Op) -> None:
    case = cases_of([op])[0]
    assert np.array_equal(op(*case.arrays, out=None, where=True), quietly(op)(*case.arrays))


LANGUAGE = """
sin cos tan asin acos atan atan2 arcsin arccos arctan arctan2 sinh cosh tanh asinh acosh atanh
exp exp2 expm1 log ln log2 log10 log1p sqrt cbrt abs sign floor ceil round mod square reciprocal
hypot sinc relu leaky_relu elu sigmoid expit logit logsigmoid softplus gelu silu maximum minimum
fmax fmin clip where logical_and logical_or logical_not gamma lgamma gammaln digamma polygamma
beta betaln erf erfc erfcx erfinv erfcinv ndtr log_ndtr ndtri xlogy xlog1py entr rel_entr kl_div
i0 i0e i1 i1e iv ive j0 j1 jv y0 y1 yv k0 k0e k1 k1e kv kve lambertw ellipk ellipe ellipkm1 expi
exp1 expn zeta airyai airybi dawsn spence betainc gammainc gammaincc trigamma logaddexp
logaddexp2 deg2rad rad2deg degrees radians heaviside copysign ldexp nan_to_num floor_divide
positive power float_power remainder fmod trunc
"""


def test_the_language_has_its_functions() -> None:
    assert [name for name in LANGUAGE.split() if lookup(name) is None] == []
