"""NumPy functions that the tracer answers itself: writes, copies, and some questions.

May import `calls`, `methods`, `tracer` and `errors`; fills `tracer.SPECIAL`. A question whose
answer is positions is recorded as an operation without derivative; the answer is handed out
plain, with a guard, as the table's own (`argsort`, `argmax`) are.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ir.calls import put
from gradcli.ir.methods import cast, copied
from gradcli.ir.tracer import SPECIAL, Tracer, fresh, primal, reveal, settled
from gradcli.ops.duck import SURFACE
from gradcli.ops.op import Op
from gradcli.ops.rule import NONDIFF, Flat


def _plain(value: Any) -> Any:
    """Return indices, masks and counts as plain arrays."""
    now = settled(value)
    return np.asarray(reveal(now) if type(now) is Tracer else now)


def _cycled(values: Any, count: int) -> Any:
    """Return `count` values, beginning anew where there are fewer."""
    flat = np.reshape(settled(values), (-1,))
    return flat[np.arange(count) % np.size(flat)] if count else flat[:0]


def _at(target: Any, flat: Any) -> Any:
    return np.unravel_index(flat, np.shape(target))


def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    value = settled(src)
    put(dst, ..., value if where is True else np.where(where, value, settled(dst)))


def _put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    size = int(np.prod(np.shape(a), dtype=np.int64))
    flat = np.arange(size).take(_plain(ind).ravel(), mode=mode)  # type: ignore[call-overload]
    put(a, _at(a, flat), _cycled(v, flat.size))


def _place(arr: Any, mask: Any, vals: Any) -> None:
    flat = np.flatnonzero(_plain(mask))
    put(arr, _at(arr, flat), _cycled(vals, flat.size))


def _putmask(a: Any, mask: Any, values: Any) -> None:
    flat = np.flatnonzero(_plain(mask))
    source = np.reshape(settled(values), (-1,))
    put(a, _at(a, flat), source[flat % np.size(source)])


def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    marks = np.zeros(np.shape(a), dtype=bool)
    np.fill_diagonal(marks, True, wrap)
    flat = np.flatnonzero(marks)
    put(a, _at(a, flat), _cycled(val, flat.size))


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    positions = np.arange(int(np.prod(np.shape(arr)))).reshape(np.shape(arr))
    flat = np.take_along_axis(positions, _plain(indices), axis)
    put(arr, _at(arr, flat), values)


def _where(*args: Any) -> Any:
    if len(args) == 1:
        return np.nonzero(args[0])
    top = max((a for a in args if type(a) is Tracer), key=_level, default=None)
    known = SURFACE[np.where]
    return known(*args) if top is None else top.duck_apply(known, args, known.params)  # type: ignore[arg-type]


def _ravel(a: Any, order: Any = "C") -> Any:
    """Return the elements in one vector: a view where NumPy gives one, else a copy."""
    flat = SURFACE[np.ravel](a, order=order)
    shares = np.may_share_memory(np.ravel(primal(a), order=order), primal(a))
    return flat if shares or type(flat) is not Tracer else fresh(flat)


def _level(tracer: Tracer) -> int:
    return tracer.home.level


def _set_like(a: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    return np.full(np.shape(a), fill_value, dtype=a.dtype if dtype is None else dtype)


def _logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return numbers spaced evenly in their logarithm, as NumPy computes them."""
    if np.ndim(base):
        raise UsageError("E018", "`logspace` does not follow an array for `base=`")
    y = np.power(base, np.linspace(start, stop, num=num, endpoint=endpoint, axis=axis))
    return y if dtype is None else y.astype(dtype)


def _geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Return numbers with even ratios: a `logspace` whose ends are exact."""
    start, stop = np.multiply(start, 1.0), np.multiply(stop, 1.0)
    if np.any(start == 0) or np.any(stop == 0):
        raise ValueError("Geometric sequence cannot include zero")
    sign = np.sign(start)
    first, last = start / sign, stop / sign
    y: Any = _logspace(np.log10(first), np.log10(last), num, endpoint)
    ends = [np.broadcast_to(v, np.shape(y)[1:])[None] for v in (first, last)]
    inner = y[1 : num - 1] if endpoint else y[1:]
    parts = [ends[0], inner, ends[1]] if endpoint and num > 1 else [ends[0], inner]
    y = (np.concatenate(parts) if num > 0 else y) * sign
    y = np.moveaxis(y, 0, axis) if axis else y
    return y if dtype is None else y.astype(dtype)


def _apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """Apply a function over several axes in turn, each kept in the result."""
    value = settled(a)
    for axis in np.atleast_1d(axes).tolist():
        at = axis % np.ndim(value)
        made = func(value, at)
        if np.ndim(made) != np.ndim(value):
            made = np.expand_dims(made, at)
        value = made
    return value


_ANSWERS: dict[Any, Any] = {
    np.copyto: _copyto,
    np.put: _put,
    np.place: _place,
    np.putmask: _putmask,
    np.fill_diagonal: _fill_diagonal,
    np.put_along_axis: _put_along_axis,
    np.copy: lambda a, order="K", subok=False: copied(a, order),
    np.where: _where,
    np.astype: lambda x, dtype, copy=True, device=None: cast(x, dtype),
    np.ravel: _ravel,
    np.full_like: _set_like,
    np.logspace: _logspace,
    np.geomspace: _geomspace,
    np.apply_over_axes: _apply_over_axes,
    np.shares_memory: lambda a, b, max_work=None: np.shares_memory(primal(a), primal(b)),
    np.may_share_memory: lambda a, b, max_work=None: np.may_share_memory(primal(a), primal(b)),
}

# Questions that have no row in the table: number of arrays, then the names of further
# positional arguments.
_ORDERS: dict[Any, tuple[int, tuple[str, ...]]] = {
    np.nanargmax: (1, ("axis", "out")),
    np.nanargmin: (1, ("axis", "out")),
    np.digitize: (2, ("right",)),
    np.isposinf: (1, ()),
    np.isneginf: (1, ()),
}


@cache
def _order_op(function: Any, arrays: int) -> Op:
    """Return an operation that computes a NumPy function without derivative."""
    return Op(
        function.__name__,
        lambda *xs, options: function(*xs, **dict(options)),
        Flat(NONDIFF),
        arrays=arrays,
        params={"options": ()},
        doc=f"{function.__name__} of NumPy; it has no derivative.",
    )


def ordered(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record a question about order or truth; integers are handed out with a guard."""
    count, names = _ORDERS[function]
    said = {**dict(zip(names, args[count:], strict=False)), **kwargs}
    options = tuple((k, v) for k, v in said.items() if v is not None and v is not np._NoValue)
    return _order_op(function, count)(*map(settled, args[:count]), options=options)


def _answering(answer: Any) -> Any:
    return lambda _function, args, kwargs: answer(*args, **kwargs)


for _function, _answer in _ANSWERS.items():
    SPECIAL[_function] = _answering(_answer)
for _function in _ORDERS:
    if _function not in SURFACE:
        SPECIAL[_function] = ordered
