"""Numbers that carry a bound of what float rounding has done to them.

May import `numbers`, `ops`. Run over these scalars, the engine's own sweep computes its own
running error bound (J. H. Wilkinson's analysis, done by the machine, as in N. J. Higham,
*Accuracy and Stability of Numerical Algorithms*, 2002, section 3.3): every operation of the
table adds what its own rounding may be and passes on what its arguments bring. A second
figure travels with cotangents: the sum over all paths of the magnitudes of the products,
the scale on which a cancelling sum has to be judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.numbers import MpNumbers, Unknown
from gradcli.ops.entries import EntryArray, apply_array, object_array
from gradcli.ops.op import Op

# Enough digits to hold the product of two doubles exactly.
DIGITS = 36
# Rounding of an operation in units of half an ulp: arithmetic rounds correctly, other
# functions are promised to 4 ulp (reliability.md, promise 9).
_ARITHMETIC_UNITS = 1.0
_FUNCTION_UNITS = 8.0
_CORRECTLY_ROUNDED = frozenset({"sqrt", "square", "reciprocal", "constant"})
_EXACT = frozenset(
    {"abs", "sign", "floor", "ceil", "trunc", "round", "relu", "maximum", "minimum", "fmax"}
    | {"fmin", "copysign", "heaviside", "negative", "where", "stop_gradient", "rint"}
)


# An argument uncertain by this may be anywhere in the wave of a periodic function, which
# then is known to swing by so much; other functions are looked at inside, too.
_WAVES = 0.5
_SWINGS = {"sin": 2.0, "cos": 2.0, "tan": math.inf}
_ENDS = (1, -1)
_INSIDE = (1.0, -1.0, 0.5, -0.5, 0.75, -0.75, 0.25, -0.25)

# Numbers of fewer bits are what was typed, and their sums are exact.
SHORT_BITS = 32


class Bounded:
    """A number, the bound of its float64 error, and the magnitude of its paths.

    Parameters
    ----------
    v
        The value, an mpmath number.
    e
        Bound of the error of its float evaluation.
    a
        Sum of the magnitudes of the products it was added up from; ``None`` for a number
        that no cotangent went into.
    m
        The number system.
    """

    __slots__ = ("a", "e", "m", "v")

    def __init__(self, v: Any, e: float, a: float | None, m: BoundedNumbers) -> None:
        self.v, self.e, self.a, self.m = v, e, a, m

    def __repr__(self) -> str:
        return f"Bounded({float(self.v)!r} ± {self.e:.3g})"

    @property
    def size(self) -> float:
        """The magnitude of the paths, or of the number itself."""
        return abs(float(self.v)) if self.a is None else self.a

    def __add__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        o = self.m.bounded(other)
        paths = None if self.a is None and o.a is None else self.size + o.size
        # NumPy may add in another order, and only sums of short numbers are exact in any.
        short = self.v == 0 or o.v == 0 or (_is_short(self.v) and _is_short(o.v))
        return self.m.rounded(self.v + o.v, self.e + o.e, paths, may_be_exact=short)

    __radd__ = __add__

    def __neg__(self) -> Bounded:
        return Bounded(-self.v, self.e, self.a, self.m)

    def __pos__(self) -> Bounded:
        return self

    def __sub__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self + -self.m.bounded(other)

    def __rsub__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self.m.bounded(other) + -self

    def __mul__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        o = self.m.bounded(other)
        paths = None if self.a is None and o.a is None else _product(self.size, o.size)
        x, y = abs(float(self.v)), abs(float(o.v))
        error = _product(x, o.e) + _product(y, self.e) + _product(self.e, o.e)
        return self.m.rounded(self.v * o.v, error, paths)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        o = self.m.bounded(other)
        q = self.m.plain.fdiv(self.v, o.v)
        away = abs(float(o.v)) - o.e
        spread = self.e + _product(abs(float(q)), o.e)
        error = 0.0 if spread == 0.0 else (spread / away if away > 0.0 else math.inf)
        paths = None if self.a is None else _quotient(self.a, abs(float(o.v)))
        return self.m.rounded(q, error, paths)

    def __rtruediv__(self, other: Any) -> Bounded:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self.m.bounded(other) / self

    def __abs__(self) -> Bounded:
        return Bounded(abs(self.v), self.e, self.a, self.m)

    def __bool__(self) -> bool:
        return bool(self.v)

    def __float__(self) -> float:
        return float(self.v)

    def __lt__(self, other: Any) -> bool:
        return bool(self.v < self.m.bounded(other).v)

    def __le__(self, other: Any) -> bool:
        return bool(self.v <= self.m.bounded(other).v)

    def __gt__(self, other: Any) -> bool:
        return bool(self.v > self.m.bounded(other).v)

    def __ge__(self, other: Any) -> bool:
        return bool(self.v >= self.m.bounded(other).v)

    def __eq__(self, other: object) -> bool:
        return bool(self.v == self.m.bounded(other).v)

    def __hash__(self) -> int:
        return hash(self.v)


def _is_short(v: Any) -> bool:
    """Whether a number has few bits, as whole numbers and simple fractions do."""
    return bool(v._mpf_[3] <= SHORT_BITS)


def _product(x: float, y: float) -> float:
    """Return x·y of magnitudes, where nothing times an infinite bound is nothing."""
    return 0.0 if x == 0.0 or y == 0.0 else x * y


def _quotient(x: float, y: float) -> float:
    return x / y if y > 0.0 else (0.0 if x == 0.0 else math.inf)


class BoundedNumbers:
    """The number system of `Bounded` scalars.

    Parameters
    ----------
    dtype
        The coarsest float type of the program: its half ulp is the unit of rounding.
    measured
        Whether functions that are not elementary are given the error that their float form
        is seen to have, instead of the promised bound.
    exact
        No operation rounds: only what `uncertain` puts on constants is passed on.
    uncertain, given
        Relative error of constants that use many bits: such doubles are mostly rounded, but
        for those `given` as data.
    """

    symbolic = False

    def __init__(
        self,
        dtype: Any = np.float64,
        measured: bool = False,
        exact: bool = False,
        uncertain: float = 0.0,
        given: frozenset[float] = frozenset(),
    ) -> None:
        info, self.uncertain, self.given = np.finfo(dtype), uncertain, given
        self.unit = 0.0 if exact else float(info.eps) / 2
        self.tiny = 0.0 if exact else max(float(info.smallest_subnormal), 5e-324)
        self.bits = int(info.nmant) + 1
        self.lowest = int(info.minexp) - int(info.nmant)
        self.measured = measured
        self.plain = MpNumbers(DIGITS)
        self.digits = DIGITS
        self.nan = Bounded(self.plain.nan, math.inf, None, self)

    def bounded(self, value: Any) -> Bounded:
        """Return a scalar as a bounded one; what comes from outside is exact."""
        if type(value) is Bounded:
            return value
        v = self.plain.convert(value)
        return Bounded(self.plain.mpf(int(v)) if isinstance(v, bool) else v, 0.0, None, self)

    def inputs(self, arrays: Sequence[Any]) -> list[Any]:
        """Return a point over these numbers: its doubles are exact, whatever constants are."""
        return [
            EntryArray(
                object_array([self.bounded(v) for v in np.ravel(x).tolist()], np.shape(x)), self
            )
            for x in arrays
        ]

    def convert(self, value: Any) -> Any:
        """Return the exact scalar of a number; truth values stay truth values."""
        if type(value) is Bounded:
            return value
        if isinstance(value, bool | np.bool_ | Unknown):
            return self.plain.convert(value)
        number = self.bounded(value)
        is_long = self.uncertain and number.v and number.v._mpf_[3] > SHORT_BITS
        if not is_long or float(number.v) in self.given:
            return number
        return Bounded(number.v, self.uncertain * abs(float(number.v)), None, self)

    def rounded(
        self,
        v: Any,
        e: float,
        a: float | None,
        units: float = _ARITHMETIC_UNITS,
        may_be_exact: bool = True,
    ) -> Bounded:
        """Return a result with the error of its own rounding added, unless it is exact."""
        if self.unit and not (may_be_exact and e == 0.0 and self._is_exact(v)):
            e += units * self.unit * abs(float(v)) + self.tiny
        return Bounded(v, math.inf if math.isnan(e) else e, a, self)

    def _is_exact(self, v: Any) -> bool:
        """Whether a number is one of the float type."""
        _sign, _mantissa, exponent, bits = v._mpf_
        return bool(bits <= self.bits and (bits == 0 or exponent >= self.lowest))

    def spend(self, amount: int) -> None:
        """Count work."""
        self.plain.spend(amount)

    def finish(self, op: Op, value: Any) -> Any:
        """Return a result as a scalar of this system."""
        return value if type(value) is Bounded else self.convert(self.plain.finish(op, value))

    # Operations of the table.

    def call(self, op: Op, form: Any, params: Mapping[str, Any], *xs: Any) -> Any:
        """Return an elementwise operation at bounded scalars, as one rounded step."""
        direct = _DIRECT.get(op.name)
        if direct is not None:
            return direct(*[self.bounded(x) for x in xs])
        if op.name == "where":
            return self.bounded(xs[1] if xs[0] else xs[2])
        vs = [x.v if type(x) is Bounded else x for x in xs]
        v = self.plain.call(op, form, params, *vs)
        if isinstance(v, bool):
            return v
        error = sum(self._spread(op, form, params, vs, k, x) for k, x in enumerate(xs))
        paths = self._paths(op, form, params, vs, xs)
        if op.name in _EXACT:
            return Bounded(v, error, paths, self)
        units = _ARITHMETIC_UNITS if op.name in _CORRECTLY_ROUNDED else _FUNCTION_UNITS
        if self.measured and units == _FUNCTION_UNITS:
            error += self._seen_error(op, form, params, vs)
        return self.rounded(v, error, paths, units)

    def _paths(
        self, op: Op, form: Any, params: Mapping[str, Any], vs: list[Any], xs: Sequence[Any]
    ) -> float | None:
        """Return the magnitude of the paths through a function that is linear in a cotangent."""
        total = None
        for k, x in enumerate(xs):
            if type(x) is Bounded and x.a is not None:
                unit = [*vs[:k], self.plain.one, *vs[k + 1 :]]
                slope = abs(float(self.plain.call(op, form, params, *unit)))
                share = _product(x.a, slope)
                total = share + (total or 0.0) if math.isfinite(share) else total or 0.0
        return total

    def _spread(
        self, op: Op, form: Any, params: Mapping[str, Any], vs: list[Any], k: int, x: Any
    ) -> float:
        """Return how far a function moves when one argument moves by its error."""
        if type(x) is not Bounded or x.e == 0.0 or is_nan(x.v):
            return 0.0
        if math.isinf(x.e):
            return math.inf
        here = self.plain.call(op, form, params, *vs)
        if x.e >= _WAVES:
            swing = _SWINGS.get(op.name)
            if swing is not None:
                return swing
        moved = []
        for share in _ENDS if x.e < _WAVES else _INSIDE:
            other = [*vs[:k], vs[k] + share * self.plain.mpf(x.e), *vs[k + 1 :]]
            there = self.plain.call(op, form, params, *other)
            moved.append(abs(float(there - here)))
        known = [d for d in moved if not math.isnan(d)]
        return max(known, default=math.inf)

    def _seen_error(self, op: Op, form: Any, params: Mapping[str, Any], vs: list[Any]) -> float:
        """Return twice the error of the float form at the doubles nearest to the arguments."""
        floats = [np.float64(float(v)) for v in vs]
        with np.errstate(all="ignore"):
            got = float(op.fn(*floats, **params))
        true = self.plain.call(op, form, params, *[self.plain.mpf(float(v)) for v in floats])
        error = abs(float(got - true))
        return 0.0 if math.isnan(error) else 2.0 * error

    def call_array(self, op: Op, raw: Sequence[Any], params: Mapping[str, Any]) -> Any:
        """Return a whole-array operation: structure runs on the scalars, others are sampled."""
        if op.form is None:
            return apply_array(self, op, raw, params)
        from gradcli.exact.sampled import sampled_array

        return sampled_array(self, op, raw, params)


_DIRECT: Mapping[str, Callable[..., Bounded]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "negative": lambda a: -a,
    "masked_multiply": lambda g, p: _masked_product(g, p),  # noqa: PLW0108
}


def _masked_product(g: Bounded, p: Bounded) -> Bounded:
    """Return g·p, or g where it is zero and p is no number."""
    return g if g.v == 0 and (is_nan(p.v) or is_infinite(p.v)) else g * p
