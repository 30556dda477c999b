"""The same numbers in another floating-point format.

May import `op`, `rule` and NumPy. Rounding to a shorter format is a staircase of tiny
steps; its derivative is taken as 1, and exact numbers are left as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.op import Op, call
from gradcli.ops.rule import Linear


def _cast(x: Any, dtype: str) -> Any:
    return np.asarray(x).astype(dtype)[()]


cast: Op = Op(
    "cast",
    _cast,
    Linear((lambda g, y, x, dtype: cast.apply((g,), {"dtype": x.dtype.name}),)),
    params={"dtype": "float64"},
    numpy=(np.astype,) if hasattr(np, "astype") else (),
    mp=lambda m, x, dtype: x,
    samples=(call(1.5, dtype="float64"), call(-2.25, dtype="float64")),
    bad=(call(1.0, dtype="no such format"),),
    doc="The same numbers in another floating-point format.",
)

TABLE = (cast,)
