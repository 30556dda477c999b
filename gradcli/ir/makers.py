"""NumPy's array makers as they are while a trace runs: traced values in, buffers out.

May import `buffers`, `conversions`, `methods`, `storage`, `tracer`. What `np.asarray(x)` or
``np.array([x[0], 1.0])`` do to a traced value never reaches NumPy's protocols, so `patches`
puts these functions in the place of NumPy's own while a trace runs. Traced arguments are
recognised by their type, in every thread; buffers are handed out only to the user's code
in a thread that traces, never to gradcli's own.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from threading import get_ident
from typing import Any

import numpy as np

from gradcli.ir.buffers import Buffer, any_traced, as_buffer, contents, taint_of
from gradcli.ir.cells import Stored
from gradcli.ir.conversions import PROBING, TracedInside
from gradcli.ir.leaks import object_leak
from gradcli.ir.methods import cast, copied
from gradcli.ir.storage import joined_scalars, joined_vectors
from gradcli.ir.taints import TAINTED
from gradcli.ir.tracer import CONVERTERS, Tracer, arrayed, exposed, primal, settled

# How many traces run in a thread.
RUNNING: dict[int, int] = {}

# NumPy's own limit on dimensions, and so on the nesting of a list that it reads.
DEEPEST = 64
_LISTS = (list, tuple)
_SCALARS = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.bool_})


def is_users(frame: Any) -> bool:
    """Whether a call comes from the user's code in a tracing thread."""
    name: str = frame.f_globals.get("__name__", "")
    return get_ident() in RUNNING and not name.startswith("gradcli.")


def _wraps(original: Any) -> Callable[[Callable[..., Any]], Any]:
    """Dress a replacement as the original: name, module, documentation, `__wrapped__`."""

    def dress(make: Callable[..., Any]) -> Any:
        dressed: Any = functools.wraps(original)(make)
        dressed._implementation = getattr(original, "_implementation", original)
        return dressed

    return dress


def filled(original: Any) -> Any:
    """Return a maker of fresh arrays (`np.zeros`) that hands out buffers."""

    @_wraps(original)
    def make(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        return as_buffer(made) if is_users(sys._getframe(1)) else made

    return make


def _is_asked(copy: Any) -> bool:
    """Whether a copy is asked for; ``None`` and NumPy's own words mean only where needed."""
    return copy is True or getattr(copy, "name", "") == "ALWAYS"


def _full(original: Any) -> Any:
    @_wraps(original)
    def make(
        shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **kwargs: Any
    ) -> Any:
        if any_traced((fill_value,)):
            value = settled(fill_value)
            made = original(shape, 0, value.dtype if dtype is None else dtype, order, **kwargs)
            made = made.view(Buffer)
            made[...] = value
            return made
        made = original(shape, fill_value, dtype, order, **kwargs)
        return as_buffer(made) if is_users(sys._getframe(1)) else made

    return make


def _full_like(original: Any) -> Any:
    @_wraps(original)
    def make(a: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if any_traced((fill_value,)):
            shape = kwargs.get("shape")
            kind = np.asarray(a).dtype if type(a) is not Tracer else a.dtype
            return np.full(np.shape(a) if shape is None else shape, fill_value, dtype or kind)
        made = original(a, fill_value, dtype, *args, **kwargs)
        return as_buffer(made) if is_users(sys._getframe(1)) else made

    return make


def _arange(original: Any) -> Any:
    @_wraps(original)
    def make(*args: Any, **kwargs: Any) -> Any:
        if not any_traced((*args, *kwargs.values())):
            made = original(*args, **kwargs)
            return as_buffer(made) if is_users(sys._getframe(1)) else made
        limits = [settled(a) for a in args if a is not None]
        count = original(*map(primal, limits)).size
        start = limits[0] if len(limits) > 1 else 0.0
        step = limits[2] if len(limits) > 2 else 1.0
        # As NumPy computes it: from the first two elements.
        return start + np.arange(count) * ((start + step) - start)

    return make


def _array(original: Any) -> Any:
    @_wraps(original)
    def make(
        obj: Any,
        dtype: Any = None,
        *,
        copy: Any = True,
        order: Any = "K",
        subok: bool = False,
        ndmin: int = 0,
        **kwargs: Any,
    ) -> Any:
        found = _converted(obj, dtype, _is_asked(copy), ndmin, order)
        if found is not _NOT_TRACED:
            return found
        made = original(obj, dtype, copy=copy, order=order, subok=subok, ndmin=ndmin, **kwargs)
        if made is not obj and _is_asked(copy) and is_users(sys._getframe(1)):
            return as_buffer(made)
        return made

    return make


def _as_array(original: Any, ndmin: int = 0, order: str = "") -> Any:
    """Return `np.asarray` or one of its kin, which copy only where they must."""

    @_wraps(original)
    def make(obj: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        wanted = order or _wanted_order(args, kwargs)
        found = _converted(obj, dtype, _is_asked(kwargs.get("copy")), ndmin)
        if found is not _NOT_TRACED:
            return found if _is_laid_out(found, wanted) else copied(found, wanted)
        if type(obj) is Buffer and (dtype is None or np.dtype(dtype) == obj.dtype):
            return obj if _is_laid_out(obj, wanted) else as_buffer(copied(contents(obj), wanted))
        made = original(obj, dtype, *args, **kwargs)
        is_fresh = type(obj) in _LISTS or type(obj) in _SCALARS
        return as_buffer(made) if is_fresh and is_users(sys._getframe(1)) else made

    return make


def _wanted_order(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return the memory order that `np.asarray` or `np.require` was asked for, if any."""
    said = [*args[:1], kwargs.get("order"), kwargs.get("requirements")]
    words = [w for s in said if s for w in ([s] if type(s) is str else s)]
    return next((str(w)[0].upper() for w in words if str(w)[0].upper() in "CF"), "")


def _is_laid_out(value: Any, order: str) -> bool:
    """Whether an array has the wanted memory order already."""
    if not order or type(value) not in (Tracer, Stored, Buffer) or value.ndim == 0:
        return True
    flags = value.flags
    return bool(flags.f_contiguous if order == "F" else flags.c_contiguous)


def _checked(original: Any) -> Any:
    as_array = _as_array(original)

    @_wraps(original)
    def make(a: Any, dtype: Any = None, order: Any = None) -> Any:
        if any_traced((a,)) and not np.isfinite(primal(settled(a))).all():
            raise ValueError("array must not contain infs or NaNs")
        return as_array(a, dtype, order)

    return make


def _copy(original: Any) -> Any:
    @_wraps(original)
    def make(a: Any, order: Any = "K", subok: bool = False) -> Any:
        found = _converted(a, None, True, 0, order)
        if found is not _NOT_TRACED:
            return found
        made = original(a, order, subok)
        return as_buffer(made) if is_users(sys._getframe(1)) else made

    return make


def _from_iterable(original: Any) -> Any:
    @_wraps(original)
    def make(iter: Any, dtype: Any, count: int = -1, **kwargs: Any) -> Any:
        items = list(iter if count < 0 else islice(iter, count))
        if any_traced(items):
            return _typed(stacked(items), dtype)
        made = original(items, dtype, count, **kwargs)
        return as_buffer(made) if is_users(sys._getframe(1)) else made

    return make


_NOT_TRACED = object()


def _converted(obj: Any, dtype: Any, copy: bool, ndmin: int, order: Any = "K") -> Any:
    """Return the traced array that an argument means, or `_NOT_TRACED`."""
    kind = type(obj)
    if kind is Tracer or kind is Stored or (kind is Buffer and taint_of(obj) is not None):
        made = obj
    elif kind in _LISTS and _has_traced_inside(obj):
        made = stacked(obj)
    else:
        return _NOT_TRACED
    made = _typed(made, dtype)
    if copy and made is obj:
        made = copied(contents(made) if type(made) is Buffer else made, order)
    if type(made) is Tracer:
        made = arrayed(made)
    lacking = ndmin - np.ndim(made)
    return np.reshape(made, (1,) * lacking + np.shape(made)) if lacking > 0 else made


def _typed(made: Any, dtype: Any) -> Any:
    """Return a traced array in the wanted dtype; integers and truth values are plain."""
    if dtype is not None and np.dtype(dtype) == object:
        raise object_leak().here()
    if dtype is not None and np.dtype(dtype) != made.dtype:
        made = cast(made if type(made) is not Buffer else contents(made), dtype)
    if type(made) in CONVERTERS and type(made) is not Buffer and made.dtype.kind != "f":
        made = settled(made)
    if type(made) is Tracer and made.dtype.kind != "f":
        return exposed(made, "np.array")
    return made


def _has_traced_inside(obj: Any) -> bool:
    """Whether a nested list holds traced numbers: NumPy looks, and meets one or not."""
    if TAINTED and any_traced(obj, DEEPEST):
        return True
    ident = get_ident()
    if ident in PROBING:
        return any_traced(obj, DEEPEST)
    PROBING.add(ident)
    try:
        ORIGINALS["asarray"](obj)
    except TracedInside:
        return True
    except ValueError:
        return any_traced(obj, DEEPEST)
    finally:
        PROBING.discard(ident)
    return False


def stacked(obj: Any, depth: int = DEEPEST) -> Any:
    """Return a nested list with traced values inside as one recorded array.

    Raises
    ------
    ValueError
        Where the parts have different shapes, or the nesting is too deep.
    """
    if depth == 0:
        raise ValueError("setting an array element with a sequence: nested too deeply")
    rows = [stacked(v, depth - 1) if type(v) in _LISTS else settled(v) for v in obj]
    if not rows:
        return np.array([])
    shapes = {np.shape(r) for r in rows}
    if len(shapes) > 1:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an "
            f"inhomogeneous shape: its parts have shapes {sorted(shapes)}"
        )
    shape = shapes.pop()
    if shape == ():
        return joined_vectors(joined_scalars(rows, np.result_type(*rows)))
    flat = joined_vectors([np.reshape(r, (-1,)) for r in rows])
    return np.reshape(flat, (len(rows), *shape))


for _list in _LISTS:
    CONVERTERS[_list] = lambda v: stacked(v) if any_traced(v, DEEPEST) else np.asarray(v)

_FRESH = (
    *("zeros", "ones", "empty", "eye", "identity", "tri", "linspace", "logspace", "geomspace"),
    *("zeros_like", "ones_like", "empty_like", "tile"),
)
_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_FRESH, filled),
    "full": _full,
    "full_like": _full_like,
    "arange": _arange,
    "array": _array,
    "asarray": _as_array,
    "asanyarray": _as_array,
    "ascontiguousarray": functools.partial(_as_array, ndmin=1, order="C"),
    "asfortranarray": functools.partial(_as_array, ndmin=1, order="F"),
    "require": _as_array,
    "asarray_chkfinite": _checked,
    "copy": _copy,
    "fromiter": _from_iterable,
}
ORIGINALS: Mapping[str, Any] = {name: getattr(np, name) for name in _MAKERS}
REPLACEMENTS: Mapping[str, Any] = {
    name: replace(ORIGINALS[name]) for name, replace in _MAKERS.items()
}
