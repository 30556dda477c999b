"""Functions that leave ordinary real numbers as they are, or scale them by powers of two.

May import `op`, `rule` and NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import NONDIFF, ZERO, Elementwise, Flat

conjugate = Op(
    "conjugate",
    np.conjugate,
    Elementwise((1.0,)),
    numpy=(np.conjugate, np.real, np.real_if_close),
    aliases=("conj", "real"),
    mp=lambda m, x: x + 0,
    samples=(call(1.5), call(-2.0)),
    doc="The real number itself.",
)
imag = Op(
    "imag",
    lambda x: 0.0 * x,
    Flat(ZERO),
    numpy=(np.imag,),
    mp=lambda m, x: 0 * x,
    samples=(call(1.5), call(-2.0)),
    doc="0, the imaginary part of a real number.",
)


def _nan_to_num_form(m: Any, x: Any, copy: Any, nan: Any, posinf: Any, neginf: Any) -> Any:
    """Return x, its non-finite values replaced; an exact number is finite unless it says so."""
    big = float(np.finfo(np.float64).max)
    high = m.convert(big if posinf is None else posinf)
    low = m.convert(-big if neginf is None else neginf)
    replaced = m.where(m.isinf(x), m.where(m.gt(x, 0), high, low), x)
    return m.where(m.isnan(x), m.convert(nan), replaced)


nan_to_num = Op(
    "nan_to_num",
    np.nan_to_num,
    Elementwise((lambda y, x, **_params: np.where(np.isfinite(x), 1.0, 0.0),)),
    params={"copy": True, "nan": 0.0, "posinf": None, "neginf": None},
    numpy=(np.nan_to_num,),
    mp=_nan_to_num_form,
    sym=lambda m, x, **_params: x,
    samples=(call(1.5), call(-2.0)),
    doc="x with NaN and infinities replaced by numbers.",
)
ldexp: Op = Op(
    "ldexp",
    lambda x, k: np.ldexp(x, np.asarray(k).astype(np.int64)),
    Elementwise((lambda y, x, k: ldexp(1.0, k), NONDIFF)),
    arrays=2,
    numpy=(np.ldexp, math.ldexp),
    mp=lambda m, x, k: x * m.power(2, k),
    samples=(call(1.5, 3), call(-2.0, -1)),
    bad=(call([1.0, 2.0], [1, 2, 3]),),
    doc="x*2**k for an integer k.",
)

TABLE = (conjugate, imag, nan_to_num, ldexp)
