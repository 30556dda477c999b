"""The scalars of the exact witness: real, exact, counted, and never a hang."""

from __future__ import annotations

import math
import time
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.exact.budget import weight
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.numbers import UNKNOWN, MpNumbers
from gradcli.ops.entries import EntryArray, Unavailable, lift
from gradcli.ops.registry import lookup


@pytest.fixture
def m() -> MpNumbers:
    return MpNumbers(60)


@pytest.mark.parametrize("s", [2, 3, 7])
@pytest.mark.parametrize("q", [-0.5, -1.25, -63.5, -100.5, -200.3])
def test_hurwitz_zeta_left_of_0_is_its_sum(m: MpNumbers, s: int, q: float) -> None:
    """mpmath 1.3 leaves out terms left of about -100; at half-integers most of them cancel."""
    wide = MpNumbers(90)
    turns = math.ceil(-q)
    terms = [1 / (wide.mpf(q) + k) ** s for k in range(turns)]
    truth = wide.ctx.fsum(terms) + wide.ctx.zeta(s, wide.mpf(q) + turns)
    assert abs(wide.mpf(m.zeta(m.mpf(s), m.mpf(q))) / truth - 1) < 1e-58
    op = lookup("hurwitz_zeta")
    assert float(op.fn(float(s), q)) == pytest.approx(float(truth), rel=1e-13, abs=1e-13)


def test_hurwitz_zeta_left_of_0_has_poles_and_complex_values(m: MpNumbers) -> None:
    op = lookup("hurwitz_zeta")
    assert m.isinf(m.call(op, op.mp, {}, m.mpf(2), m.mpf(-200)))
    assert m.isnan(m.call(op, op.mp, {}, m.mpf(2.5), m.mpf(-200.3)))


INFINITE = [
    ("relu", (-math.inf,), 0.0),
    ("sign", (-math.inf,), -1.0),
    ("heaviside", (math.inf, 0.5), 1.0),
    ("copysign", (-2.5, math.inf), 2.5),
    ("k0", (math.inf,), 0.0),
    ("dawsn", (-math.inf,), 0.0),
    ("fmod", (-2.5, math.inf), -2.5),
    ("power", (-math.inf, -2.5), math.nan),
    ("power", (-math.inf, -2.0), 0.0),
    ("subtract", (math.inf, math.inf), math.nan),
    ("multiply", (0.0, math.inf), math.nan),
    # Not exact in float64: no value is better than a rounded one.
    ("atan2", (math.inf, math.inf), math.nan),
]


@pytest.mark.parametrize(("name", "xs", "expected"), INFINITE)
def test_limits_at_infinity_are_those_of_the_float_operation(m, name, xs, expected) -> None:
    op = lookup(name)
    value = m.call(op, op.mp, {}, *map(m.mpf, xs))
    assert m.isnan(value) if math.isnan(expected) else value == expected


def test_the_global_context_is_left_alone() -> None:
    before = mpmath.mp.dps
    MpNumbers(123).exp(1)
    assert mpmath.mp.dps == before


def test_doubles_are_taken_exactly(m: MpNumbers) -> None:
    x = m.convert(0.1)
    top, bottom = (0.1).as_integer_ratio()
    assert x * bottom == top
    assert m.convert(np.float32(0.1)) == m.mpf(float(np.float32(0.1)))
    assert m.convert(np.True_) is True
    assert float(m.convert(5e-324)) == 5e-324


def test_objects_are_refused(m: MpNumbers) -> None:
    with pytest.raises(Unavailable):
        m.convert("1")
    with pytest.raises(Unavailable):
        m.convert(1j)


@pytest.mark.parametrize(
    ("name", "x"), [("log", -1), ("sqrt", -1), ("asin", 2), ("acosh", 0.5), ("log1p", -2)]
)
def test_outside_the_reals_is_nan(name: str, x: float, m: MpNumbers) -> None:
    assert is_nan(getattr(m, name)(m.mpf(x)))


def test_poles_and_powers_follow_ieee(m: MpNumbers) -> None:
    assert m.fdiv(1, m.mpf(0)) == m.inf
    assert m.fdiv(-1, m.mpf(0)) == -m.inf
    assert is_nan(m.fdiv(0, m.mpf(0)))
    assert m.log(m.mpf(0)) == -m.inf
    assert m.power(m.mpf(0), 0) == 1
    assert m.power(m.mpf(0), -1) == m.inf
    assert m.power(m.mpf(-2), 3) == -8
    assert is_nan(m.power(m.mpf(-8), m.mpf(1) / 3))


def test_nan_stays_nan_inside_a_form_and_is_false_for_the_user(m: MpNumbers) -> None:
    assert m.lt(m.nan, 1) is UNKNOWN
    assert is_nan(m.where(m.lt(m.nan, 1), 2, 3))
    assert m.finish(lookup("less"), UNKNOWN) is False
    assert m.finish(lookup("not_equal"), UNKNOWN) is True
    nan = EntryArray(lift(np.nan, m).entries, m)
    assert is_nan(np.maximum(nan, 1.0).entries[()])
    assert np.where(nan > 1.0, 1.0, 2.0).entries[()] == 2


def test_whatever_would_hang_is_refused_at_once(m: MpNumbers) -> None:
    huge = m.exp(m.mpf(10) ** 7)
    begin = time.perf_counter()
    for attempt in (
        lambda: m.exp(m.mpf(10) ** 9),
        lambda: m.sin(huge),
        lambda: m.power(huge, huge),
        lambda: m.gamma(huge),
        lambda: m.besselj(0, m.mpf(10) ** 9),
        lambda: m.zeta(m.mpf(10) ** 9),
    ):
        with pytest.raises(ReferenceFailed):
            attempt()
    assert time.perf_counter() - begin < 1.0


def test_infinities_are_no_reason_to_refuse(m: MpNumbers) -> None:
    assert m.exp(m.inf) == m.inf
    assert m.exp(-m.inf) == 0
    assert is_infinite(m.cosh(-m.inf))


def test_work_is_counted_and_limited() -> None:
    limited = MpNumbers(30, limit=150)
    x = EntryArray(lift(np.ones(3), limited).entries, limited)
    np.exp(x)
    assert limited.work == 3 * weight(lookup("exp"))  # type: ignore[arg-type]
    with pytest.raises(ReferenceFailed):
        np.exp(np.exp(x))


def test_unknown_functions_are_unavailable(m: MpNumbers) -> None:
    with pytest.raises(Unavailable):
        m.no_such_function(1)
    assert getattr(m, "no_such_function", None) is None


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.0, 1.5])
def test_truths_and_logic(value: Any, m: MpNumbers) -> None:
    x = m.convert(value)
    assert m.ge(x, x) is True
    assert m.ne(x, x) is False
    assert m.land(True, UNKNOWN) is UNKNOWN
    assert m.lnot(False) is True
    assert m.isfinite(x) is math.isfinite(value)
