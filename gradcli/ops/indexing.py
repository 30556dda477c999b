"""Reading elements of an array, and its transpose, writing into zeros.

May import `op`, `rule`, `duck` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Op, call
from gradcli.ops.rule import Linear


def _put_zero(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros of `shape` with `g` added at `index` (repeated positions add up)."""
    out = np.zeros(shape, dtype=np.asarray(g).dtype)
    np.add.at(out, index, g)
    return out


def _accumulate(buffer: Any, g: Any, x: Any, index: Any) -> None:
    """Add the cotangent of a read into the parent's buffer."""
    if type(index) in _ONE_PLACE:
        buffer[index] += g
    else:
        np.add.at(buffer, index, g)


_ONE_PLACE = frozenset({int, slice})

getitem = Op(
    "getitem",
    lambda x, index: x[index],
    Linear((lambda g, y, x, index: put_zero(g, index=index, shape=np.shape(x)),)),
    params={"index": None},
    accumulate=_accumulate,
    samples=(call([1.0, 2.0, 3.0], index=1), call([1.0, 2.0, 3.0], index=slice(None, None, 2))),
    bad=(call([1.0, 2.0, 3.0], index=5),),
    doc="Elements at an index, as NumPy reads them.",
)
put_zero = Op(
    "put_zero",
    _put_zero,
    Linear((lambda g, y, x, index, shape: g[index],)),
    params={"index": None, "shape": None},
    samples=(call([1.0, 2.0], index=slice(0, 2), shape=(4,)),),
    doc="Zeros with the given elements added at an index: the transpose of reading.",
)
SURFACE["getitem"] = getitem

TABLE = (getitem, put_zero)
