"""Promise 9 in short: a few hundred points per function; the script measures many more."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from tests.table.points import elementwise_ops
from tests.table.ulp import Worst, elementary_rows, error_in_ulp, special_rows
from tests.table.ulp_specials import SPECIALS
from tests.table.ulp_truths import ELEMENTARY

PROMISE = 4.0
POINTS = 200
SPECIAL_POINTS = 12

# Bounds of the special functions, in ULP: the worst partial of 10,000 points that the script
# measured, rounded up to 1, 2 or 5 times a power of ten. Where a function oscillates, the
# largest are at the zeros of its slope, in units of a slope that is almost 0 there.
BOUNDS: dict[str, float] = {
    "airyai": 100000,
    "airyaiprime": 500000,
    "airybi": 200000,
    "airybiprime": 100000,
    "beta": 500,
    "betainc": 500,
    "betaln": 5,
    "dawsn": 200,
    "digamma": 10,
    "ellipe": 10,
    "ellipk": 20,
    "ellipkm1": 20,
    "entr": 2,
    "erf": 2,
    "erfc": 2,
    "erfcinv": 10,
    "erfcx": 50,
    "erfi": 2,
    "erfinv": 10,
    "exp1": 2,
    "expi": 2,
    "expn": 20,
    "fresnelc": 2,
    "fresnels": 2,
    "gamma": 5000,
    "gammainc": 5000,
    "gammaincc": 5000,
    "gammaln": 5000,
    "gelu": 5000,
    "hurwitz_zeta": 20,
    "hyp2f1": 1000,
    "i0": 20,
    "i0e": 200,
    "i1": 10,
    "i1e": 2000,
    "iv": 20,
    "ive": 200000,
    "j0": 200000,
    "j1": 100000,
    "jv": 10000,
    "k0": 10,
    "k0e": 200,
    "k1": 5,
    "k1e": 200,
    "kl_div": 2,
    "kv": 500,
    "kve": 10000,
    "lambertw": 500,
    "log_ndtr": 10,
    "ndtr": 5,
    "ndtri": 10,
    "polygamma": 2000,
    "rel_entr": 1000,
    "rgamma": 1000,
    "sinc_derivative": 20000,
    "spence": 2,
    "xlog1py": 2,
    "xlogy": 2,
    "y0": 20000,
    "y1": 10000,
    "yv": 20000,
    "zeta": 2,
    "zeta_derivative": 2,
}


def op_named(name: str) -> Op:
    op = FUNCTIONS[name]
    assert isinstance(op, Op)
    return op


@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_partials_are_within_four_ulp(name: str) -> None:
    rows = elementary_rows(op_named(name), ELEMENTARY[name], np.random.default_rng(1), POINTS)
    for label, worst in rows[1:]:
        assert worst.points > POINTS / 2, label
        assert worst.ulp <= PROMISE, (label, worst.point)
        assert worst.strays == [], label


@pytest.mark.parametrize("name", SPECIALS)
def test_special_partials_are_within_their_measured_bound(name: str) -> None:
    rng = np.random.default_rng(1)
    for label, worst in special_rows(op_named(name), SPECIALS[name], rng, SPECIAL_POINTS, 30)[1:]:
        assert worst.ulp <= BOUNDS[name], (label, worst.point)
        assert worst.strays == [], label


def test_every_rule_that_computes_is_measured() -> None:
    """An operation with a partial of its own stands in one of the two lists."""
    simple = {"abs", "relu", "leaky_relu", "maximum", "minimum", "fmax", "fmin", "mod", "fmod"}
    simple |= {"heaviside", "copysign", "ldexp", "nan_to_num", "masked_multiply"}
    computing = {
        op.name
        for op in elementwise_ops()
        if any(callable(p) for p in getattr(op.rule, "partials", ()))
    }
    assert computing - set(ELEMENTARY) - set(SPECIALS) == simple


def test_the_yardstick_counts_units_in_the_last_place() -> None:
    import mpmath

    m = mpmath.MPContext()
    m.prec = 300
    one = m.mpf(1)
    assert error_in_ulp(1.0, one, None, m) == 0.0
    assert error_in_ulp(1.0 + 2.0**-52, one, None, m) == 1.0
    assert error_in_ulp(5e-324, m.mpf(0), None, m) == 1.0
    assert error_in_ulp(float("inf"), m.mpf(2) ** 1024, None, m) == 0.0
    assert error_in_ulp(float("-inf"), m.mpf(2) ** 1024, None, m) is None
    assert error_in_ulp(0.0, m.nan, None, m) is None
    assert error_in_ulp(float("nan"), m.nan, None, m) == 0.0
    assert error_in_ulp(1e-17, m.mpf(0), one, m) == 0.5
    assert Worst().strays == []
