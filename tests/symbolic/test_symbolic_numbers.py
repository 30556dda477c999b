import mpmath
import numpy as np
import pytest

from gradcli.ops.entries import Unavailable, wrap
from gradcli.symbolic.functions import FUNCTIONS
from gradcli.symbolic.numbers import _COMPOSED, SymNumbers
from gradcli.symbolic.witness import gradient

# Arguments behind the symbol (which stands last), where there are any before it.
BEFORE = {
    "fadd": (2.5,),
    "fsub": (2.5,),
    "fmul": (2.5,),
    "fdiv": (2.5,),
    "power": (2.5,),
    "hypot": (2.5,),
    "fmod": (2.5,),
    "polygamma": (1,),
    "binomial": (2.5,),
    "gammainc": (2.5,),
    "betainc": (2.5, 1.5, 0.25),
    "atan2": (2.5,),
    "psi": (1,),
    "beta": (2.5,),
    "expint": (2,),
    "zeta": (3,),
    "polylog": (2,),
    "ellipf": (0.75,),
    "uppergamma": (2.5,),
    "lowergamma": (2.5,),
    "legendre": (3,),
    "hermite": (3,),
    "chebyt": (3,),
    "chebyu": (3,),
    "laguerre": (3, 0.5),
    "hyp0f1": (2.5,),
    "hyp1f1": (2.5, 1.5),
    "hyp2f1": (2.5, 1.5, 0.75),
    **{f"bessel{k}": (1,) for k in "jyik"},
}
AT = {"acosh": 1.5, "coth": 1.5, "asec": 1.5, "acsc": 1.5}
# Names that mpmath does not have, by mpmath's other way to say them.
SPELLED = {
    "square": lambda x: x**2,
    "root": mpmath.cbrt,
    "log2": lambda x: mpmath.log(x, 2),
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "polygamma": mpmath.psi,
    "erfcinv": lambda x: mpmath.erfinv(1 - x),
    "airyaiprime": lambda x: mpmath.airyai(x, derivative=1),
    "airybiprime": lambda x: mpmath.airybi(x, derivative=1),
    "uppergamma": mpmath.gammainc,
    "lowergamma": lambda s, x: mpmath.gammainc(s, 0, x),
    "fsum": lambda x: x,
}
NAMES = sorted((set(FUNCTIONS) | set(_COMPOSED)) - {"altzeta"})


@pytest.mark.parametrize("name", NAMES)
def test_every_name_means_what_mpmath_means_by_it(name):
    before, at = BEFORE.get(name, ()), AT.get(name, 0.375)

    def f(x):
        def one(t):
            if name == "fsum":
                return x.m.fsum([t])
            if name == "root":
                return x.m.root(t, 3)
            return getattr(x.m, name)(*before, t)

        return wrap(np.frompyfunc(one, 1, 1)(x.entries), x.m)

    answer = gradient(f, [at], [0])
    with mpmath.workdps(70):
        call = SPELLED.get(name) or getattr(mpmath, name)
        truth = mpmath.mpf(call(*map(mpmath.mpf, before), mpmath.mpf(at)))
        assert abs(answer.value[()] - truth) <= mpmath.mpf(10) ** -55 * (1 + abs(truth))


def test_constants_and_truths():
    def f(x):
        m = x.m
        total = m.pi + m.e + m.euler + m.catalan + m.phi
        truths = m.land(m.lt(0, 1), m.lnot(m.ge(0, 1))) + m.lor(m.gt(0, 1), m.le(0, 1))
        return wrap(
            np.frompyfunc(lambda t: t * 0 + total + truths + m.eq(1, 1) + m.ne(1, 1), 1, 1)(
                x.entries
            ),
            m,
        )

    with mpmath.workdps(70):
        truth = mpmath.pi + mpmath.e + mpmath.euler + mpmath.catalan + mpmath.phi + 3
        assert abs(gradient(f, [1.0], [0]).value[()] - truth) < mpmath.mpf(10) ** -60


def test_a_name_that_sympy_has_no_form_of_is_named():
    def f(x):
        return wrap(np.frompyfunc(x.m.barnesg, 1, 1)(x.entries), x.m)

    assert "no form of barnesg" in gradient(f, [1.5], [0]).note
    assert getattr(SymNumbers(None, None), "call_array", None) is None
    with pytest.raises(Unavailable):
        _ = SymNumbers(None, None).struveh
