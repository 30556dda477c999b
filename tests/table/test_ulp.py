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

# Bounds of the special functions, in ULP: the worst partial measured on 42 points each (seeds
# 1 and 2 of `special_rows`), rounded up to two digits. Where a function oscillates, the
# largest are at the zeros of its slope; the script measures more points.
BOUNDS: dict[str, float] = {
    "airyai": 350,
    "airyaiprime": 250,
    "airybi": 230,
    "airybiprime": 350,
    "beta": 140,
    "betainc": 130,
    "betaln": 4,
    "dawsn": 280,
    "digamma": 4,
    "ellipe": 9,
    "ellipk": 6,
    "ellipkm1": 11,
    "entr": 4,
    "erf": 4,
    "erfc": 4,
    "erfcinv": 4,
    "erfcx": 120,
    "erfi": 4,
    "erfinv": 4,
    "exp1": 4,
    "expi": 4,
    "expn": 4,
    "fresnelc": 4,
    "fresnels": 4,
    "gamma": 110,
    "gammainc": 240,
    "gammaincc": 240,
    "gammaln": 82,
    "gelu": 4,
    "hurwitz_zeta": 11,
    "hyp2f1": 12,
    "i0": 4,
    "i0e": 42,
    "i1": 4,
    "i1e": 37,
    "iv": 10,
    "ive": 12000,
    "j0": 980,
    "j1": 39,
    "jv": 320,
    "k0": 4,
    "k0e": 50,
    "k1": 4,
    "k1e": 45,
    "kl_div": 4,
    "kv": 6,
    "kve": 77,
    "lambertw": 4,
    "log_ndtr": 5,
    "ndtr": 4,
    "ndtri": 6,
    "polygamma": 6,
    "rel_entr": 4,
    "rgamma": 8,
    "sinc_derivative": 4,
    "spence": 4,
    "xlog1py": 4,
    "xlogy": 4,
    "y0": 30,
    "y1": 34,
    "yv": 65,
    "zeta": 4,
    "zeta_derivative": 4,
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
