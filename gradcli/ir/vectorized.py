"""`np.vectorize` on traced values: the loop that it is, and one array of the results.

May import `buffers`, `lists`, `makers`, `methods`, `tracer`. NumPy runs the loop over an array
of Python objects, which no traced value can enter unseen. `reach` puts this in place.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ir.buffers import any_traced
from gradcli.ir.makers import DEEPEST, stacked
from gradcli.ir.methods import cast
from gradcli.ir.tracer import Tracer, settled

NATIVE_CALL = vars(np.vectorize)["__call__"]


@functools.wraps(NATIVE_CALL)
def call(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Stand for `np.vectorize.__call__`: loop where a vectorised argument is traced."""
    given: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
    varied = {k: v for k, v in given.items() if k not in self.excluded}
    if (
        self.signature is not None
        or not callable(self.pyfunc)
        or not any_traced(varied.values(), DEEPEST)
    ):
        return NATIVE_CALL(self, *args, **kwargs)
    arrays = {k: settled(v) for k, v in varied.items()}
    shape = np.broadcast_shapes(*[np.shape(a) for a in arrays.values()])
    # As lists: the function gets Python's numbers, as from NumPy, or traced ones.
    flat = {k: np.ravel(np.broadcast_to(a, shape)).tolist() for k, a in arrays.items()}
    count = int(np.prod(shape, dtype=np.int64))
    if count == 0:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    outputs = [
        _one(self.pyfunc, {**given, **{k: a[i] for k, a in flat.items()}}, len(args))
        for i in range(count)
    ]
    if not isinstance(outputs[0], tuple):
        return _joined(outputs, shape, self.otypes[0] if self.otypes else None)
    columns = zip(*outputs, strict=True)
    kinds = self.otypes or [None] * len(outputs[0])
    return tuple(_joined(list(c), shape, k) for c, k in zip(columns, kinds, strict=True))


def _one(f: Callable[..., Any], given: dict[Any, Any], count: int) -> Any:
    """Call a function with one element of everything."""
    return f(*[given.pop(k) for k in range(count)], **given)


def _joined(results: list[Any], shape: tuple[int, ...], kind: Any) -> Any:
    """Return results as an array of the wanted format: without one, that of the first."""
    first = results[0]
    wanted = kind or (first.dtype if type(first) is Tracer else np.asarray(first).dtype)
    if not any_traced(results):
        return np.reshape(np.asarray(results, dtype=wanted), shape)
    made: Any = np.reshape(stacked(results), shape)
    return made if made.dtype == np.dtype(wanted) else cast(made, wanted)
