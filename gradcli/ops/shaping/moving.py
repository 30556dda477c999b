"""Elements moved or repeated: flip, roll, rotate, tile, repeat, pad.

May import `axes`, `op`, `rule` and NumPy. All but `roll` are composites over reading by
index, so that their derivative is that of `getitem`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.ops.axes import normal_axes, normal_axis, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Linear

_FACE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def _back(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift


roll = Op(
    "roll",
    lambda x, shift=1, axis=None: np.roll(x, shift, axis=axis),
    Linear((lambda g, y, x, shift=1, axis=None: np.roll(g, _back(shift), axis=axis),)),
    params={"shift": 1, "axis": None},
    numpy=(np.roll,),
    samples=(
        call([1.0, 2.0, 3.0], shift=1),
        call(_FACE, shift=-2),
        call(_FACE, shift=(1, 2), axis=(0, 1)),
        call(_FACE, shift=1, axis=-1),
    ),
    bad=(call([1.0, 2.0], shift=1, axis=1),),
    doc="Elements shifted around cyclically.",
)


def _flip(m: Any, axis: Any = None) -> Any:
    ndim = len(shape_of(m))
    axes = normal_axes(axis, ndim)
    back = slice(None, None, -1)
    return m[tuple(back if i in axes else slice(None) for i in range(ndim))]


def _rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    ndim = len(shape_of(m))
    first, second = (normal_axis(int(a), ndim) for a in axes)
    if first == second:
        raise ValueError("Axes must be different.")
    quarter = k % 4
    if quarter == 0:
        return m
    if quarter == 2:
        return np.flip(np.flip(m, first), second)
    if quarter == 1:
        return np.swapaxes(np.flip(m, second), first, second)
    return np.flip(np.swapaxes(m, first, second), second)


def _tile(A: Any, reps: Any) -> Any:
    times = (int(reps),) if np.ndim(reps) == 0 else tuple(int(r) for r in reps)
    shape = shape_of(A)
    ndim = max(len(shape), len(times))
    shape = (1,) * (ndim - len(shape)) + tuple(shape)
    times = (1,) * (ndim - len(times)) + times
    apart = np.reshape(A, tuple(n for size in shape for n in (1, size)))
    wide = np.broadcast_to(apart, tuple(n for pair in zip(times, shape, strict=True) for n in pair))
    return np.reshape(wide, tuple(r * n for r, n in zip(times, shape, strict=True)))


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    shape = shape_of(a)
    axis = normal_axis(axis, len(shape))
    places = np.repeat(np.arange(shape[axis]), repeats)
    return a[(slice(None),) * axis + (places,)]


# Modes of np.pad that only copy elements of the array, so that an index says all.
_COPYING = frozenset({"edge", "reflect", "symmetric", "wrap"})


def _pad_widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, dict):
        given = {normal_axis(a, ndim): w for a, w in pad_width.items()}
        pad_width = [given.get(i, 0) for i in range(ndim)]
        pairs = [np.broadcast_to(w, (2,)) for w in pad_width]
    else:
        pairs = list(np.broadcast_to(np.asarray(pad_width), (ndim, 2)))
    widths = [(int(before), int(after)) for before, after in pairs]
    if any(b < 0 or a < 0 for b, a in widths):
        raise ValueError("index can't contain negative values")
    return widths


def _pad(
    array: Any,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0,
    reflect_type: str = "even",
) -> Any:
    shape = shape_of(array)
    widths = _pad_widths(pad_width, len(shape))
    if mode == "constant":
        return _pad_constant(array, widths, constant_values)
    if mode not in _COPYING or reflect_type != "even":
        raise TypeError(f"pad with mode {mode!r} is not followed")
    for axis, (before, after) in enumerate(widths):
        places = np.pad(np.arange(shape[axis]), (before, after), mode=mode)  # type: ignore[call-overload]
        array = array[(slice(None),) * axis + (places,)]
    return array


def _pad_constant(array: Any, widths: list[tuple[int, int]], values: Any) -> Any:
    """Return the array with constant borders, laid axis by axis as NumPy does."""
    if shape_of(values):
        values = np.broadcast_to(values, (len(widths), 2))
    for axis, (before, after) in enumerate(widths):
        low, high = (values[axis][0], values[axis][1]) if shape_of(values) else (values, values)
        shape = shape_of(array)
        parts = [
            np.broadcast_to(v, (*shape[:axis], n, *shape[axis + 1 :]))
            for v, n in ((low, before), (high, after))
        ]
        array = np.concatenate([parts[0], array, parts[1]], axis=axis)
    return array


flip = Composite(
    "flip",
    _flip,
    params={"axis": None},
    numpy=(np.flip,),
    samples=(call([1.0, 2.0, 3.0]), call(_FACE, axis=-1), call(_FACE, axis=(0, 1))),
    bad=(call([1.0], axis=1),),
    doc="Elements in reverse along axes.",
)
flipud = Composite(
    "flipud",
    lambda m: m[::-1],
    numpy=(np.flipud,),
    samples=(call(_FACE),),
    doc="Rows in reverse.",
)
fliplr = Composite(
    "fliplr",
    lambda m: m[:, ::-1],
    numpy=(np.fliplr,),
    samples=(call(_FACE),),
    doc="Columns in reverse.",
)
rot90 = Composite(
    "rot90",
    _rot90,
    params={"k": 1, "axes": (0, 1)},
    numpy=(np.rot90,),
    samples=(call(_FACE), call(_FACE, k=2), call(_FACE, k=-1)),
    bad=(call(_FACE, k=1, axes=(0, 0)),),
    doc="Rotation by quarter turns.",
)
tile = Composite(
    "tile",
    _tile,
    params={"reps": 1},
    numpy=(np.tile,),
    samples=(call([1.0, 2.0], reps=3), call(_FACE, reps=(2, 1, 2)), call(1.5, reps=2)),
    doc="An array repeated as a whole.",
)
repeat = Composite(
    "repeat",
    _repeat,
    params={"repeats": 1, "axis": None},
    numpy=(np.repeat,),
    samples=(
        call([1.0, 2.0], repeats=2),
        call(_FACE, repeats=[1, 2], axis=0),
        call(_FACE, repeats=2),
    ),
    bad=(call([1.0, 2.0], repeats=[1, 2, 3]),),
    doc="Each element repeated.",
)
pad = Composite(
    "pad",
    _pad,
    params={"pad_width": 1, "mode": "constant", "constant_values": 0, "reflect_type": "even"},
    numpy=(np.pad,),
    samples=(
        call([1.0, 2.0], pad_width=1),
        call(_FACE, pad_width=((1, 0), (2, 1)), constant_values=3.0),
        call([1.0, 2.0, 4.0], pad_width=2, mode="reflect"),
        call(_FACE, pad_width=1, mode="edge"),
    ),
    bad=(call([1.0], pad_width=-1),),
    doc="Borders around an array.",
)

TABLE = (roll, flip, flipud, fliplr, rot90, tile, repeat, pad)
