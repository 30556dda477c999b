"""What `np.float64` and `np.float32` mean where a traced number is to be converted.

May import `buffers`, `lists`, `methods`, `tracer`. Like `floats`, for NumPy's own types: a
stand-in is the type to everyone who asks, be it for an instance, a subclass or a dtype; only
a call on a traced value differs. `reach` puts them in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.buffers import is_traced
from gradcli.ir.lists import read
from gradcli.ir.methods import cast
from gradcli.ir.tracer import settled


def _own(cls: type) -> Any:
    """Return the type that a class stands for, ``None`` for a user's subclass of it."""
    return vars(cls).get("stands_for")


class _Meta(type):
    """Answers for a number type wherever Python asks the class."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        own = _own(cls)
        if own is None:
            return super().__call__(*args, **kwargs)
        if args and is_traced(given := read(args[0])):
            return _as_number(given, own)
        return own(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        own = _own(cls)
        return super().__instancecheck__(instance) if own is None else isinstance(instance, own)

    def __subclasscheck__(cls, subclass: type) -> bool:
        own = _own(cls)
        return super().__subclasscheck__(subclass) if own is None else issubclass(subclass, own)

    def __eq__(cls, other: object) -> bool:
        return other is cls or (other is not None and other is _own(cls))

    def __hash__(cls) -> int:
        return type.__hash__(_own(cls) or cls)

    def __repr__(cls) -> str:
        return type.__repr__(_own(cls) or cls)


class Float64(np.float64, metaclass=_Meta):
    """`np.float64`, whose call on a traced value is that value in this format."""

    stands_for = np.float64
    # ``dtype=np.float64`` asks for this.
    dtype: Any = np.dtype(np.float64)


class Float32(np.float32, metaclass=_Meta):
    """`np.float32`, whose call on a traced value is that value in this format."""

    stands_for = np.float32
    dtype: Any = np.dtype(np.float32)


for _class in (Float64, Float32):
    _class.__name__ = _class.__qualname__ = _class.stands_for.__name__
    _class.__module__ = "numpy"


def _as_number(value: Any, own: Any) -> Any:
    """Return a traced value in a number type; what has no dimension becomes a scalar."""
    now = settled(value)
    number: Any = now if np.shape(now) else np.reshape(now, ())[()]
    return number if number.dtype == np.dtype(own) else cast(number, own)


NUMBER_TYPES = {"float64": Float64, "double": Float64, "float32": Float32, "single": Float32}
