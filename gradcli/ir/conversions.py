"""Every way from a traced array to a plain value.

May import `cells`, `calls`, `leaks` and `tracer`. A truth value or an integer is handed out
with a guard; a number never leaves unseen: it is logged, and refused in a strict trace.
Text (``format``, ``str``, ``repr``) is logged only, and the replay test decides.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from threading import get_ident
from typing import Any

import numpy as np

from gradcli.ir.leaks import shown_cut
from gradcli.ir.tracer import Tracer, exposed, is_nonzero, primal, reveal, settled


def plain_value(self: Tracer, what: str) -> Any:
    """Return the plain value of a tracer of any kind, guarded, or logged as a leak."""
    now = settled(self)
    return exposed(now, what) if type(now) is Tracer else now


def truth(self: Tracer) -> bool:
    """Return the truth of a value, as a guard."""
    seen = bool(primal(self))
    now = settled(self)
    if type(now) is Tracer:
        reveal(is_nonzero(now) if now.dtype.kind == "f" else now)
    return seen


def whole(self: Tracer, round_to_integer: Callable[[Any], Any]) -> int:
    """Return a value rounded to a Python integer, as a guard on the rounded value."""
    python = int(round_to_integer(primal(self)))
    rounded = settled(round_to_integer(self))
    if type(rounded) is Tracer:
        reveal(rounded)
    return python


def _to_int(self: Tracer) -> int:
    return whole(self, np.trunc)


def _to_index(self: Tracer) -> int:
    if self.dtype.kind == "f":
        raise TypeError("only integer scalar arrays can be converted to a scalar index")
    return operator.index(plain_value(self, "an index"))


def _to_float(self: Tracer) -> float:
    return float(plain_value(self, "float()"))


def _to_complex(self: Tracer) -> complex:
    return complex(plain_value(self, "complex()"))


def _to_rounded(self: Tracer, digits: int | None = None) -> Any:
    if digits is not None:
        return np.round(self, digits)  # type: ignore[call-overload]
    return whole(self, np.rint)


class TracedInside(Exception):
    """Says that a traced number was met; raised only while `PROBING`."""


# Threads in which a maker lets NumPy look through a nested list, to learn whether a traced
# number is inside: far quicker than looking itself.
PROBING: set[int] = set()


def _to_array(self: Tracer, dtype: Any = None, copy: bool | None = None) -> Any:
    if PROBING and get_ident() in PROBING and self.dtype.kind == "f":
        raise TracedInside
    return np.array(plain_value(self, "a conversion to a plain array"), dtype=dtype)


def _shown(what: str, show: Callable[..., str]) -> Any:
    """Return a method that makes text: logged in every trace the value is of."""

    def forward(self: Tracer, *args: Any) -> str:
        now: Any = settled(self)
        while type(now) is Tracer:
            now.home.leak(shown_cut(what), now.slot)
            now = now.value
        return show(now, *args)

    return forward


def _exit(what: str, use: Callable[..., Any]) -> Any:
    """Return a method that hands raw bytes to code that cannot be followed."""

    def forward(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        return use(np.asarray(plain_value(self, what)), *args, **kwargs)

    return forward


def _identity_hash(self: Tracer) -> int:
    if type(primal(self)) is np.ndarray:
        raise TypeError("unhashable type: 'numpy.ndarray'")
    # By identity: a cache filled during the trace must not answer a later plain call. Two
    # equal numbers are then two keys, so the replay test is asked for.
    now = settled(self)
    now.home.leak(shown_cut("hash()"), now.slot)
    return id(self)


def _reduce(self: Tracer, protocol: Any) -> Any:
    return np.asarray(plain_value(self, "pickle")).__reduce_ex__(protocol)


_METHODS: dict[str, Any] = {
    "__bool__": truth,
    "__int__": _to_int,
    "__trunc__": _to_int,
    "__floor__": lambda self: whole(self, np.floor),
    "__ceil__": lambda self: whole(self, np.ceil),
    "__round__": _to_rounded,
    "__index__": _to_index,
    "__float__": _to_float,
    "__complex__": _to_complex,
    "__array__": _to_array,
    "__hash__": _identity_hash,
    "__reduce_ex__": _reduce,
    "is_integer": lambda self: truth(self == np.trunc(self)),
    "__str__": _shown("str()", str),
    "__repr__": _shown("repr()", repr),
    "__format__": _shown("format()", format),
    "tobytes": _exit("tobytes()", np.ndarray.tobytes),
    "tofile": _exit("tofile()", np.ndarray.tofile),
    "dump": _exit("dump()", np.ndarray.dump),
    "dumps": _exit("dumps()", np.ndarray.dumps),
    "data": property(_exit("its memory (.data)", operator.attrgetter("data"))),
    "ctypes": property(_exit("its memory (.ctypes)", operator.attrgetter("ctypes"))),
}
for _name, _method in _METHODS.items():
    setattr(Tracer, _name, _method)
