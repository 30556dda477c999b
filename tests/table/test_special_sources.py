"""Where special values come from: SciPy when installed, mpmath else, and never at start-up."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.special

from gradcli.engine.operators import grad
from gradcli.engine.programs import trace
from gradcli.errors import LimitError
from gradcli.ops import fallback
from gradcli.ops.duck import meaning
from gradcli.ops.op import Op
from gradcli.ops.registry import FUNCTIONS
from tests.table.points import Case, cases_of, each_case, elementwise_ops, quietly

SPECIAL = [op for op in elementwise_ops() if isinstance(op.fn, fallback.SpecialValue)]
# Values of mpmath are rounded once; what differs is SciPy's own error.
FORWARD = 2e-13


@pytest.fixture
def without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "scipy_special", lambda: None)


def test_there_are_special_functions() -> None:
    assert len(SPECIAL) > 50


@each_case(cases_of(SPECIAL))
def test_both_sources_agree(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with_scipy = quietly(case.call)(*case.arrays)
    monkeypatch.setattr(fallback, "scipy_special", lambda: None)
    without = quietly(case.call)(*case.arrays)
    assert without.dtype == np.float64
    assert without == pytest.approx(with_scipy, rel=FORWARD, abs=1e-300)


def test_without_scipy_gradients_work_on_arrays(without_scipy: None) -> None:
    x = np.array([[0.5, 1.5], [2.5, 3.5]])
    got = grad(lambda v: np.sum(FUNCTIONS["gammaln"](v)))(x)
    np.testing.assert_allclose(got, scipy.special.digamma(x), rtol=1e-14)


def test_without_scipy_what_has_no_real_value_is_nan(without_scipy: None) -> None:
    values = FUNCTIONS["erfinv"](np.array([2.0, np.nan, 0.5]))
    assert np.isnan(values[:2]).all()
    assert np.isfinite(values[2])
    assert np.isnan(FUNCTIONS["gamma"](-1.0))


def test_polygamma_and_zeta_come_back_far_left() -> None:
    """SciPy's sum adds one term per unit left of 0: at -1e15 it would run for days."""
    assert FUNCTIONS["polygamma"](1, -1e6 - 0.5) == pytest.approx(np.pi**2, rel=1e-6)
    assert FUNCTIONS["zeta"](2.0, q=-1e15 - 0.5) == pytest.approx(np.pi**2, rel=1e-14)
    assert FUNCTIONS["zeta"](2.0, q=-1e15) == np.inf
    assert FUNCTIONS["zeta"](1.0, q=-1e5 - 0.5) == np.inf
    assert np.isnan(FUNCTIONS["zeta"](2.5, q=-1e5 - 0.5))
    assert np.isnan(FUNCTIONS["polygamma"](-1, 2.0))


@pytest.mark.parametrize("order", [2.0, 3.0, 7.0])
@pytest.mark.parametrize("q", [-10000.25, -20000.9])
def test_hurwitz_zeta_far_left_is_the_sum_that_scipy_would_take(order: float, q: float) -> None:
    expected = scipy.special.zeta(order, q)
    assert FUNCTIONS["zeta"](order, q=q) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("n", "x", "limit"), [(171, 2.0, "limit is 170"), (50, -0.5, "limit is 40 left of 0")]
)
def test_orders_of_polygamma_without_a_float_form_are_refused(n, x, limit) -> None:
    with pytest.raises(LimitError, match=limit):
        FUNCTIONS["polygamma"](n, x)


@pytest.mark.parametrize(("n", "x"), [(1, -0.3), (2, -3.7), (3, -0.5), (5, -12.2), (40, -0.9)])
def test_polygamma_is_reflected(n: int, x: float) -> None:
    import mpmath

    assert FUNCTIONS["polygamma"](n, x) == pytest.approx(float(mpmath.psi(n, x)), rel=1e-12)


def test_scipy_ufuncs_are_recognised_when_met() -> None:
    for name, row in [("expit", "sigmoid"), ("psi", "digamma"), ("gamma", "gamma"), ("jv", "jv")]:
        found = meaning(getattr(scipy.special, name))
        assert isinstance(found, Op)
        assert found.name == row
        assert found.fn is getattr(scipy.special, name)
    x = 0.3
    value = scipy.special.expit(x) * scipy.special.xlogy(x, 2.0)
    program = trace(lambda v: scipy.special.expit(v) * scipy.special.xlogy(v, 2.0), x)
    assert program.values[program.outputs[0]] == value
    assert grad(lambda v: scipy.special.jv(1.0, v))(x) == pytest.approx(
        scipy.special.jvp(1, x), rel=1e-14
    )


def test_a_ufunc_that_only_borrows_a_name_is_not_taken_for_it() -> None:
    imposter = np.frompyfunc(lambda x: x, 1, 1)
    assert meaning(imposter) is None

    class Named:
        __name__ = "gamma"

    assert meaning(Named()) is None


@pytest.mark.parametrize(
    ("expression", "loaded"),
    [
        ("FUNCTIONS['sigmoid'](0.5)", False),
        ("FUNCTIONS['sinc'](0.5), FUNCTIONS['log2'](0.5)", False),
        ("FUNCTIONS['gamma'](0.5)", True),
    ],
)
def test_scipy_is_imported_only_for_special_values(expression: str, loaded: bool) -> None:
    code = (
        "import sys; from gradcli.ops.registry import FUNCTIONS\n"
        "assert 'scipy' not in sys.modules and 'mpmath' not in sys.modules\n"
        f"{expression}\n"
        f"assert ('scipy.special' in sys.modules) == {loaded}, sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_orders_have_no_rule_and_say_so() -> None:
    from gradcli.errors import UsageError

    with pytest.raises(UsageError, match="no derivative rule"):
        grad(lambda v: FUNCTIONS["jv"](v, 2.0))(1.5)
    assert grad(FUNCTIONS["floor"])(1.5) == 0.0
