"""What `float` means while a trace runs: a traced number stays traced.

May import `buffers`, `tracer` and NumPy. ``return float(loss)`` is the commonest last line of a
loss. Python's own `float` takes the bare number out of whatever it is given, so the name
stands for this class meanwhile. It is `float` to everyone who asks: an instance test, a
comparison, a dtype, a subclass; only a call on a traced value differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.buffers import is_traced
from gradcli.ir.tracer import settled
from gradcli.ops.pythonic import FLOAT


class _Meta(type):
    """Answers for `float` wherever Python asks the class."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not Float:
            return super().__call__(*args, **kwargs)
        if args and is_traced(args[0]):
            return _as_number(args[0])
        return FLOAT(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is not Float:
            return super().__instancecheck__(instance)
        return isinstance(instance, FLOAT)

    def __subclasscheck__(cls, subclass: type) -> bool:
        if cls is not Float:
            return super().__subclasscheck__(subclass)
        return issubclass(subclass, FLOAT)

    def __eq__(cls, other: object) -> bool:
        return other is cls or (cls is Float and other is FLOAT)

    def __hash__(cls) -> int:
        return hash(FLOAT) if cls is Float else super().__hash__()

    def __repr__(cls) -> str:
        return repr(FLOAT) if cls is Float else super().__repr__()


class Float(float, metaclass=_Meta):
    """`float`, whose call on a traced value is that value as a float64 number."""

    # ``dtype=float`` asks for this.
    dtype = np.dtype(np.float64)


Float.__name__ = Float.__qualname__ = "float"
Float.__module__ = "builtins"


def _as_number(value: Any) -> Any:
    """Return a traced array of one entry as a traced float64 number."""
    now = settled(value)
    if np.size(now) != 1:
        raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
    number = now if np.shape(now) == () else np.reshape(now, ())[()]
    return number if number.dtype == np.float64 else number.astype(np.float64)
